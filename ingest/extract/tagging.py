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
from functools import cache
from typing import NamedTuple

from ingest.extract.dates import DAY_BEHIND_NUMBER, DAY_SECONDS, DAY_WORDS, parse_day
from ingest.extract.lexicons import Entry, Table, longest, table
from ingest.extract.memory import Memo
from ingest.extract.money import parse_money
from ingest.extract.numbers import NUMBER_WORDS, parse_quantity
from ingest.extract.tokens import FORMS, Token, folded, word_set

Chunk = Token
_Found = tuple[tuple[str, object, int, int], int]  # tag, value, start and end; the index behind
# tag, lexicon line, the words behind it with which a phrase may begin (None: no word), the token, its folded form, the blanks ahead of it
_Word = tuple[str | None, Entry | None, frozenset[str] | None, str, str, int]
_new = tuple.__new__  # `_new(Chunk, …)` is the constructor in C: less than half the time of `Chunk(…)`


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
QUOTES = '"“”«»'
_YET = frozenset({"now", "already", "currently", "alone"})
_UNITS = word_set(
    "km kilometers kilometres kilometer kilometre miles mile metres meters meter metre m mm cm feet ft hours hour"
    " day days weeks week"
    " months month years year minutes minute seconds percent per % percentage times tons tonnes tonne kg kilograms degrees hectares acres"
    " family families household households villages settlements towns cities countries"
    " regions a.m p.m am pm o'clock year-old mph kmh rounds liters litres bn"
)
_ARABIC = re.compile(r"(?:al|el|ad|as|an|ar)[-‑][A-Z]")  # "Bashar al-Assad": the article belongs to the name
_VOICES = {"t": "t", "g": "g", "v": "v", "i": "i", "l": "l", "n": "n", "f": "f"}
_SENSES = {"say": "S", "cite": "Y", "deny": "G"}
_PARTS_OF_DAY = word_set("morning afternoon evening")
_BEFORE_HOURS = word_set("at around about by until till from since before after")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAMES = ("actors", "places", "equipment", "persons", "verbs", "speech", "bodies", "roles")
_AFTER_ARTICLE = frozenset(NUMBER_WORDS) | {"total", "maximum", "minimum", "estimated"}
_STARTS_NUMBER = frozenset(NUMBER_WORDS) | {"between", "a", "an"}


def tag_sentence(text: str, start: int, found: list[str], paragraph: int, published_on: date | None) -> Tagged:
    """Tags the tokens that `spelled` found from `start` on: each by itself, then those with which a phrase begins."""
    chunks: list[Chunk] = []
    openings: list[tuple[int, frozenset[str]]] = []
    end = start
    for index, spelling in enumerate(found):
        tag, entry, seconds, word, lower, blanks = _ALONE[spelling]
        begin = end + blanks
        end += len(spelling)
        chunks.append(_new(Chunk, (word, lower, begin, end, tag, entry)))
        if seconds is not None:
            openings.append((index, seconds))
    if openings:
        chunks = _with_phrases(text, chunks, openings, published_on)
    return Tagged(start, end, paragraph, text[start:end], chunks, "".join([chunk.tag for chunk in chunks]))


def _with_phrases(text: str, alone: list[Chunk], openings: list[tuple[int, frozenset[str]]], published_on: date | None) -> list[Chunk]:
    """The chunks, with one for each phrase that begins at one of the `openings`."""
    has_money = not _units_of_money().isdisjoint([token.lower for token in alone]) or any("-" in alone[at].lower for at, _ in openings)
    chunks: list[Chunk] = []
    behind = 0
    for index, seconds in openings:
        if index >= behind and (not alone[index].tag or (index + 1 < len(alone) and alone[index + 1].lower in seconds)):
            chunks += alone[behind:index]
            (tag, value, begin, end), behind = _phrase(alone, index, chunks, published_on, has_money)
            chunks.append(_new(Chunk, (text[begin:end], folded(text[begin:end]), begin, end, tag, value)))
    return chunks + alone[behind:]


def _by_itself(spelling: str) -> _Word:
    """What a token is with which no phrase, number, day or sum begins. Without a tag: what stands around the word decides."""
    word, lower = FORMS[spelling]
    blanks = len(spelling) - len(word)
    if lower in _SIGNS:
        return _SIGNS[lower], None, None, word, lower, blanks
    if word in QUOTES:
        return "q", None, None, word, lower, blanks
    seconds = _starters().get(lower, frozenset())
    if word[0].isdecimal() or lower.partition("-")[0] in NUMBER_WORDS or seconds is None:  # "30", "twenty-three", "over"
        return None, None, frozenset(), word, lower, blanks
    found = longest(_names(), [Token(word, lower, 0, len(word))], 0)
    entry = None if found is None else found[0]
    return _word_tag(word, lower) if entry is None else _entry_tag(entry), entry, seconds or None, word, lower, blanks


_ALONE: Memo[_Word] = Memo(_by_itself)


def _phrase(tokens: list[Token], index: int, before: list[Chunk], published_on: date | None, has_money: bool) -> _Found:
    token = tokens[index]
    return (
        _day(tokens, index, published_on)
        or _number(tokens, index, before, has_money)
        or _named(tokens, index)
        or ((_word_tag(token.text, token.lower), None, token.start, token.end), index + 1)
    )


def _number(tokens: list[Token], index: int, before: list[Chunk], has_money: bool) -> _Found | None:
    at = _behind_qualifiers(tokens, index)
    is_range = at > index and at < len(tokens) and tokens[at].lower == "from"  # "passed from 5 to 6"
    if at == len(tokens) or not (is_range or _may_be_number(tokens, at)):
        return None
    return (_sum(tokens, index, at) if has_money else None) or _quantity(tokens, index, before)


@cache
def _units_of_money() -> frozenset[str]:
    """The words and signs with which currencies end: a sum has one."""
    return frozenset(words[-1] for phrases in table("currencies").values() for words, _ in phrases)


def _behind_qualifiers(tokens: list[Token], index: int) -> int:
    while index < len(tokens) and (found := longest(table("qualifiers"), tokens, index)):
        index = found[1]
    return index


def _may_be_number(tokens: list[Token], at: int) -> bool:
    """A number or a sum may begin here."""
    token = tokens[at]
    is_sign = at + 1 < len(tokens) and tokens[at + 1].text == "$"
    return is_sign or token.text[0].isdecimal() or token.lower.partition("-")[0] in _STARTS_NUMBER or token.lower in table("currencies")


@cache
def _names() -> Table:
    return table(*_NAMES)


@cache
def _starters() -> dict[str, frozenset[str] | None]:
    """Words that may begin a day, a sum, a quantity or a lexicon phrase of several words, with the second words of those; None where one
    word suffices for a day, a sum or a quantity."""
    found: dict[str, set[str] | None] = {word: set(seconds) for word, seconds in DAY_SECONDS.items()}
    for phrases, is_enough in ((_names(), False), (table("qualifiers"), True), (table("currencies"), True)):
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
    if not _may_be_day(tokens, index):
        return None
    found = parse_day(tokens, index, published_on)
    if found is None:
        return None
    return ("D", found[0], found[0].start, found[0].end), found[1]


def _may_be_day(tokens: list[Token], index: int) -> bool:
    token = tokens[index]
    following = tokens[index + 1].lower if index + 1 < len(tokens) else ""
    if token.text[0].isdecimal():  # "10 May", "10th of May", "10 days ago", "10.5.2024"
        return following in DAY_BEHIND_NUMBER or "." in token.text
    return token.lower in DAY_WORDS and following in DAY_SECONDS.get(token.lower, (following,))


def _sum(tokens: list[Token], index: int, at: int) -> _Found | None:
    money = parse_money(tokens, at)
    if money is None:
        return None
    return ("M", money[0], tokens[index].start, money[0].end), money[1]


def _quantity(tokens: list[Token], index: int, before: list[Chunk]) -> _Found | None:
    is_handed = tokens[index].lower == "over" and before and before[-1].text.lower() in _GIVEN
    is_said = tokens[index].lower == "estimated" and bool(before) and before[-1].tag in "AUKRPw"  # "an assessment estimated between …"
    found = None if is_handed or is_said else parse_quantity(tokens, index)
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
    if _is_clock(tokens, index, after):
        return False  # "10:40"
    if following is not None and following.text in ":/%°" and following.start == tokens[after - 1].end and following.text != ":":
        return False
    if before and before[-1].text in ("/", "#", "№", ".") and before[-1].end == tokens[index].start:
        return False
    if _YEAR.fullmatch(tokens[index].text) and after == index + 1:
        return following is not None and following.text[0].isalpha() and not ((before and before[-1].tag in "pD,") or not before)
    return not _names_a_thing(tokens, index, before)


def _is_clock(tokens: list[Token], index: int, after: int) -> bool:
    """'10:40': two numbers of one or two digits around a colon without blanks; 'at four in the morning'."""
    behind = tuple(token.lower for token in tokens[after : after + 3])
    if behind[:2] == ("in", "the") and behind[-1] in _PARTS_OF_DAY:
        return index > 0 and tokens[index - 1].lower in _BEFORE_HOURS
    if index > 1 and tokens[index - 1].text == ":":
        colon, other = index - 1, index - 2
    elif after + 1 < len(tokens) and tokens[after].text == ":":
        colon, other = after, after + 1
    else:
        return False
    is_tight = tokens[colon].start == tokens[colon - 1].end and tokens[colon + 1].start == tokens[colon].end
    return is_tight and tokens[other].text.isdecimal() and len(tokens[other].text) <= 2


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
    if _is_of_ages(tokens, index, before):
        return True
    if not tokens[index].text[0].isdecimal():
        return False
    if last.text == "number" and len(before) > 1 and (before[-2].tag in "nt" or before[-2].text in _YET):
        return False  # "the dead now number 71"
    if last.lower == "day" and (last.text[0] == "D" or (len(before) > 1 and before[-2].lower == "on")):
        return True  # "on day 14 of the war"
    if last.text.lower() in ("aged", "age", "no", "number", "article", "section", "channel", "chapter", "flight", "phase", "group"):
        return True
    if last.tag == "E" and tokens[index].text.isdecimal() and len(tokens[index].text) <= 2 and last.text[0].isupper():
        return True
    if last.tag == "K" and len(before) > 1 and before[-2].tag not in "pq:":
        return len(tokens[index].text) <= 3
    return False


def _is_of_ages(tokens: list[Token], index: int, before: list[Chunk]) -> bool:
    """'two men, 34 and 51, were', 'aged four and six': ages of the people ahead."""
    last, behind = before[-1], [token.text for token in tokens[index + 1 : index + 4]]
    if last.lower == "aged":
        return True
    if len(before) < 3 or len(tokens[index].text) > 2 or not tokens[index].text.isdecimal():
        return False
    if last.tag == "," and before[-2].tag in "PX":
        return behind[:1] == ["and"] and behind[2:] == [","] and behind[1].isdecimal() and len(behind[1]) <= 2
    return last.tag == "c" and before[-2].tag == "X" and before[-3].tag == "," and behind[:1] == [","]


def _named(tokens: list[Token], index: int) -> _Found | None:
    found = longest(_names(), tokens, index)
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
