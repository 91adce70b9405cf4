"""In: statements over the pipe of `apart`. Out: their results or errors. `python -m ingest.read.child` is one such process."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ingest.errors import Halt
from ingest.read.query import QueryResult, ask
from ingest.workers import Job, serve


def answer(item: tuple[Path, str, datetime | None, int, float, str]) -> QueryResult | Halt:
    """The result, or what `ask` raises: as a value, for it is told to the caller as it is."""
    home, sql, known, max_rows, seconds, memory = item
    try:
        return ask(home, sql, known=known, max_rows=max_rows, seconds=seconds, memory=memory)
    except Halt as error:
        return error


def _load() -> Job:
    return answer


if __name__ == "__main__":
    serve({"ask": _load})
