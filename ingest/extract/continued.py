"""In: a loss and the counted nouns behind it. Out: the event that they go on with, where no verb of their own tells one."""

from __future__ import annotations

import re

from ingest.extract.lost import Loss
from ingest.extract.phrases import Event
from ingest.extract.quantified import Counted
from ingest.extract.tagging import Tagged

_ALONG = re.compile(
    r"\b(?:along with|as well as|together with|plus|in addition to|besides|and|among (?:them|the latter|these|those)|not to mention)"
    r"(?: (?:also|another|a further|some))?\s*$"
)
_KILLED_WITH = re.compile(r"\b(?:killed|wounded|injured|captured) (?:along|together) with\s*$")
_IN_AREA = re.compile(r" (?:in|on|at|near) [^.;:]{3,100}(?:,|,? and)\s*$")  # "190 troops in the north, more than 240 in the west"
_NO_VERBS = re.compile(r"[^tgviSVB;:]+")
_DEGREE = re.compile(r" (?:of them )?(?:very )?(?:seriously|critically|severely|badly|gravely|lightly|slightly|by (?:\w+ )?fire)\b")


def event_behind(tagged: Tagged, last: Loss, group: list[Counted]) -> Event | None:
    """The event of a further list under the same verb, or of numbers that are parts of the last."""
    if not group[0].is_subset and _goes_on(tagged, last, group):
        is_arms = group[0].head is not None and tagged.tags[group[0].head] == "E"
        is_of_dead = is_arms and last.category == "personnel" and tagged.tags[last.verb] == "n"  # "6,600 casualties, besides 73 tanks"
        return Event(last.verb, last.rule, tagged.tags[last.verb], "destroyed" if is_of_dead else None)
    if _is_share_of_place(tagged, last, group):
        is_part = ":" in tagged.tags[last.noun.last : group[0].first] or last.rule == "subset"
        return Event(last.verb, "subset" if is_part else last.rule, "" if is_part else "t")
    if _is_degree(tagged, last, group[-1]) or _is_breakdown(tagged, last, group):
        return Event(last.verb, "subset", "")
    return None


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
