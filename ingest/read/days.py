"""In: a connection with an edition attached, and an instant. Out: names of tables that mean what was known then.

The edition is read-only, so a day is a database in memory beside it that stands before it on the search path: `FROM timeline` then reads
the timeline of that instant, and a name that the day does not have is the edition's own. `sources`, `parties` and `edition` are of the
edition and of no day; tables that only grow are cut at the instant, each by the column that says when its row became known.

A group or an article to which nothing came since the instant is told today as it was told then. So a table of a day is what the edition
tells of these, and what the macro `<table>_as_known` tells of the few others. The macro names no database, hence asking it
for those alone takes no more than histories of those alone before the edition on the search path.

Opening a day is finding those few; a table is worked out when something first asks for it (`needed`, `keep`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import duckdb

_FEW = "_few"
_PRESENT = "USE claimledger"  # a cursor starts in the empty database that the edition is attached to
# What a row of a table hangs on: all versions of its group, or of its article.
_HISTORIES: Mapping[str, tuple[str, str]] = {
    "articles": ("article_history", "article_id"),
    "casualty_claims": ("casualty_claim_history", "group_id"),
    "offers": ("offer_history", "group_id"),
    "announcements": ("announcement_history", "group_id"),
}
_KEYS: Mapping[str, str] = {**{table: key for table, (_, key) in _HISTORIES.items()}, "timeline": "entry_id"}
# Every table with a macro, and the tables that the macro reads; those that are read stand first.
_NEEDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_HISTORIES, ()),
    "timeline": ("casualty_claims", "offers", "announcements"),
    **dict.fromkeys(("claim_series", "disputes"), ("casualty_claims",)),
}
_UNNAMED = "{table} was not worked out for this day; write its name into the query as it is"
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
    """A database `day` with every table as known at the instant; one with a macro is an error until `keep` has worked it out."""
    t = _literal(at)
    since = " UNION ".join(
        f"SELECT {key} AS id FROM {history} WHERE valid_from_at > {t} OR valid_to_at > {t}"  # noqa: S608  names of this file
        for history, key in _HISTORIES.values()
    )
    connection.execute(_PRESENT)
    connection.execute(f"ATTACH ':memory:' AS {day} (COMPRESS)")
    connection.execute(f"CREATE SCHEMA {day}.kept")
    connection.execute(f"CREATE TABLE {day}.kept.touched AS {since}")
    for table in _NEEDS:
        connection.execute(f"CREATE VIEW {day}.main.{table} AS SELECT error('{_UNNAMED.format(table=table)}')")
    for table, cut in _CUT.items():
        connection.execute(f"CREATE VIEW {day}.main.{table} AS {cut.format(table=f'claimledger.main.{table}', t=t)}")


def needed(sql: str) -> list[str]:
    """The tables to `keep` for a statement, in this order; one named with its database is the edition's own."""
    named = {table for table in _NEEDS if re.search(rf"(?<!claimledger\.)(?<!claimledger\.main\.)\b{table}\b", sql, re.IGNORECASE)}
    return [table for table in _NEEDS if table in named or any(table in _NEEDS[other] for other in named)]


def keep(connection: duckdb.DuckDBPyConnection, day: str, table: str, at: datetime) -> None:
    """Work out a table once, for many questions. What its macro reads must have been kept before."""
    few = _stage(connection, day)
    told = "kept" if table in _KEYS else "main"  # a row of a table without a key hangs on all claims of the day, not on a few
    for need in _NEEDS[table]:
        connection.execute(f"CREATE MACRO {few}.main.{need}_as_known(t) AS TABLE FROM {day}.{told}.{need}")
    _tell(connection, few, at, f"{day}.kept.{table}", table)
    key = _KEYS.get(table)
    untouched = f"FROM claimledger.main.{table} ANTI JOIN {day}.kept.touched ON {key} = touched.id UNION ALL BY NAME " if key else ""
    connection.execute(f"CREATE OR REPLACE VIEW {day}.main.{table} AS {untouched}FROM {day}.kept.{table}")


def keep_some(connection: duckdb.DuckDBPyConnection, day: str, part: str, at: datetime, among: Mapping[str, str]) -> None:
    """A schema `part` with the disputes among those claims of the day that have these values, each the value of a column by which losses
    are told apart: figures of two losses never meet, so no dispute is cut. All of them are many times dearer."""
    few = _stage(connection, day)
    told = ", ".join(f"${column} AS {column}" for column in among)
    connection.execute(f"CREATE TABLE {few}.main.among AS SELECT {told}", dict(among))
    connection.execute(
        f"CREATE MACRO {few}.main.casualty_claims_as_known(t) AS TABLE "
        f"FROM {day}.main.casualty_claims SEMI JOIN {few}.main.among USING ({', '.join(among)})"
    )
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {day}.{part}")
    _tell(connection, few, at, f"{day}.{part}.disputes", "disputes")


def close_day(connection: duckdb.DuckDBPyConnection, day: str) -> None:
    for database in (_few(day), day):
        connection.execute(f"DETACH DATABASE IF EXISTS {database}")


def enter(connection: duckdb.DuckDBPyConnection, day: str | None, part: str | None = None) -> None:
    """Let the names in what is asked next mean that day's tables, those of a part of it first; without a day, the edition's."""
    before = f"{day}.{part}," if part else ""
    connection.execute(_PRESENT if day is None else f"SET search_path = '{before}{day}.main,claimledger.main'")


def _stage(connection: duckdb.DuckDBPyConnection, day: str) -> str:
    """A database for what a macro shall read in place of the edition's, first on the search path."""
    few = _few(day)
    connection.execute(f"ATTACH OR REPLACE ':memory:' AS {few}")
    enter(connection, few)
    return few


def _tell(connection: duckdb.DuckDBPyConnection, few: str, at: datetime, place: str, table: str) -> None:
    """Write to `place` what the macro of a table tells of the few that something came to since the instant; the stage ends with it."""
    t, day = _literal(at), few.removesuffix(_FEW)
    for history, key in _HISTORIES.values():
        connection.execute(
            f"CREATE VIEW {few}.main.{history} AS FROM claimledger.main.{history} SEMI JOIN {day}.kept.touched ON {key} = touched.id "
            f"WHERE valid_from_at <= {t} AND coalesce(valid_to_at > {t}, true)"
        )
    connection.execute(f"CREATE OR REPLACE TABLE {place} {_OF_THE_DAY.format(table=table, t=t)}")
    connection.execute(_PRESENT)
    connection.execute(f"DETACH DATABASE {few}")


def _few(day: str) -> str:
    return f"{day}{_FEW}"


def _literal(at: datetime) -> str:
    return f"TIMESTAMPTZ '{at.astimezone(UTC).isoformat()}'"
