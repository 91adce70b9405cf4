"""In: a home. Out: visited, published, or with all that can be tampered with: a withdrawn page, two editions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from ingest import flow, report
from ingest.editions import Edition
from ingest.flow.build import _tell_published
from ingest.flow.house import House
from ingest.flow.stages import open_pool
from ingest.publish import publish
from ingest.sources import read_sources
from tests.builds import add, facts, make_build, passing


def visit(house: House) -> None:
    """Discover and fetch: all that storage does."""
    with open_pool(house, 1) as pool:
        for source in read_sources(house.settings.sources)[0]:
            flow.discover(house, source, "test", pool)
            flow.fetch(house, source, "test")


def publish_some(house: House, number: int, *, is_told: bool = True) -> Edition:
    """Edition `number` of a small database that is no build of this log, told in the log as a build does unless it is killed before."""
    path = house.home / "some.duckdb"
    path.unlink(missing_ok=True)
    make_build(path)
    with duckdb.connect(str(path)) as connection:
        for extra in range(number):
            add(connection, "articles", article_id=f"extra{extra}")
    edition = publish(
        house.home,
        path,
        facts=replace(facts(number), log_positions={"gazette": 12}),
        verdict=passing(),
        validation=report.render(passing(), number),
        package="{}",
    )
    path.unlink()
    assert isinstance(edition, Edition)
    if is_told:
        _tell_published(house, "test")
    return edition


def complete(house: House) -> House:
    """Withdraws a page and publishes twice."""
    flow.withdraw(house, "http://gazette.example/3", reason="asked", author="An editor", run_id="test")
    for number in (1, 2):
        publish_some(house, number)
    assert flow.verify(house)["broken"] == []
    return house


def files(home: Path) -> list[str]:
    """Segments, archive files and the files of editions."""
    found = (path for name in ("log", "archive", "editions") for path in sorted((home / name).rglob("*")))
    return [path.relative_to(home).as_posix() for path in found if path.is_file() and not path.name.startswith(".")]
