"""In: the settings of a home. Out: the environment variables under which Airflow runs on this machine for that home."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.settings import PREFIX, Settings
from ops.secrets import ADMIN, kept_secrets

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_PORT = 8080
PARALLELISM = 8  # tasks at a time, most of them waiting for the network; Airflow's default forks 32 workers before the first task


def pools(workers: int) -> dict[str, dict[str, Any]]:
    """The pools that the DAGs name, as `airflow pools import` reads them. They must exist before the first run."""
    slots = {"warehouse": (1, "the one writer of the build database"), "workers": (workers, "batches, each keeping a core busy")}
    return {name: {"slots": number, "description": purpose, "include_deferred": False} for name, (number, purpose) in slots.items()}


def airflow_home(home: Path) -> Path:
    """Where Airflow keeps what it knows about a home: `.airflow/<name>`, one per home."""
    resolved = home.resolve()
    if resolved.is_relative_to(ROOT):
        return ROOT / ".airflow" / "-".join(resolved.relative_to(ROOT).parts)
    digest = hashlib.sha256(str(resolved).encode()).hexdigest()[:8]
    return ROOT / ".airflow" / f"{resolved.name}-{digest}"


def environment(
    chosen: Settings,
    *,
    folder: Path | None = None,
    port: int = DEFAULT_PORT,
    database: str | None = None,
    base: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The whole environment of an Airflow process for a home.

    folder: AIRFLOW_HOME (default: `airflow_home` of the home); database: a SQLAlchemy address (default: SQLite in that folder).
    """
    place = folder or airflow_home(chosen.home)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    inherited = os.environ if base is None else base
    kept = {key: value for key, value in inherited.items() if not key.startswith(("AIRFLOW__", "AIRFLOW_HOME"))}
    given = {key: value for key, value in inherited.items() if key.startswith(("AIRFLOW__SMTP", "AIRFLOW__EMAIL"))}
    return kept | given | _of_python(kept) | _of_the_house(chosen) | _of_airflow(place, port, database) | kept_secrets(place)


def _of_python(kept: Mapping[str, str]) -> dict[str, str]:
    """The environment's own `bin` first, so that `airflow` and `dbt` are the installed ones."""
    path = os.pathsep.join((str(Path(sys.executable).parent), kept.get("PATH", os.defpath)))
    return {"PATH": path, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def _of_the_house(chosen: Settings) -> dict[str, str]:
    """The settings with absolute paths: Airflow's processes do not all run in the folder of the project."""
    paths = {"home": chosen.home, "sources": chosen.sources, "data": chosen.data}
    others = {
        name: str(getattr(chosen, name))
        for name in ("contact", "editions_kept", "workers", "page_seconds", "page_bytes", "allow_loopback", "proxy", "alert")
    }
    return {f"{PREFIX}{name.upper()}": str(Path(path).resolve()) for name, path in paths.items()} | {
        f"{PREFIX}{name.upper()}": value for name, value in others.items()
    }


def _of_airflow(place: Path, port: int, database: str | None) -> dict[str, str]:
    url = f"http://127.0.0.1:{port}"
    return {
        "AIRFLOW_HOME": str(place),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(PARALLELISM),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{ADMIN}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(place / "passwords.json"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database or f"sqlite:///{place / 'airflow.db'}",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(place / "logs"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }
