"""In: real pages and texts. Out: the two jobs of the house, done in worker processes as flow has them done."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.clean import Page, clean
from ingest.records import Article, ArticleText, Extraction, Rejection, RejectionReason
from ingest.workers import Lost, Pool

ROOT = Path(__file__).resolve().parents[2]
STORY = (
    "The ministry said on Friday that 412 soldiers had been killed since January, the first count it has made public. "
    "A spokesman told reporters that another 1,130 had been wounded, and declined to answer questions about vehicles. "
    "The other side gave a very different number in its evening bulletin, and neither could be verified on the spot."
)


def page(tail: str = "") -> Page:
    html = f"<html lang=en><head><title>A count</title></head><body><article><p>{STORY}</p></article>{tail}</body></html>"
    return Page(
        url="https://news.example/a/1",
        body=html.encode(),
        content_type="text/html",
        charset=None,
        fetched_at=datetime(2025, 3, 9, tzinfo=UTC),
        language="en",
        max_bytes=20_000_000,
    )


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(1, 20.0, 1_200_000_000) as one:
        yield one


def test_cleaning_in_a_worker_is_cleaning(pool: Pool) -> None:
    pages = [page(), page("<p>Another line of text that stands at the end of the page, after the article.</p>")]
    assert list(pool.map("clean", pages)) == [clean(one) for one in pages]


def test_one_pool_does_both_jobs(pool: Pool) -> None:
    (article,) = pool.map("clean", [page()])
    assert isinstance(article, Article)
    (extraction,) = pool.map("extract", [ArticleText(text=article.text, title=article.title)])
    assert isinstance(extraction, Extraction)


def test_a_page_that_takes_too_long_costs_one_rejection() -> None:
    endless = "".join(f"<div><p>Paragraph {n} of a page that <a href='/{n}'>never</a> ends.</p></div>" for n in range(19_000))
    with Pool(1, 1.5, 1_200_000_000) as one:
        first, slow, last = one.map("clean", [page(), page(endless), page()])
    assert isinstance(first, Article)
    assert first == last
    assert isinstance(slow, Lost)
    assert slow.reason is RejectionReason.TOO_SLOW


def test_a_page_of_30_megabytes_passes_through_as_a_rejection(pool: Pool) -> None:
    (refused,) = pool.map("clean", [page("x" * 30_000_000)])
    assert isinstance(refused, Rejection)
    assert refused.reason is RejectionReason.TOO_LARGE


@pytest.mark.parametrize(("job", "absent"), [("clean", "ingest.extract"), ("extract", "trafilatura")])
def test_a_worker_loads_only_what_its_job_needs(job: str, absent: str) -> None:
    script = f"import sys, ingest.jobs as jobs; jobs.LOADERS[{job!r}](); print({absent!r} in sys.modules)"
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"
