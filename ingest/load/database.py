"""In: the path of the build database. Out: a connection that takes in loads, each in one transaction, and says what it took in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow as pa

from ingest import shortage
from ingest.errors import Halt, Retry
from ingest.ids import digest
from ingest.ledger import Load

# A checkpoint writes the last, unfinished part of every table anew, after each load of a replay most of the database; one at the end does.
CHECKPOINT = "2GB"
SCHEMA_SQL = Path(__file__).resolve().parents[2] / "warehouse" / "raw.sql"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BuildDatabase:
    """The one writer's view of `<home>/build.duckdb`."""

    connection: duckdb.DuckDBPyConnection

    def applied_loads(self) -> int:
        """The position in the stream `editions` of the last load taken in; 0 for an empty database."""
        return int(self.rows("SELECT coalesce(max(load_position), 0) AS last FROM raw.loads")[0]["last"])

    def stream_heads(self) -> dict[str, int]:
        """Stream -> last position taken in."""
        return {row["stream"]: row["position"] for row in self.rows("SELECT * FROM raw.stream_heads ORDER BY stream")}

    def put_sources(self, sources: Iterable[Row]) -> None:
        """Replace `raw.sources`: slug, name, kind, country, language, is_enabled, entered_on, publish_text."""
        with self.all_or_nothing():
            self.run("DELETE FROM raw.sources")
            self.insert("sources", list(sources))

    @contextmanager
    def loading(self, load: Load) -> Iterator[None]:
        """A transaction around everything that `load` brings; leaving it without an exception books the load.

        Raises Halt when the load was taken in before or does not join on to what was, or when a payload is not what `docs/events.md` says.
        """
        self._check(load)
        with self.all_or_nothing():
            yield
            self._book(load)

    def run(self, sql: str, parameters: Mapping[str, object] | Sequence[object] = ()) -> None:
        """Carry out `sql`, which gives no rows."""
        self.connection.execute(sql, parameters or None)

    def rows(self, sql: str, parameters: Mapping[str, object] | Sequence[object] = ()) -> list[Row]:
        """The answer to `sql`, one dict a row."""
        rows: list[Row] = self.table(sql, parameters).to_pylist()
        return rows

    def table(self, sql: str, parameters: Mapping[str, object] | Sequence[object] = ()) -> pa.Table:
        """The answer to `sql`, column by column."""
        return self.connection.sql(sql, params=parameters or None).to_arrow_table()

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Append `rows`, keyed by column, to `raw.<table>`."""
        if rows:
            self.append(table, pa.Table.from_pylist(list(rows), schema=self._arrow_schema(table)))

    def append(self, table: str, rows: pa.Table) -> None:
        """The same for rows that stand in columns."""
        with self.view("new_rows", rows):
            self.run(f"INSERT INTO raw.{table} BY NAME SELECT * FROM new_rows")  # noqa: S608  our own names

    @contextmanager
    def view(self, name: str, table: pa.Table) -> Iterator[None]:
        """Let SQL see `table` under `name`."""
        self.connection.register(name, table)
        try:
            yield
        finally:
            self._forget(name)

    def _forget(self, name: str) -> None:
        """After an error DuckDB does nothing but roll back; the name then stays until it is given again."""
        try:
            self.connection.unregister(name)
        except duckdb.TransactionException:
            return

    def columns(self, table: str) -> dict[str, str]:
        """Column -> type of `raw.<table>`, in order."""
        sql = "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = 'raw' AND table_name = ? ORDER BY column_index"
        return {row["column_name"]: row["data_type"] for row in self.rows(sql, [table])}

    def _arrow_schema(self, table: str) -> pa.Schema:
        return self.connection.sql(f"SELECT * FROM raw.{table} LIMIT 0").to_arrow_table().schema  # noqa: S608  our own names

    def _check(self, load: Load) -> None:
        last = self.applied_loads()
        if load.position <= last:
            raise Halt(f"load {load.position} was taken in before (the last one is {last}); give loads in order, each once")
        heads = self.stream_heads()
        for stream, (first, end) in load.ranges.items():
            if first != heads.get(stream, 0) + 1 or end < first:
                raise Halt(
                    f"load {load.position}: stream {stream} gives positions {first} to {end}, after {heads.get(stream, 0)} was expected; "
                    "delete build.duckdb and run: claimledger replay"
                )

    def _book(self, load: Load) -> None:
        events = sum(end - first + 1 for first, end in load.ranges.values())
        ranges = orjson.dumps({s: list(r) for s, r in load.ranges.items()}, option=orjson.OPT_SORT_KEYS).decode()
        self.insert("loads", [{"load_position": load.position, "known_at": load.known_at, "ranges": ranges, "events": events}])
        for stream, (_, end) in sorted(load.ranges.items()):
            self.run("DELETE FROM raw.stream_heads WHERE stream = ?", [stream])
            self.insert("stream_heads", [{"stream": stream, "position": end}])

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """A transaction; an exception undoes it."""
        self.connection.execute("BEGIN TRANSACTION")
        try:
            yield
            self.connection.execute("COMMIT")
        except duckdb.Error as error:
            self._roll_back()
            if shortage.is_behind(error):  # told by who holds the build
                raise
            raise _translated(error) from error
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        """DuckDB has rolled back by itself after some errors; then there is nothing left to do."""
        try:
            self.connection.execute("ROLLBACK")
        except duckdb.TransactionException:
            return


def _translated(error: duckdb.Error) -> Exception:
    """A broken promise of the log, a shortage of memory, or an error of ours, which `--debug` shows whole."""
    if isinstance(error, (duckdb.InvalidInputException, duckdb.ConversionException)):
        return Halt(f"the log holds a payload that docs/events.md does not allow ({_line(error)}); run: claimledger verify")
    if isinstance(error, (duckdb.IOException, duckdb.OutOfMemoryException)):
        return Retry(f"the build database could not be written ({_line(error)}); free disk or memory and run the command again")
    return Halt(f"the load failed ({_line(error)}) and was undone; run the command again with --debug and report it")


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]


@contextmanager
def open_build(path: Path) -> Iterator[BuildDatabase]:
    """Open or create the build database with its schema `raw`; one whose schema was another is made anew, for the log holds all of it.

    Raises Retry when another process has it open, Halt when the file is no database of this DuckDB.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = SCHEMA_SQL.read_text(encoding="utf-8")
    connection = _connect(path)
    if _made_by(connection) not in (None, digest(schema.encode())):
        connection.close()
        path.unlink()
        connection = _connect(path)
    try:
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")  # a bar among lines of a log is noise
        connection.execute(f"SET checkpoint_threshold = '{CHECKPOINT}'")
        connection.execute(schema)
        connection.execute("INSERT INTO raw.made_by SELECT ? WHERE NOT EXISTS (FROM raw.made_by)", [digest(schema.encode())])
        yield BuildDatabase(connection)
    finally:
        connection.close()


def _made_by(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The digest of the schema a database has; None for an empty one, "" for one of before digests were kept."""
    tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw'").fetchall()}
    if "made_by" not in tables:
        return "" if "loads" in tables else None
    found = connection.execute("SELECT schema_digest FROM raw.made_by").fetchone()
    return str(found[0]) if found else None


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path))
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise Retry(f"another build holds {path}; wait until it is done and run the command again ({_line(error)})") from None
        if shortage.is_behind(error):
            raise
        raise Halt(f"{path} cannot be opened ({_line(error)}); delete it and run: claimledger replay") from None
    except duckdb.Error as error:
        raise Halt(f"{path} cannot be opened ({_line(error)}); delete it and run: claimledger replay") from None
