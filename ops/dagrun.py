"""In: settings and DAG ids. Out: how test runs of these DAGs ended, in processes that import Airflow once and keep for several rounds.

`run_dags(settings, ["gather__gazette", "warehouse"])` is the short way, `Runners` the one for several rounds.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from ingest.errors import Halt
from ingest.settings import Settings
from ops.airflow import migrate
from ops.environment import environment


@dataclass(frozen=True, slots=True, kw_only=True)
class DagResult:
    """How one test run of a DAG ended.

    state: `success` or `failed`; values: what the tasks returned, by task id; reasons: why tasks failed, by task id.
    """

    dag_id: str
    state: str
    seconds: float
    tasks: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    @property
    def is_success(self) -> bool:
        return self.state == "success"


class Runner:
    """A process with Airflow imported and the DAG files read, that test-runs DAGs one after the other. Airflow's log goes to a file."""

    def __init__(self, env: Mapping[str, str], log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                (sys.executable, "-m", "ops.dagrun"),
                env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output, text=True,
            )  # fmt: skip

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(BrokenPipeError):
            if self._process.stdin:
                self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def run(self, dag_id: str, conf: Mapping[str, Any] | None = None) -> DagResult:
        """Test-run one DAG. Raises Halt when there is no such DAG or the process died."""
        assert self._process.stdin is not None  # a pipe, as is the other
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"dag_id": dag_id, "conf": conf}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Halt(f"the process that runs the DAGs has ended; see {self.log}") from None
        line = self._process.stdout.readline()
        if not line:
            raise Halt(f"the process that runs the DAGs ended while running {dag_id}; see {self.log}")
        answer = json.loads(line)
        if "error" in answer:
            raise Halt(f"{dag_id}: {answer['error']}; see {self.log}")
        return DagResult(**answer)


class Runners:
    """Processes that test-run DAGs side by side, each on a throw-away Airflow database of its own: SQLite has one writer.

    The databases lie in a temporary folder that goes when the `with` ends; the logs stay in `logs`.
    """

    def __init__(self, chosen: Settings, logs: Path, count: int = 2) -> None:
        self._chosen, self._logs, self._count = chosen, logs, count
        self._stack = contextlib.ExitStack()
        self._idle: queue.SimpleQueue[Runner] = queue.SimpleQueue()

    def __enter__(self) -> Runners:
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="claimledger-airflow-")))
        envs = [environment(self._chosen, folder=folder / str(number)) for number in range(self._count)]
        try:
            for number, env in enumerate(envs, start=1):  # they import Airflow while the first database is made
                self._idle.put(self._stack.enter_context(Runner(env, self._logs / f"airflow-{number}.log")))
            migrate(envs[0], self._logs / "airflow-migrate.log", with_pools=False)  # a test run asks no pool
            for env in envs[1:]:
                shutil.copyfile(folder / "0" / "airflow.db", Path(env["AIRFLOW_HOME"]) / "airflow.db")
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run(self, dag_ids: Iterable[str]) -> Iterator[DagResult]:
        """Test-run DAGs, as many at a time as there are processes; the results as they come."""
        with ThreadPoolExecutor(self._count) as threads:
            for future in as_completed([threads.submit(self.run_one, dag_id) for dag_id in dag_ids]):
                yield future.result()

    def run_one(self, dag_id: str, conf: Mapping[str, Any] | None = None) -> DagResult:
        """Test-run one DAG with parameters, in the first process that is free."""
        runner = self._idle.get()
        try:
            return runner.run(dag_id, conf)
        finally:
            self._idle.put(runner)


def run_dags(chosen: Settings, dag_ids: Iterable[str], logs: Path, *, count: int = 1) -> dict[str, DagResult]:
    """Test-run DAGs of these settings, `count` at a time; how each ended, by DAG id."""
    with Runners(chosen, logs, count) as runners:
        return {result.dag_id: result for result in runners.run(dag_ids)}


def _serve() -> NoReturn:
    """The child: one request per line on stdin, one answer per line on what was stdout; everything else printed goes to stderr."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    bag = _read_dags()
    importlib.import_module("ingest.flow")  # while the database is still being made
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = asdict(_test_run(bag, request["dag_id"], request["conf"]))
        except Exception as error:  # noqa: BLE001  the parent tells it; a run that fails is an answer, not an exception
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer, default=str) + "\n")
        answers.flush()
    os._exit(0)  # the databases go with their folder: Airflow's exit handlers would take seconds to end what nobody reads


def _read_dags() -> Any:
    from airflow.configuration import conf
    from airflow.dag_processing.dagbag import BundleDagBag

    folder = Path(conf.get("core", "dags_folder"))
    return BundleDagBag(folder, bundle_path=folder, bundle_name="dags-folder")


def _test_run(bag: Any, dag_id: str, conf: Mapping[str, Any] | None) -> DagResult:
    dag = bag.dags.get(dag_id)
    if dag is None:
        raise Halt(f"no such DAG; there are {', '.join(sorted(bag.dags)) or 'none'}; import errors: {bag.import_errors or 'none'}")
    reasons: dict[str, str] = {}
    _prepare(dag, reasons)
    started = time.monotonic()
    run = dag.test(run_conf=dict(conf) if conf else None)
    tasks = _task_states(run)
    return DagResult(
        dag_id=dag_id, state=str(getattr(run.state, "value", run.state)), seconds=round(time.monotonic() - started, 2),
        tasks=tasks, values=_values(run), reasons=reasons,
    )  # fmt: skip


def _prepare(dag: Any, reasons: dict[str, str]) -> None:
    """No second tries (a test run would sleep through the delays), and every failure noted with its reason."""

    def note(context: Mapping[str, Any]) -> None:
        error = context.get("exception")
        reasons[context["task_instance"].task_id] = str(error) or type(error).__name__

    for task in dag.tasks:
        operator = getattr(task, "partial_kwargs", None)
        if operator is None:
            task.retries = 0
            task.on_failure_callback = [*_as_list(task.on_failure_callback), note]
        else:  # a mapped task keeps its arguments apart
            operator["retries"] = 0
            operator["on_failure_callback"] = [*_as_list(operator.get("on_failure_callback")), note]


def _as_list(callbacks: Any) -> Sequence[Any]:
    if not callbacks:
        return ()
    return callbacks if isinstance(callbacks, (list, tuple)) else (callbacks,)


def _task_states(run: Any) -> dict[str, str]:
    """The state of each task; of a mapped one the worst of its instances, with their number."""
    states: dict[str, list[str]] = {}
    for instance in run.get_task_instances():
        states.setdefault(instance.task_id, []).append(str(getattr(instance.state, "value", instance.state)))
    return {task: next((s for s in found if s not in ("success", "skipped")), found[0]) for task, found in sorted(states.items())}


def _values(run: Any) -> dict[str, Any]:
    """What the unmapped tasks returned."""
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    with create_session() as session:
        query: Any = XComModel.get_many(run_id=run.run_id, dag_ids=run.dag_id, key="return_value", map_indexes=-1)
        return {row.task_id: XComModel.deserialize_value(row) for row in session.scalars(query)}


if __name__ == "__main__":
    _serve()
