"""In: a counted noun in its sentence. Out: the loss that it is the amount of: 'casualties stand at 9,000', 'bringing the toll to 14'."""

from __future__ import annotations

import re

from ingest.extract.phrases import Event, before_adverbs, ends_phrase, is_unreal
from ingest.extract.quantified import Counted
from ingest.extract.tagging import Tagged
from ingest.extract.tokens import word_set

_THINNED = re.compile(
    r"\b(?:enemy|forces?|army|troops|garrison|ranks|units?|battalion|brigade|regiment|group|contingent|personnel|strength)\b[^.;,]{0,30}"
    r" (?:was|were|been|is|are) (?:reduced|thinned|depleted|diminished|weakened) by (?:(?:another|about|some|around|over|almost) )?$"
)
_OF_ITS_OWN = re.compile(r" (?:of|from among) (?:its|their|our|his) own\b")
_OWN_FALLEN = re.compile(r" of (?:its|their|our|his) own (?:fallen|dead|slain)\b")
_BE = word_set(
    "averaged average averages averaging nearing hits reaches passes"
    " stands stood stand put is was were are at estimated of reached total totalled totaled totalling totaling numbered number numbers hit"
    " range ranges ranged run runs ran"
)
_RANGES = word_set("range ranges ranged ranging vary varies varied varying run runs ran")
_GIVEN_AS = re.compile(r"\b(?:g[ai]ves?|giving|put|puts|listed|reported|cited)\b[^.;:\d]{0,60}\bas $")
_TO = word_set(
    "rises climbs climbed jumps mounts mounted soars swells swelled grows increases amounted amount amounts rose risen rise grown grew"
    " increased up came come comes jumped soared equal fell"
)
_HOPED = re.compile(r"\b(?:expect\w*|forecast\w*|predict\w*|hop(?:e|ed|es|ing)|want\w*|plan\w*|likely|bound|set) [^.;,]{0,40}to $")
_FORECAST = word_set("likely expected expect expects expecting forecast predict predicts predicted feared set bound")
_BRINGS = word_set(
    "bring bringing brings brought raise raising raises raised taking takes took push pushes pushing pushed lift lifts lifting lifted"
    " increase increases increasing"
)
_NUMBER_BEHIND = re.compile(r"d[wA]{0,2}w(?:o[dAwRU]{0,3}(?:P[wA]{0,2}B?|[wj]{1,2})?)?(?P<told>[tni])")  # "the number of soldiers killed"
_COUNTS = frozenset({"number", "count", "total"})
_ALREADY = frozenset({"alone", "now", "already", "currently", "since", "thus"})
_TOLLS = frozenset(
    {
        "casualties",
        "losses",
        "deaths",
        "fatalities",
        "death toll",
        "casualty count",
        "casualty toll",
        "toll",
        "dead",
        "victims",
        "injuries",
        "missing",
    }
)
BROUGHT_WITHIN = 18  # chunks: "brings total Russian losses since the start of the invasion on 24 February to …"
_AND_AT = re.compile(r"npNcd?(?P<told>t)p$")  # "put its dead at 45,100 and its wounded at 390,000"
_PUT_AT = re.compile(r"SA(?P<told>t)(?:ct)?$")  # "puts Russian killed and wounded at 900,000"
_NUMBER_OF = re.compile(r"\b(?:number|toll|figure|count|tally|total)s?$", re.IGNORECASE)


def thinned(tagged: Tagged, noun: Counted) -> Event | None:
    """'the enemy was reduced by 1,740 men', 'the garrison has been thinned by 300'."""
    is_people = (noun.head is None or tagged.tags[noun.head] == "P") and "b" in tagged.tags[max(0, noun.first - 2) : noun.first]
    match = _THINNED.search(tagged.text, 0, tagged.chunks[noun.first].start - tagged.start) if is_people else None
    return Event(noun.first, "amount", "n", "losses") if match and ends_phrase(tagged, noun) else None


def own_loss(tagged: Tagged, noun: Counted) -> Event | None:
    """'the loss of 50 of its own', 'eleven of its own fallen': people."""
    if noun.head is None and _OWN_FALLEN.match(tagged.text, tagged.chunks[noun.first].end - tagged.start):
        return Event(noun.first, "nominal", "n", "death")
    at = noun.first - 1 - (tagged.tags[noun.first - 1 : noun.first] == "o")
    is_own = _OF_ITS_OWN.match(tagged.text, tagged.chunks[noun.first].end - tagged.start) is not None
    if at < 0 or not is_own or tagged.tags[at] not in "fnl":
        return None
    return Event(at, "nominal" if tagged.tags[at] != "l" else "lose", tagged.tags[at], "death" if noun.quantity.high else None)


def amount_before(tagged: Tagged, noun: Counted) -> Event | None:
    """'casualties have amounted to 5,300', 'the death toll rose to 12', 'a death toll of 12'."""
    at = noun.first - 1
    if at < 1 or (noun.head is not None and tagged.tags[noun.head] == "E"):
        return None
    word, earlier = tagged.chunks[at].text.lower(), tagged.chunks[at - 1].text.lower()
    if word in _ALREADY and at > 1:
        at -= 1
        word, earlier = tagged.chunks[at].text.lower(), tagged.chunks[at - 1].text.lower()
    number = tagged.chunks[noun.first].text.lower()
    opens = re.match(r"(?:exceed|surpass|topp?|pass|reach|cross|near|approach)(?:s|es|ed|ing)\b", number) or (
        word != "to" and re.match(r"(?:exceed|surpass|top|reach|approach)\b", number)
    )
    if earlier == "to" and _HOPED.search(tagged.text, 0, tagged.chunks[at].start - tagged.start):
        return None  # "we expect losses to run between 35,000 and 50,000"
    if word == "of" and earlier == "out":
        return None  # "600 deaths out of 15,000 troops"
    is_beyond = (tagged.tags[at] == "n" or word in _TO) and re.match(
        r"(?:above|over|below|under|beyond|past|nearly|about|at (?:least|most)|more than|fewer than) ",
        tagged.chunks[noun.first].text.lower(),
    )
    if not (
        opens
        or is_beyond
        or word in _BE
        or (
            word == "as" and (_is_number_of(tagged, at) or _GIVEN_AS.search(tagged.text, 0, tagged.chunks[noun.first].start - tagged.start))
        )
        or (word == "from" and earlier in _RANGES and noun.quantity.low != noun.quantity.high)
        or (
            word == "to"
            and (earlier in _TO or tagged.tags[at - 1] == "w" or (tagged.tags[at - 1] in "nLKDAUtX" and _is_brought(tagged, at)))
        )
    ):
        return None
    joined = _AND_AT.search(tagged.tags, 0, noun.first) if tagged.tags[at] == "p" else None
    if joined is not None:
        return Event(joined.start("told"), "amount", "n") if ends_phrase(tagged, noun) else None
    for back in range(at, max(-1, at - (4 if word == "of" else 20)), -1):
        is_estimated = tagged.tags[back] == "S" and back >= at - 1  # "are estimated at", "is put at"
        if (tagged.tags[back] in "ZS;:qNm") and not is_estimated:
            return None
        told = tagged.chunks[back].text.lower()
        if told in _FORECAST:
            return None
        is_toll = tagged.tags[back] == "n" and told in _TOLLS and (told not in ("victims", "missing") or _is_number_of(tagged, back))
        is_group = tagged.tags[back - 1 : back] == "d" and tagged.chunks[back - 1].text.lower() == "the"  # "put the injured at 1,277"
        counted = _PUT_AT.search(tagged.tags, 0, back + 1) if tagged.tags[back] == "t" else None
        if counted is not None:
            return Event(counted.start("told"), "amount", "n") if ends_phrase(tagged, noun) else None
        if is_toll or (tagged.tags[back] in "tli" and (is_group or _is_number_of(tagged, back))):
            first = back - 2 if tagged.tags[max(0, back - 2) : back] == "tc" else back  # "killed or wounded" tells of both
            return Event(first, "amount", "n") if ends_phrase(tagged, noun) else None
    return None


def brought_to(tagged: Tagged, noun: Counted) -> Event | None:
    """'raising to 454 the number of soldiers killed': what is counted stands behind the number."""
    ahead = tagged.tags[noun.first - 2 : noun.first] if noun.first > 1 else ""
    match = _NUMBER_BEHIND.match(tagged.tags, noun.first + 1) if noun.head is None and ahead[1:] == "p" else None
    if match is None or tagged.chunks[noun.first - 1].text.lower() != "to" or tagged.chunks[noun.first - 2].text.lower() not in _BRINGS:
        return None
    is_number = any(c.text.lower() in _COUNTS for c in tagged.chunks[match.start() : match.end()])
    is_wished = is_unreal(tagged, before_adverbs(tagged, noun.first - 3))
    return Event(match.start("told"), "brought", "n") if is_number and not is_wished else None


def _is_brought(tagged: Tagged, at: int) -> bool:
    """'bringing the overall death toll to 24,285'."""
    return any(c.text.lower() in _BRINGS for c in tagged.chunks[max(0, at - BROUGHT_WITHIN) : at])


def _is_number_of(tagged: Tagged, at: int) -> bool:
    """'the number of people killed in the attack has risen to 14'."""
    return any(_NUMBER_OF.search(c.text) for c in tagged.chunks[max(0, at - 8) : at])
