"""The lexicon files: columns, order, no duplicates, known values."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files

import pytest

from ingest.extract.lexicons import SCHEMAS, rows
from ingest.records import Qualifier

FOLDER = files("ingest.extract").joinpath("lexicon")
MEASURES = {"", "killed", "wounded", "captured", "missing", "casualties", "destroyed", "damaged"}
CATEGORIES = {
    *(
        "tank",
        "armoured_vehicle",
        "artillery",
        "mlrs",
        "air_defence",
        "aircraft",
        "helicopter",
        "drone",
        "missile",
        "ship",
        "vehicle",
        "other",
    ),
}
TOPICS = {
    *("mobilisation", "surrender_or_amnesty", "recruitment", "pay", "law_or_penalty", "sanctions", "military_aid", "ceasefire_or_talks"),
    *("evacuation", "operation", "prisoners", "other"),
}
ALLOWED = {
    ("actors", "kind"): {"country", "capital", "demonym", "people", "body", "group", "outlet", "person"},
    ("persons", "population"): {"", "military", "civilian", "foreign_fighters"},
    ("equipment", "category"): CATEGORIES,
    ("verbs", "voice"): set("tgvilnf"),
    ("verbs", "people"): MEASURES,
    ("verbs", "equipment"): MEASURES,
    ("qualifiers", "qualifier"): {q.value for q in Qualifier},
    ("speech", "sense"): {"say", "cite", "deny"},
    ("acts", "strength"): {"strong", "object", "law", "topical", "base", "noun"},
    ("topics", "topic"): TOPICS,
    ("roles", "kind"): {"office", "modifier", "anonymous"},
    ("offer_terms", "field"): {"action", "benefit"},
    ("conflict", "sense"): {"conflict", "disaster", "other"},
}


def test_every_file_has_a_schema_and_every_schema_a_file() -> None:
    assert {entry.name for entry in FOLDER.iterdir()} == {f"{name}.tsv" for name in SCHEMAS}


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_lines_are_sorted_unique_and_complete(name: str) -> None:
    lines = FOLDER.joinpath(f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    entries = [tuple(line.split("\t")) for line in lines[1:]]
    keys = [entry[:2] if name in ("local_currencies", "rivals") else entry[0] for entry in entries]
    assert tuple(lines[0].split("\t")) == SCHEMAS[name]
    assert entries == sorted(entries)
    assert sorted({key for key in keys if keys.count(key) > 1}) == []
    assert [entry for entry in entries if len(entry) != len(SCHEMAS[name]) or not entry[0].strip()] == []


@pytest.mark.parametrize(("name", "column"), sorted(ALLOWED))
def test_values_are_known(name: str, column: str) -> None:
    at = SCHEMAS[name].index(column)
    assert sorted({row[at] for row in rows(name)} - ALLOWED[name, column]) == []


def test_years_of_office_are_years_in_order() -> None:
    for name, _, kind, first, last in rows("actors"):
        assert kind == "person" or (first, last) == ("", ""), name
        assert not first or 1950 <= int(first) <= int(last or 2100), name


def test_parties_are_codes_or_known_groups() -> None:
    groups = {row[1] for row in rows("actors") if row[2] == "group"}
    bodies = {"UN", "EU", "NATO", "NGO", "MEDIA"}
    wars = [(side, side) for name in ("rivals", "wars") for pair in rows(name) for side in pair if side]
    for row in (*(row for name in ("actors", "counters", "places") for row in rows(name) if row[1]), *wars):
        assert (len(row[1]) == 2 and row[1].isupper()) or row[1] in groups | bodies, row


def test_who_counts_the_dead_of_one_side_is_a_known_body() -> None:
    known = {row[0] for row in rows("actors")}
    assert [name for name, _ in rows("counters") if name not in known] == []


def test_importing_brings_nothing_heavy_along() -> None:
    """How long it takes is measured in `bench.extract`."""
    answer = subprocess.run(
        [sys.executable, "-c", "import json, sys, ingest.extract; print(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"trafilatura", "duckdb", "aiohttp", "pydantic", "airflow"}.isdisjoint(json.loads(answer.stdout))
