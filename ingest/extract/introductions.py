"""In: a tagged sentence. Out: who is introduced in it under which office and side, and the short names that it gives."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from ingest.extract.lexicons import rows
from ingest.extract.sides import side_of, span_text
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set

_RUN = re.compile(r"[AULRK](?:[AULRKs]|od?(?=[AULRK])|-(?=K))*")
_APPOSITION = re.compile(r"(?P<name>K{2,3}|A),d?(?P<office>[AULRKw](?:[AULRKsw]|[op]d?(?=[AULRK]))*)")
_HEADS = re.compile(r"(?P<name>K{2,3}),H[wS]p?d?(?P<office>[AULRKw](?:[AULRKsw]|[op]d?(?=[AULRK]))*)")  # "Ann Lee, who speaks for the army"
_OFFICE_FIRST = re.compile(r"d?(?P<office>[AULRK](?:[AULRKsw]|[op]d?(?=[AULRK]))*),(?P<name>K{2,3}),")
_ALIAS = re.compile(r"(?P<name>[AULRK](?:[AULRKswc]|[op]d?(?=[AULRK]))*)\([AKUL]\)")
_HEADING_VERBS = word_set("heads leads commands runs chairs for the")


class Introduction(NamedTuple):
    """A name with the fullest form it has in the article and its side, where told, and the sentence that tells it."""

    fullest: str
    party: str | None
    is_office: bool
    at: int = 0


def introductions_in(tagged: Tagged) -> list[tuple[str, Introduction]]:
    """Surnames and unnamed bodies that a sentence ties to an office or a side."""
    found: list[tuple[str, Introduction]] = []
    for match in _RUN.finditer(tagged.tags):
        chunks = tagged.chunks[match.start() : match.end()]
        party = side_of(chunks)
        body = next((c for c in chunks if c.tag == "U"), None)
        if body is not None and party:
            found.append((body.text.lower(), Introduction(span_text(tagged, chunks), party, True)))
        if chunks[-1].tag in "AK" and any(c.tag in "RU" for c in chunks):
            is_office = any(c.tag == "R" for c in chunks)
            found.append((chunks[-1].text.split()[-1], Introduction(span_text(tagged, chunks), party, is_office)))
    if "," not in tagged.tags or "K" not in tagged.tags:
        return found
    for match in (*_APPOSITION.finditer(tagged.tags), *_OFFICE_FIRST.finditer(tagged.tags), *_HEADS.finditer(tagged.tags)):
        office = tagged.chunks[match.start("office") : match.end("office")]
        name = tagged.chunks[match.start("name") : match.end("name")]
        is_office = any(c.tag == "R" for c in office) or tagged.chunks[match.start("office") - 1].text.lower() in _HEADING_VERBS
        if is_office and name[-1].tag == "K":
            found.append((name[-1].text, Introduction(span_text(tagged, name), side_of(office), True)))
    return found


@cache
def offices() -> frozenset[str]:
    """Words with which an office or a body is named."""
    return frozenset(row[0] for row in rows("roles")) | frozenset(row[0].split()[-1] for row in rows("bodies"))


def aliases_in(tagged: Tagged) -> dict[str, Introduction]:
    """Short names that stand in brackets behind the full one."""
    found: dict[str, Introduction] = {}
    for match in _ALIAS.finditer(tagged.tags):
        chunks = tagged.chunks[match.start("name") : match.end("name")]
        short = tagged.chunks[match.end() - 2].text
        chunks = _named_short(chunks, short)
        if short.isupper() and len(chunks) + sum(" " in c.text for c in chunks) > 1:
            known = tagged.chunks[match.end() - 2]
            found[short] = Introduction(span_text(tagged, chunks), side_of([known]) or side_of(chunks), True)
    return found


def _named_short(chunks: list[Chunk], short: str) -> list[Chunk]:
    """'the head of the Rapid Support Forces (RSF)': the words that the short name is made of, else all."""
    for at in range(len(chunks) - 1, -1, -1):
        initials = "".join(word[0] for chunk in chunks[at:] for word in chunk.text.split() if word[0].isupper())
        if initials == short:
            return chunks[at:]
    return chunks
