"""In: what happened. Out: events as the log keeps them: a type, a version, an instant, a JSON payload; old versions decode for ever."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson

from ingest.errors import Halt
from ingest.ids import content_id

Payload = dict[str, Any]


class EventType(StrEnum):
    """Everything that can happen, in the past tense. Payload keys are listed in `docs/events.md`."""

    LEAD_FOUND = "LeadFound"
    CAPTURE_TAKEN = "CaptureTaken"
    CAPTURE_FAILED = "CaptureFailed"
    ARTICLE_CLEANED = "ArticleCleaned"
    CAPTURE_REJECTED = "CaptureRejected"
    STATEMENTS_EXTRACTED = "StatementsExtracted"
    ARTICLE_GONE = "ArticleGone"
    ARTICLE_WITHDRAWN = "ArticleWithdrawn"
    STATEMENT_CORRECTED = "StatementCorrected"
    LEDGER_LOADED = "LedgerLoaded"
    EDITION_PUBLISHED = "EditionPublished"
    EDITION_REDACTED = "EditionRedacted"


VERSIONS: Mapping[EventType, int] = dict.fromkeys(EventType, 1) | {EventType.LEDGER_LOADED: 2, EventType.ARTICLE_WITHDRAWN: 2}

# (type, version) -> the payload of that version as the next one has it. Pure; bytes in the log are never rewritten.
UPCASTERS: Mapping[tuple[EventType, int], Callable[[Payload], Payload]] = {
    # Version 2 names the sources whose events a load brought, so that a deleted file takes no history with it.
    (EventType.LEDGER_LOADED, 1): lambda payload: {**payload, "sources": []},
    # Version 2 names what was refused of the page, for no check can find it again without the quotes.
    (EventType.ARTICLE_WITHDRAWN, 1): lambda payload: {**payload, "refused": []},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened, before the log gives it a place. `occurred_at` is UTC."""

    type: EventType
    occurred_at: datetime
    payload: Payload

    @property
    def version(self) -> int:
        return VERSIONS[self.type]

    @property
    def event_id(self) -> str:
        """Derived from content: the same thing seen at the same instant has the same id."""
        return event_id(self, encode(self.payload).decode())


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event with its place in a stream. `(stream, position)` is unique and gapless from 1."""

    stream: str
    position: int
    event_id: str
    type: EventType
    version: int
    occurred_at: datetime
    recorded_at: datetime
    run_id: str
    payload: Payload


def event_id(event: Event, encoded: str) -> str:
    """The id of `event`, whose payload is `encoded` already."""
    return content_id(event.type, str(event.version), instant(event.occurred_at), encoded)


def encode(payload: Payload) -> bytes:
    """Canonical JSON: sorted keys, UTF-8, no spaces. Dates and instants become ISO 8601."""
    return orjson.dumps(payload, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC)


def known(type_: str, version: int) -> EventType:
    """The type of an event. Raises Halt for a type or version that only a newer version of this code knows."""
    try:
        found = EventType(type_)
    except ValueError:
        raise Halt(f"the log holds an event of type {type_!r}; this version knows {', '.join(EventType)}; upgrade claimledger") from None
    newest = VERSIONS[found]
    if not 1 <= version <= newest:
        raise Halt(f"the log holds {type_} version {version}; this version reads up to {newest}; upgrade claimledger")
    return found


def decode(type_: str, version: int, payload: str | bytes) -> tuple[EventType, Payload]:
    """The payload as the newest version of its type has it. Raises Halt for a type or version this code does not know."""
    of_type = known(type_, version)
    try:
        data: Payload = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise Halt(f"the log holds a {type_} whose payload is no JSON ({error}); run: claimledger verify") from error
    if not isinstance(data, dict):
        raise Halt(f"the log holds a {type_} whose payload is {payload[:40]!r}; a JSON object was expected; run: claimledger verify")
    for old in range(version, VERSIONS[of_type]):
        data = UPCASTERS[of_type, old](data)
    return of_type, data


def instant(when: datetime) -> str:
    """UTC, ISO 8601 with microseconds only where there are any, ending in Z."""
    if when.tzinfo is None:
        raise ValueError(f"{when!r} has no time zone; instants are UTC")
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def pack_sketch(sketch: tuple[int, ...]) -> str:
    """Ascending 32-bit hashes -> base64 of little-endian words."""
    return base64.b64encode(struct.pack(f"<{len(sketch)}I", *sketch)).decode()


def unpack_sketch(packed: str) -> tuple[int, ...]:
    """The reverse of `pack_sketch`."""
    raw = base64.b64decode(packed)
    return struct.unpack(f"<{len(raw) // 4}I", raw)
