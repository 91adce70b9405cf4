"""In: settings and source files. Out: what the DAG files share: defaults of every task, retry rules, the open house, run ids.

Light on purpose: Airflow reads the DAG files every few seconds and before each task, so what is heavy is imported inside tasks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import CronTriggerTimetable, ExceptionRetryPolicy, RetryAction, RetryRule, get_current_context
from claimledger_alert import Alert

from ingest import settings
from ingest.sources import Source, SourceError, read_sources

if TYPE_CHECKING:
    from ingest.flow import House

OWNER = "claimledger"
WAREHOUSE_POOL = "warehouse"  # one slot: one process at a time may write the build database
WORKERS_POOL = "workers"  # as many slots as CLAIMLEDGER_WORKERS: batches that keep a core busy
NIGHTLY = "0 4 * * *"  # UTC, half an hour after the last of the shipped sources starts
WEEKLY = "0 6 * * 0"

# A task is tried again only when the house says that the world may be better later. A broken promise (Halt), a wrong call and an
# error nobody foresaw fail at once. A worker that was killed raised nothing: Airflow counts that against `retries` by itself.
RETRIES = ExceptionRetryPolicy(
    rules=[RetryRule(exception="ingest.errors.Retry", action=RetryAction.RETRY, reason="may work later")],
    default=RetryAction.FAIL,
)


def task_defaults(*, hours: float) -> dict[str, Any]:
    """Defaults of the tasks of a DAG, none of which may take longer than `hours`."""
    return {
        "owner": OWNER,
        "retries": 3,
        "retry_delay": timedelta(minutes=2),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(minutes=30),
        "retry_policy": RETRIES,
        "execution_timeout": timedelta(hours=hours),
        "on_failure_callback": Alert(),
    }


def cron(line: str) -> CronTriggerTimetable:
    """A cron line in UTC. A run starts at its time or not at all: missed nights are not made up one by one."""
    return CronTriggerTimetable(line, timezone="UTC")


def open_house() -> House:
    """The home that the settings name. Inside tasks only: this imports the whole pipeline."""
    from ingest import flow

    return flow.open_house(settings.load())


def run_id() -> str:
    """The id of this DAG run, with its DAG's name in front: unique within the home."""
    run = get_current_context()["dag_run"]
    return f"{run.dag_id}__{run.run_id}"


def known_sources() -> tuple[tuple[Source, ...], tuple[SourceError, ...]]:
    """The sources of the folder that the settings name, and the errors of the wrong files."""
    return read_sources(settings.load().sources)


def log_asset_name(slug: str) -> str:
    """The name of the asset that stands for the stream of a source."""
    return f"log/{slug}"


def as_id(text: str) -> str:
    """`text` with what Airflow refuses in an id replaced."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", text)[:200]


def events_in(counts: Iterable[Mapping[str, Any] | None]) -> int:
    """How many events the steps of a run appended: what they say under `events`, and one for each item fetched, unchanged or failed."""
    return sum(_events(step) for step in counts if step)


def _events(step: Mapping[str, Any]) -> int:
    if "events" in step:
        return int(step["events"])
    failures: Mapping[str, int] = step.get("failures") or {}
    return int(step.get("captures", 0)) + int(step.get("unchanged", 0)) + sum(failures.values())


def told(counts: Mapping[str, Any]) -> str:
    """Counts as one line, zero and empty ones left out: `captures 12, failures (not_found 2)`."""
    parts = []
    for key, value in counts.items():
        if isinstance(value, Mapping):
            parts += [f"{key} ({told(value)})"] if value else []
        elif value:
            parts.append(f"{key} {value}")
    return ", ".join(parts) or "nothing"
