"""In: two nights in which two sides dispute a figure and a page is edited. Out: series, disputes, edits, built twice alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.ids import article_id
from ingest.model import run_dbt
from tests.dbt.test_marts import Rows
from tests.ledgers import Ledger, announcement, claim

TABLES = ("claim_series", "disputes", "article_revisions")
KYIV, MOSCOW = "https://kyiv.example/a", "https://moscow.example/a"


def told(side: str, quote: str, day: int, number: int, **fields: Any) -> Any:
    who = {"claimant": side, "claimant_party": side}
    return claim(quote, low=number, high=number, as_of=date(2026, 3, day), as_of_basis="stated", **who, **fields)


def page(ledger: Ledger, day: int, number: int, *, more: str = "", **how: Any) -> None:
    """The page of Kyiv: a total, what one street alone saw, and what the ministry did."""
    text = f"Kyiv counts {number} dead, 3 of them in one street. The ministry banned fishing.{more}"
    claims = [told("UA", f"{number} dead", day, number), told("UA", "3 of them", day, 3, is_subset=True)]
    ledger.article("kyiv", KYIV, text, claims=claims, announcements=[announcement("The ministry banned fishing.")], **how)


def first_night(ledger: Ledger) -> None:
    page(ledger, 1, 520)
    text = "Moscow counts 48 dead."
    ledger.article("moscow", MOSCOW, text, claims=[told("RU", "48 dead", 3, 48)])
    ledger.load()


def second_night(ledger: Ledger) -> None:
    """Kyiv edits its figure and a day later its words, when a newer extractor is at work; another page of Kyiv tells less than before."""
    page(ledger, 1, 560)
    page(ledger, 1, 560, more=" It rained.", extractor_version="2")
    ledger.article("kyiv", "https://kyiv.example/b", "Kyiv counts 500 dead.", claims=[told("UA", "500 dead", 4, 500)])
    ledger.load()


@pytest.fixture(scope="module")
def night_by_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build database after two nights, modelled after each."""
    home = tmp_path_factory.mktemp("nights")
    ledger = Ledger(home)
    for night in (first_night, second_night):
        night(ledger)
        ledger.build(home / "build.duckdb")
        run_dbt(home)
    return home


@pytest.fixture
def found(night_by_night: Path) -> Iterator[Rows]:
    with duckdb.connect(str(night_by_night / "build.duckdb"), read_only=True) as connection:
        yield lambda sql: connection.sql(sql).to_arrow_table().to_pylist()


def test_a_side_has_one_row_a_day_with_the_change_and_the_fall(found: Rows) -> None:
    series = found("FROM claim_series ORDER BY claimant_party, as_of")
    shown = [(r["claimant_party"], r["as_of"].day, r["low"], r["claims"], r["change_since_previous"], r["is_falling"]) for r in series]
    assert shown == [("RU", 3, 48, 1, None, False), ("UA", 1, 560, 1, None, False), ("UA", 4, 500, 1, -60, True)]


def test_both_sides_stand_next_to_each_other(found: Rows) -> None:
    """Moscow's figure meets the day next to it; Kyiv's earlier one has no other to meet than Moscow's."""
    disputes = found("FROM disputes ORDER BY as_of_b")
    assert [(r["low_a"], r["low_b"], r["days_apart"], r["gap_low"]) for r in disputes] == [(48, 560, 2, 512), (48, 500, 1, 452)]
    assert [round(r["gap_ratio"], 3) for r in disputes] == [11.667, 10.417]


def test_an_edit_tells_what_it_changed_where_both_were_read_alike(found: Rows) -> None:
    edits = {r["article_id"]: r for r in found("FROM article_revisions")}
    figure, words = (edits.pop(article_id(KYIV, revision)) for revision in (2, 3))
    assert not edits
    counts = ("chars_added", "chars_removed", "statements_added", "statements_removed", "statements_changed")
    assert [figure[c] for c in counts] == [3, 3, 0, 0, 1]
    assert [words[c] for c in counts] == [len("Itrained."), 0, None, None, None]
    assert words["previous_digest"] == figure["text_digest"]


def test_a_replay_gives_the_same_rows(night_by_night: Path, tmp_path: Path) -> None:
    build = Ledger(night_by_night).build(tmp_path / "build.duckdb")
    run_dbt(tmp_path, build=build)
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{build}' AS replayed (READ_ONLY); ATTACH '{night_by_night}/build.duckdb' AS nightly (READ_ONLY)")
        for table in TABLES:
            nightly, replayed = (connection.sql(f"FROM {name}.main.{table} ORDER BY ALL").fetchall() for name in ("nightly", "replayed"))
            assert nightly == replayed
            assert nightly
