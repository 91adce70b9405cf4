"""In: a source whose files hold the articles themselves (warc, jsonl, table). Out: their new or changed items, archived and in the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from ingest.archive import in_batches, read_warc
from ingest.clean import RECORD_CONTENT_TYPE
from ingest.errors import Halt
from ingest.events import Event
from ingest.flow import entries
from ingest.flow.house import House, now
from ingest.ids import digest
from ingest.pending import StreamState, listing_request
from ingest.records import Capture, Failure, FailureReason, Lead, Outcome, Request, Role, Unchanged
from ingest.sources import Source, SourceKind, Table
from ingest.tables import BadRow, Line, read_table

BATCH_ITEMS = 1_000
BATCH_BYTES = 32_000_000
Ask = Callable[[Sequence[Request]], list[Outcome]]


def bring(house: House, source: Source, state: StreamState, run_id: str, ask: Ask) -> dict[str, Any]:
    """Take in what the source's files hold and the stream does not. The stream's lock is held by the caller.

    Raises Halt when there is no file, or the table cannot be fetched.
    """
    return take_in(house, source.slug, state, bring_items(house, source, state, run_id, ask), run_id)


def bring_items(house: House, source: Source, state: StreamState, run_id: str, ask: Ask) -> Iterator[Capture | Failure]:
    """Everything the source's files hold, known or not."""
    if source.kind is SourceKind.TABLE:
        return _table_items(house, source, state, run_id, ask)
    if source.kind is SourceKind.JSONL:
        return _json_items(_files(house, source), now())
    return (item for path in _files(house, source) for item in read_warc(path, house.settings.page_bytes))


def take_in(house: House, stream: str, state: StreamState, outcomes: Iterable[Capture | Failure], run_id: str) -> dict[str, Any]:
    """Archive and log the captures that are new or changed, and failures not told before. Counts."""
    known = {(capture.final_url, capture.body_digest, capture.fetched_at) for capture in state.captures.values()}
    skipped = 0
    failures: list[Failure] = []

    def fresh() -> Iterator[Capture]:
        nonlocal skipped
        for outcome in outcomes:
            if isinstance(outcome, Failure):
                failures.append(outcome)
            elif outcome.url in state.withdrawn_urls or _is_known(outcome, state, known):
                skipped += 1
            else:
                known.add((outcome.final_url, outcome.body_digest, outcome.fetched_at))
                yield outcome

    taken = 0
    for batch in in_batches(fresh(), BATCH_BYTES, BATCH_ITEMS):
        places = house.archive.write_captures(stream, batch)
        events: list[Event] = []
        for capture, place in zip(batch, places, strict=True):
            lead = Lead(url=capture.url)
            if capture.url not in state.pages:
                events.append(entries.lead_found(lead, capture.fetched_at))
            events.append(entries.capture_taken(capture, place))
        house.log.append(stream, events, recorded_at=now(), run_id=run_id)
        taken += len(batch)
    told = [f for f in failures if f.url not in state.pages or not state.pages[f.url].failures]
    if told:
        house.log.append(stream, [entries.capture_failed(f) for f in told], recorded_at=now(), run_id=run_id)
    return {"captures": taken, "unchanged": skipped, "failures": dict(sorted(Counter(f.reason.value for f in failures).items()))}


def _is_known(capture: Capture, state: StreamState, known: set[tuple[str, str, datetime]]) -> bool:
    """The same body as the newest capture of its address, or the very capture (a WARC file imported twice)."""
    page = state.pages.get(capture.url)
    is_same = page is not None and page.body_digest == capture.body_digest
    return is_same or (capture.final_url, capture.body_digest, capture.fetched_at) in known


def files_of(data: Path, pattern: str) -> list[Path]:
    """The files under the data folder that a glob names, sorted; none outside the folder, whatever links say."""
    root = data.resolve()
    return [path for path in sorted(root.glob(pattern)) if path.is_file() and path.resolve().is_relative_to(root)]


def _files(house: House, source: Source) -> list[Path]:
    found = files_of(house.settings.data, source.path or "")
    if not found:
        data = house.settings.data
        raise Halt(
            f"source {source.slug}: no file matches {source.path!r} under {data}; put the files there or name the folder with --data"
        )
    return found


def _json_items(paths: Sequence[Path], at: datetime) -> Iterator[Capture | Failure]:
    """Read twice: of lines with one address the last counts, else each visit would find the others changed, for ever."""
    last = {item.url: where for where, item in _json_lines(paths, at)}
    for where, item in _json_lines(paths, at):
        if last[item.url] == where:
            yield item
        else:
            (path, number), (other, again) = where, last[item.url]
            detail = f"{path.name} line {number}: {item.url} stands again in {other.name} line {again}, which counts"
            yield _bad_line(path.name, number, item.url.encode(), detail, at)


def _json_lines(paths: Sequence[Path], at: datetime) -> Iterator[tuple[tuple[Path, int], Capture | Failure]]:
    for path in paths:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield (path, number), _json_item(path.name, number, line.strip(), at)


def _bad_line(name: str, number: int, line: bytes, detail: str, at: datetime) -> Failure:
    where = f"file:{name}#line={number}-{digest(line)[:12]}"
    return Failure(url=where, role=Role.ARTICLE, reason=FailureReason.FILE_UNREADABLE, detail=detail, fetched_at=at)


def _json_item(name: str, number: int, line: bytes, at: datetime) -> Capture | Failure:
    try:
        data = orjson.loads(line)
        url = data["url"]
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise ValueError(f"url is {url!r}")
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        detail = f"{name} line {number}: {error}; expected a JSON object with url (http or https), title, text, published"
        return _bad_line(name, number, line, detail, at)
    return item_capture(url, line, at)


def item_capture(url: str, body: bytes, at: datetime) -> Capture:
    """An article that came with its text, as a capture: the archive keeps the record as it was given."""
    return Capture(
        url=url,
        final_url=url,
        role=Role.ARTICLE,
        status=200,
        fetched_at=at,
        content_type=RECORD_CONTENT_TYPE,
        charset="utf-8",
        headers=(("content-type", RECORD_CONTENT_TYPE),),
        body=body,
        body_digest=digest(body),
    )


def _table_items(house: House, source: Source, state: StreamState, run_id: str, ask: Ask) -> Iterator[Capture | Failure]:
    if source.url:
        yield from _fetched_table(house, source, state, run_id, ask)
    else:
        for path in _files(house, source):
            yield from table_items(f"file:{path.name}", path.read_bytes(), source, now())


def _fetched_table(house: House, source: Source, state: StreamState, run_id: str, ask: Ask) -> Iterator[Capture | Failure]:
    url = str(source.url)
    outcome = ask([listing_request(state, url)])[0]
    if isinstance(outcome, Failure):
        house.log.append(source.slug, [entries.capture_failed(outcome)], recorded_at=now(), run_id=run_id)
        raise Halt(f"source {source.slug} could not be discovered: {url}: {outcome.reason}: {outcome.detail}")
    if isinstance(outcome, Unchanged):
        house.log.append(source.slug, [entries.unchanged_taken(outcome)], recorded_at=now(), run_id=run_id)
        return
    page = state.pages.get(url)
    is_same = page is not None and page.body_digest == outcome.body_digest
    place = None if is_same else house.archive.write_captures(source.slug, [outcome])[0]
    house.log.append(source.slug, [entries.capture_taken(outcome, place)], recorded_at=now(), run_id=run_id)
    yield from table_items(url, outcome.body, source, outcome.fetched_at)


def table_items(url: str, body: bytes, source: Source, at: datetime) -> Iterator[Capture | Failure]:
    """The rows of a table as captures, one canonical line per date; rows that cannot be read as failures."""
    assert source.table is not None  # the model guarantees it for kind table
    for row in _one_per_day(list(read_table(body, source.table))):
        if isinstance(row, BadRow):
            where = f"{url}#row-{digest(row.detail.encode())[:12]}"
            yield Failure(url=where, role=Role.ARTICLE, reason=FailureReason.LISTING_UNREADABLE, detail=row.detail, fetched_at=at)
        else:
            yield item_capture(f"{url}#date={row.on}", _line_record(url, row, source, source.table), at)


def _one_per_day(rows: Sequence[Line | BadRow]) -> Iterator[Line | BadRow]:
    """Of rows with one date the last counts, else each visit would find the others changed, for ever."""
    last = {row.on: number for number, row in enumerate(rows) if isinstance(row, Line)}
    for number, row in enumerate(rows):
        if isinstance(row, Line) and last[row.on] != number:
            yield BadRow(detail=f"row {number + 1} ({row.on}): the date stands again in row {last[row.on] + 1}, which counts")
        else:
            yield row


def _line_record(url: str, line: Line, source: Source, table: Table) -> bytes:
    record = {
        "url": f"{url}#date={line.on}",
        "title": f"{table.claimant}: losses of {table.party or 'a side not named'}, {line.on}",
        "text": line.text,
        "published": line.on.isoformat(),
        "language": source.language,
        "outlet": source.name,
    }
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
