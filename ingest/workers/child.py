"""In: a module that serves jobs, and pickled items. Out: its answers, from one worker process over two pipes, each within its time."""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import subprocess
import sys
import time

from ingest.errors import Halt
from ingest.workers.frames import LENGTH, frame

START_SECONDS = 120.0  # imports on a loaded machine; a child that needs longer will not come


class Died(Exception):
    """The child's pipe closed."""


class Late(Exception):
    """The child did not answer in time."""


class Child:
    """One worker process and its two pipes."""

    def __init__(self, module: str, memory_bytes: int, seconds: float) -> None:
        command = [sys.executable, "-P", "-m", module, str(os.getpid()), str(memory_bytes), str(seconds)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=_environment())
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        self._job: str | None = None
        self.served = 0

    def prepare(self, job: str) -> None:
        """Have the child load `job`. Raises Halt with its complaint, Died or Late."""
        if self._job == job:
            return
        kind, value = self._exchange(("prepare", job), START_SECONDS)
        if kind != "ready":
            raise Halt(str(value))
        self._job = job

    def ask(self, payload: bytes, seconds: float) -> tuple[str, object]:
        """The child's answer to one pickled item."""
        answer = self._exchange(("item", payload), seconds)
        self.served += 1
        return answer

    def _exchange(self, message: tuple[str, object], seconds: float) -> tuple[str, object]:
        until = time.monotonic() + seconds
        self._write(frame(message), until)
        length = LENGTH.unpack(self._read(LENGTH.size, until))[0]
        answer: tuple[str, object] = pickle.loads(self._read(length, until))  # noqa: S301  our own child
        return answer

    def _write(self, data: bytes, until: float) -> None:
        view = memoryview(data)
        while view:
            _wait(self._to, select.POLLOUT, until)
            try:
                view = view[os.write(self._to, view[: 1 << 20]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise Died from error

    def _read(self, count: int, until: float) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            _wait(self._from, select.POLLIN, until)
            try:
                part = os.read(self._from, min(count - len(parts), 1 << 20))
            except BlockingIOError:
                continue
            if not part:
                raise Died
            parts += part
        return bytes(parts)

    def kill(self) -> int:
        """End the process, wait for it, and return its exit code (negative: the signal that ended it)."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout=2.0 if self._is_closed() else 0)
        self._process.kill()
        return self._process.wait()

    def _is_closed(self) -> bool:
        """Has the child closed its end? Then it is ending by itself and its own exit code is worth the wait."""
        poll = select.poll()
        poll.register(self._from, select.POLLHUP)
        return any(event & select.POLLHUP for _, event in poll.poll(0))

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def _wait(descriptor: int, event: int, until: float) -> None:
    poll = select.poll()  # select() fails on descriptors above 1023
    poll.register(descriptor, event)
    if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
        raise Late


def _environment() -> dict[str, str]:
    """The parent's, with its import path, one thread per child for numeric libraries and a fixed order of sets."""
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**os.environ, **single, "PYTHONPATH": path, "PYTHONHASHSEED": "0"}
