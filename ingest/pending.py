"""In: the events of one stream, in order. Out: what is known of its pages and what is still to be fetched, cleaned or extracted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ingest.events import EventType, StoredEvent
from ingest.ledger import Withdrawal
from ingest.records import FailureReason, Lead, RejectionReason, Request, Role

MAX_TRIES = 5  # visits after which a page that keeps failing for passing reasons is given up
FINAL_FAILURES = frozenset(
    {
        FailureReason.NOT_FOUND,
        FailureReason.GONE,
        FailureReason.CONTENT_TYPE,
        FailureReason.TOO_LARGE,
        FailureReason.BAD_URL,
        FailureReason.ADDRESS_REFUSED,
        FailureReason.REDIRECT_LOOP,
        FailureReason.ROBOTS_DISALLOWED,
        FailureReason.CLIENT_ERROR,
        FailureReason.FILE_UNREADABLE,
    }
)
# The visit ended before the page's own turn: no try of it.
NOT_ITS_FAULT = frozenset({FailureReason.RUN_STOPPED, FailureReason.HOST_STOPPED, FailureReason.ROBOTS_UNAVAILABLE})


@dataclass(slots=True)
class Page:
    """All that the stream tells of one address."""

    is_lead: bool = False
    first_taken_at: datetime | None = None
    taken_at: datetime | None = None
    times_taken: int = 0
    etag: str | None = None
    last_modified: str | None = None
    body_digest: str | None = None
    warc_file: str | None = None  # of the newest body
    is_lost: bool = False  # the archive has that body no more
    failures: int = 0
    walls: int = 0  # captures that were the challenge of a bot wall
    is_given_up: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenCapture:
    """A capture with a body in the archive."""

    capture_id: str
    url: str
    final_url: str
    content_type: str
    charset: str | None
    body_digest: str
    body_bytes: int
    fetched_at: datetime
    warc_file: str
    warc_offset: int
    warc_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedArticle:
    """The newest cleaning of a capture."""

    capture_id: str
    url: str
    canonical_url: str
    title: str | None
    published_at: str | None
    text_digest: str
    text_file: str
    cleaner_version: str
    fetched_at: str


@dataclass(slots=True)
class StreamState:
    """The fold of a stream. Built by `fold`; asked by the functions below."""

    position: int = 0
    pages: dict[str, Page] = field(default_factory=dict)
    captures: dict[str, TakenCapture] = field(default_factory=dict)
    cleaned: dict[str, CleanedArticle] = field(default_factory=dict)
    clean_versions: dict[str, str] = field(default_factory=dict)  # capture -> newest cleaner version that dealt with it
    extracted: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # capture -> extractor, its version, text digest
    last_success_at: datetime | None = None
    withdrawn_urls: frozenset[str] = frozenset()  # addresses of pages that were taken down, whatever stream they came from


def forget(state: StreamState, withdrawals: Iterable[Withdrawal]) -> StreamState:
    """The state without what was withdrawn: it is not fetched, cleaned or extracted again."""
    told = list(withdrawals)
    state.withdrawn_urls = frozenset(url for one in told for url in (one.canonical_url, *one.urls))
    for url in state.withdrawn_urls & state.pages.keys():
        state.pages[url].is_given_up = True
    for capture_id in (capture for one in told for capture in one.captures):
        state.captures.pop(capture_id, None)
        state.cleaned.pop(capture_id, None)
    return state


def lose(state: StreamState, files: Collection[str]) -> StreamState:
    """The state without what lay in `files`, which the archive has no more: pages are fetched anew, and what has a body is cleaned anew."""
    for page in state.pages.values() if files else ():
        if page.warc_file in files:
            page.is_lost, page.etag, page.last_modified, page.body_digest = True, None, None, None
    for capture_id in [c for c, capture in state.captures.items() if capture.warc_file in files]:
        state.captures.pop(capture_id)
    for capture_id in [c for c, article in state.cleaned.items() if article.text_file in files]:
        state.cleaned.pop(capture_id)
        state.clean_versions.pop(capture_id)
    return state


def fold(events: Iterable[StoredEvent], state: StreamState | None = None) -> StreamState:
    """Take in events in order of position; give the state so far to go on from it."""
    state = state or StreamState()
    for event in events:
        _FOLDS.get(event.type, _ignore)(state, event)
        state.position = event.position
    return state


def _ignore(state: StreamState, event: StoredEvent) -> None:
    del state, event


def _page(state: StreamState, url: str) -> Page:
    return state.pages.setdefault(url, Page())


def _lead(state: StreamState, event: StoredEvent) -> None:
    _page(state, event.payload["url"]).is_lead = True


def _taken(state: StreamState, event: StoredEvent) -> None:
    payload = event.payload
    page = _page(state, payload["url"])
    page.first_taken_at = page.first_taken_at or event.occurred_at
    page.taken_at, page.times_taken = event.occurred_at, page.times_taken + 1
    page.etag, page.last_modified, page.body_digest = payload["etag"], payload["last_modified"], payload["body_digest"]
    if payload["warc_file"] is not None:
        page.warc_file, page.is_lost = payload["warc_file"], False
    page.failures, page.is_gone, page.is_given_up = 0, False, False
    state.last_success_at = event.recorded_at  # not of the fetch: an imported capture may be years old
    if payload["role"] == Role.ARTICLE and not payload["is_unchanged"]:
        state.captures[event.event_id] = _capture(event)


def _capture(event: StoredEvent) -> TakenCapture:
    kept = {name: event.payload[name] for name in TakenCapture.__slots__ if name not in ("capture_id", "fetched_at")}
    return TakenCapture(capture_id=event.event_id, fetched_at=event.occurred_at, **kept)


def _failed(state: StreamState, event: StoredEvent) -> None:
    page = _page(state, event.payload["url"])
    if event.payload["reason"] in NOT_ITS_FAULT:
        return
    page.failures += 1
    page.is_given_up = event.payload["reason"] in FINAL_FAILURES or page.failures >= MAX_TRIES


def _gone(state: StreamState, event: StoredEvent) -> None:
    _page(state, event.payload["url"]).is_gone = True


def _cleaned(state: StreamState, event: StoredEvent) -> None:
    kept = {name: event.payload[name] for name in CleanedArticle.__slots__}
    article = CleanedArticle(**kept)
    state.cleaned[article.capture_id] = article
    state.clean_versions[article.capture_id] = article.cleaner_version


def _rejected(state: StreamState, event: StoredEvent) -> None:
    capture_id = event.payload["capture_id"]
    state.clean_versions[capture_id] = event.payload["cleaner_version"]
    state.cleaned.pop(capture_id, None)
    if event.payload["reason"] == RejectionReason.BOT_WALL:
        _walled(state, capture_id)


def _walled(state: StreamState, capture_id: str) -> None:
    """What was taken last is no page: it counts as one more failed try, and nothing is asked on the condition that it changed."""
    capture = state.captures.get(capture_id)
    page = state.pages.get(capture.url) if capture else None
    if capture is None or page is None or page.body_digest != capture.body_digest:
        return
    page.walls += 1
    page.times_taken = max(0, page.times_taken - 1)
    page.first_taken_at = page.first_taken_at if page.times_taken else None
    page.etag = page.last_modified = page.body_digest = None
    page.is_given_up = page.walls >= MAX_TRIES


def _extracted(state: StreamState, event: StoredEvent) -> None:
    payload = event.payload
    state.extracted[payload["capture_id"]] = (payload["extractor"], payload["extractor_version"], payload["text_digest"])


_FOLDS = {
    EventType.LEAD_FOUND: _lead,
    EventType.CAPTURE_TAKEN: _taken,
    EventType.CAPTURE_FAILED: _failed,
    EventType.ARTICLE_GONE: _gone,
    EventType.ARTICLE_CLEANED: _cleaned,
    EventType.CAPTURE_REJECTED: _rejected,
    EventType.STATEMENTS_EXTRACTED: _extracted,
}


def new_leads(state: StreamState, leads: Sequence[Lead]) -> list[Lead]:
    """The leads whose address the stream does not know yet, each once."""
    fresh = {lead.url: lead for lead in reversed(leads) if lead.url not in state.pages or not state.pages[lead.url].is_lead}
    return [lead for lead in leads if fresh.get(lead.url) is lead]


def listing_request(state: StreamState, url: str) -> Request:
    """Ask for a listing, conditionally when it was taken before."""
    return _request(url, state.pages.get(url, Page()), Role.LISTING)


def to_fetch(state: StreamState, now: datetime, revisit: Sequence[int], max_items: int) -> list[Request]:
    """Leads never captured, or lost, and not given up, then pages due for another look; at most `max_items`."""
    fresh = [url for url, page in state.pages.items() if page.is_lead and _is_missing(page)]
    due = [url for url, page in state.pages.items() if page.is_lead and _is_due(page, now, revisit)]
    return [_request(url, state.pages[url], Role.ARTICLE) for url in (fresh + due)[:max_items]]


def _is_missing(page: Page) -> bool:
    return not page.is_given_up and (page.is_lost and not page.is_gone if page.times_taken else True)


def _is_due(page: Page, now: datetime, revisit: Sequence[int]) -> bool:
    """The n-th look after the first is due `revisit[n-1]` seconds after the first. A page that is gone is not asked again."""
    if page.first_taken_at is None or page.is_lost or page.is_gone or page.is_given_up or page.times_taken > len(revisit):
        return False
    return now >= page.first_taken_at + timedelta(seconds=revisit[page.times_taken - 1])


def _request(url: str, page: Page, role: Role) -> Request:
    return Request(url=url, role=role, etag=page.etag, last_modified=page.last_modified, body_digest=page.body_digest)


def to_clean(state: StreamState, cleaner_version: str, *, is_reprocess: bool = False) -> list[TakenCapture]:
    """Captures no cleaner has dealt with; when reprocessing, those that only another version has."""
    return [
        capture
        for capture_id, capture in state.captures.items()
        if (state.clean_versions.get(capture_id) not in (None, cleaner_version) if is_reprocess else capture_id not in state.clean_versions)
    ]


def to_extract(state: StreamState, extractor: str, version: str, *, is_reprocess: bool = False) -> list[CleanedArticle]:
    """Articles no extractor has read in their present text; when reprocessing, those that only another extractor version has."""
    return [
        article
        for capture_id, article in state.cleaned.items()
        if (_is_outdated(state, capture_id, extractor, version) if is_reprocess else _is_unread(state, capture_id, article))
    ]


def _is_unread(state: StreamState, capture_id: str, article: CleanedArticle) -> bool:
    known = state.extracted.get(capture_id)
    return known is None or known[2] != article.text_digest


def _is_outdated(state: StreamState, capture_id: str, extractor: str, version: str) -> bool:
    known = state.extracted.get(capture_id)
    return known is not None and known[:2] != (extractor, version)


def summary(state: StreamState, cleaner_version: str, extractor: str, version: str) -> dict[str, Any]:
    """What waits in this stream: counts for `claimledger status`."""
    return {
        "to_clean": len(to_clean(state, cleaner_version)),
        "to_extract": len(to_extract(state, extractor, version)),
        "outdated_clean": len(to_clean(state, cleaner_version, is_reprocess=True)),
        "outdated_extract": len(to_extract(state, extractor, version, is_reprocess=True)),
        "last_success_at": state.last_success_at,
    }
