"""In: the address of a running Airflow. Out: what its API answers; and free ports, and what listens where on this machine."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import psutil

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def call(url: str, body: object = None, token: str = "") -> tuple[int, Any]:
    """Status and JSON of a GET, or of a POST when there is a body."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(url, data=None if body is None else json.dumps(body).encode(), headers=headers)
    try:
        with OPENER.open(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, None


@dataclass(frozen=True)
class Api:
    """Airflow's REST API, logged in."""

    url: str
    token: str

    @classmethod
    def login(cls, url: str, password: str) -> Api | None:
        """None when the password is refused."""
        status, answer = call(f"{url}/auth/token", {"username": "admin", "password": password})
        return cls(url, answer["access_token"]) if status == 201 else None

    def get(self, path: str) -> Any:
        status, answer = call(f"{self.url}/api/v2/{path}", token=self.token)
        assert status == 200, (path, status)
        return answer

    def wait_for_dag(self, dag_id: str, seconds: float = 90) -> dict[str, Any]:
        """The DAG, once the DAG processor has read it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            status, answer = call(f"{self.url}/api/v2/dags/{dag_id}", token=self.token)
            if status == 200:
                return dict(answer)
            time.sleep(1)
        raise AssertionError(f"{dag_id} did not appear within {seconds} s")

    def run(self, dag_id: str, seconds: float = 180) -> str:
        """Trigger a DAG; the state its run ends in."""
        status, run = call(f"{self.url}/api/v2/dags/{dag_id}/dagRuns", {"logical_date": None}, self.token)
        assert status == 200, status
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            state = str(self.get(f"dags/{dag_id}/dagRuns/{run['dag_run_id']}")["state"])
            if state in ("success", "failed"):
                return state
            time.sleep(1)
        raise AssertionError(f"{dag_id} did not end within {seconds} s; last state {state}")


def descendants(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def listening(processes: list[psutil.Process]) -> set[str]:
    """The addresses on which these processes accept connections."""
    found = set()
    for process in processes:
        try:
            found |= {c.laddr.ip for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN}
        except psutil.NoSuchProcess:
            continue
    return found
