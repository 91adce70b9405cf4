"""In: a counted noun in its sentence. Out: what the number counts: category, population and subject."""

from __future__ import annotations

import re

from ingest.extract.lexicons import Entry
from ingest.extract.lost import ARMED, Loss
from ingest.extract.quantified import Counted
from ingest.extract.tagging import Tagged

_STATE_SIDES = frozenset({"regime", "government", "army", "junta", "pro-government", "loyalist", "pro-regime"})
_OTHER_KIND = {"civilian": "military", "military": "civilian"}
_MEMBERS = frozenset({"member", "members", "figures", "men", "leaders"})
_CIVILIANS = re.compile(r"\bcivilians?\b", re.IGNORECASE)
_TROOPS = re.compile(r"\b(?:soldiers?|troops|servicem[ae]n|fighters?|militants?|military)\b", re.IGNORECASE)
_OF_FORCES = re.compile(
    r" of (?:the |its |their )?(?:\w+ )?(?:security forces|armed forces|forces|army|military|navy|air force|national guard)\b",
    re.IGNORECASE,
)
_IN_ACTION = re.compile(r"(?: have| had)?(?: been| were)? \w+ in (?:action|combat|battle)\b")
_OF_DEAD = re.compile(r"Nod?[nt]B[wd]{0,2}A?P(?![wB])")
_JOINED_KIND = re.compile(r"cd?A?P")
_DEAD_OR_HURT = re.compile(r"[nt]c[nt]A?P")


def noun_fields(tagged: Tagged, noun: Counted, head: Entry | None, model: Loss | None) -> tuple[str, str | None, str | None]:
    """Category, population and subject of what the number counts."""
    if head is not None and head.lexicon == "equipment":
        return head.row[1], "military", head.row[2] or None
    antecedent = [tagged.chunks[noun.head]] if noun.head is not None and noun.head < noun.first else []
    people = [
        c.value
        for c in (*antecedent, *tagged.chunks[noun.first : noun.last + 1])
        if isinstance(c.value, Entry) and c.value.lexicon == "persons"
    ]
    if not people and head is not None and head.lexicon == "persons":
        people.append(head)  # "one teacher"
    words = {c.text.lower() for c in tagged.chunks[noun.first : noun.last + 1]}
    behind = _DEAD_OR_HURT.match(tagged.tags, noun.head) if noun.head is not None else None
    if behind is not None and isinstance(value := tagged.chunks[behind.end() - 1].value, Entry) and value.lexicon == "persons":
        people.append(value)  # "180,000 dead or wounded soldiers"
    if noun.head is not None and (kind := _kind_of_dead(tagged, noun)) is not None:
        people.append(kind)
    kinds = [p.row[1] for p in people if p.row[1]]
    population = kinds[-1] if kinds else None
    if population in _OTHER_KIND and _OTHER_KIND[population] == _joined_kind(tagged, noun):
        population = "mixed"
    subject = next((p.row[2] for p in reversed(people) if p.row[2]), None)
    if population is None and _is_member_of_group(tagged, noun):
        population = "military"
    if population is None and words & {"civilian", "civilians"}:
        population = "civilian"
    if population in (None, "civilian") and words & {"military", "combat", "battlefield", "army", "troop"}:
        population = "military"
    if population is None and _OF_FORCES.match(tagged.text, tagged.chunks[noun.last].end - tagged.start):
        population = "military"
    if noun.head is None and population is None and model is not None and model.category == "personnel":
        population = model.population
    if noun.head is None and population is None and model is None and _CIVILIANS.search(tagged.text) and not _TROOPS.search(tagged.text):
        population = "civilian"  # "Civilians paid most: 11,700 killed"
    if population is None and (_IN_ACTION.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) or words & {"his", "our", "my"}):
        population = "military"
    if subject == ARMED and words & _STATE_SIDES:
        subject = None  # "27 regime and allied fighters": no armed group's
    if {"foreign"} & words and population == "military":
        population = "foreign_fighters"
    return "personnel", population, subject


def _joined_kind(tagged: Tagged, noun: Counted) -> str | None:
    """'80 civilians and soldiers', '80 rebels and their families': the kind of the people counted along."""
    match = _JOINED_KIND.match(tagged.tags, noun.last + 1)
    is_counted = match is not None and ("d" not in match.group() or tagged.chunks[match.start() + 1].text.lower() == "their")
    value = tagged.chunks[match.end() - 1].value if match is not None and is_counted else None
    return value.row[1] if isinstance(value, Entry) and value.lexicon == "persons" else None


def _kind_of_dead(tagged: Tagged, noun: Counted) -> Entry | None:
    """'Six of the dead were children': the kind of people behind the verb."""
    match = _OF_DEAD.match(tagged.tags, noun.first)
    value = tagged.chunks[match.end() - 1].value if match else None
    return value if isinstance(value, Entry) and value.lexicon == "persons" else None


def _is_member_of_group(tagged: Tagged, noun: Counted) -> bool:
    """'seven ISIS members', 'two members of Hamas': fighters by the armed group that they belong to."""
    if noun.head is None or tagged.chunks[noun.head].text.lower() not in _MEMBERS:
        return False
    owner = re.match(r"od?A", tagged.tags[noun.last + 1 :])
    named = [*tagged.chunks[noun.first : noun.last + 1], *(tagged.chunks[noun.last + owner.end() :][:1] if owner else ())]
    return any(isinstance(c.value, Entry) and c.value.lexicon == "actors" and c.value.row[2] == "group" for c in named)
