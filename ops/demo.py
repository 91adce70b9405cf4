"""In: the demonstration web of this checkout. Out: its ledger in `demo/warehouse`, made by the real DAGs, and a short report.

    python -m ops.demo

Two nights, each a visit and the warehouse; before the second some pages have changed or gone, so that it has news to tell. Exit 0 only
when every DAG run succeeded and an edition stands.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from demo.server import DemoSite
from ingest.errors import Halt
from ingest.settings import Settings
from ingest.sources import read_sources
from ops.dagrun import DagResult, Runners
from ops.environment import ROOT
from ops.report import edition_lines, gathered_lines, opening_lines, visit_line

CONTACT = "https://claimledger.example/bot"
VISITS = 2


def empty(home: Path) -> None:
    """Remove a demonstration's home. Raises Halt, and removes nothing, when the folder holds anything else."""
    if not home.exists() or not any(home.iterdir()):
        return
    try:
        kind = json.loads((home / "home.json").read_text(encoding="utf-8"))["kind"]
    except (OSError, ValueError, KeyError, TypeError):
        kind = "unknown"
    if kind != "demo":
        raise Halt(
            f"{home} holds {kind} data and will not be emptied; a home made by the demonstration was expected: name another with --home"
        )
    shutil.rmtree(home)


def demonstrate(chosen: Settings, site: DemoSite) -> int:
    """Visit the site and build, twice; report. The exit code."""
    slugs = _slugs(chosen.sources)
    gathered: list[DagResult] = []
    built: list[DagResult] = []
    with Runners(chosen, chosen.home / "logs", count=min(2, os.cpu_count() or 1)) as runners:
        for visit in range(1, VISITS + 1):
            site.visit = visit
            print(f"Visit {visit} of {VISITS}: {len(slugs)} sources", flush=True)
            for result in runners.run(f"gather__{slug}" for slug in slugs):
                print(visit_line(result), flush=True)
                gathered.append(result)
            print("Warehouse: load, model, validate, publish", flush=True)
            built += runners.run(["warehouse"])
    return _tell(chosen.home, gathered, built)


def _slugs(folder: Path) -> list[str]:
    sources, errors = read_sources(folder)
    if errors:
        raise Halt("wrong source files: " + "; ".join(map(str, errors)))
    return [source.slug for source in sources if source.enabled]


def _tell(home: Path, gathered: list[DagResult], built: list[DagResult]) -> int:
    failed = [result for result in (*gathered, *built) if not result.is_success]
    database = home / "current" / "claimledger.duckdb"
    print("\nGathered:", *gathered_lines(gathered), sep="\n")
    if database.exists():
        print(*edition_lines(database), "", *opening_lines(_short(database)), sep="\n")
    for result in failed:
        reasons = "; ".join(f"{task}: {reason}" for task, reason in result.reasons.items()) or f"tasks {result.tasks}"
        print(f"{result.dag_id} failed: {reasons}; Airflow's log: {_short(home / 'logs')}", file=sys.stderr)
    if not database.exists():
        print(f"no edition stands in {_short(home)}", file=sys.stderr)
    return 1 if failed or not database.exists() else 0


def _short(path: Path) -> Path:
    """Relative to where the reader stands, where that is possible."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m ops.demo", description="Gather the bundled site through Airflow and publish an edition."
    )
    parser.add_argument("--home", type=Path, default=ROOT / "demo" / "warehouse", help="emptied first; must be a demonstration's")
    parser.add_argument("--sources", type=Path, default=ROOT / "demo" / "sources")
    parser.add_argument("--data", type=Path, default=ROOT / "demo" / "data")
    given = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        empty(given.home)
        with DemoSite() as site:
            base = Settings(home=given.home.resolve(), sources=given.sources.resolve(), data=given.data.resolve())
            code = demonstrate(replace(base, contact=CONTACT, allow_loopback=site.loopback_rule), site)
    except Halt as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\n{'Done' if code == 0 else 'Failed'} in {time.monotonic() - started:.0f} s")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
