"""In: a ledger of two nights. Out: what the published tables say of it, their columns as promised, and one answer however it is built."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from ingest.errors import Halt
from ingest.ids import article_id
from ingest.load import open_build
from ingest.model import PROJECT, run_dbt
from ingest.records import Basis, Kind, Qualifier
from ingest.sources import Column, SourceKind, Table
from tests.dbt.nights import LOSSES, night_after_night

Rows = Callable[[str], list[dict[str, Any]]]
TZ, TEXT, DAY, FLAG, COUNT = "TIMESTAMP WITH TIME ZONE", "VARCHAR", "DATE", "BOOLEAN", "BIGINT"
STATEMENT = {
    "article_id": TEXT, "source": TEXT, "outlet": TEXT, "url": TEXT, "published_at": TZ, "quote": TEXT,
    "quote_prefix": TEXT,
    "quote_suffix": TEXT, "char_start": "INTEGER", "char_end": "INTEGER", "cluster_id": TEXT, "group_id": TEXT,
    "independent_sources": "INTEGER", "is_corrected": FLAG, "correction_reason": TEXT, "rule": TEXT, "extractor": TEXT,
    "extractor_version": TEXT, "recorded_at": TZ, "known_at": TZ,
}  # fmt: skip
PUBLISHED = {
    "articles": {
        "article_id": TEXT, "url": TEXT, "canonical_url": TEXT, "source": TEXT, "outlet": TEXT, "title": TEXT,
        "authors": "VARCHAR[]",
        "language": TEXT, "published_at": TZ, "fetched_at": TZ, "recorded_at": TZ, "known_at": TZ,
        "revision": "INTEGER", "is_latest": FLAG,
        "is_gone": FLAG, "is_withdrawn": FLAG, "cluster_id": TEXT, "text_chars": COUNT, "text": TEXT,
        "text_digest": TEXT, "body_digest": TEXT,
        "cleaner_version": TEXT,
    },
    "casualty_claims": {
        "claim_id": TEXT, "claimed_on": DAY, "claimant": TEXT, "claimant_party": TEXT, "party": TEXT,
        "population": TEXT, "measure": TEXT,
        "category": TEXT, "subject": TEXT, "is_subset": FLAG, "place": TEXT, "low": COUNT, "high": COUNT,
        "qualifier": TEXT, "period": TEXT,
        "as_of": DAY, "as_of_basis": TEXT, **STATEMENT,
    },
    "offers": {
        "offer_id": TEXT, "offered_on": DAY, "valid_until": DAY, "status": TEXT, "offeror": TEXT,
        "offeror_party": TEXT, "announced_by": TEXT,
        "audience": TEXT, "audience_party": TEXT, "action": TEXT, "benefit": TEXT, "amount_low": "DOUBLE",
        "amount": "DOUBLE", "currency": TEXT,
        "per": TEXT, "amount_usd": "DOUBLE", "usd_basis": TEXT, **STATEMENT,
    },
    "announcements": {
        "announcement_id": TEXT, "announced_on": DAY, "announcer": TEXT, "announcer_party": TEXT, "topic": TEXT,
        "channel": TEXT, **STATEMENT,
    },
    "timeline": {
        "entry_id": TEXT, "kind": TEXT, "happened_on": DAY, "date_basis": TEXT, "actor": TEXT, "actor_party": TEXT,
        "subject_party": TEXT,
        "topic": TEXT, "measure": TEXT, "category": TEXT, "action": TEXT, "headline": TEXT, "amount_low": "DOUBLE",
        "amount_high": "DOUBLE",
        "unit": TEXT, "quote": TEXT, "article_id": TEXT, "url": TEXT, "independent_sources": "INTEGER",
        "first_seen_at": TZ,
        "last_seen_at": TZ, "known_at": TZ,
    },
    "claim_series": {
        "claimant_party": TEXT, "party": TEXT, "population": TEXT, "measure": TEXT, "category": TEXT, "subject": TEXT,
        "period": TEXT, "as_of": DAY, "low": COUNT, "high": COUNT, "claims": COUNT, "independent_sources": "INTEGER",
        "change_since_previous": COUNT, "is_falling": FLAG,
    },
    "disputes": {
        "dispute_id": TEXT, "party": TEXT, "population": TEXT, "measure": TEXT, "category": TEXT, "subject": TEXT,
        "period": TEXT, "as_of_a": DAY, "claimant_party_a": TEXT, "low_a": COUNT, "high_a": COUNT, "group_id_a": TEXT,
        "as_of_b": DAY, "claimant_party_b": TEXT, "low_b": COUNT, "high_b": COUNT, "group_id_b": TEXT,
        "days_apart": "INTEGER", "gap_low": COUNT, "gap_ratio": "DOUBLE",
    },
    "article_revisions": {
        "article_id": TEXT, "canonical_url": TEXT, "revision": "INTEGER", "fetched_at": TZ, "previous_digest": TEXT,
        "text_digest": TEXT, "chars_added": COUNT, "chars_removed": COUNT, "statements_added": COUNT,
        "statements_removed": COUNT, "statements_changed": COUNT,
    },
    "source_days": {
        "source": TEXT, "day_on": DAY, "leads": COUNT, "captures": COUNT, "unchanged": COUNT, "failures": COUNT,
        "articles": COUNT,
        "rejections": COUNT, "statements": COUNT, "is_quiet": FLAG, "is_suspect": FLAG,
    },
    "rejections": {
        "source": TEXT, "url": TEXT, "stage": TEXT, "reason": TEXT, "detail": TEXT, "fetched_at": TZ,
        "recorded_at": TZ, "run_id": TEXT,
    },
    "sources": {
        "slug": TEXT, "name": TEXT, "kind": TEXT, "country": TEXT, "language": TEXT, "is_enabled": FLAG,
        "entered_on": DAY, "last_success_at": TZ,
    },
    "parties": {"code": TEXT, "name": TEXT, "kind": TEXT},
    "corrections": {
        "correction_id": TEXT, "statement_id": TEXT, "field": TEXT, "old_value": TEXT, "new_value": TEXT, "reason": TEXT,
        "author": TEXT, "recorded_at": TZ,
    },
    "statement_history": {
        "statement_id": TEXT, "kind": TEXT, "valid_from_at": TZ, "valid_to_at": TZ, "reason": TEXT, "row": "JSON",
    },
}  # fmt: skip
VERSION = {"valid_from_at": TZ, "valid_to_at": TZ, "reason": TEXT}
HISTORIES = {
    "articles": "article_history", "casualty_claims": "casualty_claim_history", "offers": "offer_history",
    "announcements": "announcement_history",
}  # fmt: skip
PUBLISHED |= {history: {**PUBLISHED[table], **VERSION} for table, history in HISTORIES.items()}
AS_KNOWN = ("articles", "casualty_claims", "offers", "announcements", "timeline", "claim_series", "disputes")


def test_every_unit_test_of_the_models_was_run(built: Path) -> None:
    told = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (PROJECT / "models").rglob("*.yml")]
    written = [one["name"] for file in told for one in file.get("unit_tests", [])]
    results = json.loads((built.parent / "dbt" / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    run = {one["unique_id"].rsplit(".", 1)[1]: one["status"] for one in results if one["unique_id"].startswith("unit_test.")}
    assert run == dict.fromkeys(written, "pass")
    assert written


def test_the_tables_are_those_of_the_contract_column_by_column(rows: Rows) -> None:
    found: dict[str, dict[str, str]] = {}
    for row in rows(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal "
        "ORDER BY table_name, column_index"
    ):
        found.setdefault(row["table_name"], {})[row["column_name"]] = row["data_type"]
    assert {name: list(columns.items()) for name, columns in found.items()} == {
        name: list(columns.items()) for name, columns in PUBLISHED.items()
    }


def test_every_table_and_column_carries_a_comment_and_tables_say_what_a_row_is(rows: Rows) -> None:
    tables = {
        r["table_name"]: r["comment"] or "" for r in rows("SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'main'")
    }
    assert [name for name, comment in tables.items() if "One row per " not in comment.split(". ")[-1]] == []
    assert (
        rows("SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal AND comment IS NULL") == []
    )


def test_the_latest_revision_speaks_and_the_earlier_one_stays(rows: Rows) -> None:
    page = "https://gazette.example/a"
    assert [(r["revision"], r["is_latest"]) for r in rows(f"FROM articles WHERE url = '{page}' ORDER BY revision")] == [
        (1, False),
        (2, True),
    ]
    claims = rows(f"FROM casualty_claims WHERE url = '{page}'")
    assert [(c["low"], c["article_id"]) for c in claims] == [(9861, article_id(page, 2))]


def test_the_newest_extraction_supersedes_the_one_before(rows: Rows) -> None:
    closed = rows("FROM casualty_claims WHERE source = 'closed'")
    assert [(c["party"], c["extractor_version"]) for c in closed] == [("UA", "2")]
    assert [r["revision"] for r in rows("FROM articles WHERE source = 'closed'")] == [1]


@pytest.mark.parametrize("table", AS_KNOWN)
def test_a_table_is_what_its_macro_says_of_the_present(rows: Rows, table: str) -> None:
    assert rows(f"FROM {table}_as_known('2100-01-01') ORDER BY ALL") == rows(f"FROM {table} ORDER BY ALL")
    assert rows(f"FROM {table}_as_known('2000-01-01')") == []


def test_a_history_tells_what_came_of_a_statement(rows: Rows) -> None:
    told = rows("SELECT row->>'quote' AS quote, list(reason ORDER BY valid_from_at) AS reasons FROM statement_history GROUP BY ALL")
    page = {r["quote"][:20]: r["reasons"] for r in told}
    assert page["Twelve tanks burned."] == ["extracted", "re-extracted"]
    assert sorted(r["reasons"] for r in told if "9,166" in r["quote"]) == [["extracted", "extracted", "gone"]]


def test_text_is_published_where_the_source_allows_it(rows: Rows) -> None:
    assert {
        r["source"]: r["has_text"] for r in rows("SELECT source, bool_and(text IS NOT NULL) AS has_text FROM articles GROUP BY source")
    } == {
        "closed": False,
        "gazette": True,
        "herald": True,
    }


def test_every_quote_is_the_text_at_its_offsets(rows: Rows) -> None:
    for table in ("casualty_claims", "offers", "announcements"):
        for row in rows(f"SELECT s.*, a.text FROM {table} s JOIN articles a USING (article_id) WHERE a.text IS NOT NULL"):
            assert row["text"][row["char_start"] : row["char_end"]] == row["quote"]
            assert len(row["quote_prefix"]) <= 120 >= len(row["quote_suffix"])


def test_a_page_that_answered_404_is_gone(rows: Rows) -> None:
    assert [r["url"] for r in rows("FROM articles WHERE is_gone")] == ["https://herald.example/a"]


def test_copies_share_a_cluster_and_count_as_one_source(rows: Rows) -> None:
    assert rows("SELECT count(DISTINCT cluster_id)::INT AS n FROM articles WHERE url LIKE '%/a' AND source != 'closed'") == [{"n": 1}]
    offers = rows("SELECT group_id, independent_sources FROM offers")
    assert len(offers) == 2
    assert len({(r["group_id"], r["independent_sources"]) for r in offers}) == 1
    assert offers[0]["independent_sources"] == 1


def test_the_timeline_tells_a_group_once_in_neutral_words(rows: Rows) -> None:
    told = {r["headline"]: r for r in rows("FROM timeline ORDER BY headline")}
    assert list(told) == [
        "Closed: 12 tanks of Ukraine destroyed",
        "Kyiv: offers 500 USD (money) for surrender",
        "Ministry: announcement",
        "Ukraine's General Staff: at least 9,166 military personnel of Russia killed",
        "Ukraine's General Staff: at least 9,861 military personnel of Russia killed",
    ]
    claim = told["Ukraine's General Staff: at least 9,166 military personnel of Russia killed"]
    assert (claim["unit"], claim["amount_low"], claim["amount_high"], claim["quote"]) == ("people", 9166.0, None, LOSSES)
    assert (claim["date_basis"], claim["subject_party"], str(claim["happened_on"])) == ("statement", "RU", "2026-03-01")


def test_whatever_was_lost_has_a_row_with_stage_and_reason(rows: Rows) -> None:
    found = [(r["source"], r["stage"], r["reason"]) for r in rows("FROM rejections ORDER BY ALL")]
    assert sorted(found) == [
        ("gazette", "clean", "too_short"),
        ("gazette", "extract", "quote_too_long"),
        ("gazette", "fetch", "timeout"),
        ("gazette", "load", "quote_not_in_text"),
        ("herald", "discover", "listing_unreadable"),
    ]


def test_a_day_of_a_source_counts_what_it_brought(rows: Rows) -> None:
    first = rows("FROM source_days WHERE source = 'gazette' ORDER BY day_on")[0]
    counts = {name: first[name] for name in ("leads", "captures", "failures", "articles", "rejections", "statements")}
    assert counts == {"leads": 1, "captures": 3, "failures": 1, "articles": 2, "rejections": 1, "statements": 3}


def test_a_source_knows_its_last_success(rows: Rows) -> None:
    assert [(r["slug"], r["name"], r["last_success_at"] is not None) for r in rows("FROM sources ORDER BY slug")] == [
        ("closed", "Closed", True),
        ("gazette", "Gazette", True),
        ("herald", "The Herald", True),
    ]


def fingerprint(path: Path) -> dict[str, list[str]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return {table: [repr(r) for r in connection.sql(f"FROM {table} ORDER BY ALL").fetchall()] for table in PUBLISHED}


def test_a_replay_gives_the_same_tables_and_a_refused_or_sourceless_row_is_told(built: Path, tmp_path: Path) -> None:
    """One build of its own serves three questions, for a build takes seconds."""
    ledger = night_after_night(tmp_path)
    ledger.build(tmp_path / "build.duckdb")
    run_dbt(tmp_path)
    assert fingerprint(tmp_path / "build.duckdb") == fingerprint(built)

    with open_build(tmp_path / "build.duckdb") as database:
        database.put_sources([])
        row = database.rows(
            "SELECT claim_id AS statement_id, article_id, valid_from_at, recorded_at FROM main.casualty_claim_history WHERE low = 9861"
        )[0]
        database.insert("unbelievable", [{**row, "table": "casualty_claims", "expectation": "low is believable", "detail": "9861"}])
    run_dbt(tmp_path)
    with duckdb.connect(str(tmp_path / "build.duckdb")) as connection:
        assert connection.sql("SELECT count(*) FROM casualty_claims WHERE low = 9861").fetchall() == [(0,)]
        assert connection.sql("SELECT count(*) FROM timeline WHERE amount_low = 9861").fetchall() == [(0,)]
        refused = connection.sql("SELECT stage, reason, detail FROM rejections WHERE reason = 'unbelievable'").fetchall()
        assert refused == [("validate", "unbelievable", "low is believable: 9861")]
        unlisted = connection.sql("SELECT slug, name, kind, is_enabled FROM sources ORDER BY slug LIMIT 1").fetchall()
        assert unlisted == [("closed", "closed", None, False)]
        assert connection.sql("SELECT count(*) FROM articles WHERE text IS NOT NULL").fetchall() == [(0,)]


def test_a_failed_test_names_itself_its_message_and_its_sql(tmp_path: Path) -> None:
    ledger = night_after_night(tmp_path)
    with open_build(ledger.build(tmp_path / "build.duckdb")) as database:
        database.connection.execute("UPDATE raw.casualty_claims SET measure = 'vanished', period = 'lately'")
    with pytest.raises(Halt) as told:
        run_dbt(tmp_path)
    message = str(told.value)
    assert "test claimledger.in_vocabulary_casualty_claims_measure__measure" in message
    assert "test claimledger.in_vocabulary_casualty_claims_period__period" in message
    assert "Got 3 results" in message
    paths = [part.split(")")[0] for part in message.split("compiled SQL: ")[1:]]  # the two tests fail in either order
    sql = next(path for path in paths if "in_vocabulary_casualty_claims_measure" in path)
    assert "'killed'" in Path(sql).read_text()
    assert "run: claimledger build" in message


def test_dbt_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    with pytest.raises(Halt, match=r"before it built anything: .*dbt_project\.yml"):
        run_dbt(tmp_path, project=tmp_path / "project")


def test_nothing_is_written_beside_the_models(built: Path) -> None:
    assert not [name for name in ("target", "logs", "dbt_packages", ".user.yml") if (PROJECT / name).exists()]
    assert (built.parent / "dbt" / "target" / "manifest.json").is_file()


def test_the_project_parses_without_a_warning(tmp_path: Path) -> None:
    copy = tmp_path / "project"
    shutil.copytree(PROJECT, copy)
    command = ["parse", "--project-dir", str(copy), "--profiles-dir", str(copy), "--no-partial-parse", "--warn-error"]
    folders = ["--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path / "logs")]
    code = "from dbt.cli.main import cli; cli()"
    environment = {**os.environ, "CLAIMLEDGER_BUILD": str(tmp_path / "b.duckdb"), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    done = subprocess.run([sys.executable, "-c", code, *command, *folders], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout


# The rules of the project ---------------------------------------------------------------------------------------------

MODELS = sorted((PROJECT / "models").rglob("*.sql"))
VOCABULARIES: dict[str, list[str]] = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["vocabularies"]


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_a_model_is_described_beside_it_and_reads_only_what_its_layer_may(model: Path) -> None:
    sql = model.read_text()
    (entry,) = yaml.safe_load(model.with_suffix(".yml").read_text())["models"]
    assert entry["name"] == model.stem
    assert "One row per " in entry["description"].strip().split(". ")[-1]
    assert sql.rstrip().splitlines()[-1].startswith("select * from ")
    layer = model.parent.name
    assert ("source(" in sql) == (layer == "staging")
    assert model.stem.startswith({"staging": "stg_", "intermediate": "int_", "marts": ""}[layer])
    assert layer != "intermediate" or "__" in model.stem


@pytest.mark.parametrize(
    ("vocabulary", "words"),
    [
        ("qualifier", list(Qualifier)),
        ("basis", list(Basis)),
        ("kind", list(Kind)),
        ("source_kind", list(SourceKind)),
        ("measure", list(Column.model_fields["measure"].annotation.__args__)),  # type: ignore[union-attr]
        ("category", list(Column.model_fields["category"].annotation.__args__)),  # type: ignore[union-attr]
        ("period", list(Table.model_fields["period"].annotation.__args__)),  # type: ignore[union-attr]
    ],
)
def test_the_vocabulary_is_that_of_the_package(vocabulary: str, words: list[str]) -> None:
    assert sorted(VOCABULARIES[vocabulary]) == sorted(map(str, words))


def test_every_party_the_extractor_can_name_is_in_the_seed() -> None:
    with (PROJECT / "seeds" / "party_names.csv").open(encoding="utf-8") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    assert {"NA", "UA", "RU", "UN", "MEDIA", "Hamas"} <= set(codes)
    actors = Path(PROJECT.parent / "ingest" / "extract" / "lexicon" / "actors.tsv").read_text(encoding="utf-8").splitlines()
    lexicon = csv.DictReader((line for line in actors if not line.startswith("#")), delimiter="\t")
    assert sorted({row["party"] for row in lexicon if row["party"]} - set(codes)) == []


def test_the_manifest_names_every_table_once(built: Path) -> None:
    manifest = json.loads((built.parent / "dbt" / "target" / "manifest.json").read_text())
    names = [node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    assert len(names) == len(set(names)) == len(MODELS)
