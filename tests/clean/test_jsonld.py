"""In: JSON-LD blocks as pages write them. Out: what they say of this page's article; never an exception."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import jsonld

URL = "https://www.x.example/a/1"
STORY = {"@type": "NewsArticle", "headline": "Ours", "datePublished": "2025-03-07", "author": {"name": "Anna Kroon"}}


def read(*blocks: object) -> jsonld.Schema:
    return jsonld.read([block if isinstance(block, str) else json.dumps(block) for block in blocks], URL)


@pytest.mark.parametrize(
    "blocks",
    [
        [STORY],
        [[STORY]],
        [{"@graph": [{"@type": "WebPage"}, STORY]}],
        [{"@type": "WebPage", "mainEntity": STORY}],
        ["not json", STORY],
        [json.dumps(STORY)[:-1] + ",}"],
        [json.dumps(STORY).replace("Ours", "Ou\trs").replace("Ou\trs", "Ours\n")],
        ["<!--" + json.dumps(STORY) + "-->"],
        ["//<![CDATA[\n" + json.dumps(STORY) + "\n//]]>"],
        [json.dumps(STORY) + ";"],
        [{**STORY, "@type": ["Article", "http://schema.org/NewsArticle"]}],
        [{**STORY, "headline": "Ou&amp;#114;s"}],
        [{"@type": "ItemList", "itemListElement": [{**STORY, "headline": "Another"}]}, STORY],
        [{**STORY, "headline": "Another"}, {**STORY, "url": "http://x.example/a/1/"}],
        [{**STORY, "headline": "Another"}, {**STORY, "mainEntityOfPage": {"@id": URL + "?x=1#y"}}],
    ],
    ids=range(15),
)
def test_the_article_is_found(blocks: list[object]) -> None:
    schema = read(*blocks)
    assert (schema.text("headline"), schema.names("author")) == ("Ours", ("Anna Kroon",))


def test_two_blocks_of_one_story_complete_each_other() -> None:
    schema = read({"@type": "NewsArticle", "headline": "Ours", "author": ""}, {**STORY, "publisher": "Post"})
    assert (schema.names("author"), schema.publisher, schema.text("datePublished")) == (("Anna Kroon",), "Post", "2025-03-07")


def test_references_are_followed_but_not_for_ever() -> None:
    schema = read(
        {"@graph": [{"@id": "#a", "name": {"@id": "#b", "name": "Anna"}}, {**STORY, "author": [{"@id": "#a"}, {"@id": "#gone"}]}]}
    )
    assert schema.names("author") == ("Anna",)


@pytest.mark.parametrize(
    ("value", "expected"), [(False, True), ("False", True), ("false", True), (True, False), ("True", False), (None, False)]
)
def test_paywalls_are_read_in_every_spelling(value: object, expected: bool) -> None:
    assert read({**STORY, "isAccessibleForFree": value}).is_paywalled is expected


KEYS = ["@type", "@id", "@graph", "headline", "author", "name", "url", "publisher", "mainEntity", "mainEntityOfPage"]
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)),
    max_leaves=20,
)


@given(st.lists(st.one_of(JSON.map(json.dumps), st.text(max_size=40)), max_size=4))
def test_any_block_is_read_without_an_exception(blocks: list[str]) -> None:
    schema = jsonld.read(blocks, URL)
    assert all(isinstance(name, str) for name in schema.names("author"))
    assert schema.text("headline") is None or schema.text("headline")
    assert schema.is_listing in (True, False)
    assert schema.is_paywalled in (True, False)
