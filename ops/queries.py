"""In: `docs/queries/*.sql` and the edition of a home. Out: their list, `docs/queries/README.md`, and their answers as files."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from pathlib import Path

from explorer.samples import FOLDER, SampleQuery, read_queries
from ingest.errors import Halt
from ingest.read import query, render

ROOT = Path(__file__).resolve().parent.parent
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
