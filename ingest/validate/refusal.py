"""In: the rows a verdict does not believe. Out: the same rows, and no others, in `raw.unbelievable` of the built database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import duckdb

from ingest.errors import Retry
from ingest.validate.suites import STATEMENT_TABLES
from ingest.verdict import UnbelievableRow

_DDL = """
CREATE OR REPLACE TABLE raw.unbelievable (
    statement_id VARCHAR NOT NULL, article_id VARCHAR NOT NULL, valid_from_at TIMESTAMPTZ NOT NULL, "table" VARCHAR NOT NULL,
    expectation VARCHAR NOT NULL, detail VARCHAR, recorded_at TIMESTAMPTZ NOT NULL, run_id VARCHAR)
"""


def refuse(build_path: Path, rows: Iterable[UnbelievableRow]) -> int:
    """Replace the contents of `raw.unbelievable`, one row per version of a statement (its first expectation by name); gives their number.

    Without rows the table is emptied: that is how a build begins. Raises Retry when another process holds the database.
    """
    first: dict[tuple[str, str, str, datetime], UnbelievableRow] = {}
    for row in sorted(rows, key=lambda r: (*r.version, r.expectation)):
        first.setdefault(row.version, row)
    try:
        connection = duckdb.connect(str(build_path))
    except duckdb.IOException as error:
        told = str(error).splitlines()[0]
        raise Retry(f"another process holds {build_path} ({told}); wait for it to end and run the command again") from error
    with connection:
        _replace(connection, list(first.values()))
    return len(first)


def _replace(connection: duckdb.DuckDBPyConnection, rows: list[UnbelievableRow]) -> None:
    connection.execute("BEGIN")
    connection.execute("CREATE SCHEMA IF NOT EXISTS raw")
    connection.execute(_DDL)
    for row in rows:
        values = [row.statement_id, row.article_id, row.valid_from_at, row.table, row.expectation, row.detail, row.recorded_at]
        connection.execute("INSERT INTO raw.unbelievable VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", values)
    for table in STATEMENT_TABLES:
        # The run that recorded the statement, so that its rejection can be told from those of other runs.
        connection.execute(
            f"""
            UPDATE raw.unbelievable AS u SET run_id = s.run_id
            FROM (SELECT statement_id, recorded_at, max(run_id) AS run_id FROM raw.{table} GROUP BY ALL) AS s
            WHERE u."table" = '{table}' AND s.statement_id = u.statement_id AND s.recorded_at = u.recorded_at
            """  # noqa: S608  our own quoted names
        )
    connection.execute("COMMIT")
