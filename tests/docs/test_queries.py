"""In: docs/queries/*.sql. Out: each says its question, is listed, and answers on the demonstration's edition as written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.errors import Halt
from ops.queries import ANSWERS, FOLDER, LIST, SampleQuery, answer, listed, read_queries
from tests.conftest import ROOT, Demonstration

QUERIES = read_queries()


@pytest.mark.parametrize("sample", QUERIES, ids=lambda sample: sample.name)
def test_it_answers_as_written_down(sample: SampleQuery, demonstration: Demonstration) -> None:
    expected = json.loads((ANSWERS / f"{sample.name}.json").read_text(encoding="utf-8"))
    assert expected, "a question that the demonstration cannot answer proves nothing"
    assert json.loads(answer(demonstration.home, sample)) == expected, "right? then: make demo queries"


def test_there_are_twenty_each_with_one_answer() -> None:
    assert len(QUERIES) >= 20
    assert {path.stem for path in ANSWERS.iterdir()} == {sample.name for sample in QUERIES}


def test_the_list_is_that_of_the_files() -> None:
    assert LIST.read_text(encoding="utf-8") == listed(QUERIES), "run: make queries"


def test_a_file_without_its_question_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.sql").write_text("select 1\n", encoding="utf-8")
    with pytest.raises(Halt, match=r"odd\.sql: the first line is 'select 1'; begin with the question"):
        read_queries(tmp_path)


def test_the_command_runs_a_file(demonstration: Demonstration) -> None:
    file = FOLDER / "widest_gaps.sql"
    command = [sys.executable, "-m", "ingest.cli", "sql", "--home", str(demonstration.home), "--json", "--file", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads((ANSWERS / "widest_gaps.json").read_text(encoding="utf-8"))
