"""In: a tagged sentence. Out: the losses it states: number, measure, what was lost, and where in the sentence each stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ingest.extract.continued import event_behind
from ingest.extract.kinds import noun_fields
from ingest.extract.lexicons import Entry, by_first
from ingest.extract.lost import EXCHANGE, Loss, is_no_loss
from ingest.extract.measures import LOSSES, measure_of, measure_of_part
from ingest.extract.patterns import find_event, part_of_uncounted, parted_by_verbs
from ingest.extract.phrases import Event, is_of_living, is_ratio, is_void, untrue_in
from ingest.extract.quantified import Counted, counted_nouns, head_entry, lists
from ingest.extract.tagging import Tagged

_LISTED = re.compile(r"(?P<head>E(?:[oc,x][PE])*|P(?:[oc,]P)*)[wA]{0,2}(?:\([^)]{0,4}\))?[-:](?P<number>N)")
_INCLUDES = frozenset({"include", "includes", "included", "including", "comprise", "comprised", "comprises"})
_SUMS = frozenset({"total", "tally", "toll"})
_REST = frozenset({"other", "others"})
_COUNTING = re.compile(
    r"\b(?:counts?|counted|names?|named|lists?|listed|records?|recorded|registers?|registered|logs|logged|tallies|tallied)"
    r"(?: (?:also|further|another|some))?\s*$"
    r"|\b[Ii]n (?:its|the|their|his) (?:ledger|list|register|count|tally|books?|records|database) (?:are|were|stand|stood)\s*$"
)
_SHARE_OF_LOSSES = re.compile(r"Ewp$")
_OF_THE = re.compile(r"(?:^K|o|[^\w]w?o)dN[wA]{0,2}E$")  # "of the 26 launchers"
_STRENGTH = re.compile(r"\b(?:ranks|strength|strong|arsenal|stock|fleet|service|command|deployed|serving|reserve|at its disposal)\b")
_RECALLED = re.compile(
    r"[\"“]?(?:They|Both|All)(?: of them)?"
    r"(?: (?:were|are|have|had|been|later|also|all|both|reportedly|then|subsequently|immediately|instantly|now|believed|to|be)){0,5}"
    r" (?P<fate>killed|died|dead|perished|executed|shot dead|murdered|wounded|injured|captured|taken (?:prisoner|captive|hostage)|abducted"
    r"|kidnapped|missing)\b"
    r"|[\"“]?None(?: of them)? (?P<none>survived)\b"
)
_FATES = {
    "wounded": "wounded",
    "injured": "wounded",
    "captured": "captured",
    "abducted": "captured",
    "kidnapped": "captured",
    "missing": "missing",
}


class Equipment(NamedTuple):
    """A kind of equipment and how many of it a sentence counts."""

    number: int
    entry: Entry


CountedBefore = Callable[[], tuple[Equipment, ...]]


def find_losses(tagged: Tagged, is_listing: bool = False, counted_before: CountedBefore = tuple, is_told: bool = False) -> list[Loss]:
    """Losses in text order. `is_listing`: a heading before said that losses follow, so 'tanks – 3,121' and '3,121 tanks' count;
    `is_told`: a claim stands just ahead, so that 'it names 104 tanks and 575 vehicles' goes on with it;
    `counted_before` gives the equipment that the sentence ahead counts, for 'Forty of them were shot down'."""
    if "N" not in tagged.tags:
        return []
    found: list[Loss] = []
    groups = parted_by_verbs(tagged, lists(tagged, counted_nouns(tagged)))
    untrue = untrue_in(tagged)
    for position, group in enumerate(groups):
        following = groups[position + 1] if position + 1 < len(groups) else None
        is_nothing = is_void(tagged, group[0].first) or is_ratio(tagged, group[-1]) or is_of_living(tagged, group[-1])
        if is_nothing or tagged.chunks[group[0].first].start in untrue:
            continue
        event = find_event(tagged, group, following)
        if event is None and found:
            event = event_behind(tagged, found[-1], group)
        if event is None and group[0].is_subset:
            event = Event(found[-1].verb, "subset", "") if found else part_of_uncounted(tagged, group[0])
        if (
            event is None
            and group[0].head is not None
            and (is_listing or _follows_loss_heading(tagged, group[0].first) or _is_included(tagged, group[0].first))
        ):
            event = Event(group[0].first, "loss_list", "list")
        if event is None and (is_told or found) and len(group) > 1 and _is_counted(tagged, group):
            event = Event(group[0].first, "ledger", "list")
        if event is None and len(group) > 1:  # "260,000 dead, 45,000 missing and 6.9 million people uprooted"
            group = [noun for noun in group if _has_own_noun(tagged, noun)]
            event = Event(group[0].head or 0, "count_noun", "n") if group else None
        if event is not None:
            told = ((noun, _own_event(tagged, noun, event)) for noun in group)
            found.extend(loss for noun, own in told if (loss := _loss(tagged, noun, own, found, counted_before)))
    if is_listing or _has_heading(tagged):
        found.extend(_listed(tagged, {loss.noun.first for loss in found}))
    return found


def equipment_in(tagged: Tagged) -> tuple[Equipment, ...]:
    """The equipment that a sentence counts, when it counts no people."""
    nouns = [(noun, head_entry(tagged, noun)) for noun in counted_nouns(tagged)]
    if any(entry is not None and entry.lexicon != "equipment" for _, entry in nouns):
        return ()
    return tuple(Equipment(noun.quantity.high or noun.quantity.low or 0, entry) for noun, entry in nouns if entry is not None)


def counts_on(tagged: Tagged) -> bool:
    """'it names 104 tanks, 575 vehicles and 330 guns': behind a claim a list under a verb of counting has no word of loss of its own."""
    return any(len(group) > 1 and _is_counted(tagged, group) for group in lists(tagged, counted_nouns(tagged)))


def _is_counted(tagged: Tagged, group: list[Counted]) -> bool:
    ahead = tagged.text[: tagged.chunks[group[0].first].start - tagged.start]
    return _COUNTING.search(ahead) is not None and _STRENGTH.search(tagged.text) is None


def tells_fate(text: str, at: int) -> bool:
    """'They were killed', 'None survived' stands at this offset; asked before the sentence ahead is tagged."""
    return _RECALLED.match(text, at) is not None


def recalled(tagged: Tagged, following: str) -> Loss | None:
    """'Two pilots were aboard.' and behind it 'They were killed': the one number of people of a sentence without a loss of its own."""
    match = _RECALLED.match(following)
    people = [noun for noun in counted_nouns(tagged) if noun.head is not None and tagged.tags[noun.head] == "P"]
    if match is None or len(people) != 1 or find_losses(tagged):
        return None
    fate = match["fate"] or "killed"
    measure = "captured" if fate.startswith("taken") else _FATES.get(fate, "killed")
    if measure == "captured" and EXCHANGE.search(following):
        return None
    noun = people[0]
    category, population, subject = noun_fields(tagged, noun, head_entry(tagged, noun), None)
    return Loss(noun, noun.head or noun.first, measure, category, population, subject, False, "recalled")


def _own_event(tagged: Tagged, noun: Counted, event: Event) -> Event:
    """In '100 casualties and 30 deaths' each number has its own noun; 'the bodies of three victims' are dead."""
    if event.rule in ("nominal", "active") and noun.head is not None and tagged.chunks[noun.head].text.lower() == "victims":
        return event
    return Event(noun.head or 0, "count_noun", "n") if _has_own_noun(tagged, noun) else event


def _has_own_noun(tagged: Tagged, noun: Counted) -> bool:
    return noun.head is not None and tagged.tags[noun.head] == "n" and noun.head > noun.first


def _follows_loss_heading(tagged: Tagged, first: int) -> bool:
    return _has_heading(tagged) and 0 <= tagged.tags.find(":") < first


def _is_included(tagged: Tagged, first: int) -> bool:
    """'its losses include 80 tanks', 'the tally also includes …'."""
    head = tagged.chunks[:first]
    if not head or head[-1].text.lower() not in _INCLUDES:
        return False
    return any(c.text.lower() in _SUMS or (c.tag in "nf" and c.text.lower() in LOSSES) for c in head[-10:])


def _has_heading(tagged: Tagged) -> bool:
    """'Enemy losses: …' within the sentence."""
    colon = tagged.tags.find(":")
    return colon > 0 and any(c.tag in "nf" and c.text.lower() in LOSSES for c in tagged.chunks[:colon])


def _loss(tagged: Tagged, noun: Counted, event: Event, earlier: list[Loss], counted_before: CountedBefore) -> Loss | None:
    wholes = [e for e in earlier if not e.is_subset or noun.is_subset]  # "15 people, 14 of them civilians, and 46 hurt"
    model = wholes[-1] if wholes else None
    noun = _with_head(tagged, noun, event, model)
    head = head_entry(tagged, noun) or _equipment_told(tagged, noun, event, counted_before)
    if head is None and noun.head is None and model is not None and model.category != "personnel" and _may_be_arms(tagged, event):
        head = Entry("equipment", ("", model.category, model.subject or ""))  # "15,051 of them were destroyed and 3,000 captured"
    is_equipment = head is not None and head.lexicon == "equipment"
    if event.rule == "subset" and model is not None:
        measure = measure_of_part(tagged, noun, model.measure) if is_equipment == (model.category != "personnel") else None
    elif event.voice == "list":
        measure = "destroyed" if is_equipment else "casualties"
    else:
        measure = measure_of(tagged, event, noun, is_equipment)
    if not measure:
        return None
    category, population, subject = noun_fields(tagged, noun, head, model)
    loss = Loss(noun, event.verb, measure, category, population, subject, _is_part(tagged, noun, event), event.rule)
    if is_no_loss(tagged, loss, model, earlier):
        return None
    if population is None and noun.head is not None and tagged.tags[noun.head] == "n":
        told = next((e.population for e in earlier if e.rule == "count_noun"), None)
        return loss._replace(population=told)  # "8,700 civilian deaths and 15,900 injuries"
    return loss


def _with_head(tagged: Tagged, noun: Counted, event: Event, model: Loss | None) -> Counted:
    """The counted noun with the word that says what was counted, where that stands elsewhere in the sentence."""
    is_rest = noun.head is not None and tagged.chunks[noun.head].text.lower() in _REST
    if (noun.head is None or is_rest) and (at := _equipment_before(tagged, noun, event, model)) is not None:
        noun = noun._replace(head=at)
    if noun.head is None and event.rule == "amount" and tagged.tags[event.verb - 1 : event.verb] in ("E", "P"):
        noun = noun._replace(head=event.verb - 1)  # "tank losses stand at 4,017", "the number of soldiers killed rose to 71"
    if noun.head is None and event.rule == "labelled" and event.verb and tagged.tags[event.verb - 1] in "PE":
        noun = noun._replace(head=event.verb - 1)  # "Militants killed: 31"
    if noun.head is None and event.rule == "amount" and tagged.tags[event.verb : event.verb + 2] == "tE":
        noun = noun._replace(head=event.verb + 1)  # "the number of eliminated tanks rose to 14"
    share = _SHARE_OF_LOSSES.search(tagged.tags, 0, noun.first) if event.rule == "count_noun" else None
    if share is not None and tagged.chunks[noun.first - 2].text.lower().startswith("account"):
        noun = noun._replace(head=share.start())  # "tanks account for 3,704 of the losses"
    return _with_people_behind(tagged, noun, event) if event.rule == "brought" else noun


def _with_people_behind(tagged: Tagged, noun: Counted, event: Event) -> Counted:
    """'to 454 the number of soldiers killed': 454 soldiers."""
    at = tagged.tags.rfind("P", noun.first, event.verb)
    return noun if at < 0 else noun._replace(head=at, last=at)


def _equipment_before(tagged: Tagged, noun: Counted, event: Event, model: Loss | None) -> int | None:
    """'36 drones destroyed and three intercepted', 'of which 12 were captured': the equipment that a bare number counts."""
    value = tagged.chunks[event.verb].value
    if not isinstance(value, Entry) or value.lexicon != "verbs" or not value.row[3]:
        return None
    if model is not None and model.category != "personnel" and model.noun.head is not None:
        return model.noun.head if "P" not in tagged.tags[model.noun.last : noun.first] else None
    if value.row[2] and not _is_of_the(tagged, noun):
        return None
    number = noun.quantity.low or noun.quantity.high or 0
    told = [n for n in counted_nouns(tagged) if n.last < noun.first and n.head is not None and tagged.tags[n.head] == "E"]
    enough = next((n.head for n in told if (n.quantity.high or n.quantity.low or 0) >= number), None)
    at = tagged.tags.rfind("E", 0, noun.first) if enough is None else enough
    return at if at >= 0 else None


def _is_of_the(tagged: Tagged, noun: Counted) -> bool:
    """'of the 26 launchers received one has been lost': one launcher."""
    at = tagged.tags.rfind("E", 0, noun.first)
    return at > 2 and _OF_THE.search(tagged.tags, 0, at + 1) is not None and "P" not in tagged.tags[at : noun.first]


def _equipment_told(tagged: Tagged, noun: Counted, event: Event, counted_before: CountedBefore) -> Entry | None:
    """'Russia launched 60 drones and four missiles. Forty-five were shot down': of the sentence before, the first kind of which there
    were as many; only a verb that is said of equipment alone asks for it."""
    verb = tagged.chunks[event.verb].value
    form = by_first("verbs").get(event.form or "") or (verb.row if isinstance(verb, Entry) and verb.lexicon == "verbs" else None)
    is_of_them = tagged.tags[noun.first : noun.last + 1] == "Noj"
    if noun.head is not None or form is None or (form[2] and not is_of_them) or not form[3]:
        return None
    number = noun.quantity.low or noun.quantity.high or 0
    return next((kind.entry for kind in counted_before() if kind.number >= number), None)


def _may_be_arms(tagged: Tagged, event: Event) -> bool:
    """The verb is said of equipment too."""
    value = tagged.chunks[event.verb].value
    is_done = event.rule in ("active", "passive", "reduced_passive")
    return is_done and isinstance(value, Entry) and value.lexicon == "verbs" and bool(value.row[3])


def _is_part(tagged: Tagged, noun: Counted, event: Event) -> bool:
    """'including three children', 'three of them', 'among the dead were three children'."""
    if noun.is_subset or event.rule in ("among", "subset"):
        return True
    return event.rule == "amount" and "among" in {c.text.lower() for c in tagged.chunks[max(0, event.verb - 2) : event.verb]}


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
        category, population, subject = noun_fields(tagged, noun, entry, None)
        measure = "destroyed" if is_equipment else "casualties"
        found.append(Loss(noun, head, measure, category, population, subject, False, "listed"))
    return found
