"""In: a sentence that tells what some of those counted just before are ('Three of them were children'), and that claim. Out: the claims."""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.extract.attribution import Credit
from ingest.extract.grounding import Core
from ingest.extract.lexicons import Entry
from ingest.extract.lost import ARMED, EXCHANGE
from ingest.extract.quantified import Counted, counted_nouns
from ingest.extract.sides import side_of
from ingest.extract.tagging import Tagged
from ingest.extract.tokens import lowered
from ingest.extract.wars import is_armed_group, voice_of
from ingest.records import CasualtyClaim, Span

WORDS = frozenset(
    {"among", "them", "include", "includes", "included", "dead", "victims", "killed", "wounded", "injured", "casualties", "slain"}
)
_THOSE = "dead|victims|killed|slain|wounded|injured|casualties|eliminated|captured"
_OF_WHOM = re.compile(  # for text in lower case
    rf"\b(?<!\bmost )(?<!\bsome )(?<!\ball )(?<!\bmany )(?<!\bhalf )(?:among|of) (?:them|(?:the|those) (?P<those>{_THOSE})(?: \w+)?)\b"
    r"|\b^of (?:these|those|them)\b,?"
    r"|\b^of (?:the|those|these|its|their) (?:\w+ )?[\d,]+ "  # "Of the 1,200 people killed, 800 were civilians"
    rf"|\b(?:they|(?:the|those) (?P<subject>{_THOSE})) (?:also )?includ(?:e|es|ed)\b"
)
_MEASURES = {
    "dead": "killed",
    "killed": "killed",
    "slain": "killed",
    "wounded": "wounded",
    "injured": "wounded",
    "captured": "captured",
    "eliminated": "casualties",
}
_ARE_KIND = re.compile(r"B[wd]{0,2}(?P<kind>A?P)(?![wB])")  # "were Ukrainian children", not "were soldiers killed"


def parts_of(tagged: Tagged, before: CasualtyClaim, credit: Credit | None, told: set[int]) -> list[tuple[CasualtyClaim, Core]]:
    """Claims about numbers of `tagged` that name the kind of some of the people of `before`; numbers at the offsets `told` are known."""
    if before.category != "personnel" or (before.measure == "captured" and EXCHANGE.search(tagged.text)):
        return []  # things have no kinds of people; "Four have been let go, two elderly captives among them"
    whole = _OF_WHOM.search(lowered(tagged.text))
    found: list[tuple[CasualtyClaim, Core]] = []
    nouns = counted_nouns(tagged)
    untold = [n.first for n in nouns if not n.is_subset and n.head is not None and n.quantity.start not in told]
    for noun in nouns:
        if noun.is_subset and untold and untold[0] < noun.first:
            continue  # "pulled out six people, one of them a child": of those six, who are no loss
        kind = _kind(tagged, noun, whole is not None) if noun.quantity.start not in told else None
        if kind is not None and _is_less(noun, before):
            found.append((_claim(tagged, before, credit, noun, kind, whole), Core(noun.quantity.start, noun.quantity.end)))
    return found


def _kind(tagged: Tagged, noun: Counted, is_whole_named: bool) -> Entry | None:
    """The person noun that tells what the counted are: counted itself ('among them three children'), or behind 'were'."""
    behind = _ARE_KIND.match(tagged.tags, noun.last + 1)
    if behind is not None and (is_whole_named or (noun.head is None and noun.first == 0)):
        return _person(tagged, behind.end("kind") - 1)
    return _person(tagged, noun.head) if is_whole_named and noun.head is not None and noun.head > noun.first else None


def _person(tagged: Tagged, at: int) -> Entry | None:
    value = tagged.chunks[at].value
    is_told = isinstance(value, Entry) and value.lexicon == "persons" and (value.row[1] or value.row[2])
    return value if is_told and isinstance(value, Entry) else None


def _is_less(noun: Counted, before: CasualtyClaim) -> bool:
    part, whole = noun.quantity.low or noun.quantity.high, before.low or before.high
    return part is not None and whole is not None and part < whole


def _claim(
    tagged: Tagged, before: CasualtyClaim, credit: Credit | None, noun: Counted, kind: Entry, whole: re.Match[str] | None
) -> CasualtyClaim:
    quantity = noun.quantity
    own = side_of([c for c in tagged.chunks[noun.first : noun.last + 1] if c.tag == "A"])  # "50 of them died against nine Nigerian troops"
    word = next((w.lower() for w in (whole.groupdict().values() if whole else ()) if w), "")
    claim = replace(
        before,
        span=Span(char_start=tagged.start, char_end=tagged.end, sentence_start=tagged.start, sentence_end=tagged.end),
        rule="part",
        low=quantity.low,
        high=quantity.high,
        qualifier=quantity.qualifier,
        measure=_MEASURES.get(word, before.measure),
        population=kind.row[1] or before.population,
        subject=kind.row[2] or None,
        is_subset=True,
        party=None if kind.row[2] in ("foreigner", ARMED) and own is None and not is_armed_group(before.party) else own or before.party,
    )
    return claim if credit is None else replace(claim, claimant=credit.name, claimant_party=voice_of(credit.party))
