"""In: nothing. Out: a home that has gathered some sources of the demonstration web once; each test gets a copy and the server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from demo.server import DemoSite
from ingest import flow
from ingest.flow.house import House
from ingest.settings import Settings
from ingest.sources import Source, read_sources

ROOT = Path(__file__).parents[2]
SLUGS = ("bureau", "dispatches", "gazette")


def demo_settings(home: Path, site: DemoSite) -> Settings:
    folders = {"sources": ROOT / "demo" / "sources", "data": ROOT / "demo" / "data"}
    return Settings(home=home, **folders, allow_loopback=site.loopback_rule, workers=1)


@pytest.fixture(scope="session")
def site() -> Iterator[DemoSite]:
    with DemoSite() as served:
        yield served


@pytest.fixture(scope="session")
def sources() -> dict[str, Source]:
    return {source.slug: source for source in read_sources(ROOT / "demo" / "sources")[0]}


@pytest.fixture(scope="session")
def gathered_once(tmp_path_factory: pytest.TempPathFactory, site: DemoSite, sources: dict[str, Source]) -> Path:
    """The home after one visit. Not to be written to: see `house`."""
    home = tmp_path_factory.mktemp("gathered") / "warehouse"
    site.visit = 1
    result = flow.gather(flow.open_house(demo_settings(home, site)), [sources[slug] for slug in SLUGS], "first")
    assert result["errors"] == {}
    return home


@pytest.fixture
def house(gathered_once: Path, tmp_path: Path, site: DemoSite) -> House:
    """A copy of the gathered home, the web as at the first visit."""
    site.visit = 1
    shutil.copytree(gathered_once, tmp_path / "warehouse")
    return flow.open_house(demo_settings(tmp_path / "warehouse", site))


@pytest.fixture
def empty_house(tmp_path: Path, site: DemoSite) -> House:
    site.visit = 1
    return flow.open_house(demo_settings(tmp_path / "empty", site))


def with_storage(house: House, storage: object) -> House:
    """The same home through another storage."""
    from ingest.archive import Archive
    from ingest.log import Log

    return replace(house, storage=storage, log=Log(storage), archive=Archive(storage))  # type: ignore[arg-type]
