"""In: a command to run. Out: it ran, in a process that may be killed at a counted operation on the disk; how far it came was told.

The operations counted are those that Python tells its audit hooks: opening for writing, linking, renaming, removing, making folders. A
number from a seed so strikes between the same two operations whenever it is used. What DuckDB writes is not seen here: for that the driver
kills at a moment of time.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

COUNTED = frozenset({"os.link", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.truncate"})
_NAMING = frozenset({"os.link", "os.rename"})
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A command with its arguments as on a terminal; `publish` stands for the last task of the warehouse DAG, which is no command.

    `kill_at`: the operation before which the process kills itself, 0 for none; `is_group`: its children go with it. `kill_before`: the
    same for the n-th link or renaming to a path that holds these words. `newer`: run with a later version of cleaner and extractor.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]
    kill_at: int = 0
    kill_before: tuple[str, int] = ("", 0)
    is_group: bool = False
    newer: bool = False


def play(run: Run, told: Connection) -> None:
    """Sends ("acknowledged", stream, position, digest) for every append that returned, at last ("done", operations, exit code, output)."""
    os.setsid()
    os.environ.update(run.environment)
    counter = _count(run)
    _acknowledge(told)
    if run.newer:
        _raise_versions()
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = _call(run.arguments)
    told.send(("done", counter[0], code, output.getvalue()))


def _count(run: Run) -> list[int]:
    counter, named = [0], [0]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in COUNTED or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES):
            counter[0] += 1
            named[0] += event in _NAMING and run.kill_before[0] in str(arguments[1])
            if counter[0] == run.kill_at or (named[0] == run.kill_before[1] and named[0]):
                os.killpg(0, signal.SIGKILL) if run.is_group else os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    return counter


def _acknowledge(told: Connection) -> None:
    """Tell of every append that returned: from then on its events must be there for ever."""
    from ingest.log import Head, Log

    append = Log.append

    def telling(self: Log, stream: str, *arguments: Any, **options: Any) -> Head:
        head = append(self, stream, *arguments, **options)
        told.send(("acknowledged", stream, head.position, head.digest))
        return head

    Log.append = telling  # type: ignore[method-assign]


def _raise_versions() -> None:
    from ingest.flow import stages

    stages.CLEANER_VERSION = stages.EXTRACTOR_VERSION = "99"  # type: ignore[misc]


def _call(arguments: Sequence[str]) -> int:
    from ingest import flow
    from ingest.cli import main
    from ingest.errors import Halt, Retry
    from ingest.settings import load

    try:
        if arguments[0] == "publish":
            flow.publish(flow.open_house(flow.read_only(load())), flow.new_run_id("publish"))
        else:
            sys.argv = ["claimledger", *arguments]
            main()
    except SystemExit as ended:
        return int(ended.code or 0)
    except (Halt, Retry) as error:
        print(error)
        return 1
    return 0
