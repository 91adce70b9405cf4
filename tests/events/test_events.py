"""In: events of every type and version there ever was. Out: the same ids and payloads for ever, and a document that tells the truth of them."""

# ruff: noqa: E501  records read best in few lines
from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import events
from ingest.archive import Place
from ingest.errors import Halt
from ingest.events import VERSIONS, Event, EventType, StoredEvent, decode, encode, event_id, instant, pack_sketch, unpack_sketch
from ingest.flow import entries
from ingest.ids import article_id, content_id, text_digest
from ingest.log import SCHEMA, Log, segment_key
from ingest.pending import CleanedArticle, Page, TakenCapture
from ingest.records import (
    Announcement,
    Article,
    Basis,
    Capture,
    CasualtyClaim,
    Extraction,
    Failure,
    FailureReason,
    Lead,
    Offer,
    Qualifier,
    Rejection,
    RejectionReason,
    Role,
    Span,
    Unchanged,
)
from ingest.storage import LocalStorage
from tests.events import golden

DOC = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")
AT = golden.AT
# What an upcaster cannot know: the keys of an old version's golden file that come out emptier than the newest one's.
LIFTED: dict[tuple[EventType, int], dict[str, object]] = {
    (EventType.LEDGER_LOADED, 1): {"sources": []},
    (EventType.ARTICLE_WITHDRAWN, 1): {"refused": []},
}
GOLDEN_IDS = {
    EventType.LEAD_FOUND: "a24fce58fa462c839c2b565c",
    EventType.CAPTURE_TAKEN: "e046121bace91ec46330916a",
    EventType.CAPTURE_FAILED: "4edadd97475ea86e691655ac",
    EventType.ARTICLE_CLEANED: "7a28047f6203540ddc2354d9",
    EventType.CAPTURE_REJECTED: "04d2a93b41bee5bb072fbcaf",
    EventType.STATEMENTS_EXTRACTED: "6c8de902dde19c0fb703f1b7",
    EventType.ARTICLE_GONE: "f57dfbc3bc0893fa2bf08fd5",
    EventType.LEDGER_LOADED: "533c3eeae2504f54816d1028",
    EventType.EDITION_PUBLISHED: "42c6b66d6f64b83e2bb12320",
    EventType.STATEMENT_CORRECTED: "7456a8fc5b2b0716ebe70dbc",
    EventType.ARTICLE_WITHDRAWN: "6b80c0ca0544c8e9457a34ff",
    EventType.EDITION_REDACTED: "e1fb6323f7bdb4295985e0cd",
}


def read_golden(path: Path, home: Path) -> StoredEvent:
    """The one event of a golden segment, read through a log as any stream is."""
    LocalStorage(home).create(segment_key(golden.STREAM, 1), path.read_bytes())
    log = Log(LocalStorage(home))
    assert list(log.verify(golden.STREAM)) == []
    (stored,) = log.read(golden.STREAM)
    return stored


class TestGolden:
    @pytest.mark.parametrize("type_", EventType)
    def test_every_version_ever_written_has_its_file(self, type_: EventType) -> None:
        for version in range(1, VERSIONS[type_] + 1):
            assert golden.path_of(type_, version).is_file(), "run: python -m tests.events.golden"

    @pytest.mark.parametrize("path", sorted(golden.FOLDER.glob("*.parquet")), ids=lambda path: path.stem)
    def test_every_file_is_read_as_the_newest_version_has_it(self, path: Path, tmp_path: Path) -> None:
        stored = read_golden(path, tmp_path)
        assert stored.payload == golden.PAYLOADS[stored.type] | LIFTED.get((stored.type, stored.version), {})
        assert (stored.stream, stored.position, stored.occurred_at, stored.recorded_at, stored.run_id) == ("gazette", 1, AT, AT, "golden")
        assert path == golden.path_of(stored.type, stored.version)

    @pytest.mark.parametrize("type_", EventType)
    def test_ids_never_change(self, type_: EventType) -> None:
        assert golden.event(type_).event_id == GOLDEN_IDS[type_]

    def test_ids_of_content_never_change(self) -> None:
        assert content_id() == "e3b0c44298fc1c149afbf4c8"
        assert content_id("a", "b") == "facdde7abf1eac5b301273ab"
        assert article_id("https://a.example/1", 1) == "1440b054ffa10de47263a316"
        assert text_digest("Київ") == "4ec43ff9c42014b883eeed7003b53f9e0193e9f633846ad05d8ccf4e51468c7e"


class TestIds:
    @given(
        a=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=3)),
        b=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=3)),
    )
    def test_only_the_same_parts_have_the_same_id(self, a: list[str], b: list[str]) -> None:
        assert (content_id(*a) == content_id(*b)) == (a == b)

    def test_an_id_does_not_depend_on_the_order_of_keys_or_on_the_zone(self) -> None:
        payload = golden.PAYLOADS[EventType.LEAD_FOUND]
        kyiv = AT.astimezone(timezone(timedelta(hours=2)))
        same = Event(type=EventType.LEAD_FOUND, occurred_at=kyiv, payload=dict(reversed(payload.items())))
        assert same.event_id == GOLDEN_IDS[EventType.LEAD_FOUND]

    @pytest.mark.parametrize(
        "changed",
        [
            {"type": EventType.ARTICLE_GONE},
            {"occurred_at": AT + timedelta(microseconds=1)},
            {"payload": {**golden.PAYLOADS[EventType.LEAD_FOUND], "title": "Title "}},
        ],
    )
    def test_an_id_depends_on_everything_else(self, changed: dict[str, object]) -> None:
        one = golden.event(EventType.LEAD_FOUND)
        assert dataclasses.replace(one, **changed).event_id != one.event_id  # type: ignore[arg-type]

    def test_the_id_of_an_encoded_payload_is_the_same(self) -> None:
        one = golden.event(EventType.ARTICLE_CLEANED)
        assert event_id(one, encode(one.payload).decode()) == one.event_id


class TestEncoding:
    def test_json_is_canonical(self) -> None:
        assert encode({"b": 1, "a": {"z": [1, 2.5, None, True], "ä": "ї"}}) == '{"a":{"z":[1,2.5,null,true],"ä":"ї"},"b":1}'.encode()

    def test_days_and_instants_are_iso(self) -> None:
        payload = {"at": datetime(2026, 3, 1, 4, tzinfo=UTC), "on": date(2026, 3, 1), "basis": Basis.STATED}
        assert encode(payload) == b'{"at":"2026-03-01T04:00:00Z","basis":"stated","on":"2026-03-01"}'

    @given(payload=st.dictionaries(st.text("abc", max_size=3), st.integers(-(2**53), 2**53) | st.text("aї𝕏\0\n", max_size=5) | st.none()))
    def test_what_is_encoded_is_decoded(self, payload: dict[str, object]) -> None:
        assert decode("LeadFound", 1, encode(payload)) == (EventType.LEAD_FOUND, payload)

    def test_a_payload_that_is_no_json_halts(self) -> None:
        with pytest.raises(Halt, match=r"LeadFound whose payload is no JSON .* run: claimledger verify"):
            decode("LeadFound", 1, '{"url": ')

    @pytest.mark.parametrize(
        ("when", "told"),
        [
            (datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC), "2026-03-01T04:05:06Z"),
            (datetime(2026, 3, 1, 4, 5, 6, 7, tzinfo=UTC), "2026-03-01T04:05:06.000007Z"),
            (datetime(2026, 3, 1, 4, 5, tzinfo=timezone(timedelta(hours=-5))), "2026-03-01T09:05:00Z"),
        ],
    )
    def test_instants(self, when: datetime, told: str) -> None:
        assert instant(when) == told

    def test_an_instant_without_a_zone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no time zone"):
            instant(datetime(2026, 3, 1))

    @given(sketch=st.lists(st.integers(0, 2**32 - 1), unique=True).map(sorted).map(tuple))
    def test_a_sketch_comes_back(self, sketch: tuple[int, ...]) -> None:
        assert unpack_sketch(pack_sketch(sketch)) == sketch


class TestUpcasting:
    def test_an_old_payload_is_lifted_step_by_step(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(events, "VERSIONS", {**VERSIONS, EventType.LEAD_FOUND: 3})
        steps = {
            (EventType.LEAD_FOUND, 1): lambda payload: {**payload, "two": "from one"},
            (EventType.LEAD_FOUND, 2): lambda payload: {**payload, "three": payload["two"]},
        }
        monkeypatch.setattr(events, "UPCASTERS", steps)
        assert decode("LeadFound", 1, '{"url":"a"}')[1] == {"url": "a", "two": "from one", "three": "from one"}
        assert decode("LeadFound", 2, '{"two":"x"}')[1] == {"two": "x", "three": "x"}
        assert decode("LeadFound", 3, '{"three":"x"}')[1] == {"three": "x"}
        assert Event(type=EventType.LEAD_FOUND, occurred_at=AT, payload={}).version == 3

    @pytest.mark.parametrize("type_", EventType)
    def test_there_is_a_step_from_every_old_version(self, type_: EventType) -> None:
        for old in range(1, VERSIONS[type_]):
            assert (type_, old) in events.UPCASTERS

    def test_a_golden_file_of_an_old_version_is_lifted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(events, "VERSIONS", {**VERSIONS, EventType.ARTICLE_GONE: 2})
        monkeypatch.setattr(events, "UPCASTERS", {(EventType.ARTICLE_GONE, 1): lambda payload: {**payload, "since": None}})
        stored = read_golden(golden.path_of(EventType.ARTICLE_GONE, 1), tmp_path)
        assert (stored.version, stored.payload) == (1, {"url": "https://a.example/1", "status": 410, "since": None})


# The document and the code.


def documented() -> dict[str, set[str]]:
    """Type -> payload keys, as the table of docs/events.md names them."""
    told = {}
    for line in DOC.splitlines():
        found = re.match(r"\| `(\w+)` \| \w+ \| (.+) \|$", line)
        if found:
            keys = re.sub(r"\([^)]*\)", "", found[2]).split(";")[0].split(":")[0]
            told[found[1]] = set(re.findall(r"`(\w+)`", keys))
    return told


SPAN = Span(char_start=0, char_end=4, sentence_start=0, sentence_end=4)
COMMON = {"span": SPAN, "rule": "r"}
CLAIM = CasualtyClaim(
    **COMMON, claimed_on=date(2026, 3, 1), claimant="K", claimant_party="UA", party="RU", population="military", measure="killed", category="personnel",
    subject=None, is_subset=False, place=None, low=1, high=1, qualifier=Qualifier.EXACT, period="day", as_of=None, as_of_basis=None,
)  # type: ignore[arg-type]  # fmt: skip
OFFER = Offer(
    **COMMON, offered_on=None, valid_until=None, status=None, offeror="K", offeror_party="UA", announced_by=None, audience=None, audience_party=None,
    action="surrender", benefit="money", amount_low=None, amount=None, currency=None, per=None, amount_usd=None, usd_basis=None,
)  # type: ignore[arg-type]  # fmt: skip
ANNOUNCEMENT = Announcement(**COMMON, announced_on=None, announcer="K", announcer_party=None, topic="law", channel=None)  # type: ignore[arg-type]


def built() -> Iterator[Event]:
    """One event through every function of `entries`."""
    page = Capture(
        url="u", final_url="f", role=Role.ARTICLE, status=200, fetched_at=AT, content_type="text/html", charset=None, headers=(), body=b"x", body_digest="d",
    )  # fmt: skip
    place = Place(warc_file="w", warc_offset=1, warc_bytes=2)
    taken = TakenCapture(
        capture_id="c", url="u", final_url="f", content_type="text/html", charset=None, body_digest="d", body_bytes=1, fetched_at=AT, warc_file="w",
        warc_offset=1, warc_bytes=2,
    )  # fmt: skip
    article = Article(
        canonical_url="u", title=None, authors=(), outlet=None, language=None, published_at=None, is_published_day_only=False, text="text",
    )  # fmt: skip
    cleaned = CleanedArticle(
        capture_id="c", url="u", canonical_url="u", title=None, published_at=None, text_digest="t", text_file="f", cleaner_version="1", fetched_at="x",
    )  # fmt: skip
    failure = Failure(url="u", role=Role.ARTICLE, reason=FailureReason.GONE, detail="d", fetched_at=AT, status=410)
    refused = Rejection(reason=RejectionReason.TOO_SHORT, detail="d")
    found = Extraction(casualty_claims=(CLAIM,), offers=(OFFER,), announcements=(ANNOUNCEMENT,), rejections=(refused,))
    yield entries.lead_found(Lead(url="u"), AT)
    yield entries.capture_taken(page, place)
    yield entries.capture_taken(page, None)
    yield entries.unchanged_taken(Unchanged(url="u", role=Role.ARTICLE, fetched_at=AT, body_digest="d"))
    yield from entries.failure_events(failure, Page(times_taken=1))
    yield entries.article_cleaned(taken, article, "file", "1", AT)
    yield entries.capture_rejected(taken, refused, "1", AT)
    yield entries.statements_extracted(cleaned, "text", found, ("x", "1"), AT)


class TestDocument:
    def test_it_names_every_type_and_no_other(self) -> None:
        assert set(documented()) == set(EventType)

    @pytest.mark.parametrize("event", list(built()), ids=lambda event: event.type.value)
    def test_the_payloads_have_the_keys_that_it_names(self, event: Event) -> None:
        assert set(event.payload) == documented()[event.type]

    @pytest.mark.parametrize("type_", EventType)
    def test_the_golden_payloads_have_them_too(self, type_: EventType) -> None:
        assert set(golden.PAYLOADS[type_]) == documented()[type_]

    def test_a_statement_has_the_fields_of_its_kind_and_no_quoted_text(self) -> None:
        (payload,) = [e.payload for e in built() if e.type is EventType.STATEMENTS_EXTRACTED]
        common = {"statement_id", "quote_digest", "char_start", "char_end", "sentence_start", "sentence_end"}
        for name, kind in (("casualty_claims", CasualtyClaim), ("offers", Offer), ("announcements", Announcement)):
            (statement,) = payload[name]
            assert set(statement) == common | {f.name for f in dataclasses.fields(kind)} - {"span"}
            assert statement["quote_digest"] == text_digest("text")
        assert "text" not in json.loads(encode(payload)).values()

    def test_the_envelope_is_that_of_the_log_and_maps_onto_cloudevents(self) -> None:
        columns = re.search(r"Every event is one row of a segment: `([^`]+)`", DOC)
        assert columns is not None
        assert columns[1].split(", ") == SCHEMA.names == [f.name for f in dataclasses.fields(StoredEvent)]
        mapped = dict(re.findall(r"`(\w+)` = `(\w+)`", DOC))
        assert mapped == {"id": "event_id", "source": "stream", "type": "type", "time": "occurred_at", "data": "payload"}
        extensions = set(SCHEMA.names) - set(mapped.values())
        assert all(f"`{name}`" in DOC for name in extensions)

    def test_a_page_that_was_never_captured_is_not_gone(self) -> None:
        failure = Failure(url="u", role=Role.ARTICLE, reason=FailureReason.NOT_FOUND, detail="d", fetched_at=AT, status=404)
        for page in (None, Page(), Page(times_taken=1, is_gone=True)):
            assert [e.type for e in entries.failure_events(failure, page)] == [EventType.CAPTURE_FAILED]
        listing = dataclasses.replace(failure, role=Role.LISTING)
        assert [e.type for e in entries.failure_events(listing, Page(times_taken=1))] == [EventType.CAPTURE_FAILED]
