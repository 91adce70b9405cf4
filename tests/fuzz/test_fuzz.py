"""The short form of `make fuzz`: what was found once, the seeds, and some changes to them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, run, seeds

FOUND = Path(__file__).parent / "found"
KEPT = [(path.parent.name, path) for path in sorted(FOUND.glob("*/*"))]


@pytest.mark.parametrize(("name", "path"), KEPT, ids=lambda value: value.name if isinstance(value, Path) else value)
def test_what_was_found_once_is_mended(name: str, path: Path) -> None:
    run(name, path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_keep_the_promise(name: str) -> None:
    tried = [run(name, seed) for seed in list(seeds(name))[:12]]
    assert tried or name == "charset"


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_keep_the_promise(name: str) -> None:
    begun = min(seeds(name), key=len, default=b"\0" * 8)[:2_000]

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=200), st.integers(0, 2**32))
    def tried(data: bytes, number: int) -> None:
        run(name, data)
        run(name, changed(begun, data, number))

    tried()


def changed(seed: bytes, data: bytes, number: int) -> bytes:
    """`seed` with `data` in the place of a part of it."""
    dice = random.Random(number)
    start = dice.randrange(len(seed) + 1)
    return seed[:start] + data[:20] + seed[min(len(seed), start + dice.randrange(20)) :]
