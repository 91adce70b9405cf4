"""In: the bytes of a sitemap (index, url set, news, gzip or plain text, or a feed used as one). Out: leads and child
sitemaps."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lxml import etree

from ingest.discover import feed
from ingest.discover.listing import (
    MAX_LEADS,
    Listing,
    as_utc,
    beginning,
    declares_entities,
    empty,
    lead,
    unique,
    unreadable,
)
from ingest.records import Capture
from ingest.sources import Source
from ingest.urls import absolute

_PART_OF_DATE = re.compile(r"\d{4}(-\d{2})?")
MAX_BYTES = 50_000_000  # the sitemap protocol's limit for one file, uncompressed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One `url` or `sitemap` element: its texts by local name."""

    tag: str
    texts: dict[str, str]

    @property
    def changed_at(self) -> datetime | None:
        return _instant(self.texts.get("lastmod"))


class _Foreign(Exception):
    """The root element is not one of a sitemap; the argument is its name."""


def read(source: Source, capture: Capture) -> Listing:
    """Leads of a url set, children of an index, newest first. `max_age_days` drops what `lastmod` proves to be older
    than that on the day of the fetch; `lastmod` is never taken for a publication date, `news:publication_date` is."""
    body = _unpacked(capture.body)
    if body is None:
        return unreadable(
            capture,
            f"the gzip stream is broken or holds more than {MAX_BYTES} bytes; a sitemap of at most that was expected",
        )
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return _plain_text(capture, body)
    if declares_entities(body):
        return unreadable(capture, "the sitemap declares XML entities, which no sitemap needs; it was not parsed")
    try:
        entries = list(_entries(body))
    except _Foreign as found:
        if str(found).lower() in ("rss", "feed", "rdf"):
            return feed.read(replace(capture, body=body))
        return unreadable(capture, f"the root element is <{str(found)[:60]}>; <urlset> or <sitemapindex> was expected")
    except (etree.XMLSyntaxError, ValueError) as error:
        return unreadable(capture, f"not well-formed XML ({str(error)[:200]}), beginning {beginning(body)}; a sitemap was expected")
    return _listing(source, capture, entries)


def _listing(source: Source, capture: Capture, entries: list[_Entry]) -> Listing:
    if not any(absolute(capture.final_url, entry.texts.get("loc", "")) for entry in entries):
        return empty(capture, "the sitemap names no address that can be asked for")
    fresh = [entry for entry in entries if not _is_old(source, capture, entry)]
    leads = unique(
        lead(capture, e.texts.get("loc"), e.texts.get("title"), _instant(e.texts.get("publication_date"))) for e in fresh if e.tag == "url"
    )
    children = sorted((e for e in fresh if e.tag == "sitemap"), key=_newest_first)
    urls = (absolute(capture.final_url, entry.texts.get("loc", "")) for entry in children)
    return Listing(leads=leads, listings=tuple(dict.fromkeys(url for url in urls if url)))


def _newest_first(entry: _Entry) -> float:
    """Undated children come first, in their order: they may hold anything."""
    return -entry.changed_at.timestamp() if entry.changed_at else float("-inf")


def _is_old(source: Source, capture: Capture, entry: _Entry) -> bool:
    """Whether nothing in the entry can be younger than the source wants: it last changed before that."""
    if source.max_age_days is None or entry.changed_at is None:
        return False
    # one day more, because a lastmod without a time may name the day in any zone
    return entry.changed_at < capture.fetched_at - timedelta(days=source.max_age_days + 1)


def _entries(body: bytes) -> Iterator[_Entry]:
    """The `url` and `sitemap` elements, at most MAX_LEADS. Raises _Foreign for another root, XMLSyntaxError for broken XML."""
    steps = etree.iterparse(
        io.BytesIO(body), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    count, depth = 0, 0
    for event, element in steps:
        depth += 1 if event == "start" else -1
        name = etree.QName(element).localname
        if event == "start" and depth == 1 and name not in ("urlset", "sitemapindex"):
            raise _Foreign(name)
        if event == "end" and depth == 1 and name in ("url", "sitemap"):
            yield _Entry(tag=name, texts=_texts(element))
            element.clear()
            count += 1
            if count == MAX_LEADS:
                return


def _texts(element: etree._Element) -> dict[str, str]:
    """Texts of the descendants by local name, the first of each; image and video blocks have `loc` and `title` of their own."""
    texts: dict[str, str] = {}
    for child in element.iter("{*}*"):
        name = etree.QName(child)
        if any(word in (name.namespace or "") for word in ("sitemap-image", "sitemap-video")):
            continue
        if child.text and child.text.strip():
            texts.setdefault(name.localname, child.text.strip())
    return texts


def _instant(text: str | None) -> datetime | None:
    """A W3C date (day, month or year) or instant in UTC, None where it is neither."""
    if not text:
        return None
    whole = text + "-01-01"[3 * text.count("-") :] if _PART_OF_DATE.fullmatch(text) else text
    try:
        return as_utc(datetime.fromisoformat(whole))
    except (ValueError, OverflowError):
        return None


def _plain_text(capture: Capture, body: bytes) -> Listing:
    """A text sitemap: one address per line and nothing else."""
    lines = [line.strip() for line in body.decode("utf-8-sig", errors="replace").splitlines() if line.strip()]
    if not lines:
        return empty(capture, "the sitemap is empty")
    wrong = next((line for line in lines if not line.startswith(("http://", "https://"))), None)
    if wrong is not None:
        return unreadable(capture, f"a line is {wrong[:60]!r}; XML, or one address per line, was expected of a sitemap")
    leads = unique(lead(capture, line) for line in lines[:MAX_LEADS])
    return Listing(leads=leads) if leads else empty(capture, f"no line is an address that can be asked for; the first is {lines[0][:60]!r}")


def _unpacked(body: bytes) -> bytes | None:
    """`body`, or what its gzip stream holds; None where the stream is broken or too large. Members may follow each other."""
    if not body.startswith(b"\x1f\x8b"):
        return body if len(body) <= MAX_BYTES else None
    out = bytearray()
    while body.startswith(b"\x1f\x8b"):
        stream = zlib.decompressobj(wbits=31)
        try:
            out += stream.decompress(body, MAX_BYTES - len(out) + 1)
        except zlib.error:
            return None
        if len(out) > MAX_BYTES or not stream.eof:
            return None
        body = stream.unused_data
    return bytes(out)
