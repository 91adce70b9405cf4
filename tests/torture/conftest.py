"""In: nothing. Out: one world with its homes for all tests of this folder; they copy a home before they change it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.torture.driver import Theatre
from tests.torture.world import served


@pytest.fixture(scope="session")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with served() as world:
        yield Theatre(tmp_path_factory.mktemp("torture"), world)
