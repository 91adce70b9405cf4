"""In: events and hands that meddle. Out: the stream read back gapless, and every changed, cut, removed or exchanged segment named."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import events as events_module
from ingest import log as log_module
from ingest.errors import Halt, Retry
from ingest.events import VERSIONS, Event, EventType, StoredEvent
from ingest.log import Head, Log, read_segment, segment_key
from ingest.storage import LocalStorage

AT = datetime(2026, 3, 1, 4, 0, 0, 123456, tzinfo=UTC)
STREAM = "gazette"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
EVENTS = st.builds(
    Event,
    type=st.sampled_from(EventType),
    occurred_at=st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.sampled_from([UTC, timezone(timedelta(hours=3))])),
    payload=st.dictionaries(TEXT, JSON, max_size=4),
)
BATCHES = st.lists(st.lists(EVENTS, max_size=4), max_size=5)


def lead(number: int) -> Event:
    return Event(type=EventType.LEAD_FOUND, occurred_at=AT + timedelta(seconds=number), payload={"url": f"https://a.example/{number}"})


def log_with(home: Path, batches: Sequence[Sequence[Event]], stream: str = STREAM) -> Log:
    log = Log(LocalStorage(home))
    for batch in batches:
        log.append(stream, batch, recorded_at=AT, run_id="run 1")
    return log


def problems(home: Path, stream: str = STREAM) -> list[tuple[str, str]]:
    return [(found.key, found.problem) for found in Log(LocalStorage(home)).verify(stream)]


def told(event: Event, stored: StoredEvent) -> bool:
    return (event.type, event.occurred_at, event.payload, event.event_id) == (
        stored.type,
        stored.occurred_at,
        stored.payload,
        stored.event_id,
    )


class TestReadingBack:
    @given(batches=BATCHES)
    @settings(max_examples=40, deadline=None)
    def test_what_was_appended_is_read_back_in_order_and_gapless(
        self, tmp_path_factory: pytest.TempPathFactory, batches: list[list[Event]]
    ) -> None:
        home = tmp_path_factory.mktemp("log")
        log_with(home, batches)
        appended = [event for batch in batches for event in batch]
        stored = list(Log(LocalStorage(home)).read(STREAM))
        assert [e.position for e in stored] == list(range(1, len(appended) + 1))
        assert all(told(event, back) for event, back in zip(appended, stored, strict=True))
        assert all((e.stream, e.recorded_at, e.run_id, e.version) == (STREAM, AT, "run 1", VERSIONS[e.type]) for e in stored)
        assert problems(home) == []

    @given(sizes=st.lists(st.integers(1, 5), max_size=5), after=st.integers(0, 30), upto=st.none() | st.integers(0, 30))
    @settings(max_examples=60, deadline=None)
    def test_after_and_upto_cut_like_a_slice(
        self, tmp_path_factory: pytest.TempPathFactory, sizes: list[int], after: int, upto: int | None
    ) -> None:
        numbers = iter(range(1000))
        log = log_with(tmp_path_factory.mktemp("log"), [[lead(next(numbers)) for _ in range(size)] for size in sizes])
        every = list(log.read(STREAM))
        assert list(log.read(STREAM, after=after, upto=upto)) == every[after:upto]
        assert sum(table.num_rows for table in log.tables(STREAM, after=after, upto=upto)) == len(every[after:upto])

    def test_types_are_picked(self, tmp_path: Path) -> None:
        gone = Event(type=EventType.ARTICLE_GONE, occurred_at=AT, payload={"url": "a", "status": 410})
        log = log_with(tmp_path, [[lead(1), gone, lead(2)]])
        assert [e.position for e in log.read(STREAM, types=[EventType.ARTICLE_GONE])] == [2]

    def test_no_events_make_no_segment(self, tmp_path: Path) -> None:
        log = log_with(tmp_path, [[], [lead(1)], []])
        assert log.segments(STREAM) == [segment_key(STREAM, 1)]
        assert log.head(STREAM).position == 1

    def test_a_stream_nobody_wrote_is_empty(self, tmp_path: Path) -> None:
        log = Log(LocalStorage(tmp_path))
        assert (log.streams(), log.head(STREAM), list(log.read(STREAM)), list(log.verify(STREAM))) == ((), Head(), [], [])

    def test_streams_do_not_see_each_other(self, tmp_path: Path) -> None:
        log_with(tmp_path, [[lead(1)]], "gazette")
        log = log_with(tmp_path, [[lead(2), lead(3)]], "gazette_two")
        assert log.streams() == ("gazette", "gazette_two")
        assert [log.head(s).position for s in log.streams()] == [1, 2]

    def test_a_segment_is_cut_at_ten_thousand(self, tmp_path: Path) -> None:
        log = log_with(tmp_path, [[lead(n) for n in range(10_001)]])
        assert log.segments(STREAM) == [segment_key(STREAM, 1), segment_key(STREAM, 10_001)]
        assert sum(1 for _ in log.read(STREAM)) == log.head(STREAM).position == 10_001
        assert problems(tmp_path) == []

    def test_a_second_log_object_sees_what_the_first_appended(self, tmp_path: Path) -> None:
        one, two = Log(LocalStorage(tmp_path)), Log(LocalStorage(tmp_path))
        one.append(STREAM, [lead(1)], recorded_at=AT, run_id="r")
        assert two.head(STREAM).position == 1
        two.append(STREAM, [lead(2)], recorded_at=AT, run_id="r")
        assert one.head(STREAM) == two.head(STREAM)
        one.append(STREAM, [lead(3)], recorded_at=AT, run_id="r")
        assert [e.position for e in two.read(STREAM)] == [1, 2, 3]

    def test_scratch_files_of_a_killed_writer_are_not_read(self, tmp_path: Path) -> None:
        log = log_with(tmp_path, [[lead(1)]])
        (tmp_path / "log" / STREAM / ".4711.abcd.tmp").write_bytes(b"PAR1 half")
        assert [e.position for e in Log(log.storage).read(STREAM)] == [1]
        assert problems(tmp_path) == []


class TestOtherReaders:
    def test_a_segment_is_plain_parquet(self, tmp_path: Path) -> None:
        """Read with pyarrow and with duckdb alone, without this package's help."""
        log_with(tmp_path, [[lead(1), lead(2)]])
        path = tmp_path / segment_key(STREAM, 1)
        table = pq.read_table(path)
        assert table.column("position").to_pylist() == [1, 2]
        assert table.column("occurred_at").to_pylist() == [AT + timedelta(seconds=1), AT + timedelta(seconds=2)]
        rows = duckdb.execute("SELECT stream, position, type, version, payload::JSON->>'url' FROM read_parquet(?)", [str(path)]).fetchall()
        assert rows == [(STREAM, 1, "LeadFound", 1, "https://a.example/1"), (STREAM, 2, "LeadFound", 1, "https://a.example/2")]

    def test_the_metadata_tells_the_chain(self, tmp_path: Path) -> None:
        import hashlib

        log = log_with(tmp_path, [[lead(1)], [lead(2)]])
        first, second = (tmp_path / key for key in log.segments(STREAM))
        notes = pq.read_metadata(second).metadata
        assert notes[b"claimledger.previous_sha256"].decode() == hashlib.sha256(first.read_bytes()).hexdigest()
        assert pq.read_metadata(first).metadata[b"claimledger.previous_sha256"] == b""
        own = notes[b"claimledger.own_sha256"]
        assert hashlib.sha256(second.read_bytes().replace(own, b"0" * 64)).hexdigest().encode() == own


@pytest.fixture(scope="module")
def four_segments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("four")
    log_with(home, [[lead(n) for n in range(s, s + 3)] for s in (0, 3, 6, 9)])
    return home


class TestVerify:
    @pytest.fixture
    def home(self, four_segments: Path, tmp_path: Path) -> Path:
        shutil.copytree(four_segments, tmp_path / "home")
        return tmp_path / "home"

    @pytest.mark.parametrize("number", [0, 2, 3])
    def test_every_flipped_bit_is_found_in_its_own_file(self, four_segments: Path, home: Path, number: int) -> None:
        key = Log(LocalStorage(four_segments)).segments(STREAM)[number]
        data = (four_segments / key).read_bytes()
        for place in range(0, len(data), 13):  # a sample; the bit changes with the place
            broken = bytearray(data)
            broken[place] ^= 1 << (place // 13 % 8)
            (home / key).write_bytes(broken)
            assert problems(home)[0][0] == key, f"byte {place}"
        (home / key).write_bytes(data)
        assert problems(home) == []

    @pytest.mark.parametrize("number", [0, 1, 3])
    def test_every_cut_is_found(self, four_segments: Path, home: Path, number: int) -> None:
        key = Log(LocalStorage(four_segments)).segments(STREAM)[number]
        data = (four_segments / key).read_bytes()
        for size in [0, 1, 4, *range(8, len(data), 211), len(data) - 1]:
            (home / key).write_bytes(data[:size])
            assert problems(home)[0][0] == key, f"cut to {size}"
        (home / key).write_bytes(data + b"\0")
        assert problems(home)[0][0] == key

    @pytest.mark.parametrize("number", [0, 1, 2])
    def test_a_removed_segment_is_told_at_the_next(self, home: Path, number: int) -> None:
        keys = Log(LocalStorage(home)).segments(STREAM)
        (home / keys[number]).unlink()
        found = problems(home)
        assert found[0][0] == keys[number + 1]
        assert f"{3 * number + 1} was expected" in found[0][1]

    def test_exchanged_segments_are_found(self, home: Path) -> None:
        keys = Log(LocalStorage(home)).segments(STREAM)
        one, two = home / keys[1], home / keys[2]
        one_bytes, two_bytes = one.read_bytes(), two.read_bytes()
        one.write_bytes(two_bytes)
        two.write_bytes(one_bytes)
        assert [key for key, _ in problems(home)][:2] == [keys[1], keys[2]]

    def test_a_forged_segment_breaks_the_chain(self, home: Path, tmp_path: Path) -> None:
        """A segment rewritten whole, with valid digests of its own, no longer fits the one after it."""
        log = log_with(tmp_path / "forgery", [[lead(n) for n in range(s, s + 3)] for s in (0, 30)])
        keys = log.segments(STREAM)
        shutil.copy(tmp_path / "forgery" / keys[1], home / keys[1])
        assert [key for key, _ in problems(home)] == [segment_key(STREAM, 7)]

    def test_a_segment_of_another_stream_is_found(self, tmp_path: Path) -> None:
        log_with(tmp_path, [[lead(1)]], "other")
        (tmp_path / "log" / STREAM).mkdir()
        shutil.copy(tmp_path / segment_key("other", 1), tmp_path / segment_key(STREAM, 1))
        assert problems(tmp_path) == [(segment_key(STREAM, 1), "holds events of another stream than gazette")]

    def test_a_foreign_file_is_told_and_stops_readers(self, home: Path) -> None:
        (home / "log" / STREAM / "notes.parquet").write_bytes(b"PAR1")
        assert [key for key, _ in problems(home)] == [f"log/{STREAM}/notes.parquet"]
        log = Log(LocalStorage(home))
        with pytest.raises(Halt, match=r"notes\.parquet is not named as a segment"):
            list(log.read(STREAM))
        with pytest.raises(Halt, match=r"notes\.parquet"):
            log.append(STREAM, [lead(99)], recorded_at=AT, run_id="r")

    def test_a_broken_segment_halts_its_reader_by_name(self, home: Path) -> None:
        key = Log(LocalStorage(home)).segments(STREAM)[1]
        data = (home / key).read_bytes()
        (home / key).write_bytes(data[: len(data) // 2])
        with pytest.raises(Halt, match=f"{key} is not a readable segment .*; run: claimledger verify"):
            list(Log(LocalStorage(home)).read(STREAM))
        assert len(list(Log(LocalStorage(home)).read(STREAM, upto=3))) == 3, "what lies before it is still read"

    def test_no_changed_byte_is_ever_read(self, home: Path) -> None:
        key = Log(LocalStorage(home)).segments(STREAM)[1]
        data = (home / key).read_bytes()
        assert read_segment(key, data).num_rows == 3
        for place in range(0, len(data), 7):
            broken = bytearray(data)
            broken[place] ^= 1 << (place % 8)
            with pytest.raises(Halt, match="is not a readable segment"):
                read_segment(key, bytes(broken))


class TestWriters:
    def test_of_two_writers_one_gets_retry_and_nothing_is_lost(self, tmp_path: Path) -> None:
        one, two = Log(LocalStorage(tmp_path)), Log(LocalStorage(tmp_path))
        head = two.head(STREAM)
        one.append(STREAM, [lead(1), lead(2)], recorded_at=AT, run_id="one")
        with pytest.raises(Retry, match="position 1 was written by another process"):
            two._append_segment(STREAM, [lead(3)], head, AT, "two")
        two.append(STREAM, [lead(3)], recorded_at=AT, run_id="two")
        assert [e.run_id for e in one.read(STREAM)] == ["one", "one", "two"]
        assert problems(tmp_path) == []

    def test_writers_that_race_without_a_lock_never_lose_an_event(self, tmp_path: Path) -> None:
        kept: list[str] = []
        start = threading.Barrier(4)

        def write(name: int) -> None:
            start.wait()
            log = Log(LocalStorage(tmp_path))
            for number in range(15):
                try:
                    log.append(STREAM, [lead(1000 * name + number)], recorded_at=AT, run_id=str(name))
                except Retry:
                    continue
                kept.append(f"https://a.example/{1000 * name + number}")

        threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        stored = [e.payload["url"] for e in Log(LocalStorage(tmp_path)).read(STREAM)]
        assert sorted(stored) == sorted(kept)
        assert problems(tmp_path) == []

    def test_an_event_that_cannot_be_written_leaves_the_stream_as_it_was(self, tmp_path: Path) -> None:
        log = log_with(tmp_path, [[lead(1)]])
        with pytest.raises(TypeError):
            log.append(
                STREAM, [lead(2), Event(type=EventType.LEAD_FOUND, occurred_at=AT, payload={"x": object()})], recorded_at=AT, run_id="r"
            )
        with pytest.raises(ValueError, match="no time zone"):
            log.append(STREAM, [Event(type=EventType.LEAD_FOUND, occurred_at=datetime(2026, 1, 1), payload={})], recorded_at=AT, run_id="r")
        log.append(STREAM, [lead(3)], recorded_at=AT, run_id="r")
        assert [e.position for e in log.read(STREAM)] == [1, 2]


class TestStrangeEvents:
    def test_a_type_of_the_future_halts(self) -> None:
        with pytest.raises(Halt, match=r"type 'ArticleSung'; this version knows .*LeadFound.*; upgrade claimledger"):
            events_module.decode("ArticleSung", 1, "{}")

    @pytest.mark.parametrize("version", [2, 99, 0, -1])
    def test_a_version_of_the_future_halts(self, version: int) -> None:
        with pytest.raises(Halt, match=rf"LeadFound version {version}; this version reads up to 1; upgrade"):
            events_module.decode("LeadFound", version, "{}")

    def test_a_newer_version_in_the_log_halts_its_reader(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as newer:
            newer.setattr(events_module, "VERSIONS", {**events_module.VERSIONS, EventType.LEAD_FOUND: 2})
            log = log_with(tmp_path, [[lead(1)]])
        with pytest.raises(Halt, match="version 2"):
            list(log.read(STREAM))


def test_a_short_process_that_read_and_wrote_ends_well(tmp_path: Path) -> None:
    """Thread pools of the Parquet library must not be at work when a short command ends: that aborts the process."""
    code = (
        "import sys; from pathlib import Path; from datetime import *\n"
        "from ingest.log import Log; from ingest.storage import LocalStorage\n"
        "from ingest.events import Event, EventType\nlog = Log(LocalStorage(Path(sys.argv[1]))); at = datetime(2026, 1, 1, tzinfo=UTC)\n"
        "log.append('s', [Event(type=EventType.LEAD_FOUND, occurred_at=at, payload={})] * 50, recorded_at=at, run_id='r')\n"
        "print(sum(1 for _ in log.read('s')), list(log.verify('s')))\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "50 []\n"), ended.stderr
    assert "terminate" not in ended.stderr


def test_the_segment_limit_is_what_the_module_says() -> None:
    assert log_module.SEGMENT_EVENTS == 10_000
