"""In: one SQL statement and a home. Out: its rows, read in this process from the current edition by a connection that can touch nothing
else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb
import pyarrow as pa

from ingest.editions import DATABASE, current_edition, current_number, edition_folder
from ingest.errors import Halt, Misuse
from ingest.read import days

MAX_ROWS = 100_000
SECONDS = 60.0
MEMORY = "1GB"
THREADS = 2
NO_EDITION = "no edition yet; run: claimledger build"
_READING = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})  # SHOW, DESCRIBE, FROM and VALUES count as SELECT
RESULT_BYTES = 256_000_000  # of one result in memory: a row cap alone would let a hundred thousand huge cells through
_BATCH_ROWS = 10_000
_DAY = "day"
_OPEN_TRIES = 3  # between reading the link and opening the file, a publication may have pruned that edition


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryResult:
    """The rows as Arrow, at most as many as were asked for; `is_cut` says that there are more. `edition` is the number read."""

    table: pa.Table
    is_cut: bool
    edition: int


def ask(
    home: Path, sql: str, *, known: datetime | None = None, max_rows: int = MAX_ROWS, seconds: float = SECONDS, memory: str = MEMORY
) -> QueryResult:
    """Run one reading statement of the program's own on the current edition; what others wrote goes through `query`. With `known`, the
    names of the tables mean what the ledger knew at that instant.

    No files, no network, no settings, no writing. Raises Halt without an edition, Misuse for SQL that is wrong, that does more than
    read, or that needs more than `seconds`, `memory` or RESULT_BYTES. DuckDB looks at time and memory between its chunks of rows only:
    one call of one function may take more of both.
    """
    connection, number = _connect(home, memory)
    with connection, _explained(connection, seconds, memory):
        statement = _only_statement(connection, sql)
        if known is not None:
            days.open_day(connection, _DAY, known)
            for table in days.needed(sql):
                days.keep(connection, _DAY, table, known)
            days.enter(connection, _DAY)
        timer = Timer(seconds, connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            found = _read(connection.sql(statement).limit(max_rows + 1))
        finally:
            timer.cancel()
    return QueryResult(table=found.slice(0, max_rows), is_cut=found.num_rows > max_rows, edition=number)


def edition_row(home: Path) -> dict[str, Any]:
    """The one row of the table `edition`: what the current file says of itself."""
    row: dict[str, Any] = ask(home, "SELECT * FROM edition").table.to_pylist()[0]
    return row


def counts(home: Path) -> dict[str, int]:
    """Rows per published table of the current edition, from its manifest. Raises Halt without an edition."""
    edition = current_edition(home)
    if edition is None:
        raise Halt(NO_EDITION)
    return {name: content.rows for name, content in sorted(edition.tables.items())}


def _connect(home: Path, memory: str) -> tuple[duckdb.DuckDBPyConnection, int]:
    """A database of its own in memory with the edition attached: what is locked here stays free for others in this process."""
    error: duckdb.Error | None = None
    for _ in range(_OPEN_TRIES):
        number = current_number(home)
        if number is None:
            raise Halt(NO_EDITION)
        connection = duckdb.connect(":memory:")
        try:
            _lock_down(connection, edition_folder(home, number) / DATABASE, memory)
        except duckdb.Error as failed:
            connection.close()
            error = failed
        else:
            return connection, number
    raise Halt(
        f"the current edition cannot be opened ({_first_line(error)}); run: claimledger verify, then claimledger editions use N"
    ) from error


def _lock_down(connection: duckdb.DuckDBPyConnection, database: Path, memory: str) -> None:
    try:
        connection.execute("SET memory_limit = '{}'".format(memory.replace("'", "''")))
    except duckdb.Error as error:
        connection.close()
        raise Misuse(f"memory {memory!r} was not understood ({_first_line(error)}); write for example 1GB") from error
    place = str(database).replace("'", "''")
    for statement in (
        f"SET threads = {THREADS}",
        "SET temp_directory = ''",
        "SET TimeZone = 'UTC'",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
        "SET python_enable_replacements = false",  # a name in a query never means a variable of this program
        f"ATTACH '{place}' AS claimledger (READ_ONLY)",
        "USE claimledger",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        connection.execute(statement)


def _read(relation: duckdb.DuckDBPyRelation) -> pa.Table:
    """All rows. Raises Misuse beyond RESULT_BYTES."""
    reader = relation.to_arrow_reader(_BATCH_ROWS)
    batches: list[pa.RecordBatch] = []
    held = 0
    for batch in reader:
        batches.append(batch)
        held += batch.nbytes
        if held > RESULT_BYTES:
            raise Misuse(f"the result has more than {RESULT_BYTES // 1_000_000} MB; name fewer columns, or narrow it with WHERE or LIMIT")
    return pa.Table.from_batches(batches, schema=reader.schema)


def _only_statement(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise Misuse(f"{len(statements)} statements were given; give exactly one, for example: SELECT * FROM timeline LIMIT 5")  # noqa: S608  a message, not a query
    kind = _kind(statements[0])
    if kind not in _READING:
        told = kind.name if kind else "something else"
        raise Misuse(f"{told} was given; an edition is read-only: give a SELECT, DESCRIBE, SHOW or EXPLAIN")
    return statements[0]


def _kind(statement: duckdb.Statement) -> duckdb.StatementType | None:
    """None for the kinds that DuckDB has and its Python package has no name for, such as UPDATE EXTENSIONS."""
    try:
        return statement.type
    except ValueError:
        return None


@contextmanager
def _explained(connection: duckdb.DuckDBPyConnection, seconds: float, memory: str) -> Iterator[None]:
    """DuckDB's errors as Misuse, with what would have been right."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise Misuse(f"the query ran longer than {seconds:g} s and was stopped; narrow it with WHERE or LIMIT") from error
    except duckdb.OutOfMemoryException as error:
        raise Misuse(f"the query needs more than {memory} of memory and was stopped; narrow it with WHERE or LIMIT") from error
    except duckdb.CatalogException as error:
        names = ", ".join(
            row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY 1").fetchall()
        )
        raise Misuse(f"{_first_line(error)}; the tables are: {names}") from error
    except duckdb.PermissionException as error:
        raise Misuse(f"{_first_line(error)}; a query sees the edition and nothing else: no files, no network, no settings") from error
    except duckdb.Error as error:
        raise Misuse(f"{_message(error)}; see the columns with: DESCRIBE <table>") from error


def _first_line(error: duckdb.Error | None) -> str:
    return str(error).split("\n", 1)[0].strip()


def _message(error: duckdb.Error) -> str:
    """One line: the error and DuckDB's hint, without the drawing of the position."""
    return " ".join(line.strip() for line in str(error).split("\n\n", 1)[0].splitlines() if line.strip())
