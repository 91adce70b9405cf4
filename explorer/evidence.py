"""In: entries of the timeline. Out: for each, everything the ledger can show for it: texts, tellings, versions, corrections.

Asked for many at once, for the static site has a page for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer import questions

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One entry. `texts` has the texts that may be shown, `quotes` the statements of those articles, both by article. `tellings` is
    not empty."""

    entry: Row
    tellings: Sequence[Row]
    texts: Mapping[str, str]
    quotes: Mapping[str, Sequence[Row]]
    versions: Sequence[Row]
    corrections: Sequence[Row]


def gather(asked: questions.Asked, entries: Sequence[Row]) -> Iterator[Evidence]:
    """One Evidence per entry, kind by kind; a handful of questions for all of one kind."""
    for kind in questions.STATEMENT_TABLES:
        some = [entry for entry in entries if entry["kind"] == kind]
        if some:
            yield from _of_kind(asked, kind, some)


def _of_kind(asked: questions.Asked, kind: str, entries: Sequence[Row]) -> Iterator[Evidence]:
    tellings = questions.tellings(asked, kind, [entry["entry_id"] for entry in entries]).to_pylist()
    articles = sorted({row["article_id"] for row in tellings})
    ids = sorted({row["statement_id"] for row in tellings})
    texts = questions.article_texts(asked, articles)
    quotes = _by(questions.article_quotes(asked, sorted(texts)).to_pylist(), "article_id")
    told, versions = _by(tellings, "group_id"), _by(questions.versions(asked, kind, ids).to_pylist(), "statement_id")
    corrections = _by(questions.corrections_of(asked, ids).to_pylist(), "statement_id")
    for entry in entries:
        own = told[entry["entry_id"]]
        statements = list(dict.fromkeys(row["statement_id"] for row in own))
        yield Evidence(
            entry=entry,
            tellings=own,
            texts=texts,
            quotes=quotes,
            versions=sorted((row for one in statements for row in versions.get(one, ())), key=lambda row: row["valid_from_at"]),
            corrections=[row for one in statements for row in corrections.get(one, ())],
        )


def _by(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return dict(found)
