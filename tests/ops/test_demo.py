"""In: `python -m ops.demo`. Out: exit 0, a report, an edition that opens, nothing left running, and only its own home emptied."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import psutil
import pytest

from ops import demo
from ops.report import TABLES
from tests.conftest import MARK, Demonstration


def test_it_succeeds_and_reports(demonstration: Demonstration) -> None:
    home, done = demonstration.home, demonstration
    assert done.returncode == 0, done.stdout + done.stderr
    for part in ("Visit 1 of 2", "Visit 2 of 2", "discover ", "failures: ", "rejections: ", "casualty claims", "From the timeline"):
        assert part in done.stdout
    assert str(home / "current" / "claimledger.duckdb") in done.stdout
    assert not done.stderr, done.stderr


def test_the_edition_opens_and_has_rows(demonstration: Demonstration) -> None:
    with duckdb.connect(str(demonstration.home / "current" / "claimledger.duckdb"), read_only=True) as connection:
        for table in TABLES:
            assert connection.execute(f"select count(*) > 0 from {table}").fetchone() == (True,), table


def test_nothing_is_left_running(demonstration: Demonstration) -> None:
    left = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(demonstration.home):
                left.append(process.cmdline())
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    assert left == []


@pytest.mark.parametrize("mark", [None, "live"])
def test_a_home_of_another_kind_is_not_emptied(tmp_path: Path, mark: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "log" / "gazette" / "0.parquet"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"kept")
    if mark:
        (tmp_path / "home.json").write_text(json.dumps({"kind": mark, "format": 1}), encoding="utf-8")
    assert demo.main(["--home", str(tmp_path)]) == 1
    assert "will not be emptied" in capsys.readouterr().err
    assert kept.read_bytes() == b"kept"
