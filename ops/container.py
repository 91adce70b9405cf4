"""In: the environment that docker-compose.yml gives. Out: Airflow's database, pools and password file; or whether a component is healthy.

python -m ops.container prepare
python -m ops.container healthy scheduler
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ingest.errors import Halt
from ops.airflow import health, migrate
from ops.secrets import ADMIN, replace_private

COMPONENTS = ("metadatabase", "scheduler", "dag_processor")
API_SERVER = "http://api-server:8080"


def prepare(env: Mapping[str, str]) -> None:
    """Migrate the database, make the pools, write the password file. Safe to repeat. Raises Halt when a step fails."""
    password = env.get("AIRFLOW_ADMIN_PASSWORD", "")
    if not password:
        raise Halt("AIRFLOW_ADMIN_PASSWORD is not set; make env writes one into .env")
    migrate(env, Path(env["AIRFLOW__LOGGING__BASE_LOG_FOLDER"]) / "migrate.log")
    replace_private(Path(env["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]), json.dumps({ADMIN: password}) + "\n")


def is_healthy(component: str, url: str) -> bool:
    """What the API server at `url` says of a component: it knows the heartbeats of all."""
    return health(url).get(component) == "healthy"


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m ops.container", description="What the containers run besides Airflow.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("prepare", help="database, pools, password file")
    healthy = commands.add_parser("healthy", help="exit 0 when the component is healthy")
    healthy.add_argument("component", choices=COMPONENTS)
    healthy.add_argument("--url", default=API_SERVER, help="of the API server")
    given = parser.parse_args()
    try:
        if given.command == "healthy":
            return 0 if is_healthy(given.component, given.url) else 1
        prepare(os.environ)
    except Halt as error:
        print(error, file=sys.stderr)
        return 1
    print("Airflow's database, pools and password file are ready")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
