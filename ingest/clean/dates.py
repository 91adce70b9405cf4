"""In: what a page says of its publication, best source first. Out: one instant in UTC, or a day, or nothing; never the wall clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from dateutil import parser as loose
from lxml.html import HtmlElement

from ingest.clean.head import Head
from ingest.clean.jsonld import Schema

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # news on the web begins here; earlier values are epochs and placeholders
AHEAD = timedelta(days=1)  # a page may be dated in a time zone ahead of ours, not further

METAS = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time", "datepublished", "parsely-pub-date",
    "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "dcterms.created", "dc.date.issued", "dcterms.date",
    "dc.date", "dcterms.issued", "citation_publication_date", "publish-date", "publish_date", "publication_date", "pubdate", "date",
    "article.published", "published_at", "rbpubdate", "shareaholic:article_published_time", "datecreated", "created",
)  # fmt: skip

_ZONES_HOURS = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "CET": 1, "WEST": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "ET": -5, "JST": 9, "KST": 9, "AEST": 10,
    "AEDT": 11, "SGT": 8, "HKT": 8, "WIB": 7, "TRT": 3, "AWST": 8,
}  # fmt: skip
_EPOCH_START = datetime(1970, 1, 1)  # noqa: DTZ001  wall clocks have no zone here
_DEFAULTS = (datetime(2001, 1, 1, 1, 1), datetime(2004, 2, 2, 2, 2))  # noqa: DTZ001
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{4}/\d{2}/\d{2}|\d{8}")
_EPOCH = re.compile(r"\d{10}|\d{13}")
_BRACKETED = re.compile(r"\s*[\[(][^\])]{0,60}[\])]\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One date as a page gives it: a wall-clock time, its zone where given, or a day alone."""

    wall: datetime
    zone: tzinfo | None
    is_day_only: bool

    @property
    def instant(self) -> datetime:
        """In UTC; a time without zone is read as UTC."""
        return self.wall.replace(tzinfo=self.zone or UTC).astimezone(UTC)


def published(schema: Schema, head: Head, tree: HtmlElement, fetched_at: datetime) -> Told | None:
    """The best told date that can be true at `fetched_at`. A day is sharpened by an instant of the same day, a time without zone by
    the same time with one, from the sources after it."""
    told = [date for date in (read(text) for text in _sources(schema, head, tree)) if date and believable(date, fetched_at)]
    if not told:
        return None
    best = told[0]
    if best.is_day_only:
        best = next((t for t in told if not t.is_day_only and abs(t.instant - best.instant) < timedelta(hours=38)
                     and best.wall.date() in (t.wall.date(), t.instant.date())), best)  # fmt: skip
    if not best.is_day_only and best.zone is None:
        best = next((t for t in told if t.zone and _same_wall(t, best)), best)
    return best


def _same_wall(told: Told, bare: Told) -> bool:
    return told.wall.replace(second=0, microsecond=0) == bare.wall.replace(second=0, microsecond=0)


def believable(told: Told, fetched_at: datetime) -> bool:
    """Not before the web and not after the capture. A bare day counts from its midnight."""
    return EARLIEST <= told.instant <= fetched_at + AHEAD


def _sources(schema: Schema, head: Head, tree: HtmlElement) -> Iterator[str]:
    for key in ("datePublished", "dateCreated", "uploadDate"):
        value = schema.text(key)
        if value:
            yield value
    yield from head.all(*METAS)
    yield from _time_elements(tree)


def _time_elements(tree: HtmlElement) -> Iterator[str]:
    """Dates in the body: marked as publication first, then the only `<time>` before the first related teaser."""
    for element in tree.iter("time", "span", "div", "meta", "abbr"):
        if element.get("itemprop") == "datePublished":
            yield element.get("datetime") or element.get("content") or element.text_content()
    times = [element for element in tree.iter("time") if element.get("datetime")]
    yield from (t.get("datetime") for t in times if t.get("pubdate") is not None or _is_marked(t))
    mains = [next(tree.iter(tag), None) for tag in ("article", "main")]
    for main in mains:
        yield from (t.get("datetime") for t in list(() if main is None else main.iter("time"))[:1] if t.get("datetime"))


def _is_marked(element: HtmlElement) -> bool:
    told = f"{element.get('class', '')} {element.get('id', '')} {element.get('itemprop', '')}".lower()
    return "publi" in told and "update" not in told and "modif" not in told


def read(text: str | None) -> Told | None:
    """One date text -> wall clock and zone; None where the text holds no full date. ISO 8601, RFC 2822, epochs, then loose forms.

    Neither is what no calendar holds in UTC: the last evening of the year 9999 west of it, a zone of four days.
    """
    told = _read(text)
    try:
        return told if told is None or told.instant else None
    except (ValueError, OverflowError):
        return None


def _read(text: str | None) -> Told | None:
    text = _BRACKETED.sub("", " ".join((text or "")[:80].split()))
    if not text:
        return None
    if _EPOCH.fullmatch(text) and not text.startswith(("19", "20")):
        return Told(wall=_EPOCH_START + timedelta(seconds=int(text[:10])), zone=UTC, is_day_only=False)
    if _ISO_DAY.fullmatch(text):
        return _day(text)
    return _iso(text) or _loose(text)


def _day(text: str) -> Told | None:
    digits = text.replace("-", "").replace("/", "")
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return Told(wall=datetime.combine(day, time()), zone=None, is_day_only=True)


def _iso(text: str) -> Told | None:
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return None
    return Told(wall=wall.replace(tzinfo=None), zone=wall.tzinfo, is_day_only=False)


def _loose(text: str) -> Told | None:
    """Other forms. Read twice on top of different defaults: what differs was not in the text, and is never filled in."""
    low, high = (_with_default(text, default) for default in _DEFAULTS)
    if low is None or high is None or low.date() != high.date():
        return None
    if (low.hour, low.minute) != (high.hour, high.minute):
        return Told(wall=datetime.combine(low.date(), time()), zone=None, is_day_only=True)
    return Told(wall=low.replace(tzinfo=None), zone=low.tzinfo, is_day_only=False)


def _with_default(text: str, default: datetime) -> datetime | None:
    try:
        # tzinfos is a function because dateutil otherwise reads the zone names of this machine
        told: datetime = loose.parse(text, default=default, tzinfos=_zone, dayfirst=bool(re.match(r"\d{1,2}\.\d{1,2}\.", text)))
    except (ValueError, OverflowError, TypeError):
        return None
    return told


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    if offset is not None:
        return timezone(timedelta(seconds=offset)) if abs(offset) < 86_400 else None
    hours = _ZONES_HOURS.get((name or "").upper())
    return None if hours is None else timezone(timedelta(hours=hours))
