"""In: the bytes of an RSS 2.0, RSS 1.0 (RDF) or Atom feed. Out: its entries as leads."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import feedparser

from ingest.discover.listing import Listing, beginning, declares_entities, empty, lead, unique, unreadable
from ingest.records import Capture, Lead

MAX_BYTES = 10_000_000  # full-text feeds of 500 entries stay below 5 MB; feedparser needs seconds for 10 MB


def read(capture: Capture) -> Listing:
    """The entries, in the feed's order. Entries without a usable link are left out, entries without a date are kept."""
    if len(capture.body) > MAX_BYTES:
        return unreadable(capture, f"the feed has {len(capture.body)} bytes; at most {MAX_BYTES} are read")
    if declares_entities(capture.body):
        return unreadable(capture, "the feed declares XML entities, which no feed needs; it was not parsed")
    parsed = _parse(capture)
    if parsed is None or not (parsed.get("version") or parsed.get("entries")):
        got = f"received {capture.content_type or 'no content type'} beginning {beginning(capture.body)}"
        return unreadable(capture, f"{got}; RSS, RDF or Atom was expected; see whether the feed moved")
    leads = unique(_entry(capture, entry) for entry in parsed["entries"])
    if not leads:
        return empty(capture, f"the feed ({parsed.get('version') or 'unknown version'}) has no entry with a link")
    return Listing(leads=leads)


def _parse(capture: Capture) -> Mapping[str, Any] | None:
    """What feedparser makes of the body, None where it gives up. A stream, never a string: strings may be opened as
    files or addresses."""
    content_type = dict(capture.headers).get("content-type", capture.content_type)
    headers = {"content-type": content_type or "application/xml", "content-location": capture.final_url}
    try:
        parsed: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(capture.body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
    except Exception:  # noqa: BLE001  feedparser's loose parser raises many kinds on hostile bytes; each means: not a feed
        return None
    return parsed


def _entry(capture: Capture, entry: Mapping[str, Any]) -> Lead | None:
    return lead(capture, entry.get("link"), entry.get("title"), _published(entry))


def _published(entry: Mapping[str, Any]) -> datetime | None:
    """When the feed says the entry appeared, in UTC; feedparser has already applied the zone."""
    assert isinstance(entry, dict)
    for key in ("published_parsed", "updated_parsed", "created_parsed"):
        # dict.get, because FeedParserDict answers one key with the value of another and warns about it
        moment = dict.get(entry, key)
        if isinstance(moment, tuple):  # a struct_time
            year, month, day, hour, minute, second = moment[:6]
            try:
                return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
            except ValueError:  # a leap second, or year 0
                return None
    return None
