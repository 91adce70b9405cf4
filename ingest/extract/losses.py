"""In: a tagged sentence. Out: the losses it states: number, measure, what was lost, and where in the sentence each stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ingest.extract.lexicons import Entry, by_first
from ingest.extract.patterns import find_event, part_of_uncounted, parted_by_verbs
from ingest.extract.phrases import Event, is_of_living, is_ratio, is_void, untrue_in
from ingest.extract.quantified import Counted, counted_nouns, head_entry, lists
from ingest.extract.tagging import Tagged

_LISTED = re.compile(r"(?P<head>E(?:[oc,x][PE])*|P(?:[oc,]P)*)[wA]{0,2}(?:\([^)]{0,4}\))?[-:](?P<number>N)")
_EXCHANGE = re.compile(
    r"\b(?:exchang|swap|releas|return|repatriat|freed|free[sd]? |c[oa]me back|brought (?:back|home)|hand\w* (?:over|back)|transferr)",
    re.IGNORECASE,
)
_REMAINS = re.compile(r" (?:[\w-]+ )?(?:remain|remains|remained|are still|were still|still)\b")  # "100 remain in captivity"
_ARRESTED = frozenset({"arrested", "apprehended", "detained", "arresting", "detaining"})
_MOST_OF_ANY_WAR = 3_000_000  # no side of a war of today claims more
ARMED = "fighter"  # the subject of militants, rebels, gunmen: people of no state's army
_BODIES = frozenset({"bodies of", "remains of", "bodies"})
_FOUND = re.compile(
    r"\b(?:hospitals?|morgues?|graves?|rubble|recovered|retrieved|found|pulled|buried|burial|counted|exhumed|brought)\b", re.IGNORECASE
)
_ARMED_TALK = re.compile(  # narrower than conflict.tsv, whose names of places stand in reports of crime too
    r"\b(?:air ?strikes?|strikes|attacks?|terror\w*|rebels?|raids?|village\w*|soldiers?|troops|army|forces|fighters?|militants?|militia\w*"
    r"|insurg\w+|jihad\w+|gunmen|invad\w+|invasion|massacre\w*|wars?|front|captur\w+|prisoners?)\b",
    re.IGNORECASE,
)
_OFF_RADAR = re.compile(r" (?:from|on|off) (?:the |enemy )?radars?\b")
_ALONG = re.compile(
    r"\b(?:along with|as well as|together with|plus|in addition to|besides|and|among (?:them|the latter|these|those)|not to mention)"
    r"(?: (?:also|another|a further|some))?\s*$"
)
_KILLED_WITH = re.compile(r"\b(?:killed|wounded|injured|captured) (?:along|together) with\s*$")
_CIVILIANS = re.compile(r"\bcivilians?\b", re.IGNORECASE)
_TROOPS = re.compile(r"\b(?:soldiers?|troops|servicem[ae]n|fighters?|militants?|military)\b", re.IGNORECASE)
_OF_FORCES = re.compile(
    r" of (?:the |its |their )?(?:\w+ )?(?:security forces|armed forces|army|military|navy|air force|national guard)\b", re.IGNORECASE
)
_IN_ACTION = re.compile(r"(?: have| had)?(?: been| were)? \w+ in (?:action|combat|battle)\b")
_REMAINS_OF = re.compile(r"\b(?:bodies|remains) of (?:the |its |some |about |at least |more than |another )*$")
_REWARDED = re.compile(r"[$€£₽₴]|\b(?:roubles?|rubles?|hryvnias?|dollars|euros|bounty|bounties|rewards?|bonus(?:es)?)\b", re.IGNORECASE)
_DEGREE = re.compile(r" (?:of them )?(?:very )?(?:seriously|critically|severely|badly|gravely|lightly|slightly|by (?:\w+ )?fire)\b")
_NATURAL = re.compile(r" (?:from|of) (?:an? )?(?:illness|natural causes|heart attacks?|sickness|old age)\b")
_OF_DEAD = re.compile(r"Nod?[nt]B[wd]{0,2}A?P(?![wB])")
_JOINED_KIND = re.compile(r"cd?A?P")
_STATE_SIDES = frozenset({"regime", "government", "army", "junta", "pro-government", "loyalist", "pro-regime"})
_OTHER_KIND = {"civilian": "military", "military": "civilian"}
_MEMBERS = frozenset({"member", "members", "figures", "men", "leaders"})
FEW_LOST = 5
_LOSSES = frozenset({"losses", "loss", "casualties"})
_INCLUDES = frozenset({"include", "includes", "included", "including", "comprise", "comprised", "comprises"})
_TALLIES = frozenset({"lose", "amount", "loss_list", "listed", "count_noun"})
_HIT, _DONE = frozenset({"hit", "struck"}), frozenset({"active", "passive"})
_WOUNDED_COUNTED = re.compile(r"\d (?:\w+ ){0,3}(?:wounded|injured)\b|\b(?:wounded|injured) \w+ \d")
_SUMS = frozenset({"total", "tally", "toll"})
_REST = frozenset({"other", "others"})


class Equipment(NamedTuple):
    """A kind of equipment and how many of it a sentence counts."""

    number: int
    entry: Entry


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


_COUNTING = re.compile(
    r"\b(?:counts?|counted|names?|named|lists?|listed|records?|recorded|registers?|registered|logs|logged|tallies|tallied)"
    r"(?: (?:also|further|another|some))?\s*$"
    r"|\b[Ii]n (?:its|the|their|his) (?:ledger|list|register|count|tally|books?|records|database) (?:are|were|stand|stood)\s*$"
)
_SHARE_OF_LOSSES = re.compile(r"Ewp$")
_OF_THE = re.compile(r"(?:^K|o|[^\w]w?o)dN[wA]{0,2}E$")  # "of the 26 launchers"
_IN_AREA = re.compile(r" (?:in|on|at|near) [^.;:]{3,100}(?:,|,? and)\s*$")  # "190 troops in the north, more than 240 in the west"
_NO_VERBS = re.compile(r"[^tgviSVB;:]+")
_DEAD_OR_HURT = re.compile(r"[nt]c[nt]A?P")
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
CountedBefore = Callable[[], tuple[Equipment, ...]]


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
    if measure == "captured" and _EXCHANGE.search(following):
        return None
    noun = people[0]
    category, population, subject = _noun_fields(tagged, noun, head_entry(tagged, noun), None)
    return Loss(noun, noun.head or noun.first, measure, category, population, subject, False, "recalled")


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
        if event is None and found and not group[0].is_subset and _goes_on(tagged, found[-1], group):
            event = Event(found[-1].verb, found[-1].rule, tagged.tags[found[-1].verb])
        if event is None and found and _is_share_of_place(tagged, found[-1], group):
            is_part = ":" in tagged.tags[found[-1].noun.last : group[0].first] or found[-1].rule == "subset"
            event = Event(found[-1].verb, "subset" if is_part else found[-1].rule, "" if is_part else "t")
        if event is None and found and _is_degree(tagged, found[-1], group[-1]):
            event = Event(found[-1].verb, "subset", "")
        if event is None and found and _is_breakdown(tagged, found[-1], group):
            event = Event(found[-1].verb, "subset", "")
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


def _goes_on(tagged: Tagged, last: Loss, group: list[Counted]) -> bool:
    """'lost 9,000 troops since then, along with 12 tanks': a further list of equipment under the same verb."""
    head = group[0].head
    between = tagged.text[tagged.chunks[last.noun.last].end - tagged.start : tagged.chunks[group[0].first].start - tagged.start]
    if head is not None and tagged.tags[head] == "P" and last.rule == "passive" and _KILLED_WITH.search(between):
        return True  # "fourteen volunteers were killed along with one soldier"
    if head is None and _is_elsewhere(tagged, group[0], between):
        return _NO_VERBS.fullmatch(tagged.tags, max(last.noun.last, last.verb) + 1, group[0].first) is not None
    kind = "P" if last.category == "personnel" else "E"
    if head is not None and last.rule in ("amount", "lose") and tagged.tags[head] == kind and _IN_AREA.match(between):
        return _NO_VERBS.fullmatch(tagged.tags, last.noun.last + 1, group[0].first) is not None
    return head is not None and tagged.tags[head] == "E" and _ALONG.search(between) is not None and ";" not in between


def _is_elsewhere(tagged: Tagged, noun: Counted, between: str) -> bool:
    """'… were killed at the post and two more in a search', '… in Sidon and another two in Tyre'."""
    behind = tagged.tags[noun.last + 1 : noun.last + 3]
    is_more = behind[:1] == "w" and tagged.chunks[noun.last + 1].text.lower() in ("more", "others")
    is_another = tagged.chunks[noun.first].text.lower().startswith(("another ", "a further ", "an additional "))
    return (
        (is_more or is_another)
        and behind[is_more : is_more + 1] in ("p", "D")
        and re.search(r"(?:,|,? and)$", between.rstrip()) is not None
    )


def _is_share_of_place(tagged: Tagged, last: Loss, group: list[Counted]) -> bool:
    """'killed eight people: four in Sumy, three in Konotop': a bare number before a place, behind a colon or the one before it."""
    noun = group[-1]
    between = tagged.tags[last.noun.last + 1 : group[0].first]
    is_placed = re.match(r"pd?w?[LA]", tagged.tags[noun.last + 1 :]) is not None
    is_named = re.match(r"pd?w?[LAK]", tagged.tags[noun.last + 1 :]) is not None
    if noun.head is None and is_named and re.search(r"p[dw]?[LAKw]{1,4},?c?$", between) and not set(between) & set("N;SE"):
        behind = tagged.chunks[noun.last + 1].text.lower()
        return behind in {c.text.lower() for c in tagged.chunks[last.noun.last + 1 : group[0].first] if c.tag == "p"}
    return (
        noun.head is None
        and len(group) == 1
        and is_placed
        and (":" in between or (last.rule == "subset" and set(between) <= set(",cpdLAwD")))
    )


def _is_breakdown(tagged: Tagged, last: Loss, group: list[Counted]) -> bool:
    """'974 deaths: 387 civilians and 268 soldiers', 'killed 15 people (twelve men and three women)': parts that add up to no more than the
    number ahead of the colon, the dash or the bracket."""
    between = tagged.tags[last.noun.last + 1 : group[0].first]
    whole = last.noun.quantity.low or last.noun.quantity.high or 0
    kind = "P" if last.category == "personnel" else "E"
    heads = {tagged.tags[noun.head] if noun.head is not None else "" for noun in group}
    is_behind = re.search(r"[:(-][dw]?$", between) is not None and ";" not in between
    return is_behind and heads == {kind} and sum(noun.quantity.low or noun.quantity.high or 0 for noun in group) <= whole


def _is_degree(tagged: Tagged, last: Loss, noun: Counted) -> bool:
    """'76 were wounded, 27 critically', 'seven were hurt, five by enemy fire': the bare number is a part of the one before."""
    between = tagged.tags[last.noun.last + 1 : noun.first]
    if noun.head is not None or noun.last != noun.first or "," not in between[-2:] or set(between) & set("S;:NPE"):
        return False
    return last.measure == "wounded" and _DEGREE.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) is not None


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
    return any(c.text.lower() in _SUMS or (c.tag in "nf" and c.text.lower() in _LOSSES) for c in head[-10:])


def _has_heading(tagged: Tagged) -> bool:
    """'Enemy losses: …' within the sentence."""
    colon = tagged.tags.find(":")
    return colon > 0 and any(c.tag in "nf" and c.text.lower() in _LOSSES for c in tagged.chunks[:colon])


def equipment_in(tagged: Tagged) -> tuple[Equipment, ...]:
    """The equipment that a sentence counts, when it counts no people."""
    nouns = [(noun, head_entry(tagged, noun)) for noun in counted_nouns(tagged)]
    if any(entry is not None and entry.lexicon != "equipment" for _, entry in nouns):
        return ()
    return tuple(Equipment(noun.quantity.high or noun.quantity.low or 0, entry) for noun, entry in nouns if entry is not None)


def _loss(tagged: Tagged, noun: Counted, event: Event, earlier: list[Loss], counted_before: CountedBefore) -> Loss | None:
    wholes = [e for e in earlier if not e.is_subset or noun.is_subset]  # "15 people, 14 of them civilians, and 46 hurt"
    model = wholes[-1] if wholes else None
    noun = _with_head(tagged, noun, event, model)
    head = head_entry(tagged, noun) or _equipment_told(tagged, noun, event, counted_before)
    if head is None and noun.head is None and model is not None and model.category != "personnel" and _may_be_arms(tagged, event):
        head = Entry("equipment", ("", model.category, model.subject or ""))  # "15,051 of them were destroyed and 3,000 captured"
    is_equipment = head is not None and head.lexicon == "equipment"
    if event.rule == "subset" and model is not None:
        measure: str | None = model.measure if is_equipment == (model.category != "personnel") else None
    elif event.voice == "list":
        measure = "destroyed" if is_equipment else "casualties"
    else:
        measure = _measure(tagged, event, noun, is_equipment)
    if not measure:
        return None
    category, population, subject = _noun_fields(tagged, noun, head, model)
    loss = Loss(noun, event.verb, measure, category, population, subject, _is_part(tagged, noun, event), event.rule)
    if _is_of_crowd(tagged, loss, model, earlier) or _is_of_remains(tagged, loss) or _is_given_back(tagged, loss):
        return None
    if not _is_taken(tagged, loss) and _is_wanted(tagged, event) and _REWARDED.search(tagged.text):
        return None  # "5 million roubles to the first soldier who destroys one of the tanks"
    behind = tagged.chunks[loss.verb].end - tagged.start
    if _OFF_RADAR.match(tagged.text, behind) or _NATURAL.match(tagged.text, behind):
        return None  # "eight were lost from the radar"
    if (noun.quantity.low or noun.quantity.high or 0) > _MOST_OF_ANY_WAR:
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
    if noun.head is None and event.rule == "amount" and tagged.tags[event.verb - 1 : event.verb] == "E":
        noun = noun._replace(head=event.verb - 1)  # "tank losses stand at 4,017"
    if noun.head is None and event.rule == "amount" and tagged.tags[event.verb : event.verb + 2] == "tE":
        noun = noun._replace(head=event.verb + 1)  # "the number of eliminated tanks rose to 14"
    share = _SHARE_OF_LOSSES.search(tagged.tags, 0, noun.first) if event.rule == "count_noun" else None
    if share is not None and tagged.chunks[noun.first - 2].text.lower().startswith("account"):
        noun = noun._replace(head=share.start())  # "tanks account for 3,704 of the losses"
    return _with_people_behind(tagged, noun, event) if event.rule == "brought" else noun


def _is_of_crowd(tagged: Tagged, loss: Loss, model: Loss | None, earlier: list[Loss]) -> bool:
    """People arrested or murdered outside a war, and things that are hit, stopped or wrecked in any street."""
    verb, category = tagged.chunks[loss.verb].text.lower(), loss.category
    if verb in _ARRESTED and loss.population != "military" and not _is_of_fighters(tagged, loss, model, earlier):
        return True  # crime
    if verb.startswith("murder") and not _is_of_war(tagged):
        return True  # crime
    is_struck = loss.rule in _DONE or loss.rule in ("reduced_passive", "subset")
    if verb in _HIT and (category in ("drone", "missile", "vehicle", "other") or not is_struck):
        return True  # "three missiles hit a shop"; trucks and the like in a town
    if verb == "stopped" and category not in ("drone", "missile"):
        return True  # cars and people are stopped too
    is_beside_arms = any(e.verb == loss.verb and e.category not in ("personnel", "vehicle") for e in earlier)
    return loss.subject == "car" and loss.rule not in _TALLIES and not is_beside_arms


def _is_of_fighters(tagged: Tagged, loss: Loss, model: Loss | None, earlier: list[Loss]) -> bool:
    if loss.subject == ARMED or any(_is_group(tagged, noun) for noun in (loss.noun, *(e.noun for e in earlier))):
        return True
    return loss.noun.head is None and model is not None and (model.subject == ARMED or model.measure == "captured")


def _is_of_remains(tagged: Tagged, loss: Loss) -> bool:
    """'two United Nations bodies', 'the remains of three drones' and the dead that come home tell of no new loss."""
    is_found = _FOUND.search(tagged.text) is not None
    if tagged.chunks[loss.verb].text.lower() == "bodies" and not is_found:
        return True
    if not _REMAINS_OF.search(tagged.text, 0, tagged.chunks[loss.noun.first].start - tagged.start):
        return False
    if loss.category == "personnel":
        return not is_found or _EXCHANGE.search(tagged.text) is not None  # "received the bodies of 1,212 fallen soldiers"
    return loss.category in ("drone", "missile")  # what came down


def _is_given_back(tagged: Tagged, loss: Loss) -> bool:
    """'exchanged 103 prisoners', 'returned 1,212 dead soldiers'; not '251 abducted, 117 freed' nor '100 remain in captivity'."""
    if loss.rule == "attributive" and loss.measure == "killed":
        return _EXCHANGE.search(tagged.text) is not None
    is_handed_over = loss.measure == "captured" or tagged.chunks[loss.verb].text.lower() in _BODIES
    is_there = loss.measure == "captured" and _REMAINS.match(tagged.text, loss.noun.quantity.end - tagged.start) is not None
    return is_handed_over and not _is_taken(tagged, loss) and not is_there and _EXCHANGE.search(tagged.text) is not None


def _is_taken(tagged: Tagged, loss: Loss) -> bool:
    return loss.rule in ("active", "passive", "subset") and tagged.chunks[loss.verb].text.lower().startswith(("abduct", "kidnap"))


def _is_of_war(tagged: Tagged) -> bool:
    """The sentence names an armed group, arms or fighting: 'Hamas murdered 1,200 people'."""
    if any(isinstance(c.value, Entry) and c.value.lexicon == "actors" and c.value.row[2] == "group" for c in tagged.chunks):
        return True
    return _ARMED_TALK.search(tagged.text) is not None


def _may_be_arms(tagged: Tagged, event: Event) -> bool:
    """The verb is said of equipment too."""
    value = tagged.chunks[event.verb].value
    return isinstance(value, Entry) and value.lexicon == "verbs" and bool(value.row[3]) and event.rule in _DONE | {"reduced_passive"}


def _is_wanted(tagged: Tagged, event: Event) -> bool:
    """'who destroys', 'for destroying', 'destroying one is worth': what is paid for, told in the present."""
    word = tagged.chunks[event.verb].text.lower().split()[0]
    return event.rule in ("active", "lose") and word.endswith(("s", "ing")) and not re.search(r",$", tagged.tags[: event.verb])


def _is_group(tagged: Tagged, noun: Counted) -> bool:
    """'985 Maoists': people known by the armed group that they belong to."""
    entry = head_entry(tagged, noun)
    return entry is not None and entry.lexicon == "actors" and tagged.tags[noun.head or 0] == "P"


def _is_part(tagged: Tagged, noun: Counted, event: Event) -> bool:
    """'including three children', 'three of them', 'among the dead were three children'."""
    if noun.is_subset or event.rule in ("among", "subset"):
        return True
    return event.rule == "amount" and "among" in {c.text.lower() for c in tagged.chunks[max(0, event.verb - 2) : event.verb]}


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


def _measure(tagged: Tagged, event: Event, noun: Counted, is_equipment: bool) -> str | None:
    entry = tagged.chunks[event.verb].value
    own = entry.row if isinstance(entry, Entry) and entry.lexicon == "verbs" else None
    row = by_first("verbs")[event.form] if event.form else own
    if row is None:
        return None
    form, _, people, equipment = row
    if form in ("suffered", "suffers", "sustained", "incurred"):
        return None if is_equipment else _fate(tagged, noun)  # "suffered a million killed and wounded"
    if is_equipment:
        return equipment or None
    if people and event.form is None and _is_paired(tagged, event):
        return "casualties"
    is_sum_of_losses = event.rule in ("amount", "nominal", "count_noun") and tagged.chunks[event.verb].text.lower() in _LOSSES
    if (event.rule == "lose" or is_sum_of_losses) and (told := _fate(tagged, noun)):
        return told
    if event.rule == "lose" and (noun.quantity.high or noun.quantity.low or 0) <= FEW_LOST:
        return "killed"  # "lost two soldiers in February": so few are told of one by one
    if event.rule == "lose" and _WOUNDED_COUNTED.search(tagged.text):
        return "killed"  # "lost 498 troops, with 1,597 wounded" sets the dead apart
    return people or None


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


def _tells(tagged: Tagged, at: int) -> str:
    """What the verb or noun at `at` says of people."""
    value = tagged.chunks[at].value
    return value.row[2] if isinstance(value, Entry) and value.lexicon == "verbs" else ""


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


def _noun_fields(tagged: Tagged, noun: Counted, head: Entry | None, model: Loss | None) -> tuple[str, str | None, str | None]:
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
    if population is None and words & {"military", "combat", "battlefield", "army", "troop"}:
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


def _with_people_behind(tagged: Tagged, noun: Counted, event: Event) -> Counted:
    """'to 454 the number of soldiers killed': 454 soldiers."""
    at = tagged.tags.rfind("P", noun.first, event.verb)
    return noun if at < 0 else noun._replace(head=at, last=at)


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
