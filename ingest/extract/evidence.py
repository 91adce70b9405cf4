"""In: a loss in its sentence, and who tells of it. Out: the case that evidence on its side judges, and what the words of the counted phrase
tell: '12 Russian soldiers', '300 enemy troops'."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.context import Context
from ingest.extract.lexicons import Entry, by_first
from ingest.extract.lost import Loss
from ingest.extract.quantified import head_entry
from ingest.extract.sides import side_of
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.wars import OCCUPIER, OPPONENT, is_armed_group, voice_of

ENEMY = frozenset({"enemy", "enemy's", "adversary", "adversary's", "occupiers", "invaders", "occupants", "aggressor", "occupier"})
_ATTACKERS = frozenset({"attackers", "attacker"})
_INVADERS = frozenset({"invaders", "occupiers", "occupants", "occupier", "aggressor"})
_FORMER = frozenset({"former", "ex", "demobilised", "demobilized"})
_OTHER_KIND = re.compile(r"A[Uw]?P")


class Claimant(NamedTuple):
    """Who speaks: its side, and the side whose dead it counts where it was set up to count those of one."""

    party: str | None
    counts: str | None


NOBODY = Claimant(None, None)


class Case(NamedTuple):
    """A loss in the sentence number `at`, who tells of it, the side of the list before it (`earlier`), and the counted `phrase`."""

    context: Context
    at: int
    tagged: Tagged
    loss: Loss
    claimant: Claimant
    earlier: str | None
    is_item: bool
    phrase: list[Chunk]
    words: frozenset[str]  # of the phrase, lower case


Verdict = tuple[str | None] | None
"""What a piece of evidence says: nothing (None), that it is this side, or that nobody can tell (a tuple with None)."""


def if_told(side: str | None) -> Verdict:
    return (side,) if side else None


def by_phrase(case: Case) -> Verdict:
    """'12 Russian soldiers'; 'Russian and Ukrainian soldiers' are no one side's."""
    sides = {voice_of(c.value.row[1]) for c in case.phrase if c.tag == "A" and isinstance(c.value, Entry)}
    if len(sides) > 1 and case.loss.rule != "nominal":
        return (None,)
    if case.loss.is_subset and case.earlier and case.loss.category != "personnel":
        return (case.earlier,)  # "22 launchers, among them five American HIMARS"
    named = side_of([c for c in case.phrase if c.tag in "AU"]) or side_of_people(case.phrase)
    return None if is_armed_group(named) and case.words & _FORMER else if_told(named)


def by_enemy(case: Case) -> Verdict:
    """'300 enemy troops'."""
    return (enemy_of(case.words, case.claimant.party),) if any(is_foe(word, case.claimant.party) for word in case.words) else None


def is_foe(word: str, claimant_party: str | None) -> bool:
    """'the enemy'; 'the attackers' where one of the two armies of the main war speaks."""
    return word in ENEMY or (word in _ATTACKERS and claimant_party in OPPONENT)


def by_make(case: Case) -> Verdict:
    """'two HIMARS launchers', 'three Tu-95s': arms that one side of the main war alone has."""
    entry = head_entry(case.tagged, case.loss.noun) if case.loss.category != "personnel" else None
    make = by_first("makes").get(entry.row[2]) if entry is not None and entry.lexicon == "equipment" else None
    if make is None or not (case.claimant.party in OPPONENT or all(case.context.names_side(side) for side in OPPONENT)):
        return None
    return (make[1],)


def phrase_of(tagged: Tagged, loss: Loss) -> list[Chunk]:
    """The counted noun and what is tied to its end by 'of' or 'from'."""
    last = loss.noun.last + 1
    on_side = re.match(r"(?:[tn]?)pdA", tagged.tags[last:])
    if (
        on_side
        and tagged.chunks[last + on_side.end() : last + on_side.end() + 1]
        and tagged.chunks[last + on_side.end()].text.lower() == "side"
    ):
        return tagged.chunks[loss.noun.first : last + on_side.end()]  # "30 dead on the Thai side"
    if tagged.chunks[last - 1].text.lower() == "other" and (kind := _OTHER_KIND.match(tagged.tags, last)):
        return tagged.chunks[loss.noun.first : kind.end()]  # "12 other Hezbollah fighters"
    if tagged.tags[last : last + 4] == "cNPP" and tagged.chunks[last + 2].text.lower() == "other":
        last += 4  # "six commanders and 3,856 other members of …"
    if tagged.tags[last : last + 1] == "o" or (last < len(tagged.chunks) and tagged.chunks[last].text.lower() == "from"):
        stop = min(len(tagged.chunks), last + 5)
        while last < stop and (tagged.tags[last] in "odAURsp()" or tagged.chunks[last].text.lower() in ENEMY):
            last += 1
    return tagged.chunks[loss.noun.first : last]


def side_of_people(chunks: list[Chunk]) -> str | None:
    """'two Nepalis', '985 Maoists': people who are called by their nation or group."""
    for chunk in chunks:
        if chunk.tag == "P" and isinstance(chunk.value, Entry) and chunk.value.lexicon == "actors":
            return chunk.value.row[1]
    return None


def enemy_of(words: set[str] | frozenset[str], claimant_party: str | None) -> str | None:
    """Whom the speaker calls so; 'the invaders' are Russia's whoever speaks."""
    if claimant_party in OPPONENT:
        return OPPONENT[claimant_party]
    return OCCUPIER if words & _INVADERS else None


def is_speaker(tagged: Tagged, at: int) -> bool:
    """'Kyiv said': a verb of saying stands behind the name."""
    return tagged.tags[at + 1 : at + 2] in ("S", "G")
