"""What a robots.txt means, the broken ones included."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.robots import MAX_BYTES, Verdict, parse

AGENT = "claimledger"
URL = "https://example.org/private/x"
BLOCK = b"User-agent: *\nDisallow: /private/\nCrawl-delay: 7\n"


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, BLOCK, Verdict.DISALLOWED),
        (200, b"\xef\xbb\xbf" + BLOCK, Verdict.DISALLOWED),
        (200, BLOCK.replace(b"\n", b"\r"), Verdict.DISALLOWED),
        (200, b"User-agent: claimledger\nAllow: /\n\n" + BLOCK, Verdict.ALLOWED),
        (200, b"User-agent: ClaimLedger\nDisallow: /\n", Verdict.DISALLOWED),
        (200, b"User-agent: other\nDisallow: /\n", Verdict.ALLOWED),
        (200, b"<html><body>Not found</body></html>", Verdict.ALLOWED),
        (200, b"", Verdict.ALLOWED),
        (404, BLOCK, Verdict.ALLOWED),
        (403, b"", Verdict.ALLOWED),
        (301, b"", Verdict.ALLOWED),
        (500, b"", Verdict.NOT_NOW),
        (503, BLOCK, Verdict.NOT_NOW),
        (None, b"", Verdict.NOT_NOW),
        (100, b"", Verdict.NOT_NOW),
    ],
)
def test_verdict(status: int | None, body: bytes, expected: Verdict) -> None:
    assert parse(status, body).verdict(URL, AGENT) == expected


def test_rules_hold_for_their_paths_only() -> None:
    assert parse(200, BLOCK).verdict("https://example.org/public", AGENT) == Verdict.ALLOWED


@pytest.mark.parametrize(("value", "expected"), [(b"7", 7.0), (b"0.5", 0.5), (b"soon", None), (b"-3", None), (b"inf", None), (b"", None)])
def test_crawl_delay(value: bytes, expected: float | None) -> None:
    assert parse(200, b"User-agent: *\nCrawl-delay: " + value + b"\n").crawl_delay(AGENT) == expected


def test_no_delay_without_rules() -> None:
    assert parse(404, b"").crawl_delay(AGENT) is None
    assert parse(None, b"").crawl_delay(AGENT) is None


def test_what_lies_beyond_the_limit_is_ignored_and_no_rule_is_halved() -> None:
    head = b"User-agent: *\n"
    filler = b"#" * (MAX_BYTES - len(head) - len("\nDisallow: /")) + b"\n"
    rules = parse(200, head + filler + b"Disallow: /only-this\n")
    assert rules.verdict(URL, AGENT) == Verdict.ALLOWED


@given(st.none() | st.integers(100, 599), st.binary(max_size=400), st.text(max_size=40))
def test_any_bytes_give_rules(status: int | None, body: bytes, path: str) -> None:
    rules = parse(status, b"User-agent: *\nDisallow: " + body)
    assert rules.verdict(f"https://example.org/{path}", AGENT) in set(Verdict)
    delay = rules.crawl_delay(AGENT)
    assert delay is None or delay >= 0
