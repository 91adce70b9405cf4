"""In: the text of a sentence. Out: the period that its figures cover, where its words tell, and whether they are rates."""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.extract.tokens import lowered

NEVER_AT_ONCE = 5_000  # one strike or battle of these wars has not killed so many
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_WAR = r"(?:war|invasion|invaded|conflict|offensive|operation|hostilities|fighting|uprising|incursion|aggression|insurgency|rebellion)"
_SPAN = r"(?:24 ?-?hours?|24 h|24-hour|twenty-four hours)"


def _any(*patterns: str) -> re.Pattern[str]:
    """For text in lower case: many branches are tried several times faster than with a flag to ignore case. Each begins where a word
    does; where all say so first, `re` asks it once for all."""
    return re.compile("|".join(r"\b" + pattern.removeprefix(r"\b") for pattern in patterns).lower())


_BRINGING = re.compile(r",? (?:bringing|raising|taking|pushing|increasing) (?:the|its|their|to|\w+[’']s)\b", re.IGNORECASE)
_CUMULATIVE = _any(
    r"\b(?:bringing|raising|taking|pushing) (?:the|its|their|\w+[’']s) (?:\w+ ){0,3}(?:total|toll|losses|tally)\b",
    rf"\bsince\b[^.;,]{{0,70}}\b{_WAR}\b",
    r"\bsince (?:Feb|24 Feb|Oct(?:ober|\.)? 7|7 Oct|2022|2023|April 2023|15 April|March 2021|October 2023)",
    r"\bsince its forces\b",
    rf"\b(?:had|have|has) [^.;,]{{0,60}}\bby (?:the end of |late |early )?{_MONTH}\b(?! \d)",
    r"\b(?:weeks|months|years) of (?:civil )?(?:war|fighting|conflict|bloodshed)\b",
    r"\bsince (?:its |the |their )?(?:ground )?(?:troops|forces|soldiers|army|tanks|jihadists|militants|insurgents|rebels)"
    r" (?:first )?(?:went|moved|entered|crossed|invaded|rolled|marched|poured)",
    r"\b(?:war|conflict)\b[^.;]{0,80} (?:has|have) (?:\w+ )?(?:killed|claimed|cost)\b",
    r"\b(?:so far|to date|in total|altogether|cumulative|running total|total number of|has reached)\b",
    r"\bin all\b(?! (?:the|of|its|their|areas|sectors|directions|parts|three|four)\b)",
    r"\b(?:total|overall) (?:combat )?(?:losses|casualties)\b",
    r"\bdeath toll in (?:the )?(?:Gaza|enclave|territory)\b",
    rf"\bfrom (?:Feb\w*\.? 24|24 Feb\w*|24\.02|the (?:beginning|start|outbreak|outset) of|the {_WAR})",
)
_OF_THE_WAR = _any(  # the war is named; whether the figure covers it, the other words of the sentence tell
    r"\b(?:during|throughout|in|over) the (?:whole |entire )?(?:war|invasion|conflict)\b",
    r"\bover the course of the war\b|\bduring the first \w+ (?:months|years|weeks) of\b",
    r"\b\w+-(?:day|week|month|year)(?:-old|-long)? (?:civil )?(?:war|conflict)\b",
    # "have been killed in the fighting", "the war has killed"
    r"\b(?:have|has) (?:been |so far )?\w+ (?:\w+ ){0,3}(?:in|by|during|because of|amid) (?:the )?(?:\w+ )?(?:war|conflict|fighting)\b",
    r"\b(?:war|conflict|fighting|invasion)\b[^.;,]{0,40} (?:has|have) (?:\w+ )?(?:killed|claimed|cost|left|wounded)\b",
)
_CAMPAIGN = _any(  # a span shorter than the war and longer than a day
    r"\bsince\b[^.;,]{0,50}\b(?:counter-?offensive|incursion|ground (?:operation|offensive|invasion|assault|campaign)s?|operation in)\b",
    r"\bsince (?:its|their|his) (?:offensive|operation) into\b",
    rf"\bin (?:{_MONTH}(?: and {_MONTH})?(?: \d{{4}})?|20\d\d) alone\b",
    r"\bin the month of\b|\bthe (?:past|last|previous) (?:week|month|year) alone\b",
    r"\bsince (?:the |its |their )?(?:counter-?offensive|counterattack)\b",
    r"\bsince (?:\w+ ){0,3}(?:resumed|renewed|restarted|relaunched|broke(?! out))\b",
    rf"\bsince (?:the |its |their )?(?:\w+ ){{0,2}}{_WAR} (?:broke out|began|erupted|started|resumed)\b[^.;,]{{0,12}}"
    r"\bon (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b",
    r"\bsince [^.;,]{0,40}\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\bsince yesterday\b(?! morning| evening)",
    r"\b(?:during|in|throughout|over the course of) (?:the|its|their|that|this|an?) (?!special\b)(?:[\w-]+ ){0,3}"
    r"(?:operation|operations|campaign|counter-?offensive|incursion|siege|missions)\b(?! (?:in|against|into) Ukraine)",
    r"\b(?:days|weeks|months|a week|a month) of (?:\w+ )?"
    r"(?:clashes|raids|strikes|shelling|air ?strikes|operations|protests|border|attacks)\b",
    r"\b(?:two|three|four|five|six|several|12|\d|-)[ -]days of (?:fighting|conflict|hostilities|combat)\b",
    rf"\bbetween \d{{1,2}}(?: {_MONTH})? and \d{{1,2}} {_MONTH}\b|\bfrom \d{{1,2}}(?: {_MONTH})? (?:to|through|until) \d{{1,2}} {_MONTH}\b",
    r"\bbetween (?:last )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?: \w+)? and (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b",
    rf"\bbetween {_MONTH} \d{{1,2}} and\b|\bfrom {_MONTH} \d{{1,2}} (?:to|through|until)\b|\b(?:during|in) (?:\w+ )?missions\b",
    r"\b(?:week|month|days)-long (?:operation|offensive|siege|campaign|mission|battle)\b",
)
_DAILY = _any(
    rf"\b(?:over|in|during|within|for|through) (?:the )?(?:(?:past|last|previous|preceding|latest) )?{_SPAN}\b",
    r"\b(?:over|in|during|within|for) the (?:past|last|previous|preceding) (?:day|24)\b",
    r"\b(?:past|last|previous) 24 hours\b|\b(?:the past|over the|for the|during the) day\b|\bevery 24 hours\b"
    r"|\bsince yesterday (?:morning|evening)\b",
    r"\b(?:per|a|every|each|in one|in a single|single) day\b(?! (?:after|before|earlier|later|ago))|\bdaily\b",
)
_RATE = _any(
    r"\b(?:every|each|per|(?<!in )a) day\b(?! (?:after|before|earlier|later|ago))",
    r"\b(?:average|averages|averaged|daily (?:rate|average|toll))\b",
)
_OTHER = _any(
    r"\bsince the (?:clashes|raid|assault|siege|attack|strikes)\b",
    rf"\b(?:during|throughout) (?:the year )?20\d\d\b|\bthis year's\b|\bsince (?:early|mid|late)[- ]{_MONTH}",
    rf"\bin (?:early|mid|late)[- ]{_MONTH}",
    r"(?<!earlier )(?<!later )(?<!up to )(?<!until )\b(?:this|last|past|previous) (?:\w+ )?(?:week|month|year|weeks|months|years|days)\b",
    rf"\bsince (?:the (?:start|beginning) of (?:the|this) (?:year|month|week)|(?:the )?(?:ceasefire|truce|coup)"
    rf"|(?:\d{{1,2}} )?{_MONTH}|last)\b",
    r"\b(?:in|over|within) (?:the (?:past|last) )?(?:\w+ )?(?:days|weeks|months|years)\b",
    rf"\b(?:in|during) (?:{_MONTH}(?! \d{{1,2}}\b)|20\d\d)\b|\bbetween {_MONTH} and\b",
    r"\b\w+ (?:weeks|months) earlier\b",
    r"\b(?:in|within|over) (?:just |only )?(?:one|a single|a) (?:week|month|year)\b",
)
_SEVERAL = re.compile(  # more than one event
    r"\b(?:two|three|four|five|six|several|multiple|separate|a (?:series|wave|string) of|\d{1,2}) (?:separate |different |other )?"
    r"(?:air ?strikes|strikes|attacks|raids|incidents|clashes|ambushes|operations|bombings|massacres|engagements)\b",
    re.IGNORECASE,
)
_MONTH_AHEAD = re.compile(rf"\b(?:{_MONTH}|Oct\.?|Sept?\.?|Nov\.?|Dec\.?|Jan\.?|Feb\.?|Aug\.?) $")
_ACROSS = re.compile(r"\b(?:strikes|attacks|raids|bombardments?|shelling)\b[^.;]* across\b", re.IGNORECASE)
_EVENT_WORDS = ("strikes", "attacks", "clashes", "raids", "ambushes", "bombings", "battles", "operations", "encounters", "skirmishes")
_KIND_OF_EVENTS = re.compile("|".join(_EVENT_WORDS))  # for text in lower case
_EVENTS = rf"(?:air)?(?:{'|'.join(_EVENT_WORDS)})"
_PERFECT_OF_SEVERAL = re.compile(  # "have been killed in Israel's strikes", "drone attacks by the army have killed": so far
    r"\b(?:has|have) (?:\w+ )?(?:been )?(?:killed|died|wounded|injured|lost|claimed|cost|left)\b"
    rf"[^.;,]{{0,60}}\b(?:in|by|during) [^.;,]{{0,40}}\b{_EVENTS}\b"
    rf"|\b{_EVENTS}\b[^.;]{{0,60}} (?:has|have) (?:killed|wounded|injured|claimed|cost)\b",
    re.IGNORECASE,
)
_OF_KIND = re.compile(r"\b(?:in|during) (?:[\w-]+ ){0,2}(?:operations|encounters|skirmishes|raids)\b", re.IGNORECASE)
_LOCAL = re.compile(
    r"\b(?:in|on|for|over) (?:the )?(?:battles? for the )?[A-Z][\w-]+ "
    r"(?:[Aa]rea|[Dd]irection|[Aa]xis|[Ss]ector|[Ff]ront|[Rr]egion|[Oo]blast)\b"
)
_SUMMED = re.compile(r"\b(?:so far|to date|in total|in all|altogether|total (?=(?:combat )?(?:losses|casualties)\b))", re.IGNORECASE)
_THERE = re.compile(r"\b(?:lost|losses)\b[^.;]* there\b")
_INCIDENT = _any(
    r"\bHamas(?:-led)?(?:['’]s?)? (?:\w+ )?(?:assault|attack|raid|massacre|incursion)\b",
    r"(?<!since )(?<!after )(?<!began on )(?<!started on )(?<!erupted on )(?<!broke out on )(?<!war of )"
    r"(?:\bOct(?:ober|\.)? 7|\b7 October)\b(?!\d)",
    r"\bwhen Hamas[^.;,]{0,30} (?:attacked|stormed|raided|invaded)\b",
    r"\b(?:killed|died|wounded|injured|hurt)\b (?:when|after)"
    r" (?:an?|the|their|two|several|gunmen|militants|fighters|rebels|shells|pagers|missiles|rockets|drones|bombs)"
    r" [^.;]{0,60}\b(?:drove|hit|struck|exploded|blew|detonated"
    r"|went off|opened fire|crashed|landed|fell|attacked|stormed|ambushed|was (?:hit|struck))\b",
    r"\b(?:in|by|during|from|after) (?:the|a|an|one|that|this) [^.;,]{0,40}\b(?:attacks?|strikes?|battle|raid|explosion|blast|massacre"
    r"|shelling|assault|ambush|fighting|clash|bombing|engagement)\b",
    r"\b(?:an?|the|'s) (?:\w+ ){0,4}(?:attack|strike|raid|massacre|blast|explosion|bombing|ambush)(?: \w+-?\w+){0,8}"
    r" (?:killed|wounded|claimed|left)\b",
    r"\b(?:Oct(?:ober|\.)? 7|7 October)(?: 2023)? (?:attacks?|massacre|raid|assault)\b",
)


_SO_FAR = re.compile(
    r"\bso far\b|\bto date\b|\b(?:bringing|raising|taking|pushing) (?:the|its|their) (?:(?:death|overall|confirmed|total|new) )*toll\b",
    re.IGNORECASE,
)
_SUPERLATIVE = re.compile(
    r"\b(?:first|worst|deadliest|bloodiest|largest|biggest|heaviest|highest|most)\b[^.;,]{0,60}\bsince\b[^.;,]*", re.IGNORECASE
)
_TOLD_IN = re.compile(  # "told a broadcaster in February 2025 that": the month of the statement
    rf"\b(?:said|told|estimated|reported|announced|claimed|stated|put|disclosed|revealed)\b[^.;,:]{{0,30}}?\b(?:in|last|this)"
    rf" (?:{_MONTH}|month|week|year)(?: \d{{4}})?(?= (?:that|as|at)\b)"
)
_SINCE_TOLD = re.compile(  # "since May, when it reported": the total told last, for text in lower case
    r"\bsince [^,;.]{3,30}, when\b[^,;.]{2,40}? (?:said|told|put|gave|reported|announced)\b"
)
_SAME_SPAN = re.compile(r"\b(?:over|in|during|for|within) (?:that|the same) (?:time|period|span)\b", re.IGNORECASE)


def is_but_so_far(text: str) -> bool:
    """No words but 'so far' call the figure a total."""
    text = lowered(text)
    return _SO_FAR.search(text) is not None and not _CUMULATIVE.search(_SO_FAR.sub("", text)) and not _OF_THE_WAR.search(text)


def is_of_several(text: str, names_day: bool) -> bool:
    """'in three incidents', 'strikes across Gaza on Sunday': the figure is no single event's."""
    if names_day:
        return _names_several(text) or _ACROSS.search(text) is not None
    if _KIND_OF_EVENTS.search(lowered(text)) is None:
        return _names_several(text)
    return _names_several(text) or _PERFECT_OF_SEVERAL.search(text) is not None or _OF_KIND.search(text) is not None


def _names_several(text: str) -> bool:
    """'in 12 attacks', not 'the October 7 attacks'."""
    return any(not _MONTH_AHEAD.search(text, 0, match.start()) for match in _SEVERAL.finditer(text))


def is_of_front(text: str) -> bool:
    """'has lost 5,500 troops in the Kursk area so far': a total of one front, which no other words call that of the war."""
    is_local = _LOCAL.search(text) is not None or _THERE.search(text) is not None
    return is_local and period_of(_SUMMED.sub("", text)) is None


def is_same_span(text: str) -> bool:
    """'over that time', 'in the same period'."""
    return _SAME_SPAN.search(text) is not None


@lru_cache(maxsize=64)  # the figures of one sentence ask in a row
def _blanked(text: str) -> str:
    """In lower case, without what tells another span: 'the first such losses since the invasion', 'told a broadcaster in February that'."""
    for pattern in (_SUPERLATIVE, _TOLD_IN) if "since" in lowered(text) else (_TOLD_IN,):
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return _SINCE_TOLD.sub(lambda match: "so far".ljust(len(match.group())), lowered(text))


def period_of(text: str, at: int = 0) -> str | None:
    """cumulative, day, other or incident when the words of a sentence tell the span of its figures. Where a sentence names both a day and
    the whole war, the words nearest to the figure at the offset `at` count."""
    text, at = _half(_blanked(text), at)
    told = _nearest(text, at, (("other", _CAMPAIGN), ("cumulative", _CUMULATIVE), ("day", _DAILY)))
    return (
        told
        or (_nearest(text, at, (("cumulative", _OF_THE_WAR), ("incident", _INCIDENT))) if _spans(_INCIDENT, text) else None)
        or _nearest(text, at, (("other", _OTHER), ("cumulative", _OF_THE_WAR)))
    )


def _nearest(text: str, at: int, choices: tuple[tuple[str, re.Pattern[str]], ...]) -> str | None:
    found = [(_distance(pattern, text, at), period) for period, pattern in choices]
    told = [(near, period) for near, period in found if near is not None]
    return min(told, key=lambda pair: pair[0])[1] if told else None  # the first of equals


def is_ahead_of_total(text: str, at: int) -> bool:
    """'killed two, bringing the toll to 438': the figure at the offset `at` is what was added."""
    cut = _BRINGING.search(text)
    return cut is not None and at < cut.start()


def _half(text: str, at: int) -> tuple[str, int]:
    """'… lost 900 in the past day, bringing the total to 478,000': each figure with its own half of the sentence."""
    cut = _BRINGING.search(text)
    if cut is None:
        return text, at
    return (text[: cut.start()], at) if at < cut.start() else (text[cut.start() :], at - cut.start())


def _distance(pattern: re.Pattern[str], text: str, at: int) -> int | None:
    """Characters from the figure to the nearest match; None without one."""
    return min((max(start - at, at - end, 0) for start, end in _spans(pattern, text)), default=None)


@lru_cache(maxsize=64)  # the figures of one sentence ask in a row
def _spans(pattern: re.Pattern[str], text: str) -> tuple[tuple[int, int], ...]:
    return tuple(match.span() for match in pattern.finditer(text))


def is_rate(text: str) -> bool:
    """'every day', 'on average': the figure holds for no day in particular."""
    return _RATE.search(lowered(text)) is not None
