"""In: two nights. Out: what the questions answer: filters, as known, comparisons, evidence; and nothing typed becomes SQL."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from explorer import evidence, questions
from explorer.questions import Asked, Comparison, Filters, end_of_day
from ingest import flow
from ingest.editions import current_edition, read_edition
from ingest.errors import Misuse
from ingest.publish import happened, prune, publish
from ingest.read import Reader, current_reader
from ingest.settings import Settings
from tests.builds import VALIDATION, passing
from tests.explorer.conftest import KYIV, LATER, LAW, PAY

KILLED = Comparison(measure="killed", category="personnel", parties=("RU",))


def quotes(reader: Asked, **filters: Any) -> list[str]:
    return [row["quote"] for row in questions.entries(reader, Filters(**filters), limit=50).to_pylist()]


class TestTimeline:
    def test_newest_first_and_undated_last(self, reader: Reader) -> None:
        days = [row["happened_on"] for row in questions.entries(reader, Filters(), limit=50).to_pylist()]
        assert len(days) == 5
        assert days == sorted(days, reverse=True)

    @pytest.mark.parametrize(
        ("filters", "found"),
        [
            ({"kinds": ("offer",)}, {PAY}),
            ({"kinds": ("offer", "announcement")}, {PAY, LAW}),
            ({"since": date(2026, 3, 2)}, {LATER}),
            ({"text": "WASHINGTON"}, {"Officials in Washington said at least 2,000 Russian soldiers had been killed."}),
            ({"speakers": ("General Staff",)}, {LATER}),
            ({"topics": ("pay",)}, {LAW}),
            ({"measures": ("killed",), "sources": ("gazette",)}, {LATER}),
            ({"at_least": 2}, set()),
            ({"text": "%"}, set()),
            ({"text": "' OR true --"}, set()),
            ({"sources": ("x'); DROP TABLE timeline; --",)}, set()),
        ],
    )
    def test_filters(self, reader: Reader, filters: dict[str, Any], found: set[str]) -> None:
        assert set(quotes(reader, **filters)) == found
        counted = questions.entry_counts(reader, Filters(**filters)).to_pylist()
        assert sum(row["entries"] for row in counted) == len(found)

    def test_as_known_shows_what_was_told_then(self, reader: Reader) -> None:
        assert KYIV in quotes(reader.as_known(end_of_day(date(2026, 3, 2))))
        assert KYIV not in quotes(reader)
        assert quotes(reader.as_known(end_of_day(date(2026, 3, 1)))) == []


class TestCompared:
    def test_an_open_end_stays_open(self, reader: Reader) -> None:
        rows = {row["claimant_party"]: row for row in questions.compared_claims(reader, KILLED).to_pylist()}
        assert (rows["US"]["low"], rows["US"]["high"]) == (2000, None)
        assert (rows["UA"]["low"], rows["RU"]["low"]) == (5710, 498)

    def test_many_figures_become_months(self, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("explorer.questions.compare.MAX_POINTS", 2)
        rows = questions.compared_claims(reader, KILLED).to_pylist()
        assert {row["claimant_party"] for row in rows} == {"UA", "RU", "US"}
        assert all(row["is_month"] and row["as_of"] == date(2026, 3, 1) for row in rows)

    def test_disputes_are_those_of_the_table(self, reader: Reader) -> None:
        told = reader.ask("SELECT dispute_id FROM disputes ORDER BY gap_ratio DESC, dispute_id").column(0).to_pylist()
        assert [row["dispute_id"] for row in questions.disputes(reader, KILLED).to_pylist()] == told
        assert told


class TestEvidence:
    def test_history_and_other_statements(self, reader: Reader) -> None:
        entry = next(row for row in questions.entries(reader, Filters(), limit=50).to_pylist() if row["quote"] == LATER)
        found = next(evidence.gather(reader, [entry]))
        (telling,) = found.tellings
        text = found.texts[telling["article_id"]]
        assert text[telling["char_start"] : telling["char_end"]] == LATER
        assert {row["entry_id"] for row in found.quotes[telling["article_id"]]} > {entry["entry_id"]}
        assert [row["reason"] for row in found.versions] == ["extracted"]
        assert len(telling["body_digest"]) == 64

    def test_a_text_that_may_not_be_shown_is_not_there(self, reader: Reader) -> None:
        entry = next(row for row in questions.entries(reader, Filters(text="Washington"), limit=1).to_pylist())
        found = next(evidence.gather(reader, [entry]))
        assert found.texts == {}
        assert found.tellings[0]["quote_prefix"].endswith("From the capital. ")

    def test_a_statement_leads_to_its_entry(self, reader: Reader) -> None:
        row = reader.ask("SELECT claim_id, group_id FROM casualty_claims LIMIT 1").to_pylist()[0]
        assert questions.entry_of_statement(reader, row["claim_id"]) == row["group_id"]
        assert questions.entry_of_statement(reader, "nothing") is None

    def test_many_at_once_are_as_one_by_one(self, reader: Reader) -> None:
        entries = questions.entries(reader, Filters(), limit=50).to_pylist()
        together = {found.entry["entry_id"]: found.versions for found in evidence.gather(reader, entries)}
        alone = {entry["entry_id"]: next(evidence.gather(reader, [entry])).versions for entry in entries}
        assert together == alone


def test_what_changed_is_what_the_command_counts(home: Path, reader: Reader) -> None:
    a, b = (read_edition(home, number) for number in (1, 2))
    rows = questions.changed_statements(reader, a.facts.known_at, b.facts.known_at).to_pylist()
    counted = {one.what: one.statements for one in happened(home, 1, 2)}
    assert {what: sum(row["what"] == what for row in rows) for what in counted} == counted
    assert counted


class TestReader:
    def test_it_is_kept_while_the_edition_is(self, home: Path, reader: Reader) -> None:
        assert current_reader(home, reader) is reader
        assert reader.edition == current_edition(home)

    def test_a_query_on_its_way_is_not_disturbed_by_a_publication(self, home: Path, tmp_path: Path) -> None:
        """Edition 1 is asked while edition 3 is written, becomes the current one, and edition 1 is removed."""
        mine = tmp_path / "home"
        shutil.copytree(home, mine, symlinks=True)
        flow.use_edition(flow.open_house(flow.read_only(Settings(home=mine))), 1)
        asked = current_reader(mine)
        facts = replace(asked.edition.facts, number=3)
        slow = (
            "SELECT count(*) AS n, max(t.low) AS low FROM casualty_claims AS t, range(4000) AS a, range(60000) AS b "
            "WHERE hash(a.range, b.range) % 7 < 9"
        )
        with ThreadPoolExecutor(1) as threads:
            answer = threads.submit(asked.ask, slow)
            publish(mine, mine / "build.duckdb", facts=facts, verdict=passing(), validation=VALIDATION, package="{}")
            prune(mine, 1)
            was_waiting = not answer.done()
            (row,) = answer.result().to_pylist()
        assert was_waiting
        assert row == {"n": 3 * 4000 * 60000, "low": 5300}
        after = current_reader(mine, asked)
        assert after.edition.number == 3
        assert after.ask("SELECT max(low) AS low FROM casualty_claims").to_pylist() == [{"low": 5710}]
        after.close()

    @pytest.mark.parametrize(
        "sql", ["COPY timeline TO 'x.csv'", "SELECT * FROM read_csv('/etc/passwd')", "SET memory_limit = '9GB'", "DROP TABLE timeline"]
    )
    def test_it_only_reads_the_edition(self, reader: Reader, sql: str) -> None:
        with pytest.raises(Misuse):
            reader.ask(sql)

    def test_a_question_that_takes_too_long_is_stopped(self, reader: Reader) -> None:
        with pytest.raises(Misuse, match="was stopped"):
            reader.ask("SELECT count(*) FROM range(100000000) a, range(100000) b", seconds=0.2)
