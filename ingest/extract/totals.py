"""In: a sentence that goes on with a figure ('the total comes to 240,000') and the claim just before. Out: the claim it makes, or None."""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.extract.attribution import Credit, governing
from ingest.extract.grounding import Core
from ingest.extract.numbers import Quantity
from ingest.extract.tagging import Tagged
from ingest.extract.tokens import lowered, word_set
from ingest.extract.wars import voice_of
from ingest.records import CasualtyClaim, Span

TOTALS = frozenset({"total", "toll", "figure", "tally", "number", "count", "list", "database", "register", "names"})
TELLINGS = word_set(
    "spoke speaks speak spoken talked talks named names raised lifted updated revised counted counts gave give gives put puts alleged"
    " alleges allege accounted estimated estimates estimate cited listed lists mentioned reported claimed claims said according"
    " admits admitted acknowledged acknowledges conceded concedes confirmed confirms"
)
_TO = re.compile(
    r"\b(?:the|this|that|its|their) (?:overall |new |combined |real |true |death |actual )?(?:total|toll|figure|tally|number|count)\b"
    r"[^.,;:\d]{0,24}?\b(?:to|at|is|was|reached|reaches|exceeds|exceeded|passed|hit)?\s*$"
    r"|\b(?:raised|lifted|brought|updated|revised|increased|lowered|cut) (?:it|that|this) (?:up |down )?(?:to|at)\s*$",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:(?:sp(?:oke|eaks?|oken)|talk(?:s|ed)) of|name[sd]|count(?:s|ed)|g[ai]ves?|puts? (?:it|them)(?: \w+)? at|allege[sd]?"
    r"|estimate[sd]?|cited|list(?:s|ed)|mentioned|reported|claim(?:s|ed)|said|accounted for"
    r"|admit(?:s|ted)(?: to)?|(?:acknowledg|conced)e[sd]|confirm(?:s|ed))(?: us)?(?: only| just)?"
    r"(?: an?(?: \w+)?(?: \w+)? (?:figure|number|count|toll)(?: of|,|:)?)?\s*$",
    re.IGNORECASE,
)
OF_ALL_DAYS = 10  # times the day's figure: a total behind it is that of the war
_SUM = re.compile(
    r"\b(?:bring|rais|tak|push)ing (?:the|its|their) (?:\w+ ){0,2}(?:total|toll|losses|tally)\b|\b(?:overall|in total|altogether)\b"
)
_WOUNDED = re.compile(r"\b(?:wounded|injured|hurt|maimed|missing)\b", re.IGNORECASE)
_ALONE = re.compile(r"\balone\b")
_LET_GO = re.compile(r"\b(?:let go|freed|releas\w+|rescu\w+|swapp\w+|exchang\w+|return\w+|recovered)\b", re.IGNORECASE)
_LIST = re.compile(r"\b(?:list|database|register|roll|tally|count|memorial)\b", re.IGNORECASE)  # "the list passed 10,000 names"
_UNTOLD = re.compile(  # for text in lower case
    r"\b(?:could|would|might|may|likely|expected|will|if|price|cost|budget|aid|prisoners? exchanged)\b"
)


def going_on(tagged: Tagged, before: CasualtyClaim, sources: list[Credit]) -> tuple[CasualtyClaim, Core] | None:
    """The claim of the sentence `tagged` about what `before`, in the sentence ahead of it, counted: people, of one side, in one measure."""
    if before.category != "personnel" or (before.measure == "captured" and _LET_GO.search(tagged.text)):
        return None
    credit = sources[-1] if sources else None
    text = lowered(tagged.text)
    for at, chunk in enumerate(tagged.chunks):
        quantity = chunk.value
        if chunk.tag != "N" or not isinstance(quantity, Quantity):
            continue
        if _UNTOLD.search(text, max(0, chunk.start - tagged.start - 60)):
            continue
        stands_alone = tagged.tags[at + 1 : at + 2] in ("", "x", ",", ";", "q", ")", "D", "d", "p")
        ahead = tagged.text[: chunk.start - tagged.start]
        is_cited = tagged.tags[at + 1 : at + 2] == "Y" and tagged.tags[at - 1 : at] in (",", "c")  # "23 according to Kyiv"
        is_list = tagged.chunks[at + 1 : at + 2] and tagged.chunks[at + 1].text == "names" and _LIST.search(ahead)
        if is_cited:
            credit = next((source for source in sources if source.at > at), credit)
        if is_cited or is_list or (stands_alone and (_TO.search(ahead) or (credit is not None and _TOLD.search(ahead)))):
            teller = credit if is_cited else governing(tagged, sources, at)  # "the commander put it at 55, while a medic said 64"
            return _claim(tagged, before, teller, quantity), Core(quantity.start, quantity.end)
    return None


def _clause(tagged: Tagged, quantity: Quantity) -> str:
    """The text from the last "while" or semicolon ahead of the number on."""
    ahead = tagged.text[: quantity.start - tagged.start]
    return tagged.text[max(ahead.rfind(";"), ahead.rfind(" while "), ahead.rfind(" but "), 0) :]


def _claim(tagged: Tagged, before: CasualtyClaim, credit: Credit | None, quantity: Quantity) -> CasualtyClaim:
    span = Span(char_start=tagged.start, char_end=tagged.end, sentence_start=tagged.start, sentence_end=tagged.end)
    claim = replace(before, span=span, rule="total", low=quantity.low, high=quantity.high, qualifier=quantity.qualifier)
    measure = "casualties" if before.measure == "killed" and _WOUNDED.search(_clause(tagged, quantity)) else before.measure
    claim = replace(claim, is_subset=False, subject=None, measure=measure)
    before_number, number = before.low or before.high or 0, quantity.low or quantity.high or 0
    if before.period == "day" and number >= OF_ALL_DAYS * before_number and _SUM.search(tagged.text, 0, quantity.start - tagged.start):
        claim = replace(claim, period="cumulative")  # "1,360 over the past day, bringing the total to 630,000"
    if _ALONE.search(tagged.text, 0, quantity.start - tagged.start):
        claim = replace(claim, period="other", as_of=None, as_of_basis=None)  # "January alone accounted for 48,240"
    return claim if credit is None else replace(claim, claimant=credit.name, claimant_party=voice_of(credit.party))
