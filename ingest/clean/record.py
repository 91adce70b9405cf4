"""In: one JSON line that is already a clean article. Out: the article, or `bad_record` with the field that is wrong."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from ingest import urls
from ingest.clean import dates
from ingest.clean.names import names
from ingest.clean.page import Page
from ingest.clean.text import paragraphs, tidy
from ingest.records import Article, Rejection, RejectionReason
from ingest.sketch import sketch

CONTENT_TYPE = "application/x-claimledger-article+json"
_KEYS = {"url": str, "title": str, "text": str, "published": str, "authors": list, "language": str, "outlet": str}
_WANTED = 'expected {"url", "title", "text"} and perhaps "published", "authors", "language", "outlet"'

_TABLE_LINE = re.compile(r"file:[^/\\\s]+#date=\d{4}-\d\d-\d\d")  # a line of a table that came as a file has no web address


class _Wrong(ValueError):
    """A field of the record is not what it should be."""


def clean_record(page: Page) -> Article | Rejection:
    """The article in the body of `page`. Its text is believed (no minimum length, no language guess), only tidied."""
    try:
        return _article(_fields(page.body), page.fetched_at)
    except _Wrong as error:
        return Rejection(reason=RejectionReason.BAD_RECORD, detail=str(error))


def _fields(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _Wrong(f"not a JSON line ({str(error)[:80]}); {_WANTED}") from None
    if not isinstance(data, dict):
        raise _Wrong(f"a JSON {type(data).__name__}; {_WANTED}")
    for key, kind in _KEYS.items():
        if data.get(key) is not None and not isinstance(data[key], kind):
            raise _Wrong(f"{key} is {data[key]!r:.60}; a {kind.__name__} was expected")
    for key in ("url", "text"):
        if not (data.get(key) or "").strip():
            raise _Wrong(f"{key} is missing or empty; {_WANTED}")
    return data


def _article(data: dict[str, Any], fetched_at: datetime) -> Article:
    try:
        address = data["url"] if _TABLE_LINE.fullmatch(data["url"]) else urls.canonical(data["url"])
    except ValueError as error:
        raise _Wrong(f"url {data['url']!r:.80}: {error}") from None
    told = dates.read(data.get("published"))
    if data.get("published") and (told is None or not dates.believable(told, fetched_at)):
        raise _Wrong(f"published is {data['published']!r:.60}; an ISO 8601 day or instant not after the capture was expected")
    title, outlet = tidy(data.get("title") or "") or None, tidy(data.get("outlet") or "") or None
    text = "\n\n".join(paragraphs(data["text"], None))
    if not text:
        raise _Wrong(f"text holds no visible character; {_WANTED}")
    return Article(
        canonical_url=address,
        title=title,
        authors=tuple(names([tidy(a) for a in data.get("authors") or () if isinstance(a, str)], outlet)),
        outlet=outlet,
        language=(data.get("language") or "").lower()[:2] or None,
        published_at=told.instant if told else None,
        is_published_day_only=told.is_day_only if told else False,
        text=text,
        sketch=sketch(text),
    )
