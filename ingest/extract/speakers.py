"""In: a tagged sentence and a verb of saying in it. Out: the chunks that name who speaks."""

from __future__ import annotations

import re

from ingest.extract.lexicons import Entry
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set

_NAME_TAGS = "AULRKP"
_NAME_WORDS = word_set(
    "most senior top former unnamed western anonymous regional local public medical emergency defence defense chief"
    " resistance rebel opposition separatist militia junta regime government security intelligence hospital health"
)
_RIGHT_RUN = re.compile(r"d?(?:w(?=s[URA]))?(?:[AULRKPs]|w(?=[AULRKP])|od?(?=[AULRKP]))+")
_PAPER_OF = re.compile(r"[wS](?:[wS](?:c?[wS])?(?=b))?[obp](?=d?[AULRKPw])")
PAPER_CHUNKS = 8  # "the General Staff's latest evening report on Telegram"
PAPER_WITHIN = 3  # chunks: "the latest data"
_OFFICE_OF_PLACE = re.compile(r"(?:[RUP]pd?K?[AL]?|[AK]p)[AL]$")
_SEAT = re.compile(r"(?:[RP]p(?:d|w(?=[AULK]))?[AULK]+|UpK[AL])")
_CROWD_OF_PLACE = re.compile(r"[wP]p(?:[dw]?[ALK]|d(?P<area>w))$")
_STAFF_OF_HOUSE = re.compile(r"[RP]pd?[KALw]{0,4}[UK]$")
_OFFICE_OF_REGION = re.compile(r"[RU]odw$")
_AIDES = word_set("adviser advisor aide assistant ally deputy spokesman spokeswoman spokesperson")
_GIVES = word_set("gave gives given raised raises revised revises corrected lowered updated")  # "raised the toll to 14"
_OF_NATION = re.compile(r"dA(?P<noun>w)[VBm]{0,2}$")
_BESIDE = word_set(
    "also later then still again now first earlier too even itself himself herself today yesterday once soon already"
    " never ever thus only just both all alone instead meanwhile previously since twice further long always often side"
)
_OWNED = re.compile(r"[AULRK]s[wAD]{0,3}(?P<paper>w)(?:p?D|p(?P<channel>[Kw]))?$")
CHANNELS = word_set("telegram facebook twitter x whatsapp youtube instagram tiktok signal viber vkontakte")
_POSTS = word_set("post message briefing release communique communiqué summary review list account")
_ADVERBIALS = frozenset(
    {
        ("at", "first"),
        ("at", "last"),
        ("in", "turn"),
        ("in", "response"),
        ("in", "return"),
        ("in", "addition"),
        ("by", "contrast"),
        ("than", "once"),
    }
)
_FINITE = re.compile(r"(?:ed|s|said|put|wrote|told)$")
_CROWDS = word_set(
    "activists analysts committee experts hospital hospitals insurgents investigators jihadists junta locals media mediators"
    " monitors newspapers observers organisers outlets paramilitaries rebels relatives researchers residents separatists"
    " source survivors union villagers volunteers witnesses groups"
)
_AREAS = word_set("city town region area enclave territory country camp village district")
_OF_TOWN = re.compile(r"[KU]pdwoL$")
_AUTHORS = re.compile(r"(?:^|(?<=,))d?(?P<first>A)(?:,d?A){0,3},?cd?w{0,2}(?:w?o)?d?w?P[VBw]{0,3}")
_HEADS_OF = word_set("commander chief head leader chairman director")
_HOUSES = word_set("hospital clinic morgue embassy brigade battalion")
_REGIONS = word_set("region oblast province district state governorate krai republic")
_INSERTED = re.compile(r"(?<=[BVm]),(?:p[dwK]?)?[DwK],$")
_OWNED_UP = re.compile(r"\b(?:attack|assault|bombing|ambush|raid|blast|explosion|strike|shooting)\b[^.;]{0,50}\bclaimed$")
_RESTRICTED = re.compile(r"(?P<head>[URw])(?:[TH])[^,;:SGHTN]{1,8}p[dw]?[AL]$")
_WHOSE = re.compile(r"(?<=[AUKR]),H[^,;:S]{2,22}$")
WHOSE_CHUNKS = 24
_ORDINAL = re.compile(r"\d{1,3}(?:st|nd|rd|th)")
BRACKET_CHUNKS = 6
PAPERS = word_set(
    "information figures toll tally count tallies statistics update statement bulletin report reports assessment assessments data"
    " documents document records estimates analysis memo"
)


def gives_number(tagged: Tagged, at: int) -> bool:
    """'gave the number of dead as 31,000', 'raised the toll to 14': a verb of saying only with such an object."""
    if tagged.chunks[at].text == "report" and tagged.tags[at + 1 : at + 2] == "T":
        return True  # "officials who came to the scene report that …"
    if tagged.chunks[at].text == "report":
        return at > 0 and tagged.tags[at - 1] in "RUP" and tagged.tags[at + 1 : at + 2] in ("x", ",", "T", "N", "")  # "officials report."
    if tagged.chunks[at].text in ("count", "counts"):
        return at > 0 and tagged.tags[at - 1] in "RUAKP"  # "health officials count 46,000 dead"
    if tagged.chunks[at].text not in _GIVES:
        return False
    return any(c.text.lower() in ("number", "figure", "toll", "total", "death toll") for c in tagged.chunks[at + 1 : at + 4])


def source_span(tagged: Tagged, at: int) -> tuple[int, int] | None:
    if tagged.tags[at] == "Y":
        counted = tagged.tags[at + 1 : at + 3] in ("NR", "NP") or re.match(r"Nw[RP]", tagged.tags[at + 1 : at + 4]) is not None
        return run_right(tagged, _after_paper(tagged, at + 1 + counted))  # "according to two security officials"
    if tagged.tags[at + 1 : at + 2] == "b":
        if _OWNED_UP.search(tagged.text, 0, tagged.chunks[at].end - tagged.start):
            return None  # "an attack, claimed by the group": it tells who struck
        return run_right(tagged, at + 2)
    is_named = at > 0 and tagged.tags[at - 1] == "A" and tagged.tags[at + 1 : at + 2] == "N"  # "the White Helmets found 40 bodies"
    if tagged.chunks[at].text == "found" and not is_named and tagged.tags[at + 1 : at + 2] not in ("x", "", ",", "T"):
        return None  # "police found 12 bodies"
    if at and tagged.tags[at - 1] == "B" and not tagged.chunks[at].text.lower().endswith("ing"):
        return None  # "were confirmed", "it was reported": the subject is told of
    return (
        _plain_speaker(tagged, at)
        or subject_of(tagged, at)
        or _subject_of_second_verb(tagged, at)
        or _subject_of_relative(tagged, at)
        or _subject_of_restricted(tagged, at)
        or _subject_of_participle(tagged, at)
        or _run_after_verb(tagged, at)
    )


def _subject_of_relative(tagged: Tagged, at: int) -> tuple[int, int] | None:
    """'Donald Trump, who earlier that day had claimed …': the name before the relative pronoun."""
    match = re.search(r"(?<=[AUKRP]),H[BVmDwTdpZS]{0,7},?$", tagged.tags[max(0, at - 11) : at])
    if match is None or tagged.chunks[at - len(match.group()) + 1].text.lower() != "who":
        return None
    last = at - len(match.group()) - 1
    return run_left(tagged, last), last


def _subject_of_restricted(tagged: Tagged, at: int) -> tuple[int, int] | None:
    """'An American official who would not be named put …'."""
    match = re.search(r"(?<=[RKUAP])H[^,;:SGHN]{1,8}$", tagged.tags[max(0, at - 10) : at])
    if match is None:
        return None
    last = at - len(match.group()) - 1
    return run_left(tagged, last), last


def _subject_of_second_verb(tagged: Tagged, at: int) -> tuple[int, int] | None:
    """'Israel disputes the toll and says …': one subject, two verbs."""
    if at < 3 or tagged.tags[at - 1] != "c" or not _FINITE.search(tagged.chunks[at].text):
        return None
    match = re.match(r"d?(?P<run>[AULRK](?:[AULRKs]|od?(?=[AULRK]))*)(?=[VGSmBw][^;SG]{0,12}$)", tagged.tags[: at - 1])
    if match is None or (tagged.tags[match.end()] == "w" and not tagged.chunks[match.end()].text.endswith("ed")):
        return None
    return match.start("run"), match.end("run") - 1


def _subject_of_participle(tagged: Tagged, at: int) -> tuple[int, int] | None:
    """'Russia contested the figure, stating that …': the name that opens the sentence speaks."""
    if not tagged.chunks[at].text.lower().endswith("ing") or at == 0 or tagged.tags[at - 1] != ",":
        return None
    said = max(tagged.tags.rfind("S", 0, at), tagged.tags.rfind("G", 0, at))
    if said > 0 and (speaker := source_span(tagged, said)) is not None:
        return speaker  # "Russia fired 48 missiles, the air force said, adding that …"
    match = re.match(r"(?:w,)?d?(?P<run>[AULRK](?:[AULRKs]|od?(?=[AULRK]))*)(?=[VGSwBD])", tagged.tags)
    return (match.start("run"), match.end("run") - 1) if match else None


def _after_paper(tagged: Tagged, at: int) -> int:
    """The chunk behind 'the data of', 'a report by', 'the latest figures put out by': who wrote the paper."""
    for paper in range(at, min(at + PAPER_WITHIN, len(tagged.chunks))):
        match = _PAPER_OF.match(tagged.tags, paper)
        if match is not None and tagged.chunks[paper].text.lower() in PAPERS:
            return match.end()
        if tagged.tags[paper] not in "dwDA":
            break
    return at


def run_right(tagged: Tagged, at: int) -> tuple[int, int] | None:
    match = _RIGHT_RUN.match(tagged.tags, at)
    if match is None:
        return None
    for last in range(match.start(), match.end() - 1):
        if are_two_states(tagged, last):
            return match.start(), last  # "according to Kyiv Russia has lost …"
    seat = _SEAT.match(tagged.tags, match.end() - 1)
    if seat is not None and tagged.chunks[match.end()].text.lower() in ("in", "at", "inside", "within"):
        return match.start(), seat.end() - 1  # "a source in the SBU", "doctors at Nasser Hospital"
    is_paper = tagged.tags[match.end() - 1 : match.end() + 1] == "Aw" and tagged.chunks[match.end()].text.lower() in PAPERS
    return match.start(), match.end() - 1 + is_paper  # "according to Palestinian tallies"


def _run_after_verb(tagged: Tagged, at: int) -> tuple[int, int] | None:
    """'…, said Kuleba', '… - said Kuleba': only after a comma, a dash, a quotation or at the end of the words said."""
    if at == 0 or tagged.tags[at - 1] not in ",q-":
        return None
    named = re.match(r"d?[RUALw]{0,3}R,(?P<name>K{2,3}|A)(?=[,x;]|$)", tagged.tags[at + 1 :])
    if named is not None and (named.group("name") != "A" or is_named_person(tagged.chunks[at + named.end("name")])):
        return at + 1 + named.start("name"), at + named.end("name")  # "said the governor, Olha Bondar"
    return run_right(tagged, at + 1)


def subject_of(tagged: Tagged, at: int) -> tuple[int, int] | None:
    """First and last chunk of the name that is subject of the verb at `at`."""
    last = at - 1
    if (owner := _owner_of_paper(tagged, last)) is not None:
        return run_left(tagged, owner), owner
    noun = _OF_NATION.search(tagged.tags, max(0, at - 6), at) if "dAw" in tagged.tags[max(0, at - 6) : at] else None
    if noun is not None and not _is_beside_verb(tagged.chunks[noun.start("noun")].text.lower()):
        return noun.start() + 1, noun.start("noun")  # "a US businessman said": not the US
    if at > 3 and _OFFICE_OF_REGION.search(tagged.tags, max(0, at - 6), at) and tagged.chunks[at - 1].text.lower() in _REGIONS:
        return run_left(tagged, at - 4), at - 1  # "the head of the region said"
    last = _before_bracket(tagged, last)
    if last > 0 and tagged.tags[last] == "q" and tagged.tags[last - 1] in "AUK" and _opens_quotation(tagged, last):
        last -= 1  # 'Italy "urges all parties …"'
    if last > 0 and tagged.tags[last] == "x" and tagged.chunks[last - 1].text in ("Jr", "Sr"):
        last -= 1
    if tagged.tags[max(0, last - 2) : last + 1] == "pdw" and tagged.chunks[last].text.lower() == "part":
        last -= 3  # "Moscow for its part says"
    while last >= 0 and (tagged.tags[last] in "BVmDw" or (tagged.tags[last] == "p" and _is_adverbial(tagged, last))):
        if tagged.tags[last] == "w" and tagged.chunks[last].text.lower() in _NAME_WORDS:
            break
        last -= 1
    inserted = _INSERTED.search(tagged.tags, 0, last + 1) if last >= 0 and tagged.tags[last] == "," else None
    if inserted is not None:  # "the office had, in October, verified"
        last = inserted.start() - 1
        while last >= 0 and tagged.tags[last] in "BVmw":
            last -= 1
    if last >= 0 and tagged.tags[last] == ",":
        return _apposed(tagged, last)
    if at > 1 and tagged.tags[at - 2 : at] in ("Aw", "Uw") and tagged.chunks[at - 1].text.lower() in PAPERS:
        return run_left(tagged, at - 2), at - 1  # "Israeli figures say"
    if last > 1 and tagged.tags[last] in "wLA" and (office := _office_of_place(tagged, last)) is not None:
        return run_left(tagged, office.start()), last
    if last < 0 or (tagged.tags[last] not in _NAME_TAGS + "j"):
        return None
    house = _STAFF_OF_HOUSE.search(tagged.tags, max(0, last - 8), last + 1)
    if (
        house is not None
        and tagged.chunks[last].text.lower().split()[-1] in _HOUSES
        and tagged.chunks[house.start() + 1].text.lower() in ("at", "in", "from")
    ):
        return run_left(tagged, house.start()), last  # "a doctor at Nasser Hospital said"
    town = _OF_TOWN.search(tagged.tags, max(0, last - 6), last + 1)
    if town is not None:
        return run_left(tagged, town.start()), town.start()  # "the Rafik Hospital in the city of Tyre said"
    restricted = _RESTRICTED.search(tagged.tags, 0, last + 1)
    if restricted is not None and tagged.tags[last] in "AL":
        return run_left(tagged, restricted.start("head")), restricted.start("head")  # "the mission that monitors rights in Ukraine has …"
    if tagged.tags[last] == "L" and last + 1 < at and tagged.chunks[last + 1].text.lower() in _REGIONS:
        return run_left(tagged, last), last + 1
    first = run_left(tagged, last)
    return _with_aide(tagged, first), last


def _with_aide(tagged: Tagged, first: int) -> int:
    """'an adviser to the president said': the adviser speaks, and not the president whose name begins at `first`."""
    to = first - 1 - (tagged.tags[first - 1 : first] == "d")
    is_aide = to > 0 and tagged.chunks[to].text.lower() in ("to", "of") and tagged.chunks[to - 1].text.lower() in _AIDES
    if not is_aide:
        return first
    return run_left(tagged, to - 1) if tagged.tags[to - 1] in "RP" else to - 1


def _is_beside_verb(word: str) -> bool:
    """'also', 'later', 'repeatedly': a word between a name and its verb."""
    return word.endswith("ly") or word in _BESIDE or word in PAPERS | _REGIONS


def _owner_of_paper(tagged: Tagged, last: int) -> int | None:
    """'the General Staff's evening report says', 'the ministry's update on Telegram says': the last chunk of whose paper it is."""
    first = max(0, last - PAPER_CHUNKS)
    owned = _OWNED.search(tagged.tags, first, last + 1) if "s" in tagged.tags[first:last] else None
    if owned is None or tagged.chunks[owned.start("paper")].text.lower() not in PAPERS | _POSTS:
        return None
    is_there = owned.group("channel") is None or tagged.chunks[owned.start("channel")].text.lower() in CHANNELS
    return owned.start() if is_there else None


def _office_of_place(tagged: Tagged, last: int) -> re.Match[str] | None:
    """'the governor of Sumy', 'Zelensky in Kyiv', not 'fought for Russia after Ukraine said'."""
    office = _OFFICE_OF_PLACE.search(tagged.tags, max(0, last - 6), last + 1)
    is_name = office is not None and tagged.tags[office.start()] in "AK"
    return (
        None if office is None or (is_name and tagged.chunks[office.start() + 1].text.lower() not in ("in", "at", "from", "of")) else office
    )


def _is_adverbial(tagged: Tagged, at: int) -> bool:
    """'on Friday', 'at first', 'in turn'."""
    return tagged.tags[at + 1] == "D" or (tagged.chunks[at].text.lower(), tagged.chunks[at + 1].text.lower()) in _ADVERBIALS


def _opens_quotation(tagged: Tagged, at: int) -> bool:
    """The quotation mark touches what follows and not what stands before."""
    return tagged.chunks[at - 1].end < tagged.chunks[at].start and tagged.chunks[at].end == tagged.chunks[at + 1].start


def _before_bracket(tagged: Tagged, last: int) -> int:
    """'US Central Command (CENTCOM) said': the chunk ahead of the bracket that ends at `last`."""
    if last < 0 or tagged.tags[last] != ")":
        return last
    opening = tagged.tags.rfind("(", max(0, last - BRACKET_CHUNKS), last)
    return opening - 1 if opening >= 0 else last


def _plain_speaker(tagged: Tagged, at: int) -> tuple[int, int] | None:
    """'local activists said', 'the rebels put their losses at 12'; those who count with a named body are told under its name."""
    may_be_authors = "P" in tagged.tags[max(0, at - 4) : at] and "," in tagged.tags[:at]
    authors = next((m for m in _AUTHORS.finditer(tagged.tags, 0, at) if m.end() == at), None) if may_be_authors else None
    if authors is not None:
        return authors.start("first"), authors.start("first")  # "Mediazona, the BBC and a group of volunteers have"
    seated = _CROWD_OF_PLACE.search(tagged.tags, max(0, at - 6), at)
    is_area = seated is not None and (seated.group("area") is None or tagged.chunks[at - 1].text.lower() in _AREAS)
    if seated is not None and is_area and tagged.chunks[seated.start()].text.lower() in _CROWDS:
        first = seated.start() - (seated.start() > 0 and tagged.tags[seated.start() - 1] in "wAKUP")
        return first, at - 1  # "rebel groups in Rakhine say"
    if at == 0 or tagged.tags[at - 1] not in "wP" or tagged.chunks[at - 1].text.lower() not in _CROWDS:
        return None
    first = at - 1
    while first > 0 and tagged.tags[first - 1] in "wAKU" and at - first < 4 and not tagged.chunks[first - 1].text.lower().endswith("ly"):
        first -= 1
    return first, at - 1


def _apposed(tagged: Tagged, comma: int) -> tuple[int, int] | None:
    """'John Kirby, the Pentagon spokesman, said' -> the name; its office is known from the introductions."""
    whose = _WHOSE.search(tagged.tags, max(0, comma - WHOSE_CHUNKS), comma)
    if whose is not None and tagged.chunks[whose.start() + 1].text.lower() in ("whose", "which", "who"):
        return _named_ahead(tagged, whose.start() - 1)  # "Kyiv, whose adviser called it predictable, puts …"
    opening = tagged.tags.rfind(",", max(0, comma - 14), comma)
    if opening <= 0:
        return None
    inserted = tagged.chunks[opening + 1 : comma]
    ahead = tagged.chunks[max(0, opening - 10) : opening]
    is_office = any(c.tag == "R" or c.text.lower() in _HEADS_OF for c in ahead)
    if _is_full_name(inserted) and tagged.tags[opening - 1] in "RULAwP" and is_office:
        return opening + 1, comma - 1  # "the head of the regional administration, Serhii Bondar, said"
    if inserted and inserted[0].text.lower() in ("together", "along", "jointly") and tagged.tags[comma - 1] in "AUK":
        return run_left(tagged, comma - 1), comma - 1  # a paper "together with the army" passes on what the army says
    if tagged.tags[opening - 1] in "wR" and _is_name_of_person(tagged, comma - 1):
        return run_left(tagged, comma - 1), comma - 1  # 'The head of the delegation, Kremlin aide Ivan Petrov, said'
    last = _before_bracket(tagged, opening - 1)
    if last >= 0 and tagged.tags[last] in "AUK" and re.fullmatch(r"[HYSTBVZpbdAULRKPwsocDNXtgvilnf()]+", tagged.tags[opening + 1 : comma]):
        return _named_ahead(tagged, last)
    return None


def _named_ahead(tagged: Tagged, last: int) -> tuple[int, int]:
    """The name that ends at `last`, with the office in front of its seat ('the General Staff in Kyiv')."""
    office = _office_of_place(tagged, last)
    return run_left(tagged, office.start() if office else last), last


def _is_full_name(chunks: list[Chunk]) -> bool:
    """'Olha Bondar', 'Lt. Gen. Ivan Bondar', or a person of the lexicon."""
    tail = [c for c in chunks if c.tag != "x" and c.text != "."]
    return bool(tail) and all(c.tag in "KRA" for c in tail) and (sum(c.tag == "K" for c in tail) >= 2 or is_named_person(tail[-1]))


def _is_name_of_person(tagged: Tagged, last: int) -> bool:
    return tagged.tags[last - 1 : last + 1] == "KK" or (tagged.tags[last] == "A" and is_named_person(tagged.chunks[last]))


def are_two_states(tagged: Tagged, at: int) -> bool:
    """'Kyiv Russia': two names of states that no word joins."""
    states = [
        c.value.row[1]
        for c in tagged.chunks[at : at + 2]
        if isinstance(c.value, Entry) and c.value.row[2:3] in (("country",), ("capital",))
    ]
    return len(states) == 2 and states[0] != states[1]


def run_left(tagged: Tagged, last: int) -> int:
    """The first chunk of the name that ends at `last`."""
    first = last
    while first > 0 and not are_two_states(tagged, first - 1):
        tag, word = tagged.tags[first - 1], tagged.chunks[first - 1].text.lower()
        is_linked = tag == "o" or (tag == "d" and first > 1 and tagged.tags[first - 2] == "o")
        is_ordinal = tag == "X" and _ORDINAL.fullmatch(tagged.chunks[first - 1].text) is not None and tagged.tags[first] in "KU"
        if is_ordinal or tag in _NAME_TAGS or tag == "s" or is_linked or (tag == "w" and word in _NAME_WORDS):
            first -= 1
        else:
            break
    while tagged.tags[first] in "ods" and first < last:
        first += 1
    return first


def is_named_person(chunk: Chunk) -> bool:
    return isinstance(chunk.value, Entry) and chunk.value.lexicon == "actors" and chunk.value.row[2] == "person"
