"""In: something to time. Out: seconds, the speed of the machine beside them, and one line per figure with its target."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 5


def calibrate() -> float:
    """Seconds of a fixed loop of plain Python: compare it between runs before comparing their seconds."""
    start = time.perf_counter()
    total = 0
    for number in range(3_000_000):
        total = (total * 31 + number) & 0xFFFF
    return time.perf_counter() - start


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median wall seconds of `rounds` runs."""
    return statistics.median(seconds(work) for _ in range(rounds))


def figure(name: str, value: float, unit: str, target: float, *, at_most: bool) -> None:
    """One line: what was measured, what was asked, and whether it was met."""
    met = value <= target if at_most else value >= target
    print(f"{name}: {value:,.3g} {unit} ({'at most' if at_most else 'at least'} {target:,.3g}) {'met' if met else 'MISSED'}", flush=True)


def pages_folder() -> Path | None:
    """The folder of real pages: CLAIMLEDGER_PAGES, or beside the project; None where there is none."""
    path = Path(os.environ.get("CLAIMLEDGER_PAGES") or Path(__file__).resolve().parents[2] / "shared" / "pages")
    return path if (path / "pages.jsonl").is_file() else None
