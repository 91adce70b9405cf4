"""In: failures and addresses. Out: what reaches a real web server and a real mail server on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.settings import Settings
from ops.environment import environment
from tests.dags.servers import mailbox, webhook

SEND = """
from types import SimpleNamespace
from claimledger_alert import Alert

instance = SimpleNamespace(
    dag_id="gather__gazette", task_id="visit.discover", run_id="manual__1", log_url="http://127.0.0.1:8080/dags/gather__gazette/runs/manual__1"
)
Alert()({"task_instance": instance, "exception": RuntimeError("no listing <could> be read")})
print("the run goes on")
"""


QUIET = SEND.replace("import Alert", "import message_of_quiet, tell").replace(
    'Alert()({"task_instance": instance, "exception": RuntimeError("no listing <could> be read")})',
    'tell(lambda: message_of_quiet(["courier", "gazette"], {"task_instance": instance}))',
)


def alert(folder: Path, address: str, code: str = SEND, **more: str) -> subprocess.CompletedProcess[str]:
    """Call the alert as Airflow does, in a process of its own."""
    env = environment(Settings(home=folder / "home", alert=address), folder=folder / "airflow") | more
    env["PYTHONPATH"] += os.pathsep + env["AIRFLOW__CORE__DAGS_FOLDER"]
    return subprocess.run((sys.executable, "-c", code), env=env, capture_output=True, text=True, timeout=120, check=False)


def test_webhook_is_told_source_reason_log_and_next_step(tmp_path: Path) -> None:
    with webhook() as (port, received):
        done = alert(tmp_path, f"http://127.0.0.1:{port}/hook")
    assert done.returncode == 0, done.stderr
    ((kind, message),) = received
    assert kind == "application/json"
    assert (message["source"], message["task"], message["reason"]) == ("gazette", "visit.discover", "no listing <could> be read")
    for part in ("source gazette", "no listing <could> be read", "/dags/gather__gazette/runs/manual__1", "claimledger sources try gazette"):
        assert part in message["text"]


def test_quiet_sources_are_told_in_one_message(tmp_path: Path) -> None:
    with webhook() as (port, received):
        done = alert(tmp_path, f"http://127.0.0.1:{port}/hook", QUIET)
    assert done.returncode == 0, done.stderr
    ((_, message),) = received
    assert message["source"] == "courier, gazette"
    assert message["subject"] == "Claimledger: quiet sources: courier, gazette"
    assert "claimledger sources try courier" in message["text"]


def test_mail_is_told_the_same(tmp_path: Path) -> None:
    with mailbox() as (port, received):
        connection = {
            "conn_type": "smtp", "host": "127.0.0.1", "port": port,
            "extra": {"disable_ssl": True, "disable_tls": True, "from_email": "ledger@claimledger.example"},
        }  # fmt: skip
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
