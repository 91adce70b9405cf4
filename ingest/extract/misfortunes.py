"""In: an article and the number of a sentence. Out: whether the sentence tells of no war of today: an accident, a disaster, a crime, an
old war."""

from __future__ import annotations

import re
from functools import cache

from ingest.extract.context import Context
from ingest.extract.lexicons import rows, stems
from ingest.extract.memory import Judged
from ingest.extract.tokens import word_set

PAST_YEARS = 10
_YEAR = re.compile(  # "1960 artillery systems" is a number
    r"\b(?:in|of|since|during|from|until|to|by|the|early|late|mid|January|February|March|April|May|June|July|August|September"
    r"|October|November|December)[ -](?:\d{1,2}(?:st|nd|rd|th)?, )?((?:19|20)\d\d)(?!\d|[.,]\d)|\(((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_WAR_OF_YEAR = re.compile(r"\bwar of ((?:19|20)\d\d)\b|(?<!since the )\b((?:19|20)\d\d) war\b")
_COMMEMORATED = re.compile(  # how an article about a war of long ago opens; "the worst in Europe since the Second World War" opens others
    r"\b(?:veterans?|battles?|landings?|graves?|soldiers|fallen|dead|victims|trenches|battlefields?) (?:of|from) "
    r"(?:the )?(?:(?:First|Second) World War|World War (?:I|II|One|Two|1|2))\b|\bD-Day\b"
)
_YEAR_WHEN = re.compile(r"\bsince (?:19|20)\d\d, when\b")  # "the deadliest since 2008, when 166 were killed"
_SINCE = re.compile(r"\bsince (?:the |last )?(?:\w+ )?(?:\d+ )?(?:\w+ )?$")  # "since the March 28 earthquake" dates what the war did
_YEAR_TOLD = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[^\W\d_]+")
_WRECKS = word_set("crash crashed crashes crashing derailed capsized collided overturned")
_VICTIMS = re.compile(r"\bof the (?:victims|dead|injured|passengers)\b")
_CRASHED = re.compile(  # for text in lower case
    r"\b(?:planes?|airliner|airlines?|jets?|flight|helicopters?|bus|trains?|cars?|coach|ferry|boat|truck|lorry)\b[^.;]{0,90}"
    r"\b(?:crash(?:ed|es|ing)?|derailed|capsized|collided|overturned)\b"
)
_SHOT = re.compile(r"\b(?:shot|missiles?|drones?|fire|fired|attack\w*|struck|hit|strikes?|downed|mines?|rockets?|shell\w*|bomb\w*)\b")
_MISFORTUNE = ("disaster", "other")


@cache
def _misfortunes() -> tuple[str, ...]:
    return tuple(_WORD.match(row[0])[0] for row in rows("conflict") if row[1] in _MISFORTUNE)  # type: ignore[index]  # letters begin each


def _may_be_misfortune(word: str) -> bool:
    """The stem of an accident, a disaster or a crime may begin with this word."""
    return word.startswith(_misfortunes())


def _is_of_earlier_war(text: str, year: int) -> bool:
    """'the war of 2020', 'the 2014 war', told two years later and more."""
    match = _WAR_OF_YEAR.search(text)
    return match is not None and int(match[1] or match[2]) < year - 1


_MISFORTUNES = Judged(_may_be_misfortune)


def is_other_misfortune(context: Context, index: int) -> bool:
    """The sentence tells of an accident, a disaster, a crime, a disease, or a war of ten years ago and more."""
    (start, end, _, _), words, published = context.sentences[index], context.words[index], context.article.published_on
    if any(_tells(context, index, sense) for sense in _MISFORTUNE) or _is_beside_disaster(context, index) or _commemorates(context):
        return True
    if words & _WRECKS and _CRASHED.search(context.lowered, start, end) and not _SHOT.search(context.lowered, start, end):
        return True
    if published is not None and "war" in words and _is_of_earlier_war(context.text[start:end], published.year):
        return True
    if (
        published is None
        or ("since" in words and _YEAR_WHEN.search(context.text, start, end) is None)
        or _YEAR_TOLD.search(context.text, start, end) is None
    ):
        return False
    years = [int(m[1] or m[2]) for m in _YEAR.finditer(context.text, start, end)]
    return bool(years) and max(years) <= published.year - PAST_YEARS


def _commemorates(context: Context) -> bool:
    """The article opens with what is left of a World War: its figures are of no war of today."""
    return context.memo("commemorates", lambda: _COMMEMORATED.search(context.sentence(0)) is not None)


def _tells(context: Context, index: int, misfortune: str) -> bool:
    """The sentence has a stem of this sense, not behind "since"."""
    if context.words[index].isdisjoint(context.words_that(_MISFORTUNES)):
        return False
    start, end, _, _ = context.sentences[index]
    told = stems("conflict", 1, misfortune).search(context.lowered, start, end)
    return told is not None and not _SINCE.search(context.text, start, told.start())


def _is_beside_disaster(context: Context, index: int) -> bool:
    """'The quake struck on Friday. By the junta's count it has left 2,886 dead', '14 were hurt. The accident happened near …': a
    disaster just before, or one that the next sentence goes on about, and no word of war in either."""
    paragraph = context.sentences[index].paragraph
    is_behind = index > 0 and context.sentences[index - 1].paragraph == paragraph
    if is_behind and "of" in context.words[index] and _VICTIMS.search(context.sentence(index)):
        return any(_tells(context, index - 1, sense) for sense in _MISFORTUNE)  # "Two of the victims were soldiers on leave"
    beside = [at for at in (index - 1, index + 1) if 0 <= at < len(context.sentences) and context.sentences[at].paragraph == paragraph]
    told = (at for at in beside if at < index or context.text.startswith("The ", context.sentences[at].start))
    return any(_tells(context, at, "disaster") and not _tells_of_war(context, at) and not _tells_of_war(context, index) for at in told)


def _tells_of_war(context: Context, index: int) -> bool:
    start, end, _, _ = context.sentences[index]
    return stems("conflict", 1, "conflict").search(context.lowered, start, end) is not None
