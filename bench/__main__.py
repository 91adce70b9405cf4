"""In: nothing. Out: every figure of `make bench`, one after the other, in processes of their own."""

from __future__ import annotations

import subprocess
import sys

from bench.common import pages_folder

PARTS = ("bench.log", "bench.gather", "bench.dags", "bench.extract", "bench.clusters", "bench.scale", "bench.explorer", "bench.demo")


def main() -> int:
    """0 when every part ran; figures that miss their target are printed, not failed."""
    folder = pages_folder()
    commands = [["-m", part] for part in PARTS]
    if folder:
        commands.append(["-m", "bench.clean", str(folder), "--pool"])
    else:
        print("bench.clean: not measured, no folder of pages (CLAIMLEDGER_PAGES)")
    codes = []
    for command in commands:
        print(f"== {' '.join(command[1:2])}", flush=True)
        codes.append(subprocess.run([sys.executable, *command], check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    raise SystemExit(main())
