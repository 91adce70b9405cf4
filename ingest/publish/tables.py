"""In: the tables of one DuckDB file. Out: the same tables in another file and as Parquet, with row counts and content digests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ingest import shortage
from ingest.editions import EDITION_COLUMNS, EDITION_GRAIN, EDITION_TABLE, KEYS, Content, Facts
from ingest.errors import Halt, Retry

MEMORY = "1GB"  # sorting more than this goes through a temporary folder
STORAGE_VERSION = "v1.5.0"  # clients of DuckDB 1.5 and later open it
WORDS = ("text", "quote", "quote_prefix", "quote_suffix")  # what a withdrawal takes out of every table with an article_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    name: str
    type: str
    is_nullable: bool
    comment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A table without its rows."""

    name: str
    comment: str | None
    columns: tuple[Column, ...]

    @property
    def order(self) -> str:
        """The ORDER BY list that makes files repeatable."""
        names = {column.name for column in self.columns}
        keys = KEYS.get(self.name, ())
        return ", ".join(map(quoted, keys)) if keys and names.issuperset(keys) else "ALL"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def opened(**files: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own with `files` attached read-only under their names. Raises Retry when another process writes to one."""
    with TemporaryDirectory(prefix="claimledger-") as spill, duckdb.connect(":memory:") as connection, translated():
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")  # the same instants everywhere; no bar in a log
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute(f"SET temp_directory = {literal(spill)}")
        for name, path in files.items():
            connection.execute(f"ATTACH {literal(str(path))} AS {quoted(name)} (READ_ONLY)")
        yield connection


@contextmanager
def translated() -> Iterator[None]:
    """DuckDB's errors, said once in the words of the house."""
    try:
        yield
    except duckdb.IOException as error:
        text = str(error).splitlines()[0]
        if "lock" in text.lower():
            raise Retry(f"another process holds the database ({text}); wait for it to end and run the command again") from error
        if shortage.is_behind(error):
            raise
        raise Halt(f"a database cannot be read or written ({text}); run: claimledger replay") from error


def shapes(connection: duckdb.DuckDBPyConnection, database: str) -> tuple[Shape, ...]:
    """The tables of schema main, by name."""
    of_main = "WHERE database_name = ? AND schema_name = 'main' AND NOT internal"
    tables = connection.execute(f"SELECT table_name, comment FROM duckdb_tables() {of_main} ORDER BY 1", [database]).fetchall()  # noqa: S608  our own quoted names
    columns = connection.execute(
        f"SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() {of_main} ORDER BY 1, column_index",  # noqa: S608  our own quoted names
        [database],
    ).fetchall()
    return tuple(
        Shape(
            name=name,
            comment=comment,
            columns=tuple(Column(name=c, type=t, is_nullable=bool(n), comment=k) for owner, c, t, n, k in columns if owner == name),
        )
        for name, comment in tables
    )


def contents(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, Content]:
    """Rows and digest of every table of schema main but `edition`."""
    return {s.name: content(connection, database, s) for s in shapes(connection, database) if s.name != EDITION_TABLE}


def content(connection: duckdb.DuckDBPyConnection, database: str, shape: Shape) -> Content:
    """SHA-256 over the columns' names and types and the sorted SHA-256 of every row as JSON, instants in UTC."""
    head = json.dumps([[column.name, column.type] for column in shape.columns])
    rows, digest = connection.execute(
        f"""
        WITH hashed AS (SELECT sha256(CAST(to_json(r) AS VARCHAR)) AS h FROM {quoted(database)}.main.{quoted(shape.name)} AS r)
        SELECT count(*), sha256({literal(head)} || coalesce(string_agg(h, '' ORDER BY h), '')) FROM hashed
        """  # noqa: S608  our own quoted names
    ).fetchall()[0]
    return Content(rows=rows, digest=digest)


def write_database(connection: duckdb.DuckDBPyConnection, source: str, target: Path, facts: Facts, verdict: str) -> tuple[Shape, ...]:
    """Copy every table of `source` into the new file `target`, rows in key order, comments and NOT NULL kept, and add `edition`; then
    its views and table macros, which name no database and so hold in the copy as well."""
    copied = [shape for shape in shapes(connection, source) if shape.name != EDITION_TABLE]
    edition = _edition_shape()
    with _writing(connection, target):
        for shape in copied:
            _copy(connection, source, shape)
        _create(connection, edition)
        row = _edition_row(facts, verdict)
        connection.execute(f"INSERT INTO published.main.{EDITION_TABLE} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608  our own quoted names
        _copy_questions(connection, source)
    return (*copied, edition)


def write_redacted(connection: duckdb.DuckDBPyConnection, source: str, target: Path, article_ids: Sequence[str]) -> tuple[Shape, ...]:
    """Copy the edition `source` into the new file `target` without the texts and quotes of `article_ids`, which it calls withdrawn."""
    copied = tuple(map(_emptiable, shapes(connection, source)))
    with _writing(connection, target):
        for shape in copied:
            _copy(connection, source, shape, _redactions(shape, article_ids))
        _copy_questions(connection, source)
    return copied


def _emptiable(shape: Shape) -> Shape:
    """Editions of before withdrawals existed say NOT NULL of their quotes."""
    return replace(shape, columns=tuple(replace(c, is_nullable=c.is_nullable or c.name in WORDS) for c in shape.columns))


def _redactions(shape: Shape, article_ids: Sequence[str]) -> str:
    """What a copy of the table has in place of its columns, as the tail of a SELECT list."""
    names = {column.name for column in shape.columns}
    if "article_id" not in names:
        return ""
    is_meant = f"article_id IN ({', '.join(map(literal, article_ids))})"
    changed = [f"CASE WHEN NOT {is_meant} THEN {quoted(name)} END AS {quoted(name)}" for name in WORDS if name in names]
    if "is_withdrawn" in names:
        changed.append(f"is_withdrawn OR {is_meant} AS is_withdrawn")
    return f" REPLACE ({', '.join(changed)})" if changed else ""


@contextmanager
def _writing(connection: duckdb.DuckDBPyConnection, target: Path) -> Iterator[None]:
    """`target` attached as `published`, and complete at the end."""
    with translated():
        connection.execute(f"ATTACH {literal(str(target))} AS published (STORAGE_VERSION '{STORAGE_VERSION}')")
        yield
        connection.execute("CHECKPOINT published")


def _copy(connection: duckdb.DuckDBPyConnection, source: str, shape: Shape, redactions: str = "") -> None:
    _create(connection, shape)
    rows = f"SELECT *{redactions} FROM {quoted(source)}.main.{quoted(shape.name)} ORDER BY {shape.order}"  # noqa: S608  our own quoted names
    connection.execute(f"INSERT INTO published.main.{quoted(shape.name)} {rows}")


def _copy_questions(connection: duckdb.DuckDBPyConnection, source: str) -> None:
    """The views and table macros of `source`, made anew from their text."""
    of_main = "WHERE database_name = ? AND schema_name = 'main' AND NOT internal"
    views = f"SELECT view_name, sql, comment FROM duckdb_views() {of_main} ORDER BY 1"  # noqa: S608  our own text
    columns = f"SELECT column_name, comment FROM duckdb_columns() {of_main} AND table_name = ? AND comment IS NOT NULL"  # noqa: S608  our own text
    named = "function_name, parameters, macro_definition"
    macros = f"SELECT {named} FROM duckdb_functions() {of_main} AND function_type = 'table_macro' ORDER BY 1"  # noqa: S608  our own text
    connection.execute("USE published")
    for name, sql, comment in connection.execute(views, [source]).fetchall():
        connection.execute(sql)
        if comment:
            connection.execute(f"COMMENT ON VIEW {quoted(name)} IS {literal(comment)}")
        for column, told in connection.execute(columns, [source, name]).fetchall():
            connection.execute(f"COMMENT ON COLUMN {quoted(name)}.{quoted(column)} IS {literal(told)}")
    for name, parameters, definition in connection.execute(macros, [source]).fetchall():
        connection.execute(f"CREATE MACRO {quoted(name)}({', '.join(map(quoted, parameters))}) AS TABLE {definition}")
    connection.execute("USE memory")


def write_parquet(connection: duckdb.DuckDBPyConnection, table: Shape, target: Path) -> None:
    """One table of the database just written, in its order, zstd-compressed."""
    with translated():
        connection.execute(f"COPY published.main.{quoted(table.name)} TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)")


def _create(connection: duckdb.DuckDBPyConnection, shape: Shape) -> None:
    name = f"published.main.{quoted(shape.name)}"
    columns = ", ".join(f"{quoted(c.name)} {c.type}{'' if c.is_nullable else ' NOT NULL'}" for c in shape.columns)
    connection.execute(f"CREATE TABLE {name} ({columns})")
    if shape.comment:
        connection.execute(f"COMMENT ON TABLE {name} IS {literal(shape.comment)}")
    for column in shape.columns:
        if column.comment:
            connection.execute(f"COMMENT ON COLUMN {name}.{quoted(column.name)} IS {literal(column.comment)}")


def _edition_shape() -> Shape:
    columns = tuple(Column(name=n, type=t, is_nullable=False, comment=c) for n, (t, c) in EDITION_COLUMNS.items())
    return Shape(
        name=EDITION_TABLE,
        comment=EDITION_GRAIN,
        columns=columns,
    )


def _edition_row(facts: Facts, verdict: str) -> list[object]:
    values: Mapping[str, object] = {
        **{name: getattr(facts, name) for name in EDITION_COLUMNS if name != "verdict"},
        "log_positions": json.dumps(dict(sorted(facts.log_positions.items()))),
        "verdict": verdict,
    }
    return [values[name] for name in EDITION_COLUMNS]
