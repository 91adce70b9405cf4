"""A night with misread figures, through load, dbt, validation and publication: the figures leave, everything else is published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest import editions as layout
from ingest.editions import Edition, Facts
from ingest.ids import article_id
from ingest.model import run_dbt
from ingest.publish import publish
from ingest.read import query
from ingest.report import render
from ingest.validate import judge_anew, refuse, validate
from ingest.verdict import Outcome, UnbelievableRow, Verdict, settle
from tests.ledgers import Ledger, announcement, claim

EXPECTATIONS = Path(__file__).parents[2] / "expectations"
pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning", "default::FutureWarning")

TEXT = (
    "The staff said 120 soldiers were killed. It put the cost at 9,000,000 a day. On 30 March 20 more were wounded. "
    "The ministry announced a new law on pay."
)
WRONG = "It put the cost at 9,000,000 a day."
CROSSED = "On 30 March 20 more were wounded."


def night(ledger: Ledger, build: Path, number: int) -> tuple[Verdict, Edition]:
    """What a build does, step by step."""
    ledger.build(build)
    judge_anew(build, ())
    run_dbt(build.parent)
    current = layout.current_edition(build.parent)
    verdict = validate(build, current.path if current else None, EXPECTATIONS, ledger.now)
    if verdict.unbelievable:
        refuse(build, verdict.unbelievable)
        run_dbt(build.parent)
        verdict = settle(verdict, validate(build, current.path if current else None, EXPECTATIONS, ledger.now))
    facts = Facts(
        number=number, published_at=ledger.now, known_at=ledger.now, log_positions={}, log_head_digest="", code_version="0",
        cleaner_version="1", extractor_version="1",
    )  # fmt: skip
    done = publish(build.parent, build, facts=facts, verdict=verdict, validation=render(verdict, number), package="{}")
    assert isinstance(done, Edition)
    return verdict, done


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[Verdict]]:
    """A home of two nights that refused another row before, and the same log replayed from nothing."""
    home, again = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("again")
    ledger = Ledger(home)
    ledger.source("gazette")
    claims = [
        claim("The staff said 120 soldiers were killed.", low=120, high=120, claimant="staff", claimant_party="UA", period="day"),
        claim(WRONG, low=9_000_000, high=9_000_000, claimant="staff", claimant_party="UA", period="day"),
        claim(CROSSED, low=30, high=20, claimant="staff", claimant_party="UA", measure="wounded"),
    ]
    said: dict[str, Any] = {"announcements": [announcement("The ministry announced a new law on pay.", topic="pay")]}
    ledger.article("gazette", "https://gazette.example/a", TEXT, claims=claims, **said)
    ledger.load()
    ledger.build(home / "build.duckdb")
    stale: dict[str, Any] = {
        "table": "casualty_claims",
        "statement_id": _first_claim(home / "build.duckdb"),
        "article_id": article_id("https://gazette.example/a", 1),
        "valid_from_at": ledger.loads()[0].known_at,
        "recorded_at": ledger.now,
    }
    refuse(home / "build.duckdb", [UnbelievableRow(**stale, expectation="gone", detail="what an older rule did not believe")])
    ledger.article("gazette", "https://gazette.example/b", "Another page. " + TEXT, claims=claims[:1])
    ledger.load()
    verdicts = [night(ledger, home / "build.duckdb", 1)[0]]
    verdicts.append(night(ledger, again / "build.duckdb", 1)[0])  # the log of the first home, an empty database
    return home, again, verdicts


def _first_claim(build: Path) -> str:
    with duckdb.connect(str(build)) as connection:
        return str(connection.execute("SELECT statement_id FROM raw.casualty_claims ORDER BY ordinal LIMIT 1").fetchall()[0][0])


def test_misread_figures_are_refused_every_night_and_the_edition_published(homes: tuple[Path, Path, list[Verdict]]) -> None:
    for verdict in homes[2]:
        assert verdict.outcome is Outcome.WARN
        assert {(r.table, r.expectation) for r in verdict.unbelievable} == {
            ("casualty_claims", "people_below_bound"),
            ("casualty_claims", "people_in_a_day_below_bound"),
            ("casualty_claims", "range_not_upside_down"),
        }


def test_they_are_in_no_table_but_the_rejections(homes: tuple[Path, Path, list[Verdict]]) -> None:
    home = homes[0]
    assert query(home, "SELECT low FROM casualty_claims ORDER BY ALL").table.column("low").to_pylist() == [120, 120]
    assert query(home, "SELECT * FROM timeline WHERE amount_high > 1000").table.num_rows == 0
    refused = query(home, "SELECT * FROM rejections WHERE reason = 'unbelievable' ORDER BY detail").table.to_pylist()
    assert {(row["stage"], row["source"], row["run_id"]) for row in refused} == {("validate", "gazette", "test")}
    assert [row["detail"].split(":")[0] for row in refused] == ["people_below_bound", "range_not_upside_down"]
    assert refused[0]["detail"].startswith("people_below_bound: people is 9,000,000, expected at most 5,000,000")


def test_a_replay_refuses_the_same_and_gives_the_same_tables(homes: tuple[Path, Path, list[Verdict]]) -> None:
    nightly, replayed = (layout.current_edition(home) for home in homes[:2])
    assert nightly is not None
    assert replayed is not None
    assert nightly.tables == replayed.tables
