"""In: the rows a verdict does not believe. Out: the same rows in `raw.unbelievable` of the built database, each version once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from ingest import shortage
from ingest.errors import Retry
from ingest.validate.suites import STATEMENT_TABLES
from ingest.verdict import UnbelievableRow

_COLUMNS = 'statement_id, article_id, valid_from_at, "table", expectation, detail, recorded_at'
_ADD = f"""
INSERT INTO raw.unbelievable ({_COLUMNS})
SELECT * FROM (VALUES (?, ?, CAST(? AS TIMESTAMPTZ), ?, ?, ?, CAST(? AS TIMESTAMPTZ))) AS new_row ({_COLUMNS})
WHERE (statement_id, article_id, valid_from_at, "table") NOT IN (
    SELECT (statement_id, article_id, valid_from_at, "table") FROM raw.unbelievable
)
"""  # noqa: S608  our own names


def judge_anew(build_path: Path, for_good: Iterable[UnbelievableRow]) -> None:
    """Forget what was refused of the articles that are made anew: they are judged again. `for_good` are the rows that nobody can judge any
    more. Raises Retry when another process holds the database."""
    with _opened(build_path) as connection:
        connection.execute("DELETE FROM raw.unbelievable WHERE article_id IN (SELECT article_id FROM raw.changed_articles)")
        _add(connection, for_good)


def refuse(build_path: Path, rows: Iterable[UnbelievableRow]) -> None:
    """Add rows to `raw.unbelievable`, one per version of a statement (its first expectation by name). Raises Retry as above."""
    with _opened(build_path) as connection:
        _add(connection, rows)


def refused(build_path: Path) -> tuple[UnbelievableRow, ...]:
    """All rows that stand refused, in order. Raises Retry as above."""
    with _opened(build_path) as connection:
        rows = connection.execute(f"SELECT {_COLUMNS} FROM raw.unbelievable ORDER BY ALL").fetchall()  # noqa: S608  our own names
    names = _COLUMNS.replace('"', "").split(", ")
    return tuple(UnbelievableRow(**dict(zip(names, row, strict=True))) for row in rows)


@contextmanager
def _opened(build_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection within a transaction."""
    try:
        connection = duckdb.connect(str(build_path))
    except duckdb.IOException as error:
        if shortage.is_behind(error):
            raise
        told = str(error).splitlines()[0]
        raise Retry(f"another process holds {build_path} ({told}); wait for it to end and run the command again") from error
    with connection:
        connection.execute("SET TimeZone = 'UTC'; BEGIN")
        yield connection
        connection.execute("COMMIT")


def _add(connection: duckdb.DuckDBPyConnection, rows: Iterable[UnbelievableRow]) -> None:
    first: dict[tuple[str, str, str, datetime], UnbelievableRow] = {}
    for row in sorted(rows, key=lambda r: (*r.version, r.expectation)):
        first.setdefault(row.version, row)
    for row in first.values():
        values = [row.statement_id, row.article_id, row.valid_from_at, row.table, row.expectation, row.detail, row.recorded_at]
        connection.execute(_ADD, values)
    for table in STATEMENT_TABLES:
        # The run that recorded the statement, so that its rejection can be told from those of other runs.
        connection.execute(
            f"""
            UPDATE raw.unbelievable AS u SET run_id = s.run_id
            FROM (
                SELECT statement_id, recorded_at, max(run_id) AS run_id FROM raw.{table}
                WHERE statement_id IN (SELECT statement_id FROM raw.unbelievable WHERE run_id IS NULL) GROUP BY ALL
            ) AS s
            WHERE u."table" = '{table}' AND u.run_id IS NULL AND s.statement_id = u.statement_id AND s.recorded_at = u.recorded_at
            """  # noqa: S608  our own quoted names
        )
