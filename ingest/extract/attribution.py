"""In: a sentence in its article. Out: who is credited with what it says, where the credit stands, and on which day it was said."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.context import Context, side_of, span_text
from ingest.extract.dates import DayMention
from ingest.extract.lexicons import Entry, surnames
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set

_NAME_TAGS = "AULRKP"
_NAME_WORDS = word_set("senior top former unnamed western anonymous regional local public medical emergency defence defense chief")
_RIGHT_RUN = re.compile(r"d?(?:w(?=s[UR]))?(?:[AULRKPs]|w(?=[AULRKP])|od?(?=[AULRKP]))+")
_PAPER_OF = re.compile(r"[dwDA]{0,2}(?P<paper>[wS])[obp](?=d?[AULRKPw])")
_REPORT_OF = re.compile(r"(?P<paper>[wS])[ob](?=d?[AU])")
_OFFICE_OF_PLACE = re.compile(r"[RUP]p[d]?[AL]?[AL]$")
_OFFICE_OF_REGION = re.compile(r"[RU]odw$")
_RUN_BY = re.compile(
    r"\b(Hamas|Houthi|Russian|Russia|Moscow|Kremlin)-(?:run|led|controlled|affiliated|governed|installed|backed|appointed)\b", re.IGNORECASE
)
_FINITE = re.compile(r"(?:ed|s|said|put|wrote|told)$")
_RULERS = {"hamas": "PS", "houthi": "Houthis", "russian": "RU", "russia": "RU", "moscow": "RU", "kremlin": "RU"}
_ARMY = re.compile(r"^(?:the )?(?:army|military|armed forces|defen[cs]e ministry|ministry of defen[cs]e)$", re.IGNORECASE)
_COLON = re.compile(r"^d?[AULRK](?:[AULRKs]|od?(?=[AULRK]))*:")
_CONTRAST = frozenset({"while", "whereas", "but"})
_VAGUE_PEOPLE = word_set("people others soldiers civilians men women troops victims children colonels")
_LOCALS = word_set(
    "governor mayor authorities officials police prosecutors rescuers medics doctors force military army staff administration residents"
    " service services hospital defence defense council governor's mayor's parliament navy guard ministry"
)
_OUTLETS = word_set(
    "paper newspaper outlet agency channel broadcaster magazine site website group organisation organization charity network monitor"
)
_CROWDS = word_set(
    "activists analysts committee experts hospitals hospital insurgents investigators jihadists junta locals mediators monitors observers"
    " organisers paramilitaries rebels relatives researchers residents separatists source survivors union villagers volunteers witnesses"
)
_ABROAD = word_set("western european allied foreign international nato independent")
_REGIONS = word_set("region oblast province district state governorate krai republic")
CONTINUED_WITHIN = 7  # chunks at the beginning of a sentence
STATEMENT_WITHIN = 12  # sentences back to the day of a source's statement
_CONTINUATIONS = frozenset({"also", "additionally", "furthermore", "moreover"})
_PAPERS = word_set(
    "information figures toll tally count tallies statistics update statement bulletin report reports assessment assessments data"
    " documents document records estimates analysis memo"
)
_DEMONYM_KINDS = ("demonym", "people")


class Credit(NamedTuple):
    """A source. `at` is the chunk of its verb; `name` is None when only a pronoun without an antecedent stands there."""

    at: int
    name: str | None
    party: str | None
    is_person: bool
    denies: bool
    said: DayMention | None


def credits_in(context: Context, index: int, depth: int = 0) -> list[Credit]:
    """Credits of one sentence in text order. `depth` bounds how far back pronouns are followed."""
    if depth == 0 and index in context.credits:
        return context.credits[index]
    tagged = context.tagged(index)
    found: list[Credit] = []
    colon = _COLON.match(tagged.tags)
    if colon and (credit := credit_of(context, index, (0, colon.end() - 2), colon.end() - 1, depth)):
        found.append(credit)
    for at, tag in enumerate(tagged.tags):
        if (tag in "SGY" or _gives_number(tagged, at)) and (span := _source_span(tagged, at)):
            credit = credit_of(context, index, span, at, depth)
            if credit is not None:
                found.append(credit)
        elif tag in "SY" and (credit := _same_source(context, index, at, depth)):
            found.append(credit)
    if not found and (credit := _reporting(context, index, depth)):
        found.append(credit)
    if depth == 0:
        context.credits[index] = found
    return found


def _gives_number(tagged: Tagged, at: int) -> bool:
    """'gave the number of dead as 31,000': a verb of saying only with such an object."""
    if tagged.chunks[at].text.lower() not in ("gave", "gives", "given"):
        return False
    return any(c.text.lower() in ("number", "figure", "toll", "total", "death toll") for c in tagged.chunks[at + 1 : at + 4])


def _same_source(context: Context, index: int, at: int, depth: int) -> Credit | None:
    """'the newspaper added', 'the statement said': the source of the sentences before."""
    tagged = context.tagged(index)
    is_cited = tagged.tags[at] == "Y"
    words = {c.text.lower() for c in (tagged.chunks[at + 2 : at + 4] if is_cited else tagged.chunks[max(0, at - 1) : at])}
    determiner = tagged.tags[at + 1 : at + 2] if is_cited else tagged.tags[max(0, at - 2) : max(0, at - 1)]
    if determiner != "d" or words.isdisjoint(_PAPERS | _OUTLETS) or depth > 2:
        return None
    for back in range(index - 1, max(-1, index - 6), -1):
        named = [c for c in credits_in(context, back, depth + 1) if c.name and (not c.is_person or words & _PAPERS)]
        if named:
            return named[-1]._replace(at=at, denies=False)
    return None


def _reporting(context: Context, index: int, depth: int) -> Credit | None:
    """'The Sunday report of the General Staff told of 1,200 …': a paper in a sentence that credits nobody else."""
    tagged = context.tagged(index)
    for match in _REPORT_OF.finditer(tagged.tags):
        if tagged.chunks[match.start("paper")].text.lower() in _PAPERS and (span := _run_right(tagged, match.end())):
            return credit_of(context, index, span, match.start("paper"), depth)
    return None


def _source_span(tagged: Tagged, at: int) -> tuple[int, int] | None:
    if tagged.tags[at] == "Y":
        return _run_right(tagged, _after_paper(tagged, at + 1))
    if tagged.tags[at + 1 : at + 2] == "b":
        return _run_right(tagged, at + 2)
    if at and tagged.tags[at - 1] == "B" and not tagged.chunks[at].text.lower().endswith("ing"):
        return None  # "were confirmed", "it was reported": the subject is told of
    return (
        subject_of(tagged, at)
        or _subject_of_second_verb(tagged, at)
        or _subject_of_relative(tagged, at)
        or _subject_of_participle(tagged, at)
        or _plain_speaker(tagged, at)
        or _run_after_verb(tagged, at)
    )


def _subject_of_relative(tagged: Tagged, at: int) -> tuple[int, int] | None:
    """'Donald Trump, who earlier that day had claimed …': the name before the relative pronoun."""
    match = re.search(r"(?<=[AUK]),H[BVmDwTdp]{0,6}$", tagged.tags[max(0, at - 10) : at])
    if match is None or tagged.chunks[at - len(match.group()) + 1].text.lower() != "who":
        return None
    last = at - len(match.group()) - 1
    return run_left(tagged, last), last


def _subject_of_second_verb(tagged: Tagged, at: int) -> tuple[int, int] | None:
    """'Israel disputes the toll and says …': one subject, two verbs."""
    if at < 3 or tagged.tags[at - 1] != "c" or not _FINITE.search(tagged.chunks[at].text):
        return None
    match = re.match(r"d?(?P<run>[AULRK](?:[AULRKs]|od?(?=[AULRK]))*)(?=[VGSmB][^;SG]{0,12}$)", tagged.tags[: at - 1])
    return (match.start("run"), match.end("run") - 1) if match else None


def _subject_of_participle(tagged: Tagged, at: int) -> tuple[int, int] | None:
    """'Russia contested the figure, stating that …': the name that opens the sentence speaks."""
    if not tagged.chunks[at].text.lower().endswith("ing") or at == 0 or tagged.tags[at - 1] != ",":
        return None
    match = re.match(r"(?:w,)?d?(?P<run>[AULRK](?:[AULRKs]|od?(?=[AULRK]))*)(?=[VGSwBD])", tagged.tags)
    return (match.start("run"), match.end("run") - 1) if match else None


def _after_paper(tagged: Tagged, at: int) -> int:
    """The chunk behind 'the data of', 'a report by': who wrote the paper."""
    match = _PAPER_OF.match(tagged.tags, at)
    return match.end() if match and tagged.chunks[match.start("paper")].text.lower() in _PAPERS else at


def _run_right(tagged: Tagged, at: int) -> tuple[int, int] | None:
    match = _RIGHT_RUN.match(tagged.tags, at)
    if match is None:
        return None
    is_paper = tagged.tags[match.end() - 1 : match.end() + 1] == "Aw" and tagged.chunks[match.end()].text.lower() in _PAPERS
    return match.start(), match.end() - 1 + is_paper  # "according to Palestinian tallies"


def _run_after_verb(tagged: Tagged, at: int) -> tuple[int, int] | None:
    """'…, said Kuleba', '… - said Kuleba': only after a comma, a dash, a quotation or at the end of the words said."""
    if at == 0 or tagged.tags[at - 1] not in ",q-":
        return None
    return _run_right(tagged, at + 1)


def subject_of(tagged: Tagged, at: int) -> tuple[int, int] | None:
    """First and last chunk of the name that is subject of the verb at `at`."""
    last = at - 1
    if at > 3 and _OFFICE_OF_REGION.search(tagged.tags, max(0, at - 6), at) and tagged.chunks[at - 1].text.lower() in _REGIONS:
        return run_left(tagged, at - 4), at - 1  # "the head of the region said"
    while last >= 0 and (tagged.tags[last] in "BVmDw" or (tagged.tags[last] == "p" and tagged.tags[last + 1] == "D")):
        if tagged.tags[last] == "w" and tagged.chunks[last].text.lower() in _NAME_WORDS:
            break
        last -= 1
    if last >= 0 and tagged.tags[last] == ",":
        return _apposed(tagged, last)
    if at > 1 and tagged.tags[at - 2 : at] == "Aw" and tagged.chunks[at - 1].text.lower() in _PAPERS:
        return run_left(tagged, at - 2), at - 1  # "Israeli figures say"
    if last > 2 and tagged.tags[last] in "wLA" and (office := _OFFICE_OF_PLACE.search(tagged.tags, max(0, last - 6), last + 1)):
        return run_left(tagged, office.start()), last
    if last < 0 or (tagged.tags[last] not in _NAME_TAGS + "j"):
        return None
    if tagged.tags[last] == "L" and last + 1 < at and tagged.chunks[last + 1].text.lower() in _REGIONS:
        return run_left(tagged, last), last + 1
    return run_left(tagged, last), last


def _plain_speaker(tagged: Tagged, at: int) -> tuple[int, int] | None:
    """'local activists said', 'the rebels put their losses at 12'."""
    if at == 0 or tagged.tags[at - 1] not in "wP" or tagged.chunks[at - 1].text.lower() not in _CROWDS:
        return None
    first = at - 1
    while first > 0 and tagged.tags[first - 1] in "wAKU" and at - first < 4 and not tagged.chunks[first - 1].text.lower().endswith("ly"):
        first -= 1
    return first, at - 1


def _apposed(tagged: Tagged, comma: int) -> tuple[int, int] | None:
    """'John Kirby, the Pentagon spokesman, said' -> the name; its office is known from the introductions."""
    opening = tagged.tags.rfind(",", max(0, comma - 14), comma)
    if opening <= 0:
        return None
    inserted = tagged.chunks[opening + 1 : comma]
    if _is_full_name(inserted) and tagged.tags[opening - 1] in "RULAw" and "R" in tagged.tags[max(0, opening - 10) : opening]:
        return opening + 1, comma - 1  # "the head of the regional administration, Serhii Bondar, said"
    if inserted and inserted[0].text.lower() in ("together", "along", "jointly") and tagged.tags[comma - 1] in "AUK":
        return run_left(tagged, comma - 1), comma - 1  # a paper "together with the army" passes on what the army says
    if tagged.tags[opening - 1] in "wR" and _is_name_of_person(tagged, comma - 1):
        return run_left(tagged, comma - 1), comma - 1  # 'The head of the delegation, Kremlin aide Ivan Petrov, said'
    if tagged.tags[opening - 1] in "AUK" and re.fullmatch(r"[HYSTBVpdAULRKPwsocDNX]+", tagged.tags[opening + 1 : comma]):
        return run_left(tagged, opening - 1), opening - 1
    return None


def _is_full_name(chunks: list[Chunk]) -> bool:
    """'Olha Bondar', 'Lt. Gen. Ivan Bondar', or a person of the lexicon."""
    tail = [c for c in chunks if c.tag != "x" and c.text != "."]
    return bool(tail) and all(c.tag in "KRA" for c in tail) and (sum(c.tag == "K" for c in tail) >= 2 or _is_person(tail[-1]))


def _is_name_of_person(tagged: Tagged, last: int) -> bool:
    return tagged.tags[last - 1 : last + 1] == "KK" or (tagged.tags[last] == "A" and _is_person(tagged.chunks[last]))


def run_left(tagged: Tagged, last: int) -> int:
    """The first chunk of the name that ends at `last`."""
    first = last
    while first > 0:
        tag, word = tagged.tags[first - 1], tagged.chunks[first - 1].text.lower()
        is_linked = tag == "o" or (tag == "d" and first > 1 and tagged.tags[first - 2] == "o")
        if tag in _NAME_TAGS or tag == "s" or is_linked or (tag == "w" and word in _NAME_WORDS):
            first -= 1
        else:
            break
    while tagged.tags[first] in "ods" and first < last:
        first += 1
    return first


def credit_of(context: Context, index: int, span: tuple[int, int], at: int, depth: int = 0) -> Credit | None:
    """The source named by the chunks `span` (first, last) of sentence `index`, for the verb at `at`."""
    tagged, (first, last) = context.tagged(index), span
    chunks = tagged.chunks[first : last + 1]
    denies = tagged.tags[at] == "G" or (at > 0 and tagged.tags[at - 1] == "Z")
    said = _said_on(tagged, at)
    if chunks[0].tag == "j":
        return _pronoun(context, index, chunks[0].text.lower(), at, denies, said, depth)
    if chunks[0].tag == "d":
        chunks = chunks[1:]
    if not chunks or not _can_speak(tagged, chunks, first, last + 1):
        return None
    name, party, is_person = _identify(context, tagged, chunks)
    return Credit(at, name, party, is_person, denies, said)


def _can_speak(tagged: Tagged, chunks: list[Chunk], first: int, after: int) -> bool:
    """A demonym or a crowd alone is no source; nor is an unknown word that is capitalised only because it opens the sentence."""
    tags = {c.tag for c in chunks}
    if tags <= {"U", "R", "w"} and tagged.tags[after : after + 1] == "w" and tagged.chunks[after].text.lower() in _PAPERS:
        return False
    if tags <= {"P"}:
        return not any(c.text.lower() in _VAGUE_PEOPLE for c in chunks)
    if tags <= {"L", "P"} or (tags <= {"A", "P"} and all(_is_demonym(c) for c in chunks if c.tag == "A") and chunks[-1].tag == "A"):
        return False
    if tags == {"K"} and len(chunks) == 1:
        return first > 0 or chunks[0].text in surnames() or tagged.tags[1:2] in ("S", "G")
    return True


def _is_demonym(chunk: Chunk) -> bool:
    return isinstance(chunk.value, Entry) and chunk.value.lexicon == "actors" and chunk.value.row[2] in _DEMONYM_KINDS


def _identify(context: Context, tagged: Tagged, chunks: list[Chunk]) -> tuple[str, str | None, bool]:
    name, party = span_text(tagged, chunks), side_of(chunks)
    is_person = any(c.tag in "KRP" or _is_person(c) for c in chunks) and chunks[-1].tag not in "U"
    known = context.introductions.get(chunks[-1].text) if chunks[-1].tag == "K" else None
    if known is not None and _is_same_person(chunks, known.fullest):
        party = party or known.party
        name = known.fullest if len(known.fullest) > len(name) else name
    if party is None and any(c.tag in "URw" or c.text.lower() in _LOCALS for c in chunks):
        body = context.body_like(chunks[-1].text) if chunks[-1].tag == "U" and len(chunks) == 1 else None
        party = body.party if body else None
        name = body.fullest if body and len(body.fullest) > len(name) else name
    if party is None and name == "General Staff" and "RU" in context.sides:
        party = "UA"  # English news names Russia's with its nation
    if party is None and known is not None and known.is_office and chunks[-1].tag == "K":
        party = _side_of_countries(tagged, chunks[0].start)
    if party is None and (run_by := _RUN_BY.search(name)):
        party = _RULERS[run_by[1].lower()]
    if party is None and _ARMY.search(name):
        return name, context.army_side(), is_person
    if party is None and _speaks_for_place(chunks):
        party = _side_of_places(tagged) or context.home(tagged.start) or _side_of_countries(tagged, chunks[0].start)
    return name, party, is_person


def _is_same_person(chunks: list[Chunk], fullest: str) -> bool:
    """A surname alone is whoever was introduced under it; with a first name it must be the same one."""
    first_names = [c.text for c in chunks[:-1] if c.tag == "K"]
    return all(name in fullest for name in first_names)


def _speaks_for_place(chunks: list[Chunk]) -> bool:
    """Local bodies and offices without a nation: 'the governor', 'the air force', 'rescuers'."""
    words = {word for c in chunks for word in c.text.lower().split()}
    return not words.isdisjoint(_LOCALS) and words.isdisjoint(_ABROAD) and not any(c.tag == "A" and c.value is not None for c in chunks)


def _side_of_places(tagged: Tagged) -> str | None:
    """The one side of the places that the sentence names: a governor speaks of his own region."""
    sides = {c.value.row[1] for c in tagged.chunks if c.tag == "L" and isinstance(c.value, Entry)}
    return (sides.pop() or None) if len(sides) == 1 else None


def _side_of_countries(tagged: Tagged, before: int) -> str | None:
    """'South Korea will send no shells, its defence ministry said': the one country named before the speaker."""
    named = [c.value for c in tagged.chunks if c.tag == "A" and c.start < before]
    sides = {e.row[1] for e in named if isinstance(e, Entry) and e.row[2] in ("country", "capital")}
    return sides.pop() if len(sides) == 1 else None


def _is_person(chunk: Chunk) -> bool:
    return isinstance(chunk.value, Entry) and chunk.value.lexicon == "actors" and chunk.value.row[2] == "person"


def _said_on(tagged: Tagged, at: int) -> DayMention | None:
    """The day that stands beside the verb of saying."""
    for step in (1, 2, 3, 4, 5, 6, -1, -2):
        place = at + step
        if 0 <= place < len(tagged.chunks) and tagged.tags[place] == "D":
            between = tagged.tags[min(at, place) + 1 : max(at, place)]
            value = tagged.chunks[place].value
            if isinstance(value, DayMention) and set(between) <= set("pKRwA") and "said" not in between:
                return value
    return None


def _pronoun(context: Context, index: int, word: str, at: int, denies: bool, said: DayMention | None, depth: int) -> Credit | None:
    if word not in ("he", "she", "it", "they") or depth > 4:
        return Credit(at, None, None, False, denies, said) if word in ("he", "she", "it", "they") else None
    wants_person = word in ("he", "she")
    opening = opening_name(context, context.tagged(index), at)
    if opening is not None and opening[2] == wants_person:
        return Credit(at, *opening, denies, said)
    same = [c for c in credits_in_before(context, index, depth) if c.name and (c.is_person == wants_person or word == "they")]
    if not same:
        subject = _earlier_subject(context, index) if wants_person else None
        if subject is not None:
            return Credit(at, *subject, denies, said)
        return Credit(at, None, None, wants_person, denies, said)
    return Credit(at, same[-1].name, same[-1].party, wants_person, denies, said)


def _earlier_subject(context: Context, index: int) -> tuple[str, str | None, bool] | None:
    """The person whose name opens the sentence before."""
    if index == 0:
        return None
    tagged = context.tagged(index - 1)
    name = opening_name(context, tagged, len(tagged.tags))
    return name if name and name[2] else None


def opening_name(context: Context, tagged: Tagged, before: int) -> tuple[str, str | None, bool] | None:
    """The name that opens a sentence and has a verb behind it, when it ends ahead of the chunk `before`."""
    match = re.match(r"d?(?P<run>[AULRK](?:[AULRKs]|od?(?=[AULRK]))*)(?=[SGwVBmt,D])", tagged.tags)
    if match is None or match.end("run") >= before:
        return None
    chunks = tagged.chunks[match.start("run") : match.end("run")]
    return _identify(context, tagged, chunks) if _can_speak(tagged, chunks, match.start("run"), match.end("run")) else None


def statement_day(context: Context, index: int, credit: Credit) -> DayMention | None:
    """The day on which the same source spoke, as an earlier sentence tells it."""
    if not credit.name:
        return None
    last = credit.name.split()[-1].lower()
    for back in range(index - 1, max(-1, index - STATEMENT_WITHIN), -1):
        for other in credits_in(context, back):
            is_same = other.name and (other.name.split()[-1].lower() == last or (other.party == credit.party is not None))
            if is_same and other.said and other.said.on and other.is_person == credit.is_person:
                return other.said
    return None


def credits_in_before(context: Context, index: int, depth: int) -> list[Credit]:
    """Credits in the three sentences before, oldest first."""
    found: list[Credit] = []
    for back in range(max(0, index - 3), index):
        found.extend(credits_in(context, back, depth + 2))
    return found


def governing(tagged: Tagged, sources: list[Credit], at: int) -> Credit | None:
    """The credit that covers the chunk `at`: in its own clause first, else the nearest before it, else the first after it."""
    clause = [c for c in sources if not _is_parted(tagged, c.at, at) and not _is_joined_after(tagged, c.at, at)]
    pool = clause or sources
    cited = [c for c in pool if tagged.tags[c.at] == "Y"]
    before = [c for c in pool if c.at < at]
    if cited and (not before or cited[-1].at < at or before[-1].at < cited[-1].at):
        return cited[-1]
    return before[-1] if before else (pool[0] if pool else None)


def _is_joined_after(tagged: Tagged, credit: int, at: int) -> bool:
    """'10 were killed, and according to the mayor …': the citation opens a clause of its own."""
    return at < credit and tagged.tags[credit] == "Y" and tagged.tags[credit - 1] == "c"


def _is_parted(tagged: Tagged, one: int, other: int) -> bool:
    low, high = min(one, other), max(one, other)
    return any(c.tag == ";" or c.text.lower() in _CONTRAST for c in tagged.chunks[low:high])


def carried(context: Context, index: int) -> Credit | None:
    """The source of the sentence before, within a paragraph; of the one after, inside a running quotation."""
    sentence = context.sentences[index]
    if sentence.opens_quoted or context.text[sentence.start] in '“"':
        following = _same_paragraph(context, index, index + 1)
        if following:
            return following[0]
    for back in (1, 2, 3):
        found = _same_paragraph(context, index, index - back)
        if found:
            return found[-1]
    return _continued(context, index)


def _continued(context: Context, index: int) -> Credit | None:
    """A paragraph that begins 'According to the report …' or '… have also …' goes on with the source of the paragraph before."""
    tagged = context.tagged(index)
    opening = {c.text.lower() for c in tagged.chunks[:CONTINUED_WITHIN]}
    if "Y" not in tagged.tags and not opening & _CONTINUATIONS:
        return None
    for back in range(index - 1, max(-1, index - 3), -1):
        found = [c for c in credits_in(context, back) if c.name and not c.denies]
        if found:
            return found[-1]
    return None


def _same_paragraph(context: Context, index: int, other: int) -> list[Credit]:
    if not 0 <= other < len(context.sentences) or context.sentences[other].paragraph != context.sentences[index].paragraph:
        return []
    return [c for c in credits_in(context, other) if c.name and not c.denies]
