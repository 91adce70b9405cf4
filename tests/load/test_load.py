"""In: loads of a real log. Out: every event once in `raw`, quotes cut by code point, all or nothing."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import events as event_module
from ingest.errors import Halt, Retry
from ingest.events import VERSIONS, EventType
from ingest.flow.intake import take_in
from ingest.ids import text_digest
from ingest.ledger import Load
from ingest.load import BuildDatabase, open_build
from ingest.load.events import TABLES, newest_versions
from ingest.load.quotes import put_texts
from ingest.log import SCHEMA
from tests.ledgers import Ledger, announcement, claim, offer

CONNECTION = duckdb.connect()  # in memory, one for all examples
TEXT = "Kyiv said on Monday that five soldiers were killed. 👨‍👩‍👧 Café cafe\u0301 🇺🇦 — seven wounded, it added."


def everything(database: BuildDatabase) -> dict[str, list[Any]]:
    """Every row of every table of `raw`."""
    tables = [r["table_name"] for r in database.rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw'")]
    return {table: sorted(map(repr, database.rows(f"SELECT * FROM raw.{table}"))) for table in sorted(tables)}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def filled(ledger: Ledger) -> Ledger:
    """Three nights with every type of event."""
    ledger.source("gazette")
    ledger.lead("gazette", "https://g.example/a")
    ledger.article("gazette", "https://g.example/a", TEXT, claims=[claim("five soldiers were killed", low=5, high=5)])
    ledger.rejected("gazette", "https://g.example/b")
    ledger.failed("gazette", "https://g.example/c")
    ledger.load()
    ledger.article("herald", "https://h.example/a", TEXT, offers=[offer("it added", amount=2.5)], announcements=[announcement("Kyiv said")])
    ledger.capture("gazette", "https://g.example/a", is_unchanged=True)
    ledger.load()
    ledger.gone("gazette", "https://g.example/a")
    ledger.article("gazette", "https://g.example/d", TEXT + " More.", rejections=[{"reason": "quote_too_long", "detail": "412 characters"}])
    ledger.load()
    return ledger


def test_every_event_lies_once_in_the_table_of_its_type(ledger: Ledger, tmp_path: Path) -> None:
    filled(ledger).build(tmp_path / "build.duckdb")
    with open_build(tmp_path / "build.duckdb") as database:
        for type_, table in TABLES.items():
            logged = [(e.stream, e.position, e.event_id) for s in ("gazette", "herald") for e in ledger.log.read(s, types=[type_])]
            rows = [(r["stream"], r["position"], r["event_id"]) for r in database.rows(f"SELECT * FROM raw.{table}")]
            assert sorted(rows) == sorted(logged)
        assert (
            database.rows("SELECT sum(events)::INT AS n FROM raw.loads")[0]["n"]
            == ledger.log.head("gazette").position + ledger.log.head("herald").position
        )


def test_a_night_after_the_other_gives_the_rows_of_a_replay(ledger: Ledger, tmp_path: Path) -> None:
    ledger.source("gazette")
    for night in range(3):
        ledger.article("gazette", "https://g.example/a", TEXT * (night + 1), claims=[claim("five soldiers were killed", low=5)])
        ledger.load()
        ledger.build(tmp_path / "build.duckdb")
    ledger.build(tmp_path / "replay.duckdb")
    with open_build(tmp_path / "build.duckdb") as one, open_build(tmp_path / "replay.duckdb") as other:
        assert everything(one) == everything(other)
        assert one.applied_loads() == 3


def test_building_again_adds_nothing(ledger: Ledger, tmp_path: Path) -> None:
    path = filled(ledger).build(tmp_path / "build.duckdb")
    with open_build(path) as database:
        before = everything(database)
    ledger.build(path)
    with open_build(path) as database:
        assert everything(database) == before


def test_a_crash_inside_a_load_leaves_nothing_of_it(ledger: Ledger, tmp_path: Path) -> None:
    load = filled(ledger).loads()[0]

    def crash() -> Any:
        raise KeyboardInterrupt
        yield

    with open_build(tmp_path / "build.duckdb") as database:
        empty = everything(database)
        with pytest.raises(KeyboardInterrupt):
            take_in(database, load, ledger.events(load), crash())
        assert everything(database) == empty
        take_in(database, load, ledger.events(load), ledger.texts(load))
        assert database.applied_loads() == 1


def test_a_load_comes_once_and_in_order(ledger: Ledger, tmp_path: Path) -> None:
    first, second, third = filled(ledger).loads()
    with open_build(tmp_path / "build.duckdb") as database:
        take_in(database, first, ledger.events(first), ledger.texts(first))
        with pytest.raises(Halt, match="load 1 was taken in before"):
            take_in(database, first, ledger.events(first), [])
        with pytest.raises(Halt, match=r"load 3: stream gazette gives positions 9 to 12, after 7 was expected"):
            take_in(database, third, ledger.events(third), [])
        with pytest.raises(Halt, match="stream gazette ends at 7, load 2 goes to 8"):
            take_in(database, second, list(ledger.events(second))[1:], [])
        assert database.stream_heads() == {"gazette": 7}


def test_a_payload_that_is_not_as_documented_halts_the_load(ledger: Ledger, tmp_path: Path) -> None:
    ledger.event("gazette", EventType.ARTICLE_GONE, {"url": "https://g.example/a", "status": "not a number"})
    ledger.load()
    with pytest.raises(Halt, match=r"docs/events\.md does not allow"):
        ledger.build(tmp_path / "build.duckdb")


def test_an_unknown_version_halts_the_load(ledger: Ledger) -> None:
    ledger.gone("gazette", "https://g.example/a")
    table = next(ledger.events(ledger.load()))
    column = table.schema.get_field_index("version")
    with pytest.raises(Halt, match="ArticleGone version 9; this version reads up to 1"):
        newest_versions(table.set_column(column, SCHEMA.field("version"), pa.array([9], pa.int32())))


def test_an_old_payload_is_lifted_to_the_newest_version(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.event("gazette", EventType.ARTICLE_GONE, {"address": "https://g.example/old"})
    ledger.load()
    monkeypatch.setitem(VERSIONS, EventType.ARTICLE_GONE, 2)  # type: ignore[arg-type]
    monkeypatch.setattr(event_module, "UPCASTERS", {(EventType.ARTICLE_GONE, 1): lambda old: {"url": old["address"], "status": 404}})
    ledger.gone("gazette", "https://g.example/new")
    ledger.load()
    with open_build(ledger.build(tmp_path / "build.duckdb")) as database:
        assert [r["url"] for r in database.rows("FROM raw.article_gone ORDER BY position")] == [
            "https://g.example/old",
            "https://g.example/new",
        ]


def test_a_quote_without_its_digest_is_a_rejection(ledger: Ledger, tmp_path: Path) -> None:
    wrong = claim("five soldiers", low=5, quote_digest=text_digest("six soldiers"))
    ledger.article("gazette", "https://g.example/a", TEXT, claims=[wrong, claim("seven wounded", low=7, char_end=10_000)])
    ledger.load()
    with open_build(ledger.build(tmp_path / "build.duckdb")) as database:
        assert database.rows("FROM raw.casualty_claims") == []
        rows = database.rows("FROM raw.statement_rejections ORDER BY ordinal")
        assert [(r["stage"], r["reason"]) for r in rows] == [("load", "quote_not_in_text")] * 2
        assert "characters 25 to 38 of the text are not what was extracted" in rows[0]["detail"]
        assert database.rows("FROM raw.groups") == []


def test_a_text_that_the_archive_lost_is_a_rejection(ledger: Ledger, tmp_path: Path) -> None:
    ledger.article("gazette", "https://g.example/a", TEXT, claims=[claim("five soldiers", low=5)])
    load = ledger.load()
    with open_build(tmp_path / "build.duckdb") as database:
        take_in(database, load, ledger.events(load), [])
        assert "is not in the archive" in database.rows("FROM raw.statement_rejections")[0]["detail"]


@given(st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("e\u0301👨\u200d👩🇺🇦\u0000ß")), min_size=1), st.data())
def test_quotes_are_cut_by_code_point(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    row = CONNECTION.execute("SELECT substring(?::VARCHAR, ? + 1, ? - ?), sha256(?::VARCHAR)", [text, start, end, start, text]).fetchone()
    assert row == (text[start:end], text_digest(text))


def test_quotes_keep_at_most_120_characters_around_them(ledger: Ledger, tmp_path: Path) -> None:
    text = "é" * 300 + "😀five killed" + "🇺🇦" * 100
    ledger.article("gazette", "https://g.example/a", text, claims=[claim("😀five killed", low=5), claim(text[:3], low=1)])
    ledger.load()
    with open_build(ledger.build(tmp_path / "build.duckdb")) as database:
        far, near = database.rows("FROM raw.casualty_claims ORDER BY ordinal")
    assert (far["quote_prefix"], far["quote"], far["quote_suffix"]) == ("é" * 120, "😀five killed", "🇺🇦" * 60)
    assert (near["quote_prefix"], near["quote"], near["quote_suffix"]) == ("", "ééé", "é" * 120)


def test_texts_are_kept_once(tmp_path: Path) -> None:
    table = pa.table({"text_digest": [text_digest(TEXT)] * 2, "text": [TEXT] * 2})
    with open_build(tmp_path / "build.duckdb") as database:
        put_texts(database, Load(position=1, known_at=datetime(2026, 3, 1, tzinfo=UTC), ranges={}), [table, table])
        assert len(database.rows("FROM raw.texts")) == 1


def test_sources_are_replaced_at_every_build(ledger: Ledger, tmp_path: Path) -> None:
    ledger.source("gazette")
    path = ledger.build(tmp_path / "build.duckdb")
    ledger.sources.clear()
    ledger.source("herald", publish_text=False)
    ledger.build(path)
    with open_build(path) as database:
        assert [(r["slug"], r["publish_text"]) for r in database.rows("FROM raw.sources")] == [("herald", False)]


def test_another_process_holding_the_build_is_worth_a_retry(tmp_path: Path) -> None:
    path = tmp_path / "build.duckdb"
    hold = f"import duckdb, sys; held = duckdb.connect({str(path)!r}); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Retry, match="another build holds"), open_build(path):
            pass
        other.communicate("")


def test_a_file_that_is_no_database_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "build.duckdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(Halt, match="delete it and run: claimledger replay"), open_build(tmp_path / "build.duckdb"):
        pass


def test_an_empty_load_is_booked(tmp_path: Path, ledger: Ledger) -> None:
    load = ledger.load()
    assert load.ranges == {}
    with open_build(ledger.build(tmp_path / "build.duckdb")) as database:
        assert database.applied_loads() == 1
        assert isinstance(load, Load)
