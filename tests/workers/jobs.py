"""In: items of the worker tests. Out: jobs that behave and jobs that do not; run as `python -m tests.workers.jobs` by the pool."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time

from ingest.workers import Job, serve


def echo(item: object) -> object:
    return item


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def eat(megabytes: int) -> int:
    return len(bytearray(megabytes * 1_000_000))


def act(order: str) -> str:
    """Do as told, the ways a worker can go wrong."""
    match order:
        case "exit":
            os._exit(3)
        case "segfault":
            ctypes.string_at(0)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "raise":
            raise ValueError("this item is bad")
        case "print":
            print("noise on stdout")
            os.write(1, b"raw noise on descriptor 1\n")
            sys.stdout.flush()
        case "hang":
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
            while True:
                pass
        case "pid":
            return str(os.getpid())
        case "lambda":
            return lambda: None  # type: ignore[return-value]
    return order


def leak(megabytes: int) -> int:
    """Keeps what it takes: the item after it pays."""
    _KEPT.append(bytearray(megabytes * 1_000_000))
    return megabytes


_KEPT: list[bytearray] = []


def slow_start() -> Job:
    time.sleep(1.0)
    return echo


def no_start() -> Job:
    raise ImportError("a lexicon is missing")


LOADERS = {
    "echo": lambda: echo,
    "nap": lambda: nap,
    "eat": lambda: eat,
    "act": lambda: act,
    "leak": lambda: leak,
    "slow_start": slow_start,
    "no_start": no_start,
}

if __name__ == "__main__":
    serve(LOADERS)
