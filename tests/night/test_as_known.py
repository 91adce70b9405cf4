"""In: nights with new articles, silent edits, copies, a newer cleaner and extractor, refusals, corrections and their undoing. Out: what
each edition showed is what today's edition says was known then; every statement ever published is in its history; a replay is equal."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest import flow
from ingest.editions import current_edition, edition_folder
from ingest.errors import Misuse
from tests.ledgers import Ledger, announcement, claim, offer

pytestmark = pytest.mark.timeout(1800)  # a fixture of several whole builds, on a busy machine
AS_KNOWN = ("articles", "casualty_claims", "offers", "announcements", "timeline", "claim_series", "disputes")
STATEMENTS = {"casualty_claims": "claim_id", "offers": "offer_id", "announcements": "announcement_id"}
FILLER = " ".join(f"word{n}" for n in range(120))
PAGE, COPY, OTHER, CLOSED = (f"https://{s}.example/a" for s in ("gazette", "herald", "moscow", "closed"))
LOST = "Kyiv's staff said 520 Russian soldiers were killed."
MORE = "Kyiv's staff said 560 Russian soldiers were killed."
PAID = "Kyiv offers 500 dollars to each who lays down arms."
LAW = "The ministry announced a new law on pay."
TANKS = "Twelve tanks burned near the river."
WRONG = "The staff said 9000000 soldiers were killed."


def losses(quote: str, number: int, side: str = "UA", day: int = 1, **more: Any) -> Any:
    who = {"claimant": "staff", "claimant_party": side, "as_of": f"2026-03-{day:02}", "as_of_basis": "stated"}
    return claim(quote, low=number, high=number, **who, **more)


def told(text: str, quote: str, number: int) -> dict[str, Any]:
    pay = offer(PAID, offeror="Kyiv", offeror_party="UA", amount=500, currency="USD", amount_usd=500, usd_basis="usd")
    law = announcement(LAW, announcer="Ministry of Defence", announcer_party="UA", topic="pay")
    assert quote in text
    return {"claims": [losses(quote, number)], "offers": [pay], "announcements": [law]}


def first_night(ledger: Ledger) -> None:
    """Two copies of a story, the other side's figure, and a page whose number was misread."""
    story = f"{LOST} {PAID} {LAW} {FILLER}"
    ledger.article("gazette", PAGE, story, **told(story, LOST, 520))
    ledger.article("herald", COPY, f"By a writer. {story}", **told(story, LOST, 520))
    ledger.article("moscow", OTHER, "Moscow counts 48 dead.", claims=[losses("Moscow counts 48 dead.", 48, "RU", 3)])
    burnt = claim(TANKS, category="tank", measure="destroyed", low=12, high=12, qualifier="exact")
    ledger.article("closed", CLOSED, f"{TANKS} {WRONG}", claims=[burnt, losses(WRONG, 9_000_000)])


def second_night(ledger: Ledger) -> None:
    """The gazette edits its figure without a word; the herald's page is gone; a page comes that its own source tells of later."""
    story = f"{MORE} {PAID} {LAW} {FILLER}"
    ledger.article("gazette", PAGE, story, **told(story, MORE, 560))
    ledger.gone("herald", COPY)
    ledger.article("herald", "https://herald.example/b", f"Once more: {LOST}", claims=[losses(LOST, 520)])


def third_night(ledger: Ledger) -> None:
    """A newer extractor reads the misread number rightly and finds the party of the tanks; a newer cleaner reads the page of Moscow."""
    text = f"{TANKS} {WRONG}"
    burnt = claim(TANKS, category="tank", measure="destroyed", low=12, high=12, party="UA")
    rightly = losses(WRONG, 9_000)
    again = ledger.capture("closed", CLOSED, body=text)
    ledger.cleaned("closed", CLOSED, text, again, ledger.now)
    ledger.extracted("closed", CLOSED, text, again, claims=[burnt, rightly], extractor_version="2")
    opener = next(e for e in ledger.log.read("moscow") if e.type == "CaptureTaken")
    cleaner = "Report. Moscow counts 48 dead."
    body = {"body": "Moscow counts 48 dead.", "cleaner_version": "2"}
    ledger.cleaned("moscow", OTHER, cleaner, opener.event_id, opener.occurred_at, title="A better title", **body)
    ledger.extracted("moscow", OTHER, cleaner, opener.event_id, claims=[losses("Moscow counts 48 dead.", 48, "RU", 3)])


@dataclass
class Nights:
    """A home after many nights, and what happened to it."""

    house: flow.House
    known: dict[int, datetime] = field(default_factory=dict)  # edition -> known_at
    made: dict[str, str] = field(default_factory=dict)  # word -> correction id
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.house.home / "current" / "claimledger.duckdb"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    def publish(self) -> None:
        done = flow.build(self.house, "test")
        assert done["publish"]["is_new"]
        edition = current_edition(self.house.home)
        assert edition is not None
        self.known[edition.number] = edition.facts.known_at

    def correct(self, word: str, statement_id: str, **how: Any) -> None:
        said = {"reason": f"because of {word}", "author": "An editor", "run_id": "test"}
        done = flow.correct(self.house, statement_id, **how, **said)
        self.made[word] = done["corrections"][-1]["correction_id"]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    ledger = Ledger(tmp_path_factory.mktemp("nights"))
    for slug in ("gazette", "herald", "moscow"):
        ledger.source(slug)
    ledger.source("closed", publish_text=False)
    done = Nights(house=ledger.house())
    for night in (first_night, second_night, third_night):
        night(ledger)
        ledger.write()
        done.publish()
    done.ids = {
        "gazette": done.rows(f"SELECT claim_id FROM casualty_claims WHERE url = '{PAGE}'")[0][0],
        "herald": done.rows(f"SELECT claim_id FROM casualty_claims WHERE url = '{COPY}'")[0][0],
        "offer": done.rows(f"SELECT offer_id FROM offers WHERE url = '{PAGE}'")[0][0],
        "law": done.rows(f"SELECT announcement_id FROM announcements WHERE url = '{PAGE}'")[0][0],
    }
    done.correct("typo", done.ids["gazette"], assignments=["low=600", "high=600", "place=Bakhmut"])
    done.correct("offer", done.ids["offer"], assignments=["amount=600"])
    done.correct("no claim", done.ids["law"], is_rejected=True)
    done.publish()
    done.correct("place", done.ids["gazette"], undone_id=done.made["typo"])  # the last of the three: the place
    done.correct("law", done.ids["law"], undone_id=done.made["no claim"])
    done.correct("out", done.ids["herald"], is_rejected=True)
    done.publish()
    # A newer extractor reads the corrected page again: what was corrected stays so.
    story = f"{MORE} {PAID} {LAW} {FILLER}"
    capture = [e for e in ledger.log.read("gazette") if e.type == "CaptureTaken"][-1]
    ledger.extracted("gazette", PAGE, story, capture.event_id, **told(story, MORE, 561), extractor_version="3")
    ledger.write()
    done.publish()
    return done


@pytest.mark.parametrize("table", AS_KNOWN)
def test_what_an_edition_showed_is_what_was_known_then(nights: Nights, table: str) -> None:
    for number, known_at in nights.known.items():
        shown = edition_folder(nights.house.home, number) / "claimledger.duckdb"
        with duckdb.connect(str(nights.database), read_only=True) as today, duckdb.connect(str(shown), read_only=True) as then:
            for connection in (today, then):
                connection.execute("SET TimeZone = 'UTC'")
            macro = today.execute(f"FROM {table}_as_known(?) ORDER BY ALL", [known_at])
            names = [column[0] for column in macro.description]
            answered = macro.fetchall()
            published = then.execute(f"FROM {table} ORDER BY ALL")
            assert names == [column[0] for column in published.description]
            assert answered == published.fetchall(), f"edition {number}"
            assert answered


def test_nothing_was_known_before_the_first_load(nights: Nights) -> None:
    for table in AS_KNOWN:
        assert nights.rows(f"FROM {table}_as_known('2020-01-01')") == []


def test_the_nights_differ(nights: Nights) -> None:
    """Else the comparison above would prove little."""
    for table in ("articles", "casualty_claims", "offers", "announcements", "timeline"):
        answers = [nights.rows(f"FROM {table}_as_known(TIMESTAMPTZ '{at.isoformat()}') ORDER BY ALL") for at in nights.known.values()]
        assert len({repr(answer) for answer in answers}) >= 3, table


def test_every_statement_ever_published_is_in_its_history(nights: Nights) -> None:
    published: set[tuple[str, str]] = set()
    for number in nights.known:
        with duckdb.connect(str(edition_folder(nights.house.home, number) / "claimledger.duckdb"), read_only=True) as connection:
            for table, key in STATEMENTS.items():
                published |= {(table, *row) for row in connection.execute(f"SELECT {key}, article_id FROM {table}").fetchall()}
    kept = {
        (table, *row)
        for table, key in STATEMENTS.items()
        for row in nights.rows(f"SELECT {key}, article_id FROM {table.removesuffix('s')}_history")
    }
    assert published <= kept
    assert len(published) > 8


def test_a_history_names_what_happened(nights: Nights) -> None:
    def reasons(statement_id: str) -> list[str]:
        sql = f"SELECT reason FROM statement_history WHERE statement_id = '{statement_id}' ORDER BY valid_from_at"
        return [row[0] for row in nights.rows(sql)]

    assert reasons(nights.ids["gazette"]) == ["extracted", "corrected", "corrected", "re-extracted"]
    assert reasons(nights.ids["offer"]) == ["extracted", "revised", "corrected", "re-extracted"]
    assert reasons(nights.ids["law"]) == ["extracted", "revised", "rejected", "corrected", "re-extracted"]
    assert reasons(nights.ids["herald"]) == ["extracted", "rejected"]
    first = nights.rows("SELECT DISTINCT claim_id FROM casualty_claim_history WHERE quote LIKE '%520 Russian%' AND reason = 'gone'")
    assert [reasons(name) for (name,) in first] == [["extracted", "gone"]]
    moscow = nights.rows("SELECT reason FROM casualty_claim_history WHERE source = 'moscow' ORDER BY valid_from_at")
    assert moscow == [("extracted",), ("re-cleaned",)]
    assert [r[0] for r in nights.rows(f"SELECT reason FROM article_history WHERE url = '{COPY}' ORDER BY valid_from_at")] == [
        "cleaned",
        "gone",
    ]


def test_a_correction_stands_in_the_tables_and_in_all_that_reads_them(nights: Nights) -> None:
    """Also after a newer extractor read another number; the undone place is none."""
    name, shown = nights.ids["gazette"], "low, high, place, is_corrected, correction_reason, extractor_version"
    row = nights.rows(f"SELECT {shown} FROM casualty_claims WHERE claim_id = '{name}'")
    assert row == [(600, 600, None, True, "because of typo", "3")]
    assert nights.rows("SELECT amount_low, amount_high FROM timeline WHERE kind = 'casualty_claim' AND amount_high = 600") == [
        (600.0, 600.0)
    ]
    assert nights.rows("SELECT low, high FROM claim_series WHERE claimant_party = 'UA' AND category = 'personnel'") == [(520, 9000)]
    assert nights.rows("SELECT high_b FROM disputes WHERE high_b = 600") == [(600,)]
    told = nights.rows("SELECT field, old_value, new_value, reason, author FROM corrections ORDER BY recorded_at, field DESC")
    assert told[:3] == [
        ("place", None, "Bakhmut", "because of typo", "An editor"),
        ("low", "560", "600", "because of typo", "An editor"),
        ("high", "560", "600", "because of typo", "An editor"),
    ]
    assert ("place", "Bakhmut", None, "because of place", "An editor") in told
    assert ("is_rejected", "true", "false", "because of law", "An editor") in told


def test_a_corrected_row_keeps_its_group(nights: Nights) -> None:
    groups = nights.rows(f"SELECT count(DISTINCT group_id) FROM casualty_claim_history WHERE claim_id = '{nights.ids['gazette']}'")
    assert groups == [(1,)]


def test_a_rejected_row_is_in_no_table(nights: Nights) -> None:
    name = nights.ids["herald"]
    assert nights.rows(f"SELECT 1 FROM casualty_claims WHERE claim_id = '{name}'") == []
    ((ended,),) = nights.rows(
        f"SELECT valid_from_at = valid_to_at FROM casualty_claim_history WHERE claim_id = '{name}' AND reason = 'rejected'"
    )
    assert ended


def test_what_was_refused_then_is_not_known_now(nights: Nights) -> None:
    """The misread number was in no edition; read rightly it is."""
    numbers = nights.rows("SELECT low, reason FROM casualty_claim_history WHERE low IN (9000, 9000000)")
    assert numbers == [(9000, "re-extracted")]
    assert nights.rows("SELECT count(*) FROM rejections WHERE reason = 'unbelievable'") == [(1,)]


def test_copies_do_not_corroborate_at_any_time(nights: Nights) -> None:
    first = min(nights.known.values())
    sql = "SELECT max(independent_sources) FROM {}('{}') WHERE amount_high = 520"
    assert nights.rows(sql.format("timeline_as_known", first.isoformat())) == [(1,)]
    versions = nights.rows(f"SELECT independent_sources FROM casualty_claim_history WHERE url = '{COPY}' AND reason = 'extracted'")
    assert versions == [(1,)]
    assert nights.rows("SELECT independent_sources FROM casualty_claim_history WHERE url = 'https://herald.example/b'") == [(2,)]


def test_two_editions_are_told_apart_statement_by_statement(nights: Nights) -> None:
    first, second, third, corrected, undone, last = sorted(nights.known)
    counted = {
        pair: {what: one["statements"] for what, one in flow.diff_editions(nights.house, *pair)["statements"].items()}
        for pair in ((first, second), (second, third), (third, corrected), (corrected, undone), (first, last), (last, first), (last, last))
    }
    assert counted[first, second] == {"new": 2, "revised": 2, "gone": 1}
    assert counted[second, third] == {"re-cleaned": 1, "re-extracted": 2}
    assert counted[third, corrected] == {"corrected": 2, "rejected": 1}
    assert counted[corrected, undone] == {"corrected": 2, "rejected": 1}
    assert counted[last, last] == {}
    assert counted[last, first] == counted[first, last]
    ids = flow.diff_editions(nights.house, third, corrected)["statements"]["rejected"]["ids"]
    assert ids == [nights.ids["law"]]
    changed = flow.diff_editions(nights.house, third, corrected)["tables"]["corrections"]
    assert (changed["added"], changed["removed"], changed["changed"]) == (5, 0, 0)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"assignments": ["low=600"]}, "low is '600' already"),
        ({"assignments": ["party=Narnia"]}, "party cannot be 'Narnia'; it takes one of: the codes of the table parties"),
        ({"undone_id": "f" * 24}, "no correction 'ffffffffffffffffffffffff'"),
        ({"assignments": ["low=1"], "reason": " "}, "--reason ' ' was given"),
    ],
)
def test_a_wrong_correction_writes_nothing(nights: Nights, how: dict[str, Any], message: str) -> None:
    before = nights.house.log.head("corrections")
    with pytest.raises(Misuse, match=message):
        flow.correct(nights.house, nights.ids["gazette"], **{"reason": "r", "author": "a", "run_id": "test", **how})
    assert nights.house.log.head("corrections") == before


@pytest.mark.parametrize(
    ("name", "message"),
    [("f" * 24, "no statement ffffffffffffffffffffffff in the current edition"), ("'; DROP", "is no id of a statement")],
)
def test_an_unknown_statement_is_told(nights: Nights, name: str, message: str) -> None:
    with pytest.raises(Misuse, match=message):
        flow.correct(nights.house, name, is_rejected=True, reason="r", author="a", run_id="test")


@pytest.fixture
def copied(nights: Nights, tmp_path: Path) -> flow.House:
    home = tmp_path / "home"
    shutil.copytree(nights.house.home, home, symlinks=True)
    return flow.open_house(replace(nights.house.settings, home=home))


def test_a_replay_gives_the_same_tables_and_a_build_without_news_publishes_nothing(copied: flow.House, nights: Nights) -> None:
    house = copied
    before = current_edition(nights.house.home)
    assert before is not None
    shutil.rmtree(house.home / "editions")
    (house.home / "current").unlink()
    flow.replay(house, "replay")
    after = current_edition(house.home)
    assert after is not None
    assert {name: (c.rows, c.digest) for name, c in after.tables.items()} == {n: (c.rows, c.digest) for n, c in before.tables.items()}
    assert not flow.build(house, "idle")["publish"]["is_new"]
