"""In: the log. Out: the build database with every load taken in; a load is decided by one `LedgerLoaded` event and by nothing else.

First the event is written (which positions, and so when they became known), then it is carried out. Whatever stops the second step,
the next run finds the event and carries it out; a replay carries out the same events from an empty database.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.errors import Halt, Misuse
from ingest.events import Event, EventType
from ingest.flow.house import CORRECTIONS, EDITIONS, House, now
from ingest.flow.intake import take_in
from ingest.ledger import Load
from ingest.load import BuildDatabase, open_build
from ingest.sources import read_sources

ROWS_AT_ONCE = 10_000  # some 30 MB of texts


def load_log(house: House, run_id: str) -> dict[str, Any]:
    """Take in what the log holds and the build database does not. The build lock is held by the caller."""
    announce(house, run_id)
    counts: Counter[str] = Counter(loads=0)
    withdrawals = house.withdrawals()
    with open_build(house.build_path) as database, _without_looking_for_cycles():
        database.put_sources(known_sources(house))
        for one in _waiting(house, database):
            events, texts = _together(_events(house, one)), _together(_texts(house, database, one))
            added = take_in(database, one, events, texts, withdrawals)
            counts.update(loads=1, events=added.events, revisions=added.revisions, statements=added.statements)
    return dict(counts)


@contextmanager
def _without_looking_for_cycles() -> Iterator[None]:
    """A load makes and keeps rows by the ten thousand, none of which refers to itself: walking them again and again for cycles is 5 % of
    a replay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def announce(house: House, run_id: str) -> None:
    """Write `LedgerLoaded` for positions that no load covers yet; nothing when there are none."""
    before = loads(house)
    covered = {stream: last for one in before for stream, (_, last) in one.ranges.items()}
    ranges = {}
    for stream in house.log.streams():
        head = house.log.head(stream).position
        if stream != EDITIONS and head > covered.get(stream, 0):
            ranges[stream] = [covered.get(stream, 0) + 1, head]
    if ranges:
        at = max([now(), *(one.known_at + timedelta(microseconds=1) for one in before[-1:])])  # known_at rises, whatever the clock does
        told = [row for row in source_rows(house) if row["slug"] in ranges]
        event = Event(type=EventType.LEDGER_LOADED, occurred_at=at, payload={"ranges": ranges, "sources": told})
        with house.writing(EDITIONS):
            house.log.append(EDITIONS, [event], recorded_at=at, run_id=run_id)


def loads(house: House, after: int = 0) -> list[Load]:
    """Every load there ever was, in order; of those alone that stand after the position `after` when it is given."""
    events = house.log.read(EDITIONS, after=after, types=(EventType.LEDGER_LOADED,))
    return [
        Load(
            position=event.position,
            known_at=event.recorded_at,
            ranges={stream: (first, last) for stream, (first, last) in sorted(event.payload["ranges"].items())},
        )
        for event in events
    ]


def _waiting(house: House, database: BuildDatabase) -> Iterable[Load]:
    applied = database.applied_loads()
    found = loads(house, after=max(applied - 1, 0))  # the one taken in last stands among them, if the log is the same
    if applied > max((one.position for one in found), default=0):
        raise Halt(f"{house.build_path} knows load {applied}, the log does not; delete the file and run: claimledger replay")
    return [one for one in found if one.position > applied]


def _texts(house: House, database: BuildDatabase, one: Load) -> Iterator[pa.Table]:
    """The files of texts that the load's articles name; asked of the database when its events are in.

    What lay in a file that was set aside is looked for where a later cleaning put the same text; a text that is nowhere is a rejection.
    """
    lost = frozenset().union(*(house.lost(stream) for stream in one.ranges))
    sql = "SELECT DISTINCT text_file, text_digest FROM raw.article_cleaned WHERE known_at = ? ORDER BY text_file, text_digest"
    named = database.rows(sql, [one.known_at])
    for key in dict.fromkeys(row["text_file"] for row in named if row["text_file"] not in lost):
        yield house.archive.read_texts(key)
    wanted = {row["text_digest"] for row in named if row["text_file"] in lost}
    if wanted:
        yield from _written_again(house, one.ranges, wanted, lost)


def _written_again(house: House, streams: Iterable[str], wanted: Collection[str], lost: Collection[str]) -> Iterator[pa.Table]:
    """The wanted texts from the files of other cleanings, those alone."""
    cleanings = (event.payload for stream in streams for event in house.log.read(stream, types=(EventType.ARTICLE_CLEANED,)))
    files = dict.fromkeys(told["text_file"] for told in cleanings if told["text_digest"] in wanted and told["text_file"] not in lost)
    for key in files:
        table = house.archive.read_texts(key)
        yield table.filter(pc.is_in(table.column("text_digest"), pa.array(sorted(wanted), pa.string())))


def _events(house: House, one: Load) -> Iterator[pa.Table]:
    for stream, (first, last) in one.ranges.items():
        yield from house.log.tables(stream, after=first - 1, upto=last)


def _together(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of some ROWS_AT_ONCE: every statement on the database costs milliseconds, however few rows it is about."""
    held: list[pa.Table] = []
    for table in tables:
        held.append(table)
        if sum(one.num_rows for one in held) >= ROWS_AT_ONCE:
            yield pa.concat_tables(held)
            held = []
    if held:
        yield pa.concat_tables(held)


def known_sources(house: House) -> list[dict[str, Any]]:
    """What the source files say, and, as disabled, what the log remembers of sources whose file is gone.

    Raises Misuse when no stream of this home has a file: the folder is another home's, and building with it would rename every outlet.
    """
    rows = {row["slug"]: row for row in source_rows(house)}
    streams = [stream for stream in house.log.streams() if stream not in (CORRECTIONS, EDITIONS)]
    if streams and not rows.keys() & set(streams):
        named = f"{', '.join(streams[:3])}{', …' if len(streams) > 3 else ''}"
        folder = house.settings.sources
        raise Misuse(f"none of the streams in {house.home} ({named}) has a file in {folder}; name their folder with --sources")
    gone = set(streams) - rows.keys()
    return [*(_remembered(house, gone) if gone else ()), *rows.values()]


def _remembered(house: House, slugs: Collection[str]) -> list[dict[str, Any]]:
    """The newest that loads told of each source among `slugs`."""
    told: dict[str, dict[str, Any]] = {}
    for event in house.log.read(EDITIONS, types=(EventType.LEDGER_LOADED,)):
        told |= {row["slug"]: row for row in event.payload["sources"] if row["slug"] in slugs}
    return [{**row, "is_enabled": False, "entered_on": _day(row["entered_on"])} for _, row in sorted(told.items())]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def source_rows(house: House) -> list[dict[str, Any]]:
    """What the source files say, as rows of `raw.sources`."""
    return [
        {
            "slug": source.slug,
            "name": source.name,
            "kind": source.kind.value,
            "country": source.country,
            "language": source.language,
            "is_enabled": source.enabled,
            "entered_on": source.entered_on,
            "publish_text": source.publish_text,
        }
        for source in read_sources(house.settings.sources)[0]
    ]
