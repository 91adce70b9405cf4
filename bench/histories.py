"""In: nights of made-up articles. Out: a home whose log and archive hold them, as nights of gathering would leave it.

No clock, no network, no cleaner and no extractor: what they would hand out is made up together with the texts, and the pipeline's own
functions turn it into events. Bodies in the archive are stubs, for no build reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import yaml

from bench.press import SOURCES, Night, Press, Written, render, root
from ingest.events import Event, EventType
from ingest.flow import entries
from ingest.flow.house import EDITIONS, House, open_house
from ingest.flow.loading import loads, source_rows
from ingest.ids import digest, text_digest
from ingest.pending import CleanedArticle, TakenCapture
from ingest.records import Article, Capture, Failure, FailureReason, Lead, Rejection, RejectionReason, Role
from ingest.settings import Settings
from ingest.sketch import sketch

RUN_ID = "history"


def open_history(home: Path, sources: Path) -> House:
    """A home whose source files lie in `sources`, both made where they are not there."""
    sources.mkdir(parents=True, exist_ok=True)
    for number, slug in enumerate(SOURCES):
        fields = {
            "slug": slug, "name": slug.replace("_", " ").title(), "kind": "feed", "url": f"{root(number)}/rss", "language": "en",
            "country": "XX", "publish_text": number % 2 == 0, "entered_on": "2022-03-01",
        }  # fmt: skip
        (sources / f"{slug}.yaml").write_text(yaml.safe_dump(fields, sort_keys=False), encoding="utf-8")
    return open_house(Settings(home=home, sources=sources))


def write_night(house: House, night: Night) -> None:
    """Append a night to the log, source by source, its texts and bodies archived before; no load takes it in yet."""
    for source in SOURCES:
        pages = [page for page in night.pages if page.source == source]
        refused = [url for slug, url in night.refused if slug == source]
        for events in _told(house, source, night.at, pages, refused):
            if events:
                house.log.append(source, events, recorded_at=night.at + timedelta(minutes=30), run_id=RUN_ID)


def write_loaded(house: House, night: Night) -> None:
    """Say that a load took in, at the end of the night, what no load covers yet."""
    covered = {stream: last for one in loads(house) for stream, (_, last) in one.ranges.items()}
    heads = {stream: house.log.head(stream).position for stream in SOURCES}
    ranges = {stream: [covered.get(stream, 0) + 1, head] for stream, head in heads.items() if head > covered.get(stream, 0)}
    at = night.at + timedelta(hours=1)
    event = Event(type=EventType.LEDGER_LOADED, occurred_at=at, payload={"ranges": ranges, "sources": source_rows(house)})
    house.log.append(EDITIONS, [event], recorded_at=at, run_id=RUN_ID)


def _told(house: House, source: str, at: datetime, pages: Sequence[Written], refused: Sequence[str]) -> Iterable[list[Event]]:
    """The events of a source, step by step: leads, captures, cleaned articles, statements, and what was refused."""
    if not pages:
        return
    yield [entries.lead_found(Lead(url=page.url, title=page.title, published_at=page.published_at), at) for page in pages]
    taken = [_capture(page.url, page.sentences[-1].text, at + timedelta(seconds=n)) for n, page in enumerate(pages)]
    captured = [entries.capture_taken(*both) for both in zip(taken, house.archive.write_captures(source, taken), strict=True)]
    yield captured
    rendered = [render(page.sentences) for page in pages]
    articles = [_article(page, text) for page, (text, _) in zip(pages, rendered, strict=True)]
    file = house.archive.write_texts(source, {digest(text.encode()): text for text, _ in rendered})
    known = [_taken(event, capture) for event, capture in zip(captured, taken, strict=True)]
    yield [entries.article_cleaned(one, article, file, "1", at) for one, article in zip(known, articles, strict=True)]
    read = [_cleaned(one, article, file) for one, article in zip(known, articles, strict=True)]
    yield [entries.statements_extracted(one, text, found, ("history", "1"), at) for one, (text, found) in zip(read, rendered, strict=True)]
    yield [
        event for number, url in enumerate(refused) for event in _mishap(known[number % len(known)], url, at, is_failure=number % 2 == 0)
    ]


def _mishap(capture: TakenCapture, url: str, at: datetime, *, is_failure: bool) -> list[Event]:
    if is_failure:
        failed = Failure(url=url, role=Role.ARTICLE, reason=FailureReason.TIMEOUT, detail="no answer in 30 s", fetched_at=at)
        return [entries.capture_failed(failed)]
    short = Rejection(reason=RejectionReason.TOO_SHORT, detail="80 characters; 250 are needed")
    return [entries.capture_rejected(replace(capture, url=url), short, "1", at)]


def _capture(url: str, stub: str, at: datetime) -> Capture:
    body = f"<!doctype html><title>{url}</title><p>{stub}".encode()
    return Capture(
        url=url, final_url=url, role=Role.ARTICLE, status=200, fetched_at=at, content_type="text/html", charset="utf-8", headers=(),
        body=body, body_digest=digest(body),
    )  # fmt: skip


def _article(page: Written, text: str) -> Article:
    return Article(
        canonical_url=page.url, title=page.title, authors=("A. Writer",), outlet=page.source.replace("_", " ").title(), language="en",
        published_at=page.published_at, is_published_day_only=False, text=text, sketch=sketch(text),
    )  # fmt: skip


def _taken(event: Event, capture: Capture) -> TakenCapture:
    told = event.payload
    return TakenCapture(
        capture_id=event.event_id, url=capture.url, final_url=capture.final_url, content_type=capture.content_type,
        charset=capture.charset, body_digest=capture.body_digest, body_bytes=len(capture.body), fetched_at=capture.fetched_at,
        warc_file=told["warc_file"], warc_offset=told["warc_offset"], warc_bytes=told["warc_bytes"],
    )  # fmt: skip


def _cleaned(capture: TakenCapture, article: Article, file: str) -> CleanedArticle:
    return CleanedArticle(
        capture_id=capture.capture_id, url=capture.url, canonical_url=article.canonical_url, title=article.title,
        published_at=str(article.published_at), text_digest=text_digest(article.text), text_file=file, cleaner_version="1",
        fetched_at=str(capture.fetched_at),
    )  # fmt: skip


def write_history(house: House, press: Press, nights: int, articles: int) -> None:
    """`nights` of `articles` new pages each, every one with the load that took it in."""
    for _ in range(nights):
        night = press.night(articles)
        write_night(house, night)
        write_loaded(house, night)
