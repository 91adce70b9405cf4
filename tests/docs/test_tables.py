"""In: docs/tables.md and the models it is made of. Out: it is up to date, says everything, and describes what is really published."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ingest.catalog import read_tables
from ingest.editions import KEYS
from ingest.errors import Halt
from ingest.model import MARTS
from ops.dictionary import TARGET, dictionary
from tests.conftest import Demonstration

TABLES = {table.name: table for table in read_tables(MARTS)}


def test_the_committed_dictionary_is_that_of_the_models() -> None:
    assert TARGET.read_text(encoding="utf-8") == dictionary(read_tables(MARTS)), "run: make tables"


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_has_its_grain_and_the_key_that_editions_are_compared_by(name: str) -> None:
    assert "One row per " in TABLES[name].description.split(". ")[-1]
    assert TABLES[name].key == KEYS.get(name, ())


def test_it_describes_every_published_table_column_by_column(demonstration: Demonstration) -> None:
    aliases = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ"}
    sql = (
        "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index"
    )
    with duckdb.connect(str(demonstration.database), read_only=True) as connection:
        published = [(t, c, aliases.get(kind, kind), is_nullable) for t, c, kind, is_nullable in connection.execute(sql).fetchall()]
    told = [(name, c.name, c.type, bool(c.null)) for name in sorted(TABLES) for c in TABLES[name].columns]
    assert told == published


def test_every_relation_leads_to_a_column_that_is_there() -> None:
    fields = {name: {column.name for column in table.columns} for name, table in TABLES.items()}
    references = [(r.table, r.field) for table in TABLES.values() for r in table.references]
    assert references
    assert [(table, field) for table, field in references if field not in fields[table]] == []


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("; NULL when a claim gives no lower bound", ""),
        ("Claims told of that day", "Claims; NULL never"),
        ("unit: claims", "other: claims"),
    ],
    ids=["nullable without a word on NULL", "a word on NULL that cannot be", "a number without a unit"],
)
def test_what_is_left_unsaid_is_named(said: str, left: str, tmp_path: Path) -> None:
    text = (MARTS / "claim_series.yml").read_text(encoding="utf-8")
    assert said in text
    (tmp_path / "claim_series.yml").write_text(text.replace(said, left, 1), encoding="utf-8")
    with pytest.raises(Halt, match=r"claim_series\.yml: column (low|claims) "):
        read_tables(tmp_path)
