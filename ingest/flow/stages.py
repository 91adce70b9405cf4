"""In: what a stream still has to clean or extract. Out: batches (`plan`), their results (`work`) and the events of them (`record`).

The three steps hand each other file references below `<home>/work/`, so that a scheduler can spread the batches; texts never
travel otherwise.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ingest import shortage, tables
from ingest.archive import Place
from ingest.clean import CLEANER_VERSION, Page
from ingest.errors import Halt, Misuse
from ingest.events import Event
from ingest.extract import EXTRACTOR, EXTRACTOR_VERSION
from ingest.flow import entries
from ingest.flow.house import House, now, write_whole
from ingest.ids import text_digest
from ingest.pending import CleanedArticle, StreamState, TakenCapture, fold, to_clean, to_extract
from ingest.records import Article, ArticleText, Capture, Extraction, Rejection, RejectionReason
from ingest.sources import Source, SourceKind
from ingest.workers import Lost, Pool

STAGES = ("clean", "extract")
MAX_BATCHES = 1_000  # the scheduler's limit on mapped tasks is 1,024
BATCH_ITEMS = 100
MEMORY_BYTES = 1_400_000_000  # address space of one worker, imports included
PARTS = 100  # results held before they are written: a batch may be large when there are many


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which work of a stage: the pending (default), or what another version did before, optionally since a day and bounded."""

    is_reprocess: bool = False
    since: str | None = None  # YYYY-MM-DD, compared with the day of fetch
    limit: int | None = None


def extractor_of(source: Source) -> tuple[str, str]:
    """Name and version of what reads this source's articles."""
    if source.kind is SourceKind.TABLE:
        return tables.EXTRACTOR, tables.EXTRACTOR_VERSION
    return EXTRACTOR, EXTRACTOR_VERSION


def waiting(state: StreamState, source: Source, stage: str, scope: Scope) -> Sequence[TakenCapture | CleanedArticle]:
    """The items of a stage that wait, oldest first."""
    items: Sequence[TakenCapture | CleanedArticle]
    if stage == "clean":
        items = to_clean(state, CLEANER_VERSION, is_reprocess=scope.is_reprocess)
    elif stage == "extract":
        items = to_extract(state, *extractor_of(source), is_reprocess=scope.is_reprocess)
    else:
        raise Misuse(f"no stage {stage!r}; stages: {', '.join(STAGES)}")
    kept = [item for item in items if scope.since is None or str(item.fetched_at)[:10] >= scope.since]
    return kept[: scope.limit]


def plan(house: House, source: Source, stage: str, run_id: str, scope: Scope | None = None) -> list[str]:
    """Cut what waits into batches; their references, at most 1,000. Raises Retry for a full disk, as the two other steps do."""
    with shortage.told(house.home):
        return _plan(house, source, stage, run_id, scope or Scope())


def _plan(house: House, source: Source, stage: str, run_id: str, scope: Scope) -> list[str]:
    items = waiting(house.state(source.slug), source, stage, scope)
    size = max(BATCH_ITEMS, -(-len(items) // MAX_BATCHES))
    folder = house.work_folder(run_id) / source.slug
    folder.mkdir(parents=True, exist_ok=True)
    references = []
    for number, start in enumerate(range(0, len(items), size)):
        path = folder / f"{stage}-{number:04d}.batch"
        _dump(path, list(items[start : start + size]))
        references.append(path.relative_to(house.home).as_posix())
    return references


def work(
    house: House, source: Source, stage: str, batch: str, run_id: str, pool: Pool | None = None, tick: Callable[[], None] | None = None
) -> str:
    """Run one batch in worker processes; the reference of its results. Without a pool one worker is started for the batch."""
    del run_id  # part of the reference already
    items = _load(house, batch)
    result = Path(batch).with_suffix(".done").as_posix()
    if pool is None:
        with open_pool(house, 1) as own:
            done = list(_ticking(_run(house, source, stage, items, own), tick))
    else:
        done = list(_ticking(_run(house, source, stage, items, pool), tick))
    with shortage.told(house.home):
        _dump(house.home / result, done)
    return result


def open_pool(house: House, workers: int | None = None) -> Pool:
    """Worker processes with the limits of the settings."""
    return Pool(workers or house.settings.workers, house.settings.page_seconds, MEMORY_BYTES)


def _ticking(results: Iterator[Any], tick: Callable[[], None] | None) -> Iterator[Any]:
    for result in results:
        if tick is not None:
            tick()
        yield result


def _run(house: House, source: Source, stage: str, items: list[Any], pool: Pool) -> Iterator[tuple[Any, Any]]:
    if stage == "clean":
        pages = (_page(house, source, capture) for capture in items)
        return zip(items, (_unless_lost(answer) for answer in pool.map("clean", pages)), strict=True)
    return _extracted(house, source, items, pool)


def _page(house: House, source: Source, capture: TakenCapture) -> Page:
    place = Place(warc_file=capture.warc_file, warc_offset=capture.warc_offset, warc_bytes=capture.warc_bytes)
    return page_of(house, source, capture, house.archive.read_body(place, capture.body_digest))


def page_of(house: House, source: Source, capture: TakenCapture | Capture, body: bytes) -> Page:
    """What the cleaner is told about a capture."""
    return Page(
        url=capture.final_url,
        body=body,
        content_type=capture.content_type,
        charset=capture.charset,
        fetched_at=capture.fetched_at,
        language=source.language,
        max_bytes=house.settings.page_bytes,
    )


def _unless_lost(answer: Article | Rejection | Lost) -> Article | Rejection:
    return Rejection(reason=answer.reason, detail=answer.detail) if isinstance(answer, Lost) else answer


def _extracted(house: House, source: Source, articles: list[CleanedArticle], pool: Pool) -> Iterator[tuple[Any, Any]]:
    """Pairs of an article and its finished event payload parts; texts are read file by file."""
    texts = _texts(house, articles)
    inputs = [_article_text(article, texts[article.text_digest], source) for article in articles]
    if source.kind is SourceKind.TABLE:
        assert source.table is not None  # the model guarantees it for kind table
        found: Iterator[Extraction | Lost] = (tables.line_claims(given, source.table) for given in inputs)
    else:
        found = pool.map("extract", inputs)
    for article, given, result in zip(articles, inputs, found, strict=True):
        if isinstance(result, Lost):
            result = Extraction(rejections=(Rejection(reason=result.reason, detail=result.detail),))
        yield article, entries.statements_extracted(article, given.text, result, extractor_of(source), now())


def _texts(house: House, articles: Sequence[CleanedArticle]) -> dict[str, str]:
    wanted = {article.text_digest for article in articles}
    texts: dict[str, str] = {}
    for key in dict.fromkeys(article.text_file for article in articles):
        table = house.archive.read_texts(key)
        for name, text in zip(table.column("text_digest").to_pylist(), table.column("text").to_pylist(), strict=True):
            if name in wanted:
                texts[name] = text
    missing = wanted - texts.keys()
    if missing:
        raise Halt(f"the archive lacks the text {min(missing)[:12]}…; run: claimledger verify")
    return texts


def _article_text(article: CleanedArticle, text: str, source: Source) -> ArticleText:
    return ArticleText(
        text=text,
        title=article.title,
        published_on=date.fromisoformat(article.published_at[:10]) if article.published_at else None,
        url=article.url,
        source=source.name,
    )


def record(house: House, source: Source, stage: str, results: Sequence[str], run_id: str) -> dict[str, Any]:
    """Append what the batches of a stage gave to the stream. Recording the same results twice adds nothing."""
    with house.writing(source.slug):
        state = house.state(source.slug)
        counts: Counter[str] = Counter()
        for reference in results:
            pairs = _load(house, reference)
            events = _cleaned_events(house, source, state, pairs, counts) if stage == "clean" else _extracted_events(state, pairs, counts)
            if events:
                house.log.append(source.slug, events, recorded_at=now(), run_id=run_id)
                fold(house.log.read(source.slug, after=state.position), state)
    return {"events": counts.pop("events", 0), **dict(sorted(counts.items()))}


def _cleaned_events(house: House, source: Source, state: StreamState, pairs: list[tuple[Any, Any]], counts: Counter[str]) -> list[Event]:
    fresh = [
        (capture, _unless_withdrawn(state, _unless_alternate(state, capture, result)))
        for capture, result in pairs
        if state.clean_versions.get(capture.capture_id) != CLEANER_VERSION and capture.capture_id in state.captures
    ]
    texts = {text_digest(result.text): result.text for _, result in fresh if isinstance(result, Article)}
    key = house.archive.write_texts(source.slug, texts) if texts else ""
    events, at = [], now()
    for capture, result in fresh:
        if isinstance(result, Article):
            counts["articles"] += 1
            events.append(entries.article_cleaned(capture, result, key, CLEANER_VERSION, at))
        else:
            counts[f"rejected_{result.reason}"] += 1
            events.append(entries.capture_rejected(capture, result, CLEANER_VERSION, at))
    counts["events"] += len(events)
    return events


def _unless_withdrawn(state: StreamState, result: Article | Rejection) -> Article | Rejection:
    """A page that was taken down may come back under an address that nobody had seen."""
    if isinstance(result, Rejection) or result.canonical_url not in state.withdrawn_urls:
        return result
    detail = f"{result.canonical_url} was withdrawn; to remove this capture of it as well run: claimledger withdraw {result.canonical_url}"
    return Rejection(reason=RejectionReason.WITHDRAWN, detail=detail)


def _unless_alternate(state: StreamState, capture: TakenCapture, result: Article | Rejection) -> Article | Rejection:
    """An AMP or print page would look like an edit of the page it belongs to: where both were captured, the page itself counts."""
    if isinstance(result, Rejection) or result.canonical_url in (capture.url, capture.final_url):
        return result
    page = state.pages.get(result.canonical_url)
    if page is None or not page.times_taken:
        return result
    return Rejection(reason=RejectionReason.ALTERNATE, detail=f"another address of {result.canonical_url}, which was captured itself")


def _extracted_events(state: StreamState, pairs: list[tuple[Any, Any]], counts: Counter[str]) -> list[Event]:
    events = []
    for article, event in pairs:
        version = (event.payload["extractor"], event.payload["extractor_version"], article.text_digest)
        if state.extracted.get(article.capture_id) != version and article.capture_id in state.cleaned:
            events.append(event)
            for kind in ("casualty_claims", "offers", "announcements"):
                counts[kind] += len(event.payload[kind])
            counts["refused"] += len(event.payload["rejections"])
    counts["articles"] += len(events)
    counts["events"] += len(events)
    return events


def _dump(path: Path, value: object) -> None:
    """Work files are pickles between processes of one run; nothing else reads them and they end with the run."""
    write_whole(path, pickle.dumps(value, protocol=5))


def _load(house: House, reference: str) -> list[Any]:
    path = (house.home / reference).resolve()
    if not path.is_relative_to((house.home / "work").resolve()):
        raise Misuse(f"{reference!r} is no batch of this home")
    try:
        return list(pickle.loads(path.read_bytes()))  # noqa: S301  written by this run
    except FileNotFoundError:
        raise Halt(f"the batch {reference} is gone; run the source again: what is pending is found in the log") from None
