"""In: tokens. Out: sums of money with currency and period, and the index of the token after them."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.lexicons import by_first, longest, table
from ingest.extract.numbers import Value, parse_value
from ingest.extract.tokens import Token

_PER = {"month": "month", "monthly": "month", "day": "day", "daily": "day", "year": "year", "annually": "year", "week": "week"}
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "m": 1_000_000, "k": 1_000, "bn": 1_000_000_000}
_JOINED = re.compile(r"(?P<number>\d[\d.,]*)?(?P<scale>thousand|million|billion|bn|m|k)?[-‑](?P<word>[a-z]+)")  # "400,000-rouble"
_RATE = re.compile(r"(?P<number>\d[\d.,]*[km]?)[-‑]a[-‑](?P<span>month|day|week|year)")  # "$2,000-a-month"
_SIGN_NATIONS = {
    "us": "USD",
    "a": "AUD",
    "c": "CAD",
    "u": "USD",
    "au": "AUD",
    "ca": "CAD",
    "nt": "TWD",
    "hk": "HKD",
    "nz": "NZD",
    "s": "SGD",
}


LEAST_WON = 10_000  # no price is told in fewer; a smaller number before "won" has gained something
_BEFORE = frozenset({"Rs", "Php", "PhP"})  # codes written small that stand before the number


class Money(NamedTuple):
    """`low` is None unless a range or an open upper end is told; `amount` is the upper bound, in `currency` (ISO 4217)."""

    low: float | None
    amount: float
    currency: str
    per: str | None
    start: int
    end: int


def parse_money(tokens: list[Token], index: int) -> tuple[Money, int] | None:
    """A sum at `index`: '$3,400 per month', '5 million rubles', 'UAH 100,000', 'between $4,500 and $6,000'."""
    at = index + (tokens[index].lower in ("between", "from"))
    first = _sum(tokens, at)
    if first is None:
        return None
    value, currency, after = first
    low: float | None = None
    if after < len(tokens) and tokens[after].lower in ("and", "to", "-", "–"):
        second = _sum(tokens, after + 1)
        joined = tokens[after].lower != "and" or tokens[index].lower == "between"
        if joined and second and (currency is None or second[1] in (None, currency)) and second[0].value > value.value:
            low, value, currency, after = float(value.value), second[0], currency or second[1], second[2]
    if currency is None:
        return None
    per, after = _period(tokens, after)
    return Money(low, float(value.value), currency, per, tokens[index].start, tokens[after - 1].end), after


def _sum(tokens: list[Token], index: int) -> tuple[Value, str | None, int] | None:
    if index >= len(tokens):
        return None
    currency, at = _sign(tokens, index)
    if currency is None and (joined := _joined(tokens, at)):
        return joined
    value = parse_value(tokens, at)
    if value is None:
        return _rate(tokens, at, currency)
    if currency is None and (scaled := _scaled(tokens, value)):
        return scaled
    if currency is not None:
        return value, currency, value.next
    found = longest(table("currencies"), tokens, value.next) if value.next < len(tokens) else None
    if found and found[0].row[0] == "won" and value.value < LEAST_WON:
        found = None  # "25 won the vote"
    if found and len(found[0].row[0]) == 1 and tokens[value.next].text != found[0].row[0]:
        found = None  # "9.30 p.m."
    return (value, found[0].row[1], found[1]) if found else (value, None, value.next)


def _code(word: str) -> str | None:
    """The currency of a single word."""
    return next((entry.row[1] for words, entry in table("currencies").get(word, ()) if words == (word,)), None)


def _joined(tokens: list[Token], index: int) -> tuple[Value, str | None, int] | None:
    """'400,000-rouble', '2m-ruble'."""
    match = _JOINED.fullmatch(tokens[index].lower) if index < len(tokens) and "-" in tokens[index].lower else None
    code = _code(match["word"]) if match and match["number"] else None
    if match is None or code is None:
        return None
    value = parse_value([tokens[index]._replace(text=match["number"], lower=match["number"])], 0)
    if value is None:
        return None
    return value._replace(value=value.value * _SCALES.get(match["scale"] or "", 1), next=index + 1), code, index + 1


def _scaled(tokens: list[Token], value: Value) -> tuple[Value, str | None, int] | None:
    """'1.5 million-rouble'."""
    match = _JOINED.fullmatch(tokens[value.next].lower) if value.next < len(tokens) and "-" in tokens[value.next].lower else None
    code = _code(match["word"]) if match and match["scale"] and not match["number"] else None
    if match is None or code is None:
        return None
    at = value.next + 1
    return value._replace(value=value.value * _SCALES[match["scale"]], next=at), code, at


def _rate(tokens: list[Token], index: int, currency: str | None) -> tuple[Value, str | None, int] | None:
    """'$2,000-a-month': the period is read again by `_period`."""
    match = _RATE.fullmatch(tokens[index].lower) if currency and index < len(tokens) else None
    value = parse_value([tokens[index]._replace(text=match["number"], lower=match["number"])], 0) if match else None
    return (value._replace(next=index + 1), currency, index + 1) if value else None


def _sign(tokens: list[Token], index: int) -> tuple[str | None, int]:
    """A sign or code before the number: '$', 'US$', 'A$', 'UAH'."""
    nation = _SIGN_NATIONS.get(tokens[index].lower.replace(".", ""))
    if nation and index + 1 < len(tokens) and tokens[index + 1].text == "$" and tokens[index + 1].start == tokens[index].end:
        return nation, index + 2
    word = tokens[index].text
    is_glued = index + 1 < len(tokens) and tokens[index + 1].start == tokens[index].end and tokens[index + 1].text[0].isdecimal()
    if len(word) == 1 and word.isalpha():
        return (by_first("currencies")[word][1], index + 1) if is_glued and word in by_first("currencies") else (None, index)  # "P50,000"
    found = longest(table("currencies"), tokens, index)
    if found and (not found[0].row[0].isalpha() or found[0].row[0].isupper() or found[0].row[0] in _BEFORE):
        return found[0].row[1], found[1] + (found[1] < len(tokens) and tokens[found[1]].text == "." and found[0].row[0] == "Rs")
    return None, index


def _period(tokens: list[Token], index: int) -> tuple[str | None, int]:
    rate = _RATE.fullmatch(tokens[index - 1].lower)
    if rate:
        return rate["span"], index
    at = index + (index < len(tokens) and tokens[index].lower == "for")
    words = [token.lower for token in tokens[at : at + 2]]
    if at == index and words and words[0] in ("monthly", "daily", "annually"):
        return _PER[words[0]], index + 1
    if len(words) == 2 and words[0] in (("a", "per", "each", "every") if at == index else ("each", "every")) and words[1] in _PER:
        return _PER[words[1]], at + 2
    return None, index
