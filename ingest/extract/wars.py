"""In: a side. Out: whom it fights, under which code it speaks, and whether it is a state, a state at war or an armed group."""

from __future__ import annotations

import re
from functools import cache

from ingest.extract.lexicons import by_first, rows
from ingest.extract.tokens import word_set

BODIES = frozenset({"UN", "EU", "NATO", "NGO", "MEDIA"})
OPPONENT = {"UA": "RU", "RU": "UA"}
OCCUPIER = "RU"  # holds ground of the other
_ONLOOKERS = word_set(
    "US GB FR DE PL NO SE FI EE LV LT IT ES NL BE CA AU JP EU UN TR QA EG VA CH NZ KR DK CZ AT IE PT GR RO BG HU SK SI HR LU BR CN"
)
_OF_ITS_OWN = re.compile(r"\b(?:health|hospitals?|doctors|medics|ambulance|emergency|rescue(?:rs?)?|civil defen[cs]e)\b", re.IGNORECASE)


@cache
def rivals() -> frozenset[tuple[str, str]]:
    return frozenset(pair for one, other in rows("rivals") for pair in ((one, other), (other, one)))


def is_armed_group(party: str | None) -> bool:
    """A party that is neither a country nor an onlooker: named in words."""
    return party is not None and party not in BODIES and not (len(party) == 2 and party.isupper())


@cache
def opponents() -> dict[str, str]:
    """Side -> the state it is at war with."""
    return {row[0]: row[1] for row in rows("wars") if row[1]}


def are_at_war(one: str | None, other: str | None) -> bool:
    """The one tells of the other's losses as an enemy's."""
    return one is not None and other is not None and (opponents().get(one) == other or opponents().get(other) == one)


def is_group(party: str) -> bool:
    """An armed group's name, as parties have it."""
    return party in groups()


@cache
def groups() -> frozenset[str]:
    return frozenset(row[1] for row in rows("actors") if row[2] == "group")


def counted_by(name: str | None, party: str | None) -> str | None:
    """The side whose dead this body counts: Mediazona Russia's, the Syrian Observatory for Human Rights Syria's, who heals or rescues in
    a country at war its own."""
    row = by_first("counters").get(name or "")
    if row is not None:
        return row[1]
    return party if party is not None and is_belligerent(party) and _OF_ITS_OWN.search(name or "") else None


def voice_of(party: str | None) -> str | None:
    """The code under which a side speaks: a group that rules a country or territory, or claims to, speaks as that; others as themselves."""
    return voices().get(party or "", party)


@cache
def voices() -> dict[str, str]:
    return {row[0]: row[2] for row in rows("wars") if row[2]}


def is_state(party: str | None) -> bool:
    """A country's code, of whoever is at war or looks on."""
    return party is not None and len(party) == 2 and party.isupper() and party not in BODIES


def is_belligerent(party: str) -> bool:
    """False for those who report the losses of others: the press, the United Nations, charities, allies and armed groups."""
    return len(party) == 2 and party.isupper() and party not in _ONLOOKERS
