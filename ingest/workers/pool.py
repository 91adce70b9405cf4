"""In: the name of a job and its items. Out: one result or `Lost` per item, in order; one thread keeps one worker process.

A child that exceeds its time is killed and another started. Loading a job's imports does not count as an item's time.
"""

from __future__ import annotations

import pickle
import queue
import signal
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ingest.errors import Halt
from ingest.records import RejectionReason
from ingest.workers.child import Child, Died, Late

LOOKAHEAD = 4  # items per worker that are read ahead of the slowest one: bounds memory, keeps workers busy
MAX_ITEMS = 5_000  # a child is replaced after this many items: C libraries leak a little


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """An item without a result: `too_slow`, `out_of_memory` or `crashed`; `detail` is one line for people."""

    reason: RejectionReason
    detail: str


@dataclass(slots=True)
class _Task:
    job: str
    number: int
    payload: bytes | None  # None: only get ready
    seconds: float
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

    def __exit__(self, *_exception: object) -> None:
        self._is_open = False
        for keeper in self._keepers:
            keeper.stop()
        for _ in self._keepers:
            self._tasks.put(None)
        for keeper in self._keepers:
            keeper.join()

    def warm(self, job: str) -> None:
        """Let every worker load the imports of `job` meanwhile. One that cannot says so at the first item."""
        for _ in self._keepers:
            self._tasks.put(_Task(job, 0, None, self._seconds, queue.SimpleQueue()))

    def map(self, job: str, items: Iterable[Any], *, times: float = 1.0) -> Iterator[Any]:
        """One result or `Lost` per item, in the order of `items`, which is read only a few items ahead. Each may take `times` (at most 2)
        the pool's seconds.

        Raises Halt when a worker cannot be started or does not know the job, or when the pool is not open.
        """
        answers: queue.SimpleQueue[tuple[int, object]] = queue.SimpleQueue()
        waiting: dict[int, object] = {}
        source = enumerate(items)
        sent = given = 0
        while True:
            while sent - given < self._window and (entry := next(source, None)) is not None:
                self._tasks.put(_Task(job, entry[0], pickle.dumps(entry[1], protocol=5), times * self._seconds, answers))
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
        self._child: Child | None = None
        self._stopped = threading.Event()

    def run(self) -> None:
        while (task := self._pool._tasks.get()) is not None:
            try:
                answer = self._answer(task)
            except Exception as error:  # noqa: BLE001  whatever it is, the caller waits for an answer to this number
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
            if task.payload is None:
                return None
            fresh = child.served == 0
            answer = self._ask(child, task.payload, task.seconds)
            if self._stopped.is_set():
                return _CLOSED
            if not (isinstance(answer, Lost) and answer.reason is RejectionReason.OUT_OF_MEMORY and not fresh and attempt == 1):
                return answer
        raise AssertionError("the second child is fresh")

    def _ready_child(self, job: str) -> Child | Halt:
        if self._child is not None and (self._child.served >= MAX_ITEMS or not self._child.is_alive):
            self._end()  # a child that died between two items costs neither of them
        if self._child is None:
            self._child = Child(self._pool._module, self._pool._memory_bytes, self._pool._seconds)
        try:
            if self._stopped.is_set():  # stop() may have looked before this child was born
                raise Died
            self._child.prepare(job)
        except (Died, Late, Halt) as error:
            if self._stopped.is_set():
                self._end()
                return _CLOSED
            problem = str(error) or f"it ended or hung while starting (exit code {self._child.kill()})"
            self._end()
            return Halt(f"python -m {self._pool._module} could not prepare the job {job!r}: {problem}")
        return self._child

    def _ask(self, child: Child, payload: bytes, seconds: float) -> object:
        try:
            kind, value = child.ask(payload, seconds)
        except Late:
            self._end()
            return Lost(reason=RejectionReason.TOO_SLOW, detail=f"no result after {seconds:g} s; the worker was ended")
        except Died:
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
