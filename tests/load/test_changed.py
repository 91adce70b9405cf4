"""In: two pages, published, and one thing that becomes known. Out: the articles and groups that the next night makes anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.load import open_build
from ingest.load.changed import book_published, is_everything_changed, mark_changed
from tests.ledgers import Ledger, claim

A, B = "https://gazette.example/a", "https://herald.example/b"
TEXT = "Kyiv said that five soldiers were killed. " + " ".join(f"word{n}" for n in range(80))
KILLED = "Kyiv said that five soldiers were killed."
SAID = {"claims": [claim(KILLED, low=5, high=5, claimant="Kyiv", claimant_party="UA")]}
RULES = "the rules of today"


class Told:
    """A ledger with a page of each of two sources; `a` and `b` are their captures."""

    def __init__(self, folder: Path) -> None:
        self.ledger, self.path = Ledger(folder), folder / "build.duckdb"
        for slug in ("gazette", "herald"):
            self.ledger.source(slug)
        self.a = self.ledger.article("gazette", A, TEXT, **SAID)
        self.b = self.ledger.article("herald", B, "Another story. " + TEXT[::-1])
        self.ledger.load()
        self.ledger.build(self.path)

    def marked(self, rules: str = RULES) -> tuple[bool, set[str], int]:
        """Whether that is everything, the pages, the number of groups."""
        with open_build(self.path) as database:
            is_everything = mark_changed(database, rules)
            assert is_everything == is_everything_changed(database)
            pages = {row["canonical_url"] for row in database.rows("FROM raw.changed_articles")}
            return is_everything, pages, len(database.rows("FROM raw.changed_groups"))

    def published(self) -> None:
        self.marked()
        with open_build(self.path) as database:
            book_published(database)

    def learnt(self) -> None:
        """Take in what is new, without marking anything."""
        self.ledger.now += timedelta(days=1)
        self.ledger.load()
        self.ledger.take_in(self.path)


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path)


def test_before_the_first_edition_everything_is_made(told: Told) -> None:
    assert told.marked() == (True, {A, B}, 1)
    assert told.marked() == (True, {A, B}, 1)  # a build that was killed before it published is as none


def test_after_an_edition_nothing_is_until_something_becomes_known(told: Told) -> None:
    told.published()
    assert told.marked() == (False, set(), 0)
    told.published()
    assert told.marked() == (False, set(), 0)


def test_other_rules_make_everything_anew(told: Told) -> None:
    told.published()
    assert told.marked("the rules of tomorrow") == (True, {A, B}, 1)


@pytest.mark.parametrize(
    ("news", "pages"),
    [
        (lambda t: t.ledger.article("gazette", A, "They changed it. " + TEXT), {A}),
        (lambda t: t.ledger.capture("herald", B, body="x", is_unchanged=True), {B}),
        (lambda t: t.ledger.gone("herald", B), {B}),
        (lambda t: t.ledger.extracted("gazette", A, TEXT, t.a, extractor_version="2", **SAID), {A}),
        (lambda t: t.ledger.cleaned("gazette", A, TEXT + " More.", t.a, t.ledger.now, body=TEXT, cleaner_version="2"), {A}),
        (lambda t: t.ledger.rejected("herald", "https://herald.example/short"), set()),
        (lambda t: t.ledger.lead("herald", "https://herald.example/soon"), set()),
        (lambda t: t.ledger.article("gazette", "https://gazette.example/new", "New. " * 60), {"https://gazette.example/new"}),
    ],
)
def test_what_becomes_known_of_a_page_marks_it(told: Told, news: Callable[[Told], object], pages: set[str]) -> None:
    told.published()
    news(told)
    told.learnt()
    is_everything, marked, groups = told.marked()
    assert (is_everything, marked) == (False, pages)
    assert groups == (A in pages)


def test_a_correction_marks_the_page_that_tells_the_statement(told: Told) -> None:
    told.published()
    with open_build(told.path) as database:
        (row,) = database.rows("FROM raw.casualty_claims")
    told.ledger.correction(row["statement_id"], "casualty_claim", "set", "low", "4")
    told.learnt()
    assert told.marked() == (False, {A}, 1)


def test_another_name_of_a_source_marks_its_pages(told: Told) -> None:
    told.published()
    told.ledger.sources["herald"]["name"] = "The Herald on Sunday"
    told.learnt()
    assert told.marked() == (False, {B}, 0)


def test_what_a_night_left_unpublished_is_marked_the_next_night_too(told: Told) -> None:
    told.published()
    told.ledger.gone("herald", B)
    told.learnt()
    assert told.marked() == (False, {B}, 0)
    told.ledger.capture("gazette", A, body="x", is_unchanged=True)
    told.learnt()
    assert told.marked() == (False, {A, B}, 1)


def test_a_database_of_another_schema_is_made_anew(told: Told) -> None:
    told.published()
    with open_build(told.path) as database:
        database.run("UPDATE raw.made_by SET schema_digest = 'that of last year'")
    with open_build(told.path) as database:
        assert database.applied_loads() == 0
    told.ledger.take_in(told.path)
    assert told.marked() == (True, {A, B}, 1)
