"""In: a seed and a few articles. Out: the same bytes each time, a ledger that verifies, and texts of the length and density promised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest

from bench.histories import open_history, write_history
from bench.press import CLAIMS, EDITED, Night, Press, render
from bench.scale import History, asked
from ingest import flow
from ingest.flow.loading import load_log

NIGHTS, ARTICLES = 3, 60


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> flow.House:
    return written(tmp_path_factory.mktemp("history"))


def written(folder: Path) -> flow.House:
    house = open_history(folder / "home", folder / "sources")
    write_history(house, Press(), NIGHTS, ARTICLES)
    return house


def files(house: flow.House) -> dict[str, bytes]:
    return {path.relative_to(house.home).as_posix(): path.read_bytes() for path in sorted(house.home.rglob("*")) if path.is_file()}


def nights(seed: int) -> Iterator[Night]:
    press = Press(seed)
    return (press.night(ARTICLES) for _ in range(NIGHTS))


def test_the_same_seed_gives_the_same_bytes(house: flow.House, tmp_path: Path) -> None:
    assert files(written(tmp_path)) == files(house)


def test_another_seed_gives_other_nights() -> None:
    assert list(nights(7)) == list(nights(7))
    assert list(nights(7)) != list(nights(8))


def test_the_ledger_verifies(house: flow.House) -> None:
    told = flow.verify(house)
    assert not told["broken"]
    assert told["checked"]["quotes"] > NIGHTS * ARTICLES
    assert told["checked"]["captures"] == NIGHTS * ARTICLES + (NIGHTS - 1) * round(ARTICLES * EDITED)


def test_every_statement_is_taken_in(house: flow.House) -> None:
    counts = load_log(house, "test")
    assert counts["loads"] == NIGHTS
    assert counts["statements"] == flow.verify(house)["checked"]["quotes"]


def test_articles_have_the_length_and_density_promised() -> None:
    told = [render(page.sentences) for night in nights(7) for page in night.pages]
    assert 2_700 < mean(len(text) for text, _ in told) < 3_300
    assert CLAIMS - 0.4 < mean(len(found.casualty_claims) for _, found in told) < CLAIMS + 0.4


def test_sizes_are_whole_nights_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked([100_000, 10_999, 10_000]) == [10_000, 100_000]
    monkeypatch.setenv("CLAIMLEDGER_SCALE", "5000 900")
    assert asked([]) == [2_000, 4_000]


def test_a_history_goes_on_where_its_press_stopped(tmp_path: Path) -> None:
    history = History(folder=tmp_path)
    assert not history.is_built
    press = history.press()
    press.night(ARTICLES)
    history.keep(press)
    assert history.is_built and history.press().nights == 1
    assert history.press().night(ARTICLES) == press.night(ARTICLES)
