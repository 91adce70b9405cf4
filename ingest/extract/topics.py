"""In: a tagged sentence and an act in it. Out: the act's topic, its day and the channel that the sentence names."""

from __future__ import annotations

import re
from datetime import date

from ingest.extract.acts import Act, object_of
from ingest.extract.context import Context
from ingest.extract.dates import DayMention, is_to_come
from ingest.extract.lexicons import stem_row, stems
from ingest.extract.tagging import Tagged
from ingest.extract.tokens import lowered

_SOLDIERS = re.compile(r"\b(?:soldiers?|recruits?|servicemen|troops|volunteers|families of|fighters)\b")
_SUPPLY = re.compile(r"\b(?:send|sent|suppl|provid|deliver|donat|transfer|give|gave|hand|pledg|approv|announc)", re.IGNORECASE)
_WRECKED = re.compile(r"\b(?:destroy|captur|knock|shoot|shot down|disabl)")
_CHANNELS = (
    ("Facebook", re.compile(r"\bFacebook\b")),
    ("Telegram", re.compile(r"\bTelegram\b")),
    ("Twitter", re.compile(r"\bTwitter\b|\btweet(?:ed)?\b|\bon X\b|\bpost on X\b")),
    ("Truth Social", re.compile(r"\bTruth Social\b")),
    ("Instagram", re.compile(r"\bInstagram\b")),
    ("television", re.compile(r"\btelevis\w+|\bTV (?:address|interview|channel)|\bstate TV\b")),
    ("press conference", re.compile(r"\b(?:press|news) (?:conference|briefing)\b")),
    ("video address", re.compile(r"\b(?:video|nightly|evening) address\b")),
    ("state media", re.compile(r"\bstate (?:media|news agency)\b")),
    ("website", re.compile(r"\bwebsite\b")),
    ("email", re.compile(r"\bby e-?mail\b")),
    ("statement", re.compile(r"\bin a (?:\w+ )?statement\b|\bissued a (?:\w+ )?statement\b")),
    ("interview", re.compile(r"\bin an? (?:[\w-]+ )?interview\b")),
)
_OF_CHANNELS = (  # one stands in every sentence that names a channel
    "Facebook", "Telegram", "Twitter", "tweet", "on X", "Truth", "Instagram", "televis", "TV", "conference", "briefing", "address", "state",
    "website", "mail", "interview",
)  # fmt: skip
CHARS_PER_RANK = 30  # a topic word so much further off counts as one rank lower
LOOK_BACK = 2  # sentences, for what "the decision" is about
LEAD = 2  # sentences
PLAIN_LAW_RANK = 5  # of "law", "bill": words of a form, not of a matter
KNOWN_RANK = 3  # of a topic word that tells what the talk was about
REST_RANK = 4  # of a topic word behind the clause of the act
_KNOWN_OBJECT = re.compile(r"\s*(?:to |on |of )?(?:the|this|these|that|those|it)\b", re.IGNORECASE)
# behind these stands why or when it was done, or another act
_BACKGROUND = re.compile(r",? (?:after|amid|because|out of|following|despite|since|when|before|in response|while|whereas)\b|;")
_FURTHER = frozenset({"also", "separately", "meanwhile"})  # another act
_SPAN_WORDS = frozenset({"since", "from", "until", "after", "before", "by", "till", "starting", "for"})


def channel_of(tagged: Tagged) -> str | None:
    """The first channel that the sentence names."""
    if not any(word in tagged.text for word in _OF_CHANNELS):
        return None
    return next((name for name, pattern in _CHANNELS if pattern.search(tagged.text)), None)


def announced_on(tagged: Tagged, act: Act) -> date | None:
    """The day nearest to the act that does not bound a span."""
    named = [(at, c.value) for at, c in enumerate(tagged.chunks) if isinstance(c.value, DayMention)]
    days = [(abs(at - act.first), day) for at, day in named if not _bounds(tagged, at)]
    return min(days, key=lambda pair: pair[0])[1].on if days else None


def _bounds(tagged: Tagged, at: int) -> bool:
    is_bound = at > 0 and tagged.chunks[at - 1].text.lower() in _SPAN_WORDS
    return is_bound or is_to_come(tagged.text[: tagged.chunks[at].start - tagged.start])


def topic_of(context: Context, index: int, act: Act) -> str:
    """The best-ranked topic word in the act's own clause, else what the clause hands over or pays, else ahead of the act, else behind its
    clause, else in the sentence before."""
    if act.strength == "evacuation":
        return "evacuation"  # people were told to leave
    tagged = context.tagged(index)
    cut = tagged.chunks[act.first].start - tagged.start
    clause = tagged.text[cut : tagged.chunks[act.last].end - tagged.start] + object_of(tagged, act)
    told = best_topic(clause)
    if told == "law_or_penalty" and best_topic(clause, PLAIN_LAW_RANK - 1) is None:
        told = _matter_of_law(context, index, act) or told
    behind = "" if _BACKGROUND.match(tagged.text, cut + len(clause)) else tagged.text[cut + len(clause) :]
    return (
        told
        or _topic_of_goods(tagged, act, cut)
        or best_topic(tagged.text[:cut])
        or best_topic(behind, REST_RANK)
        or _topic_before(context, index, _is_told_as_known(tagged, act))
        or "other"
    )


def _topic_of_goods(tagged: Tagged, act: Act, cut: int) -> str | None:
    """Arms that are handed on and sums for soldiers tell a topic without a word for it."""
    goods = {c.tag for c in tagged.chunks[act.last :]}
    if "M" in goods and _WRECKED.search(tagged.text, cut) is not None:
        return "pay"  # "a million roubles for each Leopard destroyed"
    if "E" in goods and _SUPPLY.search(tagged.text, cut) is not None:
        return "military_aid"
    return "pay" if "M" in goods and _SOLDIERS.search(tagged.text, 0 if act.strength == "promise" else cut) is not None else None


def _is_told_as_known(tagged: Tagged, act: Act) -> bool:
    return _KNOWN_OBJECT.match(tagged.text, tagged.chunks[act.last].end - tagged.start) is not None


def _matter_of_law(context: Context, index: int, act: Act) -> str | None:
    """'signed the law on contracts': what a law is about, as its sentence or, for a law told as known, the ones before tell."""
    tagged = context.tagged(index)
    other = best_topic(tagged.text, PLAIN_LAW_RANK - 1)
    if other is None and "M" in tagged.tags and _SOLDIERS.search(tagged.text):
        return "pay"  # "Families of soldiers will get 5 million roubles under a decree that …"
    if other is not None or not _is_told_as_known(tagged, act):
        return other
    return _topic_before(context, index, True) or _topic_of_lead(context, index)


def _topic_before(context: Context, index: int, is_known: bool) -> str | None:
    """What the sentence before is about; for "the decision" or "it" the two before, also in another paragraph."""
    for back in range(index - 1, max(-1, index - 1 - (LOOK_BACK if is_known else 1)), -1):
        sentence = context.sentences[back]
        if not is_known and (sentence.paragraph != context.sentences[index].paragraph or not _FURTHER.isdisjoint(context.words[index])):
            return None
        if topic := best_topic(context.text[sentence.start : sentence.end], KNOWN_RANK):
            return topic
    return None


def _topic_of_lead(context: Context, index: int) -> str | None:
    """What the article opened with: 'the bill' of a later paragraph is the one it is about."""
    opening = context.sentences[: min(LEAD, index)]
    return best_topic(" ".join(context.text[s.start : s.end] for s in opening), KNOWN_RANK)


def best_topic(text: str, worst: int = 9) -> str | None:
    """The topic of the best-ranked word down to the rank `worst`, the first among equals."""
    rows = [(stem_row("topics", m.group()), m.start()) for m in stems("topics").finditer(lowered(text))]
    hits = [hit for hit in rows if int(hit[0][2]) <= worst]
    return min(hits, key=lambda hit: int(hit[0][2]) + hit[1] / CHARS_PER_RANK)[0][1] if hits else None
