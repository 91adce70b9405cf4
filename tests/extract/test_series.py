"""A daily tally in the phrasings and list forms that bulletins use: every number must come back, and no other.

The figures are made up, and, where the folder of reference data is present, 60 days of the published series.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest.extract import extract
from ingest.records import ArticleText

DAYS = 60
RIGHT_SHARE = 0.99
REFERENCE = Path(os.environ.get("CLAIMLEDGER_REFERENCE", Path(__file__).resolve().parents[2].parent / "shared" / "reference"))
FIRST = date(2023, 3, 1)


class Words(NamedTuple):
    """A kind of equipment: its category, its words in running text and in a list."""

    category: str
    running: str
    listed: str


KINDS = {
    "tank": Words("tank", "tanks", "tanks"),
    "APC": Words("armoured_vehicle", "armored fighting vehicles", "troop-carrying AFVs"),
    "field artillery": Words("artillery", "artillery systems", "artillery systems"),
    "MRL": Words("mlrs", "multiple launch rocket systems", "MLRS"),
    "anti-aircraft warfare": Words("air_defence", "air defense systems", "anti-aircraft systems"),
    "aircraft": Words("aircraft", "airplanes", "aircraft"),
    "helicopter": Words("helicopter", "helicopters", "helicopters"),
    "drone": Words("drone", "drones", "operational-tactical UAVs"),
    "cruise missiles": Words("missile", "cruise missiles", "cruise missiles"),
    "naval ship": Words("ship", "ships and boats", "warships and boats"),
    "submarines": Words("ship", "submarines", "submarines"),
    "vehicles and fuel tanks": Words("vehicle", "vehicles and fuel tanks", "vehicles and fuel tanks"),
    "military auto": Words("vehicle", "military vehicles", "vehicles"),
    "fuel tank": Words("vehicle", "fuel trucks", "fuel tankers"),
    "special equipment": Words("other", "pieces of special equipment", "special equipment"),
    "ground robotic systems": Words("other", "ground robotic systems", "ground robotic systems"),
}
MADE_UP = {  # kind -> figure on the first day, growth a day
    "tank": (3397, 7),
    "APC": (6658, 11),
    "field artillery": (2398, 9),
    "MRL": (480, 3),
    "anti-aircraft warfare": (247, 2),
    "aircraft": (300, 1),
    "helicopter": (288, 1),
    "drone": (2058, 13),
    "cruise missiles": (873, 2),
    "naval ship": (18, 1),
    "vehicles and fuel tanks": (5252, 17),
    "special equipment": (230, 2),
}


class Day(NamedTuple):
    """One day's totals, and what was added since the day before."""

    on: date
    people: int
    added_people: int
    figures: dict[str, int]
    added: dict[str, int]

    @property
    def expected(self) -> Counter[tuple[str, int]]:
        return Counter([("personnel", self.people), *((KINDS[k].category, n) for k, n in self.figures.items())])


def _made_up() -> list[Day]:
    return [
        Day(
            FIRST + timedelta(days=number),
            149_240 + 731 * number,
            731,
            {kind: start + growth * number for kind, (start, growth) in MADE_UP.items()},
            {kind: growth for kind, (_, growth) in MADE_UP.items()},
        )
        for number in range(DAYS)
    ]


def _published() -> list[Day]:
    """`DAYS` days spread over the whole published series."""
    if not (REFERENCE / "russia_losses_equipment.json").is_file():
        pytest.skip(f"no reference series in {REFERENCE}; set CLAIMLEDGER_REFERENCE to the folder that holds it")
    equipment = json.loads((REFERENCE / "russia_losses_equipment.json").read_text(encoding="utf-8"))
    people = {row["date"]: row["personnel"] for row in json.loads((REFERENCE / "russia_losses_personnel.json").read_text(encoding="utf-8"))}
    pairs = [(a, b) for a, b in pairwise(equipment) if a["date"] in people and b["date"] in people]
    days: list[Day] = []
    for before, row in pairs[:: len(pairs) // DAYS][:DAYS]:
        figures = {kind: row[kind] for kind in KINDS if row.get(kind)}
        added = {kind: max(0, n - (before.get(kind) or 0)) for kind, n in figures.items()}
        total = people[row["date"]]
        days.append(Day(date.fromisoformat(row["date"]), total, max(0, total - people[before["date"]]), figures, added))
    return days


def _joined(items: list[str]) -> str:
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)


def _running(day: Day) -> str:
    items = [f"{n:,} {KINDS[k].running}" for k, n in day.figures.items()]
    return (
        f"Russia has lost about {day.people:,} troops in Ukraine since Feb. 24, 2022, the General Staff of the Armed Forces of Ukraine"
        f" reported on {day.on:%B} {day.on.day}.\n\nAccording to the report, Russia has also lost {', '.join(items[:-1])}, and {items[-1]}."
    )


def _lines(day: Day) -> str:
    items = "\n".join(f"{KINDS[k].listed} – {n:,} (+{day.added[k]})," for k, n in day.figures.items())
    return (
        "According to the General Staff of the Armed Forces of Ukraine, the total combat losses of the enemy from 24.02.22 to"
        f" {day.on:%d.%m.%y} are approximately:\n\npersonnel – about {day.people:,} (+{day.added_people}) persons were eliminated,\n{items}"
    )


def _colons(day: Day) -> str:
    items = "\n".join(f"- {KINDS[k].listed}: {n:,} (+{day.added[k]})" for k, n in day.figures.items())
    heading = f"Ukraine's General Staff has published Russian losses as of {day.on:%B} {day.on.day}:"
    return f"{heading}\n- personnel: about {day.people:,} (+{day.added_people})\n{items}"


def _one_line(day: Day) -> str:
    items = [f"{n} {KINDS[k].running} (+{day.added[k]})" for k, n in day.figures.items()]
    people = f"{day.people} personnel (+{day.added_people})"
    return f"Enemy losses as of {day.on:%B} {day.on.day}: {people}; {'; '.join(items)}, the Ukrainian General Staff said."


def _amounted(day: Day) -> str:
    items = [f"{n:,} {KINDS[k].running}" for k, n in day.figures.items()]
    return (
        f"Since the start of the invasion, Russian losses have amounted to around {day.people:,} troops, {', '.join(items[:5])},"
        f" the Ukrainian military said on {day.on:%A}.\n\n"
        f"Ukrainian forces have also destroyed {_joined(items[5:])} since the invasion began."
    )


@pytest.mark.parametrize("form", [_running, _lines, _colons, _one_line, _amounted], ids=lambda form: form.__name__.strip("_"))
@pytest.mark.parametrize("series", [_made_up, _published], ids=lambda series: series.__name__.strip("_"))
def test_every_number_of_a_tally_comes_back(series, form) -> None:  # type: ignore[no-untyped-def]
    right = wrong = total = 0
    lost: list[str] = []
    for day in series():
        claims = extract(ArticleText(text=form(day), published_on=day.on)).casualty_claims
        found = Counter((c.category, c.high) for c in claims if c.low == c.high and c.party == "RU" and c.claimant_party == "UA")
        hits = (day.expected & found).total()
        right, wrong, total = right + hits, wrong + len(claims) - hits, total + day.expected.total()
        lost += [f"{day.on}: missed {dict(day.expected - found)}, found {dict(found - day.expected)}"] if day.expected != found else []
    assert right >= RIGHT_SHARE * total, "\n".join(lost)
    assert wrong <= (1 - RIGHT_SHARE) * total, "\n".join(lost)
