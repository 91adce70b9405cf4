"""In: titles and page shapes. Out: error pages and lists are refused, news about either is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.clean import Page, clean
from ingest.records import Article, Rejection, RejectionReason

SENTENCE = "The ministry said on Friday that 412 soldiers had been killed since January, the first count it has made public. "


def result(title: str, body: str, head: str = "") -> Article | Rejection:
    html = f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head><body><main><h1>{title}</h1>{body}</main></body></html>"
    return clean(
        Page(
            url="https://news.example/a/1",
            body=html.encode(),
            content_type="text/html",
            charset=None,
            fetched_at=datetime(2025, 3, 9, tzinfo=UTC),
            language="any",
            max_bytes=1_000_000,
        )
    )


STORY = f"<p>{SENTENCE * 2}</p><p>The other side disagreed. {SENTENCE}</p>"


@pytest.mark.parametrize(
    "title",
    ["404", "404 Not Found", "Error 404: Page not found", "Page not found", "The page you requested could not be found", "Not Found",
     "Oops! Page not found", "This page does not exist", "Article not available", "Страница не найдена",
     "404 - Seite nicht gefunden"],
)  # fmt: skip
def test_error_pages_are_no_articles_however_long(title: str) -> None:
    refused = result(title, STORY)
    assert isinstance(refused, Rejection)
    assert refused.reason is RejectionReason.NOT_AN_ARTICLE
    assert "status 200" in refused.detail


@pytest.mark.parametrize(
    "title",
    ["Access denied", "Just a moment...", "Attention Required! | Cloudflare", "Pardon Our Interruption", "Robot or human?",
     "Please wait...", "Un instant…", "DDoS-Guard", "Проверка браузера"],
)  # fmt: skip
def test_bot_walls_are_no_articles_however_long(title: str) -> None:
    refused = result(title, STORY)
    assert isinstance(refused, Rejection)
    assert refused.reason is RejectionReason.BOT_WALL


@pytest.mark.parametrize(
    "title",
    ["404 soldiers killed in a month", "Page removed after outcry over losses", "Bodies not found after the strike",
     "Access denied to the front", "The page you never read", "Just a moment of silence in Keld", "Missing: 37 men from the 404th brigade"],
)  # fmt: skip
def test_news_about_missing_things_is_news(title: str) -> None:
    assert isinstance(result(title, STORY), Article)


def links(count: int, words: str = "Ministers meet again in the capital") -> str:
    return "<ul>" + "".join(f'<li><a href="/s/{n}">{words} {n}</a></li>' for n in range(count)) + "</ul>"


@pytest.mark.parametrize(
    "body",
    [
        links(40),
        "<div>" + "".join(f'<h2><a href="/s/{n}">Headline number {n} of the day</a></h2><p>Read more</p>' for n in range(30)) + "</div>",
        "<p>" + "</p><p>".join(f"Keld council, item {n}" for n in range(30)) + "</p>",
    ],
    ids=["links", "cards", "lines"],
)
def test_lists_are_no_articles(body: str) -> None:
    refused = result("World news", body)
    assert isinstance(refused, Rejection)
    assert refused.reason is RejectionReason.NOT_AN_ARTICLE


def test_a_story_with_many_links_beside_it_is_a_story() -> None:
    assert isinstance(result("A count", STORY + "<aside>" + links(20) + "</aside>"), Article)


def test_a_short_list_of_facts_that_calls_itself_an_article_is_one() -> None:
    lines = "<article><p>" + "</p><p>".join(f"Day {n}: {n * 7} tanks, {n * 3} guns" for n in range(30)) + "</p></article>"
    assert isinstance(result("Losses by day", lines, '<meta property="og:type" content="article">'), Article)


@pytest.mark.parametrize(("copies", "is_article"), [(3, False), (8, True)])
def test_a_paywalled_page_counts_when_it_shows_its_text(copies: int, is_article: bool) -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"A count","isAccessibleForFree":false}</script>'
    body = "".join(f"<p>{number} {SENTENCE}</p>" for number in range(copies))
    assert isinstance(result("A count", body, head), Article) is is_article
