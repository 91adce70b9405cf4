"""In: a sentence that may offer, and the scene before it. Out: the act that it asks for, and of whom."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.attribution import Credit
from ingest.extract.benefits import ITEMS, Benefit
from ingest.extract.context import Context
from ingest.extract.lexicons import Entry, stem_row, stems
from ingest.extract.sides import side_of, span_text
from ingest.extract.tagging import Tagged
from ingest.extract.tokens import lowered, word_set
from ingest.extract.wars import OPPONENT
from ingest.extract.wording import opens

_AUDIENCE = re.compile(r"A?[RU]?P|wP")
_HANDED_OVER = re.compile(
    r"\b(?:surrender\w*|hand\w* (?:over|in)|deliver\w*|bring\w*|turn\w* in|giv\w+ up|fl(?:y|ies|ying))"
    r" (?:of )?(?:a|an|their|its|his|each|any|military|combat|serviceable|weapons|Russian|enemy)\b",
    re.IGNORECASE,
)
_BRINGS_ARMS = re.compile(
    r"\b(?:bring|hand|turn|come|comes)\w*(?: \w+)? (?:with )?(?:their )?(?:weapons|arms|guns|equipment|ammunition)\b", re.IGNORECASE
)
_PROMISES = re.compile(
    r"\b(?:promis\w+|guarantee\w*|entitled|eligible|assures?|monthly (?:pay|salary|wage)|bonus"
    r"|(?:will|would|can|may) (?:also )?(?:receive|obtain|get|be (?:paid|given|granted|offered|spared|pardoned)"
    r"|apply|stay|claim|have)|count on|brings?|earns?|is worth)\b",
    re.IGNORECASE,
)
LEAD = 4  # sentences
_FOR_PEOPLE = frozenset({"amnesty", "protection", "asylum", "citizenship", "aid", "other"})
OF_SOLDIERS = ("surrender", "defect", "hand_over_equipment")
AT_HOME = ("enlist", "serve")  # acts that a side asks of its own people
_PRICED_ARMS = re.compile(r"\b(?:equipment|weapons?|arms|hardware|machinery|vehicles|aircraft)\b", re.IGNORECASE)
_BOUNTY = re.compile(r"\b(?:rewards?|bount(?:y|ies)|price (?:list|tag))\b", re.IGNORECASE)
_FALLEN = re.compile(r"\b(?:wounded|injured|killed|fallen|disabled|relatives|famil(?:y|ies)|widows?)\b", re.IGNORECASE)
_WRECKED = re.compile(r"\b(?:captur|destroy|down|knocked[- ]out|disabl)(?:e|ed|es|ing)?\b", re.IGNORECASE)
_GENERAL = frozenset({"amnesty", "pardon", "mobilisation", "mobilization"})  # "a general amnesty"
_HELD = word_set("hostage hostages captive captives")
_RANKS = re.compile(
    r"\b(?:privates?|corporals?|sergeants?|lieutenants?|captains?|officers?|(?:platoon|squad|company) commanders?)\b", re.IGNORECASE
)
_CONVICTS = re.compile(r"\b(?:convicts?|inmates?|prisoners|criminals)\b", re.IGNORECASE)

Audience = tuple[str | None, str | None]  # the words that name people, and their side


class Scene(NamedTuple):
    """What is spoken of ahead of a sentence: where, who offers, for which act, to whom, in which currency."""

    at: int
    offeror: Credit
    action: str
    audience: Audience
    currency: str | None
    span: str | None  # "month", where the last sum was pay
    is_lent: bool  # the act is that of the title or the lead
    asked: str | None  # the last act that is asked of people and not done to things


def asked_in(context: Context, index: int, benefits: list[Benefit], before: Scene | None) -> tuple[str | None, Audience]:
    """The act that the sentence, those around or its scene ask for, and the audience: its words and its side."""
    text, tagged = context.sentence(index), context.tagged(index)
    action = (
        action_in(text)
        or _action_nearby(context, index)
        or (before.action if before and not before.is_lent else None)
        or _service(tagged, benefits)
        or _price_of_arms(context, index, benefits)
        or _bounty(text, benefits)
        or (action_of_article(context, index) if _PROMISES.search(text) else None)
        or (before.action if before and any(b.money for b in benefits) else None)
        or ("enlist" if _CONVICTS.search(text) and {"pay", "amnesty"} <= {b.benefit for b in benefits} else None)
    )
    audience = audience_in(tagged)
    if audience[0] is None and before is not None and action == before.action:
        audience = before.audience
    if action is None and audience[1] in OPPONENT and any(b.money and b.money.per in ITEMS for b in benefits):
        action = "hand_over_equipment"  # "paid a Russian crew $400,000 for a helicopter"
    if action is None and _WRECKED.search(text) and any(b.money and b.money.per in ITEMS for b in benefits):
        action = "other"  # "a destroyed T-72 brings its crew $50,000"
    return action, audience


def act_for(text: str, action: str, benefit: Benefit, asked: str | None) -> str | None:
    """What is asked for this benefit, where the scene `asked` it of people; None where the two do not go together."""
    if action == "other" and benefit.benefit in _FOR_PEOPLE and asked is not None and action_in(text) is None:
        return asked
    is_per_item = benefit.money is not None and benefit.money.per in ITEMS
    if action == "hand_over_equipment" and benefit.benefit not in ("money", "pay"):
        return "surrender"  # safety and pardon are promised to people, not for things
    if is_per_item and (action in ("surrender", "defect") or (action != "other" and _HANDED_OVER.search(text))):
        return "hand_over_equipment"
    if benefit.benefit == "money" and action in ("surrender", "defect") and _BRINGS_ARMS.search(text):
        return "hand_over_equipment"
    if benefit.benefit == "amnesty" and action == "enlist" and not re.search(r"pardon|convict|prisoner|criminal", text):
        return None  # an amnesty is for those who give up, a pardon may be for convicts who enlist
    return action


def action_in(text: str) -> str | None:
    """The first act that the words ask for; 'servicemen' and 'at the front' tell an act only where nothing else does."""
    acts = [stem_row("offer_terms", m.group())[2] for m in stems("offer_terms", 1, "action").finditer(lowered(text))]
    return next((act for act in acts if act != "serve"), acts[0] if acts else None)


def _action_nearby(context: Context, index: int) -> str | None:
    """The act that the sentence before names, within the paragraph or the one before it."""
    if index == 0 or context.sentences[index].paragraph - context.sentences[index - 1].paragraph > 2:
        return None
    before = context.sentences[index - 1]
    return action_in(context.text[before.start : before.end])


def action_of_article(context: Context, index: int) -> str | None:
    """What the title names, or the article opened by asking for in words of offering; for a promise that stands far behind it."""
    if action := action_in(context.article.title or ""):
        return action
    for opening in range(min(LEAD, index)):
        if opens(context, opening) and (action := action_in(context.sentence(opening))) is not None:
            return action
    return None


def _service(tagged: Tagged, benefits: list[Benefit]) -> str | None:
    """Pay by the month told to soldiers is offered for their service; so is what the wounded and families are entitled to."""
    is_paid = any(b.benefit == "pay" and b.money is not None for b in benefits)
    is_owed = any(b.money for b in benefits) and _FALLEN.search(tagged.text) is not None
    if is_paid and _RANKS.search(tagged.text):
        return "serve"
    people = [c.value for c in tagged.chunks if c.tag == "P" and isinstance(c.value, Entry) and c.value.lexicon == "persons"]
    is_military = any(entry.row[1] in ("military", "foreign_fighters") for entry in people)
    return "serve" if (is_paid or is_owed) and is_military else None


def _price_of_arms(context: Context, index: int, benefits: list[Benefit]) -> str | None:
    """'For a helicopter they will get $500,000': sums by item, where the article has spoken of the other side's soldiers and their arms."""
    if not any(b.money is not None and b.money.per in ITEMS for b in benefits):
        return None
    told = [context.tagged(i) for i in range(max(0, index - LEAD), index + 1)]
    if any(_WRECKED.search(t.text) for t in told):
        return None
    has_arms = any("E" in t.tags or _PRICED_ARMS.search(t.text) for t in told)
    return "hand_over_equipment" if has_arms and any(audience_in(t)[1] in OPPONENT for t in told) else None


def _bounty(text: str, benefits: list[Benefit]) -> str | None:
    """A reward for arms is paid to those who bring them, one for a person for word of him."""
    if any(b.money and b.money.per in ITEMS for b in benefits) and not _WRECKED.search(text):
        return "hand_over_equipment" if _BOUNTY.search(text) or _HANDED_OVER.search(text) else None
    return "inform" if any(b.money for b in benefits) and _BOUNTY.search(text) else None


def audience_in(tagged: Tagged) -> Audience:
    """The first group of people that does not speak: its words and its side, where they tell it."""
    for match in _AUDIENCE.finditer(tagged.tags):
        chunks = tagged.chunks[match.start() : match.end()]
        if chunks[0].tag == "w" and chunks[0].text.lower() not in ("foreign", "enemy", "captured"):
            chunks = chunks[1:]
        behind = tagged.chunks[match.end()].text.lower() if match.end() < len(tagged.chunks) else ""
        if not chunks or tagged.tags[match.end() : match.end() + 1] == "S" or chunks[-1].text.lower() in _HELD or behind in _GENERAL:
            continue
        party = side_of(chunks) or next(
            (c.value.row[1] for c in chunks if c.tag == "P" and isinstance(c.value, Entry) and c.value.lexicon == "actors"), None
        )
        return span_text(tagged, chunks), party
    return None, None
