"""In: a loss in its sentence, its credit and its article. Out: the period that the figure covers and the day that it holds for."""

from __future__ import annotations

import re
from datetime import date

from ingest.extract.attribution import Credit, credits_in, is_background, statement_day
from ingest.extract.context import Context
from ingest.extract.dates import DayMention, is_to_come, may_settle_day
from ingest.extract.lost import Loss
from ingest.extract.periods import NEVER_AT_ONCE, is_but_so_far, is_of_front, is_of_several, is_rate, period_of
from ingest.extract.tagging import Tagged
from ingest.extract.tokens import word_set
from ingest.records import Basis

_PAPER = re.compile(r"\s+(?:statement|report|briefing|address|update|bulletin|post)\b")  # "his March 1 statement"
_VAGUE_TIME = re.compile(
    r"\b(?:in|of|since|a|the) (?:early |mid |late )?(?:19|20)\d\d\b|\bover the weekend\b|\brecently\b"
    r"|\b(?:this|last|past|previous|recent|that|following) (?:\w+ )?"
    r"(?:week|month|year|weekend|summer|winter|spring|autumn|fall|days|weeks|months|years)\b"
    r"|\b(?:weeks?|months?|years?) (?:ago|earlier|later)\b",
    re.IGNORECASE,
)
_STILL = re.compile(
    r"\b(?:still|remain|remains|being|currently) (?:\w+ )?"
    r"(?:held|holding|holds|hold|hostage|captive|in (?:\w+ )?(?:captivity|custody|Gaza))\b"
    r"|\b(?:still|remain|remains) in(?:side)?\b"
    r"|\b(?:is|are|was|were) (?:believed to be |thought to be )?(?:held|holding)\b|\bstill (?:has|have|hold)\b"
)
_FROM_TOLD = re.compile(
    r"\b(?P<same>(?:that|the same|that same) (?:day|night|morning|evening|afternoon))\b"
    r"|\b(?P<next>the (?:next|following) (?:day|night|morning))\b(?!,? (?:after|of))"
    r"|\b(?:the previous day|(?P<number>a|an|one|the|two|three|four|five|six) (?:days?|nights?) (?P<way>earlier|before|later))\b"
    r"(?! (?:the|a|an|his|her|their|its|that|they|he|it|Russia|Ukraine|Israel)\b)",
    re.IGNORECASE,
)
_FAR_DAYS = word_set("day days night nights morning evening afternoon")
_SMALL = {"a": 1, "an": 1, "one": 1, "the": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SPAN_OF_DAYS = re.compile(r"pD[pcw-]D")
UP_TO_NOW = re.compile(r"\bsince\b[^.;]*\b(?:has|have|had)\b|\b(?:has|have|had)\b[^.;]*\bsince\b", re.IGNORECASE)
_TILL_NOW = re.compile(
    r"\b(?:has|have|is|are|stands?)\b[^.;]*\b(?:so far|to date|until now|(?<!by )now)\b|\b(?:so far|to date)\b[^.;]*\b(?:has|have)\b"
)
_PERFECT = re.compile(r"\b(?:has|have)\b")  # "casualties have exceeded 4,500"
_EVENT_DAY = re.compile(r"(?<!S)(?<!Sp)(?<!SK)(?<!SKp)D(?!-)")
_KEPT = word_set("confirmed documented verified recorded registered identified")  # "had confirmed 974 deaths": no single event's
_RECORDED = word_set("verified recorded documented registered counted logged")  # "In May, the mission verified 174 deaths": those of May
_ABDUCTED = re.compile(
    r"\b(?:(?:abduct|kidnapp)(?:ed|ing)|(?:took|taking|taken|seized|seizing) (?:[^.;]{0,40} )?hostages?)\b", re.IGNORECASE
)
_ON_THAT_DAY = re.compile(r"\b(?:killed|died|wounded|injured) that (?:day|night|morning)\b")
_OVER_TIME = re.compile(r"\b(?:have|has|since|over|years?|decades?)\b", re.IGNORECASE)  # "have killed 3,000 and abducted 1,000"
_KILLED = re.compile(r"\bkill(?:ed|ing)\b", re.IGNORECASE)
_NEVER_ONE_EVENT = {"general": 2, "colonel": 5, "journalist": 6, "aid worker": 10, "health worker": 20}  # so many of a kind die over a war
EVENT_BEFORE = 3  # days
TOLD_WITHIN = 7  # sentences
_SO_FAR_FROM = 500  # fewer "so far" are those of one event
_TALLY_FROM = 100  # the same for a list of losses or a toll
_CUMULATIVE_FROM = 1000  # "has lost 9,000 troops" without a span is a total of the war; single events stay far below
_SHARE_OF_DAY = re.compile(
    r",? (?:some |about )?[\d,]+ of (?:them|these|those|whom|which) (?:in|over|during|within) the (?:last|past|previous) (?:day|24 hours)\b"
)
_WAR_BEGAN = re.compile(
    r"\b(?:war|conflict|invasion|campaign|offensive|hostilities|uprising|fighting)\b[^.;]{0,40}"
    r"\b(?:started|began|broke out|erupted|launched) (?:\w+ )?on $"
)


def period_of_loss(tagged: Tagged, loss: Loss, heading: Tagged | None) -> str:
    number = loss.noun.quantity.low or loss.noun.quantity.high or 0
    at = loss.noun.quantity.start - tagged.start
    told = period_of(_without_share(tagged.text, at), at) or (period_of(heading.text) if heading else None)
    if told == "other" and _opens_statement(tagged, loss):
        told = None
    if told in (None, "cumulative") and loss.rule in ("lose", "amount", "loss_list") and number >= _TALLY_FROM and is_of_front(tagged.text):
        return "other"
    is_of_many = told in (None, "incident") and number < _CUMULATIVE_FROM and loss.rule != "amount"
    if is_of_many and is_of_several(tagged.text, names_day := _names_day_of_event(tagged)):
        return "day" if names_day else "other"
    if told == "cumulative" and number < _SO_FAR_FROM and is_but_so_far(tagged.text):
        told = None  # "42 people so far": the toll of one strike still rises
    if told == "incident" and number >= NEVER_AT_ONCE:
        told = "cumulative"  # "the war that Hamas' attack set off has killed 40,000"
    if told is None and number < NEVER_AT_ONCE and _is_of_raid(tagged.text):
        told = "incident"
    if told in (None, "incident") and loss.measure == "captured" and _STILL.search(tagged.text):
        return "other"  # "59 hostages are still held in Gaza"
    if told:
        return told
    if loss.rule in ("lose", "amount") and "yesterday" in tagged.text.lower():
        return "day"
    if heading is not None:
        return "cumulative"  # "losses as of May 10:" heads a total
    is_record = number >= _TALLY_FROM and loss.rule in ("count_noun", "nominal") and not _KEPT.isdisjoint(tagged.text.lower().split())
    is_hardware = loss.category not in ("personnel", "drone", "missile") and number >= _TALLY_FROM
    if (
        number >= _CUMULATIVE_FROM
        or is_hardware
        or is_record
        or (loss.rule in ("listed", "loss_list", "amount", "brought") and number >= _TALLY_FROM)
    ):
        return "cumulative"
    return "cumulative" if number >= _NEVER_ONE_EVENT.get(loss.subject or "", number + 1) else "incident"


def _without_share(text: str, at: int) -> str:
    """'55,110 killed, 300 of them in the last day': the span of the part is none of the whole; the same length, for the offsets."""
    share = _SHARE_OF_DAY.search(text)
    return text if share is None or share.start() <= at < share.end() else text[: share.start()] + " " * len(share[0]) + text[share.end() :]


def _names_day_of_event(tagged: Tagged) -> bool:
    """A day that is neither the dateline's nor that of a verb of saying: 'killed on Thursday', not 'said on Thursday'."""
    return _EVENT_DAY.search(tagged.tags) is not None and _end_of_span(tagged) is None


def has_own_span(tagged: Tagged) -> bool:
    return "D" in tagged.tags or period_of(tagged.text) is not None


def _is_of_raid(text: str) -> bool:
    """'killed 1,200 people and abducted 250': no war does both in one breath; 'killed that day'."""
    is_both = _ABDUCTED.search(text) is not None and _KILLED.search(text) is not None
    return _ON_THAT_DAY.search(text) is not None or (is_both and _OVER_TIME.search(text) is None)


def _opens_statement(tagged: Tagged, loss: Loss) -> bool:
    """'In February the minister said that 31,000 …': the month is that of the statement."""
    head = tagged.chunks[: loss.noun.first]
    if tagged.tags[:2] != "pD" or any(c.tag in "N;" for c in head):
        return False
    said = next((c for c in head if (c.tag == "S" and c.text.lower().split()[-1] not in _RECORDED) or c.text.lower() == "gave"), None)
    return said is not None and period_of(tagged.text[said.end - tagged.start :]) != "other"


def day_of_loss(
    context: Context, index: int, tagged: Tagged, loss: Loss, credit: Credit | None, period: str
) -> tuple[date | None, Basis | None]:
    """The stated day, the day of the event, of the statement, of publication: the first that the sentence gives."""
    days = [(at, c.value) for at, c in enumerate(tagged.chunks) if isinstance(c.value, DayMention) and not _is_since(tagged, at)]
    stated = next((d for _, d in days if d.basis is Basis.STATED), None)
    if stated:
        return _dated(stated, Basis.STATED)
    if is_rate(tagged.text):
        return None, None
    if (
        not _FAR_DAYS.isdisjoint(context.words[index])
        and (shift := _days_from_told(tagged.text)) is not None
        and (told := _last_day_told(context, index)) is not None
    ):
        on = _shifted(told, shift)
        return (on, Basis.EVENT) if on else (None, None)
    if (last := _end_of_span(tagged)) is not None:
        return _dated(last, Basis.STATED)
    said = credit.said if credit else None
    own = [(abs(at - loss.noun.first), d) for at, d in days if d != said]
    if own:
        nearest = min(own, key=lambda pair: pair[0])[1]
        is_paper = _PAPER.match(context.text, nearest.end) is not None
        return _dated(nearest, Basis.STATEMENT if is_paper else nearest.basis)
    if said is not None and period == "incident" and (event := _day_just_before(context, index, said)) is not None:
        return event.on, event.basis
    if said is not None:
        return _dated(said, Basis.STATEMENT)
    if period == "day":
        return context.article.published_on, Basis.PUBLICATION if context.article.published_on else None
    return (
        _day_of_incident(context, index, tagged, credit) if period == "incident" else _day_of_total(context, index, tagged, credit, period)
    )


def _day_of_incident(context: Context, index: int, tagged: Tagged, credit: Credit | None) -> tuple[date | None, Basis | None]:
    """The day told just before, that of the source's statement, that told just behind, or the only one of the article; a sentence with a
    time of its own ('since early March, when …', 'a 2019 bombing') takes none from those around it."""
    if is_background(context, index):
        return None, None
    is_dateless = "D" not in tagged.tags and _VAGUE_TIME.search(tagged.text) is None
    if is_dateless and (carried_day := _carried_day(context, index))[0]:
        return carried_day
    if credit is not None and (earlier := statement_day(context, index, credit)) is not None:
        return _dated(earlier, Basis.STATEMENT)
    following = _following_day(context, index) if is_dateless else (None, None)
    return _only_day(context) if is_dateless and not following[0] else following


def _day_of_total(context: Context, index: int, tagged: Tagged, credit: Credit | None, period: str) -> tuple[date | None, Basis | None]:
    """The day of the source's statement, and for what has been lost 'so far' that of publication."""
    is_perfect = _PERFECT.search(tagged.text) is not None and _VAGUE_TIME.search(tagged.text) is None
    is_open = period != "other" or is_perfect or UP_TO_NOW.search(tagged.text) is not None
    earlier = statement_day(context, index, credit) if credit and is_open else None
    if earlier is not None:
        return _dated(earlier, Basis.STATEMENT)
    if context.article.published_on and _TILL_NOW.search(tagged.text):
        return context.article.published_on, Basis.PUBLICATION
    return None, None


def _days_from_told(text: str) -> int | None:
    """'earlier that day' is 0, 'a day earlier' -1, 'two days later' 2 days from the day told before; None without such words."""
    match = _FROM_TOLD.search(text)
    if match is None:
        return None
    if match["same"]:
        return 0
    if match["next"]:
        return 1
    number = _SMALL.get((match["number"] or "one").lower(), 1)
    return number if match["way"] == "later" else -number


def _shifted(day: DayMention, shift: int) -> date | None:
    if day.on is None or not 1 < day.on.toordinal() + shift < date.max.toordinal():
        return None
    return date.fromordinal(day.on.toordinal() + shift)


def _end_of_span(tagged: Tagged) -> DayMention | None:
    """'from 24 February to 10 May', 'between 20 December and 29 December': the figure holds for the last day."""
    match = _SPAN_OF_DAYS.search(tagged.tags)
    if match is None or tagged.chunks[match.start()].text.lower() not in ("from", "between"):
        return None
    value = tagged.chunks[match.end() - 1].value
    return value if isinstance(value, DayMention) and value.on else None


def _last_day_told(context: Context, index: int) -> DayMention | None:
    """'earlier that day': the day named last in the sentences before."""
    for back in range(index - 1, max(-1, index - TOLD_WITHIN), -1):
        days = [c.value for c in context.tagged(back).chunks if isinstance(c.value, DayMention) and c.value.on]
        if days:
            return days[-1]
    return None


def _day_just_before(context: Context, index: int, said: DayMention) -> DayMention | None:
    """The day of the event where the sentence gives but the day of the statement: the one other day that the sentences around it name, at
    most `EVENT_BEFORE` days earlier."""
    if said.on is None:
        return None
    days = {
        day.on: day
        for near in range(max(0, index - 2), min(len(context.sentences), index + 3))
        for day in _event_days(context, near)
        if day.on and 0 < (said.on - day.on).days <= EVENT_BEFORE
    }
    if not days:
        days = {on: day for on, day in _days_of_events(context).items() if on and 0 < (said.on - on).days <= EVENT_BEFORE}
    return next(iter(days.values())) if len(days) == 1 else None


def _event_days(context: Context, index: int) -> list[DayMention]:
    """Days of a sentence that bound no span and on which nobody just speaks."""
    sentence = context.sentences[index]
    if not may_settle_day(context.words[index], context.text[sentence.start : sentence.end]):
        return []
    tagged = context.tagged(index)
    if "D" not in tagged.tags:
        return []
    said = [c.said for c in credits_in(context, index) if c.said]
    named = [c.value for at, c in enumerate(tagged.chunks) if isinstance(c.value, DayMention) and not _is_since(tagged, at)]
    return [day for day in named if day.on and day not in said and day.basis is not Basis.STATED]


def _days_of_events(context: Context) -> dict[date | None, DayMention]:
    """The days that the article names for what happened."""
    return context.memo("event_days", lambda: {d.on: d for i in range(len(context.sentences)) for d in _event_days(context, i)})


def _only_day(context: Context) -> tuple[date | None, Basis | None]:
    """The one day that the whole article names for what happened."""
    days = _days_of_events(context)
    only = next(iter(days.values())) if len(days) == 1 else None
    return (only.on, only.basis) if only and only.basis is not Basis.PUBLICATION else (None, None)


def _dated(day: DayMention, basis: Basis) -> tuple[date | None, Basis | None]:
    return (day.on, basis) if day.on else (None, None)


def _is_since(tagged: Tagged, at: int) -> bool:
    """The day bounds a span or is to come: 'since the invasion began on Feb. 24', 'the war that started on 7 October', 'until Friday', 'to
    begin on Friday'."""
    ahead = tagged.chunks[at].start - tagged.start
    if _WAR_BEGAN.search(tagged.text, 0, ahead) or is_to_come(tagged.text[:ahead]):
        return True
    for chunk in reversed(tagged.chunks[max(0, at - 12) : at]):
        if chunk.tag in ",;S":
            return False
        if chunk.text.lower() in ("since", "until", "till"):
            return True
    is_bound = at > 0 and tagged.chunks[at - 1].text.lower() in ("from", "after", "before")
    return is_bound and tagged.tags[at + 1 : at + 2] != "s"  # "the toll from Tuesday's attack" is that day's


def _carried_day(context: Context, index: int) -> tuple[date | None, Basis | None]:
    """An incident told on without a date keeps the day of the sentences just before it."""
    for back in range(index - 1, max(-1, index - 4), -1):
        tagged = context.tagged(back)
        for at, chunk in enumerate(tagged.chunks):
            day = chunk.value
            if isinstance(day, DayMention) and day.on and day.basis is not Basis.STATED and not _is_since(tagged, at):
                return day.on, day.basis
    return None, None


def _following_day(context: Context, index: int) -> tuple[date | None, Basis | None]:
    """A lead without a date: the day that the next two sentences give, when it lies just before publication."""
    published = context.article.published_on
    if index > 2 or published is None:
        return None, None
    for ahead in range(index + 1, min(index + 3, len(context.sentences))):
        tagged = context.tagged(ahead)
        for at, chunk in enumerate(tagged.chunks):
            day = chunk.value
            if isinstance(day, DayMention) and day.on and not _is_since(tagged, at) and 0 <= (published - day.on).days <= 1:
                return day.on, day.basis
    return None, None


def last_day(heading: Tagged) -> tuple[date | None, Basis | None]:
    """The day that a heading gives its list: the last it names ('from 24.02.22 to 10.05.24')."""
    days = [c.value for c in heading.chunks if isinstance(c.value, DayMention) and c.value.on]
    return _dated(days[-1], Basis.STATED) if days else (None, None)
