"""In: the datapackage.json of the demonstration. Out: it keeps the standard's rules and describes the files beside it as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.catalog import read_tables
from ingest.datapackage import render
from ingest.editions import PACKAGE
from ingest.errors import Halt
from ingest.model import MARTS
from tests.builds import facts
from tests.conftest import Demonstration

Json = dict[str, Any]
RESOURCES: list[Json] = json.loads(render(read_tables(MARTS), facts(3)))["resources"]
SCHEMAS: dict[str, Json] = {r["name"]: r["schema"] for r in RESOURCES if r.get("type") == "table"}
# Field types of Table Schema 2.0 that are used, and what Parquet holds for each.
ARROW = {
    "string": pa.types.is_string,
    "array": pa.types.is_list,
    "boolean": pa.types.is_boolean,
    "integer": pa.types.is_integer,
    "number": pa.types.is_floating,
    "date": pa.types.is_date,
    "datetime": pa.types.is_timestamp,
}


def test_it_names_itself_and_the_edition() -> None:
    package = json.loads(render((), facts(3)))
    assert package["$schema"].startswith("https://datapackage.org/profiles/2.")
    assert re.fullmatch(r"[a-z0-9._/-]+", package["name"])
    assert (package["version"], package["created"]) == ("3", "2026-03-10T04:00:00+00:00")


def test_a_type_without_a_place_in_it_is_named() -> None:
    table = read_tables(MARTS)[0]
    odd = replace(table, columns=(replace(table.columns[0], type="BLOB"),))
    with pytest.raises(Halt, match=r"column article_id is BLOB, which has no field type in datapackage\.json yet; there are: VARCHAR, "):
        render([odd], facts(3))


def test_names_are_unique_and_paths_stay_inside() -> None:
    assert len({r["name"] for r in RESOURCES}) == len(RESOURCES)
    assert all(re.fullmatch(r"[a-z_]+\.(parquet|duckdb)", r["path"]) for r in RESOURCES)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_says_everything_and_its_keys_are_fields(name: str) -> None:
    schema = SCHEMAS[name]
    fields = {field["name"]: field for field in schema["fields"]}
    assert len(fields) == len(schema["fields"])
    assert all(field["type"] in ARROW and field["description"] for field in fields.values())
    assert all(fields[key]["constraints"]["required"] for key in schema.get("primaryKey", ()))
    assert all(set(keys) <= set(fields) for keys in schema.get("uniqueKeys", ()))
    assert not {"primaryKey", "uniqueKeys"} <= set(schema)


def references() -> Iterator[tuple[str, str, str, str]]:
    """(table, column, table referred to, column there)"""
    for name, schema in SCHEMAS.items():
        for key in schema.get("foreignKeys", ()):
            (column,), (field,) = key["fields"], key["reference"]["fields"]
            yield name, column, key["reference"]["resource"] or name, field


def test_references_lead_to_fields() -> None:
    found = list(references())
    assert ("casualty_claims", "article_id", "articles", "article_id") in found
    assert ("articles", "cluster_id", "articles", "article_id") in found
    assert [r for r in found if r[3] not in {field["name"] for field in SCHEMAS[r[2]]["fields"]}] == []


def test_it_describes_the_files_beside_it(demonstration: Demonstration) -> None:
    folder = demonstration.database.parent
    resources = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))["resources"]
    assert {r["path"] for r in resources} == {path.name for path in folder.iterdir() if path.suffix in (".parquet", ".duckdb")}
    for resource in resources:
        if resource.get("type") == "table":
            told, found = resource["schema"]["fields"], pq.read_schema(folder / resource["path"])
            assert [field["name"] for field in told] == found.names
            assert [f["name"] for f in told if not ARROW[f["type"]](found.field(f["name"]).type)] == []


def test_its_keys_and_required_fields_hold_in_the_files(demonstration: Demonstration) -> None:
    folder = demonstration.database.parent
    with duckdb.connect() as connection:
        for name, schema in SCHEMAS.items():
            rows = f"'{folder / name}.parquet'"
            required = [field["name"] for field in schema["fields"] if field["constraints"]["required"]]
            unknown = " OR ".join(f'"{field}" IS NULL' for field in required)
            assert connection.sql(f"SELECT count(*) FROM {rows} WHERE {unknown}").fetchall() == [(0,)], name
            for keys in [schema["primaryKey"]] if "primaryKey" in schema else schema.get("uniqueKeys", []):
                assert connection.sql(f"SELECT {', '.join(keys)} FROM {rows} GROUP BY ALL HAVING count(*) > 1").fetchall() == [], name
        for name, column, parent, field in references():
            child, there = f"'{folder / name}.parquet'", f"SELECT {field} FROM '{folder / parent}.parquet'"
            assert connection.sql(f"SELECT {column} FROM {child} WHERE {column} NOT IN ({there})").fetchall() == [], (name, column)


def test_it_is_one_of_the_files_of_the_manifest(demonstration: Demonstration) -> None:
    manifest = json.loads((Path(demonstration.database).parent / "manifest.json").read_text(encoding="utf-8"))
    assert PACKAGE in manifest["files"]
