"""In: a tagged sentence. Out: the losses it states: number, measure, what was lost, and where in the sentence each stands."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.lexicons import Entry
from ingest.extract.quantified import Counted, counted_nouns, head_entry, lists
from ingest.extract.tagging import Chunk, Tagged

_AFTER = re.compile(
    r"(?P<post>(?:[op][dAULRKwPEnsD]{1,6}?|cd[AwRK]{0,2}P){0,2}),?(?P<aux>[mwV]{0,3}B[BwDm]{0,3}|[mwVc]{0,2})(?P<verb>t(?:ct)?|i|l|pd?[nt]|n)"
)
_LISTED = re.compile(r"(?P<head>[PE](?:[oc,][PE])*)(?:\([^)]{0,4}\))?[-:](?P<number>N)")
_UNCOUNTED = re.compile(r"[tgvl]d[AwRKEXPL]{1,5},?c$")  # "destroyed a tank and two howitzers"
_OBJECT_STARTS = "NdPEAKj"
_FILLERS = frozenset("another a an further additional also only the its their his our just some reportedly all".split())
_ADVERBS = frozenset("also reportedly then later all already both either apparently".split())
_BE = frozenset("stands stood stand put is was were are at estimated of reached total totalled totaled totalling totaling numbered hit".split())
_TO = frozenset("amounted amount amounts rose risen rise climbed grown grew increased up came come comes jumped soared equal fell".split())
_CONDITIONS = frozenset({"if", "unless", "whether"})
_PERHAPS = frozenset({"may", "might", "must", "could"})
_EXCHANGE = re.compile(r"\b(?:exchang|swap|releas|return|repatriat|freed|free[sd]? )", re.IGNORECASE)


class Loss(NamedTuple):
    """One stated loss. `verb` is the chunk that tells the measure; `rule` names the pattern; `noun` gives number and head."""

    noun: Counted
    verb: int
    measure: str
    category: str
    population: str | None
    subject: str | None
    is_subset: bool
    rule: str


class _Event(NamedTuple):
    verb: int
    rule: str
    voice: str


def find_losses(tagged: Tagged, is_listing: bool = False) -> list[Loss]:
    """Losses in text order. `is_listing`: a heading before said that losses follow, so 'tanks – 3,121' and '3,121 tanks' count."""
    found: list[Loss] = []
    groups = lists(tagged, counted_nouns(tagged))
    for position, group in enumerate(groups):
        event = None if _is_void(tagged, group[0].first) else _event(tagged, group, groups[position + 1] if position + 1 < len(groups) else None)
        if event is None and group[0].is_subset and found:
            event = _Event(found[-1].verb, "subset", "")
        if event is None and group[0].head is not None and (is_listing or _follows_loss_heading(tagged, group[0].first)):
            event = _Event(group[0].first, "loss_list", "list")
        if event is not None:
            found.extend(loss for noun in group if (loss := _loss(tagged, noun, event, found)))
    if is_listing or _has_heading(tagged):
        found.extend(_listed(tagged, {loss.noun.first for loss in found}))
    return found


def _is_void(tagged: Tagged, first: int) -> bool:
    """'no one', 'not one of the drones', 'if 300 soldiers …': nothing is claimed."""
    if first and tagged.tags[first - 1] == "Z":
        return True
    for chunk in reversed(tagged.chunks[:first]):
        if chunk.tag in ",;:S":
            return False
        if chunk.text.lower() in _CONDITIONS:
            return True
    return False


def _follows_loss_heading(tagged: Tagged, first: int) -> bool:
    return _has_heading(tagged) and 0 <= tagged.tags.find(":") < first


def _has_heading(tagged: Tagged) -> bool:
    """'Enemy losses: …' within the sentence."""
    colon = tagged.tags.find(":")
    return colon > 0 and any(c.tag in "nf" and c.text.lower() in ("losses", "loss", "casualties") for c in tagged.chunks[:colon])


def _event(tagged: Tagged, group: list[Counted], following: list[Counted] | None) -> _Event | None:
    return (
        _count_noun(tagged, group[-1])
        or _lost_or_killed_before(tagged, group[0])
        or _nominal_before(tagged, group[0])
        or _amount_before(tagged, group[0])
        or _verb_after(tagged, group[-1].last + 1, group[-1])
        or _verb_after_subset(tagged, following)
    )


def _verb_after_subset(tagged: Tagged, following: list[Counted] | None) -> _Event | None:
    """'12 people, including 3 children, were killed': the verb stands behind the inserted part."""
    if following is None or not following[0].is_subset:
        return None
    return _verb_after(tagged, following[-1].last + 1, following[-1], needs_aux=True)


def _verb_after(tagged: Tagged, at: int, noun: Counted, needs_aux: bool = False) -> _Event | None:
    match = _AFTER.match(tagged.tags, at)
    if match is None:
        return None
    verb, aux = match.start("verb"), tagged.chunks[match.start("aux") : match.end("aux")]
    kind = tagged.tags[verb]
    has_be = any(c.tag == "B" for c in aux)
    if not _is_asserted(aux) or (needs_aux and not has_be and kind != "i"):
        return None
    if kind == "p":
        return _among(tagged, match, has_be)
    if kind == "n":
        return _Event(verb, "predicate", "n") if tagged.chunks[verb].text.lower() in ("dead", "missing") else None
    if kind == "i":
        return _Event(verb, "intransitive", "i")
    if kind == "l" and not has_be:
        is_listed = noun.head is not None and tagged.tags[noun.head] == "E" and tagged.tags[verb + 1 : verb + 2] in ("", ",", "p", ";", "D")
        return _Event(verb, "reduced_passive", "l") if is_listed else None
    if not has_be and not _is_reduced(tagged, aux, match, noun):
        return None
    return _Event(match.end() - 1 if match.end() - verb > 1 else verb, "passive" if has_be else "reduced_passive", "t")


def _among(tagged: Tagged, match: re.Match[str], has_be: bool) -> _Event | None:
    """'three children were among the dead'."""
    if has_be and tagged.chunks[match.start("verb")].text.lower() == "among":
        return _Event(match.end() - 1, "among", "n")
    return None


def _is_asserted(aux: list[Chunk]) -> bool:
    """'will be killed' and 'could be killed' are forecasts; 'may have died' is a claim."""
    modals = [c.text.lower() for c in aux if c.tag == "m"]
    if not modals:
        return True
    return all(word in _PERHAPS for word in modals) and any(c.text.lower() == "have" for c in aux)


def _is_reduced(tagged: Tagged, aux: list[Chunk], match: re.Match[str], noun: Counted) -> bool:
    """'251 tanks destroyed' is passive; 'two soldiers killed three men' and 'soldiers have killed' are not."""
    if any(c.tag == "V" or (c.tag in "w" and c.text.lower() not in _ADVERBS) or c.tag == "c" for c in aux):
        return False
    if noun.head is None and match.group("post"):
        return False
    after = tagged.tags[match.end() : match.end() + 1]
    return after == "" or after not in _OBJECT_STARTS


def _lost_or_killed_before(tagged: Tagged, noun: Counted) -> _Event | None:
    """'killed 12', 'wounding 30 others', 'lost three helicopters'."""
    at = noun.first - 1
    while at >= 0 and noun.first - at <= 3 and tagged.chunks[at].text.lower() in _FILLERS:
        at -= 1
    joined = _UNCOUNTED.search(tagged.tags, max(0, at - 8), at + 1)
    if joined and noun.head is not None:
        at = joined.start()
    if at < 0 or tagged.tags[at] not in "tgvl":
        return None
    before = _before_adverbs(tagged, at - 1)
    if tagged.tags[at] == "t" and before >= 0 and tagged.tags[before] == "B":
        return None
    if tagged.tags[at] in "vl" and _is_unreal(tagged, before):
        return None
    if tagged.tags[at] == "t" and _is_unreal(tagged, before) or not _ends_phrase(tagged, noun):
        return None
    return _Event(at, "lose" if tagged.tags[at] == "l" else "active", tagged.tags[at])


def _before_adverbs(tagged: Tagged, at: int) -> int:
    while at >= 0 and tagged.tags[at] == "w" and (tagged.chunks[at].text.endswith("ly") or tagged.chunks[at].text.lower() in _FILLERS):
        at -= 1
    return at


def _is_unreal(tagged: Tagged, before: int) -> bool:
    """'did not lose', 'could kill', 'to destroy'. 'may have killed' is a claim and passes by its 'have'."""
    if before < 0:
        return False
    if tagged.tags[before] == "V":
        return before > 0 and (tagged.tags[before - 1] == "Z" or tagged.chunks[before - 1].text.lower() in ("would", "will"))
    return tagged.tags[before] in "Zm" or tagged.chunks[before].text.lower() == "to"


def _ends_phrase(tagged: Tagged, noun: Counted) -> bool:
    """A bare number must stand alone: 'killing 12.' but not 'killing 12 seals'."""
    return noun.head is not None or tagged.tags[noun.last + 1 : noun.last + 2] in ("", ",", ";", "c", "p", "x", "D", "-", "q", ")")


def _count_noun(tagged: Tagged, noun: Counted) -> _Event | None:
    """'70,000 casualties', '14 civilian deaths', 'five people dead'."""
    if noun.head is None or tagged.tags[noun.head] != "n":
        return None
    before = tagged.tags[max(0, noun.first - 2) : noun.first]
    return None if "Z" in before else _Event(noun.head, "count_noun", "n")


def _nominal_before(tagged: Tagged, noun: Counted) -> _Event | None:
    """'the deaths of 14 soldiers', 'the loss of 30 tanks'."""
    at = noun.first - 1
    while at >= 0 and tagged.tags[at] == "d":
        at -= 1
    if noun.head is None or at < 0:
        return None
    at -= tagged.tags[at] == "o"
    if at >= 0 and tagged.tags[at] in "nf" and (tagged.tags[at] == "f" or tagged.tags[at + 1] == "o"):
        return _Event(at, "nominal", "f")
    return None


def _amount_before(tagged: Tagged, noun: Counted) -> _Event | None:
    """'casualties have amounted to 5,300', 'the death toll rose to 12', 'a death toll of 12'."""
    at = noun.first - 1
    if at < 1 or (noun.head is not None and tagged.tags[noun.head] == "E"):
        return None
    word, earlier = tagged.chunks[at].text.lower(), tagged.chunks[at - 1].text.lower()
    opens = isinstance(tagged.chunks[noun.first].value, tuple) and re.match(r"(?:exceed|surpass|topped|passed)", tagged.chunks[noun.first].text.lower())
    if not (word in _BE or (word == "to" and (earlier in _TO or tagged.tags[at - 1] == "w")) or opens):
        return None
    for back in range(at, max(-1, at - 11), -1):
        if tagged.tags[back] in "ZS;:qN" or (tagged.tags[back] == "m"):
            return None
        if tagged.tags[back] == "n" and tagged.chunks[back].text.lower() in ("casualties", "losses", "deaths", "fatalities", "death toll", "dead"):
            return _Event(back, "amount", "n") if _ends_phrase(tagged, noun) else None
    return None


def _loss(tagged: Tagged, noun: Counted, event: _Event, earlier: list[Loss]) -> Loss | None:
    head = head_entry(tagged, noun)
    model = earlier[-1] if earlier else None
    is_equipment = head is not None and head.lexicon == "equipment"
    if event.rule == "subset" and model is not None:
        measure: str | None = model.measure if is_equipment == (model.category != "personnel") else None
    elif event.voice == "list":
        measure = "destroyed" if is_equipment else "casualties"
    else:
        measure = _measure(tagged, event, is_equipment)
    if not measure or (measure == "captured" and _EXCHANGE.search(tagged.text)):
        return None
    category, population, subject = _noun_fields(tagged, noun, head, model)
    return Loss(noun, event.verb, measure, category, population, subject, noun.is_subset or event.rule == "among", event.rule)


def _measure(tagged: Tagged, event: _Event, is_equipment: bool) -> str | None:
    entry = tagged.chunks[event.verb].value
    if not isinstance(entry, Entry) or entry.lexicon != "verbs":
        return None
    form, _, people, equipment = entry.row
    if form.startswith(("suffer", "sustain", "incur")):
        return None
    if is_equipment:
        return equipment or None
    if event.voice in ("t", "g", "v") and _is_paired(tagged, event.verb):
        return "casualties"
    if event.rule == "lose" and re.search(r"\b(?:wounded|injured)\b", tagged.text):
        return "killed"  # "lost 498 troops, with 1,597 wounded" sets the dead apart
    return people or None


def _is_paired(tagged: Tagged, verb: int) -> bool:
    """'killed and wounded', 'killing or injuring': dead and wounded counted together."""
    tags = tagged.tags
    return verb >= 2 and tags[verb - 1] == "c" and tags[verb - 2] in "tgv" and tags[verb - 2] == tags[verb]


def _noun_fields(tagged: Tagged, noun: Counted, head: Entry | None, model: Loss | None) -> tuple[str, str | None, str | None]:
    """Category, population and subject of what the number counts."""
    if head is not None and head.lexicon == "equipment":
        return head.row[1], "military", head.row[2] or None
    people = [c.value for c in tagged.chunks[noun.first : noun.last + 1] if isinstance(c.value, Entry) and c.value.lexicon == "persons"]
    words = {c.text.lower() for c in tagged.chunks[noun.first : noun.last + 1]}
    population = next((p.row[1] for p in reversed(people) if p.row[1]), None)
    subject = next((p.row[2] for p in reversed(people) if p.row[2]), None)
    if population is None and words & {"civilian", "civilians"}:
        population = "civilian"
    if population is None and words & {"military", "combat", "battlefield", "army", "troop"}:
        population = "military"
    if noun.head is None and population is None and model is not None and model.category == "personnel":
        population = model.population
    if {"foreign"} & words and population == "military":
        population = "foreign_fighters"
    return "personnel", population, subject


def _listed(tagged: Tagged, taken: set[int]) -> list[Loss]:
    """'tanks – 3,121 (+4)': the noun first, then its number."""
    found: list[Loss] = []
    for match in _LISTED.finditer(tagged.tags):
        number, head = match.start("number"), match.start("head")
        entry, quantity = tagged.chunks[head].value, tagged.chunks[number].value
        if number in taken or not isinstance(entry, Entry) or entry.lexicon not in ("equipment", "persons"):
            continue
        noun = Counted(quantity, head, number, head, False)  # type: ignore[arg-type]  # tag N always carries a Quantity
        is_equipment = entry.lexicon == "equipment"
        category, population, subject = _noun_fields(tagged, noun, entry, None)
        measure = "destroyed" if is_equipment else "casualties"
        found.append(Loss(noun, head, measure, category, population, subject, False, "listed"))
    return found
