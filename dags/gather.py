"""In: the source files. Out: one Airflow DAG per file, `gather__<slug>`: discover, fetch, clean, extract, each appending to the stream.

The DAGs are wiring: every step is one function of `ingest.flow`, batches travel as file references, counts as small dicts.
"""

from __future__ import annotations

import logging
from typing import Any

from airflow.sdk import DAG, Asset, TaskGroup, get_parsing_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from claimledger_dags import WORKERS_POOL, as_id, cron, events_in, known_sources, log_asset_name, open_house, run_id, task_defaults, told

from ingest.sources import Source, SourceError

MAX_HOURS = 6.0  # a first visit of 500 pages at one host, with a delay of 5 s and more asked for by robots.txt, stays under this
STAGES = ("clean", "extract")

log = logging.getLogger("claimledger.gather")


def dag_id_of(slug: str) -> str:
    return f"gather__{slug}"


def gather_dag(source: Source) -> DAG:
    """The DAG of one source."""
    with DAG(
        dag_id_of(source.slug),
        description=f"Gather {source.name}",
        schedule=cron(source.schedule) if source.enabled else None,
        catchup=False,
        max_active_runs=1,  # a stream has one writer at a time
        default_args=task_defaults(hours=MAX_HOURS),
        tags=["gather", source.kind.value, source.language, *([] if source.enabled else ["disabled"])],
        doc_md=_doc(source),
    ) as dag:
        _wire(source)
    return dag


def _wire(source: Source) -> None:
    """discover >> fetch >> clean >> extract >> report; tidy whatever happened.

    A source that cannot be discovered still has its waiting pages fetched, cleaned and extracted. The run is red all the same: `changed`
    comes after every step that must succeed, so it is `upstream_failed`, and a run takes the colour of its last tasks.
    """
    with TaskGroup("visit"):
        found = _discover(source.slug)
        fetched = _fetch(source.slug)
        found >> fetched
    counts, before = [found, fetched], fetched
    for stage in STAGES:
        recorded = _stage(source.slug, stage, before)
        counts.append(recorded)
        before = recorded
    reported = _report(source.slug, counts)
    changed = _changed(source.slug, reported)
    counts >> changed
    reported >> _tidy()


def _discover(slug: str) -> Any:
    @task
    def discover() -> dict[str, Any]:
        """Find leads. Fails when no listing of the source could be read."""
        from ingest import flow

        house = open_house()
        return flow.discover(house, flow.find_source(house, slug), run_id())

    return discover()


def _fetch(slug: str) -> Any:
    @task(trigger_rule="all_done")
    def fetch() -> dict[str, Any]:
        """Fetch what is due, one request per host at a time. Pages that fail are counted by reason."""
        from ingest import flow

        house = open_house()
        return flow.fetch(house, flow.find_source(house, slug), run_id())

    return fetch()


def _stage(slug: str, stage: str, before: Any) -> Any:
    """Plan batches, work them in mapped tasks, append what they hand back. A stage with nothing to do skips its batches and goes on."""
    with TaskGroup(stage):

        @task(trigger_rule="none_failed")
        def plan() -> list[str]:
            from ingest import flow

            house = open_house()
            return flow.plan(house, flow.find_source(house, slug), stage, run_id())

        @task(pool=WORKERS_POOL)  # a batch keeps one core busy
        def batch(reference: str) -> str:
            from ingest import flow

            house = open_house()
            return flow.work(house, flow.find_source(house, slug), stage, reference, run_id())

        @task(trigger_rule="none_failed")
        def record(results: Any) -> dict[str, Any]:
            from ingest import flow

            house = open_house()
            return flow.record(house, flow.find_source(house, slug), stage, list(results or []), run_id())

        planned = plan()
        before >> planned
        return record(batch.expand(reference=planned))


def _report(slug: str, counts: list[Any]) -> Any:
    @task(trigger_rule="all_done")
    def report(steps: list[dict[str, Any] | None]) -> dict[str, Any]:
        """The numbers of the run, single failures and rejections included, in one place; None for a step that failed."""
        named = dict(zip(("discover", "fetch", *STAGES), steps, strict=True))
        for step, numbers in named.items():
            log.info("%s %s: %s", slug, step, "failed" if numbers is None else told(numbers))
        return {"source": slug, "events": events_in(steps), **named}

    return report(counts)


def _changed(slug: str, reported: Any) -> Any:
    @task(outlets=[Asset(log_asset_name(slug))])
    def changed(numbers: dict[str, Any]) -> None:
        """Tell whoever waits for this log that it grew; skipped when it did not."""
        if not numbers["events"]:
            raise AirflowSkipException(f"the log of {slug} did not grow")

    return changed(reported)


def _tidy() -> Any:
    @task
    def tidy() -> None:
        """Remove the batches of this run, after a failure too. As a teardown it does not colour the run."""
        from ingest import flow

        flow.tidy(open_house(), run_id())

    return tidy().as_teardown()


def broken_dag(error: SourceError) -> DAG:
    """What stands in for a source whose file is wrong: it keeps the DAG's history, fails every night and says what to change."""
    name = as_id(error.path.stem)
    with DAG(
        dag_id_of(name),
        description=f"Wrong source file {error.path.name}",
        schedule=cron("0 2 * * *"),
        catchup=False,
        max_active_runs=1,
        default_args=task_defaults(hours=1),
        tags=["gather", "broken"],
        doc_md=f"# {error.path.name} is wrong\n\n`{error}`\n\nCorrect the file; `claimledger sources check` reads it the same way.",
    ) as dag:

        @task(task_id="read_source_file")
        def fail(message: str) -> None:
            raise AirflowFailException(message)

        fail(str(error))
    return dag


def _doc(source: Source) -> str:
    """What the Airflow UI shows of a source."""
    places = source.listings or (f"{source.path} (below the data folder)",)
    rows = {
        "Slug": source.slug,
        "Kind": source.kind.value,
        "Where": ", ".join(f"`{place}`" for place in places),
        "Language": source.language,
        "Country": source.country,
        "Schedule (UTC)": f"`{source.schedule}`" if source.enabled else f"`{source.schedule}`, disabled: runs by hand only",
        "At most": f"{source.max_items} pages a visit, {source.delay_seconds:g} s between two requests",
        "Text in editions": "yes" if source.publish_text else "no, quotes only",
        "Last seen to work": str(source.verified or "never"),
    }
    lines = [f"# {source.name}", "", "| | |", "|---|---|", *(f"| {key} | {value} |" for key, value in rows.items())]
    return "\n".join(lines)


def build_dags(wanted: str | None) -> dict[str, DAG]:
    """All DAGs of the folder by id, or only the one that a task is about to run."""
    sources, errors = known_sources()
    made: dict[str, DAG] = {}
    for source in sources:
        if wanted in (None, dag_id_of(source.slug)):
            made[dag_id_of(source.slug)] = gather_dag(source)
    taken = {dag_id_of(source.slug) for source in sources}
    for error in errors:
        identity = dag_id_of(as_id(error.path.stem))
        if wanted in (None, identity) and identity not in taken:
            made[identity] = broken_dag(error)
    return made


globals().update(build_dags(get_parsing_context().dag_id))
