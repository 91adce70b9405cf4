"""In: readers and writers at once, two of a kind at once. Out: no query fails; of two writers one works, the other says so and leaves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ingest import flow
from tests.torture.driver import Theatre, told
from tests.torture.homes import publish_some
from tests.torture.readers import crowd


def test_four_processes_read_through_ten_publications(theatre: Theatre) -> None:
    """The long suite does it with ten whole builds."""
    house = theatre.house(theatre.home(theatre.gathered, "read"))
    publish_some(house, 1)
    with crowd(house.home) as seen:
        for number in range(2, 12):
            publish_some(house, number)
    assert seen.problems == []
    assert len(seen.editions) > 1
    assert seen.queries > 100
    assert flow.verify(house)["broken"] == []


def test_of_two_builds_one_works_and_the_other_says_so(theatre: Theatre) -> None:
    """Beside them somebody reads."""
    home = theatre.home(theatre.news, "two-builds")
    with crowd(home, readers=1) as seen, ThreadPoolExecutor(2) as hands:
        ended = sorted(hands.map(lambda _: theatre.run("build", home), range(2)), key=lambda one: one.code)
    assert [one.code for one in ended] == [0, 1], [one.output for one in ended]
    assert "another build is at work in this home; wait until it has ended" in ended[1].output
    assert seen.problems == []
    assert flow.verify(theatre.house(home))["broken"] == []


def test_of_two_gathers_of_one_source_each_page_is_taken_once(theatre: Theatre) -> None:
    home = theatre.home(None, "two-gathers")
    theatre.house(home)
    with ThreadPoolExecutor(2) as hands:
        ended = list(hands.map(lambda _: theatre.run("gather", home), range(2)))
    turned_away = [one.output for one in ended if one.code]
    assert all("is being written by another process" in output for output in turned_away), turned_away
    theatre.run("gather", home)
    house = theatre.house(home)
    assert told(house) == told(theatre.house(theatre.gathered))
    assert flow.verify(house)["broken"] == []


def test_a_gather_leaves_a_source_that_another_holds_and_visits_the_rest(theatre: Theatre) -> None:
    home = theatre.home(None, "held")
    house = theatre.house(home)
    with house.writing("gazette"):
        ended = theatre.run("gather", home)
    assert ended.code == 1
    assert "stream gazette is being written by another process; try again when it has ended" in ended.output
    assert list(house.log.streams()) == ["herald"]
    assert theatre.run("gather", home).code == 0
    assert told(house) == told(theatre.house(theatre.gathered))
