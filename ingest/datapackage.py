"""In: the published tables and the facts of an edition. Out: the text of its `datapackage.json`, as Data Package 2.0 (Frictionless) has it.

Pure. Any tool that knows the standard reads from it which Parquet file is which table, what its columns mean and how the tables hang
together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ingest.catalog import Column, Reference, Table
from ingest.editions import DATABASE, PACKAGE, Facts
from ingest.errors import Halt

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES: Mapping[str, str] = {
    "VARCHAR": "string",
    "VARCHAR[]": "array",
    "BOOLEAN": "boolean",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "DATE": "date",
    "TIMESTAMPTZ": "datetime",
}


def render(tables: Iterable[Table], facts: Facts) -> str:
    """One resource per table, views aside, and one for the database that holds them all.

    Raises Halt for a column type without a place in the standard.
    """
    database = {
        "name": "claimledger",
        "path": DATABASE,
        "format": "duckdb",
        "description": "All tables in one file, for DuckDB 1.5 and later.",
    }
    package = {
        "$schema": PROFILE,
        "name": "claimledger",
        "title": f"Claimledger, edition {facts.number}",
        "description": "Who said what about a conflict, when, and where it can be read. A claim is never called a fact.",
        "version": str(facts.number),
        "created": facts.published_at.isoformat(),
        "resources": [*(_resource(table) for table in tables if not table.is_view), database],
    }
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def _resource(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "type": "table",
        "path": f"{table.name}.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "description": table.description,
        "schema": _schema(table),
    }


def _schema(table: Table) -> dict[str, Any]:
    """A key that may hold NULL is unique and yet no primary key, which the standard takes to be always known."""
    nullable = {column.name for column in table.columns if column.null}
    keys: dict[str, Any] = {}
    if table.key:
        keys = {"uniqueKeys": [list(table.key)]} if nullable.intersection(table.key) else {"primaryKey": list(table.key)}
    references = [_foreign_key(reference, table.name) for reference in table.references if reference.is_firm]
    return {"fields": [_field(column) for column in table.columns], **keys, **({"foreignKeys": references} if references else {})}


def _field(column: Column) -> dict[str, Any]:
    meaning = f"{column.meaning} NULL {column.null}." if column.null else column.meaning
    unit = {"unit": column.unit} if column.unit else {}
    kind = _TYPES.get(column.type)
    if kind is None:
        raise Halt(f"column {column.name} is {column.type}, which has no field type in {PACKAGE} yet; there are: {', '.join(_TYPES)}")
    return {"name": column.name, "type": kind, "description": meaning, **unit, "constraints": {"required": not column.null}}


def _foreign_key(reference: Reference, table: str) -> dict[str, Any]:
    """A table that refers to itself says so with an empty name, which every version of the standard understands."""
    resource = "" if reference.table == table else reference.table
    return {"fields": [reference.column], "reference": {"resource": resource, "fields": [reference.field]}}
