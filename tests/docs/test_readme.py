"""In: README.md. Out: every block works: SQL on the demonstration's edition, YAML as a source; commands exist, printed rows are real."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import duckdb
import pytest
import yaml

from ingest.settings import PREFIX, Settings
from ingest.sources import Source, read_source
from tests.conftest import ROOT, Demonstration

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, flags=re.M | re.S)


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


@pytest.mark.parametrize("sql", blocks("sql"), ids=lambda sql: sql.split("\n")[0][:40])
def test_each_query_has_an_answer(sql: str, demonstration: Demonstration) -> None:
    with duckdb.connect(str(demonstration.database), read_only=True) as connection:
        assert connection.execute(sql).fetchall()


def test_there_are_five_queries() -> None:
    assert len(blocks("sql")) >= 5


def test_the_printed_timeline_is_real(demonstration: Demonstration) -> None:
    shown = re.findall(r"^(\d{4}-\d\d-\d\d)\s+(\d+)\s+(.+)$", blocks("text")[0], flags=re.M)
    assert len(shown) >= 5
    with duckdb.connect(str(demonstration.database), read_only=True) as connection:
        rows = connection.execute("SELECT happened_on::VARCHAR, independent_sources::VARCHAR, headline FROM timeline").fetchall()
    assert set(shown) - set(rows) == set()


def test_the_python_line_works(demonstration: Demonstration) -> None:
    line = re.search(r"`(duckdb\.connect\(.*?)`\n", README)
    assert line
    code = "import duckdb; " + line[1].replace("demo/warehouse/current/claimledger.duckdb", str(demonstration.database))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "entry_id" in done.stdout


def test_the_source_file_is_right(tmp_path: Path) -> None:
    (text,) = blocks("yaml")
    path = tmp_path / "example_gazette.yaml"
    path.write_text(text, encoding="utf-8")
    assert isinstance(read_source(path), Source)
    assert len([line for line in text.splitlines() if line and not line.startswith("#")]) <= 15
    assert yaml.safe_load(text)["slug"] == path.stem


def test_every_named_command_and_target_exists() -> None:
    lines = "\n".join(blocks("sh"))
    for target in set(re.findall(r"^make (\w+)", lines, flags=re.M)):
        done = subprocess.run(["make", "--dry-run", "--silent", target], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    for command in set(re.findall(r"claimledger ([a-z-]+(?: (?:list|check|try|test|new|use|diff)\b)?)", README)):
        done = subprocess.run(
            [sys.executable, "-m", "ingest.cli", *command.split(), "--help"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (command, done.stderr)


def test_the_settings_table_is_the_settings() -> None:
    told = set(re.findall(rf"^\| `{PREFIX}(\w+)`", README, flags=re.M))
    assert told == {field.name.upper() for field in fields(Settings)}


def test_named_files_exist() -> None:
    for name in set(re.findall(r"`((?:docs|dags|ingest|dbt_project|expectations|warehouse)/[\w./-]+\.\w+)`", README)):
        assert (ROOT / name).exists() or name.endswith("example_gazette.yaml"), name


def test_the_number_of_live_sources_is_told() -> None:
    count = len(list((ROOT / "dags" / "sources").glob("*.yaml")))
    assert f"None of the {count} shipped live sources was visited yet" in README
