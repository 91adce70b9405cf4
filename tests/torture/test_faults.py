"""In: disks that fail. Out: the command says so and leaves nothing half-done; run again on a sound disk, it gives what it would have."""

from __future__ import annotations

import errno
import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest import flow, shortage, storage
from ingest.errors import Retry
from ingest.events import EventType
from ingest.flow.house import House
from ingest.sources import read_sources
from tests.torture.disks import enlarge, filled
from tests.torture.driver import Theatre, told
from tests.torture.homes import publish_some, visit


def taken(house: House) -> Counter[str]:
    """What a visit leaves in the log."""
    kinds = (EventType.LEAD_FOUND, EventType.CAPTURE_TAKEN, EventType.CAPTURE_FAILED)
    return Counter({event: times for event, times in told(house).items() if event.split()[1] in kinds})


@pytest.fixture
def house(theatre: Theatre, tmp_path: Path) -> House:
    theatre.world.visit = 1
    return theatre.house(tmp_path / "home")


def half_written(path: Path, data: bytes) -> None:
    """What a full disk leaves."""
    path.write_bytes(data[: len(data) // 2])
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def broken(*_: Any) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


FAULTS: dict[str, tuple[str, Callable[..., None]]] = {
    "write": ("_write_durably", half_written),
    "fsync of the folder": ("_sync_folder", broken),
    "new folder": ("_make_folder", broken),
    "name": ("_link", broken),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("at", [2, 3, 5])
def test_a_disk_that_fails_once_costs_nothing(house: House, theatre: Theatre, monkeypatch: pytest.MonkeyPatch, fault: str, at: int) -> None:
    name, fails = FAULTS[fault]
    works = getattr(storage, name)
    calls: list[str] = []

    def sometimes(*arguments: Any) -> None:
        calls.append(str(arguments))
        (fails if len(calls) == at else works)(*arguments)

    monkeypatch.setattr(storage, name, sometimes)
    said = ""
    try:
        visit(house)
    except Retry as error:
        said = str(error)
    if "/heads" in calls[at - 1]:
        assert said == "", "a witness that cannot be written stops nobody"
    else:
        assert "; make room or give the right to write, then run the command again" in said
    assert flow.verify(house)["broken"] == []
    assert not list(house.home.rglob(".*.tmp")), "no scratch file is left"
    monkeypatch.setattr(storage, name, works)
    visit(house)
    assert taken(house) == taken(theatre.house(theatre.gathered))
    assert flow.verify(house)["broken"] == []


def test_bytes_are_durable_before_their_name_and_the_name_before_the_return(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a power cut may lose is what fsync was not called for; killing processes cannot show that."""
    order: list[str] = []
    link, fsync = os.link, os.fsync

    def telling_fsync(handle: int) -> None:
        order.append("fsync " + ("folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "file"))
        fsync(handle)

    def telling_link(source: Path, target: Path) -> None:
        order.append("name")
        link(source, target)

    monkeypatch.setattr(os, "fsync", telling_fsync)
    monkeypatch.setattr(os, "link", telling_link)
    kept = storage.LocalStorage(tmp_path)
    kept.create("a", b"x")
    assert order == ["fsync file", "name", "fsync folder"]
    order.clear()
    kept.create("new/b", b"x")
    assert order == ["fsync folder", "fsync file", "name", "fsync folder"], "the folder's own name too"
    order.clear()
    kept.replace("a", b"y")
    assert order == ["fsync file", "fsync folder"]


@pytest.mark.parametrize("at", [1, 2])  # of the folder, of the link
def test_a_rename_that_fails_leaves_the_last_edition(theatre: Theatre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    house = theatre.house(theatre.home(theatre.gathered, "renamed"))
    publish_some(house, 1)
    calls = 0

    def counted(works: Callable[..., Any]) -> Callable[..., Any]:
        def moving(*arguments: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == at:
                broken()
            return works(*arguments, **options)

        return moving

    monkeypatch.setattr(os, "replace", counted(os.replace))
    monkeypatch.setattr(Path, "rename", counted(Path.rename))
    with pytest.raises(Retry, match=r"the edition cannot be written .*Input/output error"):
        publish_some(house, 2)
    monkeypatch.undo()
    with duckdb.connect(str(house.home / "current" / "claimledger.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT number FROM edition").fetchall() == [(1,)]
    assert flow.verify(house)["broken"] == []
    publish_some(house, 2)
    assert flow.verify(house)["broken"] == []


def test_an_edition_that_a_killed_run_did_not_tell_of_is_told_by_the_next(theatre: Theatre) -> None:
    house = theatre.house(theatre.home(theatre.gathered, "untold"))
    publish_some(house, 1, is_told=False)
    said = flow.verify(house)
    assert said["broken"] == []
    assert "the log does not tell of" in said["leftovers"][0]
    publish_some(house, 2)
    assert [e.payload["number"] for e in house.log.read("editions", types=(EventType.EDITION_PUBLISHED,))] == [1, 2]
    assert flow.verify(house)["leftovers"] == []


class TestFullDisk:
    @pytest.mark.parametrize("left", [0, 8_000, 30_000])
    def test_a_visit_stops_and_goes_on(self, theatre: Theatre, small_disk: Path, left: int) -> None:
        theatre.world.visit = 1
        house = theatre.house(small_disk / "home")
        with filled(small_disk, left), pytest.raises(Retry, match="No space left on device"):
            visit(house)
        assert flow.verify(house)["broken"] == []
        enlarge(small_disk)
        visit(house)
        assert taken(house) == taken(theatre.house(theatre.gathered))
        assert flow.verify(house)["broken"] == []

    def test_a_publication_stops_and_the_last_edition_stays(self, theatre: Theatre, small_disk: Path) -> None:
        enlarge(small_disk)
        shutil.copytree(theatre.gathered, small_disk / "home")
        house = theatre.house(small_disk / "home")
        publish_some(house, 1)
        with filled(small_disk, 6_000_000), pytest.raises(Retry, match="disk is full"), shortage.told(house.home):
            publish_some(house, 2)
        with duckdb.connect(str(house.home / "current" / "claimledger.duckdb"), read_only=True) as connection:
            assert connection.execute("SELECT number FROM edition").fetchall() == [(1,)]
        publish_some(house, 2)
        assert flow.verify(house)["broken"] == []

    def test_no_home_is_half_made(self, theatre: Theatre, small_disk: Path) -> None:
        with filled(small_disk, 0):
            ended = theatre.run("gather", small_disk / "home")
            assert (ended.code, ended.output.count("\n")) == (1, 1)
            assert "home.json cannot be written: No space left on device; make room" in ended.output
        enlarge(small_disk)
        assert theatre.run("gather", small_disk / "home").code == 0
        assert told(theatre.house(small_disk / "home")) == told(theatre.house(theatre.gathered))

    def test_duckdb_that_may_not_spill_says_it_in_one_line(self, small_disk: Path) -> None:
        enlarge(small_disk)
        big = "SELECT count(*) FROM (SELECT range, md5(range::VARCHAR) AS s FROM range(4_000_000) ORDER BY s)"
        with duckdb.connect(str(small_disk / "some.duckdb")) as connection:
            connection.execute("SET memory_limit = '80MB'; SET threads = 1")
            with filled(small_disk, 5_000_000), pytest.raises(Retry) as said, shortage.told(small_disk):
                connection.execute(big)
        assert str(said.value).startswith("a disk is full (")
        assert "\n" not in str(said.value)


class TestFilesBesideTheLog:
    """Batches, the verdict, what is kept of hosts: a write that fails half-way leaves no half file that is believed."""

    @pytest.mark.parametrize("written", ["clean-0000.batch", "clean-0000.done", "extract-0000.batch"])
    def test_a_batch(self, theatre: Theatre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
        house = theatre.house(tmp_path / "home")
        failing(monkeypatch, written)
        said = flow.gather(house, read_sources(house.settings.sources)[0], "test")
        assert all("a disk is full ([Errno 28] No space left on device)" in error for error in said["errors"].values())
        assert said["errors"].keys() == {"gazette", "herald"}
        assert flow.verify(house)["broken"] == []
        monkeypatch.undo()
        assert flow.gather(house, read_sources(house.settings.sources)[0], "test")["errors"] == {}
        assert told(house) == told(theatre.house(theatre.gathered))

    @pytest.mark.parametrize("written", ["gazette.example", "http"])  # when a host was asked; its robots.txt
    def test_what_is_kept_of_hosts(self, house: House, theatre: Theatre, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
        failing(monkeypatch, written)
        with pytest.raises(Retry, match="No space left on device"):
            visit(house)
        monkeypatch.undo()
        visit(house)
        assert taken(house) == taken(theatre.house(theatre.gathered))
        assert flow.verify(house)["broken"] == []


def failing(monkeypatch: pytest.MonkeyPatch, beginning: str) -> None:
    """The disk is full whenever a file is written whose name begins so; half of it is left."""
    for name in ("write_bytes", "write_text"):
        works = getattr(Path, name)

        def sometimes(path: Path, data: Any, *arguments: Any, works: Callable[..., int] = works, **options: Any) -> int:
            if path.name.removeprefix(".").startswith(beginning):
                works(path, data[: len(data) // 2], *arguments, **options)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return works(path, data, *arguments, **options)

        monkeypatch.setattr(Path, name, sometimes)
