"""In: a few moments of the long suite (`make torture`), a disk that is full. Out: stopped there, every command runs on as if nothing
had been."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import psutil
import pytest

from ingest import flow
from ingest.errors import Retry
from ingest.flow.house import House
from tests.torture.disks import filled, mounted
from tests.torture.driver import Theatre, differing, torture
from tests.torture.test_leftovers import PAGE, WORDS
from tests.words import left_of

SEED = 5
LEAST = {"gather": 7, "revisit": 2, "reprocess": 3, "correct": 8, "publish": 3, "build": 2}  # 20 in log and archive, 5 in build


@pytest.mark.parametrize("command", LEAST)
def test_a_command_killed_at_any_moment_runs_on(command: str, theatre: Theatre) -> None:
    kills = number = 0
    while kills < LEAST[command]:
        outcome = torture(theatre, command, SEED, number)
        assert outcome.problems == [], outcome
        kills, number = kills + outcome.kills, number + 1
        assert number < 5 * LEAST[command], "the kills come too late to strike"


def test_a_page_in_an_edition_that_was_not_finished_is_withdrawn_too(theatre: Theatre) -> None:
    house = theatre.house(theatre.home(theatre.judged, "unfinished"))
    assert theatre.run("publish", house.home, kill_before=("editions/", 1)).was_killed
    assert any(name.startswith("editions/.") for name in left_of(house.home, WORDS))
    flow.withdraw(house, PAGE, reason="asked", author="An editor", run_id="test")
    assert left_of(house.home, WORDS) == set()
    assert flow.verify(house)["broken"] == []


def test_dbt_ends_with_the_build_that_started_it(tmp_path: Path) -> None:
    """Else it would hold the database against the next build."""
    script = "import sys; from pathlib import Path; from ingest.model import call_dbt; call_dbt(['parse'], Path(sys.argv[1]), Path('none'))"
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)]) as build:
        until = time.monotonic() + 60
        while not (children := psutil.Process(build.pid).children()) and time.monotonic() < until:
            time.sleep(0.02)
        build.kill()
    _, alive = psutil.wait_procs(children, timeout=60)
    assert len(children) == 1
    assert not alive
    assert not (tmp_path / "target" / "manifest.json").exists(), "it did its work to the end"


def test_a_build_stops_on_a_full_disk_and_goes_on(theatre: Theatre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every step: the load, dbt, the expectations (which write to the temporary folder), the edition."""
    expected = theatre.undisturbed("build")
    with mounted(tmp_path / "disk", "150m") as disk:
        for name in ("news", "judged"):
            shutil.copytree(getattr(theatre, name), disk / name, symlinks=True)
        monkeypatch.setattr(tempfile, "tempdir", str(disk))
        stopped(disk, theatre.house(disk / "news"), flow.load, left=0)
        house = theatre.house(disk / "judged")
        stopped(disk, house, flow.publish, left=1_000_000)
        stopped(disk, house, flow.validate, left=50_000)
        with filled(disk, 300_000):
            ended = theatre.run("build", house.home)  # dbt begins and cannot go on
        assert ended.code == 1
        assert re.fullmatch(r"claimledger: a disk is full \(.*\); .*; make room and run the command again.*\n", ended.output), ended.output
        for name in ("news", "judged"):
            assert flow.verify(theatre.house(disk / name))["broken"] == []
        ended = theatre.run("build", house.home)
        assert ended.code == 0, ended.output
        assert differing(house.home, expected) == []
        flow.load(theatre.house(disk / "news"), "test")


def stopped(disk: Path, house: House, step: Callable[[House, str], object], *, left: int) -> None:
    """The step says so in one line, and the last edition is read as before."""
    with filled(disk, left), pytest.raises(Retry) as said:
        step(house, "test")
    assert "No space left on device" in str(said.value)
    assert "\n" not in str(said.value)
    with duckdb.connect(str(house.home / "current" / "claimledger.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT number FROM edition").fetchall() == [(1,)]
