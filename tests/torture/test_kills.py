"""In: a few moments of the long suite (`make torture`). Out: killed there, every command runs on as if nothing had been."""

from __future__ import annotations

import pytest

from tests.torture.driver import Theatre, torture

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
