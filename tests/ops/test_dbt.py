"""In: the models and a ledger. Out: their documentation is one page that loads nothing, and old captures are told from new ones."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ops import dbt
from tests.ledgers import Ledger


def test_the_documentation_is_one_page_that_loads_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dbt.main("docs", tmp_path) == 0
    assert capsys.readouterr().out.endswith("static_index.html\n")
    page = (tmp_path / "target" / "static_index.html").read_text(encoding="utf-8")
    assert "Who claims how many people or pieces of equipment a side lost" in page
    assert re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"']?(?:https?:)?//", page) == []


@pytest.mark.parametrize(("is_new", "status", "code"), [(True, "pass", 0), (False, "error", 1)])
def test_old_captures_are_told_from_new_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_new: bool, status: str, code: int) -> None:
    ledger = Ledger(tmp_path / "home")
    ledger.source("gazette")
    ledger.capture("gazette", "https://gazette.example/a")
    ledger.load(datetime.now(UTC) if is_new else None)
    ledger.build(tmp_path / "home" / "build.duckdb")
    monkeypatch.setenv("CLAIMLEDGER_HOME", str(tmp_path / "home"))
    assert dbt.main("freshness", tmp_path) == code
    (found,) = json.loads((tmp_path / "target" / "sources.json").read_text(encoding="utf-8"))["results"]
    assert (found["unique_id"], found["status"]) == ("source.claimledger.raw.capture_taken", status)


def test_a_home_without_a_database_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CLAIMLEDGER_HOME", str(tmp_path))
    assert dbt.main("freshness", tmp_path) == 1
    assert "run: claimledger build" in capsys.readouterr().err
