"""python -m tests.fuzz TARGET… [--seconds N]: let atheris look for bytes that break a promise; one target after another, each in a process
of its own. The corpus under build/fuzz/ grows and is taken up again by the next run; build/fuzz/sums.json sums inputs and seconds."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "fuzz"
FOUND = Path(__file__).parent / "found"
ITEM_SECONDS = 20  # an input that takes longer is a finding
MEMORY_MB = 3_000
INSTRUMENTED = ["ingest", "protego", "feedparser", "yarl", "htmldate"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", nargs="*")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        return fuzz(given.target[0], given.seconds)
    from tests.fuzz.targets import TARGETS

    unknown = sorted(set(given.target) - set(TARGETS))
    if unknown:
        parser.error(f"no target {', '.join(unknown)}; there are: {', '.join(TARGETS)}")
    codes = [apart(name, given.seconds) for name in given.target or TARGETS]
    return max(codes)


def apart(name: str, seconds: int) -> int:
    """One target in a process of its own, and its time written down."""
    from tests.fuzz.targets import seeds

    corpus = BUILD / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(name)):
        (corpus / f"seed-{number}").write_bytes(seed)
    command = [sys.executable, "-m", "tests.fuzz", name, "--inside", "--seconds", str(seconds)]
    log = BUILD / f"{name}.log"
    with log.open("w") as out:
        code = subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, check=False).returncode
    told = re.search(r"^Done (\d+) runs in (\d+) second", log.read_text(errors="replace"), re.MULTILINE)
    runs, spent = (int(told[1]), int(told[2])) if told else (0, 0)
    sums = summed(name, runs, spent)
    in_all = f"in all {sums['runs']} in {sums['seconds'] / 60:.1f} minutes"
    print(f"{name}: {runs} inputs in {spent} s; {in_all}; {len(list(corpus.iterdir()))} kept", flush=True)
    if code:
        print(f"{name}: FOUND something; the input lies in {BUILD}/ as {name}-crash-… or so, the story in {log}", flush=True)
    return code


def summed(name: str, runs: int, seconds: int) -> dict[str, int]:
    """Adds to what earlier runs did, by atheris' own account (its start is not counted), and tells the sums."""
    path = BUILD / "sums.json"
    told: dict[str, dict[str, int]] = json.loads(path.read_text()) if path.exists() else {}
    before = told.get(name, {"runs": 0, "seconds": 0})
    told[name] = {"runs": before["runs"] + runs, "seconds": before["seconds"] + seconds}
    path.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n")
    return told[name]


def fuzz(name: str, seconds: int) -> int:
    try:
        import atheris
    except ImportError:
        print("atheris is not installed here; `make fuzz` brings it", file=sys.stderr)
        return 2
    with atheris.instrument_imports(include=INSTRUMENTED):
        from tests.fuzz import targets
    arguments = [
        f"-max_total_time={seconds}", f"-timeout={ITEM_SECONDS}", f"-rss_limit_mb={MEMORY_MB}", "-max_len=20000", "-print_final_stats=1",
        f"-artifact_prefix={BUILD}/{name}-",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *arguments, str(BUILD / name)], lambda data: targets.run(name, data))
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
