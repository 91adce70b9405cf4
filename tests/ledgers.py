"""In: pages, statements and mishaps in a few words. Out: a real log with texts in a home, as a night of gathering would leave it.

ledger = Ledger(tmp_path)
ledger.article("gazette", "https://gazette.example/a", "Five died, Kyiv said.", claims=[claim("Five died", low=5)])
ledger.load()                      # append what waits, then LedgerLoaded
ledger.build(tmp_path / "build.duckdb")   # take every load in that the database does not hold yet
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from ingest import flow
from ingest.archive import Archive
from ingest.events import Event, EventType, Payload, instant, pack_sketch
from ingest.flow import entries
from ingest.flow.intake import take_in
from ingest.ids import content_id, digest, text_digest
from ingest.ledger import Load
from ingest.load import open_build
from ingest.load.changed import mark_changed
from ingest.log import Log
from ingest.records import Capture, Role
from ingest.settings import Settings
from ingest.sketch import sketch
from ingest.storage import LocalStorage

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
EDITIONS = "editions"
CORRECTIONS = "corrections"
RUN_ID = "test"
Said = tuple[str, Mapping[str, Any]]  # the quote, and the fields of the statement

_CLAIM = {
    "claimed_on": None, "claimant": None, "claimant_party": None, "party": "RU", "population": "military",
    "measure": "killed",
    "category": "personnel", "subject": None, "is_subset": False, "place": None, "low": None, "high": None,
    "qualifier": "exact",
    "period": "cumulative", "as_of": None, "as_of_basis": None,
}  # fmt: skip
_OFFER = {
    "offered_on": None, "valid_until": None, "status": "offered", "offeror": None, "offeror_party": None,
    "announced_by": None, "audience": None,
    "audience_party": None, "action": "surrender", "benefit": "money", "amount_low": None, "amount": None,
    "currency": None, "per": "once",
    "amount_usd": None, "usd_basis": None,
}  # fmt: skip
_ANNOUNCEMENT = {"announced_on": None, "announcer": "Ministry", "announcer_party": None, "topic": "other", "channel": None}


def claim(quote: str, **fields: Any) -> Said:
    return quote, _known(_CLAIM, fields)


def offer(quote: str, **fields: Any) -> Said:
    return quote, _known(_OFFER, fields)


def announcement(quote: str, **fields: Any) -> Said:
    return quote, _known(_ANNOUNCEMENT, fields)


def _known(default: Mapping[str, Any], fields: Mapping[str, Any]) -> Mapping[str, Any]:
    assert set(fields) <= set(default) | {"statement_id", "quote_digest", "char_start", "char_end"}, (
        f"no such field: {set(fields) - set(default)}"
    )
    return {**default, **fields}


def statement(kind: str, canonical_url: str, text: str, said: Said) -> Payload:
    """One statement as `StatementsExtracted` holds it. The quote must stand in the text; the first place counts."""
    quote, fields = said
    start = text.index(quote)
    span = {"char_start": start, "char_end": start + len(quote), "sentence_start": start, "sentence_end": start + len(quote)}
    name = content_id(kind, canonical_url, quote.casefold(), "1")
    return {"statement_id": name, "quote_digest": text_digest(quote), **span, "rule": f"{kind}.test", **fields}


@dataclass(slots=True)
class Ledger:
    """A home under test. Its clock moves one minute per event and one day per load; nothing reads the wall clock."""

    home: Path
    now: datetime = START
    waiting: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def log(self) -> Log:
        return Log(LocalStorage(self.home))

    @property
    def archive(self) -> Archive:
        return Archive(LocalStorage(self.home))

    def source(self, slug: str, *, publish_text: bool = True, **fields: Any) -> None:
        """Name a source, as its YAML file would."""
        row = {
            "slug": slug,
            "name": slug.title(),
            "kind": "feed",
            "country": "GB",
            "language": "en",
            "is_enabled": True,
            "entered_on": None,
        }
        self.sources[slug] = {**row, "publish_text": publish_text, **fields}

    def event(self, stream: str, type_: EventType, payload: Payload, at: datetime | None = None) -> str:
        """Let anything happen; its event id."""
        self.now += timedelta(minutes=1)
        event = Event(type=type_, occurred_at=at or self.now, payload=payload)
        self.waiting[stream].append(event)
        return event.event_id

    def lead(self, stream: str, url: str, at: datetime | None = None) -> None:
        self.event(stream, EventType.LEAD_FOUND, {"url": url, "listing_url": None, "title": None, "published_at": None}, at)

    def capture(
        self, stream: str, url: str, at: datetime | None = None, *, body: str = "", role: str = "article", is_unchanged: bool = False
    ) -> str:
        """What a host answered, archived unless it is unchanged; the capture id."""
        at = at or self.now
        capture = Capture(
            url=url, final_url=url, role=Role(role), status=304 if is_unchanged else 200, fetched_at=at, content_type="text/html",
            charset="utf-8", headers=(), body=body.encode(), body_digest=digest(body.encode()),
        )  # fmt: skip
        place = None if is_unchanged else self.archive.write_captures(stream, [capture])[0]
        return self.event(stream, EventType.CAPTURE_TAKEN, entries.capture_taken(capture, place).payload, at)

    def failed(self, stream: str, url: str, reason: str = "timeout", role: str = "article", at: datetime | None = None) -> None:
        payload = {"url": url, "role": role, "reason": reason, "detail": "no answer in 30 s", "status": None}
        self.event(stream, EventType.CAPTURE_FAILED, payload, at)

    def gone(self, stream: str, url: str, at: datetime | None = None) -> None:
        self.event(stream, EventType.ARTICLE_GONE, {"url": url, "status": 404}, at)

    def rejected(self, stream: str, url: str, reason: str = "too_short", at: datetime | None = None) -> None:
        capture_id = self.capture(stream, url, at, body=url)
        payload = {"capture_id": capture_id, "url": url, "stage": "clean", "reason": reason, "detail": "80 characters; 250 are needed"}
        self.event(stream, EventType.CAPTURE_REJECTED, {**payload, "fetched_at": instant(at or self.now), "cleaner_version": "1"}, at)

    def article(self, stream: str, url: str, text: str, *, at: datetime | None = None, **told: Any) -> str:
        """A page captured, cleaned and read; its capture id. `told` as for `cleaned` and `extracted`."""
        at = at or self.now
        said = {name: told.pop(name) for name in ("claims", "offers", "announcements", "rejections", "extractor_version") if name in told}
        capture_id = self.capture(stream, url, at, body=told.get("body", text))
        canonical_url = self.cleaned(stream, url, text, capture_id, at, **told)
        self.extracted(stream, canonical_url, text, capture_id, **said)
        return capture_id

    def cleaned(
        self, stream: str, url: str, text: str, capture_id: str, fetched_at: datetime, *, title: str | None = "A title",
        outlet: str | None = None,
        published_at: datetime | None = None, canonical_url: str | None = None, body: str | None = None, cleaner_version: str = "1",
    ) -> str:  # fmt: skip
        """The capture cleaned; its canonical URL."""
        text_file = self.archive.write_texts(stream, {text_digest(text): text})
        payload = {
            "capture_id": capture_id, "url": url, "canonical_url": canonical_url or url, "title": title,
            "authors": ["A. Writer"],
            "outlet": outlet or stream.title(), "language": "en",
            "published_at": instant(published_at) if published_at else None,
            "is_published_day_only": False, "text_digest": text_digest(text), "text_chars": len(text), "text_file": text_file,
            "sketch": pack_sketch(sketch(text)), "body_digest": digest((text if body is None else body).encode()),
            "fetched_at": instant(fetched_at), "cleaner_version": cleaner_version,
        }  # fmt: skip
        self.event(stream, EventType.ARTICLE_CLEANED, payload)
        return canonical_url or url

    def extracted(
        self, stream: str, canonical_url: str, text: str, capture_id: str, *, claims: Sequence[Said] = (), offers: Sequence[Said] = (),
        announcements: Sequence[Said] = (), rejections: Sequence[Payload] = (), extractor_version: str = "1",
    ) -> str:  # fmt: skip
        """The article read by an extractor."""
        lists = {
            "casualty_claims": [statement("casualty_claim", canonical_url, text, said) for said in claims],
            "offers": [statement("offer", canonical_url, text, said) for said in offers],
            "announcements": [statement("announcement", canonical_url, text, said) for said in announcements],
        }
        names = {"capture_id": capture_id, "canonical_url": canonical_url, "text_digest": text_digest(text), "extractor": "rules"}
        payload = {**names, "extractor_version": extractor_version, "cleaner_version": "1", **lists, "rejections": list(rejections)}
        return self.event(stream, EventType.STATEMENTS_EXTRACTED, payload)

    def load(self, known_at: datetime | None = None) -> Load:
        """Append what waits and say, in the stream `editions`, that a load takes it in; then a day passes."""
        log, known_at = self.log, known_at or self.now
        before = {stream: log.head(stream).position for stream in self.waiting}
        named = sorted(stream for stream, events in self.waiting.items() if events)
        self.write()
        ranges = {stream: [before[stream] + 1, log.head(stream).position] for stream in named}
        loaded = Event(type=EventType.LEDGER_LOADED, occurred_at=known_at, payload={"ranges": ranges, "sources": []})
        log.append(EDITIONS, [loaded], recorded_at=known_at, run_id=RUN_ID)
        self.now += timedelta(days=1)
        return self.loads()[-1]

    def write(self) -> None:
        """Append what waits; a build takes it in, under its own clock."""
        log = self.log
        for stream, events in self.waiting.items():
            log.append(stream, events, recorded_at=self.now, run_id=RUN_ID)
        self.waiting.clear()

    def correction(
        self, statement_id: str, kind: str, action: str, field: str, value: str | None = None, undone_id: str | None = None
    ) -> str:
        """A correction as `claimledger correct` would record it; its id. What the old value was does not matter to the tables."""
        payload = {
            "statement_id": statement_id, "kind": kind, "action": action, "field": field, "old_value": None, "new_value": value,
            "undone_id": undone_id, "reason": f"{action} {field}", "author": "An editor",
        }  # fmt: skip
        return self.event(CORRECTIONS, EventType.STATEMENT_CORRECTED, payload)

    def house(self) -> flow.House:
        """The home opened as commands do it, with a file for each source."""
        folder = self.home / "sources"
        folder.mkdir(exist_ok=True)
        for slug, row in self.sources.items():
            told = {key: row[key] for key in ("slug", "name", "kind", "country", "language", "publish_text")}
            text = yaml.safe_dump({**told, "url": f"https://{slug}.example/rss", "schedule": "0 2 * * *", "enabled": True})
            (folder / f"{slug}.yaml").write_text(text, encoding="utf-8")
        return flow.open_house(Settings(home=self.home, sources=folder, workers=1))

    def loads(self) -> list[Load]:
        """Every load of the log, in order."""
        return [
            Load(position=e.position, known_at=e.recorded_at, ranges={s: (r[0], r[1]) for s, r in e.payload["ranges"].items()})
            for e in self.log.read(EDITIONS, types=[EventType.LEDGER_LOADED])
        ]

    def build(self, path: Path) -> Path:
        """Take in every load that the database at `path` does not hold yet; the models then make everything anew."""
        self.take_in(path)
        with open_build(path) as database:
            mark_changed(database, "tests")
        return path

    def take_in(self, path: Path) -> None:
        """The same, and no word to the models."""
        with open_build(path) as database:
            database.put_sources(self.sources.values())
            for load in self.loads():
                if load.position > database.applied_loads():
                    take_in(database, load, self.events(load), self.texts(load))

    def events(self, load: Load) -> Iterator[pa.Table]:
        for stream, (first, last) in sorted(load.ranges.items()):
            yield from self.log.tables(stream, after=first - 1, upto=last)

    def texts(self, load: Load) -> Iterator[pa.Table]:
        """The files of texts that the load's articles name."""
        told = (self.log.read(stream, after=first - 1, upto=last) for stream, (first, last) in sorted(load.ranges.items()))
        cleaned = (event.payload for events in told for event in events if event.type is EventType.ARTICLE_CLEANED)
        for key in dict.fromkeys(payload["text_file"] for payload in cleaned):
            yield self.archive.read_texts(key)
