"""In: a scratch Postgres. Out: that the components of docker-compose.yml run on it and carry a DAG run of the demonstration to its end."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from demo.server import DemoSite
from ingest import flow
from ingest.settings import Settings
from ops.airflow import COMPONENTS, Stack, migrate
from ops.container import is_healthy
from ops.environment import ROOT, environment
from ops.secrets import kept_password
from tests.ops.services import Api, free_port


def _binaries() -> Path | None:
    """The newest folder with initdb and postgres."""
    folders = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if found := shutil.which("initdb"):
        folders.append(Path(found).parent)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def _owner() -> str | None:
    """Whom to run Postgres as: it refuses the superuser."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextmanager
def postgres(binaries: Path) -> Iterator[str]:
    """A server on 127.0.0.1 with one database and a random password; its SQLAlchemy address."""
    owner, port, password = _owner(), free_port(), secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory(prefix="claimledger-postgres-") as name:
        folder = Path(name)
        (folder / "password").write_text(password, encoding="utf-8")
        if owner:
            for path in (folder, folder / "password"):
                shutil.chown(path, owner)
        data = str(folder / "data")
        _run(
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "airflow",
            "-A",
            "scram-sha-256",
            f"--pwfile={folder / 'password'}",
            "-E",
            "UTF8",
            owner=owner,
        )
        options = ("-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off")
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen((str(binaries / "postgres"), "-D", data, *options), user=owner, cwd=folder, stdout=log, stderr=log)
        try:
            _wait(binaries, port)
            env = {**os.environ, "PGPASSWORD": password}
            subprocess.run(
                (str(binaries / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "airflow", "airflow"), env=env, check=True
            )
            yield f"postgresql+psycopg2://airflow:{password}@127.0.0.1:{port}/airflow"
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _run(program: Path, *arguments: str, owner: str | None) -> None:
    done = subprocess.run((str(program), *arguments), user=owner, cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _wait(binaries: Path, port: int) -> None:
    for _ in range(100):
        ready = subprocess.run((str(binaries / "pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-q"), check=False)
        if ready.returncode == 0:
            return
        time.sleep(0.1)
    raise AssertionError("Postgres did not come up within 10 s")


def test_components_are_those_of_the_compose_file() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    for name, arguments in COMPONENTS.items():
        assert services[name]["command"][: 1 + len(arguments)] == ["airflow", *arguments]


def test_a_dag_run_on_postgres(tmp_path: Path) -> None:
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no Postgres server here; on Debian: apt-get install postgresql")
    with postgres(binaries) as database, DemoSite() as site:
        chosen = Settings(
            home=tmp_path / "home", sources=ROOT / "demo" / "sources", data=ROOT / "demo" / "data",
            contact="https://claimledger.example/bot", allow_loopback=site.loopback_rule,
        )  # fmt: skip
        env = environment(chosen, folder=tmp_path / "airflow", port=free_port(), database=database)
        password = kept_password(tmp_path / "airflow" / "passwords.json")
        migrate(env, tmp_path / "migrate.log")
        with Stack(env, tmp_path / "components") as stack:
            assert stack.wait_until_ready(threading.Event())
            url = env["AIRFLOW__API__BASE_URL"]
            assert all(is_healthy(component, url) for component in ("metadatabase", "scheduler", "dag_processor"))
            api = Api.login(url, password)
            assert api is not None
            api.wait_for_dag("gather__gazette")
            assert api.run("gather__gazette") == "success"
            group = stack.group
        with pytest.raises(ProcessLookupError):
            os.killpg(group, 0)
        assert flow.open_house(chosen).state("gazette").captures
