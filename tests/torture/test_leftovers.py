"""In: runs that were killed with a page in their hands, which is withdrawn later. Out: its words are nowhere in the home."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest import flow
from ingest.errors import Misuse
from ingest.flow.house import House
from tests.torture.driver import Theatre
from tests.words import left_of

PAGE = "http://gazette.example/3"
WORDS = "that 314 Russian soldiers were killed"  # of that page alone
WHO = {"reason": "asked", "author": "An editor", "run_id": "test"}
MOMENTS = {
    "half a file of pages": ("archive/gazette/2", 2),  # the first is of the listing
    "pages that no event names": ("log/gazette/", 2),  # the first tells of leads
    "half a file of texts": ("archive/gazette/texts/", 1),
    "texts that no event names": ("log/gazette/", 3),
}


@contextmanager
def killed(theatre: Theatre, command: str, template: Path | None, moment: tuple[str, int]) -> Iterator[House]:
    home = theatre.home(template, "killed")
    assert theatre.run(command, home, kill_before=moment).was_killed
    yield theatre.house(home)


def hidden(house: House) -> set[str]:
    """Where the words are read and a withdrawal would not look by what the log says."""
    told = {event.payload.get(name) for event in house.log.read("gazette") for name in ("warc_file", "text_file")}
    return left_of(house.home, WORDS) - told


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_page_that_a_killed_visit_left_is_withdrawn_too(theatre: Theatre, moment: str) -> None:
    with killed(theatre, "gather", None, MOMENTS[moment]) as house:
        assert hidden(house), "the run was killed with the page in its hands"
        assert theatre.run("gather", house.home).code == 0
        assert hidden(house), "the next run does not touch it"
        done = flow.withdraw(house, PAGE, **WHO)
        assert (done["bodies"], done["leftovers"] + done["work"] > 0) == (1, True)
        assert left_of(house.home, WORDS) == set()
        assert flow.withdraw(house, PAGE, **WHO)["is_done_before"]
        said = flow.verify(house)
        assert (said["broken"], said["leftovers"]) == ([], [])


def test_a_page_that_no_event_names_is_gone_although_nobody_can_withdraw_it(theatre: Theatre) -> None:
    with killed(theatre, "gather", None, MOMENTS["pages that no event names"]) as house:
        with pytest.raises(Misuse, match="nothing was archived"):
            flow.withdraw(house, PAGE, **WHO)
        assert left_of(house.home, WORDS) == set()


def test_a_page_in_a_broken_file_that_no_event_names(theatre: Theatre) -> None:
    with killed(theatre, "gather", None, MOMENTS["pages that no event names"]) as house:
        (key,) = hidden(house)
        data = (house.home / key).read_bytes()
        (house.home / key).write_bytes(data + b"\0")
        assert key in flow.verify(house, quarantine=True)["set_aside"][0]
        assert theatre.run("gather", house.home).code == 0
        flow.withdraw(house, PAGE, **WHO)
        assert left_of(house.home, WORDS) == set()
