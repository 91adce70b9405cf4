"""In: nothing. Out: one small ledger built through load and dbt, once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.model import run_dbt
from tests.dbt.nights import night_after_night

Rows = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build database of two nights, modelled once."""
    home = tmp_path_factory.mktemp("home")
    night_after_night(home).build(home / "build.duckdb")
    result = run_dbt(home, unit_tests=True)
    assert result.warnings == ()
    return home / "build.duckdb"


@pytest.fixture
def rows(built: Path) -> Iterator[Rows]:
    """Ask the build database."""
    with duckdb.connect(str(built), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield lambda sql: connection.sql(sql).to_arrow_table().to_pylist()
