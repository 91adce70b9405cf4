"""In: nothing. Out: `Page`, what the cleaner is told about a capture; every fact that may change the result stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One captured body.

    `url` is where the body came from, after redirects; `content_type` without parameters; `charset` the label of the HTTP header;
    `fetched_at` in UTC, the only clock there is; `language` ISO 639-1 or "any"; `max_bytes` the size limit of the body.
    """

    url: str
    body: bytes
    content_type: str
    charset: str | None
    fetched_at: datetime
    language: str
    max_bytes: int
