"""In: chunks of a sentence. Out: the article's words for them, and the side that they name."""

from __future__ import annotations

import re

from ingest.extract.lexicons import Entry, surnames
from ingest.extract.tagging import Chunk, Tagged

_OPENING = re.compile(r"(?:[^,;SGA]{1,10},)?d?(?P<side>A)(?=[SGVBmtgvilwp])(?!w?[URP])")


def span_text(tagged: Tagged, chunks: list[Chunk]) -> str:
    """The article's words from the first to the last of these chunks."""
    return tagged.text[chunks[0].start - tagged.start : chunks[-1].end - tagged.start]


def side_of(chunks: list[Chunk]) -> str | None:
    """The first side that these words name: a nation or body before a person, a person before a place."""
    return _side(chunks, "A") or _known_surname(chunks) or _side(chunks, "L")


def _side(chunks: list[Chunk], tag: str) -> str | None:
    for chunk in chunks:
        if chunk.tag == tag and isinstance(chunk.value, Entry) and chunk.value.row[1]:
            return chunk.value.row[1]
    return None


def _known_surname(chunks: list[Chunk]) -> str | None:
    """The side of a well-known surname that stands alone or behind an office: not 'Ahmed' behind another first name."""
    for index, chunk in enumerate(chunks):
        follows_name = index > 0 and chunks[index - 1].tag == "K"
        precedes_name = index + 1 < len(chunks) and chunks[index + 1].tag == "K"
        if chunk.tag == "K" and not follows_name and not precedes_name:
            parties = {row[1] for row in surnames().get(chunk.text, ())}
            if len(parties) == 1:
                return parties.pop()
    return None


def opening_side(tagged: Tagged) -> str | None:
    """The side that is the first subject of a sentence: 'Kyiv scoffed at the Russian figures', not 'Kyiv's figures were …'."""
    match = _OPENING.match(tagged.tags)
    return side_of([tagged.chunks[match.start("side")]]) if match else None
