"""In: the chunks that name a source, in their article. Out: whether they can speak, the fullest name and side, whether it is a person."""

from __future__ import annotations

import re
from functools import cache

from ingest.extract.context import Context
from ingest.extract.introductions import Introduction
from ingest.extract.lexicons import Entry, rows, surnames
from ingest.extract.sides import opening_side, side_of, span_text
from ingest.extract.sites import STRIKES, STRUCK
from ingest.extract.speakers import CHANNELS, PAPERS, is_named_person
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set
from ingest.extract.wars import OPPONENT, is_armed_group

_RUN_BY = re.compile(
    r"\b(Hamas|Houthi|Russian|Russia|Moscow|Kremlin)-(?:run|led|controlled|affiliated|governed|installed|backed|appointed)\b", re.IGNORECASE
)
_RULERS = {"hamas": "PS", "houthi": "Houthis", "russian": "RU", "russia": "RU", "moscow": "RU", "kremlin": "RU"}
_ARMY = re.compile(r"^(?:the )?(?:army|military|armed forces|defen[cs]e ministry|ministry of defen[cs]e)$", re.IGNORECASE)
_OF_ARMY = re.compile(
    r"\b(?:army|military(?! administration)|armed forces|troops|security forces|air force|navy|brigadier|colonel|col|gen|general|maj"
    r"|major|lt|capt|captain|lieutenant|commander)\b",
    re.IGNORECASE,
)
_OF_STATE = re.compile(
    r"\b(?:minister|ministry|president|prime|government|police|parliament|governor|mayor|officials?|authorit\w+|spokes\w+|lawmakers?"
    r"|cabinet|prosecutors?|hospital|doctors?|medics?|health|court|secretary|senator|deputy|ambassador)\b",
    re.IGNORECASE,
)
_OF_THE_STRUCK = re.compile(
    r"\b(?:health|hospitals?|doctors?|medics?|mayor|governor|emergency|rescue)\b", re.IGNORECASE
)  # they tell of their own
_ABROAD_NAME = re.compile(r"\b(?:western|european|allied|foreign|international|independent|senior US|un|u\.n)\b", re.IGNORECASE)
_VAGUE_PEOPLE = word_set("POWs prisoners pows people others soldiers civilians men women troops victims children colonels")
_LOCALS = word_set(
    "governor mayor authorities officials police prosecutors rescuers medics doctors force military army staff"
    " administration residents cabinet lawmakers deputies service services hospital defence defense council governor's"
    " mayor's prosecutor's prosecutor parliament navy guard ministry division brigade battalion regiment division's brigade's"
)
_HELD_BY_ONE = word_set("president premier chancellor king governor mayor")
_AGAINST_STATE = word_set("resistance rebel rebels opposition insurgent insurgents separatist separatists")
_MUTE = CHANNELS | word_set(
    "video videos footage photos photographs images pictures satellite maps documents clips recordings drone analysis data figures"
)
ADDRESSEE_WITHIN = 5  # chunks behind who speaks: whom he asks
_DEFENCES = frozenset({"air defences", "air defenses", "air defence", "air defense"})
_FIRST_DAY = "24.02.22"  # from which Ukraine's tallies count
_ATTACKS = STRUCK | word_set("fired launched attacked unleashed killed")
_SEATED = re.compile(r" in (?:the )?[A-Z]")
_PRESS_NAME = re.compile(r"\b(?:news agency|newspaper|broadcaster|state (?:television|TV|radio|media|broadcaster))\b", re.IGNORECASE)
_BARE_BODIES = frozenset({"ministry", "command", "general staff", "defence ministry", "defense ministry", "ministry of defence"})
_PRESS = word_set("media newspapers outlets press papers channels news television tv radio times herald tribune gazette broadcasting")
_NGO = re.compile(
    r"\b(?:Doctors|Lawyers|Rights|Relief|Resource|Research|Aid|Journalists).{0,20}"
    r"\b(?:Network|Union|Council|Cent(?:er|re)|Group|Monitor|Society|Organi[sz]ation|Association|Watch)\b"
    r"|\b(?:Observatory|Foundation|Institute)\b|\b(?:aid|relief|humanitarian) (?:workers|agenc(?:y|ies)|organi[sz]ations)\b"
    r"|\b(?:rights|monitoring|aid|advocacy) (?:group|organi[sz]ation|network)s?\b"
)
_ABROAD = word_set("western european allied foreign international nato independent")
_DEMONYM_KINDS = ("demonym", "people")
ITS_OFFICE_WITHIN = 40  # characters between "its" and the office


def can_speak(tagged: Tagged, chunks: list[Chunk], first: int, after: int) -> bool:
    """A demonym or a crowd alone is no source; nor is an unknown word that is capitalised only because it opens the sentence."""
    tags = {c.tag for c in chunks}
    if chunks[-1].text.lower() in _DEFENCES:
        return False  # "Air defences shot down 48 missiles, it said"
    if tags <= {"U", "R", "w"} and tagged.tags[after : after + 1] == "w" and tagged.chunks[after].text.lower() in PAPERS:
        return False
    if tags <= {"P"}:
        return not any(c.text.lower() in _VAGUE_PEOPLE for c in chunks)
    if tags <= {"L", "P"} or (tags <= {"A", "P"} and all(_is_demonym(c) for c in chunks if c.tag == "A") and chunks[-1].tag == "A"):
        return False
    if tags == {"K"} and len(chunks) == 1 and chunks[0].text.lower() in _MUTE:
        return False
    if tags == {"K"} and len(chunks) == 1:
        return first > 0 or chunks[0].text in surnames() or tagged.tags[1:2] in ("S", "G")
    return True


def _is_demonym(chunk: Chunk) -> bool:
    return isinstance(chunk.value, Entry) and chunk.value.lexicon == "actors" and chunk.value.row[2] in _DEMONYM_KINDS


def identify(context: Context, tagged: Tagged, chunks: list[Chunk]) -> tuple[str, str | None, bool]:
    """The fullest name of a source, its side and whether it is a person; a side once told of a person holds for the article."""
    name, party, is_person = _identify(context, tagged, chunks)
    if is_person and chunks[-1].tag == "K":
        if party is None:
            party = context.parties_told.get(chunks[-1].text)
        else:
            context.parties_told.setdefault(chunks[-1].text, party)
    return name, party, is_person


def _identify(context: Context, tagged: Tagged, chunks: list[Chunk]) -> tuple[str, str | None, bool]:
    name, party = span_text(tagged, chunks), side_of(chunks)
    if party is None and not _AGAINST_STATE.isdisjoint(name.lower().split()):
        return name, None, True  # "a resistance spokesman" speaks for no state
    alias = context.aliases.get(name)
    if alias is not None:
        return alias.fullest, alias.party or party, False
    if name.split()[-1].lower() in _PRESS or (_PRESS_NAME.search(name) and not any(c.tag in "RP" for c in chunks)):
        return name, "MEDIA", False  # "Palestinian media"
    if (short := _short_name(context, chunks)) is not None:
        return short[0], short[1], False
    if _NGO.search(name) and all(c.value.row[2] == "demonym" for c in chunks if c.tag == "A" and isinstance(c.value, Entry)):
        party = "NGO"
    is_person = any(c.tag in "KRP" or is_named_person(c) for c in chunks) and chunks[-1].tag not in "U"
    known = context.introduced(chunks[-1].text) if chunks[-1].tag == "K" else None
    if known is not None and _is_same_person(chunks, known.fullest):
        party = party or known.party
        name = known.fullest if len(known.fullest) > len(name) else name
    if party is None and any(c.tag in "URw" or c.text.lower() in _LOCALS for c in chunks):
        body = context.body_like(chunks[-1].text, context.sentence_at(tagged.start)) if chunks[-1].tag == "U" and len(chunks) == 1 else None
        party = body.party if body else None
        name = body.fullest if body and len(body.fullest) > len(name) else name
    if party is None and name == "General Staff" and (context.names_side("RU") or _FIRST_DAY in context.text):
        party = "UA"  # English news names Russia's with its nation
    if party is None and known is not None and known.is_office and chunks[-1].tag == "K":
        party = _side_of_places(tagged) or _side_of_countries(tagged, chunks[0].start)
    if party is None and (run_by := _RUN_BY.search(name)):
        party = _RULERS.get(run_by[1].lower())  # None where a letter only looks like one of these
    if party is None and (owner := _owner_of_office(context, tagged, chunks[0].start)) is not None:
        party = owner
    if len(chunks) == 1 and (holder := _holder(context, name)) is not None:
        return holder.fullest, holder.party, True
    full = known.fullest if known is not None and party is None else name
    if party is None and _ARMY.search(name):
        return name, _side_of_soldiers(tagged, chunks[0].start) or context.army_side(), is_person
    if party is None and _OF_ARMY.search(full):
        party = _side_of_soldiers(tagged, chunks[0].start) or context.army
    if party is None and name in _BARE_BODIES and not _SEATED.match(tagged.text, chunks[-1].end - tagged.start):
        party = _side_told_before(context, tagged)
    if party is None and _speaks_for_place(chunks):
        party = _side_of_places(tagged) or context.home(tagged.start) or _side_of_countries(tagged, chunks[0].start)
    if party is None and _OF_STATE.search(full) and not _ABROAD_NAME.search(full):
        state = context.state_before(chunks[0].start, _OF_THE_STRUCK.search(full) is not None)
        if state in OPPONENT and _strikes(tagged, state):
            state = OPPONENT[state]  # "killed in the Russian strike, officials said"
        party = None if state in _asked(tagged, chunks[-1].end) else state
    if party is None and _OF_STATE.search(full):
        party = context.dateline
    if party is None and _OF_ARMY.search(full):
        party = _fired_at(context, tagged)
    return name, party, is_person


def _fired_at(context: Context, tagged: Tagged) -> str | None:
    """'a record Russian attack. The air force said': the side that the blow told of here or just before falls on."""
    index = context.sentence_at(tagged.start)
    for back in range(index, max(-1, index - 3), -1):
        if context.words[back].isdisjoint(STRIKES | _ATTACKS):
            continue
        told = tagged if back == index else context.tagged(back)
        strikers = [side for side in OPPONENT if _strikes(told, side)]
        if strikers:
            return OPPONENT[strikers[0]] if len(strikers) == 1 else None
    return None


def _strikes(tagged: Tagged, side: str) -> bool:
    """The sentence tells of a blow of this side: 'Russian shelling', 'Russia attacked'."""
    return any(
        c.tag == "A" and side_of([c]) == side and any(n.text.lower() in STRIKES | _ATTACKS for n in tagged.chunks[at + 1 : at + 3])
        for at, c in enumerate(tagged.chunks)
    )


def _asked(tagged: Tagged, end: int) -> set[str | None]:
    """Whom the speaker turns to: who "has asked Moscow to …" is not of Moscow."""
    behind = [c for c in tagged.chunks if c.start >= end][:ADDRESSEE_WITHIN]
    return {side_of([c]) for c in behind if c.tag == "A"}


def _side_told_before(context: Context, tagged: Tagged) -> str | None:
    """'the ministry' behind its minister: the state of the source last credited in the three sentences before, if it was asked for."""
    index = context.sentence_at(tagged.start)
    for back in range(index - 1, max(-1, index - 4), -1):
        sides = [credit.party for credit in context.credits.get((back, 0), ()) if credit.party]
        if sides:
            return sides[-1] if len(sides[-1]) == 2 and sides[-1] not in ("UN", "EU") else None
    return None


def _holder(context: Context, word: str) -> Introduction | None:
    """'the president': the one person whom the article introduces under this office."""
    if word.lower() not in _HELD_BY_ONE:
        return None
    named = {i.fullest: i for key, i in context.introductions.items() if not key.islower() and word.lower() in i.fullest.lower().split()}
    return next(iter(named.values())) if len({i.party for i in named.values()}) == 1 and len(named) == 1 else None


def _owner_of_office(context: Context, tagged: Tagged, before: int) -> str | None:
    """'Its spokesman, Abdi Ali, said', 'Its army said': the side that is subject of the sentence ahead, else the one it names last."""
    ahead = [c for c in tagged.chunks if c.end <= before]
    if len(ahead) > 1 and ahead[-1].text.lower() == "its":
        # "Korea will not send weapons to Ukraine, its ministry said"; "… 41,000 people in Gaza, its health ministry says"
        subject = [ahead[0]] if ahead[0].tag == "A" else []
        return next((side for c in (*subject, *reversed(ahead)) if c.tag in "AL" and (side := side_of([c]))), None)
    opening = tagged.chunks[:6]
    if not opening or opening[0].text.lower() not in ("its", "their") or not any(c.tag in "RU" for c in opening):
        return None
    index = context.sentence_at(tagged.start)
    if not index or not 0 <= before - opening[0].end <= ITS_OFFICE_WITHIN:
        return None
    told = context.tagged(index - 1)
    return opening_side(told) or next((side for c in reversed(told.chunks) if c.tag == "A" and (side := side_of([c]))), None)


def _short_name(context: Context, chunks: list[Chunk]) -> tuple[str, str] | None:
    """'the Observatory', 'the Network': the one body whose full name stands elsewhere in the article."""
    word = chunks[-1].text
    if len(chunks) != 1 or not word[0].isupper() or chunks[0].tag not in "KU":
        return None
    named = {row[0]: row[1] for row in bodies_by_last_word().get(word, ()) if row[0] in context.text}
    return next(iter(named.items())) if len(set(named.values())) == 1 else None


@cache
def bodies_by_last_word() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Last word of a body's name of several words -> the actor rows that bear it."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for row in rows("actors"):
        if row[2] == "body" and " " in row[0]:
            last = row[0].split()[-1]
            found[last] = (*found.get(last, ()), row)
    return found


def _is_same_person(chunks: list[Chunk], fullest: str) -> bool:
    """A surname alone is whoever was introduced under it; with a first name it must be the same one."""
    first_names = [c.text for c in chunks[:-1] if c.tag == "K"]
    return all(name in fullest for name in first_names)


def _speaks_for_place(chunks: list[Chunk]) -> bool:
    """Local bodies and offices without a nation: 'the governor', 'the air force', 'rescuers'."""
    words = {word for c in chunks for word in c.text.lower().split()}
    return not words.isdisjoint(_LOCALS) and words.isdisjoint(_ABROAD) and not any(c.tag == "A" and c.value is not None for c in chunks)


def _side_of_soldiers(tagged: Tagged, before: int) -> str | None:
    """'Six Israeli soldiers were killed, the military said': an army tells of its own."""
    for at, chunk in enumerate(tagged.chunks[:-1]):
        behind = tagged.chunks[at + 1]
        is_troops = behind.tag == "U" or (
            isinstance(behind.value, Entry) and behind.value.lexicon == "persons" and behind.value.row[1] == "military"
        )
        if chunk.tag == "A" and chunk.start < before and is_troops and "S" not in tagged.tags[:at]:
            side = side_of([chunk])
            if side in OPPONENT and _is_attacker(tagged, at + 1):
                return OPPONENT[side]  # "Russian forces launched 3,902 drones, the Air Force reported"
            return None if is_armed_group(side) else side  # "12 Boko Haram fighters surrendered, Lt Col Abdullahi said"
    return None


def _side_of_places(tagged: Tagged) -> str | None:
    """The one side of the places that the sentence names: a governor speaks of his own region."""
    sides = {c.value.row[1] for c in tagged.chunks if c.tag == "L" and isinstance(c.value, Entry)}
    return (sides.pop() or None) if len(sides) == 1 else None


def _side_of_countries(tagged: Tagged, before: int) -> str | None:
    """'South Korea will send no shells, its defence ministry said': the one country named before the speaker; of who fires the other side:
    'Russia fired 122 missiles, officials said'."""
    named = ((at, c.value) for at, c in enumerate(tagged.chunks) if c.tag == "A" and c.start < before)
    sides = {e.row[1]: at for at, e in named if isinstance(e, Entry) and e.row[2] in ("country", "capital")}
    if len(sides) != 1:
        return None
    side, at = sides.popitem()
    return OPPONENT[side] if side in OPPONENT and _is_attacker(tagged, at) else side


def _is_attacker(tagged: Tagged, at: int) -> bool:
    """'Russia fired', 'Russian forces launched': the verb behind the chunk is of a blow."""
    return any(c.text.lower() in _ATTACKS for c in tagged.chunks[at + 1 : at + 2])
