"""In: the demonstration. Out: its wall seconds after set-up, and the peak memory of its largest process (the 30 MB page included)."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile

from bench.common import calibrate, figure, seconds


def main() -> None:
    """Print both figures."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "ops.demo", "--home", f"{scratch}/warehouse"]
        print(f"calibration loop {calibrate():.3f} s")
        taken = seconds(lambda: subprocess.run(command, check=True, capture_output=True))
    figure("make demo after set-up", taken, "s", 120, at_most=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1_000_000
    figure("peak memory of its largest process", peak, "GB", 1.5, at_most=True)


if __name__ == "__main__":
    main()
