"""In: a source. Out: what a visit found, archived and in the log: listings and leads (`discover`), then pages (`fetch`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from ingest import robots
from ingest.discover import Listing, leads_of, select, unreadable
from ingest.errors import Halt
from ingest.events import Event
from ingest.fetch import fetch_all
from ingest.flow import entries
from ingest.flow.bring import bring
from ingest.flow.house import House, now
from ingest.flow.stages import open_pool
from ingest.pending import StreamState, listing_request, new_leads, to_fetch
from ingest.records import Capture, Failure, FailureReason, Lead, Outcome, Request, Role, Unchanged
from ingest.sources import WEB_KINDS, Source, SourceKind
from ingest.workers import Lost, Pool

FLUSH_ITEMS = 50  # captures held in memory before they are archived and logged: what a crash can cost
FLUSH_BYTES = 32_000_000
LISTING_TIMES = 2.0  # the time a page may take that a listing may: some have 50 MB
HELD_BYTES = 150_000_000  # of listings that wait to be read; news sites have some 100 KB
MAX_LISTINGS = 200  # listing documents in one visit: a sitemap index may name thousands
MAX_LEADS = 200_000  # leads in one visit; news sites name some hundreds

Counts = dict[str, Any]


def discover(house: House, source: Source, run_id: str, pool: Pool | None = None) -> Counts:
    """Find leads, or take in the articles that a file source brings. Without a pool one worker is started when there is a listing to read.

    Raises Halt when no listing of the source could be read at all.
    """
    with house.writing(source.slug), ExitStack() as own:
        state = house.state(source.slug)
        if source.kind not in WEB_KINDS:
            return bring(house, source, state, run_id, lambda requests: _ask(house, source, requests))
        listings = _Listings(house, source, state, pool or own.enter_context(open_pool(house, 1)))
        leads = leads_of(source) if source.kind is SourceKind.URLS else listings.walk()
        at = now()
        kept = select(source, leads, at.date())
        fresh = new_leads(state, kept)
        # Leads first: a listing that is known with its ETag is not read again, so its leads must be known before it.
        events = [entries.lead_found(lead, at) for lead in fresh] + listings.events
        if events:
            house.log.append(source.slug, events, recorded_at=now(), run_id=run_id)
    if listings.failures and not listings.read and not listings.unchanged:
        raise Halt(
            f"source {source.slug} could not be discovered: " + "; ".join(f"{f.url}: {f.reason}: {f.detail}" for f in listings.failures[:3])
        )
    return {
        "listings": listings.read,
        "listings_unchanged": listings.unchanged,
        "listing_failures": dict(Counter(f.reason.value for f in listings.failures)),
        "leads": len(leads),
        "leads_new": len(fresh),
        "events": len(events),
    }


def read_listings(pool: Pool, source: Source, captures: Sequence[Capture]) -> Iterator[Listing]:
    """What each listing says, read in a worker process: some bytes keep a parser busy for hours, and then the listing is unreadable."""
    answers = pool.map("discover", ((source, capture) for capture in captures), times=LISTING_TIMES)
    for capture, answer in zip(captures, answers, strict=True):
        yield unreadable(capture, f"{answer.reason}: {answer.detail}") if isinstance(answer, Lost) else answer


class _Listings:
    """The listing documents of one visit, breadth first; each is asked for once."""

    def __init__(self, house: House, source: Source, state: StreamState, pool: Pool) -> None:
        self.house, self.source, self.state, self.pool = house, source, state, pool
        self.events: list[Event] = []
        self.failures: list[Failure] = []
        self.read = self.unchanged = 0

    def walk(self) -> tuple[Lead, ...]:
        leads: dict[str, Lead] = {}
        seen: set[str] = set()
        wave: Sequence[str] = self.source.listings
        while wave and len(seen) < MAX_LISTINGS and len(leads) < MAX_LEADS:
            asked = [url for url in dict.fromkeys(wave) if url not in seen][: MAX_LISTINGS - len(seen)]
            seen.update(asked)
            wave = []
            outcomes = _ask(self.house, self.source, [self._request(url) for url in asked])
            said = read_listings(self.pool, self.source, [one for one in outcomes if isinstance(one, Capture)])
            for outcome in outcomes:
                for lead in self._take(outcome, said, wave):
                    leads.setdefault(lead.url, lead)
        return tuple(leads.values())[:MAX_LEADS]

    def _request(self, url: str) -> Request:
        """Conditional, but for the top of a sitemap: an index that stands still must not hide what its children have."""
        is_top = self.source.kind is SourceKind.SITEMAP and url in self.source.listings
        return Request(url=url, role=Role.LISTING) if is_top else listing_request(self.state, url)

    def _take(self, outcome: Outcome, said: Iterator[Listing], wave: list[str]) -> tuple[Lead, ...]:
        if isinstance(outcome, Failure):
            self._fail(outcome)
            return ()
        if isinstance(outcome, Unchanged):
            self.unchanged += 1
            self.events.append(entries.unchanged_taken(outcome))
            return ()
        listing = next(said)
        if listing.problem is not None:  # one item, one name: what cannot be read is a failure and no capture
            self._fail(listing.problem)
            return ()
        self.events.append(_archived(self.house, self.source, self.state, outcome))
        self.read += 1
        wave.extend(listing.listings)
        return listing.leads

    def _fail(self, failure: Failure) -> None:
        self.failures.append(failure)
        self.events.append(entries.capture_failed(failure))


def _ask(house: House, source: Source, requests: Sequence[Request]) -> list[Outcome]:
    """Listings, in the order of their requests. Bodies beyond what may be held are failures: an index can name 200 sitemaps of 50 MB."""
    outcomes: list[Outcome] = []
    held = 0

    def take(outcome: Outcome) -> None:
        nonlocal held
        if isinstance(outcome, Capture) and held + len(outcome.body) > HELD_BYTES:
            outcome = _unheld(outcome)
        held += len(outcome.body) if isinstance(outcome, Capture) else 0
        outcomes.append(outcome)

    fetch_all(house.settings, requests, delay_seconds=source.delay_seconds, parse_robots=robots.parse, emit=take)
    order = {request.url: number for number, request in enumerate(requests)}
    return sorted(outcomes, key=lambda outcome: order[outcome.url])


def _unheld(capture: Capture) -> Failure:
    """The listing that would have been one too many."""
    return Failure(
        url=capture.url,
        role=Role.LISTING,
        reason=FailureReason.TOO_LARGE,
        detail=f"with its {len(capture.body)} bytes the listings of this visit have more than {HELD_BYTES}; it was not read",
        fetched_at=capture.fetched_at,
        status=capture.status,
    )


def _is_repeated(state: StreamState, capture: Capture) -> bool:
    """A host that ignores conditions sent the very body that is archived already."""
    page = state.pages.get(capture.url)
    return page is not None and page.body_digest == capture.body_digest


def _archived(house: House, source: Source, state: StreamState, capture: Capture) -> Event:
    if _is_repeated(state, capture):
        return entries.capture_taken(capture, None)
    return entries.capture_taken(capture, house.archive.write_captures(source.slug, [capture])[0])


def fetch(house: House, source: Source, run_id: str, on_start: Callable[[], None] = lambda: None) -> Counts:
    """Ask for the leads that wait and the pages due for another look; every one ends as capture, unchanged or failure.

    `on_start` is called before the first request, and not at all when there is nothing to ask for.
    """
    if source.kind not in WEB_KINDS:
        return {"captures": 0, "unchanged": 0, "failures": {}}
    with house.writing(source.slug):
        state = house.state(source.slug)
        requests = to_fetch(state, now(), source.revisit, source.max_items)
        taking = Taking(house, source, state, run_id)
        if requests:
            on_start()
            try:
                fetch_all(house.settings, requests, delay_seconds=source.delay_seconds, parse_robots=robots.parse, emit=taking.take)
            finally:
                taking.flush()
    return taking.counts()


class Taking:
    """Takes outcomes in as they end and writes them in small batches: first the archive, then the log."""

    def __init__(self, house: House, source: Source, state: StreamState, run_id: str) -> None:
        self.house, self.source, self.state, self.run_id = house, source, state, run_id
        self.held: list[Outcome] = []
        self.held_bytes = 0
        self.captures = self.unchanged = 0
        self.failures: Counter[str] = Counter()

    def take(self, outcome: Outcome) -> None:
        """Hold one outcome; write when enough is held."""
        self.held.append(outcome)
        self.held_bytes += len(outcome.body) if isinstance(outcome, Capture) else 0
        if len(self.held) >= FLUSH_ITEMS or self.held_bytes >= FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Archive the bodies, then log everything held, in the order it ended."""
        if not self.held:
            return
        held, self.held, self.held_bytes = self.held, [], 0
        bodies = [outcome for outcome in held if isinstance(outcome, Capture) and not _is_repeated(self.state, outcome)]
        places = self.house.archive.write_captures(self.source.slug, bodies) if bodies else []
        place_of = {id(capture): place for capture, place in zip(bodies, places, strict=True)}
        events: list[Event] = []
        for outcome in held:
            events += self._events(outcome, place_of)
        self.house.log.append(self.source.slug, events, recorded_at=now(), run_id=self.run_id)

    def _events(self, outcome: Outcome, place_of: dict[int, Any]) -> list[Event]:
        if isinstance(outcome, Failure):
            self.failures[outcome.reason.value] += 1
            return entries.failure_events(outcome, self.state.pages.get(outcome.url))
        if isinstance(outcome, Unchanged):
            self.unchanged += 1
            return [entries.unchanged_taken(outcome)]
        place = place_of.get(id(outcome))
        self.captures += place is not None
        self.unchanged += place is None
        return [entries.capture_taken(outcome, place)]

    def counts(self) -> Counts:
        return {"captures": self.captures, "unchanged": self.unchanged, "failures": dict(sorted(self.failures.items()))}
