"""In: titles, bylines and site names as pages write them. Out: what a reader would write down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from ingest.clean import head, jsonld, names


@pytest.mark.parametrize(
    ("text", "site", "expected"),
    [
        ("Ten killed in Keld | Harbour Post", "Harbour Post", "Ten killed in Keld"),
        ("Ten killed in Keld - World - Harbour Post", "Harbour Post", "Ten killed in Keld - World"),
        ("Ten killed in Keld | harbourpost.com", "Harbour Post", "Ten killed in Keld"),
        ("Ten killed in Keld | CBC News", "CBC", "Ten killed in Keld"),
        ("Harbour Post: Ten killed in Keld", "Harbour Post", "Ten killed in Keld"),
        ("Ten killed – and a town in mourning", "Harbour Post", "Ten killed – and a town in mourning"),
        ("Ten killed in Keld", None, "Ten killed in Keld"),
        ("US - China talks stall", "CNN", "US - China talks stall"),
        ("A talk with the Post", "Post", "A talk with the Post"),
        ("Harbour Post", "Harbour Post", "Harbour Post"),
    ],
)
def test_the_outlet_leaves_the_title(text: str, site: str | None, expected: str) -> None:
    assert names.without_site(text, site) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["By Anna Kroon"], ["Anna Kroon"]),
        (["Written by Anna Kroon and Bo Dahl"], ["Anna Kroon", "Bo Dahl"]),
        (["Anna Kroon, Bo Dahl & Cy Eng"], ["Anna Kroon", "Bo Dahl", "Cy Eng"]),
        (["Anna Kroon", "anna kroon", "ANNA KROON"], ["Anna Kroon"]),
        (["Von Anna Kroon und Bo Dahl"], ["Anna Kroon", "Bo Dahl"]),
        (["Anna Kroon (ak), Bo Dahl [Keld]"], ["Anna Kroon", "Bo Dahl"]),
        (["https://x.example/authors/anna-kroon", "@annakroon", "anna@x.example"], []),
        (["Harbour Post", "admin", "Staff", "newsdesk1234"], []),
        (["annakroon"], []),
        (["ak", "dpa"], ["ak", "dpa"]),
        (["Lord Byron"], ["Lord Byron"]),
        (["Sandy Anderson"], ["Sandy Anderson"]),
        (["Byron Bay"], ["Byron Bay"]),
        (["Олена Кравець"], ["Олена Кравець"]),
        ([""], []),
    ],
)
def test_bylines_become_names(texts: list[str], expected: list[str]) -> None:
    assert list(names.names(texts, "Harbour Post")) == expected


def titled(body: str) -> str | None:
    tree = document_fromstring(f"<html>{body}</html>")
    blocks = [script.text for script in tree.iter("script")]
    schema, metas = jsonld.read(blocks, "https://x.example/a"), head.read(tree)
    return names.title(schema, metas, tree, names.outlet(schema, metas))


LD = '<script>{"@type":"NewsArticle","headline":"What the ministry said"}</script>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (LD + "<meta property=og:title content='Losses: the count'><title>Losses: the count</title>", "What the ministry said"),
        (LD + "<meta property=og:title content='Losses: the count'><title>What the ministry said</title>", "Losses: the count"),
        (LD + "<meta property=og:title content='Losses: the count'><title>Something else</title>", "What the ministry said"),
        ("<meta property=og:title content='Losses: the count'><h1>Menu</h1>", "Losses: the count"),
        ("<h1>Log in</h1><article><h1>The count of <i>losses</i></h1></article><title>x</title>", "The count of losses"),
        ("<title>The count | Post</title><meta property=og:site_name content=Post>", "The count"),
        ("<meta property=og:site_name content='Harbour Post'><h1>Harbour Post</h1><title>The count - Harbour Post</title>", "The count"),
        ("<body><p>nothing</p></body>", None),
    ],
)
def test_the_headline_is_the_one_written_for_readers(body: str, expected: str | None) -> None:
    assert titled(body) == expected


@given(st.text(max_size=120), st.one_of(st.none(), st.text(max_size=30)))
def test_any_text_keeps_its_own_characters(text: str, site: str | None) -> None:
    assert names.without_site(text, site) in text
    assert all(name and name == name.strip() for name in names.names([text], site))
