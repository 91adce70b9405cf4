"""In: nothing. Out: one demonstration for all tests that look at a whole night: made once, by the real DAGs, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
MARK = "CLAIMLEDGER_TEST_MARK"  # stands in the environment of everything that the run starts


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """A finished `make demo`: its home, exit code and what it printed."""

    home: Path
    returncode: int
    stdout: str
    stderr: str

    @property
    def database(self) -> Path:
        return self.home / "current" / "claimledger.duckdb"


def folder_of_run(tmp_path_factory: pytest.TempPathFactory, name: str) -> Path:
    """A folder that all processes of a test run share: above the one of this process, where there are several."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """Read-only for every test: copy the home before changing it. Made once for all processes of a run."""
    folder = folder_of_run(tmp_path_factory, "demonstration")
    told = folder / "done.json"
    with FileLock(folder / ".lock"):
        if not told.exists():
            told.write_text(json.dumps(asdict(_demonstrate(folder / "warehouse")), default=str))
    return Demonstration(**{**(done := json.loads(told.read_text())), "home": Path(done["home"])})


def _demonstrate(home: Path) -> Demonstration:
    command = (sys.executable, "-m", "ops.demo", "--home", str(home))
    env = {**os.environ, MARK: str(home)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=800, check=False)
    return Demonstration(home=home, returncode=done.returncode, stdout=done.stdout, stderr=done.stderr)
