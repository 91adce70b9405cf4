"""In: a sentence that offers. Out: who offers, for each benefit: a state, a region, a body, or the programme of one."""

from __future__ import annotations

import re
from functools import cache

from ingest.extract.attribution import Credit, carried, credit_of, credits_in, governing, opening_name, run_left, subject_of
from ingest.extract.benefits import Benefit
from ingest.extract.context import Context
from ingest.extract.lexicons import Entry, rows
from ingest.extract.sides import side_of, span_text
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set

_STATE_KINDS = ("country", "capital", "body", "group")
_SIDE_KINDS = ("country", "capital", "demonym", "people", "person")
_GIVES = word_set(
    "pays pay paid gives give gave offers offer offered promises promise promised grants grant granted provides provide"
    " adds added awards award guarantees guarantee introduced set doubled raised increased hiked lifted cut lowered paying giving offering"
    " promising doubling raising increasing adding granting providing cutting lifting tripled tripling"
)
_PROGRAMME = word_set("project programme program hotline line scheme initiative service platform chatbot")
_LISTED_PLACE = re.compile(r"(?:[-x,c]|w(?=L)){0,4}(?P<place>[LA])[wRK]?(?::|w{0,2}B?[wp]{0,3}(?=[MN]))")
_OPENING_PLACE = re.compile(r"p?d?L(?=w?[,VBmwdDM])")
_AFTER_PREPOSITION = re.compile(r"[op]d?$")
_IS_GIVEN = re.compile(  # the subject gets what is offered
    r"(?:(?:will|would|to|can|could|may|shall) (?:\w+ )?be|being|is|are|was|were)"
    r" (?:paid|given|promised|offered|granted|guaranteed|rewarded|handed)\b|(?:is|are) worth\b|(?:brings|fetches|fetch|earns|earn)\b"
)
_LOCAL_OFFICE = re.compile(r"\b(?:mayor|governor|gov|chief minister|head of (?:the )?\w+ (?:region|republic))\b", re.IGNORECASE)
_NOBODY = word_set("whoever anyone anybody everyone everybody someone nobody those whichever")
_REGION_WORDS = word_set("region oblast province krai republic territory district state")
_PAPERS = _PROGRAMME | word_set("law laws decree rules legislation plan bill")
_PROGRAMMES = {"I Want to Live": "UA", "Rewards for Justice": "US"}  # by the name under which each takes calls
_FIRM = re.compile(
    r"(?:The |A |An )?(?:[\w-]+ ){0,4}?(?P<firm>company|firm|corporation|holding|bank|businessman|tycoon)"
    r" (?P<name>[A-Z][\w-]+(?: [A-Z][\w-]+){0,2})"
    r" (?:said|says|has|is|will|would|offered|offers|announced|promised|promises|pays|paid)\b"
)
_SUM_IN_PLACE = re.compile(r"[MN]pL(?=$|[,;.cx)]|wc|R)")
PLACE_CHUNKS = 3  # between a place that opens a line and its sum
LOOK_BACK = 6  # sentences, for the side that is spoken of
PROGRAMME_LOOK_BACK = 12  # sentences, for the owner of "the project"


def givers(tagged: Tagged, benefit: Benefit) -> list[tuple[str, str]]:
    """Regions and states that the clause names as giving this sum: 'Tula and Kaluga now pay …', '… and Tambov 300,000 roubles'."""
    at = next((i for i, c in enumerate(tagged.chunks) if c.start <= benefit.core.start < c.end), None)
    if at is None or benefit.money is None:
        return []
    if len(_SUM_IN_PLACE.findall(tagged.tags)) > 1 and _SUM_IN_PLACE.match(tagged.tags, at):
        return _joint(tagged, at + 2)  # "2.5 million rubles in Samara, 2 million in Krasnodar"
    if at > 1 and tagged.tags[at - 1] in "LA" and tagged.tags[at - 2] in "c,":
        return _joint(tagged, at - 1)[-1:]
    if at > 2 and tagged.tags[at - 3 : at] in ("cLp", ",Lp"):
        return _joint(tagged, at - 2)[-1:]  # "Kirov raised it to 2 million, Perm to 1.1 million"
    listed = _LISTED_PLACE.match(tagged.tags)
    if listed is not None and listed.end() <= at and listed.end() + PLACE_CHUNKS >= at:
        return _joint(tagged, listed.end("place") - 1)  # "— Samara Region: 3.6 million", "Krasnodar went to a million"
    verb = next((i for i in range(at - 1, max(-1, at - 12), -1) if tagged.chunks[i].text.lower() in _GIVES), None)
    span = subject_of(tagged, verb) if verb is not None else None
    named = [i for i in range(span[0], span[1] + 1) if tagged.tags[i] in "LA"] if span is not None else []
    if span is None and (opening := _OPENING_PLACE.match(tagged.tags)) is not None:
        return _joint(tagged, opening.end() - 1)[-1:]  # "Penza, too, pays …", "In Chuvashia a one-off payment of … is back"
    if (
        not named
        or (span is not None and not _ends_in_place(tagged, span))
        or (named[0] and tagged.tags[run_left(tagged, named[0]) - 1] == "p")
    ):
        return []  # "soldiers in Kursk are paid": the place gives nothing
    return _joint(tagged, named[-1])


def _ends_in_place(tagged: Tagged, span: tuple[int, int]) -> bool:
    """'Tula and Kaluga', 'the Kirov region', 'authorities of the Kirov region'; not 'Moscow Mayor Ivan Petrov'."""
    return tagged.tags[span[1]] in "LA" or tagged.chunks[span[1]].text.lower() in _REGION_WORDS


def _joint(tagged: Tagged, last: int) -> list[tuple[str, str]]:
    """The place at `last` and those joined to it by 'and' or commas."""
    found: list[tuple[str, str]] = []
    while last >= 0:
        first = run_left(tagged, last)
        chunks = tagged.chunks[first : last + 1]
        party = side_of(chunks)
        places = [c for c in chunks if _is_place(c)]
        if party is None or not places:
            break
        found.append((span_text(tagged, chunks), party))
        last = first - 1
        if last >= 1 and tagged.tags[last] in "c,":
            last -= 1 + (tagged.tags[last - 1] == ",")
        else:
            break
    return found[::-1]


def _is_place(chunk: Chunk) -> bool:
    is_state = chunk.tag == "A" and isinstance(chunk.value, Entry) and chunk.value.row[2] in ("country", "capital")
    return chunk.tag == "L" or is_state


def offeror_of(context: Context, index: int, tagged: Tagged, at: int) -> Credit | None:
    """The subject of the offering verb at chunk `at`, else who is credited with the sentence, else the one side it names."""
    programme = _of_programme(context, index, tagged)
    if programme is not None:
        return programme
    span = _own_subject(tagged, at)
    is_given = _IS_GIVEN.match(tagged.text, tagged.chunks[at].start - tagged.start) is not None
    is_audience = is_given or (span is not None and "P" in tagged.tags[span[0] : span[1] + 1])
    subject = credit_of(context, index, span, at) if span is not None and not is_audience else None
    if subject is not None and subject.name and subject.party:
        return subject
    state = next(
        (i for i, c in enumerate(tagged.chunks[: at + 1]) if is_state(c) and tagged.tags[i + 1 : i + 2] not in (*"PsRUKLp",)), None
    )
    if state is not None and not _AFTER_PREPOSITION.search(tagged.tags, 0, state):
        return credit_of(context, index, (state, state), at)
    source = governing(tagged, credits_in(context, index), at)
    if source is not None and source.party == "MEDIA":
        return subject if subject is not None and subject.name else opening_before(context, index)
    opening = opening_name(context, tagged, at)
    if source is None and opening is not None and opening[1] and not is_given:
        return Credit(at, *opening, False, None)
    return source or _owner_of_paper(tagged) or carried(context, index) or _possessor(context, index, tagged, at) or subject


def _own_subject(tagged: Tagged, at: int) -> tuple[int, int] | None:
    """The subject of the verb at `at`; what stands behind 'in' ('in Libya in return for …') and 'whoever' are none."""
    span = subject_of(tagged, at)
    if span is None or tagged.chunks[span[0]].text.lower() in _NOBODY:
        return None
    return None if _AFTER_PREPOSITION.search(tagged.tags, 0, span[0]) else span


def firm_in(context: Context, index: int) -> Credit | None:
    """'The Russian company Fores said it would pay …', and the "It" of the next sentence: a company offers in its own name."""
    tagged = context.tagged(index)
    match = _FIRM.match(tagged.text)
    if match is None and index and tagged.text.startswith("It "):
        tagged = context.tagged(index - 1)
        match = _FIRM.match(tagged.text)
    if match is None:
        return None
    ahead = [c for c in tagged.chunks if c.end - tagged.start <= match.start("firm")]
    return Credit(0, match["name"], side_of(ahead), False, False, None)


def on_behalf_of(context: Context, tagged: Tagged, credit: Credit) -> str | None:
    """The side for which a person offers: the town or region of its mayor or governor, else the country, else the armed group."""
    if not credit.name:
        return country_name(credit.party or "") or credit.party
    surname = credit.name.split()[-1]
    known = context.introduced(surname)
    told = tagged.text if surname in tagged.text else ""
    office = f"{credit.name} {known.fullest if known else ''} {told}"
    if _LOCAL_OFFICE.search(office):
        index = context.sentence_at(tagged.start)
        for near in (tagged, *(context.tagged(i) for i in (index - 1, index - 2, 0) if i >= 0)):
            if (place := _own_place(near, credit.party, "mayor" in office.lower())) is not None:
                return place
    return country_name(credit.party or "") or credit.party


def _own_place(tagged: Tagged, party: str | None, is_mayor: bool) -> str | None:
    """The first town or region of this side that the sentence names, with 'region' behind it; a capital if he is its mayor."""
    for at, chunk in enumerate(tagged.chunks):
        behind = [c.text.lower() for c in tagged.chunks[at + 1 : at + 2]]
        is_capital = is_mayor and chunk.tag == "A" and side_of([chunk]) == party and _kind_of(chunk) == "capital"
        if not is_capital and not (chunk.tag == "L" and side_of([chunk]) == party):
            continue
        is_region = bool(behind) and behind[0] in _REGION_WORDS
        return span_text(tagged, tagged.chunks[at : at + 1 + is_region])
    return None


def _kind_of(chunk: Chunk) -> str | None:
    return chunk.value.row[2] if isinstance(chunk.value, Entry) and chunk.value.lexicon == "actors" else None


def _owner_of_paper(tagged: Tagged) -> Credit | None:
    """'Under the Ukrainian programme a tank brings …': the state whose law or programme it is."""
    for at, chunk in enumerate(tagged.chunks[:-2]):
        words = [c.text.lower() for c in tagged.chunks[at + 1 : at + 3] if c.tag == "w"]
        is_side = chunk.tag == "A" and isinstance(chunk.value, Entry) and chunk.value.row[2] in _SIDE_KINDS
        if is_side and not _PAPERS.isdisjoint(words):
            party = side_of([chunk])
            return Credit(at, country_name(party), party, False, False, None) if party else None
    return None


def opening_before(context: Context, index: int) -> Credit | None:
    """What a paper reports of an offer is offered by whom the text spoke of before."""
    for back in range(index - 1, max(-1, index - 3), -1):
        tagged = context.tagged(back)
        opening = opening_name(context, tagged, len(tagged.tags))
        if opening is not None and opening[1] not in (None, "MEDIA"):
            return Credit(0, *opening, False, None)
    return None


def _of_programme(context: Context, index: int, tagged: Tagged) -> Credit | None:
    """'The project guarantees …': the state whose hotline, project or programme was named before."""
    opening = [c.text.lower() for c in tagged.chunks[:4]]
    word = next((w for w in opening[1:] if w in _PROGRAMME), None)
    if not opening or opening[0] not in ("the", "this") or word is None:
        return None
    for back in range(index - 1, max(-1, index - PROGRAMME_LOOK_BACK), -1):
        earlier = context.tagged(back)
        if not any(c.text.lower() in _PROGRAMME for c in earlier.chunks):
            continue
        for i, chunk in enumerate(earlier.chunks):
            if (
                chunk.tag == "A"
                and isinstance(chunk.value, Entry)
                and chunk.value.row[2] in _STATE_KINDS
                and earlier.tags[i + 1 : i + 2] == "s"
            ):
                return Credit(0, _programme_name(earlier, i), chunk.value.row[1], False, False, None)
    return None


def _programme_name(tagged: Tagged, owner: int) -> str:
    """'I Want to Live hotline' behind "Ukraine's", else the owner."""
    for last in range(owner + 2, min(owner + 9, len(tagged.chunks))):
        if tagged.chunks[last].text.lower() in _PROGRAMME:
            return span_text(tagged, tagged.chunks[owner + 2 : last + 1]).strip(" \"“”'‘’")
    return tagged.chunks[owner].text


def programme_of(context: Context) -> Credit | None:
    """The well-known programme that the article is about: it offers what the article tells without naming a side."""
    name = next((name for name in _PROGRAMMES if name in context.text), None)
    return Credit(0, name, _PROGRAMMES[name], False, False, None) if name is not None else None


def only_side(context: Context, index: int, tagged: Tagged) -> Credit | None:
    """The one state or army that the sentence names."""
    named = [
        i
        for i, c in enumerate(tagged.chunks)
        if (is_state(c) and tagged.tags[i + 1 : i + 2] != "P") or (c.tag == "A" and tagged.tags[i + 1 : i + 2] == "U")
    ]
    sides = {side_of([tagged.chunks[i]]) for i in named}
    if len(sides) != 1:
        return None
    last = named[0] + int(tagged.tags[named[0] + 1 : named[0] + 2] == "U")
    return credit_of(context, index, (named[0], last), named[0])


def home_side(context: Context, index: int) -> Credit | None:
    """Whose soldiers are spoken of: the one side that a sentence before names."""
    for back in range(index, max(-1, index - LOOK_BACK), -1):
        named = [
            c
            for c in context.tagged(back).chunks
            if c.tag in "AP" and isinstance(c.value, Entry) and c.value.lexicon == "actors" and c.value.row[2] in _SIDE_KINDS
        ]
        sides = {c.value.row[1] for c in named if isinstance(c.value, Entry)}
        if len(sides) == 1:
            party = sides.pop()
            return Credit(0, country_name(party) or named[0].text, party, False, False, None)
        if sides:
            return None
    return None


@cache
def country_name(party: str) -> str | None:
    """The shortest name of the country with this code that is no abbreviation and no name of a continent."""
    countries = (row[0] for row in rows("actors") if row[1] == party and row[2] == "country")
    names = [name for name in countries if not name.isupper() and name not in ("U.S.", "America")]
    return min(names, key=len, default=None)


def _possessor(context: Context, index: int, tagged: Tagged, at: int) -> Credit | None:
    """'Ukraine's hotline …, guarantees': the state that owns what offers."""
    owner = next((i for i, c in enumerate(tagged.chunks[:at]) if is_state(c) and tagged.tags[i + 1 : i + 2] == "s"), None)
    return credit_of(context, index, (owner, owner), at) if owner is not None else None


def is_state(chunk: Chunk) -> bool:
    """A country, capital, body or group by name."""
    return chunk.tag == "A" and isinstance(chunk.value, Entry) and chunk.value.row[2] in _STATE_KINDS
