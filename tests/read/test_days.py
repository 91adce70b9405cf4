"""In: two nights, the second of which revises the first. Out: the tables of a day are those of its macros, days are let go of, none mix."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from ingest.errors import Misuse
from ingest.read import Reader, days, query
from ingest.read.reader import MAX_DAYS
from tests.explorer.conftest import FIRST, SECOND, home, reader  # noqa: F401  fixtures

THEN = FIRST + timedelta(hours=1)
TABLES = ("articles", "casualty_claims", "offers", "announcements", "timeline", "claim_series", "disputes")


def rows(found: pa.Table) -> list[str]:
    return sorted(map(str, found.to_pylist()))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("at", [FIRST - timedelta(seconds=1), FIRST, THEN, SECOND - timedelta(seconds=1)])
def test_a_table_of_a_day_is_what_its_macro_tells(reader: Reader, table: str, at: datetime) -> None:  # noqa: F811
    told = reader.ask(f"FROM {table}_as_known($at)", {"at": at})
    found = reader.as_known(at).ask(f"FROM {table}")
    assert found.column_names == told.column_names
    assert rows(found) == rows(told)
    assert bool(found.num_rows) == (at >= FIRST)


def test_disputes_among_some_claims_are_those_of_all_with_these_values(reader: Reader) -> None:  # noqa: F811
    keys = reader.ask("SELECT DISTINCT measure, category, period FROM disputes_as_known($at)", {"at": THEN}).to_pylist()
    assert keys
    for among in (*keys, {"measure": "it's no measure"}):
        told = reader.as_known(THEN)
        sql = f"FROM disputes WHERE {' AND '.join(f'{name} = ${name}' for name in among)}"
        assert rows(told.ask(sql, among, among=among)) == rows(told.ask(sql, among))
    assert reader.as_known(THEN).ask("FROM disputes").num_rows == reader.ask("FROM disputes_as_known($at)", {"at": THEN}).num_rows


def test_the_newest_day_is_the_edition_itself(reader: Reader) -> None:  # noqa: F811
    assert reader.as_known(SECOND) is reader
    assert reader.as_known(None) is reader


def test_histories_end_with_the_day(reader: Reader) -> None:  # noqa: F811
    sql = "SELECT low, valid_to_at FROM casualty_claim_history WHERE claimant = 'General Staff' ORDER BY low"
    assert reader.as_known(THEN).ask(sql).to_pylist() == [{"low": 5300, "valid_to_at": None}]
    assert [row["low"] for row in reader.ask(sql).to_pylist()] == [5300, 5300, 5710]
    told = reader.as_known(THEN).ask("SELECT valid_to_at, \"row\" FROM statement_history WHERE kind = 'casualty_claim'").to_pylist()
    assert {row["valid_to_at"] for row in told} == {None}


def test_a_query_of_somebody_means_the_day_too(home: Path) -> None:  # noqa: F811
    sql = "SELECT max(low) AS low, (SELECT count(*) FROM disputes) AS disputes FROM casualty_claims WHERE claimant = 'General Staff'"
    assert query(home, sql, known=THEN).table.to_pylist()[0]["low"] == 5300
    assert query(home, sql).table.to_pylist()[0]["low"] == 5710
    with pytest.raises(Misuse):
        query(home, "DROP TABLE day.kept.timeline", known=THEN)


def test_few_days_are_held_and_none_is_mixed_with_another(reader: Reader) -> None:  # noqa: F811
    before, wrong = reader.ask("SELECT count(*) AS n FROM timeline").to_pylist(), []
    moments = [FIRST - timedelta(days=1), *(FIRST + timedelta(minutes=n) for n in range(2 * MAX_DAYS))]

    def asks(start: int) -> None:
        for place in range(len(moments)):
            at = moments[(place + start) % len(moments)]
            told = reader.as_known(at).ask("SELECT max(low) AS low FROM casualty_claims WHERE claimant = 'General Staff'").to_pylist()
            wrong.extend([] if told == [{"low": 5300 if at >= FIRST else None}] else [(at, told)])

    threads = [threading.Thread(target=asks, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    databases = reader.ask("SELECT database_name FROM duckdb_databases() WHERE database_name LIKE 'day_%'").column(0).to_pylist()
    assert len(databases) == MAX_DAYS
    assert reader.ask("SELECT count(*) AS n FROM timeline").to_pylist() == before


def test_a_day_that_took_too_long_is_opened_again(reader: Reader) -> None:  # noqa: F811
    with pytest.raises(Misuse, match="was stopped"):
        reader.as_known(THEN).ask("SELECT count(*) FROM range(100000000) a, range(100000) b", seconds=0.3)
    assert reader.as_known(THEN).ask("SELECT count(*) AS n FROM timeline").to_pylist()[0]["n"] > 0


def test_only_what_is_asked_for_is_worked_out() -> None:
    assert days.needed("select * from DISPUTES") == ["casualty_claims", "disputes"]
    assert days.needed("FROM main.articles") == days.needed('FROM "main"."articles"') == ["articles"]
    assert days.needed('FROM "articles" JOIN main_claim_series') == ["articles"]
    assert days.needed("FROM timeline, offers") == ["casualty_claims", "offers", "announcements", "timeline"]
    assert days.needed("SELECT disputed FROM claimledger.disputes, article_history") == []


def test_a_name_that_no_query_shows_is_never_the_present_one(home: Path) -> None:  # noqa: F811
    with pytest.raises(Misuse, match="timeline was not worked out for this day; write its name into the query as it is"):
        query(home, "FROM query_table('time' || 'line')", known=THEN)
    assert query(home, "SELECT max(low) AS low FROM main.casualty_claims WHERE claimant_party = 'UA'", known=THEN).table.to_pylist() == [
        {"low": 5300}
    ]


def test_a_table_named_with_its_database_is_the_edition_s(reader: Reader) -> None:  # noqa: F811
    told = reader.as_known(FIRST - timedelta(seconds=1))
    assert told.ask("SELECT count(*) AS n FROM disputes").to_pylist() == [{"n": 0}]
    assert told.ask("FROM claimledger.disputes").equals(reader.ask("FROM disputes"))
