"""In: `docs/queries/*.sql` and the edition of a home. Out: their list, `docs/queries/README.md`, and their answers as files."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import Halt
from ingest.read import query, render

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "queries"
LIST = FOLDER / "README.md"
ANSWERS = ROOT / "tests" / "docs" / "answers"
DEMO = ROOT / "demo" / "warehouse"
INTRODUCTION = """\
# Questions an analyst asks

Each file is one query and says in its first line what it answers. Days and names in them are examples: change them. Run one on the current
edition, as it stands in any client of DuckDB, or

```sh
.venv/bin/claimledger sql --home demo/warehouse --file docs/queries/widest_gaps.sql
```

Each is run as a test on the demonstration's edition, and its answer compared with the one in `tests/docs/answers/`. `make demo queries`
writes the answers and this list anew.

| question | query |
|---|---|
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleQuery:
    """One file: its name without suffix, the question of its first line, all of its text."""

    name: str
    question: str
    sql: str


def read_queries(folder: Path = FOLDER) -> tuple[SampleQuery, ...]:
    """Every query, by name. Raises Halt for a file that does not begin with its question."""
    return tuple(_query(path) for path in sorted(folder.glob("*.sql")))


def _query(path: Path) -> SampleQuery:
    sql = path.read_text(encoding="utf-8")
    first = sql.split("\n", 1)[0]
    if not (first.startswith("-- ") and first.endswith("?")):
        raise Halt(f"{path}: the first line is {first!r}; begin with the question as a comment: -- Who claimed what?")
    return SampleQuery(name=path.stem, question=first.removeprefix("-- "), sql=sql)


def listed(queries: Iterable[SampleQuery]) -> str:
    """The list as Markdown."""
    return INTRODUCTION + "".join(f"| {q.question} | [{q.name}]({q.name}.sql) |\n" for q in queries)


def answer(home: Path, sample: SampleQuery) -> str:
    """What the current edition of `home` answers: a JSON array with one object per line, as `claimledger sql --format json` gives it."""
    out = io.BytesIO()
    render(query(home, sample.sql), "json", out)
    return out.getvalue().decode()


def write(home: Path) -> None:
    """The list and every answer; the answer of a query that is no more goes."""
    queries = read_queries()
    answers = {f"{q.name}.json": answer(home, q) for q in queries}
    ANSWERS.mkdir(exist_ok=True)
    for path in ANSWERS.iterdir():
        if path.name not in answers:
            path.unlink()
    for name, text in answers.items():
        (ANSWERS / name).write_text(text, encoding="utf-8")
    LIST.write_text(listed(queries), encoding="utf-8")


if __name__ == "__main__":
    try:
        write(DEMO)
    except Halt as error:
        sys.exit(f"{error} (this is about {DEMO}; make demo publishes its edition)")
