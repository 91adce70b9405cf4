"""In: a few moments of the long suite (`make torture`). Out: killed there, every command runs on as if nothing had been."""

from __future__ import annotations

import pytest

from ingest import flow
from tests.torture.driver import Theatre, torture
from tests.torture.test_leftovers import PAGE, WORDS
from tests.words import left_of

SEED = 5
LEAST = {"gather": 7, "revisit": 2, "reprocess": 3, "correct": 8, "publish": 3, "build": 2}  # 20 in log and archive, 5 in build


@pytest.mark.parametrize("command", LEAST)
def test_a_command_killed_at_any_moment_runs_on(command: str, theatre: Theatre) -> None:
    kills = number = 0
    while kills < LEAST[command]:
        outcome = torture(theatre, command, SEED, number)
        assert outcome.problems == [], outcome
        kills, number = kills + outcome.kills, number + 1
        assert number < 5 * LEAST[command], "the kills come too late to strike"


def test_a_page_in_an_edition_that_was_not_finished_is_withdrawn_too(theatre: Theatre) -> None:
    house = theatre.house(theatre.home(theatre.judged, "unfinished"))
    assert theatre.run("publish", house.home, kill_before=("editions/", 1)).was_killed
    assert any(name.startswith("editions/.") for name in left_of(house.home, WORDS))
    flow.withdraw(house, PAGE, reason="asked", author="An editor", run_id="test")
    assert left_of(house.home, WORDS) == set()
    assert flow.verify(house)["broken"] == []
