"""In: a fetched address and a page's own claims. Out: the canonical address, never another owner's."""

from __future__ import annotations

import pytest

from ingest.clean.address import canonical
from ingest.clean.head import Head

FETCHED = "https://www.news.example.co.uk/a/1?utm_source=x"


@pytest.mark.parametrize(
    ("link", "shared", "expected"),
    [
        ("https://www.news.example.co.uk/a/one", None, "https://www.news.example.co.uk/a/one"),
        ("/a/one", None, "https://www.news.example.co.uk/a/one"),
        ("//amp.example.co.uk/a/one", None, "https://amp.example.co.uk/a/one"),
        ("https://news.example.co.uk/a/one?utm_medium=y#top", None, "https://news.example.co.uk/a/one"),
        (None, "https://www.news.example.co.uk/a/two", "https://www.news.example.co.uk/a/two"),
        ("https://other.co.uk/a/one", "https://www.news.example.co.uk/a/two", "https://www.news.example.co.uk/a/two"),
        ("https://other.co.uk/a/one", None, "https://www.news.example.co.uk/a/1"),
        ("https://www.news.example.co.uk/", None, "https://www.news.example.co.uk/a/1"),
        ("javascript:alert(1)", "data:text/html,x", "https://www.news.example.co.uk/a/1"),
        ("ftp://www.news.example.co.uk/a/one", None, "https://www.news.example.co.uk/a/1"),
        ("https://[broken", None, "https://www.news.example.co.uk/a/1"),
        (None, None, "https://www.news.example.co.uk/a/1"),
    ],
)
def test_canonical_table(link: str | None, shared: str | None, expected: str) -> None:
    metas = {"og:url": (shared,)} if shared else {}
    assert canonical(FETCHED, Head(metas=metas, canonical=link, base=None, language=None)) == expected


def test_the_front_page_may_be_its_own() -> None:
    head = Head(metas={}, canonical="https://news.example.co.uk/", base=None, language=None)
    assert canonical("https://news.example.co.uk", head) == "https://news.example.co.uk/"
