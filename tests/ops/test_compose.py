"""In: Dockerfile and docker-compose.yml. Out: that they keep the promises of docs/airflow.md, as far as reading them can prove it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.secrets import compose_secrets, write_env

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OURS = ("migrate", "api-server", "scheduler", "dag-processor", "explorer")
OF_SECRETS = re.compile(r"PASSWORD|SECRET|FERNET")


def test_services() -> None:
    assert set(SERVICES) == {"postgres", *OURS}


def test_ports_are_published_on_this_machine_alone() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert ports == ["127.0.0.1:${AIRFLOW_PORT:-8080}:8080", "127.0.0.1:${EXPLORER_PORT:-8501}:8501"]


def test_every_lasting_service_has_a_health_check_and_restarts() -> None:
    for name in ("postgres", "api-server", "scheduler", "dag-processor", "explorer"):
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
        assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES["migrate"]["restart"] == "no"


def test_nothing_starts_before_the_database_is_migrated() -> None:
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("api-server", "scheduler", "dag-processor"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_the_explorer_reads_only_and_knows_no_secret() -> None:
    explorer = SERVICES["explorer"]
    assert all(volume.endswith(":ro") for volume in explorer["volumes"])
    assert not any(OF_SECRETS.search(key) or "SQL_ALCHEMY" in key for key in explorer["environment"])


def test_every_secret_comes_from_the_generated_file_and_has_no_default() -> None:
    generated = compose_secrets(1000)
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            if OF_SECRETS.search(key) and not key.endswith("_FILE"):
                assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), (name, key)
    for variable, rest in re.findall(r"\$\{(\w+)([^}]*)\}", TEXT):
        if OF_SECRETS.search(variable):
            assert rest.startswith(":?"), variable
            assert generated[variable]


def test_the_password_in_the_database_address_is_the_generated_one() -> None:
    address = SERVICES["scheduler"]["environment"]["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    assert address == "postgresql+psycopg2://airflow:${POSTGRES_PASSWORD:?run make env}@postgres:5432/airflow"


def test_containers_run_without_privileges() -> None:
    for name in OURS:
        assert SERVICES[name]["user"].startswith("${CLAIMLEDGER_UID:?")
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]
    assert compose_secrets(0)["CLAIMLEDGER_UID"] != "0"


def test_what_must_last_lies_in_volumes() -> None:
    assert "./warehouse:/srv/home/warehouse" in SERVICES["scheduler"]["volumes"]
    assert SERVICES["scheduler"]["environment"]["CLAIMLEDGER_HOME"] == "/srv/home/warehouse"
    assert SERVICES["scheduler"]["environment"]["AIRFLOW__LOGGING__BASE_LOG_FOLDER"].startswith("/srv/airflow/")
    assert "airflow:/srv/airflow" in SERVICES["api-server"]["volumes"]
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql/data"]
    assert set(COMPOSE["volumes"]) == {"postgres", "airflow"}


def test_executor_and_examples() -> None:
    environment = SERVICES["scheduler"]["environment"]
    assert environment["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert environment["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"


def test_the_image_installs_the_lock_with_hashes_and_is_nobodys_root() -> None:
    assert "FROM python:3.12-slim" in DOCKERFILE
    assert "pip install --require-hashes --requirement /build/requirements.lock" in DOCKERFILE
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE)[-1] == "10001:0"
    assert not OF_SECRETS.search(DOCKERFILE)


def test_the_image_copies_only_what_there_is_and_the_build_context_lets_in() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert ignored[ignored.index("*") :][0] == "*"
    copied = [part for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE) for part in line.split()[:-1]]
    for path in copied:
        assert (ROOT / path).exists(), path
        assert f"!{path}" in ignored, path


def test_compose_client_accepts_the_file(tmp_path: Path) -> None:
    client = next((command for command in (["docker-compose"], ["docker", "compose"]) if _works(command)), None)
    if client is None:
        pytest.skip("no compose client; on Debian: apt-get install docker-compose")
    shutil.copy(ROOT / "docker-compose.yml", tmp_path)
    write_env(tmp_path / ".env", compose_secrets(1000) | {"CLAIMLEDGER_CONTACT": ""}, "of a test")
    without = _config(client, tmp_path)
    assert without.returncode != 0
    assert "set it in .env" in without.stderr
    (tmp_path / ".env").unlink()
    write_env(tmp_path / ".env", compose_secrets(1000) | {"CLAIMLEDGER_CONTACT": "https://claimledger.example/bot"}, "of a test")
    done = _config(client, tmp_path)
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) == set(SERVICES)


def _works(command: list[str]) -> bool:
    return bool(shutil.which(command[0])) and subprocess.run([*command, "version"], capture_output=True, check=False).returncode == 0


def _config(client: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*client, "config"], cwd=folder, capture_output=True, text=True, check=False)
