"""Publication: whole or not at all, the same content gives the same digests, and what readers see while it happens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from ingest import editions as layout
from ingest.editions import Content, Edition
from ingest.errors import Halt, Misuse, Retry
from ingest.publish import Unchanged, diff, editions, folders, problems, prune, publish, tables, use
from ingest.read import query
from ingest.verdict import Severity, verdict_of
from tests.builds import FETCHED, RUN_AT, TABLES, VALIDATION, add, check, facts, make_build, passing

Publish = Callable[..., Edition]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def publish_next(home: Path) -> Publish:
    """Publish a build that differs from the one before by the article's title."""

    def run(title: str = "Two sides", **more: object) -> Edition:
        build = home / "build.duckdb"
        build.unlink(missing_ok=True)
        make_build(build, title=title)
        done = publish(home, build, facts=facts(layout.next_number(home)), verdict=passing(), validation=VALIDATION, package="{}")
        assert isinstance(done, Edition)
        return done

    return run


def in_current(home: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str((home / "current").resolve() / layout.DATABASE), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def edit(build: Path, *statements: str) -> None:
    with duckdb.connect(str(build)) as connection:
        for statement in statements:
            connection.execute(statement)


def contents_of(path: Path) -> dict[str, Content]:
    with tables.opened(x=path) as connection:
        return tables.contents(connection, "x")


class TestWhatAnEditionHolds:
    def test_every_table_as_rows_and_as_parquet(self, home: Path, publish_next: Publish) -> None:
        edition = publish_next()
        assert set(edition.tables) == set(TABLES)
        for name in TABLES:
            assert in_current(home, f"SELECT count(*) FROM {name}") == [(1,)]
            assert duckdb.sql(f"SELECT count(*) FROM '{edition.path}/{name}.parquet'").fetchall() == [(1,)]
        assert (edition.path / "edition.parquet").is_file()

    def test_no_other_schema_and_no_leftover_file(self, home: Path, publish_next: Publish) -> None:
        edition = publish_next()
        schemas = in_current(home, "SELECT DISTINCT schema_name FROM duckdb_tables() WHERE database_name = 'claimledger'")
        assert schemas == [("main",)]
        assert sorted(p.name for p in edition.path.iterdir() if p.suffix != ".parquet") == [
            "claimledger.duckdb",
            "datapackage.json",
            "manifest.json",
            "validation",
        ]

    def test_comments_and_not_null_are_kept(self, home: Path, publish_next: Publish) -> None:
        publish_next()
        assert in_current(home, "SELECT comment FROM duckdb_tables() WHERE table_name = 'articles'") == [
            ("Pages, cleaned. One row per revision.",)
        ]
        column = in_current(home, "SELECT comment FROM duckdb_columns() WHERE table_name = 'articles' AND column_name = 'title'")
        assert column == [("Title of the page, as the page's own metadata gives it.",)]
        assert in_current(
            home,
            "SELECT is_nullable FROM duckdb_columns() WHERE table_name = 'articles' AND column_name = 'article_id'",
        ) == [(False,)]

    def test_the_edition_row_says_what_the_file_is(self, home: Path, publish_next: Publish) -> None:
        publish_next()
        row = in_current(
            home,
            "SELECT number, log_positions, verdict, published_at = TIMESTAMPTZ '2026-03-10 04:00:00+00' FROM edition",
        )
        assert row == [(1, '{"editions": 1, "gazette": 12}', "pass", True)]

    def test_the_manifest_is_read_back_as_it_was_written(self, home: Path, publish_next: Publish) -> None:
        edition = publish_next()
        assert layout.read_edition(home, 1) == edition
        assert json.loads((edition.path / "manifest.json").read_text())["duckdb_version"] == duckdb.__version__

    def test_an_edition_is_found_whole_and_a_change_is_named(self, home: Path, publish_next: Publish) -> None:
        edition = publish_next()
        assert list(problems(edition)) == []
        edit(edition.database, "UPDATE articles SET title = 'forged'")
        (edition.path / "offers.parquet").unlink()
        found = "\n".join(problems(edition))
        assert "table articles does not hold" in found
        assert "SHA-256 differs" in found
        assert "offers.parquet is missing" in found

    def test_the_link_is_relative_so_a_home_can_be_moved(self, home: Path, publish_next: Publish, tmp_path: Path) -> None:
        publish_next()
        assert os.readlink(home / "current") == "editions/1"
        home.rename(tmp_path / "moved")
        assert query(tmp_path / "moved", "SELECT number FROM edition").table.to_pylist() == [{"number": 1}]


class TestDigests:
    def test_row_order_and_layout_do_not_count(self, tmp_path: Path) -> None:
        one, two = make_build(tmp_path / "one.duckdb"), make_build(tmp_path / "two.duckdb")
        for path, ids in ((one, ("b", "c", "d")), (two, ("d", "c", "b"))):
            with duckdb.connect(str(path)) as connection:
                for id_ in ids:
                    add(connection, "articles", article_id=id_)
        edit(
            two,
            "CREATE TABLE again AS SELECT * FROM articles ORDER BY article_id DESC",
            "DROP TABLE articles",
            "ALTER TABLE again RENAME TO articles",
        )
        same, other = contents_of(one), contents_of(two)
        assert same["articles"].rows == 4
        assert same == other

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE articles SET title = 'Other'",
            "UPDATE articles SET title = NULL",
            "UPDATE articles SET published_at = published_at + INTERVAL 1 MICROSECOND",
            "INSERT INTO articles SELECT * FROM articles",
            "ALTER TABLE articles RENAME COLUMN title TO headline",
            "ALTER TABLE articles ALTER COLUMN revision TYPE BIGINT",
        ],
    )
    def test_any_change_of_content_counts(self, tmp_path: Path, change: str) -> None:
        build = make_build(tmp_path / "b.duckdb")
        before = contents_of(build)
        edit(build, change)
        after = contents_of(build)
        assert {name for name in before if before[name] != after[name]} == {"articles"}

    def test_the_time_zone_of_the_machine_does_not_count(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        build = make_build(tmp_path / "b.duckdb")
        before = contents_of(build)
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        assert contents_of(build) == before

    def test_parquet_files_are_the_same_bytes_from_the_same_rows(self, tmp_path: Path) -> None:
        files = []
        for name, ids in (("one", ("b", "c")), ("two", ("c", "b"))):
            home = tmp_path / name
            home.mkdir()
            build = make_build(home / "build.duckdb")
            with duckdb.connect(str(build)) as connection:
                for id_ in ids:
                    add(connection, "articles", article_id=id_)
            edition = publish(home, build, facts=facts(1), verdict=passing(), validation=VALIDATION, package="{}")
            assert isinstance(edition, Edition)
            files.append({k: v for k, v in edition.files.items() if k.endswith(".parquet")})
        assert files[0] == files[1]


class TestNothingNew:
    def test_the_same_tables_publish_nothing(self, home: Path, publish_next: Publish) -> None:
        first = publish_next()
        later = publish(home, home / "build.duckdb", facts=facts(2), verdict=passing(), validation=VALIDATION, package="{}")
        assert later == Unchanged(edition=first)
        assert layout.numbers(home) == (1,)

    def test_one_changed_row_publishes(self, publish_next: Publish) -> None:
        publish_next("one")
        assert publish_next("two").number == 2


class TestFailedVerdict:
    def test_publishes_nothing_and_names_expectation_rows_and_next_step(self, home: Path, publish_next: Publish) -> None:
        publish_next("one")
        edit(home / "build.duckdb", "UPDATE articles SET title = 'two'")
        failed = verdict_of([check("fell", is_held=False, observed="fell by 60 %", samples=("gazette",))], RUN_AT)
        with pytest.raises(
            Halt,
            match=r"edition 1 stays: articles\.fell: fell by 60 % \(rows: gazette\).*failed-validation.*claimledger build",
        ):
            publish(home, home / "build.duckdb", facts=facts(2), verdict=failed, validation=VALIDATION, package="{}")
        assert layout.numbers(home) == (1,)
        assert layout.current_number(home) == 1
        assert (home / "failed-validation" / "index.html").read_text() == VALIDATION["index.html"]

    def test_the_report_of_a_failure_goes_with_the_next_success(self, home: Path, publish_next: Publish) -> None:
        (home / "failed-validation").mkdir()
        publish_next()
        assert not (home / "failed-validation").exists()
        (home / "failed-validation").mkdir()
        assert isinstance(
            publish(home, home / "build.duckdb", facts=facts(2), verdict=passing(), validation=VALIDATION, package="{}"), Unchanged
        )
        assert not (home / "failed-validation").exists()  # also where nothing new was found

    def test_a_broken_check_is_told_as_such(self, home: Path) -> None:
        build = make_build(home / "build.duckdb")
        broken = verdict_of([check(is_held=False, severity=Severity.WARN, error="KeyError: low")], RUN_AT)
        with pytest.raises(Halt, match=r"there is no edition yet: articles\.rows_exist: the check itself broke: KeyError: low"):
            publish(home, build, facts=facts(1), verdict=broken, validation=VALIDATION, package="{}")

    def test_no_check_at_all_is_a_failure(self, home: Path) -> None:
        build = make_build(home / "build.duckdb")
        with pytest.raises(Halt, match="no expectation was checked"):
            publish(home, build, facts=facts(1), verdict=verdict_of([], RUN_AT), validation=VALIDATION, package="{}")

    def test_a_warning_publishes(self, home: Path) -> None:
        build = make_build(home / "build.duckdb")
        verdict = verdict_of([check(), check("quiet", is_held=False, severity=Severity.WARN)], RUN_AT)
        edition = publish(home, build, facts=facts(1), verdict=verdict, validation=VALIDATION, package="{}")
        assert isinstance(edition, Edition)
        assert edition.verdict == "warn"
        assert in_current(home, "SELECT verdict FROM edition") == [("warn",)]


class TestCrashes:
    @pytest.mark.parametrize("step", ["write_database", "write_parquet", "_write_texts", "_flush", "_reveal", "_point"])
    def test_a_crash_between_steps_leaves_the_last_edition(
        self, home: Path, publish_next: Publish, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        publish_next("one")
        edit(home / "build.duckdb", "UPDATE articles SET title = 'two'")

        def crash(*_: object) -> None:
            raise KeyboardInterrupt

        owner = tables if hasattr(tables, step) else folders
        with monkeypatch.context() as patch:
            patch.setattr(owner, step, crash)
            with pytest.raises(KeyboardInterrupt):
                publish(home, home / "build.duckdb", facts=facts(2), verdict=passing(), validation=VALIDATION, package="{}")
        assert layout.current_number(home) == 1
        assert in_current(home, "SELECT title FROM articles") == [("one",)]

        done = publish(home, home / "build.duckdb", facts=facts(2), verdict=passing(), validation=VALIDATION, package="{}")
        assert isinstance(done, Edition)
        assert layout.current_number(home) == 2
        assert list(problems(done)) == []
        assert not list((home / "editions").glob(".*"))
        assert not list(home.glob(".*"))

    def test_the_current_edition_is_never_written_over(self, home: Path, publish_next: Publish) -> None:
        publish_next("one")
        edit(home / "build.duckdb", "UPDATE articles SET title = 'two'")
        with pytest.raises(Halt, match="edition 1 exists and is the current one; the next number is 2"):
            publish(home, home / "build.duckdb", facts=facts(1), verdict=passing(), validation=VALIDATION, package="{}")
        assert in_current(home, "SELECT title FROM articles") == [("one",)]

    def test_a_full_disk_is_worth_another_try(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        build = make_build(home / "build.duckdb")

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(folders, "_write_texts", full)
        with pytest.raises(Retry, match="the disk is full"):
            publish(home, build, facts=facts(1), verdict=passing(), validation=VALIDATION, package="{}")
        assert layout.current_number(home) is None

    def test_a_build_held_by_another_process_is_worth_another_try(self, home: Path) -> None:
        build = make_build(home / "build.duckdb")
        code = f"import duckdb, sys; c = duckdb.connect({str(build)!r}); print('held', flush=True); sys.stdin.read()"
        with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(Retry, match="another process holds the database"):
                publish(home, build, facts=facts(1), verdict=passing(), validation=VALIDATION, package="{}")
            holder.communicate("")


class TestManyEditions:
    def test_readers_never_fail_while_editions_come_and_go(self, home: Path, publish_next: Publish) -> None:
        publish_next("0")
        stop, errors, seen = threading.Event(), [], set()

        def read() -> None:
            while not stop.is_set():
                try:
                    rows = query(home, "SELECT title, number FROM articles, edition").table.to_pylist()
                    seen.add(tuple(rows[0].values()))
                except Exception as error:  # whatever a reader meets is what this test is about
                    errors.append(error)

        reader = threading.Thread(target=read)
        reader.start()
        for number in range(1, 6):
            publish_next(str(number))
            prune(home, 1)
        stop.set()
        reader.join()
        assert errors == []
        assert {int(str(title)) + 1 == number for title, number in seen} == {True}  # never half of one and half of the other

    def test_prune_keeps_the_newest_and_always_the_current(self, home: Path, publish_next: Publish) -> None:
        for number in range(5):
            publish_next(str(number))
        use(home, 1)
        assert prune(home, 3) == (2, 3)
        assert layout.numbers(home) == (1, 4, 5)
        assert prune(home, 3) == ()
        assert prune(home, 0) == (4, 5)
        assert layout.numbers(home) == (1,)

    def test_use_goes_back_and_the_next_number_still_rises(self, home: Path, publish_next: Publish) -> None:
        publish_next("one")
        publish_next("two")
        assert use(home, 1).number == 1
        assert in_current(home, "SELECT title FROM articles") == [("one",)]
        assert publish_next("three").number == 3

    def test_use_of_a_missing_edition_lists_those_there(self, home: Path, publish_next: Publish) -> None:
        publish_next()
        with pytest.raises(Misuse, match=r"no edition 7 in .*; there are: 1"):
            use(home, 7)

    def test_a_link_to_nowhere_is_told(self, home: Path) -> None:
        (home / "current").symlink_to("editions/9")
        with pytest.raises(Halt, match="points to editions/9, which is no edition; run: claimledger editions list"):
            layout.current_edition(home)

    def test_editions_are_listed_oldest_first(self, home: Path, publish_next: Publish) -> None:
        for number in range(11):
            publish_next(str(number))
        assert [edition.number for edition in editions(home)] == list(range(1, 12))


class TestDiff:
    def test_counts_and_keys_of_what_came_went_and_changed(self, home: Path) -> None:
        build = make_build(home / "build.duckdb")
        with duckdb.connect(str(build)) as connection:
            add(connection, "articles", article_id="gone")
            add(connection, "rejections")  # the same row twice: rows without a key are counted, not merged
        publish(home, build, facts=facts(1), verdict=passing(), validation=VALIDATION, package="{}")
        with duckdb.connect(str(build)) as connection:
            connection.execute("DELETE FROM articles WHERE article_id = 'gone'")
            connection.execute("UPDATE articles SET title = 'changed'")
            add(connection, "articles", article_id="new")
            add(connection, "rejections")
            connection.execute("DROP TABLE parties")
            connection.execute("CREATE TABLE disputes (dispute_id VARCHAR)")
            add(connection, "source_days", day_on=(FETCHED + timedelta(days=1)).date())
        publish(home, build, facts=facts(2), verdict=passing(), validation=VALIDATION, package="{}")
        found = {d.table: d for d in diff(home, 1, 2)}
        articles = found["articles"]
        assert (articles.only_a_keys, articles.only_b_keys, articles.changed_keys) == (
            ('{"article_id":"gone"}',), ('{"article_id":"new"}',), ('{"article_id":"a1"}',),
        )  # fmt: skip
        assert (found["rejections"].only_a, found["rejections"].only_b, found["rejections"].changed) == (0, 1, 0)
        assert (found["parties"].only_a, found["disputes"].is_same) == (1, True)
        assert found["source_days"].only_b_keys == ('{"source":"gazette","day_on":"2026-03-10"}',)
        assert found["offers"].is_same
        assert "edition" not in found

    def test_samples_are_bounded(self, home: Path) -> None:
        build = make_build(home / "build.duckdb")
        publish(home, build, facts=facts(1), verdict=passing(), validation=VALIDATION, package="{}")
        with duckdb.connect(str(build)) as connection:
            for number in range(9):
                add(connection, "articles", article_id=f"n{number}")
        publish(home, build, facts=facts(2), verdict=passing(), validation=VALIDATION, package="{}")
        articles = next(d for d in diff(home, 1, 2, samples=2) if d.table == "articles")
        assert articles.only_b == 9
        assert len(articles.only_b_keys) == 2


@pytest.mark.skipif(
    "CLAIMLEDGER_DUCKDB15_PYTHON" not in os.environ,
    reason="CLAIMLEDGER_DUCKDB15_PYTHON names no Python with DuckDB 1.5",
)
def test_a_client_of_duckdb_1_5_reads_an_edition(home: Path, publish_next: Publish) -> None:
    edition = publish_next()
    code = (
        "import duckdb, sys; assert duckdb.__version__.startswith('1.5.'), duckdb.__version__\n"
        "c = duckdb.connect(sys.argv[1], read_only=True)\n"
        "for (t,) in c.execute('SELECT table_name FROM duckdb_tables() ORDER BY 1').fetchall():\n"
        "    print(t, len(c.execute(f'SELECT COLUMNS(*)::VARCHAR FROM {t}').fetchall()))"
    )
    python = os.environ["CLAIMLEDGER_DUCKDB15_PYTHON"]
    done = subprocess.run([python, "-c", code, str(edition.database)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [word for name in sorted([*TABLES, "edition"]) for word in (name, "1")]
