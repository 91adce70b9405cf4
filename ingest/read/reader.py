"""In: a home and the number of an edition. Out: that edition held open, answering many questions, locked down as `query` is.

For programs that ask often, as the explorer does: one open file, one buffer pool, a cursor for each question. Publishing another edition
disturbs nothing, for an edition is never changed in place; who holds a withdrawn one lets go of it by asking for `current_reader` anew.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb
import pyarrow as pa

from ingest.editions import Edition, current_number, read_edition
from ingest.errors import Halt
from ingest.read.query import MEMORY, NO_EDITION, SECONDS, _explained, _lock_down

_CATALOG = "USE claimledger"  # a cursor starts in the empty database that the edition is attached to


class Reader:
    """One edition. `ask` may be called from several threads at once; `close` when no more is asked."""

    def __init__(self, edition: Edition, *, memory: str = MEMORY) -> None:
        self.edition = edition
        self.stamp = stamp(edition)
        self._memory = memory
        self._lock = threading.Lock()
        self._connection = duckdb.connect(":memory:")
        try:
            _lock_down(self._connection, edition.database, memory)
        except duckdb.Error as error:
            self._connection.close()
            raise Halt(f"edition {edition.number} cannot be opened; run: claimledger verify, then claimledger editions use N") from error

    def ask(self, sql: str, parameters: Mapping[str, Any] | None = None, *, seconds: float = SECONDS) -> pa.Table:
        """The rows of one statement of the caller's own; values go in as `$name`. Raises Misuse as `query` does, also after `seconds`."""
        with self._lock:
            cursor = self._connection.cursor()
        with cursor, _explained(cursor, seconds, self._memory):
            cursor.execute(_CATALOG)
            timer = Timer(seconds, cursor.interrupt)
            timer.daemon = True
            timer.start()
            try:
                return cursor.sql(sql, params=dict(parameters or {})).to_arrow_table()
            finally:
                timer.cancel()

    def close(self) -> None:
        self._connection.close()


def stamp(edition: Edition) -> tuple[int, int]:
    """Tells one state of an edition from another: a redaction writes a kept edition anew under its number."""
    return edition.number, edition.database.stat().st_ino


def current_reader(home: Path, held: Reader | None = None) -> Reader:
    """A reader of the current edition: `held` itself while it is that. Raises Halt without an edition."""
    number = current_number(home)
    if number is None:
        raise Halt(NO_EDITION)
    edition = read_edition(home, number)
    return held if held is not None and held.stamp == stamp(edition) else Reader(edition)
