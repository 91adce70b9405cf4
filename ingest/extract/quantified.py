"""In: a tagged sentence. Out: its counted nouns ("about 40 Russian soldiers", "12 civilian deaths", a bare "18"), grouped into lists."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from ingest.extract.lexicons import Entry, rows
from ingest.extract.numbers import Quantity
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set

_COUNTED = re.compile(
    r"N(?:\(x?N[^)]{0,5}\))?(?P<of>w?o(?:dt|[dAULRKswNX]{0,5}?))?(?P<mods>(?:[wAULRKsqX-]|Ac(?=A)|Ax(?=A)|\([AK]\)(?=P)){0,5}?)(?P<head>[PEn](?:[XRL-]?[PEn])*)"
)
_TOLD = re.compile(r"N(?P<mods>[wA]{0,2}[tn][wAR-]{0,3})(?P<head>[PE])(?![BVtivgS])")
_ARMY = re.compile(r"N[wA]{0,2}U(?=[BVq(,x]|$)")
_ALONE = re.compile(r"[VBtpx,]|$")
_GROUP_AND = re.compile(r"NA?(?P<group>A)c[wA]{1,2}P")
_OF_THOSE = re.compile(r"q?(?P<of>[op])d[wAE]{0,3}N?[wAPE]{0,3}?(?P<told>[tln])[^N;:SBVtgvi,]{0,10},")
_ARE_KIND = re.compile(r"NB[wd]{0,2}A?[PE](?![wB])")
_OFFICES = re.compile(r"N[wAUR]{0,3}R(?![RK])")
_OFFICIALS = word_set("officials lawmakers diplomats ministers doctors elders leaders")
_SHARED = re.compile(r"NAcNA[wU]?(?P<head>P)")
_SIDES_AND = re.compile(r"N[AUwK]{1,2}c[AUwK]{0,2}P")
_SIDES = word_set(
    "regime government army police rebel militia military junta civilian opposition coalition federal state local foreign security loyalist"
    " paramilitary navy naval customs border special pro-government anti-government insurgent jihadist terrorist separatist tribal allied"
)
_VAGUE = word_set("many several few numerous other some more various countless")
_AND_OTHER = re.compile(r"cPE")
_ONE_OF = re.compile(r"BNoN")
_PRONOUN = re.compile(r"No[jH](?P<head>d?[wA]{0,3}[Pn])?")
_JOINT = re.compile(r"(?:od?[AwUR]{1,4})?(?:\([^()]{0,10}\))?(?:,d[AwRKE]{1,4}){0,2}(?:,?c?)")  # "two jets, a launcher and 35 drones"
_UNKNOWN_ITEM = re.compile(r",?c?N[AK]?w{1,2}(?=,|c)")  # "two tanks, three warehouses and 12 vehicles"
_NOT_ADJECTIVES = word_set("strikes attacks explosions shells others' houses buildings homes villages apartments hits")
_MEASURE_WORDS = frozenset({"more", "out", "pieces", "items", "units", "launchers", "batteries"})
_AMONG_THEM = re.compile(r" (?:among|of) (?:them|whom|those)\b(?! \w)|,? among them(?:,|\.|$)| included(?=[,.;)]|$)")
_UNCOUNTED_PART = re.compile(r"\bincluding an? (?:[\w-]+ ){1,3}(?:and|,)$")
_SYSTEMS = frozenset({"systems", "system", "complexes", "complex", "units", "variants", "models", "platforms", "types", "type", "sets"})
_GOODS = frozenset({"equipment", "hardware", "weaponry", "machinery", "pieces"})
_OF_GOODS = Entry("equipment", ("equipment", "other", ""))
_BEHIND_ONE = word_set("also later then still from among who there here")
_AGED = word_set("woman man boy girl child teenager pensioner baby toddler")
_PLURALS = word_set("people men women children servicemen policemen personnel aircraft troops crewmen airmen fishermen militiamen")
_PLANES = frozenset({"fighter", "fighters"})
_SUBSET_WORDS = frozenset({"including"})
_SUBSET_PAIRS = [[of, those] for of in ("among", "of") for those in ("them", "whom", "which")]


class Counted(NamedTuple):
    """A number with what it counts. `first`, `last` and `head` are chunk indexes; `head` is None for a bare number."""

    quantity: Quantity
    first: int
    last: int
    head: int | None
    is_subset: bool


def counted_nouns(tagged: Tagged) -> list[Counted]:
    """Counted nouns in order; a number inside another's phrase ("three of the 40 drones") is not counted again."""
    found: list[Counted] = []
    is_of_those = of_those_lost(tagged) is not None
    for index, chunk in enumerate(tagged.chunks):
        if chunk.tag != "N" or (found and index <= found[-1].last) or not isinstance(chunk.value, Quantity):
            continue
        if index > 1 and tagged.tags[index - 2] == "(" and tagged.chunks[index - 1].text in "+-−":
            continue  # "7,429 (+13) tanks": what the last day added
        if index > 1 and tagged.tags[index - 1] == "o" and tagged.chunks[index - 2].text.lower() in _AGED:
            continue  # "a woman of 64"
        if index > 1 and tagged.chunks[index - 1].lower == "but" and tagged.chunks[index - 2].lower == "all":
            continue  # "26 people, all but one of them tourists"
        if chunk.text.lower() == "one" and _ONE_OF.match(tagged.tags, max(0, index - 1)):
            continue  # "he was one of 11 Marines killed" tells of 11
        noun = _counted(tagged, index, chunk.value)
        is_several = noun.head is None and (chunk.value.low or 0) > 1
        if is_several and index > 2 and tagged.tags[index - 3] == "d" and tagged.chunks[index - 2].lower == "family":
            noun = noun._replace(first=index - 3)  # "a family of seven"
        if _AMONG_THEM.match(tagged.text, tagged.chunks[noun.last].end - tagged.start):
            noun = noun._replace(is_subset=True)  # "nine children among them"
        if is_of_those and noun.head is None and (kind := _ARE_KIND.match(tagged.tags, index)) is not None:
            noun = noun._replace(head=kind.end() - 1, last=kind.end() - 1)  # "Of those killed, 12 were women"
        is_pronoun = noun.head is None and noun.last > index
        is_part = noun.head is None and index > 1 and tagged.tags[index - 2 : index] == "oH"
        if is_pronoun or is_part:
            noun = noun._replace(head=_spoken_of(tagged, noun, found))
        found.append(noun)
    return found


def of_those_lost(tagged: Tagged) -> int | None:
    """In 'Of those killed, 12 were women', 'Of the tanks lost at the front, two were …' the chunk that tells the loss."""
    match = _OF_THOSE.match(tagged.tags)
    return match.start("told") if match is not None and tagged.chunks[match.start("of")].lower in ("of", "among") else None


def _spoken_of(tagged: Tagged, noun: Counted, before: list[Counted]) -> int | None:
    """The noun that a pronoun stands for: '23 drones; 21 of them', 'the fleeing rebels, 30 of whom'."""
    if before and before[-1].head is not None:
        return before[-1].head
    return next((at for at in range(noun.first - 1, -1, -1) if tagged.tags[at] in "PE"), None)


def _counted(tagged: Tagged, index: int, quantity: Quantity) -> Counted:
    is_subset = _is_subset(tagged.chunks, index)
    goods = _goods(tagged, index) if tagged.tags[index + 1 : index + 2] == "w" else None
    if goods is not None:
        return Counted(quantity, index, goods, goods, is_subset)
    match = _COUNTED.match(tagged.tags, index)
    if match and match.group("of") and match.group("of")[0] == "w" and tagged.chunks[index + 1].text.lower() not in _MEASURE_WORDS:
        match = None  # "39 out of 55 missiles", not "39 columns of tanks"
    if match and not any(c.text.lower() in _NOT_ADJECTIVES for c in tagged.chunks[index : match.start("head")]):
        head = match.group("head")
        end = match.end()
        if head[-1] == "E" and _AND_OTHER.match(tagged.tags, end) and tagged.chunks[end + 1].text.lower() == "other":
            return Counted(quantity, index, end + 2, end + 2, is_subset)  # "1,831 tanks and other armoured vehicles"
        if head[-2:] == "EP" and tagged.chunks[end - 1].text.lower() in _PLANES:
            return Counted(quantity, index, end - 1, end - 2, is_subset)  # "four F-16 fighters"
        if head[-1] == "E" and tagged.tags[end : end + 1] == "w" and tagged.chunks[end].text.lower() in _SYSTEMS:
            end += 1  # "15 Osa systems, 18 drones"
        is_mixed = head[-1] == "n" and "E" in head  # "30 tank losses": the noun that counts is not the one that was lost
        return Counted(quantity, index, end - 1, None if is_mixed else match.end() - 1, is_subset)
    if tagged.tags[index + 1 : index + 2] == "A" and _is_plural_name(tagged.chunks[index + 1]) and _ALONE.match(tagged.tags, index + 2):
        return Counted(quantity, index, index + 1, index + 1, is_subset)  # "1,400 Lebanese have been killed"
    sides = _SIDES_AND.match(tagged.tags, index)
    if (
        sides is not None
        and tagged.chunks[sides.end() - 2].lower not in _VAGUE
        and any(map(_is_of_side, tagged.chunks[index + 1 : index + 3]))
    ):
        return Counted(quantity, index, sides.end() - 1, sides.end() - 1, is_subset)  # "11 regime and allied fighters"
    joint = _GROUP_AND.match(tagged.tags, index)
    if joint is not None and _is_group_name(tagged.chunks[joint.start("group")]):
        return Counted(quantity, index, joint.end() - 1, joint.end() - 1, is_subset)  # "200 Taliban and allied fighters"
    told = _TOLD.match(tagged.tags, index)
    if told and _is_plural(tagged.chunks[told.start("head")], quantity):
        # "four destroyed tanks", "12 captured Russian soldiers"
        return Counted(quantity, index, told.start("head"), told.start("head"), is_subset)
    army = _ARMY.match(tagged.tags, index)
    if army and tagged.chunks[army.end() - 1].text.lower() == "military":
        return Counted(quantity, index, army.end() - 1, army.end() - 1, is_subset)  # "1,260 Russian military were …"
    pronoun = _PRONOUN.match(tagged.tags, index)
    if pronoun:
        head = pronoun.end() - 1 if pronoun.group("head") else None
        return Counted(quantity, index, pronoun.end() - 1, head, True)
    office = _OFFICES.match(tagged.tags, index)
    if office is not None and tagged.chunks[office.end() - 1].lower in _OFFICIALS:
        return Counted(quantity, index, office.end() - 1, None, is_subset)  # "killed four senior Hamas officials"
    shared = _SHARED.match(tagged.tags, index)
    if shared is not None:
        return Counted(quantity, index, index + 1, shared.start("head"), is_subset)  # "40 Russian and 30 Ukrainian soldiers"
    single = _single(tagged, index) if quantity.high == 1 else None
    if single is not None:
        return Counted(quantity, index, single, single, is_subset)  # "one teacher was killed"
    if re.match(r"NA[t](?:c[tn])?(?:[x,p;]|$)", tagged.tags[index:]):
        return Counted(quantity, index, index + 1, None, is_subset)  # "700,000 Russian killed and wounded"
    return Counted(quantity, index, index, None, is_subset)


def _is_plural_name(chunk: Chunk) -> bool:
    """'Lebanese', 'Houthis', 'Taliban': names that people bear one by one."""
    return chunk.text.endswith("ese") or (_is_group_name(chunk) and (chunk.text.endswith("s") or chunk.text in ("Taliban", "al-Shabaab")))


def _single(tagged: Tagged, index: int) -> int | None:
    """The chunk of the one person behind 'one': a word whose plural the lexicon has, at the end of its phrase."""
    for at in range(index + 1, min(index + 4, len(tagged.chunks))):
        chunk = tagged.chunks[at]
        if chunk.tag == "w" and chunk.lower in singulars():
            following = tagged.chunks[at + 1] if at + 1 < len(tagged.chunks) else None
            is_end = following is None or following.tag not in "wPEnK" or following.lower in _BEHIND_ONE or following.lower.endswith("ly")
            return at if is_end else None
        if chunk.tag not in "wAULRK":
            return None
    return None


@cache
def singulars() -> dict[str, Entry]:
    """'teacher' -> the lexicon's line of 'teachers'."""
    found: dict[str, Entry] = {}
    for row in rows("persons"):
        plural = row[0].lower()
        for ending, single in (("children", "child"), ("wives", "wife"), ("men", "man"), ("ies", "y"), ("s", "")):
            if plural.endswith(ending):
                found.setdefault(plural[: -len(ending)] + single, Entry("persons", row))
                break
    return found


def _is_of_side(chunk: Chunk) -> bool:
    return chunk.tag in "AU" or chunk.lower in _SIDES


def _is_group_name(chunk: Chunk) -> bool:
    return isinstance(chunk.value, Entry) and chunk.value.lexicon == "actors" and chunk.value.row[2] == "group"


def _goods(tagged: Tagged, index: int) -> int | None:
    """'22,139 pieces of Russian equipment': the chunk of what the pieces are of."""
    if tagged.tags[index + 1 : index + 3] != "wo" and [c.text.lower() for c in tagged.chunks[index + 1 : index + 2]] == ["pieces"]:
        return index + 1  # "has lost 3,000 pieces"
    if tagged.tags[index + 1 : index + 3] != "wo" or tagged.chunks[index + 1].text.lower() not in _MEASURE_WORDS:
        return None
    ahead = range(index + 3, min(index + 8, len(tagged.chunks)))
    at = next((at for at in ahead if tagged.chunks[at].text.lower() in _GOODS or tagged.tags[at] not in "dAULRKws"), None)
    return at if at is not None and tagged.chunks[at].text.lower() in _GOODS else None


def _is_subset(chunks: list[Chunk], index: int) -> bool:
    """'including N …', 'among them N …', 'of whom N …'."""
    words = [chunk.text.lower() for chunk in chunks[max(0, index - 3) : index]]
    if not words:
        return False
    if words[-1] in ("and", ",") and _UNCOUNTED_PART.search(" ".join(chunk.text.lower() for chunk in chunks[max(0, index - 7) : index])):
        return True  # "including a woman and four children"
    if words[-1] in ("are", "were") and len(words) > 2:
        words.pop()  # "among which are five launchers"
    return words[-1] in _SUBSET_WORDS or words[-2:] in _SUBSET_PAIRS or words[-2:-1] == ["including"]


def _is_plural(noun: Chunk, quantity: Quantity) -> bool:
    """'two killed people', not 'two killed drone attack'."""
    return quantity.high == 1 or noun.text.endswith("s") or noun.text.lower() in _PLURALS


def lists(tagged: Tagged, nouns: list[Counted]) -> list[list[Counted]]:
    """Neighbours joined by nothing but a comma or 'and': '33 planes, 37 helicopters and 251 tanks'."""
    groups: list[list[Counted]] = []
    for noun in nouns:
        if groups and not noun.is_subset and noun.head is not None and _are_joined(tagged, groups[-1][-1], noun):
            groups[-1].append(noun)
        elif len(groups) > 1 and not noun.is_subset and noun.head is not None and _are_joined_over(tagged, groups[-2:], noun):
            groups[-2].append(noun)
        else:
            groups.append([noun])
    return groups


def _are_joined(tagged: Tagged, left: Counted, right: Counted) -> bool:
    between = tagged.tags[left.last + 1 : right.first]
    if right.head is not None and left.head is not None and tagged.tags[right.head] == "n" != tagged.tags[left.head]:
        return False  # "including 507 children, and 15,992 injuries"
    return left.head is not None and between != "" and _JOINT.fullmatch(between) is not None


def _are_joined_over(tagged: Tagged, last: list[list[Counted]], right: Counted) -> bool:
    """The item of a list that stands between is of a kind that no lexicon knows."""
    left, unknown = last[0][-1], last[1][0]
    item = _UNKNOWN_ITEM.match(tagged.tags, left.last + 1) if left.head is not None and unknown.head is None else None
    between = tagged.tags[item.end() : right.first] if item is not None and item.end() > unknown.first else None
    return between is not None and between != "" and re.fullmatch(r",?c?", between) is not None


def head_entry(tagged: Tagged, noun: Counted) -> Entry | None:
    """The lexicon line of the noun's last word."""
    value = tagged.chunks[noun.head].value if noun.head is not None else None
    if noun.head is not None and tagged.tags[noun.head] == "w" and tagged.chunks[noun.head].text.lower() in _GOODS:
        return _OF_GOODS
    if isinstance(value, Entry) or noun.head is None or noun.head < noun.first or noun.quantity.high != 1:
        return value if isinstance(value, Entry) else None
    return singulars().get(tagged.chunks[noun.head].lower)
