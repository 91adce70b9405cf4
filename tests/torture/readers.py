"""In: a home that editions are published into. Out: what processes saw that queried `current` without pause meanwhile."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")


@dataclass(slots=True)
class Crowd:
    """Queries of all readers together, the editions they saw, and what went wrong."""

    queries: int = 0
    editions: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


def read_without_pause(home: Path, stopped: Any, told: Any) -> None:
    """Open `current`, compare every table with what the edition's manifest says, again and again until `stopped`."""
    import duckdb

    queries, editions, problems = 0, set(), []
    while not stopped.is_set():
        try:
            with duckdb.connect(str(home / "current" / "claimledger.duckdb"), read_only=True) as connection:
                ((number,),) = connection.execute("SELECT number FROM edition").fetchall()
                manifest = json.loads((home / "editions" / str(number) / "manifest.json").read_text(encoding="utf-8"))
                for table, content in manifest["tables"].items():
                    ((rows,),) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()
                    queries += 1
                    if rows != content["rows"]:
                        problems.append(f"edition {number}: {table} has {rows} rows, its manifest says {content['rows']}")
            editions.add(number)
        except (duckdb.Error, OSError, ValueError) as error:
            problems.append(repr(error)[:300])
    told.send((queries, editions, problems[:5]))


@contextmanager
def crowd(home: Path, readers: int = 4) -> Iterator[Crowd]:
    """`readers` processes that read until the block ends; then what they saw."""
    seen, stopped = Crowd(), _CONTEXT.Event()
    pipes = []
    for _ in range(readers):
        mine, theirs = _CONTEXT.Pipe(duplex=False)
        process = _CONTEXT.Process(target=read_without_pause, args=(home, stopped, theirs))
        process.start()
        theirs.close()
        pipes.append((mine, process))
    try:
        yield seen
    finally:
        stopped.set()
        for mine, process in pipes:
            queries, editions, problems = mine.recv()
            process.join()
            seen.queries += queries
            seen.editions |= editions
            seen.problems += problems
