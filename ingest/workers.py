"""In: the name of a job and its items. Out: their results in order, worked out in child processes that may hang, eat memory or die:
each bad item costs one `Lost`, never the batch.

Parent and child speak length-prefixed pickles over the child's stdin and stdout (own children only). One thread in the parent keeps one
child; it kills a child that exceeds its time and starts another. Loading a job's imports does not count as an item's time.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import queue
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from ingest.errors import Halt
from ingest.records import RejectionReason

START_SECONDS = 120.0  # imports on a loaded machine; a child that needs longer will not come
LOOKAHEAD = 4  # items per worker that are read ahead of the slowest one: bounds memory, keeps workers busy
MAX_ITEMS = 5_000  # a child is replaced after this many items: C libraries leak a little

_LENGTH = struct.Struct(">Q")
_PR_SET_PDEATHSIG = 1

Job = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """An item without a result: `too_slow`, `out_of_memory` or `crashed`; `detail` is one line for people."""

    reason: RejectionReason
    detail: str


class _Died(Exception):
    """The child's pipe closed."""


class _Late(Exception):
    """The child did not answer in time."""


@dataclass(slots=True)
class _Task:
    job: str
    number: int
    payload: bytes
    answers: queue.SimpleQueue[tuple[int, object]]


class Pool:
    """`workers` child processes running `python -m module`. Use as a context manager; leaving it kills the children.

    `seconds` is the wall time one item may take, `memory_bytes` the address space of one child (imports included).
    """

    def __init__(self, workers: int, seconds: float, memory_bytes: int, *, module: str = "ingest.jobs") -> None:
        self._seconds, self._memory_bytes, self._module = seconds, memory_bytes, module
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._keepers = [_Keeper(self) for _ in range(max(1, workers))]
        self._window = len(self._keepers) * LOOKAHEAD
        self._is_open = False

    def __enter__(self) -> Pool:
        for keeper in self._keepers:
            keeper.start()
        self._is_open = True
        return self

    def __exit__(self, *_: object) -> None:
        self._is_open = False
        for keeper in self._keepers:
            keeper.stop()
        for _ in self._keepers:
            self._tasks.put(None)
        for keeper in self._keepers:
            keeper.join()

    def map(self, job: str, items: Iterable[Any]) -> Iterator[Any]:
        """One result or `Lost` per item, in the order of `items`, which is read only a few items ahead.

        Raises Halt when a worker cannot be started or does not know the job, or when the pool is not open.
        """
        answers: queue.SimpleQueue[tuple[int, object]] = queue.SimpleQueue()
        waiting: dict[int, object] = {}
        source = enumerate(items)
        sent = given = 0
        while True:
            while sent - given < self._window and (entry := next(source, None)) is not None:
                self._tasks.put(_Task(job, entry[0], pickle.dumps(entry[1], protocol=5), answers))
                sent += 1
            if given == sent:
                return
            while given not in waiting:
                if not self._is_open:
                    raise Halt("the worker pool is not open; read all results inside its with block")
                number, answer = answers.get()
                waiting[number] = answer
            result = waiting.pop(given)
            if isinstance(result, Halt):
                raise result
            given += 1
            yield result


_CLOSED = Halt("the worker pool was closed before this item was done")


class _Keeper(threading.Thread):
    """Keeps one child alive and busy."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(name="claimledger-worker", daemon=True)
        self._pool = pool
        self._child: _Child | None = None
        self._stopped = threading.Event()

    def run(self) -> None:
        while (task := self._pool._tasks.get()) is not None:
            try:
                answer = self._answer(task)
            except Exception as error:  # whatever it is, the caller waits for an answer to this number
                answer = Halt(f"a worker process could not be kept: {error!r}; see the lines above on stderr")
            task.answers.put((task.number, answer))
        self._end()

    def stop(self) -> None:
        self._stopped.set()
        child = self._child
        if child is not None:
            child.kill()

    def _answer(self, task: _Task) -> object:
        """The result of one item. A child that ran out of memory after other items may owe it to them: one more try in a new one."""
        for attempt in (1, 2):
            child = self._ready_child(task.job) if not self._stopped.is_set() else _CLOSED
            if isinstance(child, Halt):
                return child
            fresh = child.served == 0
            answer = self._ask(child, task.payload)
            if self._stopped.is_set():
                return _CLOSED
            if not (isinstance(answer, Lost) and answer.reason is RejectionReason.OUT_OF_MEMORY and not fresh and attempt == 1):
                return answer
        raise AssertionError("the second child is fresh")

    def _ready_child(self, job: str) -> _Child | Halt:
        if self._child is not None and self._child.served >= MAX_ITEMS:
            self._end()
        if self._child is None:
            self._child = _Child(self._pool._module, self._pool._memory_bytes, self._pool._seconds)
        try:
            if self._stopped.is_set():  # stop() may have looked before this child was born
                raise _Died
            self._child.prepare(job)
        except (_Died, _Late, Halt) as error:
            if self._stopped.is_set():
                self._end()
                return _CLOSED
            problem = str(error) or f"it ended or hung while starting (exit code {self._child.kill()})"
            self._end()
            return Halt(f"python -m {self._pool._module} could not prepare the job {job!r}: {problem}")
        return self._child

    def _ask(self, child: _Child, payload: bytes) -> object:
        try:
            kind, value = child.ask(payload, self._pool._seconds)
        except _Late:
            self._end()
            return Lost(reason=RejectionReason.TOO_SLOW, detail=f"no result after {self._pool._seconds:g} s; the worker was ended")
        except _Died:
            code = child.kill()
            self._end()
            return Lost(reason=RejectionReason.CRASHED, detail=f"the worker process ended with {_told(code)}")
        if kind == "result":
            return value
        if kind == "memory":
            self._end()
            limit = self._pool._memory_bytes // 1_000_000
            return Lost(reason=RejectionReason.OUT_OF_MEMORY, detail=f"needs more than the {limit} MB a worker may take")
        return Lost(reason=RejectionReason.CRASHED, detail=str(value))

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.close()


def _told(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


class _Child:
    """One worker process and its two pipes."""

    def __init__(self, module: str, memory_bytes: int, seconds: float) -> None:
        command = [sys.executable, "-P", "-m", module, str(os.getpid()), str(memory_bytes), str(seconds)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=_environment())  # noqa: S603
        assert self._process.stdin is not None and self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        self._job: str | None = None
        self.served = 0

    def prepare(self, job: str) -> None:
        """Have the child load `job`. Raises Halt with its complaint, _Died or _Late."""
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
        self._write(_frame(message), until)
        length = _LENGTH.unpack(self._read(_LENGTH.size, until))[0]
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
                raise _Died from error

    def _read(self, count: int, until: float) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            _wait(self._from, select.POLLIN, until)
            try:
                part = os.read(self._from, min(count - len(parts), 1 << 20))
            except BlockingIOError:
                continue
            if not part:
                raise _Died
            parts += part
        return bytes(parts)

    def kill(self) -> int:
        """End the process, wait for it, and return its exit code (negative: the signal that ended it)."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout=0.05 if self._process.poll() is not None or self._is_closed() else 0)
        self._process.kill()
        return self._process.wait()

    def _is_closed(self) -> bool:
        """Has the child closed its end? Then it is ending by itself and its own exit code is worth the wait."""
        poll = select.poll()
        poll.register(self._from, select.POLLHUP)
        return any(event & select.POLLHUP for _, event in poll.poll(0))

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def _wait(descriptor: int, event: int, until: float) -> None:
    poll = select.poll()  # select() fails on descriptors above 1023
    poll.register(descriptor, event)
    if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
        raise _Late


def _frame(message: object) -> bytes:
    data = pickle.dumps(message, protocol=5)
    return _LENGTH.pack(len(data)) + data


def _environment() -> dict[str, str]:
    """The parent's, with its import path, one thread per child for numeric libraries and a fixed order of sets."""
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**os.environ, **single, "PYTHONPATH": path, "PYTHONHASHSEED": "0"}


# The child's side.


def serve(loaders: Mapping[str, Callable[[], Job]]) -> None:
    """The life of a worker process: prepare jobs by name, answer items until the parent closes the pipe."""
    parent, memory_bytes, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    incoming, outgoing = _take_pipes()
    _die_with(parent)
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


def _die_with(parent: int) -> None:
    """Linux: be killed when the thread that started us ends. Elsewhere the closed pipe and the timer do it a little later."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit(1)


def _receive(incoming: BinaryIO) -> tuple[str, Any] | None:
    head = incoming.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    data = incoming.read(_LENGTH.unpack(head)[0])
    message: tuple[str, Any] = pickle.loads(data)  # noqa: S301  our own parent
    return message


def _prepare(loaders: Mapping[str, Callable[[], Job]], name: str) -> tuple[Job | None, tuple[str, object]]:
    if name not in loaders:
        return None, ("failed", f"unknown job; known: {', '.join(sorted(loaders))}")
    try:
        return loaders[name](), ("ready", None)
    except Exception:
        return None, ("failed", traceback.format_exc(limit=-3))


def _work(job: Job | None, payload: bytes) -> tuple[str, object]:
    assert job is not None, "an item came before its job"
    try:
        return "result", job(pickle.loads(payload))  # noqa: S301  our own parent
    except MemoryError:
        return "memory", None
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return "error", f"{type(error).__name__}: {str(error)[:200]} ({os.path.basename(place.filename)}:{place.lineno})"


def _answer_frame(answer: tuple[str, object]) -> bytes:
    try:
        return _frame(answer)
    except MemoryError:
        return _frame(("memory", None))
    except Exception as error:
        return _frame(("error", f"the result cannot be handed back: {error!r:.200}"))

