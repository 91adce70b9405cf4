"""In: a tagged sentence. Out: the places in it where something happened, and the countries of those."""

from __future__ import annotations

import re

from ingest.extract.lexicons import Entry
from ingest.extract.tagging import Tagged
from ingest.extract.tokens import word_set

_LOCATIVE = word_set("in across inside on over near at throughout within")
STRUCK = word_set("struck hit pounded bombed shelled hits strikes pounds rocked hitting striking pounding")  # "struck Kyiv overnight"
STRIKES = word_set(
    "strike strikes airstrike airstrikes attack attacks shelling bombardment bombing bombardments fire gunfire missile missiles drone"
    " drones rocket rockets bomb bombs ambush ambushes artillery air raid raids assault offensive shells snipers ballistic"
)
_FALLS = STRIKES | word_set(  # on a country: not "pressure on Russia"
    "barrage onslaught border front fell rained landed launched fired dropped"
)
_PARTS_OF_TOWN = word_set("suburb suburbs district districts outskirts centre center downtown neighbourhood neighborhood neighbourhoods")
_ENTERS = word_set("enter enters entered entering")
PLACING_WORDS = _LOCATIVE | STRUCK | _ENTERS
_NO_NOUNS = word_set("last later earlier still also soon alone today then so early late")  # behind "in the UK"
_BASED = re.compile(  # who speaks there, or what is said or written there
    r"\b(?:based|headquartered|registered|exiled|living|exile|issued|published|released|presented|unveiled|printed|speaking|spoke|briefings?|conference"
    r"|summit|talks|meeting|met|meet|interview|told (?:reporters|journalists|lawmakers|parliament|diplomats)) in (?:the )?(?:\w+ )?$"
)


def sides_of_places(tagged: Tagged) -> set[str]:
    """The countries that a sentence puts events in."""
    placed = (
        chunk.value.row[1]
        for at, chunk in enumerate(tagged.chunks)
        if isinstance(chunk.value, Entry)
        and ((chunk.tag == "L" and not is_seat(tagged, at)) or (chunk.tag == "A" and is_location(tagged, at)))
    )
    return set(placed) - {""}


def is_seat(tagged: Tagged, at: int) -> bool:
    """'a monitor based in Britain', 'Zelensky, in Warsaw, said': the place of who speaks and not of what happened."""
    before = tagged.text[: tagged.chunks[at].start - tagged.start]
    if _BASED.search(before):
        return True
    return tagged.tags[at + 1 : at + 2] == "," and re.search(r"[AKRU],p$", tagged.tags[:at]) is not None


def is_location(tagged: Tagged, at: int) -> bool:
    """'in Ukraine', 'across southern Lebanon', not 'in Israel's strikes'."""
    value = tagged.chunks[at].value
    if not isinstance(value, Entry) or value.row[2] not in ("country", "capital"):
        return False
    if tagged.tags[at + 1 : at + 2] == "s" and _PARTS_OF_TOWN.isdisjoint(c.text.lower() for c in tagged.chunks[at + 2 : at + 5]):
        return False
    is_adjective = tagged.chunks[at].text.isupper() and tagged.tags[at + 1 : at + 2] in ("w", "E", "P", "U", "R")
    if is_seat(tagged, at) or (is_adjective and tagged.chunks[at + 1].text.lower() not in _NO_NOUNS):
        return False  # "in U.S. strikes"
    before = at - 2 if at > 1 and tagged.tags[at - 1] == "w" else at - 1
    if not _ENTERS.isdisjoint(c.text.lower() for c in tagged.chunks[max(0, before) : at]):
        return tagged.tags[at + 1 : at + 2] not in ("P", "U", "R")  # "to enter Gaza"
    is_struck = value.row[2] == "capital" and before == at - 1 and before >= 0 and tagged.chunks[before].text.lower() in STRUCK
    word = tagged.chunks[before].text.lower() if before >= 0 else ""
    ahead = tagged.chunks[before - 1].text.lower() if before > 0 else ""
    if word == "of":
        return ahead in _PARTS_OF_TOWN  # "a suburb of Beirut"
    return is_struck or (word in _LOCATIVE and (word != "on" or ahead in _FALLS))
