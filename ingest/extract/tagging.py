"""In: a sentence. Out: its chunks (words, quantities, sums, days, nouns, names), each with a one-letter tag; patterns read the tags.

The letters: N quantity, X number that counts nothing, M money, D day, P person noun, E equipment noun, A named actor, U unnamed body,
L place, R role word, K capitalised word, t/g/v/i/l loss verbs (participle, -ing, present, intransitive, lose), n loss count noun,
f nominal loss ("the loss of"), S speech verb, Y citation ("according to"), G denial verb, B form of be, V form of have, Z negation,
m modal, d determiner, j pronoun, T that, H relative pronoun, c and/or, o of, b by, p preposition, s possessive sign, q quotation mark,
and the signs , : ; - ( ) ; w any other word.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache, partial
from typing import NamedTuple

from ingest.extract.dates import DAY_SECONDS, DAY_WORDS, DayMention, parse_day
from ingest.extract.lexicons import Entry, longest, table
from ingest.extract.money import Money, parse_money
from ingest.extract.numbers import NUMBER_WORDS, Quantity, parse_quantity
from ingest.extract.tokens import Token, folded, tokenize, word_set

ChunkValue = Entry | Quantity | Money | DayMention | None


class Chunk(NamedTuple):
    """A tagged stretch of the article; offsets are code points into the article's text."""

    tag: str
    text: str
    start: int
    end: int
    value: ChunkValue


_Found = tuple[tuple[str, ChunkValue, int, int], int]  # tag, value, start and end; the index behind
_new = partial(tuple.__new__, Chunk)  # the constructor in C: half the time of `Chunk(...)`


class Tagged(NamedTuple):
    """A sentence as chunks; `tags[i]` is the letter of `chunks[i]`."""

    start: int
    end: int
    paragraph: int
    text: str
    chunks: list[Chunk]
    tags: str


_CLOSED: dict[str, str] = {}
for _tag, _words in {
    "B": "is are was were be been being am get got getting",
    "V": "has have had having",
    "Z": "not no never neither nor none without didn't don't doesn't hasn't haven't wasn't weren't isn't aren't won't wouldn't",
    "m": "will would could may might can should must shall won't",
    "d": "the a an this these those its their his her our my your all both each every some any",
    "j": "he she it they we i you him them us",
    "T": "that",
    "H": "who which whom whose where when while",
    "c": "and or but & plus",
    "o": "of",
    "b": "by",
    "w": "although though however meanwhile earlier later still yet instead moreover nevertheless separately additionally furthermore even",
    "p": "in on at near from for during since with to into over after before amid against around through across as among outside"
    " between until including within under because if about than via under despite",
}.items():
    _CLOSED.update(dict.fromkeys(_words.split(), _tag))
_SIGNS = {",": ",", ":": ":", ";": ";", "(": "(", ")": ")", "'s": "s", "’s": "s", "'": "s", "’": "s"} | dict.fromkeys("-–—‒―", "-")
_GIVEN = word_set("hand hands handed handing turn turned turning take took taken taking fly flew")  # "hand over 14 tanks"
_QUOTES = '"“”«»'
_UNITS = word_set(
    "km kilometers kilometres kilometer kilometre miles mile metres meters meter metre m mm cm feet ft hours hour"
    " day days weeks week"
    " months month years year minutes minute seconds percent per % percentage times tons tonnes tonne kg kilograms degrees hectares acres"
    " villages settlements towns cities countries"
    " regions a.m p.m am pm o'clock year-old mph kmh rounds liters litres bn"
)
_ARABIC = re.compile(r"(?:al|el|ad|as|an|ar)[-‑][A-Z]")  # "Bashar al-Assad": the article belongs to the name
_VOICES = {"t": "t", "g": "g", "v": "v", "i": "i", "l": "l", "n": "n", "f": "f"}
_SENSES = {"say": "S", "cite": "Y", "deny": "G"}
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAMES = ("actors", "places", "equipment", "persons", "verbs", "speech", "bodies", "roles")
_AFTER_ARTICLE = frozenset(NUMBER_WORDS) | {"total", "maximum", "minimum", "estimated"}
_STARTS_NUMBER = frozenset(NUMBER_WORDS) | {"between", "a", "an"}


def tag_sentence(text: str, start: int, end: int, paragraph: int, published_on: date | None) -> Tagged:
    """Tags text[start:end]. Runs once over its tokens."""
    tokens = tokenize(text[start:end], start)
    chunks: list[Chunk] = []
    index = 0
    while index < len(tokens):
        word, _, begin, after = tokens[index]
        tag, entry, seconds = _by_itself(word)
        if tag is not None and (seconds is None or index + 1 == len(tokens) or tokens[index + 1].lower not in seconds):
            chunks.append(_new((tag, word, begin, after, entry)))
            index += 1
            continue
        (tag, value, begin, after), index = _phrase(tokens, index, chunks, published_on)
        chunks.append(_new((tag, text[begin:after], begin, after, value)))
    return Tagged(start, end, paragraph, text[start:end], chunks, "".join([chunk[0] for chunk in chunks]))


@lru_cache(maxsize=100_000)  # the words of a language; asked for every token
def _by_itself(word: str) -> tuple[str | None, Entry | None, frozenset[str] | None]:
    """The tag and the lexicon line of a word with which no phrase, number, day or sum begins, and the words behind it with which one may
    begin (None: no word). Without a tag: what stands around the word decides."""
    lower = folded(word)
    if lower in _SIGNS:
        return _SIGNS[lower], None, None
    if word in _QUOTES:
        return "q", None, None
    seconds = _starters().get(lower, frozenset())
    if word[0].isdecimal() or lower.partition("-")[0] in NUMBER_WORDS or seconds is None:  # "30", "twenty-three", "over"
        return None, None, None
    found = longest(table(*_NAMES), [Token(word, lower, 0, len(word))], 0)
    return (_word_tag(word, lower), None, seconds or None) if found is None else (_entry_tag(found[0]), found[0], seconds or None)


def _phrase(tokens: list[Token], index: int, before: list[Chunk], published_on: date | None) -> _Found:
    token = tokens[index]
    is_number = _may_be_number(tokens, index)
    return (
        _day(tokens, index, published_on)
        or (_sum(tokens, index) if is_number or token.lower in table("currencies") else None)
        or (_quantity(tokens, index, before) if is_number else None)
        or _named(tokens, index)
        or ((_word_tag(token.text, token.lower), None, token.start, token.end), index + 1)
    )


@cache
def _starters() -> dict[str, frozenset[str] | None]:
    """Words that may begin a day, a sum, a quantity or a lexicon phrase of several words, with the second words of those; None where one
    word suffices for a day, a sum or a quantity."""
    found: dict[str, set[str] | None] = {word: set(seconds) for word, seconds in DAY_SECONDS.items()}
    for phrases, is_enough in ((table(*_NAMES), False), (table("qualifiers"), True), (table("currencies"), True)):
        for first, entries in phrases.items():
            seconds = {words[1] for words, _ in entries if len(words) > 1}
            known = found.setdefault(first, set())
            is_whole = is_enough and any(len(words) == 1 for words, _ in entries)
            found[first] = None if known is None or is_whole else known | seconds
    after_article = _AFTER_ARTICLE | table("qualifiers").keys()
    for article in ("a", "an"):
        known = found.get(article, set())
        found[article] = None if known is None else known | after_article
    found |= dict.fromkeys((*NUMBER_WORDS, "between", *(DAY_WORDS - DAY_SECONDS.keys())))
    return {word: None if seconds is None else frozenset(seconds) for word, seconds in found.items()}


def _day(tokens: list[Token], index: int, published_on: date | None) -> _Found | None:
    if tokens[index].lower not in DAY_WORDS and not tokens[index].text[0].isdecimal():
        return None
    found = parse_day(tokens, index, published_on)
    if found is None:
        return None
    return ("D", found[0], found[0].start, found[0].end), found[1]


def _may_be_number(tokens: list[Token], index: int) -> bool:
    token = tokens[index]
    if token.lower in ("a", "an"):  # most articles count nothing
        following = tokens[index + 1] if index + 1 < len(tokens) else token
        return following.lower in _AFTER_ARTICLE or following.lower in table("qualifiers")
    return token.text[0].isdecimal() or token.lower in _STARTS_NUMBER or "-" in token.lower or token.lower in table("qualifiers")


def _sum(tokens: list[Token], index: int) -> _Found | None:
    at = index
    while at < len(tokens) and (found := longest(table("qualifiers"), tokens, at)):
        at = found[1]
    money = parse_money(tokens, at) if at < len(tokens) else None
    if money is None:
        return None
    return ("M", money[0], tokens[index].start, money[0].end), money[1]


def _quantity(tokens: list[Token], index: int, before: list[Chunk]) -> _Found | None:
    is_handed = tokens[index].lower == "over" and before and before[-1].text.lower() in _GIVEN
    found = None if is_handed else parse_quantity(tokens, index)
    if found is None:
        if tokens[index].text[0].isdecimal():
            return ("X", None, tokens[index].start, tokens[index].end), index + 1
        return None
    quantity, after = found
    tag = "N" if _counts(tokens, index, after, before) else "X"
    return (tag, quantity, quantity.start, quantity.end), after


def _counts(tokens: list[Token], index: int, after: int, before: list[Chunk]) -> bool:
    """False for years, times, measures, percentages, model and unit numbers."""
    following = tokens[after] if after < len(tokens) else None
    if following is not None and following.lower in _UNITS and not _is_rate(tokens, after):
        return False
    if following is not None and following.text in ":/%°" and following.start == tokens[after - 1].end and following.text != ":":
        return False
    if before and before[-1].text in ("/", "#", "№", ".") and before[-1].end == tokens[index].start:
        return False
    if _YEAR.fullmatch(tokens[index].text) and after == index + 1:
        return following is not None and following.text[0].isalpha() and not ((before and before[-1].tag in "pD,") or not before)
    return not _names_a_thing(tokens, index, before)


def _is_rate(tokens: list[Token], at: int) -> bool:
    """'1,100 per day': a count all the same."""
    return tokens[at].lower == "per" and at + 1 < len(tokens) and tokens[at + 1].lower in ("day", "week", "month", "year", "24")


def _names_a_thing(tokens: list[Token], index: int, before: list[Chunk]) -> bool:
    """'Flight 752', 'Article 58', 'Leopard 2', 'No. 47', 'aged 30', ', 30,': the number belongs to the word before it."""
    if not before:
        return False
    last, after = before[-1], index + 1
    if (
        last.tag == ","
        and after < len(tokens)
        and tokens[after].text in ",."
        and len(tokens[index].text) <= (2 if tokens[index].text.isdecimal() else 12)
    ):
        return True
    if last.tag == "c" and any(c.text.lower() == "aged" for c in before[-4:-1]):
        return True  # "aged 21 and 34"
    if not tokens[index].text[0].isdecimal():
        return False
    if last.text.lower() in ("aged", "age", "no", "number", "article", "section", "channel", "chapter", "flight", "phase", "group"):
        return True
    if last.tag == "E" and tokens[index].text.isdecimal() and len(tokens[index].text) <= 2 and last.text[0].isupper():
        return True
    if last.tag == "K" and len(before) > 1 and before[-2].tag not in "pq:":
        return len(tokens[index].text) <= 3
    return False


def _named(tokens: list[Token], index: int) -> _Found | None:
    found = longest(table(*_NAMES), tokens, index)
    if found is None:
        return None
    entry, after = found
    return (_entry_tag(entry), entry, tokens[index].start, tokens[after - 1].end), after


def _entry_tag(entry: Entry) -> str:
    if entry.lexicon == "actors":
        return "P" if entry.row[2] == "people" else "A"
    if entry.lexicon == "verbs":
        return _VOICES[entry.row[1]]
    if entry.lexicon == "speech":
        return _SENSES[entry.row[1]]
    return {"places": "L", "equipment": "E", "persons": "P", "roles": "R", "bodies": "U"}[entry.lexicon]


def _word_tag(word: str, lower: str) -> str:
    tag = _CLOSED.get(lower)
    if tag is not None:
        return tag
    is_name = (word[0].isupper() and word[0].isalpha()) or _ARABIC.match(word) is not None
    return "K" if is_name else "w" if word[0].isalnum() else "x"
