"""In: a folder of queries. Out: each with the question that it answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingest.errors import Halt

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "queries"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleQuery:
    """One file: its name without suffix, the question of its first line, all of its text."""

    name: str
    question: str
    sql: str


def read_queries(folder: Path = FOLDER) -> tuple[SampleQuery, ...]:
    """Every query, by name; none where the folder was not installed. Raises Halt for a file that does not begin with its question."""
    return tuple(_query(path) for path in sorted(folder.glob("*.sql")))


def _query(path: Path) -> SampleQuery:
    sql = path.read_text(encoding="utf-8")
    first = sql.split("\n", 1)[0]
    if not (first.startswith("-- ") and first.endswith("?")):
        raise Halt(f"{path}: the first line is {first!r}; begin with the question as a comment: -- Who claimed what?")
    return SampleQuery(name=path.stem, question=first.removeprefix("-- "), sql=sql)
