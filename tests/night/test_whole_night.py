"""In: the demonstration's ledger. Out: the promises of a night: grounded quotes, nothing twice, an equal replay, a chain that holds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from demo.server import DemoSite
from ingest import flow
from ingest.editions import current_edition
from ingest.errors import Misuse
from ingest.settings import Settings
from ingest.sources import read_sources
from tests.conftest import ROOT, Demonstration

TABLES = (
    "articles",
    "casualty_claims",
    "offers",
    "announcements",
    "timeline",
    "source_days",
    "rejections",
    "sources",
    "parties",
    "edition",
)
STATEMENTS = ("casualty_claims", "offers", "announcements")


@pytest.fixture
def house(demonstration: Demonstration, tmp_path: Path) -> Iterator[flow.House]:
    home = tmp_path / "warehouse"
    shutil.copytree(demonstration.home, home, symlinks=True)
    with DemoSite(visit=2) as site:
        base = Settings(
            home=home, sources=ROOT / "demo" / "sources", data=ROOT / "demo" / "data", contact="https://claimledger.example/bot"
        )
        yield flow.open_house(replace(base, allow_loopback=site.loopback_rule, workers=1))


def digests(home: Path) -> dict[str, object]:
    edition = current_edition(home)
    assert edition is not None
    return dict(edition.tables)


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_rows(table: str, demonstration: Demonstration) -> None:
    with duckdb.connect(str(demonstration.database), read_only=True) as connection:
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] > 0


@pytest.mark.parametrize("table", STATEMENTS)
def test_every_quote_stands_in_its_article_at_its_offsets(table: str, demonstration: Demonstration) -> None:
    with duckdb.connect(str(demonstration.database), read_only=True) as connection:
        rows = connection.execute(
            f"SELECT text, char_start, char_end, quote FROM {table} INNER JOIN articles USING (article_id)"
        ).fetchall()
    assert rows
    assert all(text[start:end] == quote for text, start, end, quote in rows)


def test_the_edited_figure_shows_as_a_revision(demonstration: Demonstration) -> None:
    with duckdb.connect(str(demonstration.database), read_only=True) as connection:
        revised = connection.execute("SELECT canonical_url, count(*) FROM articles GROUP BY ALL HAVING count(*) > 1").fetchall()
        gone = connection.execute("SELECT count(DISTINCT canonical_url) FROM articles WHERE is_gone").fetchall()
    assert len(revised) >= 2
    assert gone == [(2,)]


def test_a_wire_story_in_three_outlets_is_one_cluster(demonstration: Demonstration) -> None:
    sql = "SELECT count(DISTINCT source) FROM articles GROUP BY cluster_id ORDER BY 1 DESC LIMIT 1"
    with duckdb.connect(str(demonstration.database), read_only=True) as connection:
        assert connection.execute(sql).fetchall()[0][0] >= 3


def test_gathering_and_building_once_more_adds_no_row(house: flow.House) -> None:
    before = {name: content.rows for name, content in current_edition(house.home).tables.items()}  # type: ignore[union-attr]
    sources, errors = read_sources(house.settings.sources)
    assert not errors
    result = flow.gather(house, sources, "once_more")
    assert not result["errors"]
    assert all(not counts[stage] for counts in result["sources"].values() for stage in ("clean", "extract"))
    flow.build(house, "once_more")
    after = {name: content.rows for name, content in current_edition(house.home).tables.items()}  # type: ignore[union-attr]
    for table in ("articles", *STATEMENTS, "timeline", "sources", "parties"):
        assert after[table] == before[table], table


def test_a_replay_gives_the_same_tables(house: flow.House) -> None:
    before = digests(house.home)
    (house.home / "current").unlink()
    shutil.rmtree(house.home / "editions")
    flow.replay(house, "again")
    assert digests(house.home) == before


def test_a_deleted_source_file_takes_no_history_with_it(house: flow.House, tmp_path: Path) -> None:
    before = {name: content for name, content in digests(house.home).items() if name != "sources"}
    fewer = tmp_path / "sources"
    shutil.copytree(house.settings.sources, fewer)
    (fewer / "gazette.yaml").unlink()
    left = flow.open_house(replace(house.settings, sources=fewer))
    flow.replay(left, "without")
    assert {name: content for name, content in digests(left.home).items() if name != "sources"} == before
    with duckdb.connect(str(left.home / "current" / "claimledger.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT name, is_enabled FROM sources WHERE slug = 'gazette'").fetchall()
    assert rows == [("Meridian Gazette", False)]


def test_the_files_of_another_home_are_refused(house: flow.House) -> None:
    wrong = flow.open_house(replace(house.settings, sources=ROOT / "dags" / "sources"))
    with pytest.raises(Misuse, match="name their folder with --sources"):
        flow.build(wrong, "wrong")


def test_a_build_without_news_publishes_nothing(house: flow.House) -> None:
    number = current_edition(house.home).number  # type: ignore[union-attr]
    done = flow.build(house, "idle")
    assert (done["publish"]["is_new"], done["publish"]["edition"]) == (False, number)


def test_verify_finds_nothing_broken(house: flow.House) -> None:
    told = flow.verify(house)
    assert told["broken"] == []
    assert told["checked"]["quotes"] > 100


def test_an_old_client_of_duckdb_reads_the_edition(demonstration: Demonstration) -> None:
    """CLAIMLEDGER_DUCKDB15_PYTHON names an interpreter that has duckdb 1.5."""
    import subprocess

    python = os.environ.get("CLAIMLEDGER_DUCKDB15_PYTHON")
    if not python:
        pytest.skip("CLAIMLEDGER_DUCKDB15_PYTHON names no interpreter with duckdb 1.5")
    opened = f"duckdb.connect({str(demonstration.database)!r}, read_only=True)"
    code = f"import duckdb; print(duckdb.__version__, {opened}.sql('SELECT count(*) FROM timeline').fetchone())"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("1.5"), done.stderr
