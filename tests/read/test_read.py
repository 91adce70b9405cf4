"""Reading: one statement, the current edition, nothing else; results that are safe to print and to open."""

from __future__ import annotations

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.editions import DATABASE, Edition
from ingest.errors import Halt, Misuse
from ingest.inert import spaced
from ingest.publish import publish
from ingest.read import Format, QueryResult, ask, counts, edition_row, query, render
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
        assert ask(home, sql).table.num_rows > 0

    def test_instants_are_utc_on_every_machine(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        assert ask(home, "SELECT published_at::VARCHAR AS p FROM articles").table.to_pylist() == [{"p": "2026-03-08 15:30:00+00"}]

    def test_rows_beyond_the_cap_are_not_read(self, home: Path) -> None:
        found = ask(home, "SELECT * FROM range(10_000_000_000)", max_rows=10)
        assert (found.table.num_rows, found.is_cut) == (10, True)
        assert ask(home, "SELECT * FROM range(10)", max_rows=10).is_cut is False

    def test_the_order_asked_for_is_kept(self, home: Path) -> None:
        found = ask(home, "SELECT i FROM range(100_000) t(i) ORDER BY i DESC", max_rows=3)
        assert found.table.column("i").to_pylist() == [99_999, 99_998, 99_997]

    def test_readers_do_not_lock_each_other_out(self, home: Path) -> None:
        with (
            duckdb.connect(str((home / "current").resolve() / DATABASE), read_only=True),
            ThreadPoolExecutor(4) as pool,
        ):
            found = pool.map(lambda _: ask(home, "SELECT count(*) AS n FROM articles").table.to_pylist(), range(12))
            assert list(found) == [[{"n": 1}]] * 12


def outside(home: Path) -> Path:
    """A file that no query should reach."""
    path = home / "secret.csv"
    if not path.exists():
        path.write_text("a\nsecret\n")
    return path


# Every way out of a query that DuckDB has or had. {file}: a file that is there; {home}: the folder around it.
ESCAPES = [
    # files
    *(f"SELECT * FROM {reader}('{{file}}')" for reader in (
        "read_csv", "read_csv_auto", "read_text", "read_blob", "read_json", "read_json_auto", "read_json_objects", "read_ndjson",
        "read_ndjson_objects", "read_parquet", "parquet_scan", "parquet_metadata", "parquet_schema", "parquet_file_metadata",
        "parquet_kv_metadata", "sniff_csv", "read_duckdb", "glob", "query_table",
    )),
    "SELECT * FROM '{file}'", "SUMMARIZE '{file}'", "DESCRIBE '{file}'", "DESCRIBE SELECT * FROM read_text('{file}')",
    "SELECT * FROM '{home}/build.duckdb'", "SELECT * FROM glob('{home}/*')", "SELECT * FROM read_text('/proc/self/environ')",
    "SELECT * FROM read_text('/dev/stdin')", "SELECT (SELECT content FROM read_text('{file}'))",
    "SELECT * FROM query('SELECT * FROM read_text(''{file}'')')", "SELECT * FROM query('COPY (SELECT 1) TO ''{file}''')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_text(''{file}'')'))",
    "SELECT file_exists('{file}')", "SELECT getenv('HOME')",
    # network
    "SELECT * FROM 'http://127.0.0.1:9/x.csv'", "SELECT * FROM read_csv('https://127.0.0.1:9/x.csv')", "SELECT * FROM 's3://b/x.parquet'",
    "ATTACH 'http://127.0.0.1:9/x.duckdb'", "CREATE SECRET (TYPE s3)", "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM which_secret('s3://b', 's3')",
    # writing
    "COPY articles TO '{file}'", "COPY (SELECT 1) TO '/dev/stdout'", "COPY articles FROM '{file}'", "EXPORT DATABASE '{home}/exported'",
    "IMPORT DATABASE '{home}'", "EXPLAIN ANALYZE COPY articles TO '{file}'", "ATTACH '{home}/other.duckdb' AS other",
    "ATTACH ':memory:' AS other", "DETACH claimledger", "USE memory", "CREATE TABLE mine (i INTEGER)",
    "CREATE TABLE memory.main.mine (i INTEGER)", "CREATE TEMP TABLE mine (i INTEGER)", "CREATE OR REPLACE TEMP VIEW v AS SELECT 1",
    "CREATE MACRO f() AS 1", "CREATE SCHEMA s", "CREATE TYPE t AS INTEGER", "CREATE SEQUENCE s", "CREATE INDEX i ON articles (url)",
    "INSERT INTO parties VALUES ('XX', 'x', 'x')", "UPDATE parties SET name = 'x'", "DELETE FROM articles", "TRUNCATE articles",
    "DROP TABLE articles", "ALTER TABLE articles RENAME TO x", "COMMENT ON TABLE articles IS 'x'",
    "MERGE INTO parties USING (SELECT 1) ON true WHEN MATCHED THEN DELETE",
    "WITH x AS (INSERT INTO parties VALUES ('XX', 'x', 'x') RETURNING *) SELECT * FROM x",
    "EXPLAIN ANALYZE INSERT INTO parties VALUES ('XX', 'x', 'x')", "VACUUM", "ANALYZE", "CHECKPOINT", "BEGIN", "COMMIT",
    "SELECT * FROM force_checkpoint()",
    # code, extensions, settings
    "INSTALL httpfs", "FORCE INSTALL httpfs FROM 'http://127.0.0.1:9'", "LOAD httpfs", "LOAD '{home}/evil.duckdb_extension'",
    "UPDATE EXTENSIONS", "SELECT * FROM duckdb_extensions()", "SET threads = 4", "SET memory_limit = '100GB'",
    "SET enable_external_access = true", "SET VARIABLE a = 1", "RESET lock_configuration", "PRAGMA threads = 4", "PRAGMA database_list",
    "PRAGMA add_parquet_key('k', '0123456789112345')", "CALL pragma_version()", "CALL enable_logging('QueryLog', storage_path = '{home}')",
    "SELECT * FROM enable_logging(storage := 'file', storage_path := '{home}')", "SELECT * FROM enable_profiling()",
    "PREPARE p AS SELECT 1", "EXECUTE p", "SELECT * FROM python_map_function((SELECT 1))",
    "SELECT * FROM pandas_scan(1)", "SELECT * FROM arrow_scan(1, 2, 3)",
    # more than one, in whatever disguise
    "SELECT 1; COPY articles TO '{file}'", "SELECT 1;;;ATTACH '{file}'", "SELECT 1; -- x\nDROP TABLE articles", "/* */; SELECT 1; SELECT 2",
    # names that the program around the query knows
    "SELECT * FROM statement", "SELECT * FROM connection", "SELECT * FROM home", "SELECT * FROM TABLES",
]  # fmt: skip

# Calls that no interrupt of DuckDB reaches or that its own memory limit does not see; each needs more than a process may take.
GREEDY = [
    "SELECT repeat('x', 4000000000)",
    "SELECT md5(repeat('x', 1000000000))",
    "SELECT range(1000000000)",
    "SELECT list(i) FROM range(1000000000) t(i)",
    "SELECT * FROM range(100000), (SELECT repeat('x', 100000) AS s)",
    "WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r) SELECT count(*) FROM r",
    "SELECT count(*) FROM range(1000000000) a, range(1000000000) b",
    "SELECT a.range FROM range(100000) a, range(100000) b ORDER BY random()",
    "SELECT " + "(" * 100_000 + "1" + ")" * 100_000,
]


class TestLockDown:
    @pytest.mark.parametrize("sql", ESCAPES)
    def test_anything_but_reading_the_edition_is_refused(self, home: Path, sql: str) -> None:
        secret = outside(home)
        before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
        with pytest.raises(Misuse, match=r"^[^\n]+$"):
            ask(home, sql.format(file=secret, home=home))
        assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before
        assert counts(home)["articles"] == 1

    def test_the_settings_that_hold_the_lock_are_as_promised(self, home: Path) -> None:
        wanted = {
            "enable_external_access": "false", "lock_configuration": "true", "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false", "python_enable_replacements": "false", "temp_directory": "", "threads": "2",
            "memory_limit": "953.6 MiB", "allow_unsigned_extensions": "false",
        }  # fmt: skip
        rows = ask(home, "SELECT name, value FROM duckdb_settings()").table.to_pylist()
        assert {row["name"]: row["value"] for row in rows if row["name"] in wanted} == wanted

    @pytest.mark.parametrize(
        ("sql", "told"), [("SELECT 1; SELECT 2", "2 statements"), ("", "0 statements"), ("-- nothing", "0 statements")]
    )
    def test_exactly_one_statement(self, home: Path, sql: str, told: str) -> None:
        with pytest.raises(Misuse, match=f"{told} were given; give exactly one"):
            ask(home, sql)

    @pytest.mark.parametrize("sql", GREEDY, ids=lambda sql: sql[:60])
    def test_whatever_a_query_eats_this_process_does_not(self, home: Path, sql: str) -> None:
        before = psutil.Process().memory_info().rss
        with pytest.raises(Misuse):
            query(home, sql, seconds=0.5)
        assert psutil.Process().memory_info().rss - before < 50_000_000
        assert not [child for child in psutil.Process().children() if "ingest.read.child" in child.cmdline()]

    def test_a_query_that_never_ends_is_stopped_and_told(self, home: Path) -> None:
        for run in (ask, query):
            with pytest.raises(Misuse, match=r"ran longer than 0\.3 s and was stopped"):
                run(home, "SELECT count(*) FROM range(1_000_000_000) a, range(1_000_000_000) b", seconds=0.3)

    def test_a_query_that_eats_the_memory_is_stopped_and_told(self, home: Path) -> None:
        with pytest.raises(Misuse, match="needs more than 50MB of memory"):
            ask(home, "SELECT count(*) FROM (SELECT i FROM range(100_000_000) t(i) ORDER BY hash(i) LIMIT 90_000_000)", memory="50MB")

    def test_a_process_of_its_own_gives_the_same_answers_and_errors(self, home: Path) -> None:
        sql = "SELECT * FROM casualty_claims"
        assert query(home, sql) == ask(home, sql)
        assert query(home, "SELECT * FROM range(9)", max_rows=3).is_cut
        with pytest.raises(Misuse, match="the tables are: announcement_history"):
            query(home, "SELECT * FROM claims")
        with pytest.raises(Halt, match="no edition yet"):
            query(home / "nowhere", "SELECT 1")

    def test_settings_cannot_be_smuggled_in_with_the_memory(self, home: Path) -> None:
        with pytest.raises(Misuse, match="was not understood"):
            ask(home, "SELECT 1", memory="1GB'; SET threads = '1")


class TestErrors:
    def test_an_unknown_table_lists_the_tables(self, home: Path) -> None:
        with pytest.raises(
            Misuse,
            match=r"Table with name claims does not exist!; the tables are: announcement_history, announcements, articles, ",
        ):
            ask(home, "SELECT * FROM claims")

    def test_an_unknown_column_says_which_there_are(self, home: Path) -> None:
        with pytest.raises(Misuse, match='"titel" not found in FROM clause! Candidate bindings: "title"') as caught:
            ask(home, "SELECT titel FROM articles")
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("sql", ["SELEC 1", "SELECT 1/0 +", "SELECT 'a'::INTEGER", "SELECT CAST(title AS INTEGER) FROM articles"])
    def test_every_error_is_one_line(self, home: Path, sql: str) -> None:
        with pytest.raises(Misuse, match=r"^[^\n]+$"):
            ask(home, sql)

    def test_without_an_edition_the_next_step_is_told(self, tmp_path: Path) -> None:
        for call in (lambda: ask(tmp_path, "SELECT 1"), lambda: counts(tmp_path), lambda: edition_row(tmp_path)):
            with pytest.raises(Halt, match=r"no edition yet; run: claimledger build"):
                call()

    def test_a_broken_file_names_the_way_back(self, tmp_path: Path) -> None:
        publish(tmp_path, make_build(tmp_path / "build.duckdb"), facts=facts(1), verdict=passing(), validation=VALIDATION, package="{}")
        (tmp_path / "current" / DATABASE).write_bytes(b"not a database" * 1000)
        with pytest.raises(Halt, match=r"cannot be opened .* claimledger editions use N"):
            ask(tmp_path, "SELECT 1")


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
        found = ask(home, "SELECT published_at, as_of, low, high, subject FROM casualty_claims")
        assert "2026-03-08 15:30:00Z   2026-03-08   120    120" in rendered(found, "table")

    @given(st.text())
    def test_nothing_a_terminal_obeys_survives(self, text: str) -> None:
        assert not {c for c in spaced(text) if ord(c) < 32 or 127 <= ord(c) < 160 or 0x202A <= ord(c) <= 0x202E}


class TestValues:
    @pytest.mark.parametrize("sql", ["SELECT 'infinity'::DATE", "SELECT TIMESTAMP '-infinity'", "SELECT * FROM test_all_types()"])
    def test_what_only_sql_has_is_told(self, home: Path, sql: str) -> None:
        for form in ("table", "csv", "json"):
            with pytest.raises(Misuse, match=r"cannot be shown .* CAST\(x AS VARCHAR\)"):
                rendered(ask(home, sql), form)


ESCAPING = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), *range(127, 160))))  # controls other than line breaks and tabs


class TestCsv:
    def test_a_terminal_obeys_nothing_in_it(self) -> None:
        assert rendered(result(a=["a\x1b[2J\x9b2Jb\x07"]), "csv") == "a\na\ufffd[2J\ufffd2Jb\ufffd\n"

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1"])
    def test_a_formula_becomes_text(self, text: str) -> None:
        assert next(iter(csv.DictReader(io.StringIO(rendered(result(a=[text]), "csv"), newline="")))) == {"a": f"'{text}"}

    def test_numbers_stay_numbers(self) -> None:
        assert rendered(result(a=[-5], b=[-1.5]), "csv") == "a,b\n-5,-1.5\n"

    @given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters=ESCAPING)), min_size=1, max_size=5))
    def test_other_text_comes_back_as_it_was(self, texts: list[str]) -> None:
        kept = [text for text in texts if not text.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
        read = list(csv.reader(io.StringIO(rendered(result(a=kept, b=[1] * len(kept)), "csv"), newline="")))[1:] if kept else []
        assert [row[0] for row in read] == kept

    def test_null_nested_and_instants(self, home: Path) -> None:
        found = ask(home, "SELECT NULL AS n, authors, published_at FROM articles")
        assert rendered(found, "csv") == 'n,authors,published_at\n,"[""A. Writer""]",2026-03-08T15:30:00Z\n'


class TestJson:
    def test_every_type_has_a_form(self, home: Path) -> None:
        sql = """
            SELECT 1 AS a, 2 AS a, 170141183460469231731687303715884105727::HUGEINT AS big, sum(i) AS s, {'x': DATE '2026-01-02'} AS st,
                [1.50::DECIMAL(9, 2)] AS l, INTERVAL 1 DAY AS iv, 'ab'::BLOB AS b, 'nan'::DOUBLE AS nan, MAP {'k': 1} AS m, NULL AS n
            FROM range(3) t(i)
        """
        found = json.loads(rendered(ask(home, sql), "json"))
        assert len(found) == 1
        assert found[0].pop("iv")
        assert found[0] == {
            "a": 1, "a_1": 2, "big": "170141183460469231731687303715884105727", "s": 3, "st": {"x": "2026-01-02"}, "l": [1.5],
            "b": "6162", "nan": None, "m": [["k", 1]], "n": None,
        }  # fmt: skip

    def test_the_text_is_exact_and_a_terminal_obeys_nothing_in_it(self) -> None:
        text = "a\x1b[2J\x9b\u202e\u200b\U000e0041b"
        shown = rendered(result(a=[text]), "json")
        assert json.loads(shown) == [{"a": text}]
        assert shown.isascii()

    def test_no_rows_are_an_empty_array(self, home: Path) -> None:
        assert json.loads(rendered(ask(home, "SELECT * FROM articles WHERE false"), "json")) == []

    def test_one_object_per_line(self) -> None:
        assert rendered(result(a=["x", "y"]), "json") == '[{"a":"x"},\n {"a":"y"}]\n'


class TestParquet:
    def test_rows_come_back(self, home: Path) -> None:
        found, sink = ask(home, "SELECT * FROM casualty_claims"), io.BytesIO()
        render(found, Format.PARQUET, sink)
        assert pq.read_table(pa.BufferReader(sink.getvalue())).to_pylist() == found.table.to_pylist()

    def test_a_type_it_cannot_hold_is_named(self, home: Path) -> None:
        with pytest.raises(Misuse, match=r"iv \(month_day_nano_interval\).*cast it"):
            render(ask(home, "SELECT INTERVAL 1 DAY AS iv"), "parquet", io.BytesIO())


def test_an_unknown_format_lists_the_known() -> None:
    with pytest.raises(Misuse, match="format 'xml' does not exist; choose one of: table, csv, json, parquet"):
        rendered(result(a=[1]), "xml")
