"""In: the demonstration's edition. Out: both sides next to each other, series that count every claim once, the edit of a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

from tests.conftest import Demonstration

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def ask(demonstration: Demonstration) -> Iterator[Ask]:
    with duckdb.connect(str(demonstration.database), read_only=True) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


@pytest.mark.parametrize(("table", "least"), [("claim_series", 400), ("disputes", 10), ("article_revisions", 2)])
def test_every_table_has_rows(table: str, least: int, ask: Ask) -> None:
    assert ask(f"SELECT count(*) FROM {table}")[0][0] >= least


def test_the_two_counts_of_new_year_in_makiivka_stand_next_to_each_other(ask: Ask) -> None:
    sql = """
        SELECT claimant_party_a, low_a, claimant_party_b, low_b, gap_low FROM disputes
        WHERE party = 'RU' AND period = 'incident' AND as_of_a BETWEEN DATE '2022-12-31' AND DATE '2023-01-02'
    """
    assert ("RU", 63, "UA", 400, 337) in ask(sql)


def test_a_side_and_its_opponent_differ_by_ten_times_on_one_week(ask: Ask) -> None:
    sql = "SELECT max(gap_ratio) FROM disputes WHERE party = 'RU' AND measure = 'killed' AND as_of_a = DATE '2022-03-25'"
    assert ask(sql)[0][0] > 10


def test_the_series_of_the_general_staff_changes_day_by_day(ask: Ask) -> None:
    sql = """
        SELECT as_of::VARCHAR, low, change_since_previous FROM claim_series
        WHERE claimant_party = 'UA' AND party = 'RU' AND measure = 'casualties' AND category = 'personnel' AND subject IS NULL
            AND population = 'military' AND period = 'cumulative' AND as_of BETWEEN DATE '2022-03-25' AND DATE '2022-03-27'
        ORDER BY as_of
    """
    assert ask(sql) == [("2022-03-25", 16100, 300), ("2022-03-26", 16400, 300), ("2022-03-27", 16600, 200)]


def test_every_whole_total_and_daily_figure_is_in_a_series_once(ask: Ask) -> None:
    claims = "SELECT count(*) FROM casualty_claims WHERE period IN ('cumulative', 'day') AND as_of IS NOT NULL AND NOT is_subset"
    assert ask("SELECT sum(claims) FROM claim_series") == ask(claims)


def test_the_edited_figure_is_one_changed_statement(ask: Ask) -> None:
    sql = "SELECT chars_added, chars_removed, statements_changed FROM article_revisions WHERE canonical_url LIKE '%/moscow-names-1351'"
    assert ask(sql) == [(6, 6, 1)]


def test_an_edited_headline_changes_no_character_of_the_text(ask: Ask) -> None:
    edit = "FROM article_revisions WHERE canonical_url LIKE '%/makiivka-new-year'"
    sql = f"SELECT previous_digest = text_digest, chars_added + chars_removed {edit}"
    assert ask(sql) == [(True, 0)]
