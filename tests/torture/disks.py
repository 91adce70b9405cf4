"""In: a folder. Out: a small disk of its own mounted there (root only), filled, enlarged."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """A tmpfs; the test is skipped where none can be mounted."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def enlarge(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=50m", str(disk)], check=True)


@contextmanager
def filled(disk: Path, left: int) -> Iterator[None]:
    """Meanwhile a file takes all room but `left` bytes."""
    free, fill = os.statvfs(disk), disk / "fill"
    fill.write_bytes(b"x" * max(0, free.f_bavail * free.f_bsize - left))
    try:
        yield
    finally:
        fill.unlink()
