"""In: a seed. Out: the long suite: commands killed until the seed's number of kills is reached, then ten builds with four readers beside
them; stopped and started again it goes on.

    python -m tests.torture --seed 1 --kills 300

Each case is one line of `build/torture/<seed>.jsonl`; exit 1 when a case found something.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ingest import flow
from tests.torture.driver import COMMANDS, SLOW, Outcome, Theatre, torture
from tests.torture.readers import crowd
from tests.torture.world import served

SHARES = {"gather": 0.3, "revisit": 0.2, "reprocess": 0.2, "correct": 0.2, "build": 0.04, "publish": 0.06}
READERS, BUILDS = "readers", 10
MOST_SLOW = 40  # kills in build and publish together, however many there are


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description="Kill every command that writes, at random moments.")
    parser.add_argument("--seed", type=int, default=1, help="which moments (default 1)")
    parser.add_argument("--kills", type=int, default=300, help="how many kills in all (default 300)")
    parser.add_argument("--folder", type=Path, default=Path("build/torture"), help="where results are kept (default build/torture)")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    results = given.folder / f"{given.seed}.jsonl"
    done = list(_read(results))
    results.write_text("".join(f"{json.dumps(dataclasses.asdict(one))}\n" for one in done), encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="torture-") as scratch, served() as world, results.open("a", encoding="utf-8") as file:
        theatre = Theatre(Path(scratch), world)
        for outcome in _cases(theatre, given.seed, given.kills, done):
            done.append(outcome)
            print(json.dumps(dataclasses.asdict(outcome)), file=file, flush=True)
            told = f"{outcome.command} {outcome.number}: killed {outcome.kills} times, {outcome.runs} runs"
            print(told, *outcome.problems, sep="\n  ", flush=True)
    return _report(done)


def _read(path: Path) -> Iterator[Outcome]:
    """What was done before; a line that a stop cut short is done again."""
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            yield Outcome(**json.loads(line))
        except ValueError:
            continue


def _cases(theatre: Theatre, seed: int, kills: int, done: list[Outcome]) -> Iterator[Outcome]:
    for command in COMMANDS:
        wanted = max(1, round(SHARES[command] * kills))
        wanted = min(wanted, MOST_SLOW // len(SLOW)) if command in SLOW else wanted
        number = 1 + max((one.number for one in done if one.command == command), default=-1)
        while sum(one.kills for one in done if one.command == command) < wanted:
            yield torture(theatre, command, seed, number)
            number += 1
    if not any(one.command == READERS for one in done):
        yield _read_through_builds(theatre)


def _read_through_builds(theatre: Theatre) -> Outcome:
    """Ten builds, each with a correction to take in; four processes query without pause from the first to the last."""
    outcome = Outcome(command=READERS, number=0)
    home = theatre.home(theatre.built, "read")
    house = theatre.house(home)
    with crowd(home) as seen:
        for number in range(BUILDS):
            told = {"reason": f"count {number}", "author": "An editor", "run_id": "torture"}
            flow.correct(house, theatre.statement, assignments=[f"low={number}", f"high={number + 1}"], **told)
            ended = theatre.run("build", home)
            outcome.runs += 1
            outcome.problems += [ended.output] if ended.code else []
    outcome.reads = seen.queries
    outcome.problems += seen.problems
    outcome.problems += [] if seen.editions == set(range(1, BUILDS + 2)) else [f"only editions {sorted(seen.editions)} were seen"]
    outcome.problems += flow.verify(house)["broken"]
    return outcome


def _report(done: list[Outcome]) -> int:
    width = shutil.get_terminal_size().columns
    print("-" * min(width, 60))
    for command in (*COMMANDS, READERS, None):
        those = [one for one in done if command in (None, one.command)]
        kills, runs, reads = (sum(getattr(one, name) for one in those) for name in ("kills", "runs", "reads"))
        bad = sum(bool(one.problems) for one in those)
        print(f"{command or 'all':<10} {len(those):>4} cases {kills:>4} kills {runs:>5} runs {reads:>6} readings {bad:>3} with problems")
    return int(any(one.problems for one in done))


if __name__ == "__main__":
    sys.exit(main())
