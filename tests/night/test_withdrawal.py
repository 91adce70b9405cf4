"""In: a home with editions, and a page that must go. Out: nothing of its words anywhere but in copies that stand, its record whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest import flow, publish
from ingest.archive import Archive, Place
from ingest.editions import current_edition, edition_folder, read_edition
from ingest.errors import Halt, Misuse, Retry
from ingest.events import EventType
from ingest.flow import loading, withdrawing
from ingest.pending import to_clean, to_extract, to_fetch
from ingest.storage import LocalStorage
from tests.ledgers import Ledger
from tests.night.test_as_known import AS_KNOWN, FILLER, LAW, LOST, MORE, PAID, WRONG, losses, told
from tests.words import left_of

pytestmark = pytest.mark.timeout(1800)  # a fixture of several whole builds, on a busy machine
PAGE, TWIN, COPY = "https://gazette.example/a", "https://gazette.example/twin", "https://herald.example/a"
SECRET = "Nobody else wrote this."  # stands in the withdrawn page alone
UNCOUNTED = "The staff would not say how many had been killed there."  # a figure read from it is refused, for its quote has no number
FIRST = f"{LOST} {PAID} {LAW} {SECRET} {WRONG} {UNCOUNTED} {FILLER}"
SECOND = FIRST.replace(LOST, MORE)
WHO = {"reason": "asked by the outlet", "author": "An editor", "run_id": "test"}
STATEMENTS = ("casualty_claims", "offers", "announcements")


def first_night(ledger: Ledger) -> None:
    """The page, a copy of it with one more sentence, and a page of the same source with some of its words."""
    said = told(FIRST, LOST, 520)
    said["claims"] = [*said["claims"], losses(WRONG, 9_000_000), losses(UNCOUNTED, 77)]
    ledger.lead("gazette", PAGE)
    ledger.article("gazette", PAGE, FIRST, **said)
    story = f"By a writer. {LOST} {PAID} {LAW.upper()} {FILLER}"
    ledger.article(
        "herald", COPY, story, claims=[losses(LOST, 520)], announcements=[(LAW.upper(), told(FIRST, LOST, 520)["announcements"][0][1])]
    )
    ledger.article("gazette", TWIN, "Twelve words of another page that stands and says nothing of note.")


def second_night(ledger: Ledger) -> None:
    """The page is edited; its old words appear on a page that stands."""
    ledger.article("gazette", PAGE, SECOND, **told(SECOND, MORE, 560))
    ledger.article("herald", "https://herald.example/b", FIRST, **told(FIRST, LOST, 520))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> flow.House:
    ledger = Ledger(tmp_path_factory.mktemp("withdrawal"))
    for slug in ("gazette", "herald"):
        ledger.source(slug)
    house = ledger.house()
    for night in (first_night, second_night):
        night(ledger)
        ledger.write()
        flow.build(house, "test")
    return house


def copy_of(house: flow.House, home: Path) -> flow.House:
    shutil.copytree(house.home, home, symlinks=True)
    return flow.open_house(replace(house.settings, home=home))


@pytest.fixture
def house(published: flow.House, tmp_path: Path) -> flow.House:
    """A copy to spoil."""
    return copy_of(published, tmp_path / "home")


def rows(database: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def test_the_words_are_everywhere_before(house: flow.House) -> None:
    """Else the tests below would prove nothing."""
    names = left_of(house.home, SECRET) | left_of(house.home, MORE)
    assert {name.split("/")[0] for name in names} == {"archive", "build.duckdb", "editions"}
    assert any(name.endswith("verdict.json") for name in left_of(house.home, WRONG))


@pytest.fixture
def withdrawn(house: flow.House) -> flow.House:
    done = flow.withdraw(house, PAGE, **WHO)
    assert (done["bodies"], done["texts"], done["editions"], done["build_removed"], done["is_done_before"]) == (2, 2, [1, 2], True, False)
    return house


def test_nothing_is_left_but_in_the_page_that_stands(withdrawn: flow.House) -> None:
    """The second page of the herald has the first words of the withdrawn one; they are its own."""
    assert left_of(withdrawn.home, MORE) == set()
    assert all("herald" in name or name.startswith("editions/2/") for name in left_of(withdrawn.home, SECRET))
    for number in (1, 2):
        database = edition_folder(withdrawn.home, number) / "claimledger.duckdb"
        said = rows(database, f"SELECT text, is_withdrawn FROM articles WHERE canonical_url = '{PAGE}'")
        assert said == [(None, True)] * number
        assert rows(database, f"SELECT text FROM article_history WHERE canonical_url = '{PAGE}' AND text IS NOT NULL") == []
        for table in STATEMENTS:
            quotes = rows(database, f"SELECT quote, quote_prefix, quote_suffix FROM {table} WHERE url = '{PAGE}'")
            assert set(quotes) == {(None, None, None)}, table
            assert rows(database, f"SELECT 1 FROM {table} WHERE url != '{PAGE}' AND quote IS NULL") == []
        assert rows(database, f"SELECT quote FROM timeline WHERE url = '{PAGE}' AND quote IS NOT NULL") == []


def test_a_redacted_edition_is_whole(withdrawn: flow.House) -> None:
    for number in (1, 2):
        edition = read_edition(withdrawn.home, number)
        assert list(publish.problems(edition)) == []
    told = [e.payload for e in withdrawn.log.read("editions", types=[EventType.EDITION_REDACTED])]
    assert [t["number"] for t in told] == [1, 2]
    assert told[1]["tables"] == {n: {"rows": c.rows, "digest": c.digest} for n, c in read_edition(withdrawn.home, 2).tables.items()}


def test_other_records_of_the_archive_stay_where_they_were(withdrawn: flow.House) -> None:
    verdict = flow.verify(withdrawn)
    assert verdict["broken"] == []
    assert (verdict["checked"]["withdrawn"], verdict["checked"]["captures"]) == (2, 3)


def test_a_second_time_says_it_was_done(withdrawn: flow.House) -> None:
    before = withdrawn.log.head("editions"), withdrawn.log.head("corrections")
    again = flow.withdraw(withdrawn, PAGE, reason="again", author="Another", run_id="test")
    assert (again["is_done_before"], again["author"], again["reason"]) == (True, "An editor", "asked by the outlet")
    assert (withdrawn.log.head("editions"), withdrawn.log.head("corrections")) == before


def test_the_page_is_not_asked_for_nor_read_again(withdrawn: flow.House) -> None:
    state = withdrawn.state("gazette")
    assert PAGE in state.pages
    year = state.captures[next(iter(state.captures))].fetched_at.replace(year=2030)
    assert PAGE not in {request.url for request in to_fetch(state, year, [3600] * 50, 100)}
    later = [*to_clean(state, "new", is_reprocess=True), *to_extract(state, "rules", "new", is_reprocess=True)]
    assert {item.url for item in later} == {TWIN}


def test_a_replay_says_the_same_without_the_words(published: flow.House, withdrawn: flow.House) -> None:
    """Groups too, also those that hang on wording; then every edition is as its macro says."""
    kept = "SELECT {id}, article_id, group_id FROM {table} ORDER BY ALL"
    before = [
        rows(published.home / "current" / "claimledger.duckdb", kept.format(id=f"{t[:-1]}_id".replace("casualty_", ""), table=t))
        for t in STATEMENTS
    ]
    done = flow.build(withdrawn, "after")
    assert done["publish"]["is_new"]
    today = withdrawn.home / "current" / "claimledger.duckdb"
    after = [rows(today, kept.format(id=f"{t[:-1]}_id".replace("casualty_", ""), table=t)) for t in STATEMENTS]
    assert before == after
    for number in (1, 2):
        known_at = read_edition(withdrawn.home, number).facts.known_at.isoformat()
        for table in AS_KNOWN:
            shown = rows(edition_folder(withdrawn.home, number) / "claimledger.duckdb", f"FROM {table} ORDER BY ALL")
            assert rows(today, f"FROM {table}_as_known('{known_at}') ORDER BY ALL") == shown, (number, table)
    reasons = rows(today, f"SELECT DISTINCT reason FROM casualty_claim_history WHERE url = '{PAGE}' AND valid_to_at IS NULL")
    assert reasons == [("withdrawn",)]
    assert rows(today, f"SELECT DISTINCT reason FROM article_history WHERE url = '{PAGE}' AND valid_to_at IS NULL") == [("withdrawn",)]
    assert left_of(withdrawn.home, MORE) == set()
    assert flow.verify(withdrawn)["broken"] == []
    assert flow.withdraw(withdrawn, PAGE, **WHO)["is_done_before"]
    assert not flow.build(withdrawn, "idle")["publish"]["is_new"]
    assert current_edition(withdrawn.home) is not None


def test_what_was_refused_for_its_quote_does_not_come_back_without_it(withdrawn: flow.House) -> None:
    (one,) = withdrawn.withdrawals()
    assert {row.expectation for row in one.refused} >= {"quote_has_number"}
    flow.build(withdrawn, "after")
    today = withdrawn.home / "current" / "claimledger.duckdb"
    assert rows(today, "SELECT count(*) FROM casualty_claim_history WHERE low = 77 OR low = 9000000") == [(0,)]
    assert rows(today, "SELECT count(*) > 0 FROM rejections WHERE reason = 'unbelievable' AND detail LIKE 'quote_has_number:%'") == [
        (True,)
    ]


def test_a_damaged_verdict_is_told(house: flow.House) -> None:
    verdict = house.home / "current" / publish.VALIDATION / "verdict.json"
    verdict.write_text('{"outcome": "warn"}', encoding="utf-8")
    with pytest.raises(Halt, match=r"verdict\.json is damaged .*; run: claimledger verify"):
        flow.withdraw(house, PAGE, **WHO)
    assert house.withdrawals() == []


def test_a_set_aside_edition_and_a_folder_without_a_manifest_go_too(house: flow.House) -> None:
    (house.home / "editions" / "1" / "claimledger.duckdb").write_bytes(b"broken")
    assert "editions/1" in flow.verify(house, quarantine=True)["set_aside"][0]
    shutil.copytree(house.home / "editions" / "2", house.home / "editions" / "7")
    (house.home / "editions" / "7" / "manifest.json").unlink()
    done = flow.withdraw(house, PAGE, **WHO)
    assert (done["leftovers"], done["editions"]) == (2, [2])
    assert left_of(house.home, MORE) == set()
    assert flow.verify(house)["broken"] == []


def test_what_a_killed_build_spilled_goes_too(house: flow.House) -> None:
    """DuckDB keeps a folder beside its file while it sorts more than fits into memory."""
    _spill(house)
    flow.withdraw(house, PAGE, **WHO)
    assert left_of(house.home, MORE) == set()
    assert not list(house.home.glob("build.duckdb*"))


def _spill(house: flow.House) -> None:
    spilled = house.home / "build.duckdb.tmp" / "duckdb_temp_storage_DEFAULT-0.tmp"
    spilled.parent.mkdir()
    spilled.write_text(MORE, encoding="utf-8")


def test_a_load_that_was_killed_may_have_brought_the_page(house: flow.House) -> None:
    """What DuckDB wrote before a commit that never came stays in its file, and no table tells of it."""
    ledger = Ledger(house.home)
    ledger.article("gazette", f"{PAGE}/b", "Words of another page that nobody has loaded yet.")
    ledger.write()
    flow.withdraw(house, PAGE, **WHO)
    _spill(house)
    flow.replay(house, "loaded")
    assert left_of(house.home, MORE) == set()
    loading.announce(house, "nothing new")
    assert flow.withdraw(house, PAGE, **WHO)["is_done_before"]
    ledger.article("gazette", f"{PAGE}/c", "Words of a third page.")
    ledger.write()
    loading.announce(house, "killed after")
    assert flow.withdraw(house, PAGE, **WHO)["build_removed"]
    assert not house.build_path.exists()


def test_without_the_whole_log_nothing_is_removed(house: flow.House) -> None:
    segment = house.home / house.log.segments("herald")[-1]
    segment.rename(house.home / "segment")
    before = left_of(house.home, MORE)
    with pytest.raises(Halt, match=r"log/herald: .* its last segments .* a withdrawal needs the whole log: see claimledger verify"):
        flow.withdraw(flow.open_house(house.settings), PAGE, **WHO)
    assert left_of(house.home, MORE) == before
    (house.home / "segment").rename(segment)
    assert flow.withdraw(house, PAGE, **WHO)["bodies"] == 2


def test_batches_that_a_killed_run_left_go_too(house: flow.House) -> None:
    left = house.work_folder("killed") / "gazette" / "clean-0000.done"
    left.parent.mkdir(parents=True)
    left.write_text(MORE, encoding="utf-8")
    assert flow.withdraw(house, PAGE, **WHO)["work"]
    assert left_of(house.home, MORE) == set()
    assert flow.withdraw(house, PAGE, **WHO)["is_done_before"]


class Stop(BaseException):
    """Ends a run where a kill would."""


def stopped_at(name: str, times: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the `times`-th call of a step end the run before it does anything."""
    owner, attribute = {
        "append": (withdrawing.House, "writing"), "redact": (publish, "redact"), "replace file": (os, "replace"),
        "forget build": (withdrawing, "_forget_build"), "bodies": (Archive, "remove_bodies"), "texts": (Archive, "remove_texts"),
        "archive file": (LocalStorage, "replace"),
    }[name]  # fmt: skip
    real, calls = getattr(owner, attribute), 0

    def counted(*args: Any, **how: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == times:
            raise Stop
        return real(*args, **how)

    monkeypatch.setattr(owner, attribute, counted)
    return lambda: monkeypatch.setattr(owner, attribute, real)


@pytest.mark.parametrize(
    ("step", "times"),
    [("append", 1), ("redact", 1), ("redact", 2), ("replace file", 2), ("replace file", 9), ("forget build", 1), ("bodies", 1),
     ("archive file", 2), ("texts", 2)],
)  # fmt: skip
def test_a_run_that_was_killed_is_finished_by_the_next(house: flow.House, step: str, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = stopped_at(step, times, monkeypatch)
    with pytest.raises(Stop):
        flow.withdraw(house, PAGE, **WHO)
    go_on()
    assert not flow.withdraw(house, PAGE, **WHO)["is_done_before"]
    assert left_of(house.home, MORE) == set()
    assert flow.verify(house)["broken"] == []
    assert len(house.withdrawals()) == 1
    assert flow.withdraw(house, PAGE, **WHO)["is_done_before"]


def test_verify_tells_what_a_stopped_withdrawal_left(house: flow.House, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = stopped_at("bodies", 1, monkeypatch)
    with pytest.raises(Stop):
        flow.withdraw(house, PAGE, **WHO)
    go_on()
    broken = flow.verify(house)["broken"]
    assert sum("a withdrawn body is still there; run again: claimledger withdraw" in line for line in broken) == 2
    assert sum("of a withdrawn page is still there" in line for line in broken) == 2


def test_what_comes_after_a_withdrawal_is_covered_by_the_next_one(withdrawn: flow.House) -> None:
    ledger = Ledger(withdrawn.home)
    ledger.article("herald", f"{PAGE}?again", SECOND, canonical_url=PAGE, **told(SECOND, MORE, 560))
    ledger.write()
    assert left_of(withdrawn.home, MORE)
    done = flow.withdraw(withdrawn, PAGE, **WHO)
    assert (done["is_done_before"], done["captures"], done["bodies"], done["texts"]) == (False, 3, 1, 1)
    assert left_of(withdrawn.home, MORE) == set()
    assert len(withdrawn.withdrawals()) == 2


@pytest.mark.parametrize("url", ["https://nobody.example/a", "not an address"])
def test_an_address_that_nobody_archived_is_told(house: flow.House, url: str) -> None:
    with pytest.raises(Misuse, match="nothing was archived from"):
        flow.withdraw(house, url, **WHO)
    assert house.log.head("corrections").position == 0


def test_a_build_at_work_is_waited_for(house: flow.House) -> None:
    with house.holding("build", "busy"), pytest.raises(Retry, match="another build is at work"):
        flow.withdraw(house, PAGE, **WHO)


def test_a_record_of_the_archive_is_removed_in_its_place(house: flow.House) -> None:
    places = [
        Place(**{name: event.payload[name] for name in Place.__slots__})
        for event in house.log.read("gazette", types=[EventType.CAPTURE_TAKEN])
        if event.payload["warc_file"]
    ]
    sizes = {place.warc_file: house.storage.size(place.warc_file) for place in places}
    assert house.archive.remove_bodies(places[:1]) == 1
    assert house.archive.remove_bodies(places[:1]) == 0
    assert [house.archive.is_removed(place) for place in places] == [True, *([False] * (len(places) - 1))]
    assert {place.warc_file: house.storage.size(place.warc_file) for place in places} == sizes
