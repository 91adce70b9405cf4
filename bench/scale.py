"""In: sizes of a history in articles. Out: a replay and the sample queries at each size, nights of 2,000 more; seconds, peak memory.

`python -m bench.scale 10000 100000 500000`, or CLAIMLEDGER_SCALE with the same numbers; without either 2,000 and 10,000. Each size has a
home of its own, and the nights are taken in turns, so that a slow hour of the machine falls on all sizes alike. `--in FOLDER` keeps the
homes: what is there already is not written again. Every step runs in a process of its own, so that its memory is its own; dbt's process
counts to the step that starts it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import pickle
import resource
import shutil
import statistics
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
TURNS = 3  # nights of each size
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


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A made-up history under `folder`: its home, and the press that writes on where it ends."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def sources(self) -> Path:
        return self.folder / "sources"

    @property
    def is_built(self) -> bool:
        return (self.folder / "press").is_file()

    def press(self) -> Press:
        found = pickle.loads((self.folder / "press").read_bytes()) if self.is_built else Press()
        assert isinstance(found, Press)
        return found

    def keep(self, press: Press) -> None:
        (self.folder / "press").write_bytes(pickle.dumps(press))

    @property
    def articles(self) -> int:
        return self.press().nights * NIGHT


def grow(history: History, before: History | None, size: int) -> Press:
    """The press after it has written the history up to `size` articles, on top of `before` where there is one."""
    shutil.rmtree(history.folder, ignore_errors=True)
    if before:
        shutil.copytree(before.folder, history.folder, symlinks=True, ignore=shutil.ignore_patterns("build.duckdb*"))
    press = history.press()
    history.folder.joinpath("press").unlink(missing_ok=True)  # until it is built
    write_history(open_history(history.home, history.sources), press, size // NIGHT - press.nights, NIGHT)
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


def replay(history: History, size: int) -> None:
    """From an empty database; the wanted figures are those of REPLAY_SIZE."""
    for path in history.home.glob("build.duckdb*"):
        path.unlink()
    done: Build = apart(build, history.home, history.sources)
    told(f"replay of {size:,} articles", done)
    if size >= REPLAY_SIZE:
        share = size / REPLAY_SIZE
        figure(f"replay of {size:,} articles", done.spent().wall, "s", REPLAY_SECONDS * share, at_most=True)
        figure("its peak memory", done.peak_gb, "GB", REPLAY_GB * share, at_most=True)


def night(history: History) -> Spent:
    """What the load, models and checks of a night more take; publishing is told apart."""
    press = history.press()
    size = press.nights * NIGHT
    write_night(open_history(history.home, history.sources), press.night(NIGHT))
    done: Build = apart(build, history.home, history.sources)
    history.keep(press)
    told(f"night of {NIGHT:,} on {size:,}", done)
    return done.spent(but="publish")


def queries(home: Path) -> None:
    rows = read.counts(home)
    taken: dict[str, float] = apart(ask, home)
    name = max(taken, key=lambda one: taken[one])
    figure(f"slowest of {len(taken)} queries ({name}), {rows['casualty_claims']:,} claims", taken[name], "ms", QUERY_MS, at_most=True)
    print("  " + ", ".join(f"{one} {spent:.0f}" for one, spent in sorted(taken.items(), key=lambda both: -both[1])[:SHOWN]), flush=True)
    print(f"  a process for a query of a stranger {1_000 * median(lambda: read.query(home, 'SELECT 1'), 3):.0f} ms more", flush=True)


def built(folder: Path, sizes: Sequence[int]) -> list[History]:
    """A history of each size under `folder`, ascending; a new one is written, built from nothing and asked the sample queries."""
    histories = [History(folder=folder / str(size)) for size in sizes]
    for size, before, history in zip(sizes, [None, *histories], histories, strict=False):
        if history.is_built:
            continue
        start = time.perf_counter()
        press = apart(grow, history, before, size)
        print(f"== {size:,} articles, written in {time.perf_counter() - start:.0f} s", flush=True)
        replay(history, size)
        history.keep(press)
        queries(history.home)
    return histories


def in_turns(histories: Sequence[History]) -> None:
    """Nights of every history, one after the other, and what the largest takes beside the smallest."""
    rounds = [[night(history) for history in histories] for _ in range(TURNS)]
    for name, taken in (("wall", [[one.wall for one in each] for each in rounds]), ("CPU", [[one.cpu for one in each] for each in rounds])):
        ratios = ", ".join(f"{each[-1] / each[0]:.2f}" for each in taken)
        least, most = (statistics.median(each[place] for each in taken) for place in (0, -1))
        print(f"nights, {name}: medians {least:.1f} and {most:.1f} s; the rounds {ratios} x")
        figure(
            f"night on {histories[-1].articles:,} beside night on {histories[0].articles:,}, {name}",
            most / least,
            "x",
            MOST_GROWTH,
            at_most=True,
        )


def asked(given: Sequence[int]) -> list[int]:
    """Ascending numbers of articles, whole nights each. Raises ValueError for what is no number."""
    named = list(given) or [int(one) for one in os.environ.get("CLAIMLEDGER_SCALE", "").split()]
    return sorted({max(NIGHT, one // NIGHT * NIGHT) for one in named or SMALL})


def main() -> None:
    """Print the figures of every size, then the ratio of the nights."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, metavar="ARTICLES", help=f"sizes of histories; without any {SMALL}")
    parser.add_argument("--in", dest="folder", type=Path, help="keep the homes here, or go on with those that lie there")
    given = parser.parse_args()
    print(f"calibration loop {calibrate():.3f} s")
    with tempfile.TemporaryDirectory() as scratch:
        in_turns(built(given.folder or Path(scratch), asked(given.sizes)))


if __name__ == "__main__":
    main()
