"""In: JSON lines that are already articles. Out: the article, or one line that names the wrong field."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.clean import RECORD_CONTENT_TYPE, Page, clean
from ingest.records import Article, Rejection, RejectionReason

GOOD = {"url": "https://News.example/a?utm_source=x", "title": "A count", "text": "One paragraph.\n\nAnother\u200b  one.",
        "published": "2025-03-07", "authors": ["By Anna Kroon"], "language": "en", "outlet": "Post"}  # fmt: skip


def line(body: bytes) -> Article | Rejection:
    fetched_at = datetime(2025, 3, 9, tzinfo=UTC)
    return clean(
        Page(url="file:x", body=body, content_type=RECORD_CONTENT_TYPE, charset=None, fetched_at=fetched_at, language="en", max_bytes=9_999)
    )


def record(**changes: Any) -> Article | Rejection:
    return line(json.dumps({**GOOD, **changes}).encode())


def test_a_good_line_is_the_article_it_says() -> None:
    article = record()
    assert isinstance(article, Article)
    assert (article.canonical_url, article.title, article.text) == ("https://news.example/a", "A count", "One paragraph.\n\nAnother one.")
    assert (article.authors, article.outlet, article.language) == (("Anna Kroon",), "Post", "en")
    assert (article.published_at, article.is_published_day_only) == (datetime(2025, 3, 7, tzinfo=UTC), True)


def test_what_is_optional_may_be_missing_or_null() -> None:
    article = line(b'{"url": "https://news.example/a", "text": "Short.", "title": null}')
    assert isinstance(article, Article)
    assert (article.title, article.authors, article.outlet, article.language, article.published_at) == (None, (), None, None, None)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"url": "not an address"}, "url 'not an address'"),
        ({"url": ""}, "url is missing"),
        ({"text": "  "}, "text is missing"),
        ({"text": "\u200b\u200b"}, "no visible character"),
        ({"text": ["a"]}, "text is ['a']; a str was expected"),
        ({"authors": "Anna"}, "authors is 'Anna'; a list was expected"),
        ({"published": "soon"}, "published is 'soon'"),
        ({"published": "2031-01-01"}, "not after the capture"),
    ],
)
def test_a_wrong_field_is_named(changes: dict[str, Any], told: str) -> None:
    result = record(**changes)
    assert isinstance(result, Rejection)
    assert result.reason is RejectionReason.BAD_RECORD
    assert told in result.detail


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe{", b"12", b"[" * 9_000])
def test_what_is_no_record_says_what_one_looks_like(body: bytes) -> None:
    result = line(body)
    assert isinstance(result, Rejection)
    assert result.reason is RejectionReason.BAD_RECORD
    assert '{"url", "title", "text"}' in result.detail
