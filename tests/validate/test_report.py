"""The report: everything that was found, nothing that runs or loads, whatever stands in the rows."""

from __future__ import annotations

import json
from html.parser import HTMLParser

from ingest.report import render
from ingest.verdict import Level, Severity, UnbelievableRow, from_json, verdict_of
from tests.builds import FETCHED, RUN_AT, check

HOSTILE = "<script>alert(1)</script><img src=//evil.example/x>{{ 7 * 7 }}\u202egnp.exe\x1b[2J"


class Tags(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def refused(detail: str = "people is 9") -> UnbelievableRow:
    return UnbelievableRow(
        table="casualty_claims",
        statement_id=f"c1{HOSTILE}",
        article_id="a1",
        valid_from_at=FETCHED,
        expectation="people_below_bound",
        detail=detail,
        recorded_at=FETCHED,
    )


def test_hostile_rows_are_shown_and_stay_inert() -> None:
    bad = check("fell", is_held=False, observed=HOSTILE, samples=(HOSTILE,), unexpected=1)
    broken = check("broke", is_held=False, error=HOSTILE)
    page = Tags(render(verdict_of([bad, broken], RUN_AT, [refused(HOSTILE)]), None)["index.html"])
    assert not {"script", "img", "iframe", "object", "link", "form", "base"} & set(page.tags)
    assert not {"src", "href", "onclick", "style"} & set(page.attributes)
    assert page.text.count("<script>alert(1)</script>") == 5
    assert "{{ 7 * 7 }}" in page.text
    assert "\u202e" not in page.text
    assert "\\u202egnp.exe" in page.text


def test_nothing_is_loaded_from_anywhere() -> None:
    text = render(verdict_of([check()], RUN_AT), 1)["index.html"]
    assert "default-src 'none'" in text
    assert not [word for word in ("http://", "https://", "//", "url(", "@import") if word in text]


def test_it_says_outcome_instant_edition_reason_and_observation() -> None:
    page = Tags(render(verdict_of([check(reason="so that there is something", observed="all of 12 rows")], RUN_AT), 7)["index.html"])
    for told in (
        "Validation: pass",
        "Edition 7.",
        "Judged 2026-03-10 04:00 UTC",
        "so that there is something",
        "all of 12 rows",
        "1 hold, 0 warn, 0 fail",
    ):
        assert told in page.text


def test_trouble_comes_first_and_open() -> None:
    checks = [
        check("fine", table="articles"),
        check("odd", table="offers", is_held=False, severity=Severity.WARN, samples=("x",)),
        check("bad", table="timeline", is_held=False, samples=("y",)),
    ]
    page = Tags(render(verdict_of(checks, RUN_AT), None)["index.html"])
    assert page.text.index("bad") < page.text.index("odd") < page.text.index("fine")
    assert len(page.attributes["open"]) == 1
    assert "Edition" not in page.text


def test_a_screen_reader_finds_language_headings_and_headers() -> None:
    page = Tags(render(verdict_of([check()], RUN_AT, [refused()]), 1)["index.html"])
    assert page.attributes["lang"] == ["en"]
    assert page.tags.count("h1") == 1
    assert set(page.attributes["scope"]) == {"col", "row"}
    assert set(page.attributes["aria-labelledby"]) <= set(page.attributes["id"])


def test_a_statement_refused_twice_is_one_statement() -> None:
    page = Tags(render(verdict_of([check()], RUN_AT, [refused(), refused("quote_has_number is False")]), 1)["index.html"])
    assert "1 statement refused" in page.text


def test_the_json_is_the_verdict() -> None:
    verdict = verdict_of([check(level=Level.ROW, severity=Severity.WARN, is_held=False, samples=("a", "b"))], RUN_AT, [refused()])
    assert from_json(json.loads(render(verdict, 1)["verdict.json"])) == verdict
