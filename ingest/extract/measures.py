"""In: a counted noun and its event. Out: the measure: killed, wounded, captured, missing, casualties, destroyed, damaged."""

from __future__ import annotations

import re

from ingest.extract.lexicons import Entry, by_first
from ingest.extract.phrases import Event
from ingest.extract.quantified import Counted
from ingest.extract.tagging import Tagged

FEW_LOST = 5
LOSSES = frozenset({"losses", "loss", "casualties"})
_FATAL = re.compile(r"(?: of (?:them|these|those|whom|which))?(?: were| was| had proved| proved| proving)? fatal(?:ly|ities)?\b")
_WOUNDED_COUNTED = re.compile(r"\d (?:\w+ ){0,3}(?:wounded|injured)\b|\b(?:wounded|injured) \w+ \d")


def measure_of(tagged: Tagged, event: Event, noun: Counted, is_equipment: bool) -> str | None:
    """What the verb or noun of the event says of people or of equipment, else what the words behind say of those lost."""
    entry = tagged.chunks[event.verb].value
    own = entry.row if isinstance(entry, Entry) and entry.lexicon == "verbs" else None
    row = by_first("verbs")[event.form] if event.form else own
    if row is None:
        return None
    form, _, people, equipment = row
    if form in ("suffered", "suffers", "sustained", "incurred"):
        return None if is_equipment else _fate(tagged, noun)  # "suffered a million killed and wounded"
    if is_equipment:
        first = _first_of_pair(tagged, event)
        return first or equipment or None
    if people and event.form is None and _is_paired(tagged, event):
        return "casualties"
    is_sum_of_losses = event.rule in ("amount", "nominal", "count_noun") and tagged.chunks[event.verb].text.lower() in LOSSES
    if (event.rule == "lose" or is_sum_of_losses) and (told := _fate(tagged, noun)):
        return told
    if event.rule == "lose" and (noun.quantity.high or noun.quantity.low or 0) <= FEW_LOST:
        return "killed"  # "lost two soldiers in February": so few are told of one by one
    if event.rule == "lose" and _WOUNDED_COUNTED.search(tagged.text):
        return "killed"  # "lost 498 troops, with 1,597 wounded" sets the dead apart
    return people or None


def _first_of_pair(tagged: Tagged, event: Event) -> str | None:
    """'destroyed or captured' is lost either way."""
    value = tagged.chunks[event.verb - 2].value if event.voice == "t" and tagged.tags[max(0, event.verb - 2) : event.verb] == "tc" else None
    return "destroyed" if isinstance(value, Entry) and value.lexicon == "verbs" and value.row[3] == "destroyed" else None


def measure_of_part(tagged: Tagged, noun: Counted, of_whole: str) -> str:
    """That of the whole, unless 'casualties, 600 of them fatal'."""
    if own := next((told for at in range(noun.first + 1, noun.last) if tagged.tags[at] == "t" and (told := _tells(tagged, at))), None):
        return own  # "120,000 deaths and 170,000 injured troops"
    is_fatal = of_whole == "casualties" and _FATAL.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) is not None
    return "killed" if is_fatal else of_whole


def _is_paired(tagged: Tagged, event: Event) -> bool:
    """'killed and wounded', 'killing or injuring', 'dead or wounded': dead and wounded counted together."""
    tags, verb = tagged.tags, event.verb
    if event.voice == "n":
        return (
            tags[verb + 1 : verb + 3] in ("ct", "cn")
            and tags[verb + 3 : verb + 4] != "N"
            and _tells(tagged, verb) != _tells(tagged, verb + 2)
        )
    if event.voice == "t" and re.match(r",[ti],?c[VB]?[ti]", tags[verb + 1 : verb + 7]):
        return True  # "wounded, killed or gone missing"
    return (
        event.voice in ("t", "g", "v")
        and verb >= 2
        and tags[verb - 1] == "c"
        and tags[verb - 2] in "tgvn"
        and _tells(tagged, verb - 2) != ""
    )


def _fate(tagged: Tagged, noun: Counted) -> str | None:
    """'lost 4,300 soldiers killed', 'lost 90 men to captivity': what became of those lost."""
    after = noun.last + 1
    if tagged.tags[after : after + 1] != "t" or tagged.tags[after + 1 : after + 2] == "N":
        return None
    if tagged.tags[after + 1 : after + 2] == "c":
        if tagged.tags[after + 2 : after + 3] == "d":
            return _tells(tagged, after) or None  # "12 soldiers killed and the commander injured"
        return "casualties" if tagged.tags[after + 2 : after + 3] == "t" else None
    return _tells(tagged, after) or None


def _tells(tagged: Tagged, at: int) -> str:
    """What the verb or noun at `at` says of people."""
    value = tagged.chunks[at].value
    return value.row[2] if isinstance(value, Entry) and value.lexicon == "verbs" else ""
