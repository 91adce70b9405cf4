"""In: pages written for the purpose, each with what a careful reader would write down. Out: the cleaner writes the same."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.clean import Page, clean
from ingest.records import Article, Rejection
from ingest.sketch import sketch

PAGES = Path(__file__).parent / "pages"


def page(name: str, expected: dict[str, Any]) -> Page:
    return Page(
        url=expected["url"],
        body=(PAGES / f"{name}.html").read_bytes(),
        content_type="text/html",
        charset=expected.get("charset"),
        fetched_at=datetime.fromisoformat(expected["fetched_at"]),
        language=expected.get("language", "any"),
        max_bytes=1_000_000,
    )


def told(article: Article) -> dict[str, Any]:
    return {
        "canonical_url": article.canonical_url,
        "title": article.title,
        "authors": list(article.authors),
        "outlet": article.outlet,
        "language": article.language,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "is_published_day_only": article.is_published_day_only,
        "text": article.text.split("\n\n"),
    }


@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.html")))
def test_golden_page(name: str) -> None:
    expected = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    result = clean(page(name, expected))
    if "rejection" in expected:
        assert isinstance(result, Rejection), result
        assert (result.reason, bool(result.detail)) == (expected["rejection"], True)
    else:
        assert isinstance(result, Article), result
        assert told(result) == expected["article"]
        assert result.sketch == sketch(result.text)


def test_every_page_has_its_expectation() -> None:
    assert {path.stem for path in PAGES.glob("*.html")} == {path.stem for path in PAGES.glob("*.json")}
