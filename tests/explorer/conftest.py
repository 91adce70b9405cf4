"""In: two nights of made-up articles. Out: a home with two editions, made once for all processes of a run; a reader and a server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from ingest.editions import Facts
from ingest.model import run_dbt
from ingest.publish import publish
from ingest.read import Reader, current_reader
from tests.builds import VALIDATION, passing
from tests.conftest import folder_of_run
from tests.ledgers import Ledger, announcement, claim, offer

ROOT = Path(__file__).parents[2]
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>{{7*7}}"
JAVASCRIPT = "javascript:document.title='owned'"
FILLER = " ".join(f"Word{n} stands here." for n in range(60))
KYIV = "Kyiv's General Staff said 5,300 Russian soldiers had been killed."
LATER = "Kyiv's General Staff said 5,710 Russian soldiers had been killed."
MOSCOW = "Moscow's ministry said that 498 of its soldiers had been killed."
LEAST = "Officials in Washington said at least 2,000 Russian soldiers had been killed."
PAY = "Kyiv offers 50,000 dollars for each tank that is handed over."
LAW = "The ministry announced a new law on pay."
FIRST, SECOND = datetime(2026, 3, 2, 4, tzinfo=UTC), datetime(2026, 3, 5, 4, tzinfo=UTC)


def _pay() -> Any:
    return offer(
        PAY,
        offeror="Kyiv",
        offeror_party="UA",
        audience="Russian soldiers",
        audience_party="RU",
        action="hand_over_equipment",
        amount=50_000.0,
        currency="USD",
        per="tank",
        amount_usd=50_000.0,
        usd_basis="usd",
        offered_on="2026-03-01",
    )


def _first_night(ledger: Ledger) -> None:
    for slug in ("gazette", "moscow", "wire"):
        ledger.source(slug, publish_text=slug != "wire")
    when = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    us = {"as_of": "2026-03-01", "as_of_basis": "stated"}
    story = f"It was a long day. {KYIV} {PAY}\n\n{LAW} {FILLER}"
    ledger.article(
        "gazette",
        "https://gazette.example/a",
        story,
        published_at=when,
        title="Two counts",
        claims=[claim(KYIV, claimant="General Staff", claimant_party="UA", low=5300, high=5300, **us)],
        offers=[_pay()],
        announcements=[announcement(LAW, announcer="Ministry of Defence", announcer_party="UA", topic="pay")],
    )
    ledger.article(
        "moscow",
        "https://moscow.example/a",
        f"{MOSCOW} {FILLER[:200]}",
        published_at=when,
        title=HOSTILE,
        outlet=HOSTILE,
        claims=[claim(MOSCOW, claimant=f"Ministry {HOSTILE}", claimant_party="RU", low=498, high=498, **us)],
    )
    ledger.article(
        "wire",
        "https://wire.example/a",
        f"From the capital. {LEAST} More was not said. {FILLER[200:500]}",
        published_at=when,
        claims=[claim(LEAST, claimant="officials", claimant_party="US", low=2000, high=None, qualifier="at_least", **us)],
    )
    ledger.rejected("wire", "https://wire.example/short")


def _second_night(ledger: Ledger) -> None:
    story = f"It was a long day. {LATER} {PAY}\n\n{LAW} {FILLER}"
    ledger.article(
        "gazette",
        "https://gazette.example/a",
        story,
        published_at=datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
        title="Two counts",
        claims=[claim(LATER, claimant="General Staff", claimant_party="UA", low=5710, high=5710, as_of="2026-03-03", as_of_basis="stated")],
        offers=[_pay()],
        announcements=[announcement(LAW, announcer="Ministry of Defence", announcer_party="UA", topic="pay")],
    )


def _published(ledger: Ledger, number: int, known_at: datetime) -> None:
    ledger.now = known_at
    ledger.load(known_at)
    ledger.build(ledger.home / "build.duckdb")
    run_dbt(ledger.home)
    facts = Facts(
        number=number,
        published_at=known_at,
        known_at=known_at,
        log_positions={"gazette": number},
        log_head_digest="f" * 64,
        code_version="0.1.0",
        cleaner_version="1",
        extractor_version="1",
    )
    publish(ledger.home, ledger.home / "build.duckdb", facts=facts, verdict=passing(), validation=VALIDATION, package="{}")


def _two_editions(home: Path) -> None:
    ledger = Ledger(home)
    ledger.house()
    _first_night(ledger)
    _published(ledger, 1, FIRST)
    _second_night(ledger)
    _published(ledger, 2, SECOND)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read-only for every test: copy it before changing it."""
    folder = folder_of_run(tmp_path_factory, "explorer")
    with FileLock(folder / ".lock"):
        if not (folder / "done").exists():
            shutil.rmtree(folder / "home", ignore_errors=True)
            (folder / "home").mkdir()
            _two_editions(folder / "home")
            (folder / "done").touch()
    return folder / "home"


@pytest.fixture
def reader(home: Path) -> Iterator[Reader]:
    opened = current_reader(home)
    yield opened
    opened.close()


@contextmanager
def serving(home: Path, *options: str, env: Mapping[str, str] | None = None) -> Iterator[str]:
    """The app as `claimledger explore` starts it; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("claimledger")), "explore", "--home", str(home), "--port", str(port), *options]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(env or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/_stcore/health", process)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[str]:
    with serving(home) as address:
        yield address


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert process.poll() is None, "the explorer ended at once"
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"no answer from {url}")
