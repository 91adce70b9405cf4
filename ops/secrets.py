"""In: nothing but the system's randomness. Out: fresh secrets: the `.env` of docker-compose.yml, and those of Airflow on this machine.

python -m ops.secrets .env
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

PRIVATE = 0o600
ADMIN = "admin"
IMAGE_UID = 10001  # the image's own user, for a superuser: nothing runs as root


def airflow_secrets() -> dict[str, str]:
    """The keys that Airflow's processes must share, by the name of their environment variable."""
    return {
        "AIRFLOW__CORE__FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "AIRFLOW__API__SECRET_KEY": secrets.token_urlsafe(48),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(64),
    }


def compose_secrets(uid: int) -> dict[str, str]:
    """What docker-compose.yml asks for. The user id is that of whoever runs it, so that the mounted folders stay theirs."""
    return {
        "POSTGRES_PASSWORD": secrets.token_urlsafe(32),
        "AIRFLOW_ADMIN_PASSWORD": secrets.token_urlsafe(18),
        **airflow_secrets(),
        "CLAIMLEDGER_UID": str(uid or IMAGE_UID),
        "CLAIMLEDGER_CONTACT": "",
        "CLAIMLEDGER_ALERT": "",
    }


def write_private(path: Path, text: str) -> None:
    """Create `path` readable by its owner alone. Raises FileExistsError when it is there: a secret in use is never replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def replace_private(path: Path, text: str) -> None:
    """Put a private file in the place of `path`, in one step."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    write_private(beside, text)
    beside.replace(path)


def write_env(path: Path, values: Mapping[str, str], heading: str) -> None:
    """`KEY=value` lines under a comment, as a private file."""
    write_private(path, f"# {heading}\n" + "".join(f"{key}={value}\n" for key, value in values.items()))


def read_env(path: Path) -> dict[str, str]:
    """The `KEY=value` lines of a file that `write_env` wrote."""
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def kept_secrets(folder: Path) -> dict[str, str]:
    """The Airflow secrets of a folder, made on the first call."""
    path = folder / "secrets.env"
    if not path.exists():
        write_env(path, airflow_secrets(), "Secrets of Airflow on this machine; remove the file to have new ones.")
    return read_env(path)


def kept_password(path: Path) -> str:
    """The administrator's password in a password file of Airflow's simple auth manager, made on the first call."""
    if not path.exists():
        write_private(path, json.dumps({ADMIN: secrets.token_urlsafe(18)}) + "\n")
    return str(json.loads(path.read_text(encoding="utf-8"))[ADMIN])


def main() -> int:
    """Write the file named on the command line; 1 when it is there already."""
    parser = argparse.ArgumentParser(prog="python -m ops.secrets", description="Write fresh secrets for docker-compose.yml.")
    parser.add_argument("path", type=Path, nargs="?", default=Path(".env"))
    path: Path = parser.parse_args().path
    try:
        write_env(path, compose_secrets(os.getuid()), "Secrets of docker-compose.yml, generated; keep them out of git.")
    except FileExistsError:
        print(f"{path} is there already and may be in use; move it away first to have new secrets", file=sys.stderr)
        return 1
    print(f"wrote {path} (readable by you alone); set CLAIMLEDGER_CONTACT in it before the first start")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
