"""In: a string. Out: its tokens, with code-point offsets into that string."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.memory import Memo

_TOKEN = re.compile(
    # The blanks ahead of a token go with it, so that lengths alone tell where each stands.
    r"\s*(?:"
    # Most words and signs, told by one letter behind them.
    r"[a-z]++(?=[ ,.;:)])|[A-Z][a-z]++(?=[ ,;:)])|[,.;:()]"
    r"|['’]s\b"  # a possessive stands alone: "Russia" + "'s"
    r"|(?:[A-Z]\.){2,}"  # U.S., U.K.
    r"|(?:Maj|Gen|Lt|Col|Sgt|Capt|Brig|Adm|Cmdr|Gov|Sen|Rep|Dr|Mr|Mrs|Ms|Prof|Insp)\.(?=\s)"
    r"|[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*(?:[-‑][^\W_]+)*"  # words, O'Brien, T-72, twenty-three
    r"|\d+(?:[.,]\d+)*(?:[-‑]?[^\W\d_]+(?:[-‑][^\W_]+)*)?"  # 1,200, 155mm, 47th, 24-year-old, 10K
    r"|\S)"
)
_WORD = re.compile(r"[^\W\d_]+")


def word_set(text: str) -> frozenset[str]:
    """The words of a blank-separated list."""
    return frozenset(text.split())


class Token(NamedTuple):
    """A word, number or sign, or several read as one; `lower` is its folded form, `start` and `end` are half-open. The tagger gives a
    letter as `tag`, and as `value` the lexicon line, quantity, sum or day that stands here."""

    text: str
    lower: str
    start: int
    end: int
    tag: str = ""
    value: object = None


def spelled(text: str, start: int, end: int) -> list[str]:
    """The tokens of text[start:end], each with the blanks ahead of it; no blanks may stand behind the last."""
    return _TOKEN.findall(text, start, end)


def tokenize(text: str) -> list[Token]:
    """The tokens of `text`, without tags."""
    tokens: list[Token] = []
    end = 0
    for spelling in spelled(text, 0, len(text.rstrip())):
        word, lower = FORMS[spelling]
        end += len(spelling)
        tokens.append(Token(word, lower, end - len(word), end))
    return tokens


def lowered(text: str) -> str:
    """Lower case at the same offsets: İ alone would become two characters."""
    return text.replace("İ", "i").lower()


class Forms(NamedTuple):
    """A token without the blanks ahead of it, and its folded form."""

    text: str
    lower: str


def folded(word: str) -> str:
    """Lower case with plain apostrophes and hyphens; the full stop of 'Gen.' is no part of the word."""
    return FORMS[word].lower


def _forms(spelling: str) -> Forms:
    word = spelling.lstrip()
    is_short = word[-1] == "." and "." not in word[:-1] and len(word) > 1
    return Forms(word, (word[:-1] if is_short else word).lower().replace("’", "'").replace("‑", "-"))


def _letters(spelling: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(lowered(spelling)))


FORMS: Memo[Forms] = Memo(_forms)  # of what `spelled` found
LETTERS: Memo[tuple[str, ...]] = Memo(_letters)  # of the same, its runs of letters, lower case: "T-72s" is "t" and "s"
