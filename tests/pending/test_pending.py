"""In: streams of events. Out: what still has to be fetched, cleaned and read; the same whether folded at once or bit by bit."""

# ruff: noqa: E501  payloads read best in few lines
from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.events import EventType, StoredEvent
from ingest.ledger import Withdrawal
from ingest.pending import (
    FINAL_FAILURES,
    MAX_TRIES,
    NOT_ITS_FAULT,
    StreamState,
    fold,
    forget,
    listing_request,
    new_leads,
    summary,
    to_clean,
    to_extract,
    to_fetch,
)
from ingest.records import FailureReason, Lead, Role

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
URL = "https://a.example/1"
OTHER = "https://a.example/2"
HOUR, DAY = 3600, 86_400


class Stream:
    """Tells events one after the other; `state` is their fold."""

    def __init__(self) -> None:
        self.events: list[StoredEvent] = []

    def add(self, type_: EventType, payload: dict[str, Any], at: datetime = AT) -> str:
        position = len(self.events) + 1
        told = {"stream": "s", "event_id": f"e{position}", "version": 1, "recorded_at": at, "run_id": "r"}
        self.events.append(StoredEvent(position=position, type=type_, occurred_at=at, payload=payload, **told))
        return f"e{position}"

    @property
    def state(self) -> StreamState:
        return fold(self.events)

    def lead(self, url: str = URL) -> None:
        self.add(EventType.LEAD_FOUND, {"url": url})

    def taken(
        self,
        url: str = URL,
        at: datetime = AT,
        *,
        is_unchanged: bool = False,
        role: str = "article",
        etag: str | None = "t",
        digest: str = "d",
    ) -> str:
        payload = {
            "url": url, "final_url": url, "role": role, "is_unchanged": is_unchanged, "content_type": "text/html", "charset": None, "etag": etag,
            "last_modified": None, "body_digest": digest, "body_bytes": 1, "warc_file": "w", "warc_offset": 0, "warc_bytes": 1,
        }  # fmt: skip
        return self.add(EventType.CAPTURE_TAKEN, payload, at)

    def failed(self, reason: FailureReason, url: str = URL, times: int = 1) -> None:
        for _ in range(times):
            self.add(EventType.CAPTURE_FAILED, {"url": url, "role": "article", "reason": reason.value})

    def gone(self, url: str = URL) -> None:
        self.add(EventType.ARTICLE_GONE, {"url": url, "status": 410})

    def cleaned(self, capture_id: str, version: str = "1", text: str = "t1") -> None:
        payload = {
            "capture_id": capture_id, "url": URL, "canonical_url": URL, "title": None, "published_at": None, "text_digest": text, "text_file": "f",
            "cleaner_version": version, "fetched_at": "2026-03-01T04:00:00Z",
        }  # fmt: skip
        self.add(EventType.ARTICLE_CLEANED, payload)

    def rejected(self, capture_id: str, version: str = "1") -> None:
        self.add(EventType.CAPTURE_REJECTED, {"capture_id": capture_id, "cleaner_version": version})

    def extracted(self, capture_id: str, version: str = "1", text: str = "t1", extractor: str = "x") -> None:
        payload = {"capture_id": capture_id, "extractor": extractor, "extractor_version": version, "text_digest": text}
        self.add(EventType.STATEMENTS_EXTRACTED, payload)


@pytest.fixture
def stream() -> Stream:
    return Stream()


def asked(stream: Stream, after: int = 0, revisit: tuple[int, ...] = (), max_items: int = 100) -> list[str]:
    return [request.url for request in to_fetch(stream.state, AT + timedelta(seconds=after), revisit, max_items)]


@st.composite
def any_events(draw: st.DrawFn) -> list[StoredEvent]:
    stream = Stream()
    captures: list[str] = []
    urls = st.sampled_from([URL, OTHER])
    for _ in range(draw(st.integers(0, 15))):
        act = draw(st.sampled_from(["lead", "taken", "failed", "gone", "cleaned", "rejected", "extracted"]))
        capture_id = draw(st.sampled_from(captures)) if captures else "e0"
        version = draw(st.sampled_from(["1", "2"]))
        if act == "lead":
            stream.lead(draw(urls))
        elif act == "taken":
            captures.append(stream.taken(draw(urls), AT, is_unchanged=draw(st.booleans()), digest=draw(st.sampled_from("ab"))))
        elif act == "failed":
            stream.failed(draw(st.sampled_from(FailureReason)), draw(urls))
        elif act == "gone":
            stream.gone(draw(urls))
        else:
            getattr(stream, act)(capture_id, version)
    return stream.events


class TestFold:
    @given(events=any_events(), cut=st.integers(0, 15))
    def test_bit_by_bit_is_the_same_as_at_once(self, events: list[StoredEvent], cut: int) -> None:
        begun = copy.deepcopy(fold(events[:cut]))
        assert fold(events[cut:], begun) == fold(events)
        assert fold(events).position == len(events)

    @given(events=any_events())
    def test_nothing_waits_twice_and_all_that_waits_is_known(self, events: list[StoredEvent]) -> None:
        state = fold(events)
        urls = [request.url for request in to_fetch(state, AT + timedelta(days=30), (0, DAY), 100)]
        assert len(urls) == len(set(urls))
        pending, outdated = to_clean(state, "2"), to_clean(state, "2", is_reprocess=True)
        assert not {c.capture_id for c in pending} & {c.capture_id for c in outdated}
        unread, stale = to_extract(state, "x", "2"), to_extract(state, "x", "2", is_reprocess=True)
        assert {a.capture_id for a in (*unread, *stale)} <= state.cleaned.keys()

    def test_types_it_does_not_know_are_passed_over(self, stream: Stream) -> None:
        stream.add(EventType.EDITION_PUBLISHED, {"number": 1})
        assert stream.state.position == 1


class TestFetching:
    def test_a_lead_is_asked_for_until_it_was_taken(self, stream: Stream) -> None:
        assert asked(stream) == []
        stream.lead()
        assert asked(stream) == [URL]
        stream.taken()
        assert asked(stream) == []

    def test_what_is_no_lead_is_not_asked_for(self, stream: Stream) -> None:
        stream.taken("https://a.example/rss", role="listing")
        assert asked(stream, after=DAY, revisit=(0,)) == []

    def test_leads_come_before_second_looks_and_no_more_than_allowed(self, stream: Stream) -> None:
        stream.lead(URL)
        stream.taken(URL)
        stream.lead(OTHER)
        assert asked(stream, after=HOUR, revisit=(0,)) == [OTHER, URL]
        assert asked(stream, after=HOUR, revisit=(0,), max_items=1) == [OTHER]

    @pytest.mark.parametrize("reason", sorted(FINAL_FAILURES))
    def test_a_final_failure_gives_a_page_up_at_once(self, stream: Stream, reason: FailureReason) -> None:
        stream.lead()
        stream.failed(reason)
        assert asked(stream) == []

    @pytest.mark.parametrize("reason", sorted(set(FailureReason) - FINAL_FAILURES - NOT_ITS_FAULT))
    def test_a_passing_failure_is_tried_again_but_not_for_ever(self, stream: Stream, reason: FailureReason) -> None:
        stream.lead()
        stream.failed(reason, times=MAX_TRIES - 1)
        assert asked(stream) == [URL]
        stream.failed(reason)
        assert asked(stream) == []

    @pytest.mark.parametrize("reason", sorted(NOT_ITS_FAULT))
    def test_a_visit_that_ended_early_is_no_try_of_the_page(self, stream: Stream, reason: FailureReason) -> None:
        stream.lead()
        stream.failed(reason, times=MAX_TRIES + 1)
        assert asked(stream) == [URL]

    def test_a_capture_wipes_old_failures(self, stream: Stream) -> None:
        stream.lead()
        stream.failed(FailureReason.TIMEOUT, times=MAX_TRIES - 1)
        stream.taken()
        stream.failed(FailureReason.TIMEOUT, times=MAX_TRIES - 1)
        assert asked(stream, after=HOUR, revisit=(0,)) == [URL]

    def test_second_looks_come_when_due_each_once(self, stream: Stream) -> None:
        revisit = (HOUR, DAY)
        stream.lead()
        stream.taken(at=AT)
        assert asked(stream, after=HOUR - 1, revisit=revisit) == []
        assert asked(stream, after=HOUR, revisit=revisit) == [URL]
        stream.taken(at=AT + timedelta(seconds=HOUR), is_unchanged=True)
        assert asked(stream, after=DAY - 1, revisit=revisit) == []
        assert asked(stream, after=DAY, revisit=revisit) == [URL]
        stream.taken(at=AT + timedelta(days=1), digest="other")
        assert asked(stream, after=100 * DAY, revisit=revisit) == []

    def test_a_page_that_is_gone_is_not_asked_again(self, stream: Stream) -> None:
        stream.lead()
        stream.taken()
        stream.gone()
        assert asked(stream, after=DAY, revisit=(0,)) == []

    def test_conditions_come_from_the_newest_capture(self, stream: Stream) -> None:
        stream.lead()
        stream.taken(etag="one", digest="d1")
        stream.taken(etag="two", digest="d2")
        (request,) = to_fetch(stream.state, AT, (0, 0), 10)
        assert (request.etag, request.body_digest, request.role) == ("two", "d2", Role.ARTICLE)

    def test_a_listing_is_asked_conditionally_when_it_was_taken_before(self, stream: Stream) -> None:
        assert listing_request(stream.state, "https://a.example/rss").etag is None
        stream.taken("https://a.example/rss", role="listing", etag="one")
        request = listing_request(stream.state, "https://a.example/rss")
        assert (request.etag, request.role) == ("one", Role.LISTING)


class TestLeads:
    def test_only_unknown_addresses_are_new_each_once_the_first_word_counts(self, stream: Stream) -> None:
        stream.lead(URL)
        leads = [Lead(url=URL), Lead(url=OTHER, title="first"), Lead(url=OTHER, title="second")]
        assert new_leads(stream.state, leads) == [Lead(url=OTHER, title="first")]

    def test_a_listing_that_is_named_as_a_lead_becomes_one(self, stream: Stream) -> None:
        stream.taken(URL, role="listing")
        assert new_leads(stream.state, [Lead(url=URL)]) == [Lead(url=URL)]


class TestCleaning:
    def test_a_capture_waits_until_a_cleaner_dealt_with_it(self, stream: Stream) -> None:
        first, second = stream.taken(), stream.taken(digest="other")
        assert [c.capture_id for c in to_clean(stream.state, "1")] == [first, second]
        stream.cleaned(first)
        stream.rejected(second)
        assert to_clean(stream.state, "1") == []

    def test_what_was_unchanged_or_a_listing_is_not_cleaned(self, stream: Stream) -> None:
        stream.taken(is_unchanged=True)
        stream.taken("https://a.example/rss", role="listing")
        assert to_clean(stream.state, "1") == []

    def test_older_versions_wait_for_reprocessing_alone(self, stream: Stream) -> None:
        old, refused, new = stream.taken(digest="a"), stream.taken(digest="b"), stream.taken(digest="c")
        stream.cleaned(old, "1")
        stream.rejected(refused, "1")
        assert [c.capture_id for c in to_clean(stream.state, "2")] == [new]
        assert [c.capture_id for c in to_clean(stream.state, "2", is_reprocess=True)] == [old, refused]
        stream.cleaned(old, "2")
        stream.cleaned(refused, "2")
        assert to_clean(stream.state, "2", is_reprocess=True) == []

    def test_an_article_that_a_newer_cleaner_refuses_is_no_article_any_more(self, stream: Stream) -> None:
        capture_id = stream.taken()
        stream.cleaned(capture_id, "1")
        stream.rejected(capture_id, "2")
        assert to_extract(stream.state, "x", "1") == []
        assert to_clean(stream.state, "2", is_reprocess=True) == []


class TestReading:
    def test_an_article_waits_until_it_was_read(self, stream: Stream) -> None:
        capture_id = stream.taken()
        stream.cleaned(capture_id)
        assert [a.capture_id for a in to_extract(stream.state, "x", "1")] == [capture_id]
        stream.extracted(capture_id)
        assert to_extract(stream.state, "x", "1") == []
        assert to_extract(stream.state, "x", "1", is_reprocess=True) == []

    def test_a_text_that_came_out_differently_is_read_again(self, stream: Stream) -> None:
        capture_id = stream.taken()
        stream.cleaned(capture_id, "1", text="t1")
        stream.extracted(capture_id, text="t1")
        stream.cleaned(capture_id, "2", text="t1")
        assert to_extract(stream.state, "x", "1") == [], "the same text says the same"
        stream.cleaned(capture_id, "3", text="t2")
        assert [a.text_digest for a in to_extract(stream.state, "x", "1")] == ["t2"]

    @pytest.mark.parametrize(("extractor", "version"), [("x", "2"), ("y", "1")])
    def test_another_extractor_or_version_waits_for_reprocessing(self, stream: Stream, extractor: str, version: str) -> None:
        capture_id = stream.taken()
        stream.cleaned(capture_id)
        stream.extracted(capture_id)
        assert to_extract(stream.state, extractor, version) == []
        assert [a.capture_id for a in to_extract(stream.state, extractor, version, is_reprocess=True)] == [capture_id]

    def test_the_summary_counts_all_of_it(self, stream: Stream) -> None:
        first = stream.taken()
        stream.cleaned(first, "1")
        stream.extracted(first, "1")
        stream.taken(digest="b")
        told = {"to_clean": 1, "to_extract": 0, "outdated_clean": 1, "outdated_extract": 1, "last_success_at": AT}
        assert summary(stream.state, "2", "x", "2") == told


def test_what_was_withdrawn_is_neither_fetched_nor_cleaned_nor_read() -> None:
    """Nor under an address of the page that this stream has not captured yet; new leads to it are told and left alone."""
    stream = Stream()
    for url in (URL, OTHER):
        stream.lead(url)
    gone, kept = stream.taken(URL), stream.taken(OTHER)
    for capture in (gone, kept):
        stream.cleaned(capture)
    stream.lead(f"{URL}?amp")
    one = Withdrawal(
        event_id="w",
        position=1,
        recorded_at=AT,
        canonical_url=URL,
        urls=(URL, f"{URL}?amp"),
        captures=(gone,),
        wordings={},
        refused=(),
        reason="r",
        author="a",
    )
    state = forget(stream.state, [one])
    assert [r.url for r in to_fetch(state, AT + timedelta(days=1), [HOUR], 10)] == [OTHER]
    assert [c.capture_id for c in to_clean(state, "2", is_reprocess=True)] == [kept]
    assert [a.capture_id for a in to_extract(state, "rules", "1")] == [kept]
    assert state.withdrawn_urls == {URL, f"{URL}?amp"}
