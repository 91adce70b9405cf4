"""In: tokens. Out: sums of money with currency and period, and the index of the token after them."""

from __future__ import annotations

from typing import NamedTuple

from ingest.extract.lexicons import longest, table
from ingest.extract.numbers import Value, parse_value
from ingest.extract.tokens import Token

_PER = {"month": "month", "monthly": "month", "day": "day", "daily": "day", "year": "year", "annually": "year", "week": "week"}
_SIGN_NATIONS = {"us": "USD", "a": "AUD", "c": "CAD", "u": "USD", "au": "AUD", "ca": "CAD"}


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
    value = parse_value(tokens, at)
    if value is None:
        return None
    if currency is not None:
        return value, currency, value.next
    found = longest(table("currencies"), tokens, value.next) if value.next < len(tokens) else None
    return (value, found[0].row[1], found[1]) if found else (value, None, value.next)


def _sign(tokens: list[Token], index: int) -> tuple[str | None, int]:
    """A sign or code before the number: '$', 'US$', 'A$', 'UAH'."""
    nation = _SIGN_NATIONS.get(tokens[index].lower.replace(".", ""))
    if nation and index + 1 < len(tokens) and tokens[index + 1].text == "$" and tokens[index + 1].start == tokens[index].end:
        return nation, index + 2
    found = longest(table("currencies"), tokens, index)
    if found and (not found[0].row[0].isalpha() or found[0].row[0].isupper()):
        return found[0].row[1], found[1]
    return None, index


def _period(tokens: list[Token], index: int) -> tuple[str | None, int]:
    words = [token.lower for token in tokens[index : index + 2]]
    if words and words[0] in ("monthly", "daily", "annually"):
        return _PER[words[0]], index + 1
    if len(words) == 2 and words[0] in ("a", "per", "each", "every") and words[1] in _PER:
        return _PER[words[1]], index + 2
    return None, index
