"""Reading: one statement, the current edition, nothing else; results that are safe to print and to open."""

from __future__ import annotations

import csv
import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.editions import DATABASE, Edition
from ingest.errors import Halt, Misuse
from ingest.publish import publish
from ingest.read import Format, QueryResult, counts, edition_row, query, render
from ingest.read.render import inert
from tests.builds import TABLES, VALIDATION, facts, make_build, passing


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    build = make_build(folder / "build.duckdb")
    assert isinstance(publish(folder, build, facts=facts(1), verdict=passing(), validation=VALIDATION, package="{}"), Edition)
    return folder


def result(**columns: list[Any]) -> QueryResult:
    return QueryResult(table=pa.table(columns), is_cut=False, edition=1)


def rendered(found: QueryResult, form: str, **more: Any) -> str:
    sink = io.BytesIO()
    render(found, form, sink, **more)
    return sink.getvalue().decode()


class TestQuery:
    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT title FROM articles",
            "select title from articles;",
            "-- a comment\nWITH a AS (SELECT * FROM articles) SELECT * FROM a",
            "FROM articles",
            "SHOW TABLES",
            "DESCRIBE articles",
            "SUMMARIZE articles",
            "EXPLAIN SELECT 1",
            "VALUES (1)",
        ],
    )
    def test_reading_statements_run(self, home: Path, sql: str) -> None:
        assert query(home, sql).table.num_rows > 0

    def test_instants_are_utc_on_every_machine(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        assert query(home, "SELECT published_at::VARCHAR AS p FROM articles").table.to_pylist() == [{"p": "2026-03-08 15:30:00+00"}]

    def test_rows_beyond_the_cap_are_not_read(self, home: Path) -> None:
        found = query(home, "SELECT * FROM range(10_000_000_000)", max_rows=10)
        assert (found.table.num_rows, found.is_cut) == (10, True)
        assert query(home, "SELECT * FROM range(10)", max_rows=10).is_cut is False

    def test_the_order_asked_for_is_kept(self, home: Path) -> None:
        found = query(home, "SELECT i FROM range(100_000) t(i) ORDER BY i DESC", max_rows=3)
        assert found.table.column("i").to_pylist() == [99_999, 99_998, 99_997]

    def test_readers_do_not_lock_each_other_out(self, home: Path) -> None:
        with (
            duckdb.connect(str((home / "current").resolve() / DATABASE), read_only=True),
            ThreadPoolExecutor(4) as pool,
        ):
            found = pool.map(lambda _: query(home, "SELECT count(*) AS n FROM articles").table.to_pylist(), range(12))
            assert list(found) == [[{"n": 1}]] * 12


class TestLockDown:
    @pytest.mark.parametrize(
        "sql",
        [
            "ATTACH '/tmp/other.duckdb' AS other",
            "COPY articles TO '/tmp/articles.csv'",
            "COPY (SELECT 1) TO '/dev/stdout'",
            "SELECT * FROM read_csv('/etc/passwd')",
            "SELECT * FROM read_text('/etc/passwd')",
            "SELECT * FROM '/etc/passwd'",
            "SELECT * FROM glob('/etc/*')",
            "EXPLAIN ANALYZE COPY articles TO '/tmp/articles.csv'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "SET threads = 4",
            "SET enable_external_access = true",
            "RESET lock_configuration",
            "PRAGMA threads = 4",
            "PRAGMA database_list",
            "CREATE TABLE mine (i INTEGER)",
            "CREATE TABLE memory.main.mine (i INTEGER)",
            "CREATE TEMP TABLE mine (i INTEGER)",
            "INSERT INTO parties VALUES ('XX', 'x', 'x')",
            "DELETE FROM articles",
            "DROP TABLE articles",
            "EXPORT DATABASE '/tmp/exported'",
            "CALL pragma_version()",
            "USE memory",
            "CHECKPOINT",
            "BEGIN",
        ],
    )
    def test_anything_but_reading_the_edition_is_refused(self, home: Path, sql: str) -> None:
        before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
        with pytest.raises(Misuse):
            query(home, sql)
        assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before
        assert counts(home)["articles"] == 1

    @pytest.mark.parametrize(
        ("sql", "told"), [("SELECT 1; SELECT 2", "2 statements"), ("", "0 statements"), ("-- nothing", "0 statements")]
    )
    def test_exactly_one_statement(self, home: Path, sql: str, told: str) -> None:
        with pytest.raises(Misuse, match=f"{told} were given; give exactly one"):
            query(home, sql)

    def test_a_query_that_never_ends_is_stopped(self, home: Path) -> None:
        begun = time.monotonic()
        with pytest.raises(Misuse, match=r"ran longer than 0\.3 s and was stopped"):
            query(home, "SELECT count(*) FROM range(1_000_000_000) a, range(1_000_000_000) b", seconds=0.3)
        assert time.monotonic() - begun < 10

    def test_a_query_that_eats_the_memory_is_stopped(self, home: Path) -> None:
        with pytest.raises(Misuse, match="needs more than 50MB of memory"):
            query(
                home,
                "SELECT count(*) FROM (SELECT i FROM range(100_000_000) t(i) ORDER BY hash(i) LIMIT 90_000_000)",
                memory="50MB",
            )

    def test_settings_cannot_be_smuggled_in_with_the_memory(self, home: Path) -> None:
        with pytest.raises(Misuse, match="was not understood"):
            query(home, "SELECT 1", memory="1GB'; SET threads = '1")


class TestErrors:
    def test_an_unknown_table_lists_the_tables(self, home: Path) -> None:
        with pytest.raises(
            Misuse,
            match=r"Table with name claims does not exist!; the tables are: announcement_history, announcements, articles, ",
        ):
            query(home, "SELECT * FROM claims")

    def test_an_unknown_column_says_which_there_are(self, home: Path) -> None:
        with pytest.raises(Misuse, match='"titel" not found in FROM clause! Candidate bindings: "title"') as caught:
            query(home, "SELECT titel FROM articles")
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("sql", ["SELEC 1", "SELECT 1/0 +", "SELECT 'a'::INTEGER", "SELECT CAST(title AS INTEGER) FROM articles"])
    def test_every_error_is_one_line(self, home: Path, sql: str) -> None:
        with pytest.raises(Misuse, match=r"^[^\n]+$"):
            query(home, sql)

    def test_without_an_edition_the_next_step_is_told(self, tmp_path: Path) -> None:
        for call in (lambda: query(tmp_path, "SELECT 1"), lambda: counts(tmp_path), lambda: edition_row(tmp_path)):
            with pytest.raises(Halt, match=r"no edition yet; run: claimledger build"):
                call()

    def test_a_broken_file_names_the_way_back(self, tmp_path: Path) -> None:
        publish(tmp_path, make_build(tmp_path / "build.duckdb"), facts=facts(1), verdict=passing(), validation=VALIDATION, package="{}")
        (tmp_path / "current" / DATABASE).write_bytes(b"not a database" * 1000)
        with pytest.raises(Halt, match=r"cannot be opened .* claimledger editions use N"):
            query(tmp_path, "SELECT 1")


def test_status_helpers(home: Path) -> None:
    assert counts(home) == dict.fromkeys(sorted(TABLES), 1)
    assert edition_row(home)["number"] == 1


class TestTable:
    def test_hostile_text_is_inert(self) -> None:
        shown = rendered(result(**{"title\x1b[2J": ["\x1b]0;owned\x07[red]bold[/red]\u202eevil\r\nnext"]}), "table")
        assert "\x1b" not in shown
        assert "\x07" not in shown
        assert "\u202e" not in shown
        assert "[red]bold[/red]evil" in shown

    def test_it_says_how_many_and_whether_there_are_more(self) -> None:
        assert rendered(result(a=[1]), "table").endswith("(1 row, edition 1)\n")
        assert "there are more" in rendered(QueryResult(table=pa.table({"a": [1]}), is_cut=True, edition=1), "table")

    def test_a_narrow_terminal_is_respected(self) -> None:
        shown = rendered(result(a=["word " * 60], b=["other " * 60]), "table", width=60)
        assert max(map(len, shown.splitlines())) <= 60

    def test_values_read_as_people_write_them(self, home: Path) -> None:
        found = query(home, "SELECT published_at, as_of, low, high, subject FROM casualty_claims")
        assert "2026-03-08 15:30:00Z   2026-03-08   120    120" in rendered(found, "table")

    @given(st.text())
    def test_nothing_a_terminal_obeys_survives(self, text: str) -> None:
        assert not {c for c in inert(text) if ord(c) < 32 or 127 <= ord(c) < 160 or 0x202A <= ord(c) <= 0x202E}


class TestCsv:
    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
    def test_a_formula_becomes_text(self, text: str) -> None:
        assert next(iter(csv.DictReader(io.StringIO(rendered(result(a=[text]), "csv"), newline="")))) == {"a": f"'{text}"}

    def test_numbers_stay_numbers(self) -> None:
        assert rendered(result(a=[-5], b=[-1.5]), "csv") == "a,b\n-5,-1.5\n"

    @given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=1, max_size=5))
    def test_other_text_comes_back_as_it_was(self, texts: list[str]) -> None:
        kept = [text for text in texts if not text.startswith(("=", "+", "-", "@", "\t", "\r"))]
        read = list(csv.reader(io.StringIO(rendered(result(a=kept, b=[1] * len(kept)), "csv"), newline="")))[1:] if kept else []
        assert [row[0] for row in read] == kept

    def test_null_nested_and_instants(self, home: Path) -> None:
        found = query(home, "SELECT NULL AS n, authors, published_at FROM articles")
        assert rendered(found, "csv") == 'n,authors,published_at\n,"[""A. Writer""]",2026-03-08T15:30:00Z\n'


class TestJson:
    def test_every_type_has_a_form(self, home: Path) -> None:
        sql = """
            SELECT 1 AS a, 2 AS a, 170141183460469231731687303715884105727::HUGEINT AS big, sum(i) AS s, {'x': DATE '2026-01-02'} AS st,
                [1.50::DECIMAL(9, 2)] AS l, INTERVAL 1 DAY AS iv, 'ab'::BLOB AS b, 'nan'::DOUBLE AS nan, MAP {'k': 1} AS m, NULL AS n
            FROM range(3) t(i)
        """
        found = json.loads(rendered(query(home, sql), "json"))
        assert len(found) == 1
        assert found[0].pop("iv")
        assert found[0] == {
            "a": 1, "a_1": 2, "big": "170141183460469231731687303715884105727", "s": 3, "st": {"x": "2026-01-02"}, "l": [1.5],
            "b": "6162", "nan": None, "m": [["k", 1]], "n": None,
        }  # fmt: skip

    def test_no_rows_are_an_empty_array(self, home: Path) -> None:
        assert json.loads(rendered(query(home, "SELECT * FROM articles WHERE false"), "json")) == []

    def test_one_object_per_line(self) -> None:
        assert rendered(result(a=["x", "y"]), "json") == '[{"a":"x"},\n {"a":"y"}]\n'


class TestParquet:
    def test_rows_come_back(self, home: Path) -> None:
        found, sink = query(home, "SELECT * FROM casualty_claims"), io.BytesIO()
        render(found, Format.PARQUET, sink)
        assert pq.read_table(pa.BufferReader(sink.getvalue())).to_pylist() == found.table.to_pylist()

    def test_a_type_it_cannot_hold_is_named(self, home: Path) -> None:
        with pytest.raises(Misuse, match=r"iv \(month_day_nano_interval\).*cast it"):
            render(query(home, "SELECT INTERVAL 1 DAY AS iv"), "parquet", io.BytesIO())


def test_an_unknown_format_lists_the_known() -> None:
    with pytest.raises(Misuse, match="format 'xml' does not exist; choose one of: table, csv, json, parquet"):
        rendered(result(a=[1]), "xml")
