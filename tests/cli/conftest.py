"""In: nothing. Out: the command as a user types it, in this process and as a real one, on a small home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from demo.server import DemoSite
from ingest.cli import main

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("claimledger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Runs commands with variables of its own; nothing of the caller's environment decides."""

    home: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CLAIMLEDGER_")}
        return {**kept, "CLAIMLEDGER_HOME": str(self.home), "CLAIMLEDGER_WORKERS": "1", **self.variables}

    def run(self, *arguments: str, given: str | bytes | None = None) -> Result:
        own = {name: None for name in os.environ if name.startswith("CLAIMLEDGER_")}
        return CliRunner().invoke(main, list(arguments), input=given, env={**own, **self.environment}, prog_name="claimledger")

    def start(self, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(COMMAND), *arguments], input=given, env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )


@pytest.fixture(scope="session")
def site() -> Iterator[DemoSite]:
    with DemoSite() as served:
        yield served


@pytest.fixture(scope="session")
def desk_at(site: DemoSite) -> Callable[[Path], Desk]:
    variables = {
        "CLAIMLEDGER_SOURCES": str(ROOT / "demo" / "sources"),
        "CLAIMLEDGER_DATA": str(ROOT / "demo" / "data"),
        "CLAIMLEDGER_ALLOW_LOOPBACK": site.loopback_rule,
    }
    return lambda folder: Desk(home=folder / "warehouse", variables=variables)


@pytest.fixture
def desk(desk_at: Callable[[Path], Desk], tmp_path: Path) -> Desk:
    return desk_at(tmp_path)


@pytest.fixture(scope="module")
def gathered(desk_at: Callable[[Path], Desk], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A home with one small source; tests that use it only read."""
    desk = desk_at(tmp_path_factory.mktemp("gathered"))
    result = desk.run("gather", "dispatches")
    assert result.exit_code == 0, result.output
    return desk
