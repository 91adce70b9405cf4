"""In: one event of every type as the newest version has it. Out: `golden/<type>-v<version>.parquet`, written once and read for ever.

    python -m tests.events.golden

A file that exists is never written again. When a type's version rises, change its payload here and run this once more.
"""

# ruff: noqa: E501  payloads read best in few lines
from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.events import VERSIONS, Event, EventType
from ingest.log import Log, segment_key
from ingest.storage import LocalStorage

FOLDER = Path(__file__).parent / "golden"
AT = datetime(2026, 3, 1, 4, 5, 6, 789012, tzinfo=UTC)
STREAM = "gazette"
CAPTURE_ID = "0123456789abcdef01234567"
DIGEST = "ab" * 32
CLEANED: dict[str, Any] = {
    "capture_id": CAPTURE_ID, "url": "https://a.example/1", "canonical_url": "https://a.example/1", "title": "Заголовок 𝕏", "authors": ["A", "B"],
    "outlet": "The Gazette", "language": "en", "published_at": "2026-03-01T00:00:00Z", "is_published_day_only": True, "text_digest": DIGEST,
    "text_chars": 1200, "text_file": "archive/gazette/texts/a.parquet", "sketch": "AQAAAAIAAAA=", "body_digest": DIGEST,
    "fetched_at": "2026-03-01T04:05:06.789012Z", "cleaner_version": "1.0.0",
}  # fmt: skip
CLAIM: dict[str, Any] = {
    "statement_id": CAPTURE_ID, "quote_digest": DIGEST, "char_start": 3, "char_end": 40, "sentence_start": 0, "sentence_end": 41, "rule": "killed",
    "claimed_on": "2026-03-01", "claimant": "General Staff", "claimant_party": "UA", "party": "RU", "population": "military", "measure": "killed",
    "category": "personnel", "subject": None, "is_subset": False, "place": None, "low": 12, "high": None, "qualifier": "at_least", "period": "day",
    "as_of": "2026-02-28", "as_of_basis": "stated",
}  # fmt: skip
PAYLOADS: dict[EventType, dict[str, Any]] = {
    EventType.LEAD_FOUND: {"url": "https://a.example/1", "listing_url": "https://a.example/rss", "title": "Title", "published_at": None},
    EventType.CAPTURE_TAKEN: {
        "url": "https://a.example/1", "final_url": "https://a.example/1?x", "role": "article", "status": 200, "is_unchanged": False,
        "content_type": "text/html", "charset": None, "etag": '"t"', "last_modified": None, "body_digest": DIGEST, "body_bytes": 4000,
        "warc_file": "archive/gazette/2026/a.warc.gz", "warc_offset": 261, "warc_bytes": 1500,
    },
    EventType.CAPTURE_FAILED: {"url": "https://a.example/1", "role": "article", "reason": "not_found", "detail": "404", "status": 404},
    EventType.ARTICLE_CLEANED: CLEANED,
    EventType.CAPTURE_REJECTED: {
        "capture_id": CAPTURE_ID, "url": "https://a.example/1", "stage": "clean", "reason": "too_short", "detail": "80 characters",
        "fetched_at": "2026-03-01T04:05:06.789012Z", "cleaner_version": "1.0.0",
    },
    EventType.STATEMENTS_EXTRACTED: {
        "capture_id": CAPTURE_ID, "canonical_url": "https://a.example/1", "text_digest": DIGEST, "extractor": "grammar", "extractor_version": "1.0.0",
        "cleaner_version": "1.0.0", "casualty_claims": [CLAIM], "offers": [], "announcements": [],
        "rejections": [{"reason": "quote_too_long", "detail": "500 characters"}],
    },
    EventType.ARTICLE_GONE: {"url": "https://a.example/1", "status": 410},
    EventType.STATEMENT_CORRECTED: {
        "statement_id": CAPTURE_ID, "kind": "casualty_claim", "action": "set", "field": "low", "old_value": "90", "new_value": "9", "undone_id": None,
        "reason": "a digit too many", "author": "A. Editor",
    },
    EventType.ARTICLE_WITHDRAWN: {
        "url": "https://a.example/1?x", "canonical_url": "https://a.example/1", "urls": ["https://a.example/1", "https://a.example/1?x"],
        "captures": [CAPTURE_ID], "wordings": {DIGEST: CAPTURE_ID},
        "refused": [{
            "table": "casualty_claims", "statement_id": CAPTURE_ID, "article_id": CAPTURE_ID, "valid_from_at": "2026-03-01T04:05:06+00:00",
            "expectation": "quote_has_number", "detail": "quote_has_number is false", "recorded_at": "2026-03-01T04:05:06+00:00",
        }], "reason": "asked by the outlet", "author": "A. Editor",
    },
    EventType.LEDGER_LOADED: {
        "ranges": {"gazette": [1, 12]},
        "sources": [{
            "slug": "gazette", "name": "The Gazette", "kind": "feed", "country": "GB", "language": "en", "is_enabled": True,
            "entered_on": "2026-02-28", "publish_text": False,
        }],
    },
    EventType.EDITION_PUBLISHED: {
        "number": 1, "known_at": "2026-03-01T04:05:06Z", "log_positions": {"gazette": 12}, "log_head_digest": DIGEST,
        "tables": {"articles": {"rows": 3, "digest": DIGEST}}, "files": {"articles.parquet": DIGEST}, "code_version": "0.1.0",
        "cleaner_version": "1.0.0", "extractor_version": "1.0.0", "verdict": "pass",
    },
    EventType.EDITION_REDACTED: {
        "number": 1, "withdrawal_id": CAPTURE_ID, "tables": {"articles": {"rows": 3, "digest": DIGEST}}, "files": {"articles.parquet": DIGEST},
    },
}  # fmt: skip


def path_of(type_: EventType, version: int) -> Path:
    return FOLDER / f"{type_}-v{version}.parquet"


def event(type_: EventType) -> Event:
    return Event(type=type_, occurred_at=AT, payload=PAYLOADS[type_])


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for type_ in EventType:
        path = path_of(type_, VERSIONS[type_])
        if not path.exists():
            with tempfile.TemporaryDirectory() as folder:
                storage = LocalStorage(Path(folder))
                Log(storage).append(STREAM, [event(type_)], recorded_at=AT, run_id="golden")
                path.write_bytes(storage.read(segment_key(STREAM, 1)))


if __name__ == "__main__":
    main()
