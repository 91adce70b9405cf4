"""In: a string. Out: its tokens, with code-point offsets into that string."""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"['’]s\b"  # a possessive stands alone: "Russia" + "'s"
    r"|(?:[A-Z]\.){2,}"  # U.S., U.K.
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


def tokenize(text: str, offset: int = 0) -> list[Token]:
    """Tokens of `text`; offsets are counted from `offset`."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        lower = word.lower()
        if not word.isascii():
            lower = lower.replace("’", "'").replace("‑", "-")
        found.append(Token(word, lower, match.start() + offset, match.end() + offset))
    return found
