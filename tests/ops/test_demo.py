"""In: `python -m ops.demo`. Out: exit 0, a report, an edition that opens, nothing left running, and only its own home emptied."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import psutil
import pytest

from ops import demo
from ops.environment import ROOT
from ops.report import TABLES


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    home = tmp_path_factory.mktemp("demo") / "warehouse"
    env = {**os.environ, "CLAIMLEDGER_TEST_MARK": str(home)}
    command = (sys.executable, "-m", "ops.demo", "--home", str(home))
    return home, subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=600, check=False)


def test_it_succeeds_and_reports(shown: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    home, done = shown
    assert done.returncode == 0, done.stdout + done.stderr
    for part in ("Visit 1 of 2", "Visit 2 of 2", "discover ", "failures: ", "rejections: ", "casualty claims", "From the timeline"):
        assert part in done.stdout
    assert str(home / "current" / "claimledger.duckdb") in done.stdout
    assert not done.stderr, done.stderr


def test_the_edition_opens_and_has_rows(shown: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    with duckdb.connect(str(shown[0] / "current" / "claimledger.duckdb"), read_only=True) as connection:
        for table in TABLES:
            assert connection.execute(f"select count(*) > 0 from {table}").fetchone() == (True,), table


def test_nothing_is_left_running(shown: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    left = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("CLAIMLEDGER_TEST_MARK") == str(shown[0]):
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
