"""In: sources. Out: their news in the log: discover, fetch, clean and extract in one process; the same stages the DAG spreads over tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from ingest.errors import Halt, Retry
from ingest.flow.house import House, tidy
from ingest.flow.stages import STAGES, Scope, open_pool, plan, record, work
from ingest.flow.visit import discover, fetch
from ingest.sources import Source
from ingest.workers import Pool


class Progress(Protocol):
    """Told of each stage; see `ingest.cli.progress`."""

    def stage(self, source: str, stage: str, batches: int) -> None: ...

    def step(self) -> None: ...

    def note(self, message: str) -> None: ...


class Silent:
    """A progress that says nothing."""

    def stage(self, source: str, stage: str, batches: int) -> None:
        """Say nothing."""

    def step(self) -> None:
        """Say nothing."""

    def note(self, message: str) -> None:
        """Say nothing."""


def gather(house: House, sources: Iterable[Source], run_id: str, progress: Progress | None = None) -> dict[str, Any]:
    """Visit the sources in turn. A source that cannot be discovered or is held elsewhere is told under `errors`; the others run."""
    told = progress or Silent()
    results: dict[str, Any] = {}
    errors: dict[str, str] = {}
    with open_pool(house) as pool:
        for source in sources:
            try:
                results[source.slug] = gather_source(house, source, run_id, pool, told)
            except (Halt, Retry) as error:
                errors[source.slug] = str(error)
                told.note(str(error))
    tidy(house, run_id)
    return {"sources": results, "errors": errors}


def gather_source(house: House, source: Source, run_id: str, pool: Pool, progress: Progress) -> dict[str, Any]:
    """One source through all stages. Pages that wait from before are fetched, cleaned and extracted even when discovery fails."""
    counts: dict[str, Any] = {}
    failed: Halt | None = None
    progress.stage(source.slug, "discover", 1)
    try:
        counts["discover"] = discover(house, source, run_id)
    except Halt as error:
        failed = error
    progress.step()
    progress.stage(source.slug, "fetch", 1)
    counts["fetch"] = fetch(house, source, run_id)
    progress.step()
    for stage in STAGES:
        counts[stage] = run_stage(house, source, stage, run_id, pool, progress)
    if failed:
        raise failed
    return counts


def run_stage(house: House, source: Source, stage: str, run_id: str, pool: Pool, progress: Progress, scope: Scope | None = None) -> dict[str, Any]:
    """Plan, work and record one stage; each batch is in the log before the next begins, so that a stop costs one batch."""
    batches = plan(house, source, stage, run_id, scope)
    progress.stage(source.slug, stage, len(batches))
    counts: dict[str, Any] = {}
    for batch in batches:
        result = work(house, source, stage, batch, run_id, pool)
        for name, number in record(house, source, stage, [result], run_id).items():
            counts[name] = counts.get(name, 0) + number
        progress.step()
    return counts


def reprocess(house: House, sources: Iterable[Source], stages: Iterable[str], scope: Scope, run_id: str, progress: Progress | None = None) -> dict[str, Any]:
    """Clean or extract again, from the archive, what an older version did. Stopped and run again it goes on where it was."""
    told = progress or Silent()
    results: dict[str, Any] = {}
    left = scope.limit
    with open_pool(house) as pool:
        for source in sources:
            for stage in stages:
                bounded = Scope(is_reprocess=True, since=scope.since, limit=left)
                counts = run_stage(house, source, stage, run_id, pool, told, bounded)
                if stage == "clean":  # texts that came out differently are read anew
                    run_stage(house, source, "extract", run_id, pool, told)
                results.setdefault(source.slug, {})[stage] = counts
                left = None if left is None else max(0, left - int(counts.get("events", 0)))
    tidy(house, run_id)
    return results
