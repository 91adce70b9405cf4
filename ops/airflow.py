"""In: the settings of a home. Out: Airflow on this machine: its database, its pools, and scheduler, DAG processor and web UI on 127.0.0.1.

python -m ops.airflow up        # all of it until Ctrl-C; nothing is left running
python -m ops.airflow migrate   # only the database and the pools
python -m ops.airflow env       # the environment, as lines for a shell
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from ingest import settings
from ingest.errors import Halt
from ops.environment import DEFAULT_PORT, environment, pools
from ops.secrets import ADMIN, kept_password, read_env

# --skip-serve-logs: the scheduler would serve task logs on a port of every interface; here the API server reads the files itself.
COMPONENTS = {
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "api-server": ("api-server",),
}
READY_SECONDS = 180
STOP_SECONDS = 20  # between asking and killing: a running task is told to end and logs it
POLL_SECONDS = 0.5


def migrate(env: Mapping[str, str], output: Path, *, with_pools: bool = True) -> None:
    """Bring the database to this Airflow's version and make the pools. Safe to repeat. Raises Halt naming `output` when it fails."""
    output.parent.mkdir(parents=True, exist_ok=True)
    wanted = output.parent / "pools.json"
    wanted.write_text(json.dumps(pools(int(env["CLAIMLEDGER_WORKERS"]))), encoding="utf-8")
    with output.open("ab") as file:
        for command in (("db", "migrate"), *((("pools", "import", str(wanted)),) if with_pools else ())):
            done = subprocess.run(("airflow", *command), env=dict(env), stdout=file, stderr=subprocess.STDOUT, check=False)
            if done.returncode:
                raise Halt(f"airflow {' '.join(command)} failed; see {output}")


class Stack:
    """Airflow's processes in one process group. `with Stack(env, logs) as stack:` starts them; leaving ends every one of them."""

    def __init__(self, env: Mapping[str, str], logs: Path, components: Sequence[str] = tuple(COMPONENTS)) -> None:
        self.env, self.logs, self.components = dict(env), logs, components
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.group = 0

    def __enter__(self) -> Stack:
        self.logs.mkdir(parents=True, exist_ok=True)
        try:
            for name in self.components:
                self._start(name)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _start(self, name: str) -> None:
        with (self.logs / f"{name}.log").open("wb") as output:
            process = subprocess.Popen(
                ("airflow", *COMPONENTS[name]),
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=self.group,
            )
        self.group = self.group or process.pid
        self.processes[name] = process

    def ended(self) -> str | None:
        """The name of a component that ended by itself, None while all run."""
        return next((name for name, process in self.processes.items() if process.poll() is not None), None)

    def wait_until_ready(self, stopped: threading.Event) -> bool:
        """True when the API server answers that scheduler and DAG processor are well; False when `stopped` was set first.

        Raises Halt when a component ends or the time is up.
        """
        until = time.monotonic() + READY_SECONDS
        while not stopped.wait(POLL_SECONDS):
            if name := self.ended():
                raise Halt(f"airflow {name} ended while starting; see {self.logs / name}.log")
            if is_healthy(self.env["AIRFLOW__API__BASE_URL"]):
                return True
            if time.monotonic() > until:
                raise Halt(f"Airflow was not ready after {READY_SECONDS} s; see {self.logs}")
        return False

    def stop(self) -> None:
        """Ask the whole group to end as Ctrl-C would, wait, then kill what is left of it."""
        if not self.group:
            return
        for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGTERM, STOP_SECONDS / 2), (signal.SIGKILL, STOP_SECONDS)):
            with suppress(ProcessLookupError):
                os.killpg(self.group, number)
            if self._is_gone_within(seconds):
                break
        self.group = 0

    def _is_gone_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for process in self.processes.values():
                process.poll()  # reaps it, so that the group can vanish
            try:
                os.killpg(self.group, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.1)
        return False


def health(url: str) -> dict[str, str]:
    """What the API server at `url` says of each of its components; nothing when it does not answer."""
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{url}/api/v2/monitor/health", timeout=5) as answer:
            found = json.load(answer)
    except (OSError, ValueError):
        return {}
    return {name: str(part.get("status")) for name, part in found.items() if isinstance(part, dict)}


def is_healthy(url: str) -> bool:
    """Whether the API server answers and calls database, scheduler and DAG processor healthy."""
    found = health(url)
    return all(found.get(part) == "healthy" for part in ("metadatabase", "scheduler", "dag_processor"))


def check_port(port: int) -> None:
    """Raises Halt when another program has the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Halt(f"port {port} of 127.0.0.1 cannot be used ({error.strerror}); choose another with --port or AIRFLOW_PORT") from None


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder's Airflow. Raises Halt when another process runs it: two schedulers would share one SQLite file."""
    lock = FileLock(folder / "up.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Halt(f"Airflow already runs for this home ({folder}); stop it first, or name another with --home") from None
    try:
        yield
    finally:
        lock.release()


def up(env: Mapping[str, str], folder: Path, port: int) -> int:
    """Run Airflow until SIGINT or SIGTERM (0) or until a component ends by itself (1)."""
    check_port(port)
    with alone(folder):
        return _run_until_stopped(env, folder, port)


def _run_until_stopped(env: Mapping[str, str], folder: Path, port: int) -> int:
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: stopped.set())
    logs = folder / "logs" / "components"
    password = kept_password(folder / "passwords.json")
    print("Preparing Airflow's database", flush=True)
    migrate(env, logs / "migrate.log")
    print(f"Starting scheduler, DAG processor and web server; their output: {logs}", flush=True)
    with Stack(env, logs) as stack:
        if stack.wait_until_ready(stopped):
            print(f"Airflow is ready: http://127.0.0.1:{port}  user {ADMIN}  password {password}\nCtrl-C stops it", flush=True)
        while not stopped.wait(1):
            if name := stack.ended():
                print(f"airflow {name} ended by itself; see {logs / name}.log", file=sys.stderr)
                return 1
        print("Stopping", flush=True)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m ops.airflow", description="Run Airflow for a home on this machine.")
    parser.add_argument("what", choices=("up", "migrate", "env"))
    parser.add_argument("--home", type=Path, help="the home (default: CLAIMLEDGER_HOME, else warehouse)")
    parser.add_argument("--sources", type=Path, help="the folder of source files")
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("AIRFLOW_PORT", DEFAULT_PORT)), help="port of the web UI on 127.0.0.1"
    )
    given = parser.parse_args(arguments)
    try:
        env = environment(settings.load(home=given.home, sources=given.sources), port=given.port)
        return _run(given.what, env, Path(env["AIRFLOW_HOME"]), given.port)
    except Halt as error:
        print(error, file=sys.stderr)
        return 1


def _run(what: str, env: Mapping[str, str], folder: Path, port: int) -> int:
    if what == "up":
        return up(env, folder, port)
    if what == "migrate":
        migrate(env, folder / "logs" / "components" / "migrate.log")
        return 0
    secret = set(read_env(folder / "secrets.env"))
    chosen = {key: value for key, value in env.items() if key.startswith(("AIRFLOW", "CLAIMLEDGER_", "PYTHONPATH")) and key not in secret}
    print("\n".join(f"export {key}={shlex.quote(value)}" for key, value in sorted(chosen.items())))
    print(f"set -a; . {shlex.quote(str(folder / 'secrets.env'))}; set +a")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
