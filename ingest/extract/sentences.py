"""In: an article's text. Out: its sentences, with offsets, paragraph numbers and whether they begin inside a quotation."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.tokens import word_set

_ABBREVIATIONS = word_set(
    "adm brig capt cmdr co col corp dr etc feb gen gov inc jan jr lt ltd maj mr mrs ms mt no nov oct pres prof rep rev sen sep sept"
    " sgt sr st vs aug dec apr mar approx est fig art"
)
MAX_SENTENCE_CHARS = 3000  # a list of casualties by brigade may run long; beyond this it is no sentence
# From the first mark of a run and never back into it: a line of 100,000 dots is read once. The mark comes first, so that the search runs
# from mark to mark.
_END = re.compile(
    r"[.!?…](?:(?<![.!?…].)[.!?…]*+[\"”’»')\]]*+(?=\s)"
    r"|(?<=[a-zà-ż]{2}[.!?])(?=(?:- )?[A-Z][a-zà-ż]+[ ,'’]))"  # "…in May.Later …": lost spaces
)
_LAST_WORD = re.compile(r"(?:^|[\s(\"“'])([^\W\d_]+)$")
_OPENING = "“«"
_CLOSING = "”»"
_TOO_LONG = max(map(len, _ABBREVIATIONS)) + 1  # letters: no abbreviation


class Sentence(NamedTuple):
    """Half-open offsets into the article's text. `opens_quoted` is true when an unclosed quotation runs into it."""

    start: int
    end: int
    paragraph: int
    opens_quoted: bool


def split_sentences(text: str) -> list[Sentence]:
    """Sentences in order; a line break always ends one. Blank stretches belong to none."""
    found: list[Sentence] = []
    position = 0
    for paragraph, line in enumerate(text.split("\n")):
        depth = 0
        for start, end in _split_line(line) if line else ():
            found.append(Sentence(position + start, position + end, paragraph, depth > 0))
            depth = 0 if line.isascii() else max(0, depth + _quote_balance(line, start, end))
        position += len(line) + 1
    return found


def _split_line(line: str) -> list[tuple[int, int]]:
    ends = [match.end() for match in _END.finditer(line) if _is_boundary(line, match)]
    spans = zip((0, *ends), (*ends, len(line)), strict=True)
    pieces = (piece for span in spans for piece in (_pieces(line, *span) if span[1] - span[0] > MAX_SENTENCE_CHARS else (span,)))
    return [trimmed for start, end in pieces if (trimmed := _trim(line, start, end))[0] < trimmed[1]]


def _pieces(line: str, start: int, end: int) -> list[tuple[int, int]]:
    """A stretch without an end for `MAX_SENTENCE_CHARS` is cut at white space, so that work stays in step with the text's length."""
    pieces: list[tuple[int, int]] = []
    while end - start > MAX_SENTENCE_CHARS:
        blank = line.rfind(" ", start + 1, start + MAX_SENTENCE_CHARS)
        cut = blank if blank > 0 else start + MAX_SENTENCE_CHARS
        pieces.append((start, cut))
        start = cut
    return [*pieces, (start, end)]


def _trim(line: str, start: int, end: int) -> tuple[int, int]:
    stripped = line[start:end].lstrip()
    first = end - len(stripped)
    return first, first + len(stripped.rstrip())


def _is_boundary(line: str, match: re.Match[str]) -> bool:
    """A full stop after an abbreviation or an initial ends nothing; nor does one before a lower-case word."""
    after = line[match.end() : match.end() + 3].lstrip()
    if after and after[0].islower():
        return False
    before = line[max(0, match.start() - _TOO_LONG) : match.start()]
    if match.group() != "." or (len(before) == _TOO_LONG and before.isalpha()):
        return True
    word = _LAST_WORD.search(line, max(0, match.start() - 16), match.start())
    if word is None:
        return not re.search(r"\b(?:[A-Z]\.)+[A-Z]$", line[max(0, match.start() - 8) : match.start()])
    return word.group(1).lower() not in _ABBREVIATIONS and not (len(word.group(1)) == 1 and word.group(1).isupper())


def _quote_balance(line: str, start: int, end: int) -> int:
    opened = sum(line.count(sign, start, end) for sign in _OPENING)
    return opened - sum(line.count(sign, start, end) for sign in _CLOSING)
