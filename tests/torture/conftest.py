"""In: nothing. Out: one world with its homes for all tests of this folder; they copy a home before they change it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture.disks import mounted
from tests.torture.driver import Theatre
from tests.torture.world import served


@pytest.fixture(scope="session")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with served() as world:
        yield Theatre(tmp_path_factory.mktemp("torture"), world)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with room for little."""
    with mounted(tmp_path / "disk", "200k") as disk:
        yield disk
