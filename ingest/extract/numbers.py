"""In: tokens. Out: quantities (bounds and qualifier) and plain values, with the index of the token after them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from ingest.extract.lexicons import longest, table
from ingest.extract.memory import Memo
from ingest.extract.tokens import Token
from ingest.records import Qualifier

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORDS = {word: value for value, word in enumerate(_UNITS.split())} | {w: 20 + 10 * i for i, w in enumerate(_TENS.split())}
SCALES = {
    "hundred": 100,
    "dozen": 12,
    "thousand": 10**3,
    "lakh": 10**5,
    "lakhs": 10**5,
    "crore": 10**7,
    "crores": 10**7,
    "million": 10**6,
    "mln": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "trillion": 10**12,
}
_SUFFIXES = {"": 1, "k": 10**3, "m": 10**6, "mln": 10**6, "bn": 10**9, "b": 10**9, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_DIGITS = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(k|mln|million|m|bn|billion|b|thousand)?")
_LEADING, _GROUP = re.compile(r"\d{1,3}"), re.compile(r"\d{3}")
NUMBER_WORDS = frozenset(WORDS) | frozenset(SCALES) | {"half"}


class Quantity(NamedTuple):
    """Whole bounds of one stated number; None is an open end. Offsets cover the qualifier too."""

    low: int | None
    high: int | None
    qualifier: Qualifier
    start: int
    end: int


class Value(NamedTuple):
    """A bare number; `scale` is the last scale word or suffix in it (1 if none)."""

    value: Decimal
    scale: int
    next: int


def parse_value(tokens: list[Token], index: int) -> Value | None:
    """One number in digits or words at `index`."""
    if index >= len(tokens):
        return None
    if tokens[index].text[0].isdecimal():
        return _digits(tokens, index)
    return _half(tokens, index) or _words(tokens, index)


def _digits(tokens: list[Token], index: int) -> Value | None:
    read = _DIGITS_READ[tokens[index].lower]
    if read is None:
        return None
    value, scale, is_bare = read
    after = index + 1
    while is_bare and _is_thousand_group(tokens, index, after):
        value, after = value * 1000 + int(tokens[after].text), after + 1
    return _scaled(tokens, Value(value, scale, after))


def _read(word: str) -> tuple[Decimal, int, bool] | None:
    """The value of digits, the scale of a suffix, and whether nothing but digits and thousands commas stands there."""
    match = _DIGITS.fullmatch(word)
    if match is None:
        return None
    scale = _SUFFIXES[match[3] or ""]
    return Decimal(match[1].replace(",", "") + (match[2] or "")) * scale, scale, match[2] is None and match[3] is None


_DIGITS_READ = Memo(_read)


def _is_thousand_group(tokens: list[Token], index: int, after: int) -> bool:
    """'1 200' with one (thin, hard or plain) space; a plain space does not join after another word that takes a number."""
    if (
        after >= len(tokens)
        or not tokens[after].text[0].isdecimal()
        or _GROUP.fullmatch(tokens[after].text) is None
        or _LEADING.fullmatch(tokens[index].text) is None
    ):
        return False
    if tokens[after].start != tokens[after - 1].end + 1:
        return False
    return index == 0 or not tokens[index - 1].text[0].isupper() or tokens[index - 1].lower in table("qualifiers")


def _scaled(tokens: list[Token], value: Value) -> Value:
    while value.next < len(tokens) and (factor := SCALES.get(tokens[value.next].lower)) is not None:
        value = Value(value.value * factor, factor, value.next + 1)
    return value


def _half(tokens: list[Token], index: int) -> Value | None:
    """'half a million', 'half a dozen', 'two and a half thousand'."""
    if tokens[index].lower != "half" and (index + 1 >= len(tokens) or tokens[index + 1].lower != "and"):
        return None
    words = [token.lower for token in tokens[index : index + 5]]
    if words[:1] == ["half"] and len(words) > 2 and words[1] in ("a", "an") and words[2] in SCALES:
        return Value(Decimal(SCALES[words[2]]) / 2, SCALES[words[2]], index + 3)
    if len(words) == 5 and words[0] in WORDS and words[1:4] == ["and", "a", "half"] and words[4] in SCALES:
        return Value((WORDS[words[0]] + Decimal("0.5")) * SCALES[words[4]], SCALES[words[4]], index + 5)
    return None


def _word(text: str) -> int | None:
    if text in WORDS:
        return WORDS[text]
    tens, dash, unit = text.partition("-")
    if dash and tens in WORDS and unit in WORDS and WORDS[tens] >= 20 and 0 < WORDS[unit] < 10:
        return WORDS[tens] + WORDS[unit]
    return None


def _words(tokens: list[Token], index: int) -> Value | None:
    total, current, scale, at = 0, None, 1, index
    if tokens[at].lower in ("a", "an") and at + 1 < len(tokens) and tokens[at + 1].lower in SCALES:
        current, at = 1, at + 1
    while at < len(tokens):
        word = tokens[at].lower
        if (unit := _word(word)) is not None and (current is None or current % 100 == 0 or (current % 10 == 0 and unit < 10)):
            current = (current or 0) + unit
        elif word in SCALES and current is not None:
            scale = SCALES[word]
            if scale >= 1000:
                total, current = total + current * scale, 0
            else:
                current *= scale
        elif not (word == "and" and scale > 1 and at + 1 < len(tokens) and _word(tokens[at + 1].lower) is not None):
            break
        at += 1
    if current is None:
        return None
    return Value(Decimal(total + current), scale, at)


def parse_quantity(tokens: list[Token], index: int) -> tuple[Quantity, int] | None:
    """[qualifier] number [range] [or more] at `index`, as whole bounds."""
    qualifier, at = _qualifier(tokens, index)
    is_between = at < len(tokens) and tokens[at].lower == "between"
    first = parse_value(tokens, at + is_between)
    if first is None:
        return None
    last = _range_end(tokens, first, is_between)
    after = (last or first).next
    if is_between and last is None:
        return None
    if after + 1 < len(tokens) and tokens[after].lower == "or" and tokens[after + 1].lower in ("more", "so"):
        qualifier = Qualifier.AT_LEAST if tokens[after + 1].lower == "more" else Qualifier.ABOUT
        after += 2
    elif after < len(tokens) and tokens[after].text == "+" and tokens[after].start == tokens[after - 1].end:
        qualifier, after = Qualifier.AT_LEAST, after + 1
    bounds = _bounds(first, last, qualifier)
    if bounds is None:
        return None
    return Quantity(*bounds, tokens[index].start, tokens[after - 1].end), after


_OWNED = frozenset({"owned", "owns", "owning", "own", "adds", "added", "add", "adding", "sums", "summed"})


def _qualifier(tokens: list[Token], index: int) -> tuple[Qualifier, int]:
    qualifier = Qualifier.EXACT
    while index < len(tokens) and (found := longest(table("qualifiers"), tokens, index)) is not None:
        entry, index = found
        if entry.row[1] == Qualifier.UP_TO and tokens[index - 2].lower == "up" and index > 2 and tokens[index - 3].lower in _OWNED:
            continue  # "owned up to 63 dead", "adds up to 500"
        if qualifier in (Qualifier.EXACT, Qualifier.ABOUT):
            qualifier = Qualifier(entry.row[1])
    if index < len(tokens) and tokens[index].lower == "a" and [token.lower for token in tokens[index + 1 : index + 3]] == ["total", "of"]:
        index += 3
    return qualifier, index


def _range_end(tokens: list[Token], first: Value, is_between: bool) -> Value | None:
    at = first.next
    if at + 1 >= len(tokens):
        return None
    joints = ("and",) if is_between else ("to", "or", "-", "–", "—")
    if tokens[at].lower not in joints:
        return None
    is_tight = tokens[at].text in "-–—" and tokens[at].start > tokens[at - 1].end  # "tanks 30 – 40 guns" is no range
    last = parse_value(tokens, at + 1)
    if last is None or is_tight or (tokens[at].lower == "or" and last.value != first.value + 1):
        return None
    low = first.value * last.scale if first.scale == 1 and first.value < last.value / last.scale else first.value
    return last if low < last.value else None


def _bounds(first: Value, last: Value | None, qualifier: Qualifier) -> tuple[int | None, int | None, Qualifier] | None:
    low = first.value
    if last is not None and first.scale == 1 and low < last.value / last.scale:
        low *= last.scale
    high = last.value if last else first.value
    if low != int(low) or high != int(high):
        return None
    if last is not None:
        return int(low), int(high), Qualifier.RANGE
    if qualifier is Qualifier.AT_LEAST:
        return int(low), None, qualifier
    if qualifier is Qualifier.UP_TO:
        return None, int(high), qualifier
    return int(low), int(high), qualifier
