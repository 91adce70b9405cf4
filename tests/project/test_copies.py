"""In: a wire story, what outlets make of it, and another story of the same event. Out: copies share a cluster, stories do not."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.ids import article_id
from ingest.load import open_build
from tests.ledgers import Ledger

STORIES = Path(__file__).parent / "stories"
WIRE = (STORIES / "wire.txt").read_text(encoding="utf-8")
OTHER = (STORIES / "same_event.txt").read_text(encoding="utf-8")
LEDE = (
    "Families who had come to meet the night train were still looking for their relatives on Tuesday evening, going from one "
    "hospital of the district to the next with photographs on their telephones, while the town council opened the school as a "
    "shelter for travellers who had nowhere to go and volunteers from as far as the coast brought blankets."
)


def reworded(share: float) -> str:
    """Every so many words replaced by a word that stands nowhere else."""
    chance, words = random.Random(11), WIRE.split()
    places = set(chance.sample(range(len(words)), round(len(words) * share)))
    return " ".join(f"reworded{place}" if place in places else word for place, word in enumerate(words))


def cut(share: float) -> str:
    words = WIRE.split()
    return " ".join(words[: round(len(words) * (1 - share))])


COPIES = {
    "as it came": WIRE,
    "5 % of the words changed": reworded(0.05),
    "15 % of the words changed": reworded(0.15),
    "cut by 30 %": cut(0.3),
    "a lede of 60 words added": f"{LEDE}\n\n{WIRE}",
    "a lede added and cut by 30 %": f"{LEDE}\n\n{cut(0.3)}",
    "credited to the agency": f"VERKHNIA LIPKA (Northline) - {WIRE}\n\nReporting by Northline staff. © Northline 2026",
    "in other typography": WIRE.replace('"', "”").replace("-", "\u2011").replace(" ", "\u00a0").upper(),
}
URLS = {case: f"https://paper{number}.example/lipka" for number, case in enumerate(COPIES)}
WIRE_URL, OTHER_URL = "https://wire.example/lipka", "https://review.example/the-clock"


def first_the_wire(ledger: Ledger) -> None:
    ledger.article("wire", WIRE_URL, WIRE)
    ledger.load()
    the_others(ledger)


def all_at_once(ledger: Ledger) -> None:
    ledger.article("agency", WIRE_URL, WIRE)  # before the papers in the order of the ledger
    the_others(ledger)


def the_others(ledger: Ledger) -> None:
    for case, text in COPIES.items():
        ledger.article("papers", URLS[case], text)
    ledger.article("review", OTHER_URL, OTHER)
    ledger.load()


def a_paper_a_night(ledger: Ledger) -> None:
    """Longer than the window of seven days: each copy still stands within it beside the one before."""
    ledger.article("wire", WIRE_URL, WIRE)
    ledger.article("review", OTHER_URL, OTHER)
    ledger.load()
    for case, text in COPIES.items():
        ledger.article("papers", URLS[case], text)
        ledger.load()


@pytest.fixture(scope="module", params=[first_the_wire, all_at_once, a_paper_a_night], ids=lambda order: order.__name__)
def clusters(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Address -> cluster."""
    order: Callable[[Ledger], None] = request.param
    ledger = Ledger(tmp_path_factory.mktemp("copies"))
    order(ledger)
    with open_build(ledger.build(ledger.home / "build.duckdb")) as database:
        rows = database.rows("SELECT canonical_url, cluster_id FROM raw.clusters JOIN raw.revisions USING (article_id)")
    return {row["canonical_url"]: row["cluster_id"] for row in rows}


@pytest.mark.parametrize("case", COPIES)
def test_a_copy_shares_the_cluster_of_the_wire_story(clusters: dict[str, str], case: str) -> None:
    assert clusters[URLS[case]] == clusters[WIRE_URL] == article_id(WIRE_URL, 1)


def test_another_story_of_the_same_event_stays_apart(clusters: dict[str, str]) -> None:
    assert clusters[OTHER_URL] == article_id(OTHER_URL, 1)


def test_nothing_is_dropped(clusters: dict[str, str]) -> None:
    assert set(clusters) == {WIRE_URL, OTHER_URL, *URLS.values()}
