"""In: one SQL statement that anybody wrote, and a home. Out: its rows, worked out in a child process that the system bounds.

DuckDB keeps its own limits between chunks of rows only: `repeat('x', 4000000000)` takes its memory and its minutes in one call that no
interrupt reaches. So the child has an address space it cannot leave and is killed when it is late; the parent only waits.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ingest.errors import Halt, Misuse
from ingest.read.query import MAX_ROWS, MEMORY, SECONDS, QueryResult
from ingest.records import RejectionReason
from ingest.workers import Lost, Pool

ADDRESS_BYTES = 4_000_000_000  # DuckDB's own limit of 1 GB, a result thrice (read, pickled, framed), libraries and thread stacks
_GRACE_SECONDS = 1.0  # DuckDB's own time-out comes first: it leaves the process in order
_JOB = "ask"


def query(
    home: Path, sql: str, *, known: datetime | None = None, max_rows: int = MAX_ROWS, seconds: float = SECONDS, memory: str = MEMORY
) -> QueryResult:
    """As `ask`, for statements of strangers: whatever the statement does, it costs at most `seconds` and a few more, and ADDRESS_BYTES.

    Raises as `ask` does.
    """
    with Pool(1, seconds + _GRACE_SECONDS, ADDRESS_BYTES, module="ingest.read.child") as pool:
        (answer,) = pool.map(_JOB, [(home.resolve(), sql, known, max_rows, seconds, memory)])
    if isinstance(answer, QueryResult):
        return answer
    if isinstance(answer, Lost):
        raise _explained(answer, seconds)
    assert isinstance(answer, Halt), answer
    raise answer


def _explained(lost: Lost, seconds: float) -> Misuse:
    match lost.reason:
        case RejectionReason.TOO_SLOW:
            return Misuse(f"the query ran longer than {seconds:g} s and was stopped; narrow it with WHERE or LIMIT")
        case RejectionReason.OUT_OF_MEMORY:
            return Misuse("the query needs more memory than it may take and was stopped; narrow it with WHERE or LIMIT")
        case _:
            return Misuse(f"the query broke its process ({lost.detail}); say it in a simpler way")
