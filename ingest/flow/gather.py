"""In: sources. Out: their news in the log: discover, fetch, clean, extract in one process; the stages that the DAG spreads over tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from ingest.archive import read_warc
from ingest.errors import Halt, Misuse, Retry
from ingest.flow.bring import take_in
from ingest.flow.house import House, find_source, tidy
from ingest.flow.stages import STAGES, Scope, open_pool, plan, record, work
from ingest.flow.visit import discover, fetch
from ingest.records import Capture, Failure, FailureReason
from ingest.sources import Source, read_sources
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
            except Misuse:  # wrong settings are wrong for every source
                raise
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
        counts["discover"] = discover(house, source, run_id, pool)
    except Halt as error:
        failed = error
    progress.step()
    progress.stage(source.slug, "fetch", 1)
    counts["fetch"] = fetch(house, source, run_id, on_start=lambda: pool.warm("clean"))
    progress.step()
    for stage in STAGES:
        counts[stage] = run_stage(house, source, stage, run_id, pool, progress)
    if failed:
        raise failed
    return counts


def run_stage(
    house: House, source: Source, stage: str, run_id: str, pool: Pool, progress: Progress, scope: Scope | None = None
) -> dict[str, Any]:
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


def reprocess(
    house: House,
    *,
    stage: str | None = None,
    source: str | None = None,
    since: str | None = None,
    limit: int | None = None,
    run_id: str,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Clean or extract again, from the archive, what an older version did. Stopped and run again it goes on where it was.

    `limit` bounds the articles over all sources and stages.
    """
    told = progress or Silent()
    results: dict[str, Any] = {}
    left = limit
    with open_pool(house) as pool:
        for one in _with_streams(house, source):
            for name in (stage,) if stage else STAGES:
                counts = run_stage(house, one, name, run_id, pool, told, Scope(is_reprocess=True, since=since, limit=left))
                if name == "clean":  # texts that came out differently are read anew
                    run_stage(house, one, "extract", run_id, pool, told)
                if counts:
                    results.setdefault(one.slug, {})[name] = counts
                left = None if left is None else max(0, left - int(counts.get("events", 0)))
    tidy(house, run_id)
    return results


def _with_streams(house: House, slug: str | None) -> list[Source]:
    if slug is not None:
        return [find_source(house, slug)]
    streams = set(house.log.streams())
    return [source for source in read_sources(house.settings.sources)[0] if source.slug in streams]


def import_warc(house: House, files: Sequence[Path], slug: str, run_id: str, progress: Progress | None = None) -> dict[str, Any]:
    """Take the articles of WARC files into the stream of a source, then clean and extract them. A file imported twice adds nothing.

    Raises Halt, when all that can be read is in the log, for a file that is no WARC or breaks off.
    """
    told = progress or Silent()
    source = find_source(house, slug)
    unreadable: list[str] = []

    def outcomes() -> Iterator[Capture | Failure]:
        for path in files:
            for item in read_warc(path, house.settings.page_bytes):
                if isinstance(item, Failure) and item.reason is FailureReason.FILE_UNREADABLE:
                    unreadable.append(item.detail)
                yield item

    told.stage(slug, "import", 1)
    with house.writing(slug):
        counts: dict[str, Any] = {"import": take_in(house, slug, house.state(slug), outcomes(), run_id)}
    told.step()
    with open_pool(house) as pool:
        for stage in STAGES:
            counts[stage] = run_stage(house, source, stage, run_id, pool, told)
    tidy(house, run_id)
    if unreadable:
        raise Halt(f"{'; '.join(unreadable)}; what could be read is in the log: {counts['import']['captures']} captures")
    return counts
