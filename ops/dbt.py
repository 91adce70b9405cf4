"""In: parse, docs or freshness. Out: the manifest, the documentation as one page, or the age of the captures in a home.

`python -m ops.dbt parse|docs|freshness` writes to `build/dbt/`; the first two need no database. The exit code is that of dbt.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ingest import settings
from ingest.model import call_dbt

WORK = Path(__file__).resolve().parent.parent / "build" / "dbt"
NOWHERE = Path(":memory:")
COMMANDS: Mapping[str, list[str]] = {
    "parse": ["parse", "--no-partial-parse", "--quiet"],
    "docs": ["docs", "generate", "--static", "--empty-catalog", "--quiet"],
    "freshness": ["source", "freshness"],
}


def main(name: str, work: Path = WORK) -> int:
    """Run one of the commands and show what dbt says; its exit code."""
    build = settings.load().home.resolve() / "build.duckdb" if name == "freshness" else NOWHERE
    if name == "freshness" and not build.is_file():
        print(f"no database at {build}; run: claimledger build, or name the home with CLAIMLEDGER_HOME", file=sys.stderr)
        return 1
    done = call_dbt(COMMANDS[name], work, build)
    print(done.stdout + done.stderr, end="")
    if name == "docs" and done.returncode == 0:
        print(f"open {os.path.relpath(work / 'target' / 'static_index.html')}")
    return done.returncode


if __name__ == "__main__":
    if sys.argv[1:] not in [[name] for name in COMMANDS]:
        sys.exit(f"{' '.join(sys.argv[1:]) or 'nothing'} was given; give one of: {', '.join(COMMANDS)}")
    sys.exit(main(sys.argv[1]))
