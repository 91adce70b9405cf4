"""In: a sentence in its article. Out: the place that it puts an event in, and that place's country; whether a name is a region's."""

from __future__ import annotations

import re

from ingest.extract.context import Context
from ingest.extract.lexicons import Entry, by_first
from ingest.extract.lost import Loss
from ingest.extract.sites import STRIKES, STRUCK, is_location, is_seat
from ingest.extract.tagging import Chunk, Tagged

_LISTED = re.compile(r", | and ")
_ENTERED = re.compile(
    r"\b(?:storm(?:ed|ing)|invad(?:ed|ing)|raid(?:ed|ing)|attack(?:ed|ing)|(?:storm|cross|burst|broke|break|pour|infiltrat)\w* into)"
    r" (?:(?:southern|northern|eastern|western|central) )?$"
)


def is_region(name: str | None) -> bool:
    """'Tatarstan', 'Belgorod Region', 'Samara and Orenburg': places under whose names their authorities act."""
    places = by_first("places")
    return any(part in places or part.rsplit(" ", 1)[0] in places for part in _LISTED.split(name or ""))


def place_of(tagged: Tagged, near: int = 0) -> Chunk | None:
    """The place that the sentence puts the event in: the one nearest to the chunk `near`, rather behind it than before it."""
    at = _place_at(tagged, near)
    return None if at is None else tagged.chunks[at]


def _place_at(tagged: Tagged, near: int) -> int | None:
    places = [at for at, chunk in enumerate(tagged.chunks) if chunk.tag == "L" and not _is_in_title(tagged, at) and not is_seat(tagged, at)]
    return _nearest(places, near) if places else None


def _nearest(places: list[int], near: int) -> int:
    """The chunk nearest to `near`, rather behind it than before it."""
    return min(places, key=lambda at: at - near if at >= near else 2 * (near - at) + 4)


def _is_in_title(tagged: Tagged, at: int) -> bool:
    """'the governor of Donetsk region', 'Kharkiv mayor', 'Gaza health ministry': the place names an office."""
    return tagged.tags[at + 1 : at + 2] in ("R", "U") or (at > 1 and tagged.tags[at - 1] == "o" and tagged.tags[at - 2] in "RU")


def country_of(context: Context, index: int, tagged: Tagged, loss: Loss) -> tuple[str | None, bool]:
    """The country that the sentence, or the one before, puts the loss in, and whether it names a place (occupied land has no country)."""
    for back in range(index, max(-1, index - 3), -1):
        is_here = back == index
        if not is_here and context.sentences[back].paragraph != context.sentences[index].paragraph and index - back > 1:
            break
        sentence = tagged if is_here else context.tagged(back)
        near = loss.noun.first if is_here else len(sentence.tags)
        placed = [at for at in (_place_at(sentence, near), country_at(sentence, near)) if at is not None]
        if placed:
            entry = sentence.chunks[_nearest(placed, near)].value
            return (entry.row[1] or None) if isinstance(entry, Entry) else None, True
    return None, False


def country_at(tagged: Tagged, near: int) -> int | None:
    """The chunk of the country that the sentence puts the event in: 'in Gaza', 'the attack on southern Israel'."""
    found = [
        at
        for at, chunk in enumerate(tagged.chunks)
        if chunk.tag == "A" and isinstance(chunk.value, Entry) and (is_location(tagged, at) or _is_struck(tagged, at))
    ]
    return _nearest(found, near) if found else None


def _is_struck(tagged: Tagged, at: int) -> bool:
    """'the attack on southern Israel', 'stormed southern Israel'."""
    value = tagged.chunks[at].value
    before = at - 2 if at > 1 and tagged.tags[at - 1] == "w" else at - 1
    if isinstance(value, Entry) and value.row[2] == "capital" and before >= 0 and tagged.chunks[before].text.lower() in STRUCK:
        return True  # "struck Kyiv"
    is_on = before > 0 and tagged.chunks[before].text.lower() in ("on", "against")
    is_entered = before > 0 and _ENTERED.search(tagged.text, 0, tagged.chunks[before + 1].start - tagged.start) is not None
    is_country = isinstance(value, Entry) and value.row[2] == "country" and tagged.tags[at + 1 : at + 2] not in ("s", "P", "U")
    return is_country and (is_entered or (is_on and tagged.chunks[before - 1].text.lower() in STRIKES))
