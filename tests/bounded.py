"""In: lines of Python. Out: what they print, run in a process that may take so much memory and so many seconds of a processor."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def bounded(code: str, *, memory_mb: int, cpu_seconds: int) -> str:
    """Fails when the lines raise, are killed or ask for more than they may have. Memory is address space, imports included."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))

    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, preexec_fn=limit, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ended with {done.returncode}: {done.stderr[-600:]}"
    return done.stdout.strip()
