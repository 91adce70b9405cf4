"""In: made-up figures of three sides, changed night after night. Out: disputes made anew around changes equal disputes made whole."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.model import run_dbt

MARTS = Path("claimledger") / "models" / "marts" / "disputes.sql"
NIGHTS = 3
Figure = tuple[int, int, int, int, int]  # day, side, place, loss, hour when it was known
# What changes on day 0 makes the figure of day 7 be asked anew; who asks it, on day 14, has a nearer one on day 15.
THREE_STEPS = {1: ((0, 0, 0, 0, 0),), 2: ((7, 0, 0, 0, 0),), 3: ((8, 1, 0, 0, 0),), 4: ((14, 1, 0, 0, 0),), 5: ((15, 0, 0, 0, 0),)}


@dataclass(frozen=True, slots=True)
class Statements:
    """What dbt ran: the disputes whole, those around changes, and the statements that put these in the place of the old ones."""

    whole: str
    around: str
    replace: str


@pytest.fixture(scope="module")
def statements(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Statements:
    home = tmp_path_factory.mktemp("disputes")
    shutil.copy(built, home / "build.duckdb")
    target = home / "dbt" / "target"
    run_dbt(home, select="disputes")
    around, replace = ((target / stage / MARTS).read_text(encoding="utf-8") for stage in ("compiled", "run"))
    run_dbt(home, select="disputes", full=True)
    whole = (target / "compiled" / MARTS).read_text(encoding="utf-8")
    assert whole != around
    return Statements(whole, around, re.sub(r'"disputes__dbt_tmp\w*"', "made", replace))


def figure(group: int, drawn: Figure, *, is_corrected: bool = False) -> dict[str, Any]:
    """A claim of a group."""
    day, side, place, loss, known = drawn
    return {
        "claim_id": f"c{group}{is_corrected}",
        "article_id": f"a{group}{is_corrected}",
        "group_id": f"g{group}",
        "is_corrected": is_corrected,
        "known_at": datetime(2026, 5, 1, tzinfo=UTC) + timedelta(hours=known),
        "claimant_party": ("UA", "RU", "US")[side],
        "party": "RU",
        "population": None if loss else "military",
        "as_of": date(2026, 3, 1) + timedelta(days=day),
        "place": (None, "Kursk", "kursk", "Bakhmut")[place],
        "low": 100 + group,
    }


figures = st.tuples(st.integers(0, 45), st.integers(0, 2), st.integers(0, 3), st.integers(0, 1), st.integers(0, 3))
# What groups tell: a row, or one and another that a correction made tell otherwise, or none any more.
told = st.one_of(figures.map(lambda one: (one,)), st.tuples(figures, figures))
changes = st.dictionaries(st.integers(0, 24), st.one_of(told, st.just(())), max_size=5)


def prepared() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("ATTACH ':memory:' AS build; USE build; CREATE SCHEMA staging; SET TimeZone = 'UTC'")
    connection.execute("""
        CREATE TABLE main.casualty_claims (
            claim_id VARCHAR, article_id VARCHAR, group_id VARCHAR, known_at TIMESTAMPTZ, claimant_party VARCHAR, party VARCHAR,
            population VARCHAR, measure VARCHAR DEFAULT 'killed', category VARCHAR DEFAULT 'personnel', subject VARCHAR,
            period VARCHAR DEFAULT 'cumulative', is_subset BOOLEAN DEFAULT false, is_corrected BOOLEAN,
            as_of DATE, place VARCHAR, low BIGINT, high BIGINT
        )
    """)
    connection.execute("CREATE TABLE staging.stg_changed_groups (group_id VARCHAR)")
    return connection


def tell(connection: duckdb.DuckDBPyConnection, changed: Mapping[int, tuple[Figure, ...]]) -> None:
    """The claims of these groups go, what they tell now comes; they are the changed groups of the night."""
    connection.execute("DELETE FROM staging.stg_changed_groups")
    for group, drawn in changed.items():
        connection.execute("INSERT INTO staging.stg_changed_groups VALUES (?)", [f"g{group}"])
        connection.execute("DELETE FROM main.casualty_claims WHERE group_id = ?", [f"g{group}"])
        for place, one in enumerate(drawn):
            row = figure(group, one, is_corrected=place > 0)
            names = ", ".join(row)
            connection.execute(f"INSERT INTO main.casualty_claims ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


@settings(max_examples=60, deadline=None)
@example(first=THREE_STEPS, nights=[{1: ((0, 1, 0, 0, 0),)}, {}, {1: ()}])
@given(first=st.dictionaries(st.integers(0, 24), told, min_size=4), nights=st.lists(changes, min_size=NIGHTS, max_size=NIGHTS))
def test_disputes_around_changes_equal_disputes_made_whole(statements: Statements, first: Any, nights: Any) -> None:
    with prepared() as connection:
        tell(connection, first)
        connection.execute(f"CREATE TABLE main.disputes AS {statements.whole}")
        for changed in nights:
            tell(connection, changed)
            connection.execute(f"CREATE OR REPLACE TEMP TABLE made AS {statements.around}")
            connection.execute(statements.replace)
            wanted = connection.execute(f"FROM ({statements.whole}) ORDER BY ALL").fetchall()
            assert connection.execute("FROM main.disputes ORDER BY ALL").fetchall() == wanted


def test_what_is_far_from_every_change_is_left_alone(statements: Statements) -> None:
    with prepared() as connection:
        tell(connection, {1: ((0, 0, 0, 0, 0),), 2: ((1, 1, 0, 0, 0),), 3: ((30, 0, 0, 0, 0),), 4: ((31, 1, 0, 0, 0),)})
        connection.execute(f"CREATE TABLE main.disputes AS {statements.whole}")
        tell(connection, {4: ((32, 1, 0, 0, 0),)})
        made = connection.execute(statements.around).fetchall()
        assert len(made) == 1
        assert connection.execute("SELECT count(*) FROM main.disputes").fetchone() == (2,)
