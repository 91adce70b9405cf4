"""In: source files. Out: what fresh Airflow processes read of them, and a small site for runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ingest.settings import Settings
from ops.environment import environment
from tests.dags.samples import Reader, feed

PROBE = Path(__file__).with_name("probe.py")


@pytest.fixture(scope="session")
def read_dags(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Reads `dags/` with a folder of sources in a fresh process; `PYTHONHASHSEED` and the DAG that is asked for may be given."""

    def read(sources: Path, *, seed: str = "0", wanted: str | None = None) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp("airflow")
        env = environment(Settings(home=folder / "home", sources=sources, data=folder), folder=folder / "airflow")
        env["PYTHONHASHSEED"] = seed
        if wanted:
            env["_AIRFLOW_PARSING_CONTEXT_DAG_ID"] = wanted
        done = subprocess.run((sys.executable, str(PROBE)), env=env, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return read


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three right files, one disabled, and one with a wrong kind."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / "gazette.yaml").write_text(feed("gazette", name="The Gazette"), encoding="utf-8")
    (folder / "courier.yaml").write_text(feed("courier", schedule="9 3 * * 1"), encoding="utf-8")
    (folder / "asleep.yaml").write_text(feed("asleep", enabled="false"), encoding="utf-8")
    (folder / "wrong.yaml").write_text(feed("wrong").replace("kind: feed", "kind: fed"), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def found(read_dags: Reader, sources: Path) -> dict[str, Any]:
    """What Airflow reads of `sources`."""
    return read_dags(sources, seed="1")
