"""In: histories that hypothesis makes up. Out: a replay equals the nights, each night is what its macro says, no statement is ever lost.

One written history and one made up in a normal run; `CLAIMLEDGER_TEST_HISTORIES=20` tries more (two minutes each): `make histories`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from ingest import flow
from ingest.flow.loading import loads
from ingest.load import open_build
from ingest.load.changed import book_published
from tests.ledgers import START, Ledger, announcement, claim, offer
from tests.night.test_as_known import AS_KNOWN, STATEMENTS

HISTORIES = int(os.environ.get("CLAIMLEDGER_TEST_HISTORIES", "0"))
WORDS = ("text", "quote", "quote_prefix", "quote_suffix")
SOURCES = ("gazette", "herald", "moscow")
KIND = {"c": "casualty_claim", "o": "offer", "a": "announcement"}
Rows = list[dict[str, Any]]

pages = st.integers(0, 3)
numbers = st.integers(1, 4)
events = st.one_of(
    st.tuples(st.just("article"), pages, numbers),  # captured anew: an edit, or the same again
    st.tuples(st.just("late"), pages, numbers),  # an older capture that comes later
    st.tuples(st.just("unchanged"), pages, numbers),
    st.tuples(st.just("gone"), pages, numbers),
    st.tuples(st.just("extract"), pages, numbers),  # a newer extractor finds other things in the newest text
    st.tuples(st.just("clean"), pages, numbers),  # a newer cleaner reads the first capture otherwise
    st.tuples(st.just("set"), pages, numbers),
    st.tuples(st.just("reject"), pages, numbers),
    st.tuples(st.just("undo"), pages, numbers),
    st.tuples(st.just("withdraw"), pages, numbers),
)
histories = st.lists(st.lists(events, min_size=2, max_size=7), min_size=3, max_size=4)


# Everything happens, and things meet: a correction and an edit of one page, an undo and a newer reading, a page that goes and is withdrawn.
EVERYTHING = [
    [("article", 1, 1), ("unchanged", 0, 1), ("late", 0, 3), ("extract", 3, 1)],
    [("set", 0, 1), ("set", 1, 2), ("reject", 2, 1), ("set", 2, 2), ("article", 0, 2), ("gone", 3, 1), ("clean", 1, 2)],
    [("undo", 0, 1), ("extract", 0, 2), ("set", 3, 1), ("reject", 0, 2), ("withdraw", 3, 1), ("article", 2, 1)],
    [("undo", 0, 2), ("clean", 0, 3), ("article", 1, 4), ("set", 0, 3)],
]


@dataclass
class Story:
    """What the made-up world is like while its history is told."""

    ledger: Ledger
    captures: dict[str, list[tuple[str, str, datetime]]] = field(default_factory=dict)  # page -> capture, text, fetched at
    said: list[tuple[str, str]] = field(default_factory=list)  # statement, kind
    made: list[tuple[str, str, str, str]] = field(default_factory=list)  # correction, statement, kind, field
    withdrawn: set[str] = field(default_factory=set)
    version: int = 1

    def url(self, page: int) -> str:
        """Page 3 is the herald's copy of page 0, under the gazette's words."""
        return f"https://{SOURCES[page % 3]}.example/{page}"

    def text(self, page: int, number: int) -> str:
        filler = " ".join(f"word{n}" for n in range(90))
        who = "Kyiv" if page in (0, 3) else f"Side {page}"
        return f"{who} counts {number}00 dead. {who} pays {number}0 dollars to each. {who} made law number {number % 2} known. {filler}"

    def read(self, page: int, number: int, text: str, less: int = 0) -> dict[str, Any]:
        first, second, third = (part + "." for part in text.split(". ")[:3])
        party = ("UA", "RU", "PL")[page % 3]
        told = {"claimant": party, "claimant_party": party, "as_of": "2026-03-01", "as_of_basis": "stated"}
        return {
            "claims": [claim(first, low=number * 100 + less, high=number * 100 + less, **told)],
            "offers": [offer(second, offeror=party, offeror_party=party, amount=number * 10.0, currency="USD")][: 2 - less],
            "announcements": [announcement(third, announcer="Ministry", announcer_party=party, topic="pay")][: 1 - less],
        }

    def happen(self, what: str, page: int, number: int) -> None:
        url, stream = self.url(page), SOURCES[page % 3]
        known = self.captures.get(url, [])
        if stream not in self.ledger.sources:
            self.ledger.source(stream)
        if url in self.withdrawn and what in ("article", "late", "unchanged", "extract", "clean", "withdraw"):
            return  # nothing fetches or reads it again
        if what in ("article", "late"):
            text = self.text(page, number)
            at = START - timedelta(days=number) if what == "late" else self.ledger.now
            capture = self.ledger.article(stream, url, text, at=at, extractor_version=str(self.version), **self.read(page, number, text))
            self.captures.setdefault(url, []).append((capture, text, at))
        elif what == "unchanged" and known:
            self.ledger.capture(stream, url, body=known[-1][1], is_unchanged=True)
        elif what == "gone" and known:
            self.ledger.gone(stream, url)
        elif what == "extract" and known:
            self.version += 1
            capture, text, _ = known[-1]
            found = self.read(page, number, text, less=number % 2)
            self.ledger.extracted(stream, url, text, capture, extractor_version=str(self.version), **found)
        elif what == "clean" and known:
            capture, text, at = known[0]
            better = text.replace("word1 ", "")
            self.ledger.cleaned(stream, url, better, capture, at, body=text, cleaner_version=f"2.{number}", title=f"Title {number}")
            self.ledger.extracted(stream, url, better, capture, extractor_version=str(self.version), **self.read(page, number, better))
        elif what in ("set", "reject") and self.said:
            name, kind = self.said[(page * 5 + number) % len(self.said)]
            what_is_set = {"casualty_claim": ("low", "1"), "offer": ("amount", f"{number}.5"), "announcement": ("topic", "other")}[kind]
            column, value = ("is_rejected", "true") if what == "reject" else what_is_set
            self.made.append((self.ledger.correction(name, kind, what, column, value), name, kind, column))
        elif what == "undo" and self.made:
            undone, name, kind, column = self.made.pop((page + number) % len(self.made))
            self.ledger.correction(name, kind, "undo", column, undone_id=undone)

    def learn(self, build: Path) -> None:
        """What may be corrected from now on."""
        known = ask(build, "SELECT DISTINCT statement_id, kind FROM statement_history ORDER BY ALL")
        self.said = [(row["statement_id"], row["kind"]) for row in known]


def ask(build: Path, sql: str) -> Rows:
    with duckdb.connect(str(build), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        rows: Rows = connection.sql(sql).to_arrow_table().to_pylist()
        return rows


def tables(build: Path) -> dict[str, Rows]:
    names = [row["table_name"] for row in ask(build, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' ORDER BY ALL")]
    return {name: ask(build, f"FROM {name} ORDER BY ALL") for name in names}


def without_words(rows: Rows, article_ids: set[str]) -> list[str]:
    """The rows as a withdrawal leaves them, in an order of their own."""
    taken: dict[str, Any] = dict.fromkeys(WORDS) | {"is_withdrawn": True}
    return sorted(repr({n: taken.get(n, v) if row.get("article_id") in article_ids else v for n, v in row.items()}) for row in rows)


def nights(story: Story, history: list[list[tuple[str, int, int]]], *, is_judged: bool) -> Iterator[tuple[datetime, dict[str, Rows]]]:
    """The instant of each load that was shown and the tables after it. Each third night is not published, so that the next makes more anew;
    the others are published as they are, or judged before."""
    for number, night in enumerate(history, 1):
        for event in night:
            story.happen(*event)
        story.ledger.write()
        house = story.ledger.house()
        for url in (story.url(page) for what, page, _ in night if what == "withdraw"):
            if story.captures.get(url) and url not in story.withdrawn:
                flow.withdraw(house, url, reason="asked", author="An editor", run_id="test")
                story.withdrawn.add(url)
        if not flow.load(house, "test")["loads"]:
            continue
        flow.model(house, "test")
        if is_judged and number % 3 == 0:
            continue  # killed before anybody saw it
        if is_judged:
            flow.validate(house, "test")
            flow.publish(house, "test")
        elif number % 3:
            with open_build(house.build_path) as database:
                book_published(database)
        story.learn(house.build_path)
        yield loads(house)[-1].known_at, tables(house.build_path)


@given(history=histories)
@example(history=EVERYTHING)
@settings(
    max_examples=HISTORIES or 1,
    derandomize=not HISTORIES,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if HISTORIES else [])],
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.timeout(0 if HISTORIES else 1800)
def test_a_history_can_be_replayed_and_asked_of_every_night(
    tmp_path_factory: pytest.TempPathFactory, history: list[list[tuple[str, int, int]]]
) -> None:
    home = tmp_path_factory.mktemp("history")
    history = [[("article", 0, 1), ("article", 3, 1)], *history]
    story = Story(Ledger(home))
    is_judged = bool(HISTORIES) or EVERYTHING[-1] in history  # it costs most: in a normal run for the written history alone
    seen = list(nights(story, history, is_judged=is_judged))
    build, last = home / "build.duckdb", seen[-1][1]
    withdrawn = {row["article_id"] for row in last["articles"] if row["is_withdrawn"]}
    for known_at, shown in seen:
        for table in AS_KNOWN:
            known = ask(build, f"FROM {table}_as_known('{known_at.isoformat()}')")
            assert without_words(known, withdrawn) == without_words(shown[table], withdrawn), (table, known_at)
    for table, key in STATEMENTS.items():
        published = {(row[key], row["article_id"]) for _, shown in seen for row in shown[table]}
        kept = {(row[key], row["article_id"]) for row in last[f"{table.removesuffix('s')}_history"]}
        assert published <= kept
    house = story.ledger.house()
    assert flow.load(house, "idle")["loads"] == 0

    again = tmp_path_factory.mktemp("replay") / "home"
    shutil.copytree(home, again, ignore=shutil.ignore_patterns("build.duckdb*", "dbt", "current"))
    shutil.rmtree(again / "editions", ignore_errors=True)
    replayed = flow.open_house(replace(house.settings, home=again))
    if not is_judged:
        flow.load(replayed, "replay")
        flow.model(replayed, "replay")
    else:
        flow.build(house, "last")
        assert flow.build(replayed, "replay")["publish"]["is_new"]
        assert edition(replayed) == edition(house)
    assert tables(replayed.build_path) == tables(house.build_path)


def edition(house: flow.House) -> dict[str, Rows]:
    """What analysts read, but for the number and the hour of the edition."""
    found = tables(house.home / "current" / "claimledger.duckdb")
    return {name: rows for name, rows in found.items() if name != "edition"}
