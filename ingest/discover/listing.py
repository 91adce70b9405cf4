"""In: what a reader found in a listing. Out: one `Listing`, and the small checks that every reader shares."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.records import Capture, Failure, FailureReason, Lead, Role
from ingest.urls import absolute

TITLE_CHARS = 500
MAX_LEADS = 50_000  # the sitemap protocol's limit for one file; no feed or page comes near
_MARKUP = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one listing said. `listings` are addresses of further listings (children of a sitemap index), newest first;
    `problem` is set when the listing could not be read or held nothing, and then the rest is empty."""

    leads: tuple[Lead, ...] = ()
    listings: tuple[str, ...] = ()
    problem: Failure | None = None


def unreadable(capture: Capture, detail: str) -> Listing:
    """The listing is not what the source file says it is."""
    return _failed(capture, FailureReason.LISTING_UNREADABLE, detail)


def empty(capture: Capture, detail: str) -> Listing:
    """The listing is well-formed and names nothing."""
    return _failed(capture, FailureReason.LISTING_EMPTY, detail)


def _failed(capture: Capture, reason: FailureReason, detail: str) -> Listing:
    problem = Failure(
        url=capture.url,
        role=Role.LISTING,
        reason=reason,
        detail=detail,
        fetched_at=capture.fetched_at,
        status=capture.status,
    )
    return Listing(problem=problem)


def lead(capture: Capture, href: object, title: object = None, published_at: datetime | None = None) -> Lead | None:
    """A lead for `href` as resolved on the listing, None where that is no http(s) address."""
    url = absolute(capture.final_url, href) if isinstance(href, str) else None
    if url is None:
        return None
    return Lead(url=url, listing_url=capture.url, title=plain(title), published_at=published_at)


def plain(title: object) -> str | None:
    """A title without markup, entities, control characters and runs of white space; None where nothing is left."""
    if not isinstance(title, str):
        return None
    text = html.unescape(_MARKUP.sub(" ", title[: 8 * TITLE_CHARS]))
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text[:TITLE_CHARS].rstrip() or None


def unique(leads: Iterable[Lead | None]) -> tuple[Lead, ...]:
    """The leads that are some, the first of each address, at most MAX_LEADS."""
    first: dict[str, Lead] = {}
    for one in leads:
        if one is not None and one.url not in first:
            first[one.url] = one
            if len(first) == MAX_LEADS:
                break
    return tuple(first.values())


def declares_entities(body: bytes) -> bool:
    """Whether an XML document declares entities before its first element. No feed needs them; bombs and file inclusion do."""
    prolog = re.split(rb"<\w", body.replace(b"\0", b""), maxsplit=1)[0]
    return b"<!ENTITY" in prolog.upper()


def beginning(body: bytes) -> str:
    """The first characters of a body, for a message."""
    return repr(body[:120].decode("utf-8", errors="replace").strip()[:60])


def as_utc(moment: datetime) -> datetime:
    """`moment` in UTC; one without a zone is taken as UTC already. Raises OverflowError at the edges of the calendar."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
