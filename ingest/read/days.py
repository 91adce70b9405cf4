"""In: a connection with an edition attached, and an instant. Out: names of tables that mean what was known then.

The edition is read-only, so a day is a database in memory beside it that stands before it on the search path: `FROM timeline` then reads
the timeline of that instant, and a name that the day does not have is the edition's own. `sources`, `parties` and `edition` are of the
edition and of no day; tables that only grow are cut at the instant, each by the column that says when its row became known.

A group or an article to which nothing came since the instant is told today as it was told then. So a table of a day is what the edition
tells of these, and what the macro `<table>_as_known` tells of the few others. The macro names no database, hence asking it
for those alone takes no more than histories of those alone before the edition on the search path.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import duckdb

_PRESENT = "USE claimledger"  # a cursor starts in the empty database that the edition is attached to
# What a row of a table hangs on: all versions of its group, or of its article.
_HISTORIES: Mapping[str, tuple[str, str]] = {
    "articles": ("article_history", "article_id"),
    "casualty_claims": ("casualty_claim_history", "group_id"),
    "offers": ("offer_history", "group_id"),
    "announcements": ("announcement_history", "group_id"),
}
_KEYS: Mapping[str, str] = {**{table: key for table, (_, key) in _HISTORIES.items()}, "timeline": "entry_id"}
# Worked out only when something asks for them: two are of all claims together, and the third holds the texts.
LATE = ("articles", "claim_series", "disputes")
_OF_THE_DAY = "AS FROM claimledger.main.{table}_as_known({t})"
_CUT: Mapping[str, str] = {
    **dict.fromkeys(
        ("announcement_history", "article_history", "casualty_claim_history", "offer_history", "statement_history"),
        "SELECT * REPLACE (CASE WHEN valid_to_at <= {t} THEN valid_to_at END AS valid_to_at) FROM {table} WHERE valid_from_at <= {t}",
    ),
    **dict.fromkeys(("corrections", "rejections"), "FROM {table} WHERE recorded_at <= {t}"),
    "source_days": "FROM {table} WHERE day_on <= CAST({t} AT TIME ZONE 'UTC' AS DATE)",
    "article_revisions": "FROM {table} SEMI JOIN (FROM claimledger.main.article_history WHERE valid_from_at <= {t}) USING (article_id)",
}


def open_day(connection: duckdb.DuckDBPyConnection, day: str, at: datetime) -> None:
    """A database `day` with every table as known at the instant; what is in LATE is worked out anew by each question but for `keep`."""
    t = _literal(at)
    connection.execute(_PRESENT)
    connection.execute(f"ATTACH ':memory:' AS {day} (COMPRESS)")
    connection.execute(f"CREATE SCHEMA {day}.kept")
    _split(connection, day, t)
    for table in LATE:
        connection.execute(f"CREATE OR REPLACE VIEW {day}.main.{table} {_OF_THE_DAY.format(table=table, t=t)}")
    for table, cut in _CUT.items():
        connection.execute(f"CREATE VIEW {day}.main.{table} AS {cut.format(table=f'claimledger.main.{table}', t=t)}")


def keep(connection: duckdb.DuckDBPyConnection, day: str, table: str, at: datetime) -> None:
    """Work out a table of LATE once, for many questions; its macro is given what the day has already: histories of the few articles that
    something came to since, and the claims."""
    few = _stage(connection, day)
    connection.execute(f"CREATE VIEW {few}.main.article_history AS FROM {day}.kept.article_history")
    connection.execute(f"CREATE MACRO {few}.main.casualty_claims_as_known(t) AS TABLE FROM {day}.main.casualty_claims")
    connection.execute(f"CREATE OR REPLACE TABLE {day}.kept.{table} {_OF_THE_DAY.format(table=table, t=_literal(at))}")
    _leave(connection, few)
    if table in _KEYS:
        _show(connection, day, table)
    else:
        connection.execute(f"CREATE OR REPLACE VIEW {day}.main.{table} AS FROM {day}.kept.{table}")


def close_day(connection: duckdb.DuckDBPyConnection, day: str) -> None:
    for database in (_few(day), day):
        connection.execute(f"DETACH DATABASE IF EXISTS {database}")


def enter(connection: duckdb.DuckDBPyConnection, day: str | None) -> None:
    """Let the names in what is asked next mean that day's tables; without a day, the edition's."""
    connection.execute(_PRESENT if day is None else f"SET search_path = '{day}.main,claimledger.main'")


def late(sql: str) -> list[str]:
    """Which tables of LATE a statement may read; one named with its database is the edition's own."""
    return [table for table in LATE if re.search(rf"(?<![\w.]){table}\b", sql, re.IGNORECASE)]


def _split(connection: duckdb.DuckDBPyConnection, day: str, t: str) -> None:
    """Views of the tables in _KEYS but for those in LATE: what nothing came to since, and the others as told at the instant."""
    since = " UNION ".join(
        f"SELECT {key} AS id FROM {history} WHERE valid_from_at > {t} OR valid_to_at > {t}"  # noqa: S608  names of this file
        for history, key in _HISTORIES.values()
    )
    connection.execute(f"CREATE TABLE {day}.kept.touched AS {since}")
    few = _stage(connection, day)
    for history, key in _HISTORIES.values():
        told = (
            f"AS FROM claimledger.main.{history} SEMI JOIN {day}.kept.touched ON {key} = touched.id "
            f"WHERE valid_from_at <= {t} AND coalesce(valid_to_at > {t}, true)"
        )
        if history == "article_history":  # is asked again when somebody wants the articles
            connection.execute(f"CREATE TABLE {day}.kept.{history} {told}")
            told = f"AS FROM {day}.kept.{history}"
        connection.execute(f"CREATE VIEW {few}.main.{history} {told}")
    present = [table for table in _KEYS if table not in LATE]
    for table in present:
        connection.execute(f"CREATE TABLE {day}.kept.{table} {_OF_THE_DAY.format(table=table, t=t)}")
        connection.execute(f"CREATE MACRO {few}.main.{table}_as_known(t) AS TABLE FROM {day}.kept.{table}")  # for the timeline
    _leave(connection, few)
    for table in present:
        _show(connection, day, table)


def _show(connection: duckdb.DuckDBPyConnection, day: str, table: str) -> None:
    connection.execute(
        f"CREATE OR REPLACE VIEW {day}.main.{table} AS FROM claimledger.main.{table} "
        f"ANTI JOIN {day}.kept.touched ON {_KEYS[table]} = touched.id UNION ALL BY NAME FROM {day}.kept.{table}"
    )


def _stage(connection: duckdb.DuckDBPyConnection, day: str) -> str:
    """A database for what macros shall read in place of the edition's, first on the search path."""
    few = _few(day)
    connection.execute(f"ATTACH OR REPLACE ':memory:' AS {few}")
    enter(connection, few)
    return few


def _leave(connection: duckdb.DuckDBPyConnection, few: str) -> None:
    connection.execute(_PRESENT)
    connection.execute(f"DETACH DATABASE {few}")


def _few(day: str) -> str:
    return f"{day}_few"


def _literal(at: datetime) -> str:
    return f"TIMESTAMPTZ '{at.astimezone(UTC).isoformat()}'"
