"""In: sizes of a history in articles. Out: a replay, a night of 2,000 more and the sample queries at each size; seconds, peak memory.

`python -m bench.scale 10000 100000 500000`, or CLAIMLEDGER_SCALE with the same numbers; without either 2,000 and 10,000. One home grows
from size to size. Every step runs in a process of its own, so that its memory is its own; dbt's process counts to the step that starts it.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bench.common import calibrate, figure, median, seconds
from bench.histories import open_history, write_history, write_night
from bench.press import Press
from ingest import flow, read
from ingest.flow.house import House
from ops.queries import read_queries

SMALL = (2_000, 10_000)
NIGHT = 2_000
MOST_GROWTH = 1.5  # a night at the largest size beside one at the smallest
REPLAY_SIZE, REPLAY_SECONDS, REPLAY_GB = 100_000, 120.0, 6.0
QUERY_MS = 300.0
STEPS: Mapping[str, Callable[[House, str], Any]] = {
    "load": flow.load,
    "model": flow.model,
    "validate": flow.validate,
    "publish": flow.publish,
}
SHOWN = 6  # dbt's slowest nodes, told for whoever looks for the reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Wall seconds, and seconds of all processors: the firmer figure beside other work."""

    wall: float
    cpu: float

    def __add__(self, other: Spent) -> Spent:
        return Spent(wall=self.wall + other.wall, cpu=self.cpu + other.cpu)


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What each step took, the highest resident memory of one process in GB, and the slowest nodes of dbt in seconds."""

    steps: Mapping[str, Spent]
    peak_gb: float
    nodes: Sequence[tuple[str, float]]

    def spent(self, but: str = "") -> Spent:
        """All steps together, without the one named `but`."""
        return sum((taken for step, taken in self.steps.items() if step != but), Spent(wall=0, cpu=0))


def build(home: Path, sources: Path) -> Build:
    """Every step of a build, one after the other. Raises Halt when the tables are not believed."""
    house = open_history(home, sources)
    steps, nodes = {}, []
    for name, step in STEPS.items():
        steps[name] = _spent(lambda step=step: step(house, "bench"))
        if name == "model":
            nodes = slowest(home)
    kilobytes = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Build(steps=steps, peak_gb=kilobytes * 1024 / 1e9, nodes=nodes)


def _spent(work: Callable[[], object]) -> Spent:
    before = _cpu()
    wall = seconds(work)
    return Spent(wall=wall, cpu=_cpu() - before)


def _cpu() -> float:
    """Seconds of this process and of those it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def slowest(home: Path) -> list[tuple[str, float]]:
    """The nodes of the last run of dbt that took longest, and their seconds."""
    results = orjson.loads((home / "dbt" / "target" / "run_results.json").read_bytes())["results"]
    taken = [(str(one["unique_id"]).split(".", 2)[2], float(one["execution_time"])) for one in results]
    return sorted(taken, key=lambda one: -one[1])[:SHOWN]


def grow(home: Path, sources: Path, press: Press, nights: int) -> Press:
    """`nights` more, each with its load; the press as it is afterwards, for it lives in another process."""
    write_history(open_history(home, sources), press, nights, NIGHT)
    return press


def ask(home: Path) -> dict[str, float]:
    """Milliseconds of each sample query on the current edition, opening it included; median of 3."""
    return {one.name: 1_000 * median(lambda one=one: read.ask(home, one.sql), 3) for one in read_queries()}


def apart(work: Callable[..., Any], *given: object) -> Any:
    """The answer of `work`, run in a new process."""
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def told(name: str, done: Build) -> None:
    steps = ", ".join(f"{step} {taken.wall:.1f} ({taken.cpu:.1f} of CPU)" for step, taken in done.steps.items())
    print(f"{name}: {steps} s; peak {done.peak_gb:.2f} GB; load average {os.getloadavg()[0]:.1f}")
    print(f"  slowest in dbt: {', '.join(f'{node} {taken:.1f}' for node, taken in done.nodes)}", flush=True)


def replay(home: Path, sources: Path, size: int) -> None:
    """From an empty database; the wanted figures are those of REPLAY_SIZE."""
    for path in home.glob("build.duckdb*"):
        path.unlink()
    done: Build = apart(build, home, sources)
    told(f"replay of {size:,} articles", done)
    if size >= REPLAY_SIZE:
        share = size / REPLAY_SIZE
        figure(f"replay of {size:,} articles", done.spent().wall, "s", REPLAY_SECONDS * share, at_most=True)
        figure("its peak memory", done.peak_gb, "GB", REPLAY_GB * share, at_most=True)


def night(home: Path, sources: Path, press: Press, size: int) -> Spent:
    """What a night's load, models and checks take on top of `size` articles."""
    write_night(open_history(home, sources), press.night(NIGHT))
    done: Build = apart(build, home, sources)
    told(f"night of {NIGHT:,} on {size:,}", done)
    return done.spent(but="publish")


def queries(home: Path) -> None:
    rows = read.counts(home)
    asked: dict[str, float] = apart(ask, home)
    name = max(asked, key=lambda one: asked[one])
    figure(f"slowest of {len(asked)} queries ({name}), {rows['casualty_claims']:,} claims", asked[name], "ms", QUERY_MS, at_most=True)
    print("  " + ", ".join(f"{one} {taken:.0f}" for one, taken in sorted(asked.items(), key=lambda both: -both[1])[:SHOWN]), flush=True)
    print(f"  a process for a query of a stranger {1_000 * median(lambda: read.query(home, 'SELECT 1'), 3):.0f} ms more", flush=True)


def sizes(given: Sequence[str]) -> list[int]:
    """Ascending numbers of articles, whole nights each. Raises ValueError for what is no number."""
    named = list(given) or os.environ.get("CLAIMLEDGER_SCALE", "").split()
    return sorted(max(NIGHT, int(one) // NIGHT * NIGHT) for one in named) or list(SMALL)


def main() -> None:
    """Print the figures of every size, then the ratio of the nights."""
    nights, press, written = {}, Press(), 0
    print(f"calibration loop {calibrate():.3f} s")
    with tempfile.TemporaryDirectory() as scratch:
        home, sources = Path(scratch) / "home", Path(scratch) / "sources"
        for size in sizes(sys.argv[1:]):
            start = time.perf_counter()
            press = apart(grow, home, sources, press, (size - written) // NIGHT)
            print(f"== {size:,} articles, written in {time.perf_counter() - start:.0f} s", flush=True)
            replay(home, sources, size)
            nights[size] = night(home, sources, press, size)
            queries(home)
            written = size + NIGHT
    least, most = min(nights), max(nights)
    figure(f"night on {most:,} beside night on {least:,}", nights[most].wall / nights[least].wall, "x", MOST_GROWTH, at_most=True)
    figure("the same, CPU time", nights[most].cpu / nights[least].cpu, "x", MOST_GROWTH, at_most=True)


if __name__ == "__main__":
    main()
