"""In: a sentence in its article. Out: demands, appeals and promises that somebody says: 'must', 'should', imperatives, 'will be sent'."""

from __future__ import annotations

import re
from collections.abc import Callable

from ingest.extract.acts import Act, is_on_topic
from ingest.extract.announcers import speaker_of
from ingest.extract.attribution import Credit, subject_of
from ingest.extract.context import Context
from ingest.extract.lexicons import rows
from ingest.extract.sides import side_of
from ingest.extract.tagging import QUOTES, Tagged
from ingest.extract.tokens import word_set

_SAYING = frozenset(max(row[0].split(), key=len) for row in rows("speech") if row[1] == "say")  # the longest word of each form
_QUOTE = re.compile("[" + QUOTES + "]")
_OBLIGES = word_set("must should needs needed need has have ought")
_PROMISED = word_set(
    "exchanged swapped released freed sent delivered deployed provided extended imposed lifted introduced paid evacuated"
    " mobilised mobilized suspended closed supplied transferred banned prosecuted handed returned called conscripted raised"
    " increased allowed permitted required barred prohibited exempted granted given resumed reopened lowered doubled halted"
    " withdrawn spared pardoned rewarded restored repatriated relocated fined jailed imprisoned punished expelled deported"
    " sanctioned disbanded abolished opened established"
)
_IMPERATIVES = word_set("surrender send give stop leave lay release withdraw provide defect evacuate deliver join close open return end")
_IMPERATIVE = re.compile(
    r"(?:^|[“\"]|[:;.!,] )(?:Once again, |So, |Now )?(?:[Pp]lease,? |[Dd]o not |[Dd]on['’]t )?(?P<verb>[A-Z]?[a-z]+)(?=[ ,!.])"
)
_PLEASE = re.compile(r"\bplease,? (?P<verb>[a-z]+)")
_ORDERED = re.compile(
    r"\b(?:told|warned|advised|instructed) (?:the |its |all )?"
    r"(?:residents|people|civilians|inhabitants|villagers|citizens|everyone|locals)\b"
    r"[^.;,]{0,60}?\bto (?:leave|evacuate|move|flee|stay|avoid|head|go|remain)\b"
)
_GETS = frozenset({"get", "receive", "earn", "draw"})
_READY = frozenset({"ready", "open", "willing", "prepared"})
_WANTED = re.compile(
    r"\b(?:said|says|stressed|added) (?:that )?(?:it|he|she|they|[A-Z]\w+) (?P<wants>wanted|wants|want)"
    r" [“\"]?(?!to\b)(?:[\w-]+ ){1,5}?to \w+"
)
_REFUSED = re.compile(
    r"\b(?:is|are|was|were|be|remains?|remained) (?P<stance>out of the question|off the table|(?:not |non-)negotiable|a red line"
    r"|not up for (?:discussion|negotiation|debate)|not acceptable|unacceptable)\b"
)
_PUBLIC = re.compile(
    r"\b(?:told|said|announced|declared)\b.{0,40}\b"
    r"(?:news conference|press conference|briefing|televised address|video address|address to the nation)\b"
    r".{0,30}?\bthat (?P<plan>.{0,80}?\b(?P<modal>will|would)\b)"
)
_PLACES_OF_NEWS = ("conference", "briefing", "address")  # a sentence without these is not read for `_PUBLIC`
_ASKED = word_set(
    "abandon abide accept act agree allow apologise apologize ban begin cease clarify close come comply condemn cut"
    " deliver disarm do end ensure evacuate explain extend extradite free give grant guarantee halt hand honor"
    " honour implement impose increase investigate join keep lay leave let lift meet negotiate open pay prosecute"
    " protect provide pull raise recognise recognize reconsider reduce refrain reject release renounce reopen"
    " respect resume return send sign start stop supply support surrender take talk uphold vacate withdraw"
)
_ADDRESSED = "AUK"
SUM_CHUNKS = 5  # between "will get" and its sum


def may_hold_position(context: Context, index: int) -> bool:
    """A sentence in which nobody speaks, or without the words of any kind, holds no position; asked before it is tagged."""
    return _may_be_told(context, index) and bool(_kinds(context, index))


def _may_be_told(context: Context, index: int) -> bool:
    is_said = not _SAYING.isdisjoint(context.words[index])
    return is_said or context.sentences[index].opens_quoted or context.text[context.sentences[index].start] in '“"'


def _kinds(context: Context, index: int) -> list[Callable[[Tagged], Act | None]]:
    """The kinds of position of which the sentence has the words, an imperative only where something is quoted."""
    words = context.words[index]
    kinds = [kind for one, other, kind in _KINDS if not (one.isdisjoint(words) or other.isdisjoint(words))]
    if _imperative in kinds and not (context.sentences[index].opens_quoted or _QUOTE.search(context.sentence(index))):
        kinds.remove(_imperative)
    return kinds


def positions_in(context: Context, index: int, tagged: Tagged) -> list[tuple[Act, Credit]]:
    """At most one position a sentence, with its speaker."""
    if "S" not in tagged.tags and not context.sentences[index].opens_quoted and tagged.text[:1] not in '“"':
        return []
    act = next((act for kind in _kinds(context, index) if (act := kind(tagged))), None)
    speaker = speaker_of(context, index, tagged, act.first) if act is not None else None
    is_own = act is not None and speaker is not None and act.strength == "position" and _speaks_of_itself(tagged, act, speaker)
    if act is None or speaker is None or (is_own and tagged.chunks[act.first].text.lower() not in _READY):
        return []
    return [(act, speaker)]


def _promise(tagged: Tagged) -> Act | None:
    """'will be sent', 'would be swapped', 'would get 1.9 million roubles': the speaker's side does it."""
    if "if" in tagged.text.lower().split():
        return None
    for at in range(len(tagged.chunks) - 2):
        words = [c.text.lower() for c in tagged.chunks[at : at + 3]]
        is_to_be = words[0] == "to" and at > 0 and tagged.tags[at - 1] == "B"  # "are to be swapped"
        if not (is_to_be or words[0] in ("will", "would")):
            continue
        if words[1] == "be" and words[2] in _PROMISED:
            return Act(at, at + 2, "promise") if is_on_topic(tagged.text, 5) else None
        if words[1] in _GETS and "M" in tagged.tags[at + 2 : at + 2 + SUM_CHUNKS]:
            return Act(at, at + 1, "promise")
    return None


def _told_to_leave(tagged: Tagged) -> Act | None:
    """'had told residents of the district to leave', 'warned civilians in the city to stay away'."""
    match = _ORDERED.search(tagged.text)
    if match is None:
        return None
    at = next(i for i, c in enumerate(tagged.chunks) if c.start <= tagged.start + match.start() < c.end)
    return Act(at, at, "evacuation")


def _readiness(tagged: Tagged) -> Act | None:
    """'said Moscow was ready for talks', 'is open to a truce', 'is not willing to give up …': a stance on a matter that is named."""
    for at, chunk in enumerate(tagged.chunks[:-1]):
        if chunk.text.lower() not in _READY or tagged.tags[at + 1] != "p" or tagged.chunks[at + 1].text.lower() not in ("to", "for"):
            continue
        verb = at - 1
        while verb > 0 and (tagged.tags[verb] in "Zw"):
            verb -= 1
        if verb > 0 and tagged.tags[verb] == "B" and is_on_topic(tagged.text[tagged.chunks[at + 1].start - tagged.start :][:80], 4):
            return Act(at, at + 1, "position")
    return None


def _wish(tagged: Tagged) -> Act | None:
    """'said it wanted all parties to stop': asked of others."""
    match = _WANTED.search(tagged.text)
    if match is None:
        return None
    at = next(i for i, c in enumerate(tagged.chunks) if c.start <= tagged.start + match.start("wants") < c.end)
    return Act(at, at, "position")


def _refusal(tagged: Tagged) -> Act | None:
    """'said a ceasefire was out of the question': a matter that is named and refused."""
    match = _REFUSED.search(tagged.text)
    if match is None or not is_on_topic(tagged.text[: match.start()][-60:], 4):
        return None
    at = next(i for i, c in enumerate(tagged.chunks) if c.start <= tagged.start + match.start("stance") < c.end)
    return Act(at, at, "promise")


def _told_in_public(tagged: Tagged) -> Act | None:
    """'told a news conference that the swap would …': a plan that an official tells the public."""
    match = _PUBLIC.search(tagged.text) if any(word in tagged.text for word in _PLACES_OF_NEWS) else None
    if match is None or not is_on_topic(tagged.text[match.end() - len(match["plan"]) : match.end() + 80], 2):
        return None
    at = next(i for i, c in enumerate(tagged.chunks) if c.start <= tagged.start + match.start("modal") < c.end)
    return Act(at, at, "promise")


def _demand(tagged: Tagged) -> Act | None:
    """'must withdraw', 'should be made public', 'needed to clarify': asked of a named side, or on a topic of its own."""
    for at, chunk in enumerate(tagged.chunks[:-1]):
        word, behind = chunk.text.lower(), [c.text.lower() for c in tagged.chunks[at + 1 : at + 3]]
        if word not in _OBLIGES or not (word in ("must", "should") or behind[0] == "to"):
            continue
        verb = behind[0] if behind[0] != "to" or len(behind) < 2 else behind[1]
        if verb not in _ASKED and not (verb == "be" and behind[-1] in _PASSIVES):
            continue
        span = subject_of(tagged, at)
        if span is not None and tagged.tags[span[0]] != "j" and set(tagged.tags[span[0] : span[1] + 1]) & set(_ADDRESSED):
            return Act(at, at + 1, "position")
        if span is None and is_on_topic(tagged.text[: chunk.start - tagged.start][-40:], 2):
            return Act(at, at + 1, "position")
    return None


_PASSIVES = word_set("made lifted imposed released stopped given sent extended halted ended strengthened tightened disclosed increased")


def _imperative(tagged: Tagged) -> Act | None:
    """'Lay down your arms', 'please, surrender': only inside a quotation."""
    for match in (*_PLEASE.finditer(tagged.text), *_IMPERATIVE.finditer(tagged.text)):
        if match.group("verb").lower() not in _IMPERATIVES:
            continue
        start = tagged.start + match.start("verb")
        at = next((i for i, c in enumerate(tagged.chunks) if c.start <= start < c.end), None)
        if at is not None and at + 1 < len(tagged.chunks):
            return Act(at, at, "appeal")
    return None


_IS = word_set("is are was were be remain remains remained")
# In order of preference; a word of each of the two sets stands in every sentence that holds a position of the kind.
_KINDS: tuple[tuple[frozenset[str], frozenset[str], Callable[[Tagged], Act | None]], ...] = (
    (word_set("told warned advised instructed"), frozenset({"to"}), _told_to_leave),
    (_PROMISED | _GETS, word_set("will would to"), _promise),
    (_READY, word_set("to for"), _readiness),
    (word_set("want wanted wants"), frozenset({"to"}), _wish),
    (word_set("question table negotiable line discussion negotiation debate acceptable unacceptable"), _IS, _refusal),
    (word_set("conference briefing address"), word_set("will would"), _told_in_public),
    (_OBLIGES, _ASKED | {"be"}, _demand),
    (_IMPERATIVES, _IMPERATIVES, _imperative),
)


def _speaks_of_itself(tagged: Tagged, act: Act, speaker: Credit) -> bool:
    """'Ukraine must win', said by its president, is a wish and asks nobody."""
    span = subject_of(tagged, act.first)
    return span is not None and side_of(tagged.chunks[span[0] : span[1] + 1]) == speaker.party
