"""In: job loaders by name, and items over the pipe. Out: answers over the other pipe; the whole life of a worker process."""

from __future__ import annotations

import ctypes
import os
import pickle
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from ingest.workers.frames import LENGTH, frame

Job = Callable[[Any], Any]

_PR_SET_PDEATHSIG = 1


def serve(loaders: Mapping[str, Callable[[], Job]]) -> None:
    """The life of a worker process: prepare jobs by name, answer items until the parent closes the pipe."""
    parent, memory_bytes, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    incoming, outgoing = _take_pipes()
    die_with(parent)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    job: Job | None = None
    while (message := _receive(incoming)) is not None:
        kind, value = message
        if kind == "prepare":
            job, answer = _prepare(loaders, value)
        else:
            signal.setitimer(signal.ITIMER_REAL, 2 * seconds + 30)  # ends a hanging orphan: SIGALRM kills even inside C code
            answer = _work(job, value)
            signal.setitimer(signal.ITIMER_REAL, 0)
        outgoing.write(_answer_frame(answer))
        outgoing.flush()
        if answer[0] == "memory":
            return


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Move the pipes away from descriptors 0 and 1, so that no print of a library ever reaches the parent as an answer."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return incoming, outgoing


def die_with(parent: int) -> None:
    """Linux: be killed when the thread that started us ends. Elsewhere the closed pipe and the timer do it a little later."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit(1)


def _receive(incoming: BinaryIO) -> tuple[str, Any] | None:
    head = incoming.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    data = incoming.read(LENGTH.unpack(head)[0])
    message: tuple[str, Any] = pickle.loads(data)  # noqa: S301  our own parent
    return message


def _prepare(loaders: Mapping[str, Callable[[], Job]], name: str) -> tuple[Job | None, tuple[str, object]]:
    if name not in loaders:
        return None, ("failed", f"unknown job; known: {', '.join(sorted(loaders))}")
    try:
        return loaders[name](), ("ready", None)
    except Exception:  # noqa: BLE001  told to the parent, which halts
        return None, ("failed", traceback.format_exc(limit=-3))


def _work(job: Job | None, payload: bytes) -> tuple[str, object]:
    assert job is not None, "an item came before its job"
    try:
        return "result", job(pickle.loads(payload))  # noqa: S301  our own parent
    except MemoryError:
        return "memory", None
    except Exception as error:  # noqa: BLE001  an item's bug is that item's result, whatever it is
        place = traceback.extract_tb(error.__traceback__)[-1]
        return "error", f"{type(error).__name__}: {str(error)[:200]} ({os.path.basename(place.filename)}:{place.lineno})"


def _answer_frame(answer: tuple[str, object]) -> bytes:
    try:
        return frame(answer)
    except MemoryError:
        return frame(("memory", None))
    except Exception as error:  # noqa: BLE001  results that do not pickle fail in many ways
        return frame(("error", f"the result cannot be handed back: {error!r:.200}"))
