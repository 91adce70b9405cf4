"""Validation: every expectation can fail, believable tables pass, a broken check is never taken for a passed one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import yaml

from ingest.editions import DATABASE
from ingest.errors import Halt, Retry
from ingest.validate import checkpoint, judge_anew, refuse, refused, validate
from ingest.validate import frames as frames_module
from ingest.validate.suites import read_suites
from ingest.verdict import Level, Outcome, Severity, UnbelievableRow, Verdict, from_json, settle, to_json, verdict_of
from tests.builds import DAY, FETCHED, RUN_AT, add, check, make_build

EXPECTATIONS = Path(__file__).parents[2] / "expectations"
# Great Expectations and what it imports use names that Python has deprecated.
pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning", "default::FutureWarning")

Change = dict[str, object]

# (table, expectation) -> what makes the pattern row unbelievable; each becomes one statement of its own.
ROW_BREAKERS: dict[tuple[str, str], Change] = {
    ("casualty_claims", "people_below_bound"): {"low": 9_000_000, "high": 9_000_000, "quote": "9,000,000 killed", "period": "cumulative"},
    ("casualty_claims", "people_in_a_day_below_bound"): {"low": 60_000, "high": None, "quote": "60 000 killed in a day"},
    ("casualty_claims", "pieces_below_bound"): {
        "category": "tank", "measure": "destroyed", "low": 2_000_000, "high": 2_000_000, "quote": "2 million tanks destroyed",
    },
    ("casualty_claims", "low_not_negative"): {"low": -4, "high": 12, "quote": "four to 12 killed"},
    ("casualty_claims", "high_not_negative"): {"low": None, "high": -12, "quote": "minus twelve killed"},
    ("casualty_claims", "range_not_upside_down"): {"low": 40, "high": 30, "quote": "30 to 40 killed"},
    ("casualty_claims", "as_of_not_ahead"): {"as_of": DAY + timedelta(days=2)},
    ("casualty_claims", "published_not_ahead"): {"published_at": FETCHED + timedelta(hours=25), "as_of": None},
    ("casualty_claims", "quote_has_number"): {"quote": "The staff said some soldiers were killed."},
    ("casualty_claims", "quote_is_a_clause"): {"quote": "120 " + "soldiers " * 50},
    ("offers", "amount_usd_believable"): {"amount_usd": 0.0},
    ("offers", "amount_positive"): {"amount": -5.0, "amount_low": None, "quote": "The ministry promised minus five dollars."},
    ("offers", "range_not_upside_down"): {"amount_low": 2e6},
    ("offers", "offered_not_ahead"): {"offered_on": DAY + timedelta(days=2)},
    ("offers", "valid_for_some_years"): {"valid_until": DAY.replace(year=DAY.year + 11)},
    ("offers", "published_not_ahead"): {"published_at": FETCHED + timedelta(hours=25)},
    ("offers", "quote_has_amount"): {"amount": 52_000, "amount_low": None, "quote": "The ministry promised 250 dollars for an aircraft."},
    ("offers", "quote_is_a_clause"): {"quote": "$1 million"},
    ("announcements", "announced_not_ahead"): {"announced_on": DAY + timedelta(days=2)},
    ("announcements", "announcer_is_a_name"): {"announcer": "M"},
    ("announcements", "published_not_ahead"): {"published_at": FETCHED + timedelta(hours=25)},
    ("announcements", "quote_is_a_clause"): {"quote": "announced"},
}  # fmt: skip

STATEMENT_KEYS = {"casualty_claims": "claim_id", "offers": "offer_id", "announcements": "announcement_id"}
KEYS = {"articles": "article_id", **STATEMENT_KEYS, "timeline": "entry_id"}

Breaker = Callable[[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection], object]  # changes the build, given also the edition before


def lacking(table: str) -> Breaker:
    """A build that lost nine of the ten rows that the last edition had."""
    return lambda now, _: now.execute(f"DELETE FROM {table} WHERE {KEYS[table]} LIKE 'more%'")


def having(table: str, times: int = 1, **changed: object) -> Breaker:
    """A build with so many more rows, told apart by their key; `{n}` in a text is the number of the row."""

    def add_them(now: duckdb.DuckDBPyConnection, _: duckdb.DuckDBPyConnection) -> None:
        for number in range(times):
            own = {name: value.format(n=number) if isinstance(value, str) else value for name, value in changed.items()}
            add(now, table, **({KEYS[table]: f"odd{number}"} if table in KEYS else {}), **own)

    return add_them


def reread(now: duckdb.DuckDBPyConnection, _: duckdb.DuckDBPyConnection) -> None:
    now.execute("DELETE FROM casualty_claims WHERE claim_id > 'more2'")
    now.execute("UPDATE casualty_claims SET extractor_version = '2.0.0'")


def read_twice_as_densely(now: duckdb.DuckDBPyConnection, before: duckdb.DuckDBPyConnection) -> None:
    for connection, times in ((before, 50), (now, 120)):
        for number in range(times):
            add(connection, "casualty_claims", claim_id=f"dense{number}", article_id=f"more{number % 9}")


def empty(now: duckdb.DuckDBPyConnection, before: duckdb.DuckDBPyConnection) -> None:
    for connection in (now, before):
        for table in KEYS:
            connection.execute(f"DELETE FROM {table}")


TODAY = RUN_AT.date()
OWN_TEXT: Change = {"text_digest": "f{n:063}"}
BARE: Change = {"source": "bare", **OWN_TEXT}
# (table, expectation) -> what makes the believable world below break this expectation, and no other.
TABLE_BREAKERS: dict[tuple[str, str], Breaker] = {
    ("articles", "rows_exist"): empty,
    ("articles", "rows_kept"): lacking("articles"),
    ("articles", "language_is_known"): having("articles", language="en-GB", **OWN_TEXT),
    ("articles", "not_dated_ahead"): having("articles", published_at=FETCHED + timedelta(days=2), **OWN_TEXT),
    ("articles", "not_dated_before_the_web"): having("articles", published_at=datetime(1970, 1, 1, tzinfo=UTC), **OWN_TEXT),
    ("articles", "titles_are_found"): having("articles", 10, title=None, **BARE),
    ("articles", "dates_are_found"): having("articles", 10, published_at=None, **BARE),
    ("articles", "texts_differ"): having("articles", 10, source="bare"),
    ("casualty_claims", "rows_kept"): lacking("casualty_claims"),
    ("casualty_claims", "rows_kept_by_new_extractor"): reread,
    ("casualty_claims", "density_is_steady"): read_twice_as_densely,
    ("casualty_claims", "not_all_in_one_article"): having("casualty_claims", 101, article_id="a2"),
    ("offers", "rows_kept"): lacking("offers"),
    ("announcements", "rows_kept"): lacking("announcements"),
    ("timeline", "rows_kept"): lacking("timeline"),
    ("timeline", "entries_for_statements"): having("timeline", 30),
    ("timeline", "headline_reads"): having("timeline", headline="None: 12 Russian personnel killed"),
    ("timeline", "not_in_the_future"): having("timeline", happened_on=TODAY + timedelta(days=2)),
    ("timeline", "sources_not_more_than_clusters"): having("timeline", independent_sources=99),
    ("claim_series", "totals_do_not_fall"): having("claim_series", period="cumulative", change_since_previous=-20, is_falling=True),
    ("source_days", "sources_are_not_quiet"): having("source_days", source="quiet", day_on=TODAY, is_quiet=True),
    ("source_days", "sources_answer"): having("sources", slug="dumb", last_success_at=RUN_AT - timedelta(days=9)),
    ("source_days", "sources_are_not_suspect"): having("source_days", source="walled", day_on=TODAY, is_suspect=True),
    ("source_days", "rejections_are_few"): having("source_days", source="odd", day_on=TODAY, captures=10, rejections=9),
    ("source_days", "failures_are_few"): having("source_days", source="down", day_on=TODAY, captures=10, failures=90),
    ("source_days", "no_day_ahead"): having("source_days", source="early", day_on=TODAY + timedelta(days=1)),
    ("rejections", "unbelievable_are_few"): having("rejections", 20, reason="unbelievable"),
    ("rejections", "misquotes_are_few"): having("rejections", 20, reason="quote_not_in_text"),
    ("rejections", "broken_pages_are_few"): having("rejections", 20, reason="crashed"),
}


def statement_id(table: str, name: str) -> str:
    return f"{table}.{name}"


@pytest.fixture(scope="module")
def row_verdict(tmp_path_factory: pytest.TempPathFactory) -> Verdict:
    build = make_build(tmp_path_factory.mktemp("rows") / "build.duckdb")
    with duckdb.connect(str(build)) as connection:
        for (table, name), change in ROW_BREAKERS.items():
            add(connection, table, **{STATEMENT_KEYS[table]: statement_id(table, name), **change})
    return validate(build, None, EXPECTATIONS, RUN_AT)


def ten_of_each(connection: duckdb.DuckDBPyConnection) -> None:
    for table, key in KEYS.items():
        for number in range(9):
            own_text = {"text_digest": f"{number:064}"} if table == "articles" else {}
            add(connection, table, **{key: f"more{number}", **own_text})


def broken(folder: Path, breaker: Breaker) -> Verdict:
    """The verdict over a build that is as its last edition but for what `breaker` does to it."""
    (folder / "1").mkdir()
    paths = (folder / "build.duckdb", folder / "1" / DATABASE)
    with duckdb.connect(str(make_build(paths[0]))) as now, duckdb.connect(str(make_build(paths[1]))) as before:
        ten_of_each(now)
        ten_of_each(before)
        breaker(now, before)
    return validate(paths[0], paths[1].parent, EXPECTATIONS, RUN_AT)


def not_held(verdict: Verdict) -> set[tuple[str, str]]:
    return {(c.table, c.name) for c in verdict.checks if not c.is_held}


class TestEachExpectationCanFail:
    def test_every_expectation_has_a_case_here(self) -> None:
        written = {(suite.table, e.name): e.level for suite in read_suites(EXPECTATIONS) for e in suite.expectations}
        assert {key for key, level in written.items() if level is Level.ROW} == set(ROW_BREAKERS)
        assert {key for key, level in written.items() if level is Level.TABLE} == set(TABLE_BREAKERS)
        assert len(written) >= 18

    @pytest.mark.parametrize(("table", "name"), ROW_BREAKERS, ids=map(".".join, ROW_BREAKERS))
    def test_a_breaking_statement_is_refused_and_named(self, row_verdict: Verdict, table: str, name: str) -> None:
        refused = [r for r in row_verdict.unbelievable if (r.table, r.expectation) == (table, name)]
        assert [(r.statement_id, r.article_id, r.recorded_at) for r in refused] == [(statement_id(table, name), "a1", FETCHED)]
        found = next(c for c in row_verdict.checks if (c.table, c.name) == (table, name))
        assert (found.outcome, found.unexpected, len(found.samples)) == (Outcome.WARN, 1, 1)
        assert found.reason in refused[0].detail

    def test_refused_statements_warn_and_nothing_else_is_refused(self, row_verdict: Verdict) -> None:
        assert row_verdict.outcome is Outcome.WARN
        assert {r.statement_id for r in row_verdict.unbelievable} == {statement_id(*key) for key in ROW_BREAKERS}

    @pytest.mark.parametrize(("table", "name"), TABLE_BREAKERS, ids=map(".".join, TABLE_BREAKERS))
    def test_a_breaking_table_is_told_by_one_expectation_alone(self, tmp_path: Path, table: str, name: str) -> None:
        verdict = broken(tmp_path, TABLE_BREAKERS[table, name])
        assert not_held(verdict) == {(table, name)}
        (found,) = verdict.warned + verdict.failed
        assert found.error is None
        assert found.samples
        assert verdict.outcome is (Outcome.FAIL if found.severity is Severity.ERROR else Outcome.WARN)

    def test_the_world_that_they_break_is_believable(self, tmp_path: Path) -> None:
        assert broken(tmp_path, lambda now, before: None).outcome is Outcome.PASS

    def test_a_fall_is_told_by_the_edition_that_first_holds_it(self, tmp_path: Path) -> None:
        build, previous = make_build(tmp_path / "build.duckdb"), tmp_path / "1"
        previous.mkdir()
        for path in (build, make_build(previous / DATABASE)):
            with duckdb.connect(str(path)) as connection:
                add(connection, "claim_series", period="cumulative", is_falling=True)
        assert ("claim_series", "totals_do_not_fall") in not_held(validate(build, None, EXPECTATIONS, RUN_AT))
        assert not_held(validate(build, previous, EXPECTATIONS, RUN_AT)) == set()


class TestBelievableTables:
    def test_hold_every_expectation(self, tmp_path: Path) -> None:
        verdict = validate(make_build(tmp_path / "b.duckdb"), None, EXPECTATIONS, RUN_AT)
        assert not_held(verdict) == set()
        assert verdict.outcome is Outcome.PASS

    @pytest.mark.parametrize(
        ("low", "high", "quote"),
        [
            (1_234_567, 1_234_567, "1,234,567 soldiers"),
            (9166, None, "more than 9 166 personnel"),
            (9166, 9166, "9.166 Soldaten"),
            (2, 2, "two pilots were killed"),
            (12, None, "more than a dozen people"),
            (1_200_000, 1_200_000, "1.2 million men"),
            (12_000, 12_000, "12k troops were lost"),
            (30, 40, "30 to 40 were wounded"),
            (4000, 4000, "около 4 тыс. военных"),
            (5, 5, None),
        ],
    )
    def test_numbers_are_found_as_people_write_them(self, tmp_path: Path, low: int | None, high: int | None, quote: str | None) -> None:
        build = make_build(tmp_path / "b.duckdb")
        with duckdb.connect(str(build)) as connection:
            add(connection, "casualty_claims", claim_id="c2", low=low, high=high, quote=quote, period="cumulative")
            connection.execute("CREATE SCHEMA changed; CREATE VIEW changed.casualty_claim_history AS FROM main.casualty_claim_history")
            frame = (EXPECTATIONS / "frames" / "casualty_claims.sql").read_text()
            found = connection.execute(f"SELECT quote_has_number FROM ({frame}) WHERE statement_id = 'c2'").fetchall()
        assert found == [(None if quote is None else True,)]

    def test_a_previous_edition_without_a_column_or_table_is_no_obstacle(self, tmp_path: Path) -> None:
        before = make_build(tmp_path / DATABASE)
        with duckdb.connect(str(before)) as connection:
            connection.execute("ALTER TABLE casualty_claims DROP COLUMN extractor_version")
            connection.execute("DROP TABLE timeline")
        verdict = validate(make_build(tmp_path / "build.duckdb"), tmp_path, EXPECTATIONS, RUN_AT)
        assert verdict.outcome is Outcome.PASS

    def test_row_judgements_do_not_depend_on_the_instant_of_the_run(self, tmp_path: Path) -> None:
        build = make_build(tmp_path / "b.duckdb")
        with duckdb.connect(str(build)) as connection:
            for (table, name), change in ROW_BREAKERS.items():
                add(connection, table, **{STATEMENT_KEYS[table]: statement_id(table, name), **change})
        tonight = validate(build, None, EXPECTATIONS, RUN_AT)
        in_ten_years = validate(build, None, EXPECTATIONS, RUN_AT + timedelta(days=3650))
        assert tonight.unbelievable == in_ten_years.unbelievable

    def test_a_table_beyond_one_batch_is_judged_whole(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(frames_module, "BATCH_ROWS", 3)
        build = make_build(tmp_path / "b.duckdb")
        with duckdb.connect(str(build)) as connection:
            for number in range(7):
                add(connection, "offers", offer_id=f"o{number}", amount_usd=-1.0 if number in (1, 6) else 5.0)
        folder = suite_of(tmp_path, "offers", frame="offers", **AMOUNT)
        verdict = validate(build, None, folder, RUN_AT)
        assert {r.statement_id for r in verdict.unbelievable} == {"o1", "o6"}
        assert (verdict.checks[0].elements, verdict.checks[0].unexpected) == (8, 2)


AMOUNT: dict[str, object] = {"kwargs": {"column": "amount_usd", "min_value": 0}, "level": "row", "severity": "warn"}


def suite_of(folder: Path, table: str, **changed: object) -> Path:
    """A folder of expectations with one rule, and the project's frames."""
    rule = {
        "name": "rule", "type": "expect_column_values_to_be_between", "kwargs": {"column": "n", "max_value": 1}, "level": "table",
        "severity": "warn", "reason": "A reason long enough to be one.", **changed,
    }  # fmt: skip
    made = folder / "expectations"
    made.mkdir()
    (made / "frames").symlink_to(EXPECTATIONS / "frames")
    (made / f"{table}.yaml").write_text(yaml.safe_dump({"table": table, "expectations": [rule]}))
    return made


class TestBrokenChecks:
    @pytest.mark.parametrize(
        ("changed", "told"),
        [
            ({"query": "SELECT 1 AS other"}, '"n"'),
            ({"query": "SELECT nope FROM articles"}, "the query of the frame failed: Binder Error"),
            ({"query": "SELECT 'a' AS n", "kwargs": {"column": "n", "max_value": 1}}, ""),
            ({"query": "SELECT 1 AS n", "type": "expect_the_moon"}, "knows no expect_the_moon"),
            ({"query": "SELECT 1 AS n", "kwargs": {"column": "n", "max_value": "high"}}, ""),
            ({"query": "SELECT range AS n FROM range(300000)"}, "more than 200,000 rows"),
        ],
    )
    def test_an_exception_fails_the_verdict_and_says_so(self, tmp_path: Path, changed: Change, told: str) -> None:
        verdict = validate(make_build(tmp_path / "b.duckdb"), None, suite_of(tmp_path, "articles", **changed), RUN_AT)
        (found,) = verdict.checks
        assert found.error is not None
        assert told in found.error
        assert (found.is_held, found.outcome, verdict.outcome) == (False, Outcome.FAIL, Outcome.FAIL)

    def test_a_row_frame_without_keys_is_an_error_of_the_check(self, tmp_path: Path) -> None:
        folder = suite_of(tmp_path, "offers", query="SELECT offer_id AS statement_id, amount_usd FROM offers", **AMOUNT)
        verdict = validate(make_build(tmp_path / "b.duckdb"), None, folder, RUN_AT)
        assert "gives no column article_id, valid_from_at, recorded_at" in (verdict.checks[0].error or "")

    def test_a_broken_checkpoint_breaks_every_check(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def explode(_: object) -> None:
            raise MemoryError("no room")

        monkeypatch.setattr(checkpoint, "run", explode)
        verdict = validate(make_build(tmp_path / "b.duckdb"), None, EXPECTATIONS, RUN_AT)
        assert {c.error for c in verdict.checks} == {"the checkpoint broke: MemoryError: no room"}
        assert verdict.outcome is Outcome.FAIL
        assert verdict.unbelievable == ()


class TestFiles:
    @pytest.mark.parametrize(
        ("changed", "told"),
        [
            ({"severity": "bad", "query": "SELECT 1"}, "expectations.0.severity: Input should be 'warn' or 'error'"),
            ({"query": "SELECT 1", "reason": "short"}, "expectations.0.reason"),
            ({"query": "SELECT 1", "colour": "red"}, "expectations.0.colour: Extra inputs are not permitted"),
            ({}, "exactly one of frame .* and query"),
            ({"frame": "articles_kept", "query": "SELECT 1"}, "exactly one of frame .* and query"),
            ({"frame": "nowhere"}, r"rule: no file .*nowhere\.sql"),
            ({"query": "SELECT 1", "level": "row"}, "level row is for casualty_claims, offers, announcements"),
            ({"query": "SELECT 1", "level": "row", "severity": "error"}, "level row goes with severity warn"),
        ],
    )
    def test_a_wrong_file_is_named_with_its_field(self, tmp_path: Path, changed: Change, told: str) -> None:
        with pytest.raises(Halt, match=rf"articles\.yaml: .*{told}"):
            read_suites(suite_of(tmp_path, "articles", **changed))

    def test_a_file_is_named_after_its_table(self, tmp_path: Path) -> None:
        folder = suite_of(tmp_path, "articles", query="SELECT 1 AS n")
        (folder / "articles.yaml").rename(folder / "offers.yaml")
        with pytest.raises(Halt, match=r"table is 'articles'; a file is named after its table: articles\.yaml"):
            read_suites(folder)

    def test_an_empty_folder_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(Halt, match="no expectations in"):
            validate(tmp_path / "b.duckdb", None, tmp_path, RUN_AT)

    def test_every_frame_is_used_and_begins_with_what_its_rows_are(self) -> None:
        used = {e.frame for suite in read_suites(EXPECTATIONS) for e in suite.expectations} - {None}
        written = {path.stem: path.read_text() for path in (EXPECTATIONS / "frames").glob("*.sql")}
        assert set(written) == used
        assert all(text.startswith("-- ") for text in written.values())

    def test_a_build_held_by_another_is_worth_another_try(self, tmp_path: Path) -> None:
        build = make_build(tmp_path / "b.duckdb")
        code = f"import duckdb, sys; c = duckdb.connect({str(build)!r}); print('held', flush=True); sys.stdin.read()"
        with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(Retry, match="another process holds"):
                validate(build, None, EXPECTATIONS, RUN_AT)
            with pytest.raises(Retry, match="another process holds"):
                refuse(build, ())
            holder.communicate("")


def row(statement: str, expectation: str = "people_below_bound", table: str = "casualty_claims") -> UnbelievableRow:
    return UnbelievableRow(
        table=table,
        statement_id=statement,
        article_id="a1",
        valid_from_at=FETCHED,
        expectation=expectation,
        detail="people is 9",
        recorded_at=FETCHED,
    )


class TestRefusal:
    def held(self, build: Path) -> list[tuple[object, ...]]:
        with duckdb.connect(str(build)) as connection:
            return connection.execute('SELECT statement_id, "table", expectation, run_id FROM raw.unbelievable ORDER BY ALL').fetchall()

    def test_one_row_per_statement_with_the_run_that_recorded_it(self, tmp_path: Path) -> None:
        build = make_build(tmp_path / "b.duckdb")
        with duckdb.connect(str(build)) as connection:
            connection.execute("INSERT INTO raw.casualty_claims VALUES ('c1', ?, 'run-7'), ('c1', ?, 'run-8')", [FETCHED, RUN_AT])
        rows = [row("c1", "quote_has_number"), row("c1", "people_below_bound"), row("o1", "amount_positive", "offers")]
        refuse(build, rows)
        assert self.held(build) == [("c1", "casualty_claims", "people_below_bound", "run-7"), ("o1", "offers", "amount_positive", None)]

    def test_a_version_is_refused_once(self, tmp_path: Path) -> None:
        build = make_build(tmp_path / "b.duckdb")
        refuse(build, [row("c1"), row("c2")])
        refuse(build, [row("c2", "another"), row("c3")])
        assert [held[0] for held in self.held(build)] == ["c1", "c2", "c3"]
        assert refused(build) == (row("c1"), row("c2"), row("c3"))

    def test_what_is_made_anew_is_judged_anew_but_for_what_nobody_can_judge_any_more(self, tmp_path: Path) -> None:
        build = make_build(tmp_path / "b.duckdb")
        elsewhere = replace(row("c2"), article_id="a2")
        refuse(build, [row("c1"), elsewhere])
        judge_anew(build, [row("c9")])
        assert refused(build) == (elsewhere, row("c9"))


class TestVerdict:
    @pytest.mark.parametrize(
        ("checks", "outcome"),
        [
            ([check()], Outcome.PASS),
            ([check(), check(is_held=False, severity=Severity.WARN)], Outcome.WARN),
            ([check(is_held=False, severity=Severity.WARN), check(is_held=False)], Outcome.FAIL),
            ([check(is_held=False, level=Level.ROW, severity=Severity.WARN)], Outcome.WARN),
            ([check(is_held=False, severity=Severity.WARN, error="broke")], Outcome.FAIL),
            ([], Outcome.FAIL),
        ],
    )
    def test_the_worst_check_decides(self, checks: list[object], outcome: Outcome) -> None:
        assert verdict_of(checks, RUN_AT).outcome is outcome  # type: ignore[arg-type]

    def test_it_survives_the_way_to_another_process(self, row_verdict: Verdict) -> None:
        assert from_json(to_json(row_verdict)) == row_verdict

    def test_a_verdict_from_before_versions_were_told_apart_is_read(self, row_verdict: Verdict) -> None:
        """Its rows name the recording alone; an old edition is redacted by it."""
        told = to_json(row_verdict)
        for row in told["unbelievable"]:
            del row["valid_from_at"]
        assert {row.valid_from_at for row in from_json(told).unbelievable} == {row.recorded_at for row in row_verdict.unbelievable} != set()

    def test_settled_it_tells_what_was_refused_and_judges_what_is_published(self) -> None:
        refused = check("people_below_bound", level=Level.ROW, severity=Severity.WARN, is_held=False)
        first = verdict_of([refused, check("share", is_held=False)], RUN_AT, [row("c1")])
        second = verdict_of([check("people_below_bound", level=Level.ROW, severity=Severity.WARN), check("share")], RUN_AT)
        settled = settle(first, second)
        assert (settled.outcome, [c.name for c in settled.checks]) == (Outcome.WARN, ["people_below_bound", "share"])
        assert settled.unbelievable == first.unbelievable

    def test_a_row_that_stays_in_the_tables_fails(self) -> None:
        refused = check("people_below_bound", level=Level.ROW, severity=Severity.WARN, is_held=False)
        verdict = verdict_of([refused], RUN_AT, [row("c1")])
        settled = settle(verdict, verdict)
        assert settled.outcome is Outcome.FAIL
        assert "must leave out raw.unbelievable" in (settled.failed[0].error or "")
