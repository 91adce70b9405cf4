"""In: a folder with what the published models of dbt say of themselves (YAML). Out: tables: grain, key, columns, references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ingest.editions import EDITION_COLUMNS, EDITION_GRAIN, EDITION_TABLE, KEYS
from ingest.errors import Halt

_TYPES = {"timestamp with time zone": "TIMESTAMPTZ"}
_UNITS = {"TIMESTAMPTZ": "instant, UTC", "DATE": "day"}
_NUMBERS = frozenset({"BIGINT", "INTEGER", "DOUBLE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`null` says what NULL means and is empty where NULL cannot be; `unit` is empty for words and flags."""

    name: str
    type: str
    unit: str
    meaning: str
    null: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A column whose values stand in a column of another table; `is_firm` where a value that does not would stop the edition."""

    column: str
    table: str
    field: str
    is_firm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`description` ends with the grain: "One row per …". `key` is empty where rows are told apart by nothing. A view has no rows of its
    own and no Parquet file."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    references: tuple[Reference, ...]
    is_view: bool = False


def read_tables(folder: Path) -> tuple[Table, ...]:
    """Every published table, statements first. Raises Halt naming the file and column that leave something unsaid."""
    marts = [_table(path) for path in folder.glob("*.yml")]
    ranks = {name: rank for rank, name in enumerate(KEYS)}
    return tuple(sorted([*marts, _edition()], key=lambda table: (ranks.get(table.name, len(ranks)), table.name)))


def _table(path: Path) -> Table:
    (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return Table(
        name=model["name"],
        description=" ".join(model["description"].split()),
        key=tuple(_meta(model).get("key", ())),
        columns=tuple(_column(column, path) for column in model["columns"]),
        references=tuple(_references(model["columns"])),
        is_view=model.get("config", {}).get("materialized") == "view",
    )


def _column(entry: Mapping[str, Any], path: Path) -> Column:
    kind = _type(entry["data_type"])
    meaning, null = _parted(entry["description"])
    is_nullable = {"type": "not_null"} not in entry.get("constraints", [])
    unit = _meta(entry).get("unit", _UNITS.get(kind, ""))
    if is_nullable != bool(null):
        what = "no word on NULL; end the description with “; NULL …”" if is_nullable else "a word on NULL, which it cannot be"
        raise Halt(f"{path}: column {entry['name']} has {what}")
    if kind in _NUMBERS and not unit:
        raise Halt(f"{path}: column {entry['name']} is a number without a unit; add config: meta: unit:")
    return Column(name=entry["name"], type=kind, unit=unit, meaning=meaning, null=null)


def _parted(description: str) -> tuple[str, str]:
    """ "A day; NULL when unknown." -> ("A day.", "when unknown")"""
    found = re.fullmatch(r"(.*?); NULL (.*)\.", description)
    return (f"{found[1]}.", found[2]) if found else (description, "")


def _meta(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = entry.get("config", {}).get("meta", {})
    return meta


def _type(declared: str) -> str:
    return _TYPES.get(declared, declared.upper())


def _references(columns: Iterable[Mapping[str, Any]]) -> Iterator[Reference]:
    """Those that dbt tests."""
    for column in columns:
        for test in column.get("data_tests", []):
            if isinstance(test, dict) and "relationships" in test:
                arguments = test["relationships"]["arguments"]
                parent = re.fullmatch(r"ref\('(\w+)'\)", arguments["to"])
                if parent is None:
                    raise Halt(f"column {column['name']}: relationships to {arguments['to']}; name a model as ref('…')")
                severity = test["relationships"].get("config", {}).get("severity", "error")
                yield Reference(column=column["name"], table=parent[1], field=arguments["field"], is_firm=severity == "error")


def _edition() -> Table:
    """The one table that publication writes itself."""
    columns = (
        Column(name=name, type=kind, unit=_UNITS.get(kind, "counts from 1" if kind in _NUMBERS else ""), meaning=comment, null="")
        for name, (kind, comment) in EDITION_COLUMNS.items()
    )
    return Table(
        name=EDITION_TABLE,
        description=EDITION_GRAIN,
        key=KEYS[EDITION_TABLE],
        columns=tuple(columns),
        references=(),
    )
