"""Validation: every expectation can fail, believable tables pass, a broken check is never taken for a passed one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import yaml

from ingest.editions import DATABASE
from ingest.errors import Halt, Retry
from ingest.validate import checkpoint, refuse, validate
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
    ("casualty_claims", "as_of_not_ahead"): {"as_of": DAY + timedelta(days=2)},
    ("casualty_claims", "published_not_ahead"): {"published_at": FETCHED + timedelta(hours=25), "as_of": None},
    ("casualty_claims", "quote_has_number"): {"quote": "The staff said some soldiers were killed."},
    ("casualty_claims", "quote_is_a_clause"): {"quote": "120 " + "soldiers " * 50},
    ("offers", "amount_usd_believable"): {"amount_usd": 0.0},
    ("offers", "amount_positive"): {"amount": -5.0},
    ("offers", "offered_not_ahead"): {"offered_on": DAY + timedelta(days=2)},
    ("offers", "valid_for_some_years"): {"valid_until": DAY.replace(year=DAY.year + 11)},
    ("offers", "published_not_ahead"): {"published_at": FETCHED + timedelta(hours=25)},
    ("offers", "quote_has_amount"): {"quote": "The ministry promised money for an aircraft."},
    ("offers", "quote_is_a_clause"): {"quote": "$1 million"},
    ("announcements", "announced_not_ahead"): {"announced_on": DAY + timedelta(days=2)},
    ("announcements", "announcer_is_a_name"): {"announcer": "M"},
    ("announcements", "published_not_ahead"): {"published_at": FETCHED + timedelta(hours=25)},
    ("announcements", "quote_is_a_clause"): {"quote": "announced"},
}  # fmt: skip

# Expectations of whole tables, by the world below that breaks them.
WORLDS = {
    "emptied": {
        ("articles", "rows_exist"), ("articles", "rows_kept"), ("casualty_claims", "rows_kept"), ("offers", "rows_kept"),
        ("announcements", "rows_kept"), ("timeline", "rows_kept"),
    },
    "strange": {
        ("articles", "language_is_known"), ("articles", "not_dated_ahead"), ("articles", "not_dated_before_the_web"),
        ("articles", "titles_are_found"), ("articles", "dates_are_found"), ("articles", "texts_differ"),
        ("casualty_claims", "not_all_in_one_article"), ("timeline", "headline_reads"), ("timeline", "not_in_the_future"),
        ("timeline", "sources_not_more_than_clusters"), ("source_days", "sources_are_not_quiet"),
        ("source_days", "sources_are_not_suspect"), ("source_days", "rejections_are_few"), ("source_days", "failures_are_few"),
        ("source_days", "no_day_ahead"), ("rejections", "unbelievable_are_few"), ("rejections", "misquotes_are_few"),
        ("rejections", "broken_pages_are_few"),
    },
    "untold": {("timeline", "entries_for_statements")},
    "reread": {("casualty_claims", "rows_kept_by_new_extractor")},
    "recounted": {("claim_series", "totals_do_not_fall")},
}  # fmt: skip
STATEMENT_KEYS = {"casualty_claims": "claim_id", "offers": "offer_id", "announcements": "announcement_id"}


def statement_id(table: str, name: str) -> str:
    return f"{table}.{name}"


@pytest.fixture(scope="module")
def row_verdict(tmp_path_factory: pytest.TempPathFactory) -> Verdict:
    build = make_build(tmp_path_factory.mktemp("rows") / "build.duckdb")
    with duckdb.connect(str(build)) as connection:
        for (table, name), change in ROW_BREAKERS.items():
            add(connection, table, **{STATEMENT_KEYS[table]: statement_id(table, name), **change})
    return validate(build, None, EXPECTATIONS, RUN_AT)


def strange(connection: duckdb.DuckDBPyConnection) -> None:
    add(connection, "articles", article_id="dialect", language="en-GB")
    add(connection, "articles", article_id="ahead", published_at=FETCHED + timedelta(days=2))
    add(connection, "articles", article_id="old", published_at=datetime(1970, 1, 1, tzinfo=UTC))
    for number in range(10):
        add(connection, "articles", article_id=f"bare{number}", source="bare", title=None, published_at=None)
    for number in range(101):
        add(connection, "casualty_claims", claim_id=f"many{number}", article_id="a2")
    add(connection, "timeline", entry_id="hole", headline="None: 12 Russian personnel killed")
    add(connection, "timeline", entry_id="tomorrow", happened_on=(RUN_AT + timedelta(days=2)).date())
    add(connection, "timeline", entry_id="crowd", independent_sources=99)
    today = RUN_AT.date()
    add(connection, "source_days", source="quiet", day_on=today, is_quiet=True, is_suspect=True)
    add(connection, "source_days", source="walled", day_on=today, captures=10, rejections=9, failures=90)
    add(connection, "source_days", source="early", day_on=today + timedelta(days=1))
    for reason in ("unbelievable", "quote_not_in_text", "crashed"):
        for number in range(20):
            add(connection, "rejections", reason=reason, url=f"https://gazette.example/{number}")


def ten_of_each(connection: duckdb.DuckDBPyConnection) -> None:
    keys = {"articles": "article_id", **STATEMENT_KEYS, "timeline": "entry_id"}
    for table, key in keys.items():
        for number in range(9):
            own_text = {"text_digest": f"{number:064}"} if table == "articles" else {}
            add(connection, table, **{key: f"more{number}", **own_text})


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Verdict]:
    made: dict[str, Verdict] = {}

    def world(name: str) -> Verdict:
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            build, previous = make_build(folder / "build.duckdb"), folder / "1"
            previous.mkdir()
            before = make_build(previous / DATABASE)
            with duckdb.connect(str(before)) as connection:
                ten_of_each(connection)
            with duckdb.connect(str(build)) as connection:
                if name == "emptied":
                    for table in ("articles", *STATEMENT_KEYS, "timeline"):
                        connection.execute(f"DELETE FROM {table}")
                else:
                    ten_of_each(connection)
                if name == "strange":
                    strange(connection)
                if name == "untold":
                    connection.execute("DELETE FROM timeline")
                if name == "recounted":
                    add(connection, "claim_series", period="cumulative", low=100, high=100, change_since_previous=-20, is_falling=True)
                if name == "reread":
                    connection.execute("DELETE FROM casualty_claims WHERE claim_id > 'more2'")
                    connection.execute("UPDATE casualty_claims SET extractor_version = '2.0.0'")
            made[name] = validate(build, previous, EXPECTATIONS, RUN_AT)
        return made[name]

    return world


def not_held(verdict: Verdict) -> set[tuple[str, str]]:
    return {(c.table, c.name) for c in verdict.checks if not c.is_held}


class TestEachExpectationCanFail:
    def test_every_expectation_has_a_case_here(self) -> None:
        written = {(suite.table, e.name): e.level for suite in read_suites(EXPECTATIONS) for e in suite.expectations}
        assert {key for key, level in written.items() if level is Level.ROW} == set(ROW_BREAKERS)
        assert {key for key, level in written.items() if level is Level.TABLE} == set().union(*WORLDS.values())
        assert len(written) >= 18

    @pytest.mark.parametrize(("table", "name"), ROW_BREAKERS, ids=".".join)
    def test_a_breaking_statement_is_refused_and_named(self, row_verdict: Verdict, table: str, name: str) -> None:
        refused = [r for r in row_verdict.unbelievable if (r.table, r.expectation) == (table, name)]
        assert [(r.statement_id, r.article_id, r.recorded_at) for r in refused] == [(statement_id(table, name), "a1", FETCHED)]
        found = next(c for c in row_verdict.checks if (c.table, c.name) == (table, name))
        assert (found.outcome, found.unexpected, len(found.samples)) == (Outcome.WARN, 1, 1)
        assert found.reason in refused[0].detail

    def test_refused_statements_warn_and_nothing_else_is_refused(self, row_verdict: Verdict) -> None:
        assert row_verdict.outcome is Outcome.WARN
        assert {r.statement_id for r in row_verdict.unbelievable} == {statement_id(*key) for key in ROW_BREAKERS}

    @pytest.mark.parametrize(("world", "table", "name"), [(w, *key) for w, keys in WORLDS.items() for key in sorted(keys)], ids=str)
    def test_a_breaking_table_is_told(self, worlds: Callable[[str], Verdict], world: str, table: str, name: str) -> None:
        found = next(c for c in worlds(world).checks if (c.table, c.name) == (table, name))
        assert found.error is None
        assert not found.is_held
        assert found.samples

    def test_worlds_break_nothing_else(self, worlds: Callable[[str], Verdict]) -> None:
        for world in ("untold", "reread", "recounted"):
            assert not_held(worlds(world)) - {("timeline", "rows_kept")} == WORLDS[world]

    def test_a_lost_table_fails_and_a_reread_one_warns(self, worlds: Callable[[str], Verdict]) -> None:
        assert worlds("emptied").outcome is Outcome.FAIL
        assert worlds("reread").outcome is Outcome.WARN

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
            connection.execute("SET VARIABLE run_at = now()")
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
        assert refuse(build, rows) == 2
        assert self.held(build) == [("c1", "casualty_claims", "people_below_bound", "run-7"), ("o1", "offers", "amount_positive", None)]

    def test_what_was_there_before_is_replaced(self, tmp_path: Path) -> None:
        build = make_build(tmp_path / "b.duckdb")
        refuse(build, [row("c1"), row("c2")])
        refuse(build, [row("c2")])
        assert [held[0] for held in self.held(build)] == ["c2"]
        assert refuse(build, ()) == 0
        assert self.held(build) == []


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
