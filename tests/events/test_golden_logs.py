"""In: logs that older versions wrote, and logs of versions to come. Out: the old ones replay for ever, the new ones are refused."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from ingest import events, flow
from ingest import log as log_module
from ingest.errors import Halt
from ingest.events import VERSIONS, EventType
from ingest.flow.house import House
from ingest.settings import Settings
from tests.events import golden

SOURCE = "slug: gazette\nname: Gazette\nkind: feed\nurl: https://gazette.example/rss\nlanguage: en\ncountry: GB\n"


def house_of(log: Path, folder: Path) -> House:
    home, sources = folder / "home", folder / "sources"
    shutil.copytree(log, home)
    sources.mkdir()
    (sources / "gazette.yaml").write_text(SOURCE, encoding="utf-8")
    return flow.open_house(Settings(home=home, sources=sources, contact="https://claimledger.example/bot", workers=1))


def test_every_version_ever_written_is_in_a_log() -> None:
    written = {one for log in golden.logs() for one in golden.versions_in(log)}
    wanted = {(type_.value, version) for type_ in EventType for version in range(1, VERSIONS[type_] + 1)}
    assert wanted <= written, "run: python -m tests.events.golden"


@pytest.mark.parametrize("log", golden.logs(), ids=lambda path: path.name)
def test_an_old_log_is_whole_and_replays(log: Path, tmp_path: Path) -> None:
    house = house_of(log, tmp_path)
    assert flow.verify(house)["broken"] == []
    assert flow.load(house, "test")["loads"] == 2, "the one it tells of, and one for what came after"
    told = Counter(event.type for stream in ("gazette", "corrections") for event in house.log.read(stream))
    kept = [type_ for type_ in EventType if type_.name.split("_")[0] not in ("LEDGER", "EDITION")]
    with duckdb.connect(str(house.build_path), read_only=True) as connection:
        for type_ in kept:
            table = type_.name.lower()
            ((rows,),) = connection.execute(f"SELECT count(*) FROM raw.{table}").fetchall()
            assert (table, rows) == (table, told[type_])
            assert rows > 0
        claims = connection.execute("SELECT quote, low FROM raw.casualty_claims ORDER BY low").fetchall()
    assert claims == [("Kyiv said that 12 soldiers were killed.", 12), (None, 22)], "the second page was withdrawn"


def newer_event(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as later:
        later.setattr(events, "VERSIONS", {**VERSIONS, EventType.LEAD_FOUND: 2})
        house.log.append("gazette", [golden.event(EventType.LEAD_FOUND)], recorded_at=golden.AT, run_id="later")


def newer_segment(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as later:
        later.setattr(log_module, "FORMAT", 2)
        house.log.append("gazette", [golden.event(EventType.ARTICLE_GONE)], recorded_at=golden.AT, run_id="later")


@pytest.mark.parametrize("newer", [newer_event, newer_segment])
def test_a_newer_log_is_refused_by_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, newer: Callable[[House, pytest.MonkeyPatch], None]
) -> None:
    house = house_of(golden.logs()[-1], tmp_path)
    newer(house, monkeypatch)
    before = {path: path.read_bytes() for path in (house.home / "log").rglob("*.parquet")}
    house = flow.open_house(house.settings)
    source = flow.find_source(house, "gazette")
    told = flow.gather(house, [source], "test")
    assert "upgrade claimledger" in told["errors"]["gazette"]
    commands: list[Callable[[], Any]] = [
        lambda: flow.reprocess(house, run_id="test"),
        lambda: flow.load(house, "test"),
        lambda: flow.status(house),
        lambda: flow.withdraw(house, "https://gazette.example/1", reason="asked", author="An editor", run_id="test"),
    ]
    for command in commands:
        with pytest.raises(Halt, match="upgrade claimledger"):
            command()
    said = flow.verify(house, quarantine=True)
    assert any("upgrade claimledger" in line for line in said["broken"])
    assert all("restore the log first" in line for line in said["set_aside"])
    after = {path: path.read_bytes() for path in (house.home / "log").rglob("*.parquet") if "editions" not in path.parts}
    assert after == {path: data for path, data in before.items() if "editions" not in path.parts}


def test_segments_say_their_format(tmp_path: Path) -> None:
    house = house_of(golden.logs()[-1], tmp_path)
    notes = pq.read_metadata(house.home / house.log.segments("gazette")[0]).metadata
    assert notes[b"claimledger.format"] == b"1"
