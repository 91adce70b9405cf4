"""In: an article's context. Out: its announcements: an official, office or organisation makes a decision public."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.acts import Act, acts_in, is_decided, may_act
from ingest.extract.announcers import announcer_of
from ingest.extract.attribution import Credit
from ingest.extract.context import Context
from ingest.extract.grounding import Core
from ingest.extract.places import is_region
from ingest.extract.positions import may_hold_position, positions_in
from ingest.extract.tagging import Tagged
from ingest.extract.topics import announced_on, best_topic, channel_of, topic_of
from ingest.extract.wars import voice_of
from ingest.records import Announcement, Span

_LINK = re.compile(r"\s*(?:read (?:also|more|next)|related|see also|watch|also read)\b", re.IGNORECASE)
_KNOWN_OBJECT = re.compile(r"\s*(?:the|this|these|that|those|his|her|its|their) ", re.IGNORECASE)
COMPARED_ACTS = 30  # an article seldom has twenty; the bound keeps the work in step with the text
SAME_WORDS_SHARE = 0.8  # above, the topic was read differently from the same words
SAME_ACT_SHARE = 0.5  # of the shorter sentence's telling words: above, two sentences of one announcer tell one act
_TELLING = re.compile(r"[^\W\d_]{4,}|\d[\d,.]*")
_SPOKEN = frozenset({"position", "promise", "appeal"})
_SOFT = _SPOKEN | {"base", "topical"}  # what a speaker goes on to say about his act


class _Found(NamedTuple):
    announcement: Announcement
    core: Core
    is_known: bool  # its object is told as known ("announced the call-up") or the act goes on ("still refuses")
    is_person: bool
    is_region: bool  # "Tatarstan": one of the authorities of its side
    strength: str  # "retold" for "it had banned"
    words: frozenset[str]  # the telling words of its sentence


def find_announcements(context: Context) -> list[tuple[Announcement, Core]]:
    """Announcements in text order, an act told again left out."""
    found: list[_Found] = []
    for index, words in enumerate(context.words):
        sentence = context.sentences[index]
        if not (may_act(words) or may_hold_position(context, index)) or _LINK.match(context.text, sentence.start):
            continue
        if context.text[sentence.start : sentence.end].rstrip('"” ').endswith("?"):
            continue  # a question decides nothing
        for row in _announcements(context, index):
            if not any(_is_same_act(row, known) for known in found[-COMPARED_ACTS:]):
                found.append(row)
    return [(row.announcement, row.core) for row in found]


def _announcements(context: Context, index: int) -> list[_Found]:
    tagged = context.tagged(index)
    found: list[_Found] = []
    told: set[tuple[str | None, str]] = set()
    acts = (*_told_acts(context, index, tagged), *positions_in(context, index, tagged))
    words = _telling_words(tagged.text) if acts else frozenset()
    for act, source in acts:
        row = _announcement(context, index, tagged, act, source)
        sides = {side for side, _ in told}
        if (row.announcer_party, row.topic) in told or (act.strength in ("base", "position", "promise") and row.announcer_party in sides):
            continue  # "signed and published a decree", "announced that Warsaw will spend …": one act, one row
        told.add((row.announcer_party, row.topic))
        after = tagged.text[tagged.chunks[act.last].end - tagged.start :]
        core = Core(tagged.chunks[act.first].start, tagged.chunks[act.last].end)
        before = [c.text.lower() for c in tagged.chunks[max(0, act.first - 2) : act.first]]
        is_known = _KNOWN_OBJECT.match(after) is not None or "still" in before
        strength = "retold" if "had" in before else act.strength
        found.append(_Found(row, core, is_known, source.is_person, is_region(row.announcer), strength, words))
    return found


def _told_acts(context: Context, index: int, tagged: Tagged) -> list[tuple[Act, Credit]]:
    told: list[tuple[Act, Credit]] = []
    for act in acts_in(tagged):
        if is_decided(tagged, act) and (source := announcer_of(context, index, tagged, act)) is not None and source.name:
            told.append((act, source))
    return [(act, source) for act, source in told if act.strength != "noun" or not _is_answered(told, act, source)]


def _is_answered(told: list[tuple[Act, Credit]], noun: Act, source: Credit) -> bool:
    """'The Kremlin rejected Zelensky's proposal': the act is the one's who answers."""
    return any(act.last < noun.first and act.strength != "noun" and other.party != source.party for act, other in told)


def _announcement(context: Context, index: int, tagged: Tagged, act: Act, source: Credit) -> Announcement:
    topic = topic_of(context, index, act)
    if topic == "other" and index and context.sentences[index - 1].paragraph == tagged.paragraph and "announcement" in tagged.text:
        topic = best_topic(context.tagged(index - 1).text) or topic  # "The minister made the announcement on …"
    return Announcement(
        span=Span(char_start=tagged.start, char_end=tagged.end, sentence_start=tagged.start, sentence_end=tagged.end),
        rule=f"act_{act.strength}",
        announced_on=announced_on(tagged, act),
        announcer=source.name or "",
        announcer_party=voice_of(source.party),
        topic=topic,
        channel=channel_of(tagged),
    )


def _is_same_act(found: _Found, known: _Found) -> bool:
    one, other = found.announcement, known.announcement
    if one.announcer_party != other.announcer_party or one.span.sentence_start == other.span.sentence_start:
        return False
    if one.topic == other.topic != "other" and _goes_on(found, known):
        return True
    if not found.is_known and one.announced_on and other.announced_on and one.announced_on != other.announced_on:
        return False
    share = len(found.words & known.words) / max(1, min(len(found.words), len(known.words)))
    if one.topic != other.topic:
        return share >= SAME_WORDS_SHARE
    return share >= SAME_ACT_SHARE * (0.5 if found.is_known else 1)


def _goes_on(found: _Found, known: _Found) -> bool:
    """What follows in words of an earlier speaker of that side; a demand of another person, or what a region does, is one of its own."""
    is_other = found.announcement.announcer.split()[-1:] != known.announcement.announcer.split()[-1:]
    if is_other and (found.is_person or found.is_region or known.is_region or found.strength in _SPOKEN):
        return False
    return found.strength in _SOFT or found.strength == "retold"


def _telling_words(sentence: str) -> frozenset[str]:
    return frozenset(w[:6].lower() for w in _TELLING.findall(sentence))
