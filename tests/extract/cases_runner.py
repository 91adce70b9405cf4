"""In: a file of cases. Out: what was found and missed, and the share of right fields, per kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ingest.extract import extract
from ingest.extract.lines import statement_fields
from ingest.records import ArticleText

FOLDER = Path(__file__).parent / "cases"
PUBLISHED = date(2024, 5, 10)
KEYS = {
    "casualty_claims": ("measure", "category", "low", "high"),
    "offers": ("offeror_party", "action", "benefit", "amount", "currency"),
    "announcements": ("announcer_party",),
}
Row = dict[str, Any]


@dataclass
class Score:
    """Counts of one kind. `wrong` holds lines for people."""

    expected: int = 0
    found: int = 0
    matched: int = 0
    fields: Counter[tuple[str, bool]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.matched / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.matched / self.expected if self.expected else 1.0

    def share(self, name: str) -> float:
        right, all_ = self.fields[name, True], self.fields[name, True] + self.fields[name, False]
        return right / all_ if all_ else 1.0


def load(kind: str) -> list[Row]:
    cases: list[Row] = yaml.safe_load((FOLDER / f"{kind}.yaml").read_text(encoding="utf-8"))
    return cases


def run(kind: str, case: Row) -> list[Row]:
    published = case.get("published", PUBLISHED)
    article = ArticleText(text=case["text"], title=case.get("title"), published_on=published)
    return [statement_fields(case["text"], s) for s in getattr(extract(article), kind)]


def score(kind: str) -> Score:
    total = Score()
    for case in load(kind):
        found = run(kind, case)
        expected = [{"category": "personnel", **row} if kind == "casualty_claims" else row for row in case["rows"]]
        total.expected += len(expected)
        total.found += len(found)
        _match(kind, case["text"], expected, found, total)
    return total


def _match(kind: str, text: str, expected: list[Row], found: list[Row], total: Score) -> None:
    left = list(found)
    for row in expected:
        twin = max(
            (f for f in left if all(_same(k, row[k], f[k]) for k in KEYS[kind] if k in row)),
            key=lambda f: sum(_same(k, v, f[k]) for k, v in row.items()),
            default=None,
        )
        if twin is None:
            total.wrong.append(f"missed {row} in: {text}")
            continue
        left.remove(twin)
        total.matched += 1
        for name, value in row.items():
            right = _same(name, value, twin[name])
            total.fields[name, right] += 1
            if not right:
                total.wrong.append(f"{name} is {twin[name]!r}, expected {value!r} in: {text}")
    total.wrong += [f"false {row} in: {text}" for row in left]


def _same(name: str, expected: Any, found: Any) -> bool:
    if isinstance(expected, date):
        return bool(expected.isoformat() == found)
    if name in ("claimant", "announcer", "offeror", "announced_by") and expected and found:
        return str(expected) in str(found) or str(found) in str(expected)
    return bool(expected == found)


def report(total: Score) -> str:
    lines = [f"precision {total.precision:.3f} recall {total.recall:.3f} ({total.matched} of {total.expected}, {total.found} found)"]
    names = sorted({name for name, _ in total.fields})
    lines += [f"  {name:16s} {total.share(name):.3f}" for name in names]
    return "\n".join(lines + total.wrong)
