"""In: events. Out: immutable Parquet segments, one stream per source, each carrying the digest of the segment before it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.errors import Halt, Retry
from ingest.events import Event, EventType, StoredEvent, decode, encode, event_id, known
from ingest.ids import digest
from ingest.seal import ROOM, is_sealed, sealed
from ingest.storage import AlreadyExistsError, Storage

ROOT = "log"
HEADS = "heads"  # beside the log: how far each stream went
FORMAT = 1  # of a segment
SEGMENT_EVENTS = 10_000  # a segment above this is cut, so that no reader holds more than some 20 MB at once
_OWN_DIGEST = b"claimledger.own_sha256\x18\x40"  # Parquet's metadata has it as name, type, length 64, digits
_OWN_DIGEST_OF_HEAD = b'"own_sha256":"'
_NOT_AS_WRITTEN = "its bytes are not those of a segment as it was written"
_OTHER_COLUMNS = "its columns are not those of a segment"
_INSTANT = pa.timestamp("us", tz="UTC")
SCHEMA = pa.schema(
    [
        pa.field("stream", pa.string(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("version", pa.int32(), nullable=False),
        pa.field("occurred_at", _INSTANT, nullable=False),
        pa.field("recorded_at", _INSTANT, nullable=False),
        pa.field("run_id", pa.string(), nullable=False),
        pa.field("payload", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of a stream: the last position (0: empty) and the digest of the last segment ("" when there is none)."""

    position: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenSegment:
    """A segment that does not hold what the chain says."""

    key: str
    problem: str


def segment_key(stream: str, first: int) -> str:
    return f"{ROOT}/{stream}/{first:012d}.parquet"


class Log:
    """The streams of one home. Appending needs the stream's lock (`flow` holds it); two writers without it cannot both succeed."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self._heads: dict[str, tuple[str, Head]] = {}

    def streams(self) -> tuple[str, ...]:
        return tuple(sorted({key.split("/")[1] for key in self.storage.keys(ROOT)}))

    def segments(self, stream: str) -> list[str]:
        return [key for key in self.storage.keys(f"{ROOT}/{stream}") if key.endswith(".parquet")]

    def head(self, stream: str) -> Head:
        keys = self.segments(stream)
        if not keys:
            return Head()
        last = self._heads.get(stream)
        if last is None or last[0] != keys[-1]:
            data = self.storage.read(keys[-1])
            self._heads[stream] = last = (keys[-1], Head(position=_last_position(keys[-1], data), digest=digest(data)))
        return last[1]

    def digest_at(self, stream: str, position: int) -> str:
        """The digest of the segment that holds `position`. Raises Halt when the log does not go that far."""
        keys = [key for key in self.segments(stream) if _place_of(key) <= position]
        if not keys or self.head(stream).position < position:
            ends = self.head(stream).position
            raise Halt(f"stream {stream} ends at {ends}, position {position} was loaded before; run: claimledger verify")
        return digest(self.storage.read(keys[-1]))

    def append(self, stream: str, events: Iterable[Event], *, recorded_at: datetime, run_id: str) -> Head:
        """Write `events` at the end of `stream`, in order; durable on return, one segment per 10,000.

        Raises Retry when another writer took the place: nothing of that segment was written.
        """
        head = self.head(stream)
        before = head
        for batch in _batches(events, SEGMENT_EVENTS):
            head = self._append_segment(stream, batch, head, recorded_at, run_id)
        if head != before:
            self._witness(stream, head)
        return head

    def _witness(self, stream: str, head: Head) -> None:
        """Note how far the stream goes: a chain cannot tell that its last segments are gone. Only `verify` asks, so what stops the note
        stops nothing else: the events are in the log."""
        key = f"{HEADS}/{stream}.json"
        data = sealed(orjson.dumps({"position": head.position, "digest": head.digest, "own_sha256": ROOM}), _OWN_DIGEST_OF_HEAD)
        with contextlib.suppress(Retry, AlreadyExistsError):
            try:
                self.storage.replace(key, data)
            except FileNotFoundError:
                self.storage.create(key, data)

    def _append_segment(self, stream: str, events: Sequence[Event], head: Head, recorded_at: datetime, run_id: str) -> Head:
        first = head.position + 1
        data = _to_parquet(_table(stream, first, events, recorded_at, run_id), head.digest)
        key = segment_key(stream, first)
        try:
            self.storage.create(key, data)
        except AlreadyExistsError:
            raise Retry(f"stream {stream}: position {first} was written by another process; run the command again") from None
        after = Head(position=head.position + len(events), digest=digest(data))
        self._heads[stream] = (key, after)
        return after

    def read(self, stream: str, *, after: int = 0, upto: int | None = None, types: Sequence[EventType] = ()) -> Iterator[StoredEvent]:
        """Events of positions after `after` up to and with `upto`, decoded to the newest version of their type.

        Raises Halt at an event of a newer version, also of a type that was not asked for: what it changes nobody here can know.
        """
        wanted = set(types)
        for table in self.tables(stream, after=after, upto=upto):
            for row in table.to_pylist():
                if known(row["type"], row["version"]) in (wanted or EventType):
                    row["type"], row["payload"] = decode(row["type"], row["version"], row["payload"])
                    yield StoredEvent(**row)

    def tables(self, stream: str, *, after: int = 0, upto: int | None = None) -> Iterator[pa.Table]:
        """The same as Arrow tables of `SCHEMA`, payloads as written, one per segment that holds any of the positions."""
        keys = self.segments(stream)
        firsts = [_place_of(key) for key in keys]
        for index, key in enumerate(keys):
            is_over = index + 1 < len(keys) and firsts[index + 1] <= after + 1
            if is_over or (upto is not None and firsts[index] > upto):
                continue
            yield _cut(read_segment(key, self.storage.read(key)), firsts[index], after, upto)

    def verify(self, stream: str) -> Iterator[BrokenSegment]:
        """Walk the chain: each segment readable, at its place, with the digest of the one before it, and the last one that was written
        still there. Yields what is broken."""
        witness = self._witnessed(stream)  # before the segments: a run may be appending
        expected, problem = Head(), None
        seen: set[tuple[int, str]] = set()
        for key in self.segments(stream):
            data = self.storage.read(key)
            problem = _segment_problem(key, data, stream, expected)
            if problem:
                yield BrokenSegment(key=key, problem=problem)
            expected = Head(position=_position_after(key, data, expected), digest=digest(data))
            seen.add((expected.position, expected.digest))
        if problem is None:  # what is wrong with the last segment was told
            yield from _lost_end(stream, witness, expected.position, seen)

    def _witnessed(self, stream: str) -> bytes | None:
        """What the witness says; None without one: a restored log has none until it grows."""
        try:
            return self.storage.read(f"{HEADS}/{stream}.json")
        except FileNotFoundError:
            return None

    def known_streams(self) -> tuple[str, ...]:
        """The streams there are, and those of which only the witness is left."""
        witnessed = {key.removeprefix(f"{HEADS}/").removesuffix(".json") for key in self.storage.keys(HEADS)}
        return tuple(sorted(witnessed | set(self.streams())))

    def strays(self) -> Iterator[BrokenSegment]:
        """Files among the segments that are none. One with the ending of a segment is told by `verify`."""
        for key in self.storage.keys(ROOT):
            if not key.endswith(".parquet") or key.count("/") != 2:
                yield BrokenSegment(key=key, problem="is no segment; nothing reads it: remove it")


def _lost_end(stream: str, witness: bytes | None, last: int, seen: Collection[tuple[int, str]]) -> Iterator[BrokenSegment]:
    if witness is None:
        return
    if not is_sealed(witness, _OWN_DIGEST_OF_HEAD):
        yield BrokenSegment(
            key=f"{HEADS}/{stream}.json", problem="is not as it was written; when the log itself is whole, remove this file"
        )
        return
    told = orjson.loads(witness)
    if last < told["position"]:
        missing = segment_key(stream, last + 1)
        problem = f"ends at position {last} and once went to {told['position']}: its last segments from {missing} on are gone; restore them"
        yield BrokenSegment(key=f"{ROOT}/{stream}", problem=problem)
    elif (told["position"], told["digest"]) not in seen:
        problem = f"another segment than the one that was written ends at position {told['position']}; restore it"
        yield BrokenSegment(key=f"{ROOT}/{stream}", problem=problem)


def read_segment(key: str, data: bytes) -> pa.Table:
    """Raises Halt when the bytes are not those of a segment as it was written."""
    try:
        if not is_sealed(data, _OWN_DIGEST):
            raise ValueError(_NOT_AS_WRITTEN)
        table = _from_parquet(data)
        if newer := _is_newer(table):
            raise Halt(f"{key} {newer}")
        if table.schema.remove_metadata() != SCHEMA:
            raise ValueError(_OTHER_COLUMNS)
        return table.replace_schema_metadata(None)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Halt(f"{key} is not a readable segment ({error}); run: claimledger verify") from error


def _batches(events: Iterable[Event], size: int) -> Iterator[list[Event]]:
    batch: list[Event] = []
    for event in events:
        batch.append(event)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _table(stream: str, first: int, events: Sequence[Event], recorded_at: datetime, run_id: str) -> pa.Table:
    recorded = recorded_at.astimezone(UTC)
    count = len(events)
    payloads = [encode(event.payload).decode() for event in events]
    columns: list[list[Any]] = [
        [stream] * count,
        list(range(first, first + count)),
        [event_id(event, payload) for event, payload in zip(events, payloads, strict=True)],
        [event.type.value for event in events],
        [event.version for event in events],
        [event.occurred_at for event in events],
        [recorded] * count,
        [run_id] * count,
        payloads,
    ]
    return pa.Table.from_arrays([pa.array(c, type=f.type) for c, f in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)


def _to_parquet(table: pa.Table, previous: str) -> bytes:
    """The segment's bytes. Its metadata holds the digest of the segment before it and its own: a changed byte is found where it is."""
    notes = {"claimledger.format": str(FORMAT), "claimledger.previous_sha256": previous, "claimledger.own_sha256": ROOM}
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, table.schema, compression="zstd", write_page_checksum=True, store_schema=False) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(notes)
    return sealed(sink.getvalue(), _OWN_DIGEST)


def _from_parquet(data: bytes) -> pa.Table:
    """Without the dataset reader's thread pools: a segment is small, and at the end of a short command they now and then abort it."""
    return pq.ParquetFile(pa.BufferReader(data), pre_buffer=False).read(use_threads=False)


def _first_position(key: str) -> int:
    return int(key.rsplit("/", 1)[1].removesuffix(".parquet"))


def _place_of(key: str) -> int:
    """The first position that the name of a segment tells. Raises Halt when it tells none."""
    try:
        return _first_position(key)
    except ValueError:
        raise Halt(
            f"{key} is not named as a segment, by its first position; remove the file from the log and run: claimledger verify"
        ) from None


def _last_position(key: str, data: bytes) -> int:
    try:
        if not is_sealed(data, _OWN_DIGEST):
            raise ValueError(_NOT_AS_WRITTEN)
        return _place_of(key) - 1 + int(pq.read_metadata(pa.BufferReader(data)).num_rows)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Halt(f"{key} is not a readable segment ({error}); run: claimledger verify") from error


def _cut(table: pa.Table, first: int, after: int, upto: int | None) -> pa.Table:
    start = max(0, after + 1 - first)
    stop = table.num_rows if upto is None else min(table.num_rows, upto + 1 - first)
    return table.slice(start, max(0, stop - start))


def _position_after(key: str, data: bytes, expected: Head) -> int:
    try:
        return _last_position(key, data)
    except Halt:
        return expected.position


def _segment_problem(key: str, data: bytes, stream: str, expected: Head) -> str | None:
    """None when the segment stands where it should and holds what it must. Bytes are believed only after their digest."""
    if not is_sealed(data, _OWN_DIGEST):
        return f"{_NOT_AS_WRITTEN}: restore it from a backup"
    try:
        first, table = _first_position(key), _from_parquet(data)
    except (pa.ArrowException, OSError, ValueError) as error:
        return f"not a readable segment: {' '.join(str(error).split())}"
    if newer := _is_newer(table):
        return newer
    if table.schema.remove_metadata() != SCHEMA:
        return _OTHER_COLUMNS
    if first != expected.position + 1:
        missing = segment_key(stream, expected.position + 1)
        what = f"{missing} is missing" if first > expected.position + 1 else "a segment stands twice"
        return f"begins at position {first}; {expected.position + 1} was expected: {what}"
    if (table.schema.metadata or {}).get(b"claimledger.previous_sha256", b"").decode("ascii", "replace") != expected.digest:
        return "does not carry the digest of the segment before it: one of the two was exchanged"
    return _place_problem(table, stream, first)


def _is_newer(table: pa.Table) -> str | None:
    """What to do about a segment of a format to come; None for one that can be read."""
    told = (table.schema.metadata or {}).get(b"claimledger.format", b"").decode("ascii", "replace")
    is_newer = told.isdigit() and (len(told) > 9 or int(told) > FORMAT)
    return f"was written by a newer claimledger (format {told}, this one reads {FORMAT}); upgrade claimledger" if is_newer else None


def _place_problem(table: pa.Table, stream: str, first: int) -> str | None:
    if table.num_rows == 0:
        return "holds no event"
    if table.column("position").to_pylist() != list(range(first, first + table.num_rows)):
        return "its positions are not gapless"
    if set(table.column("stream").to_pylist()) != {stream}:
        return f"holds events of another stream than {stream}"
    return None
