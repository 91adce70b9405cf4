"""In: tokens and the day of publication. Out: days that the text names, with their basis."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from ingest.extract.numbers import parse_value
from ingest.extract.tokens import Token, word_set
from ingest.records import Basis

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_WEEKDAYS = {name: n for n, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))}
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_NUMERIC = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})")  # 24.02.22, day first as bulletins of the region write it
_YEAR = re.compile(r"(?:19|20)\d\d")
_AHEAD_OF_MONTH = frozenset({"in", "last", "since", "by", "until", "early", "late", "from", "of", "during", "this"})
_FEASTS = (
    (["new", "year", "'s", "day"], 1, 1),
    (["new", "year", "'s", "eve"], 12, 31),
    (["christmas", "eve"], 12, 24),
    (["christmas", "day"], 12, 25),
)
_FEAST_FIRST = frozenset(words[0] for words, _, _ in _FEASTS)
_AGO = frozenset(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
DAY_WORDS = (
    frozenset(_MONTHS)
    | frozenset(_WEEKDAYS)
    | _AGO
    | {"as", "last", "yesterday", "today", "tonight", "currently", "overnight", "this", "day", "night", "new", "christmas"}
)
DAY_SECONDS = {  # of those that name a day only with another word behind them
    "as": frozenset({"of", "at"}),
    "last": frozenset({"night"}),
    "this": frozenset({"morning", "afternoon", "evening"}),
    "day": frozenset({"before", "earlier"}),
    "night": frozenset({"before", "earlier"}),
    "new": frozenset({"year"}),
    "christmas": frozenset({"eve", "day"}),
    **dict.fromkeys(_AGO, frozenset({"days"})),
}
DAY_BEHIND_NUMBER = frozenset(_MONTHS) | {"of", "days"}  # one of these stands behind a number in digits that is no date of digits alone


_SETTLING = (  # one stands in every phrase that settles a day in words
    frozenset(_MONTHS)
    | frozenset(_WEEKDAYS)
    | word_set("yesterday today tonight currently overnight night morning afternoon evening ago year eve christmas")
)


_TO_COME = re.compile(
    r"\b(?:to|will|would|shall|due to|set to|from) "
    r"(?:begin|start|take effect|come into (?:force|effect)|take place|resume|meet|expire|open|be held)\b"
    r"[^.;,]{0,30}$"
)


class DayMention(NamedTuple):
    """A named day. `on` is None when the text and the publication day do not settle it (a month or year alone, a past span)."""

    on: date | None
    basis: Basis
    start: int
    end: int


def may_settle_day(words: frozenset[str], sentence: str) -> bool:
    """Without this, a sentence of these words (lower case) names no day that is known; asked before it is tagged."""
    return not _SETTLING.isdisjoint(words) or _NUMERIC.search(sentence) is not None


def is_to_come(ahead: str) -> bool:
    """The words before a day say that something is to happen on it: 'to begin at 2am on', 'will meet again on'."""
    return _TO_COME.search(ahead) is not None


def parse_day(tokens: list[Token], index: int, published_on: date | None) -> tuple[DayMention, int] | None:
    """A date phrase at `index` and the index after it."""
    stated = _as_of(tokens, index)
    at = index + stated
    found = _calendar_day(tokens, at, published_on) or _relative_day(tokens, at, published_on)
    if found is None:
        return None
    on, basis, after = found
    return DayMention(on, Basis.STATED if stated else basis, tokens[index].start, tokens[after - 1].end), after


def _as_of(tokens: list[Token], index: int) -> int:
    is_told = tokens[index].lower == "as" and index + 1 < len(tokens) and tokens[index + 1].lower in ("of", "at")
    return 2 if is_told else 0


def _calendar_day(tokens: list[Token], index: int, published_on: date | None) -> tuple[date | None, Basis, int] | None:
    if index >= len(tokens) or not (tokens[index].lower in _MONTHS or tokens[index].text[0].isdecimal()):
        return None
    words = [token.lower for token in tokens[index : index + 6]]
    if words[0] in _MONTHS and tokens[index].text[0].isupper():
        return _month_first(tokens, index, words, published_on)
    if numeric := _NUMERIC.fullmatch(words[0]):
        year = int(numeric[3]) + (2000 if len(numeric[3]) == 2 else 0)
        return _date(year, int(numeric[2]), int(numeric[1])), Basis.EVENT, index + 1
    match = _DAY.fullmatch(words[0])
    shift = 2 if words[1:2] == ["of"] else 1
    if match and len(words) > shift and words[shift] in _MONTHS and tokens[index + shift].text[0].isupper():
        at = index + shift + 1
        at += at < len(tokens) and tokens[at].text == "." and words[shift] not in ("march", "may", "june", "july")
        return _with_year(tokens, at, _MONTHS[words[shift]], int(match[1]), published_on)
    return None


def _month_first(tokens: list[Token], index: int, words: list[str], published_on: date | None) -> tuple[date | None, Basis, int] | None:
    dot = int(words[1:2] == ["."] and len(words[0]) <= 4)
    match = _DAY.fullmatch(words[1 + dot]) if len(words) > 1 + dot else None
    if match is None:
        if len(words) > 1 and _YEAR.fullmatch(words[1]):
            return None, Basis.EVENT, index + 2
        is_month = words[0] not in ("may", "march", "mar", "jan", "jun")
        is_in_month = words[0] in ("may", "march") and index > 0 and tokens[index - 1].lower in _AHEAD_OF_MONTH
        return (None, Basis.EVENT, index + 1) if is_month or is_in_month else None
    return _with_year(tokens, index + 2 + dot, _MONTHS[words[0]], int(match[1]), published_on)


def _with_year(tokens: list[Token], at: int, month: int, day: int, published_on: date | None) -> tuple[date | None, Basis, int] | None:
    skip = int(at < len(tokens) and tokens[at].text == ",")
    if at + skip < len(tokens) and _YEAR.fullmatch(tokens[at + skip].text):
        return _date(int(tokens[at + skip].text), month, day), Basis.EVENT, at + skip + 1
    if not 1 <= day <= 31:
        return None
    return _latest(month, day, published_on), Basis.EVENT, at


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None  # "February 30": a slip of the page, not a day


def _latest(month: int, day: int, published_on: date | None) -> date | None:
    """The most recent such day up to a day after publication (time zones)."""
    if published_on is None:
        return None
    limit = published_on.toordinal() + 1
    years = (published_on.year, published_on.year - 1, published_on.year - 2, published_on.year - 3, published_on.year - 4)
    return next((d for y in years if y > 0 and (d := _date(y, month, day)) and d.toordinal() <= limit), None)


def _relative_day(tokens: list[Token], index: int, published_on: date | None) -> tuple[date | None, Basis, int] | None:
    word = tokens[index].lower if index < len(tokens) else ""
    if word in _WEEKDAYS and tokens[index].text[0].isupper():
        return _weekday(_WEEKDAYS[word], published_on), Basis.WEEKDAY, index + 1
    if word == "yesterday":
        return _back(published_on, 1), Basis.EVENT, index + 1
    if word in ("today", "tonight", "currently"):
        return published_on, Basis.PUBLICATION, index + 1
    if word == "overnight":
        return published_on, Basis.PUBLICATION, index + 1
    following = tokens[index + 1].lower if index + 1 < len(tokens) else ""
    if word == "this" and following in ("morning", "afternoon", "evening"):
        return published_on, Basis.PUBLICATION, index + 2
    if following == "days" and index + 2 < len(tokens) and tokens[index + 2].lower == "ago" and (value := parse_value(tokens, index)):
        return _back(published_on, int(value.value)), Basis.EVENT, index + 3
    if word in ("day", "night") and following in ("before", "earlier"):
        return None, Basis.EVENT, index + 2  # the day before another: no day that the sentence settles
    for words, month, day in _FEASTS if word in _FEAST_FIRST else ():
        if [token.lower for token in tokens[index : index + len(words)]] == words and tokens[index].text[0].isupper():
            return _latest(month, day, published_on), Basis.EVENT, index + len(words)
    if word == "last" and index + 1 < len(tokens) and tokens[index + 1].lower == "night":
        return _back(published_on, 1), Basis.EVENT, index + 2
    return None


def _back(published_on: date | None, days: int) -> date | None:
    if published_on is None or published_on.toordinal() <= days:
        return None
    return published_on - timedelta(days=days)


def _weekday(number: int, published_on: date | None) -> date | None:
    """The most recent such weekday on or before publication."""
    return None if published_on is None else _back(published_on, (published_on.weekday() - number) % 7)
