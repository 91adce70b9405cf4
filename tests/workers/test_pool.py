"""In: jobs that hang, eat memory, crash or behave. Out: the promises of the pool: order, one result per item, nothing left running."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import Halt
from ingest.records import RejectionReason
from ingest.workers import Lost, Pool
from ingest.workers.pool import LOOKAHEAD

MEMORY = 1_000_000_000
ROOT = Path(__file__).resolve().parents[2]


def pool(workers: int = 2, seconds: float = 20.0, memory: int = MEMORY) -> Pool:
    return Pool(workers, seconds, memory, module="tests.workers.jobs")


@pytest.fixture(scope="module")
def shared() -> Iterator[Pool]:
    with pool() as one:
        yield one


def reason(answer: object) -> RejectionReason:
    assert isinstance(answer, Lost), answer
    assert answer.detail
    assert "\n" not in answer.detail
    return answer.reason


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.lists(st.one_of(st.text(max_size=50), st.binary(max_size=50), st.integers()), max_size=40))
def test_results_come_back_as_sent_and_in_order(shared: Pool, items: list[object]) -> None:
    assert list(shared.map("echo", items)) == items


def test_a_large_item_passes_both_ways(shared: Pool) -> None:
    body = os.urandom(20_000_000)
    assert list(shared.map("echo", [body])) == [body]


def test_slow_items_do_not_change_the_order(shared: Pool) -> None:
    naps = [0.3, 0.0, 0.1, 0.0, 0.2, 0.0]
    assert list(shared.map("nap", naps)) == naps


def test_an_item_that_hangs_costs_its_time_and_one_result() -> None:
    with pool(workers=1, seconds=0.7) as one:
        start = time.monotonic()
        first, hung, last = one.map("act", ["ok", "hang", "ok"])
    assert (first, last) == ("ok", "ok")
    assert reason(hung) is RejectionReason.TOO_SLOW
    assert "0.7 s" in hung.detail
    assert time.monotonic() - start < 10


def test_starting_does_not_count_as_the_time_of_an_item() -> None:
    with pool(workers=1, seconds=0.7) as one:
        assert list(one.map("slow_start", ["a", "b"])) == ["a", "b"]


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ("exit", "exit code 3"),
        ("segfault", "SIGSEGV"),
        ("kill", "SIGKILL"),
        ("raise", "ValueError: this item is bad"),
        ("lambda", "handed back"),
    ],
)
def test_a_crash_costs_one_result_and_is_named(shared: Pool, order: str, told: str) -> None:
    before, crashed, after = shared.map("act", ["ok", order, "ok"])
    assert (before, after) == ("ok", "ok")
    assert reason(crashed) is RejectionReason.CRASHED
    assert told in crashed.detail


def test_a_worker_that_dies_between_two_items_costs_none() -> None:
    with pool(workers=1) as one:
        (pid,) = one.map("act", ["pid"])
        os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.2)
        assert list(one.map("act", ["ok"])) == ["ok"]


def test_an_item_that_eats_memory_costs_one_result() -> None:
    with pool(workers=1, memory=300_000_000) as one:
        first, eaten, last = one.map("eat", [1, 2_000, 2])
    assert (first, last) == (1_000_000, 2_000_000)
    assert reason(eaten) is RejectionReason.OUT_OF_MEMORY
    assert "300 MB" in eaten.detail


def test_an_item_does_not_pay_for_the_memory_of_those_before_it() -> None:
    with pool(workers=1, memory=400_000_000) as one:
        assert list(one.map("leak", [150, 150, 150, 150])) == [150] * 4


def test_what_a_job_prints_never_becomes_an_answer(shared: Pool) -> None:
    assert list(shared.map("act", ["print", "ok", "print"])) == ["print", "ok", "print"]


def test_an_unknown_job_and_a_job_that_cannot_start_halt(shared: Pool) -> None:
    with pytest.raises(Halt, match="unknown job; known: act, eat, echo"):
        list(shared.map("sing", [1]))
    with pytest.raises(Halt, match="a lexicon is missing"):
        list(shared.map("no_start", [1]))
    assert list(shared.map("echo", [1])) == [1]


def test_a_module_that_is_no_worker_halts() -> None:
    with Pool(1, 5.0, MEMORY, module="ingest.no_such_module") as one, pytest.raises(Halt, match=r"ingest\.no_such_module"):
        list(one.map("echo", [1]))


def test_items_are_read_only_a_few_ahead() -> None:
    read = 0

    def items() -> Iterator[int]:
        nonlocal read
        for number in range(1_000):
            read += 1
            yield number

    with pool(workers=2) as one:
        results = one.map("echo", items())
        assert [next(results) for _ in range(3)] == [0, 1, 2]
        assert read <= 3 + 2 * LOOKAHEAD
        results.close()


def test_a_map_left_early_does_not_disturb_the_next() -> None:
    with pool(workers=1) as one:
        abandoned = one.map("nap", [0.0, 0.3, 0.3])
        next(abandoned)
        abandoned.close()
        assert list(one.map("echo", ["a", "b"])) == ["a", "b"]


def test_no_process_and_no_thread_outlives_the_pool() -> None:
    threads = threading.active_count()
    start = time.monotonic()
    with pool(workers=2, seconds=60.0) as one:
        pids = {int(str(pid)) for pid in one.map("act", ["pid"] * 20)}
        waiting = one.map("nap", [0.0, 30.0, 30.0, 30.0])
        next(waiting)
    with pytest.raises(Halt, match="pool"):
        next(waiting)
    assert time.monotonic() - start < 10
    assert pids
    assert threading.active_count() == threads
    assert not any(_is_alive(pid) for pid in pids)


def test_a_pool_must_be_open() -> None:
    with pytest.raises(Halt, match="with block"):
        next(pool().map("echo", [1]))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_workers_die_with_a_parent_that_is_killed() -> None:
    script = (
        "import sys, time\nfrom ingest.workers import Pool\n"
        "with Pool(1, 60.0, 1_000_000_000, module='tests.workers.jobs') as pool:\n"
        "    print(next(pool.map('act', ['pid'])), flush=True)\n    list(pool.map('act', ['hang']))\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    deadline = time.monotonic() + 5
    while _is_alive(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(worker)


def _in_a_daemon(answers: multiprocessing.SimpleQueue[list[object]]) -> None:
    with pool(workers=1) as one:
        answers.put(list(one.map("echo", [1, 2])))


def test_a_daemonic_process_may_use_a_pool() -> None:
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    child = context.Process(target=_in_a_daemon, args=(answers,), daemon=True)
    child.start()
    assert answers.get() == [1, 2]
    child.join(10)


def test_a_warmed_pool_has_its_workers_ready_and_answers_as_any_other() -> None:
    before = len(psutil.Process().children())
    with pool(2) as one:
        one.warm("echo")
        until = time.monotonic() + 60
        while len(psutil.Process().children()) < before + 2 and time.monotonic() < until:
            time.sleep(0.05)
        assert len(psutil.Process().children()) == before + 2
        assert list(one.map("echo", [1, 2, 3])) == [1, 2, 3]


def test_warming_an_unknown_job_costs_nothing_but_a_worker() -> None:
    with pool(1) as one:
        one.warm("no such job")
        assert list(one.map("echo", [1])) == [1]
