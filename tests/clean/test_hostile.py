"""In: bodies that no reader would call a page, or that were made to break one. Out: a quick answer with a reason, never an exception."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from unicodedata import category

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.clean import Page, clean, warm
from ingest.clean.verdict import MIN_CHARS
from ingest.records import Article, Rejection, RejectionReason

STORY = (
    "The ministry said on Friday that 412 soldiers had been killed since January, the first count it has made public. "
    "A spokesman told reporters that another 1,130 had been wounded, and declined to answer questions about vehicles. "
    "The other side gave a very different number in its evening bulletin, and neither could be verified on the spot."
)


def page(body: bytes, **changes: object) -> Page:
    base = Page(
        url="https://news.example/a/1",
        body=body,
        content_type="text/html",
        charset=None,
        fetched_at=datetime(2025, 3, 9, 2, 0, tzinfo=UTC),
        language="any",
        max_bytes=20_000_000,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def html(story: str = STORY, head: str = "", tail: str = "") -> bytes:
    page_head = f"<head><title>A count</title>{head}</head>"
    return f"<!doctype html><html lang=en>{page_head}<body><article><p>{story}</p></article>{tail}</body></html>".encode()


def reason(body: bytes, **changes: object) -> RejectionReason:
    result = clean(page(body, **changes))
    assert isinstance(result, Rejection), result
    assert result.detail
    assert "\n" not in result.detail
    return result.reason


def quick(body: bytes, seconds: float) -> Article | Rejection:
    warm()
    start = time.perf_counter()
    result = clean(page(body))
    assert time.perf_counter() - start < seconds
    return result


@pytest.mark.parametrize("body", [b"", b"  \r\n\t ", b"\0\0\0"])
def test_nothing_is_empty(body: bytes) -> None:
    assert reason(body) is RejectionReason.EMPTY


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <</Type /Catalog>>",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"PK\x03\x04\x14\0\0\0\x08\0",
        b"GIF89a\x01\0\x01\0",
        b"just words, no tag at all, however long they may go on",
        b'{"error": "not found", "html": false}',
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title></channel></rss>',
        b'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>',
        bytes(range(256)) * 40,
    ],
)
def test_what_is_not_html_is_named(body: bytes) -> None:
    assert reason(body) is RejectionReason.NOT_HTML


def test_a_page_of_30_megabytes_is_refused_by_its_size() -> None:
    body = html(tail="<p>" + "x" * 30_000_000 + "</p>")
    start = time.perf_counter()
    assert reason(body) is RejectionReason.TOO_LARGE
    assert time.perf_counter() - start < 0.5


def test_a_page_of_too_many_elements_is_refused() -> None:
    assert reason(html(tail="<b></b>" * 70_000)) is RejectionReason.TOO_LARGE


def test_one_text_that_never_ends_is_refused() -> None:
    assert reason(html(tail="<p>" + "word " * 2_200_000)) is RejectionReason.TOO_LARGE
    assert reason(html(head="<script>" + "x" * 11_000_000 + "</script>")) is RejectionReason.TOO_LARGE
    assert reason(html("word " * 600_000)) is RejectionReason.TOO_LARGE


@pytest.mark.parametrize("levels", [255, 300, 5_000, 200_000])
def test_a_tree_too_deep_is_refused_and_not_half_read(levels: int) -> None:
    body = html(tail="<div>" * levels + f"<p>{STORY}</p>")
    result = quick(body, 5)
    assert isinstance(result, Rejection)
    assert result.reason is RejectionReason.NOT_HTML
    assert "255 levels" in result.detail


def test_unclosed_formatting_does_not_count_as_depth() -> None:
    result = clean(page(html("<font size=2><b>".join(["", *STORY.split()]))))
    assert isinstance(result, Article)
    assert "412" in result.text


@pytest.mark.parametrize(
    "block",
    [
        '{"@type":"NewsArticle","headline":"' + "a\\" * 100_000,
        '{"@type":"NewsArticle","author":[' + '{"name":"x",' * 20_000,
        "[" * 200_000,
        '{"@type": [' * 20_000,
        '{"headline":"x","articleBody":"' + "\\u0000 \\ud800 " * 20_000 + '"',
        '"name":"' * 30_000,
        "{" + " " * 200_000 + ",",
        ",\n" * 100_000,
    ],
    ids=range(8),
)
def test_broken_json_ld_of_200_kb_is_quick_and_costs_nothing_but_itself(block: str) -> None:
    result = quick(html(head=f'<script type="application/ld+json">{block}</script>'), 2)
    assert isinstance(result, Article)
    assert result.title == "A count"


@pytest.mark.parametrize(
    "tail",
    [
        "<a href=x></a>" * 30_000,
        "<table><tr><td>" * 60,
        "<p>" + "&amp;" * 100_000,
        "<time datetime='" + "1" * 100_000 + "'>",
        "<meta name=author content='" + "and " * 50_000 + "'>",
        "<meta name=date content='" + "[" * 100_000 + "'>",
        "<h1>" + " | " * 50_000 + "</h1>",
        "<script>" + "<" * 200_000,
        "<!--" + "-" * 200_000,
        "<span itemprop=author>" + "(" * 50_000 + "</span>",
    ],
    ids=range(10),
)
def test_junk_beside_the_story_is_quick(tail: str) -> None:
    assert isinstance(quick(html(tail=tail), 6), Article | Rejection)


def test_nuls_and_controls_leave_no_trace() -> None:
    result = clean(page(html(STORY.replace("ministry", "mini\0stry\x07").replace("Friday", "Fri\u00adday\u200b\u202e"))))
    assert isinstance(result, Article)
    assert result.text == STORY


def test_the_length_limit_is_where_it_says() -> None:
    story = (STORY * 2)[: MIN_CHARS - 1] + "."
    assert isinstance(clean(page(html(story))), Article)
    assert reason(html(story[2:])) is RejectionReason.TOO_SHORT


def test_a_language_is_refused_only_when_another_was_asked_for() -> None:
    assert isinstance(clean(page(html(), language="en")), Article)
    assert isinstance(clean(page(html(), language="any")), Article)
    assert reason(html(), language="uk") is RejectionReason.WRONG_LANGUAGE


PIECES = st.sampled_from(
    [
        b"<p>", b"</p>", b"<div>", b"<article>", b"<script type='application/ld+json'>", b"</script>", b"{", b'"@type":"NewsArticle"',
        b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"&#xD800;", b"&#0;", b"<meta charset=utf-16>", b"<time datetime='2025-03-07'>",
        b"<title>", b"<table><tr><td>", STORY.encode(), "Рік 2025. ".encode("utf-16"), b"\xed\xa0\x80", "\u202e\u200d\u2028\u0085".encode(),
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=300), st.lists(st.one_of(PIECES, st.binary(max_size=20)), max_size=25).map(b"".join)))
@example(b"<html>" + STORY.encode() + b"</html>")
@example(b"<p>&#xD800;" + STORY.encode())
def test_any_bytes_give_an_answer_and_the_same_one_twice(body: bytes) -> None:
    first, second = clean(page(body)), clean(page(body))
    assert first == second
    if isinstance(first, Article):
        first.text.encode("utf-8")
        assert not any(category(char) in ("Cc", "Cs", "Cf", "Zl", "Zp") for char in first.text.replace("\n", ""))
        assert all(part == part.strip() != "" for part in first.text.split("\n\n"))
        assert first.sketch
        assert first.canonical_url.startswith("https://news.example/")


def test_earlier_pages_do_not_change_later_ones() -> None:
    body = html()
    before = clean(page(body))
    for number in range(30):
        clean(page(html(STORY.replace("412", str(number)))))
        clean(page(body))
    assert clean(page(body)) == before
