"""In: `python -m ops.airflow`. Out: that it comes up on 127.0.0.1 behind a generated password and leaves nothing running."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from ingest.errors import Halt
from ingest.settings import Settings
from ops import airflow
from ops.environment import ROOT, airflow_home, environment, pools
from ops.secrets import kept_password, kept_secrets, read_env, replace_private, write_env
from tests.dags.samples import feed
from tests.ops.services import Api, descendants, free_port, listening


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_up_and_down(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "gazette.yaml").write_text(feed("gazette"), encoding="utf-8")
    port = free_port()
    command = (sys.executable, "-m", "ops.airflow", "up", "--home", str(tmp_path / "home"), "--sources", str(tmp_path / "sources"))
    folder = airflow_home(tmp_path / "home")
    process = subprocess.Popen((*command, "--port", str(port)), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = next(line for line in process.stdout if "is ready" in line)
        password = re.search(r"password (\S+)", ready)
        assert password
        url = f"http://127.0.0.1:{port}"
        assert Api.login(url, "admin") is None
        api = Api.login(url, password[1])
        assert api is not None
        assert api.wait_for_dag("gather__gazette")["is_paused"] is False
        assert {pool["name"]: pool["slots"] for pool in api.get("pools")["pools"]}.items() >= {("warehouse", 1)}
        assert api.get("importErrors")["total_entries"] == 0
        children = descendants(process.pid)
        assert len(children) >= 3
        assert listening(children) == {"127.0.0.1"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        assert not psutil.wait_procs(children, timeout=5)[1]
        assert mode(folder / "passwords.json") == mode(folder / "secrets.env") == 0o600
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_taken_port_is_told_before_anything_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert airflow.main(["up", "--home", str(tmp_path / "home"), "--port", str(port)]) == 1
    assert f"port {port} of 127.0.0.1 cannot be used" in capsys.readouterr().err
    shutil.rmtree(airflow_home(tmp_path / "home"))


def test_every_home_has_an_airflow_of_its_own(tmp_path: Path) -> None:
    assert airflow_home(ROOT / "warehouse") == ROOT / ".airflow" / "warehouse"
    assert airflow_home(ROOT / "demo" / "warehouse") == ROOT / ".airflow" / "demo-warehouse"
    assert airflow_home(tmp_path / "a" / "home") != airflow_home(tmp_path / "b" / "home")


def test_environment_names_absolute_paths_and_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    env = environment(Settings(home=Path("home"), contact="desk@claimledger.example"), folder=tmp_path / "airflow", port=8099)
    assert env["CLAIMLEDGER_HOME"] == str(tmp_path / "home")
    assert env["CLAIMLEDGER_CONTACT"] == "desk@claimledger.example"
    assert (env["AIRFLOW__API__HOST"], env["AIRFLOW__API__PORT"]) == ("127.0.0.1", "8099")
    assert env["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "False"


def test_secrets_are_made_once_private_and_different(tmp_path: Path) -> None:
    first = kept_secrets(tmp_path / "a")
    assert kept_secrets(tmp_path / "a") == first
    assert kept_secrets(tmp_path / "b") != first
    password = kept_password(tmp_path / "a" / "passwords.json")
    assert kept_password(tmp_path / "a" / "passwords.json") == password
    assert mode(tmp_path / "a" / "secrets.env") == mode(tmp_path / "a" / "passwords.json") == 0o600


def test_secrets_in_use_are_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    command = (sys.executable, "-m", "ops.secrets", str(path))
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    before = path.read_bytes()
    again = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert again.returncode == 1
    assert "is there already" in again.stderr
    assert path.read_bytes() == before
    assert mode(path) == 0o600
    assert all(value for key, value in read_env(path).items() if not key.startswith("CLAIMLEDGER_"))


def test_private_files_stay_private_when_replaced(tmp_path: Path) -> None:
    path = tmp_path / "passwords.json"
    old_mask = os.umask(0)
    try:
        write_env(path, {"a": "1"}, "first")
        replace_private(path, "second")
    finally:
        os.umask(old_mask)
    assert path.read_text(encoding="utf-8") == "second"
    assert mode(path) == 0o600


def test_pools_are_those_that_the_dags_name() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "dags").glob("*.py"))
    named = set(re.findall(r'^\w+_POOL = "(\w+)"', text, re.MULTILINE))
    assert named == set(pools(2)) == {"warehouse", "workers"}
    assert pools(2)["warehouse"]["slots"] == 1


def test_a_home_has_one_airflow_at_a_time(tmp_path: Path) -> None:
    with airflow.alone(tmp_path), pytest.raises(Halt, match="already runs for this home"), airflow.alone(tmp_path):
        pass
    with airflow.alone(tmp_path):
        pass
