"""In: a home and the number of an edition. Out: that edition held open, answering many questions, locked down as `query` is.

For programs that ask often, as the explorer does: one open file, one buffer pool, a cursor for each question. Publishing another edition
disturbs nothing, for an edition is never changed in place; who holds a withdrawn one lets go of it by asking for `current_reader` anew.
A day of the past is worked out once and held for the questions that follow, a few days at a time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb
import pyarrow as pa

from ingest.editions import Edition, current_number, read_edition
from ingest.errors import Halt
from ingest.read import days
from ingest.read.query import MEMORY, NO_EDITION, SECONDS, _explained, _lock_down

MAX_DAYS = 4  # held at once


@dataclass(slots=True)
class _Day:
    """A day that is held: its database in memory, the tables and parts worked out so far, how many questions it answers right now."""

    name: str
    at: datetime
    is_open: bool = False
    kept: set[str] = field(default_factory=set)
    parts: dict[tuple[tuple[str, str], ...], str] = field(default_factory=dict)
    users: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def prepare(self, cursor: duckdb.DuckDBPyConnection, sql: str, among: Mapping[str, str] | None) -> str | None:
        """Work out what the statement reads, unless that was done before; the name of the part that it reads first, if one."""
        with self.lock:
            if not self.is_open:
                days.close_day(cursor, self.name)  # what an interrupted attempt left
                days.open_day(cursor, self.name, self.at)
                self.is_open = True
            for table in days.needed(sql):
                if table not in self.kept and not (among and table == "disputes"):
                    days.keep(cursor, self.name, table, self.at)
                    self.kept.add(table)
            if not among:
                return None
            key = tuple(sorted(among.items()))
            if key not in self.parts:
                part = f"part_{len(self.parts)}"
                days.keep_some(cursor, self.name, part, self.at, among)
                self.parts[key] = part
            return self.parts[key]


class Reader:
    """One edition. `ask` may be called from several threads at once; `close` when no more is asked."""

    def __init__(self, edition: Edition, *, memory: str = MEMORY) -> None:
        self.edition = edition
        self.stamp = stamp(edition)
        self._memory = memory
        self._lock = threading.Lock()
        self._days: OrderedDict[datetime, _Day] = OrderedDict()
        self._opened = 0
        self._connection = duckdb.connect(":memory:")
        try:
            _lock_down(self._connection, edition.database, memory)
        except duckdb.Error as error:
            self._connection.close()
            raise _unreadable(edition) from error

    def ask(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        seconds: float = SECONDS,
        among: Mapping[str, str] | None = None,
    ) -> pa.Table:
        """The rows of one statement of the caller's own; values go in as `$name`. Raises Misuse as `query` does, also after `seconds`.

        `among` promises that of the disputes the statement reads only those with these values of measure, category, period: on a day of
        the past only those are then worked out.
        """
        del among  # the edition has all of them
        return self._ask(sql, parameters, seconds, None)

    def as_known(self, at: datetime | None) -> Reader | AsKnown:
        """What answers as the ledger stood at an instant; the edition itself for None and when it has learnt nothing since."""
        return self if at is None or at >= self.edition.facts.known_at else AsKnown(self, at)

    def close(self) -> None:
        self._connection.close()

    def _ask(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None,
        seconds: float,
        at: datetime | None,
        among: Mapping[str, str] | None = None,
    ) -> pa.Table:
        with self._held(at) as day, self._cursor() as cursor, _explained(cursor, seconds, self._memory):
            timer = Timer(seconds, cursor.interrupt)
            timer.daemon = True
            timer.start()
            try:
                if day is None:
                    days.enter(cursor, None)
                else:
                    days.enter(cursor, day.name, day.prepare(cursor, sql, among))
                return cursor.sql(sql, params=dict(parameters or {})).to_arrow_table()
            finally:
                timer.cancel()

    @contextmanager
    def _held(self, at: datetime | None) -> Iterator[_Day | None]:
        """The day, not to be let go of while it is asked: a name that its schema no longer has would be the present table's."""
        if at is None:
            yield None
            return
        with self._lock:
            if at not in self._days:
                self._opened += 1
                self._days[at] = _Day(f"day_{self._opened}", at)
            day = self._days[at]
            self._days.move_to_end(at)
            day.users += 1
            self._let_go()
        try:
            yield day
        finally:
            with self._lock:
                day.users -= 1
                self._let_go()

    def _let_go(self) -> None:
        """Of the days asked longest ago, beyond MAX_DAYS."""
        idle = [day for day in self._days.values() if not day.users]
        for day in idle[: max(0, len(self._days) - MAX_DAYS)]:
            with self._connection.cursor() as cursor:
                days.close_day(cursor, day.name)
            del self._days[day.at]

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            return self._connection.cursor()


@dataclass(frozen=True, slots=True)
class AsKnown:
    """An edition as the ledger stood at `at`: the same questions, answered from the tables of that instant."""

    reader: Reader
    at: datetime

    def ask(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        seconds: float = SECONDS,
        among: Mapping[str, str] | None = None,
    ) -> pa.Table:
        """As `Reader.ask`."""
        return self.reader._ask(sql, parameters, seconds, self.at, among)


def stamp(edition: Edition) -> tuple[int, int]:
    """Tells one state of an edition from another: a redaction writes a kept edition anew under its number. Raises Halt without its file."""
    try:
        return edition.number, edition.database.stat().st_ino
    except OSError as error:
        raise _unreadable(edition) from error


def _unreadable(edition: Edition) -> Halt:
    return Halt(f"edition {edition.number} cannot be opened; run: claimledger verify, then claimledger editions use N")


def current_reader(home: Path, held: Reader | None = None) -> Reader:
    """A reader of the current edition: `held` itself while it is that. Raises Halt without an edition."""
    number = current_number(home)
    if number is None:
        raise Halt(NO_EDITION)
    edition = read_edition(home, number)
    return held if held is not None and held.stamp == stamp(edition) else Reader(edition)
