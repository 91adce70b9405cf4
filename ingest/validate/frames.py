"""In: a built database, the last edition, queries. Out: bounded Parquet files, one per frame or per 200,000 rows of it.

A query sees the built tables under their names, the rows of theirs that are about articles made anew since the last edition under
`changed.`, the last edition's under `previous.` (empty before the first edition; a column that it did not have yet is NULL) and the
instant of the run as `getvariable('run_at')`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from ingest import shortage
from ingest.editions import DATABASE
from ingest.errors import Halt, Retry
from ingest.validate.suites import Expectation
from ingest.verdict import Level

BATCH_ROWS = 200_000  # rows per pandas frame: some 100 MB with quotes
MEMORY = "800MB"
ROW_KEYS = ("statement_id", "article_id", "valid_from_at", "recorded_at")  # a version of a statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One query's rows as Parquet files, and the expectations of one table that look at it. `error` says why there are none."""

    table: str
    level: Level
    columns: tuple[str, ...]
    files: tuple[Path, ...]
    expectations: tuple[Expectation, ...]
    error: str | None = None


@contextmanager
def opened(build: Path, previous: Path | None, run_at: datetime, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory whose views show `build` and the edition folder `previous`; both are only read."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            f"SET TimeZone = 'UTC'; SET enable_progress_bar = false; SET memory_limit = '{MEMORY}'; SET temp_directory = {_literal(spill)}"
        )
        connection.execute(f"SET VARIABLE run_at = TIMESTAMPTZ '{run_at.isoformat()}'")
        _attach(connection, build, "build")
        if previous is not None:
            _attach(connection, previous / DATABASE, "last")
        _show(connection)
        yield connection


def write_frame(connection: duckdb.DuckDBPyConnection, table: str, expectations: tuple[Expectation, ...], folder: Path, name: str) -> Frame:
    """Run the query that `expectations` share. A query that fails is an error of the frame, not of the call, unless a disk is full."""
    level = expectations[0].level
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE frame AS SELECT * FROM ({_without_end(expectations[0].query or '')})")  # noqa: S608  our own quoted names
        columns = tuple(row[0] for row in connection.execute("SELECT column_name FROM (DESCRIBE frame)").fetchall())
        files = tuple(_write_batches(connection, folder, name))
        error = _unfit(level, columns, len(files))
    except duckdb.Error as failed:
        if shortage.is_behind(failed):  # that tells nothing of the tables
            raise
        columns, files, error = (), (), f"the query of the frame failed: {str(failed).splitlines()[0]}"
    return Frame(table=table, level=level, columns=columns, files=files, expectations=expectations, error=error)


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    try:
        connection.execute(f"ATTACH {_literal(path)} AS {name} (READ_ONLY)")
    except duckdb.IOException as error:
        text = str(error).splitlines()[0]
        if "lock" in text.lower():
            raise Retry(f"another process holds {path} ({text}); wait for it to end and run the command again") from error
        raise Halt(f"{path} cannot be read ({text}); run: claimledger replay") from error


def _show(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE SCHEMA previous; CREATE SCHEMA changed")
    tables = "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name = 'main'"
    before = {name for (name,) in connection.execute(tables, ["last"]).fetchall()}
    for (name,) in connection.execute(tables, ["build"]).fetchall():
        connection.execute(f'CREATE VIEW main."{name}" AS SELECT * FROM build.main."{name}"')  # noqa: S608  our own quoted names
        shaped = f'SELECT * FROM build.main."{name}" WHERE false'  # noqa: S608  our own quoted names
        known = f'SELECT * FROM last.main."{name}" UNION ALL BY NAME ({shaped})' if name in before else shaped  # noqa: S608  our own quoted names
        connection.execute(f'CREATE VIEW previous."{name}" AS {known}')
    told = (
        "SELECT table_name FROM duckdb_columns() SEMI JOIN duckdb_tables() USING (database_name, schema_name, table_name) "
        "WHERE database_name = ? AND schema_name = 'main' AND column_name = 'article_id'"
    )
    for (name,) in connection.execute(told, ["build"]).fetchall():
        table = f'build.main."{name}"'
        # A scan for a join would unpack every column of every row; the ids of the articles alone tell which rows are wanted.
        wanted = f"SELECT rowid FROM {table} SEMI JOIN build.raw.changed_articles USING (article_id)"  # noqa: S608  our own quoted names
        connection.execute(f'CREATE VIEW changed."{name}" AS SELECT * FROM {table} WHERE rowid IN ({wanted})')  # noqa: S608  our own quoted names


def _write_batches(connection: duckdb.DuckDBPyConnection, folder: Path, name: str) -> Iterator[Path]:
    rows = connection.execute("SELECT count(*) FROM frame").fetchall()[0][0]
    for number, start in enumerate(range(0, max(rows, 1), BATCH_ROWS)):
        path = folder / f"{name}-{number}.parquet"
        some = f"SELECT * FROM frame WHERE rowid >= {start} AND rowid < {start + BATCH_ROWS}"  # noqa: S608  our own quoted names
        connection.execute(f"COPY ({some}) TO {_literal(path)} (FORMAT parquet)")
        yield path


def _unfit(level: Level, columns: tuple[str, ...], batches: int) -> str | None:
    missing = [key for key in ROW_KEYS if key not in columns]
    if level is Level.ROW and missing:
        return f"the query gives no column {', '.join(missing)}; a frame of level row needs {', '.join(ROW_KEYS)}"
    if level is Level.TABLE and batches > 1:
        return f"the query gives more than {BATCH_ROWS:,} rows; a frame of level table aggregates, for example per source"
    return None


def _without_end(query: str) -> str:
    return query.strip().removesuffix(";") + "\n"


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
