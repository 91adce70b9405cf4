"""In: a string. Out: its tokens, with code-point offsets into that string."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import NamedTuple

_TOKEN = re.compile(
    # Most words and signs, told without a try of what follows.
    r"[a-z]++(?![^\W\d_]|['’‑-])|[A-Z][a-z]++(?![^\W\d_]|['’‑.-])|[,.;:()]"
    r"|['’]s\b"  # a possessive stands alone: "Russia" + "'s"
    r"|(?:[A-Z]\.){2,}"  # U.S., U.K.
    r"|(?:Maj|Gen|Lt|Col|Sgt|Capt|Brig|Adm|Cmdr|Gov|Sen|Rep|Dr|Mr|Mrs|Ms|Prof|Insp)\.(?=\s)"
    r"|[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*(?:[-‑][^\W_]+)*"  # words, O'Brien, T-72, twenty-three
    r"|\d+(?:[.,]\d+)*(?:[-‑]?[^\W\d_]+(?:[-‑][^\W_]+)*)?"  # 1,200, 155mm, 47th, 24-year-old, 10K
    r"|\S"
)


def word_set(text: str) -> frozenset[str]:
    """The words of a blank-separated list."""
    return frozenset(text.split())


class Token(NamedTuple):
    """A word, number or sign; `lower` is its casefolded form, `start` and `end` are half-open."""

    text: str
    lower: str
    start: int
    end: int


_new = partial(tuple.__new__, Token)  # the constructor in C: half the time of `Token(...)`


def tokenize(text: str, offset: int = 0) -> list[Token]:
    """Tokens of `text`; offsets are counted from `offset`."""
    found: list[Token] = []
    at = 0
    for word in _TOKEN.findall(text):  # finding each again is quicker than a match object for each: nothing but blanks lies between
        at = text.find(word, at)
        found.append(_new((word, folded(word), at + offset, at + len(word) + offset)))
        at += len(word)
    return found


def lowered(text: str) -> str:
    """Lower case at the same offsets: İ alone would become two characters."""
    return text.replace("İ", "i").lower()


@lru_cache(maxsize=100_000)  # the words of a language; asked for every token
def folded(word: str) -> str:
    """Lower case with plain apostrophes and hyphens; the full stop of 'Gen.' is no part of the word."""
    is_short = word[-1] == "." and "." not in word[:-1] and len(word) > 1
    return (word[:-1] if is_short else word).lower().replace("’", "'").replace("‑", "-")
