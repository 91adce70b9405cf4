"""In: what fetch, clean and extract hand out. Out: the events that tell it. Pure; the payloads are those of `docs/events.md`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ingest import editions as layout
from ingest.archive import Place
from ingest.correct import Change
from ingest.editions import Edition
from ingest.events import Event, EventType, instant, pack_sketch
from ingest.extract.identity import statement_ids
from ingest.ids import text_digest
from ingest.pending import CleanedArticle, Page, TakenCapture
from ingest.records import Article, Capture, Extraction, Failure, FailureReason, Kind, Lead, Rejection, Role, Statement, Unchanged
from ingest.verdict import UnbelievableRow, row_to_json

GONE = frozenset({FailureReason.NOT_FOUND, FailureReason.GONE})


def lead_found(lead: Lead, at: datetime) -> Event:
    published = instant(lead.published_at) if lead.published_at else None
    payload = {"url": lead.url, "listing_url": lead.listing_url, "title": lead.title, "published_at": published}
    return Event(type=EventType.LEAD_FOUND, occurred_at=at, payload=payload)


def capture_taken(capture: Capture, place: Place | None) -> Event:
    """`place` None: the body is the one already archived, so nothing was written."""
    payload = {
        "url": capture.url,
        "final_url": capture.final_url,
        "role": capture.role.value,
        "status": capture.status,
        "is_unchanged": place is None,
        "content_type": capture.content_type,
        "charset": capture.charset,
        "etag": capture.etag,
        "last_modified": capture.last_modified,
        "body_digest": capture.body_digest,
        "body_bytes": len(capture.body),
        "warc_file": place.warc_file if place else None,
        "warc_offset": place.warc_offset if place else None,
        "warc_bytes": place.warc_bytes if place else None,
    }
    return Event(type=EventType.CAPTURE_TAKEN, occurred_at=capture.fetched_at, payload=payload)


def unchanged_taken(outcome: Unchanged) -> Event:
    payload = dict.fromkeys(("content_type", "charset", "body_bytes", "warc_file", "warc_offset", "warc_bytes")) | {
        "url": outcome.url,
        "final_url": outcome.url,
        "role": outcome.role.value,
        "status": 304,
        "is_unchanged": True,
        "etag": outcome.etag,
        "last_modified": outcome.last_modified,
        "body_digest": outcome.body_digest,
    }
    return Event(type=EventType.CAPTURE_TAKEN, occurred_at=outcome.fetched_at, payload=payload)


def capture_failed(failure: Failure) -> Event:
    payload = {
        "url": failure.url,
        "role": failure.role.value,
        "reason": failure.reason.value,
        "detail": failure.detail,
        "status": failure.status,
    }
    return Event(type=EventType.CAPTURE_FAILED, occurred_at=failure.fetched_at, payload=payload)


def failure_events(failure: Failure, page: Page | None) -> list[Event]:
    """The failure and, for a page that was captured before and is not there any more, `ArticleGone`."""
    events = [capture_failed(failure)]
    if failure.role is Role.ARTICLE and failure.reason in GONE and page is not None and page.times_taken and not page.is_gone:
        payload = {"url": failure.url, "status": failure.status}
        events.append(Event(type=EventType.ARTICLE_GONE, occurred_at=failure.fetched_at, payload=payload))
    return events


def article_cleaned(capture: TakenCapture, article: Article, text_file: str, cleaner_version: str, at: datetime) -> Event:
    payload = {
        "capture_id": capture.capture_id,
        "url": capture.url,
        "canonical_url": article.canonical_url,
        "title": article.title,
        "authors": list(article.authors),
        "outlet": article.outlet,
        "language": article.language,
        "published_at": instant(article.published_at) if article.published_at else None,
        "is_published_day_only": article.is_published_day_only,
        "text_digest": text_digest(article.text),
        "text_chars": len(article.text),
        "text_file": text_file,
        "sketch": pack_sketch(article.sketch),
        "body_digest": capture.body_digest,
        "fetched_at": instant(capture.fetched_at),
        "cleaner_version": cleaner_version,
    }
    return Event(type=EventType.ARTICLE_CLEANED, occurred_at=at, payload=payload)


def capture_rejected(capture: TakenCapture, rejection: Rejection, cleaner_version: str, at: datetime) -> Event:
    payload = {
        "capture_id": capture.capture_id,
        "url": capture.url,
        "stage": "clean",
        "reason": rejection.reason.value,
        "detail": rejection.detail,
        "fetched_at": instant(capture.fetched_at),
        "cleaner_version": cleaner_version,
    }
    return Event(type=EventType.CAPTURE_REJECTED, occurred_at=at, payload=payload)


def statements_extracted(article: CleanedArticle, text: str, found: Extraction, extractor: tuple[str, str], at: datetime) -> Event:
    payload = {
        "capture_id": article.capture_id,
        "canonical_url": article.canonical_url,
        "text_digest": article.text_digest,
        "extractor": extractor[0],
        "extractor_version": extractor[1],
        "cleaner_version": article.cleaner_version,
        "casualty_claims": _statements(article.canonical_url, text, found.casualty_claims),
        "offers": _statements(article.canonical_url, text, found.offers),
        "announcements": _statements(article.canonical_url, text, found.announcements),
        "rejections": [{"reason": r.reason.value, "detail": r.detail} for r in found.rejections],
    }
    return Event(type=EventType.STATEMENTS_EXTRACTED, occurred_at=at, payload=payload)


def _statements(canonical_url: str, text: str, statements: Sequence[Statement]) -> list[dict[str, Any]]:
    ids = statement_ids(canonical_url, text, statements)
    return [_statement(name, text, statement) for name, statement in zip(ids, statements, strict=True)]


def _statement(statement_id: str, text: str, statement: Statement) -> dict[str, Any]:
    fields = {f.name: getattr(statement, f.name) for f in dataclasses.fields(statement) if f.name != "span"}
    span = statement.span
    return fields | {
        "statement_id": statement_id,
        "quote_digest": text_digest(text[span.char_start : span.char_end]),
        "char_start": span.char_start,
        "char_end": span.char_end,
        "sentence_start": span.sentence_start,
        "sentence_end": span.sentence_end,
    }


def article_withdrawn(
    url: str,
    canonical_url: str,
    urls: Sequence[str],
    captures: Sequence[str],
    wordings: Mapping[str, str],
    refused: Sequence[UnbelievableRow],
    reason: str,
    author: str,
    at: datetime,
) -> Event:
    payload = {
        "url": url,
        "canonical_url": canonical_url,
        "urls": list(urls),
        "captures": list(captures),
        "wordings": dict(wordings),
        "refused": [row_to_json(row) for row in refused],
        "reason": reason,
        "author": author,
    }
    return Event(type=EventType.ARTICLE_WITHDRAWN, occurred_at=at, payload=payload)


def edition_redacted(edition: Edition, withdrawal_id: str, at: datetime) -> Event:
    manifest = layout.to_manifest(edition, {})
    payload = {"number": edition.number, "withdrawal_id": withdrawal_id, "tables": manifest["tables"], "files": manifest["files"]}
    return Event(type=EventType.EDITION_REDACTED, occurred_at=at, payload=payload)


def statement_corrected(statement_id: str, kind: Kind, change: Change, reason: str, author: str, at: datetime) -> Event:
    payload = {
        "statement_id": statement_id,
        "kind": kind.value,
        "action": change.action.value,
        "field": change.field,
        "old_value": change.old_value,
        "new_value": change.new_value,
        "undone_id": change.undone_id,
        "reason": reason,
        "author": author,
    }
    return Event(type=EventType.STATEMENT_CORRECTED, occurred_at=at, payload=payload)
