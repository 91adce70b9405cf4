"""In: the log. Out: the Airflow DAG `warehouse`: load >> model >> validate >> publish >> quiet, every night or when all logs have grown."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Asset, AssetAll, AssetOrTimeSchedule, get_current_context, task
from claimledger_alert import message_of_quiet, tell
from claimledger_dags import NIGHTLY, WAREHOUSE_POOL, cron, known_sources, log_asset_name, open_house, run_id, task_defaults

MAX_HOURS = 3.0

DOC = """# Warehouse

Builds the next edition from the log: load the new segments, one `dbt build`, the expectations, publish. A failed verdict publishes
nothing and keeps the last edition; the task `validate` then says which rows and what to do next.

Runs every night, and earlier when the logs of *all* enabled sources have grown since its last run. To have an edition
at once, trigger it by hand.
"""


def _schedule() -> Any:
    """The nightly time, or all logs grown. Any one log would publish an edition per source and night, and push out the kept ones."""
    sources, _ = known_sources()
    logs = [Asset(log_asset_name(source.slug)) for source in sources if source.enabled]
    return AssetOrTimeSchedule(timetable=cron(NIGHTLY), assets=AssetAll(*logs)) if logs else cron(NIGHTLY)


with DAG(
    "warehouse",
    description="Load the log, build, validate and publish an edition",
    schedule=_schedule(),
    catchup=False,
    max_active_runs=1,
    default_args=task_defaults(hours=MAX_HOURS) | {"pool": WAREHOUSE_POOL},
    tags=["warehouse"],
    doc_md=DOC,
) as dag:

    @task
    def load() -> dict[str, Any]:
        """New segments into the raw tables, rows and stream position in one transaction."""
        from ingest import flow

        return flow.load(open_house(), run_id())

    @task
    def model() -> dict[str, Any]:
        """One `dbt build`, as a process of its own."""
        from ingest import flow

        return flow.model(open_house(), run_id())

    @task
    def validate() -> dict[str, Any]:
        """The expectations. Fails, and publishes nothing, when a table is not believable."""
        from ingest import flow

        return flow.validate(open_house(), run_id())

    @task
    def publish() -> dict[str, Any]:
        """The next edition, and `current` moved to it."""
        from ingest import flow

        return flow.publish(open_house(), run_id())

    @task
    def quiet() -> list[str]:
        """Sources that used to bring articles and brought none: one alert names them; the run stays green."""
        from ingest import flow

        slugs: list[str] = flow.status(open_house())["quiet_sources"]
        if slugs:
            context = get_current_context()
            tell(lambda: message_of_quiet(slugs, context))
        return slugs

    load() >> model() >> validate() >> publish() >> quiet()
