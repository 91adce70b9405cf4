"""The extractor against sentences written for it: what must be found, and what must not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.extract.cases_runner import KEYS, load, report, run, score

# Floors only rise. They are measured on the files in cases/, a public set in the project's own words, not on news at large.
FLOORS = {
    "casualty_claims": {"precision": 1.0, "recall": 1.0, "fields": 0.99},
    "offers": {"precision": 1.0, "recall": 1.0, "fields": 0.99},
    "announcements": {"precision": 1.0, "recall": 1.0, "fields": 0.99},
}
MIN_SENTENCES = 150


@pytest.mark.parametrize("kind", sorted(KEYS))
def test_quality_stays_above_its_floor(kind: str) -> None:
    total = score(kind)
    print(f"\n{kind}: {report(total)}")
    assert total.precision >= FLOORS[kind]["precision"], report(total)
    assert total.recall >= FLOORS[kind]["recall"], report(total)
    for name in {name for name, _ in total.fields}:
        assert total.share(name) >= FLOORS[kind]["fields"], report(total)


def _negatives() -> list[tuple[str, dict[str, Any]]]:
    return [(kind, case) for kind in sorted(KEYS) for case in load(kind) if not case["rows"]]


@pytest.mark.parametrize(("kind", "case"), _negatives(), ids=lambda value: value if isinstance(value, str) else value["text"][:40])
def test_a_hard_negative_gives_no_row(kind: str, case: dict[str, Any]) -> None:
    assert run(kind, case) == []


def test_the_set_is_large_and_balanced() -> None:
    cases = [case for kind in KEYS for case in load(kind)]
    negatives = sum(not case["rows"] for case in cases)
    assert len(cases) >= MIN_SENTENCES
    assert 0.35 <= negatives / len(cases) <= 0.6
