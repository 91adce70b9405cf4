"""In: a bit turned, a file taken, put, cut or exchanged. Out: `verify` names it; set aside, it is fetched, cleaned or published again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import editions, flow
from ingest.errors import Halt
from ingest.events import EventType
from ingest.flow.house import House
from tests.torture.driver import Theatre
from tests.torture.homes import complete, files, visit

EXAMPLES = int(os.environ.get("CLAIMLEDGER_TEST_TAMPERINGS", "80"))


@pytest.fixture(scope="module")
def whole(theatre: Theatre) -> House:
    """Put right again after every meddling."""
    return complete(theatre.house(theatre.home(theatre.gathered, "whole")))


@pytest.fixture
def house(whole: House, theatre: Theatre) -> House:
    return theatre.house(theatre.home(whole.home, "meddled"))


def named(house: House, key: str) -> bool:
    """Whether verify names the file; the fresh house remembers no heads."""
    found = flow.verify(flow.open_house(house.settings))
    return any(key in line for line in (*found["broken"], *found["leftovers"]))


@contextmanager
def meddled(home: Path, draw: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    """What was done and to which file; undone at the end."""
    key = draw(st.sampled_from(files(home)), label="file")
    what = draw(st.sampled_from(["flip", "flip", "remove", "add", "swap", "cut"]), label="what")
    path = home / key
    before = {path: path.read_bytes()}
    data = before[path]
    if what == "flip":
        bit = draw(st.integers(0, 8 * len(data) - 1), label="bit")
        path.write_bytes(data[: bit // 8] + bytes([data[bit // 8] ^ 1 << bit % 8]) + data[bit // 8 + 1 :])
    elif what == "remove":
        path.unlink()
    elif what == "cut":
        path.write_bytes(data[: draw(st.integers(0, len(data) - 1), label="size")])
    elif what == "add":
        added = path.with_name(draw(st.sampled_from([f"x{path.name}", "000000999999.parquet", "notes.txt"]), label="name"))
        added.write_bytes(data)
        key = added.relative_to(home).as_posix()
    else:
        others = [one for one in files(home) if (home / one).read_bytes() != data]
        kin = [one for one in others if Path(one).suffix == path.suffix]
        other = home / draw(st.sampled_from(kin or others), label="with")
        before[other] = other.read_bytes()
        path.write_bytes(before[other])
        other.write_bytes(data)
    try:
        yield what, key
    finally:
        for one, was in before.items():
            one.write_bytes(was)
        if what == "add":
            (home / key).unlink()


@given(data=st.data())
@settings(max_examples=EXAMPLES, derandomize=EXAMPLES <= 80, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@pytest.mark.timeout(0 if EXAMPLES > 80 else 900)
def test_every_meddling_is_named(whole: House, data: st.DataObject) -> None:
    with meddled(whole.home, data.draw) as (what, key):
        assert named(whole, key), (what, key)


@pytest.mark.parametrize(
    "target", ["/tmp/editions/2", "../editions/2", "editions/../../evil/2", "editions/02", "editions/9", "editions/\u00b2", "2"]
)
def test_a_link_that_leads_elsewhere(whole: House, target: str) -> None:
    """Who reads `current` reads what it leads to, whatever number stands at its end."""
    link = whole.home / "current"
    was = link.readlink()
    link.unlink()
    link.symlink_to(target)
    try:
        assert any(f"{link} leads to no edition" in line for line in flow.verify(whole)["broken"])
        with pytest.raises(Halt, match="which is no edition"):
            editions.current_number(whole.home)
    finally:
        link.unlink()
        link.symlink_to(was)


@pytest.mark.parametrize("name", ["\u00b2", "\u0661", "01", "0", "x\x1b[2J"])
def test_a_folder_that_has_no_number(whole: House, name: str) -> None:
    folder = whole.home / "editions" / name
    shutil.copytree(whole.home / "editions" / "1", folder)
    try:
        assert flow.verify(whole)["broken"] == [f"edition: {folder} is no edition; nothing reads it: remove it"]
        assert editions.numbers(whole.home) == (1, 2)
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("kind", [".warc.gz", "texts/"])
def test_a_bit_of_a_file_that_a_withdrawal_changed(whole: House, kind: str) -> None:
    """What its name told is true no more; the file tells its own digest."""
    key = next(key for key in whole.storage.keys("archive/gazette") if kind in key and not _is_as_named(whole, key))
    data = whole.storage.read(key)
    assert whole.archive.problem(key) is None
    path = whole.home / key
    for place in range(0, len(data), 7):
        broken = bytearray(data)
        broken[place] ^= 1 << (place // 7 % 8)
        path.write_bytes(broken)
        assert whole.archive.problem(key) is not None, place
    path.write_bytes(data)


def _is_as_named(house: House, key: str) -> bool:
    from ingest.ids import digest

    return digest(house.storage.read(key))[:16] in key


def flip(house: House, key: str) -> None:
    path = house.home / key
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cleaned(house: House, stream: str = "gazette") -> dict[str, str]:
    """Page -> digest of its newest text."""
    return {e.payload["canonical_url"]: e.payload["text_digest"] for e in house.log.read(stream, types=(EventType.ARTICLE_CLEANED,))}


def gather(house: House, theatre: Theatre) -> None:
    ended = theatre.run("gather", house.home)
    assert ended.code == 0, ended.output


class TestQuarantine:
    def test_pages_of_a_broken_web_archive_are_fetched_again(self, house: House, theatre: Theatre) -> None:
        key = next(e.payload["warc_file"] for e in house.log.read("gazette") if e.payload.get("role") == "article")
        before, texts = house.log.head("gazette").position, cleaned(house)
        flip(house, key)
        told = flow.verify(house, quarantine=True)
        assert "http://gazette.example/1" in told["set_aside"][0]
        assert "claimledger gather" in told["set_aside"][0]
        after = flow.verify(house)
        assert after["broken"] == []
        assert key in after["lost"][0]
        gather(house, theatre)
        fresh = [e for e in house.log.read("gazette", after=before) if e.type is EventType.CAPTURE_TAKEN and e.payload["role"] == "article"]
        assert len(fresh) == 8, "nine pages but for the one that was withdrawn"
        assert not any(event.payload["is_unchanged"] for event in fresh)
        assert cleaned(house) == texts
        before = house.log.head("gazette").position
        gather(house, theatre)
        again = [e.payload["role"] for e in house.log.read("gazette", after=before) if e.type is EventType.CAPTURE_TAKEN]
        assert again == ["listing"], "once is enough"
        assert flow.verify(house)["broken"] == []

    def test_a_lost_page_that_was_not_cleaned_yet_stops_nobody(self, theatre: Theatre) -> None:
        theatre.world.visit = 1
        house = theatre.house(theatre.home(None, "uncleaned"))
        visit(house)
        key = next(e.payload["warc_file"] for e in house.log.read("herald") if e.payload.get("role") == "article")
        flip(house, key)
        flow.verify(house, quarantine=True)
        gather(house, theatre)
        assert cleaned(house, "herald") == cleaned(theatre.house(theatre.gathered), "herald")
        assert flow.verify(house)["broken"] == []

    def test_texts_are_cleaned_again_and_a_load_finds_them(self, house: House, theatre: Theatre) -> None:
        loaded = rows_of(house)
        key = next(e.payload["text_file"] for e in house.log.read("herald", types=(EventType.ARTICLE_CLEANED,)))
        flip(house, key)
        flow.verify(house, quarantine=True)
        gather(house, theatre)
        assert flow.verify(house)["broken"] == []
        assert [row for row in rows_of(house) if row not in loaded] == []
        assert len(rows_of(house)) == len(loaded)

    def test_a_file_that_is_gone_is_asked_for_again_too(self, house: House, theatre: Theatre) -> None:
        key = next(e.payload["warc_file"] for e in house.log.read("herald") if e.payload.get("role") == "article")
        (house.home / key).unlink()
        assert flow.verify(house, quarantine=True)["set_aside"][0].startswith(f"gone: {key}")
        before = house.log.head("herald").position
        gather(house, theatre)
        assert sum(e.payload.get("role") == "article" for e in house.log.read("herald", after=before)) == 5
        assert flow.verify(house)["broken"] == []

    def test_a_restored_file_is_lost_no_more(self, house: House) -> None:
        key = next(key for key in house.storage.keys("archive/herald") if key.endswith(".warc.gz"))
        data = (house.home / key).read_bytes()
        flip(house, key)
        flow.verify(house, quarantine=True)
        house.storage.create(key, data)
        told = flow.verify(house)
        assert (told["broken"], told["lost"]) == ([], [])

    def test_a_broken_current_edition_gives_way_to_the_one_before(self, house: House) -> None:
        flip(house, "editions/2/claimledger.duckdb")
        told = flow.verify(house, quarantine=True)
        assert "editions/2" in told["set_aside"][0]
        assert "the current edition is 1" in told["set_aside"][0]
        assert (house.home / "current").readlink() == Path("editions/1")
        assert flow.verify(house)["broken"] == []

    def test_without_a_whole_edition_there_is_none(self, house: House) -> None:
        for number in (1, 2):
            flip(house, f"editions/{number}/articles.parquet")
        told = flow.verify(house, quarantine=True)["set_aside"]
        assert len(told) == 2
        assert "there is no current edition; run: claimledger replay" in told[-1]
        assert not (house.home / "current").is_symlink()

    def test_the_log_is_left_alone(self, house: House) -> None:
        key = house.log.segments("herald")[0]
        flip(house, key)
        data = (house.home / key).read_bytes()
        told = flow.verify(flow.open_house(house.settings), quarantine=True)
        assert any(key in line for line in told["broken"])
        assert all("restore the log first" in line for line in told["set_aside"])
        assert (house.home / key).read_bytes() == data
        assert not (house.home / "quarantine").exists(), "without the log nobody knows what the archive must hold"

    def test_a_withdrawal_reaches_what_was_set_aside(self, house: House) -> None:
        key = next(e.payload["warc_file"] for e in house.log.read("herald") if e.payload.get("role") == "article")
        flip(house, key)
        flow.verify(house, quarantine=True)
        flow.withdraw(house, "http://herald.example/1", reason="asked", author="An editor", run_id="test")
        assert not (house.home / "quarantine" / key).exists()


def rows_of(house: House) -> list[str]:
    """What a load from nothing makes of the statements."""
    import duckdb

    (house.home / "build.duckdb").unlink(missing_ok=True)
    shutil.rmtree(house.home / "work", ignore_errors=True)
    flow.load(house, "test")
    with duckdb.connect(str(house.build_path), read_only=True) as connection:
        return sorted(map(repr, connection.execute("SELECT statement_id, quote, low, high FROM raw.casualty_claims").fetchall()))
