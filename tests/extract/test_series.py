"""A daily tally in the phrasings and list forms that bulletins use: every number must come back, and no other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ingest.extract import extract
from ingest.records import ArticleText

DAYS = 60
FIRST = date(2023, 3, 1)
# category -> (figure on the first day, growth a day, words in running text, words in a list)
SERIES = {
    "tank": (3397, 7, "tanks", "tanks"),
    "armoured_vehicle": (6658, 11, "armored fighting vehicles", "troop-carrying AFVs"),
    "artillery": (2398, 9, "artillery systems", "artillery systems"),
    "mlrs": (480, 3, "multiple launch rocket systems", "MLRS"),
    "air_defence": (247, 2, "air defense systems", "anti-aircraft systems"),
    "aircraft": (300, 1, "airplanes", "aircraft"),
    "helicopter": (288, 1, "helicopters", "helicopters"),
    "drone": (2058, 13, "drones", "UAVs"),
    "missile": (873, 2, "cruise missiles", "cruise missiles"),
    "ship": (18, 1, "ships and boats", "warships and boats"),
    "vehicle": (5252, 17, "vehicles and fuel tanks", "vehicles and fuel tanks"),
    "other": (230, 2, "pieces of special equipment", "special equipment"),
}
Row = tuple[str, int]


def _day(number: int) -> tuple[date, int, dict[str, int]]:
    return FIRST + timedelta(days=number), 149_240 + 731 * number, {c: s[0] + s[1] * number for c, s in SERIES.items()}


def _running(on: date, people: int, figures: dict[str, int]) -> str:
    items = [f"{n:,} {SERIES[c][2]}" for c, n in figures.items()]
    return (
        f"Russia has lost about {people:,} troops in Ukraine since Feb. 24, 2022, the General Staff of the Armed Forces of Ukraine"
        f" reported on {on:%B} {on.day}.\n\nAccording to the report, Russia has also lost {', '.join(items[:-1])}, and {items[-1]}."
    )


def _lines(on: date, people: int, figures: dict[str, int]) -> str:
    items = "\n".join(f"{SERIES[c][3]} – {n:,} (+{SERIES[c][1]})," for c, n in figures.items())
    return (
        "According to the General Staff of the Armed Forces of Ukraine, the total combat losses of the enemy from 24.02.22 to"
        f" {on:%d.%m.%y} are approximately:\n\npersonnel – about {people:,} (+731) persons were eliminated,\n{items}"
    )


def _colons(on: date, people: int, figures: dict[str, int]) -> str:
    items = "\n".join(f"- {SERIES[c][3]}: {n:,} (+{SERIES[c][1]})" for c, n in figures.items())
    return f"Ukraine's General Staff has published Russian losses as of {on:%B} {on.day}:\n- personnel: about {people:,} (+731)\n{items}"


def _one_line(on: date, people: int, figures: dict[str, int]) -> str:
    items = [f"{n} {SERIES[c][2]} (+{SERIES[c][1]})" for c, n in figures.items()]
    return f"Enemy losses as of {on:%B} {on.day}: {people} personnel (+731); {'; '.join(items)}, the Ukrainian General Staff said."


def _amounted(on: date, people: int, figures: dict[str, int]) -> str:
    items = [f"{n:,} {SERIES[c][2]}" for c, n in figures.items()]
    return (
        f"Since the start of the invasion, Russian losses have amounted to around {people:,} troops, {', '.join(items[:5])},"
        f" the Ukrainian military said on {on:%A}.\n\nUkrainian forces have also destroyed {', '.join(items[5:-1])} and {items[-1]}"
        " since the invasion began."
    )


@pytest.mark.parametrize("form", [_running, _lines, _colons, _one_line, _amounted], ids=lambda form: form.__name__.strip("_"))
def test_every_number_of_a_tally_comes_back(form) -> None:  # type: ignore[no-untyped-def]
    right = wrong = 0
    for number in range(DAYS):
        on, people, figures = _day(number)
        claims = extract(ArticleText(text=form(on, people, figures), published_on=on)).casualty_claims
        expected = {("personnel", people), *figures.items()}
        found = {(c.category, c.high) for c in claims if c.low == c.high and c.party == "RU" and c.claimant_party == "UA"}
        right += len(expected & found)
        wrong += len(claims) - len(expected & found)
    assert right >= 0.99 * DAYS * (len(SERIES) + 1)
    assert wrong <= 0.01 * DAYS * (len(SERIES) + 1)
