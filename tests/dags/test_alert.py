"""In: failures and addresses. Out: what reaches a real web server and a real mail server on this machine."""

from __future__ import annotations

import json
import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from ingest.settings import Settings
from ops.environment import environment

SEND = """
from types import SimpleNamespace
from claimledger_alert import Alert

instance = SimpleNamespace(
    dag_id="gather__gazette", task_id="visit.discover", run_id="manual__1", log_url="http://127.0.0.1:8080/dags/gather__gazette/runs/manual__1"
)
Alert()({"task_instance": instance, "exception": RuntimeError("no listing <could> be read")})
print("the run goes on")
"""


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.headers["Content-Type"], json.loads(body)))  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Silent."""


class _Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP as one letter takes."""

    def handle(self) -> None:
        self._say("220 mailbox.example")
        for line in iter(self.rfile.readline, b""):
            word = line.split()[0].upper()
            if word == b"DATA":
                self._say("354 go on")
                self.server.received.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())  # type: ignore[attr-defined]
            self._say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def serving(server: socketserver.TCPServer) -> Iterator[list[Any]]:
    server.received = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.received  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def alert(folder: Path, address: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Call the alert as Airflow does, in a process of its own."""
    env = environment(Settings(home=folder / "home", alert=address), folder=folder / "airflow") | more
    env["PYTHONPATH"] += os.pathsep + env["AIRFLOW__CORE__DAGS_FOLDER"]
    return subprocess.run((sys.executable, "-c", SEND), env=env, capture_output=True, text=True, timeout=120, check=False)


def test_webhook_is_told_source_reason_log_and_next_step(tmp_path: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Hook)
    with serving(server) as received:
        done = alert(tmp_path, f"http://127.0.0.1:{server.server_port}/hook")
    assert done.returncode == 0, done.stderr
    ((kind, message),) = received
    assert kind == "application/json"
    assert (message["source"], message["task"], message["reason"]) == ("gazette", "visit.discover", "no listing <could> be read")
    for part in ("source gazette", "no listing <could> be read", "/dags/gather__gazette/runs/manual__1", "claimledger sources try gazette"):
        assert part in message["text"]


def test_mail_is_told_the_same(tmp_path: Path) -> None:
    server = socketserver.TCPServer(("127.0.0.1", 0), _Mailbox)
    port = server.server_address[1]
    connection = {
        "conn_type": "smtp", "host": "127.0.0.1", "port": port,
        "extra": {"disable_ssl": True, "disable_tls": True, "from_email": "ledger@claimledger.example"},
    }  # fmt: skip
    with serving(server) as received:
        done = alert(tmp_path, "desk@claimledger.example", AIRFLOW_CONN_SMTP_DEFAULT=json.dumps(connection))
    assert done.returncode == 0, done.stderr
    assert len(received) == 1, done.stderr[-2000:]
    assert "To: desk@claimledger.example" in received[0]
    assert "Subject: Claimledger: source gazette failed at visit.discover" in received[0]


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:9/closed", "not an address", "file:///etc/passwd"])
def test_an_alert_that_cannot_be_sent_does_not_touch_the_run(tmp_path: Path, address: str) -> None:
    done = alert(tmp_path, address)
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["the run goes on"]), done.stderr
    assert ("check CLAIMLEDGER_ALERT" in done.stdout + done.stderr) is bool(address)
