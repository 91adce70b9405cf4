"""In: a loss as its sentence tells it. Out: whether it is none of a war: a crime, traffic, bodies that come home, an exchange, a bounty."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.lexicons import Entry
from ingest.extract.quantified import Counted, head_entry
from ingest.extract.tagging import Tagged

ARMED = "fighter"  # the subject of militants, rebels, gunmen: people of no state's army
_ARRESTED = frozenset({"arrested", "apprehended", "detained", "arresting", "detaining"})
_HIT = frozenset({"hit", "struck"})
_TALLIES = frozenset({"lose", "amount", "loss_list", "listed", "count_noun"})
_BODIES = frozenset({"bodies of", "remains of", "bodies"})
_MOST_OF_ANY_WAR = 3_000_000  # no side of a war of today claims more
EXCHANGE = re.compile(
    r"\b(?:exchang|swap|releas|return|repatriat|freed|free[sd]? |c[oa]me back|brought (?:back|home)|hand\w* (?:over|back)|transferr"
    r"|let go\b)",
    re.IGNORECASE,
)
_PEOPLE_BACK = re.compile(r"\b(?:exchang|swap|releas|repatriat|freed)", re.IGNORECASE)
_REMAINS = re.compile(r" (?:[\w-]+ )?(?:remain|remains|remained|are still|were still|still)\b")  # "100 remain in captivity"
_FOUND = re.compile(
    r"\b(?:hospitals?|morgues?|graves?|rubble|recovered|retrieved|found|pulled|buried|burial|counted|exhumed|brought)\b", re.IGNORECASE
)
_ARMED_TALK = re.compile(  # narrower than conflict.tsv, whose names of places stand in reports of crime too
    r"\b(?:air ?strikes?|strikes|attacks?|terror\w*|rebels?|raids?|village\w*|soldiers?|troops|army|forces|fighters?|militants?|militia\w*"
    r"|insurg\w+|jihad\w+|gunmen|invad\w+|invasion|massacre\w*|wars?|front|captur\w+|prisoners?)\b",
    re.IGNORECASE,
)
_OFF_RADAR = re.compile(r" (?:from|on|off) (?:the |enemy )?radars?\b")
_REMAINS_OF = re.compile(r"\b(?:bodies|remains) of (?:the |its |some |about |at least |more than |another )*$")
_REWARDED = re.compile(r"[$€£₽₴]|\b(?:roubles?|rubles?|hryvnias?|dollars|euros|bounty|bounties|rewards?|bonus(?:es)?)\b", re.IGNORECASE)
_NATURAL = re.compile(r" (?:from|of) (?:an? )?(?:illness|natural causes|heart attacks?|sickness|old age)\b")


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


def is_no_loss(tagged: Tagged, loss: Loss, model: Loss | None, earlier: list[Loss]) -> bool:
    """Nothing that a war took. `model` is the whole that the sentence told before, `earlier` all that it told before."""
    if _is_of_crowd(tagged, loss, model, earlier) or _is_of_remains(tagged, loss) or _is_given_back(tagged, loss):
        return True
    if not _is_taken(tagged, loss) and _is_wanted(tagged, loss) and _REWARDED.search(tagged.text):
        return True  # "5 million roubles to the first soldier who destroys one of the tanks"
    behind = tagged.chunks[loss.verb].end - tagged.start
    if _OFF_RADAR.match(tagged.text, behind) or _NATURAL.match(tagged.text, behind):
        return True  # "eight were lost from the radar"
    return (loss.noun.quantity.low or loss.noun.quantity.high or 0) > _MOST_OF_ANY_WAR


def _is_of_crowd(tagged: Tagged, loss: Loss, model: Loss | None, earlier: list[Loss]) -> bool:
    """People arrested or murdered outside a war, and things that are hit, stopped or wrecked in any street."""
    verb, category = tagged.chunks[loss.verb].text.lower(), loss.category
    if verb in _ARRESTED and loss.population != "military" and not _is_of_fighters(tagged, loss, model, earlier):
        return True  # crime
    if verb.startswith("murder") and not _is_of_war(tagged):
        return True  # crime
    is_struck = loss.rule in ("active", "passive", "reduced_passive", "subset")
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


def _is_group(tagged: Tagged, noun: Counted) -> bool:
    """'985 Maoists': people known by the armed group that they belong to."""
    entry = head_entry(tagged, noun)
    return entry is not None and entry.lexicon == "actors" and tagged.tags[noun.head or 0] == "P"


def _is_of_war(tagged: Tagged) -> bool:
    """The sentence names an armed group, arms or fighting: 'Hamas murdered 1,200 people'."""
    if any(isinstance(c.value, Entry) and c.value.lexicon == "actors" and c.value.row[2] == "group" for c in tagged.chunks):
        return True
    return _ARMED_TALK.search(tagged.text) is not None


def _is_of_remains(tagged: Tagged, loss: Loss) -> bool:
    """'two United Nations bodies', 'the remains of three drones' and the dead that come home tell of no new loss."""
    is_found = _FOUND.search(tagged.text) is not None
    if tagged.chunks[loss.verb].text.lower() == "bodies" and not is_found:
        return True
    if not _REMAINS_OF.search(tagged.text, 0, tagged.chunks[loss.noun.first].start - tagged.start):
        return False
    if loss.category == "personnel":
        return not is_found or EXCHANGE.search(tagged.text) is not None  # "received the bodies of 1,212 fallen soldiers"
    return loss.category in ("drone", "missile")  # what came down


def _is_given_back(tagged: Tagged, loss: Loss) -> bool:
    """'exchanged 103 prisoners', 'returned 1,212 dead soldiers'; not '251 abducted, 117 freed' nor '100 remain in captivity'."""
    if loss.rule == "attributive" and loss.measure == "killed":
        return EXCHANGE.search(tagged.text) is not None
    is_handed_over = loss.measure == "captured" or tagged.chunks[loss.verb].text.lower() in _BODIES
    if tagged.chunks[loss.verb].text.lower().startswith("surrender") and _PEOPLE_BACK.search(tagged.text) is None:
        return False  # "ten members surrendered and handed over six rifles"
    is_there = loss.measure == "captured" and _REMAINS.match(tagged.text, loss.noun.quantity.end - tagged.start) is not None
    return is_handed_over and not _is_taken(tagged, loss) and not is_there and EXCHANGE.search(tagged.text) is not None


def _is_taken(tagged: Tagged, loss: Loss) -> bool:
    return loss.rule in ("active", "passive", "subset") and tagged.chunks[loss.verb].text.lower().startswith(("abduct", "kidnap"))


def _is_wanted(tagged: Tagged, loss: Loss) -> bool:
    """'who destroys', 'for destroying', 'destroying one is worth': what is paid for, told in the present."""
    word = tagged.chunks[loss.verb].text.lower().split()[0]
    return loss.rule in ("active", "lose") and word.endswith(("s", "ing")) and not re.search(r",$", tagged.tags[: loss.verb])
