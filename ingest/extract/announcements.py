"""In: an article's context. Out: its announcements: an official, office or organisation makes a decision public."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from ingest.extract.attribution import Credit, credit_of, credits_in, subject_of
from ingest.extract.context import Context
from ingest.extract.dates import DayMention
from ingest.extract.grounding import Core
from ingest.extract.lexicons import Entry, by_first, rows, stem_row, stems, surnames
from ingest.extract.losses import find_losses
from ingest.extract.tagging import Chunk, Tagged
from ingest.records import Announcement, Span

_BARE = frozenset(row[0].split()[0] for row in rows("acts") if row[1] == "base")
_FINITE = frozenset(row[0].split()[0] for row in rows("acts") if row[1] != "base")
_ACT_FIRST = _BARE | _FINITE
_LONGEST_ACT = 3
_LINK = re.compile(r"\s*(?:read (?:also|more|next)|related|see also|watch|also read)\b", re.IGNORECASE)
_EMPTY_OBJECT = frozenset(",;:)")
_LAWFUL = re.compile(
    r"\b(?:law|bill|act|resolution|sanction|decree|ban|embargo|budget|package|treaty|agreement|legislation|programme|program|campaign"
    r"|independence|border|airspace|visa|export|import|tariff|asylum|genocide|terror\w*|republics|aid|amendment|restriction|operation|curfew"
    r"|war|martial|emergency|ceasefire|truce|rule|requirement|bonus|age|unit|legion|fund|commission|tribunal)(?:s|es)?\b",
    re.IGNORECASE,
)
_PAPERS = frozenset({"law", "laws", "decree", "bill", "order", "resolution", "act", "agreement", "legislation", "plan"})
_SUBORDINATE = frozenset({"how", "because", "if", "whether", "why", "unless", "although", "though", "once", "until", "before", "after"})
_BETWEEN = frozenset({"also", "now", "soon", "again", "longer", "only"})
_SUPPLY = re.compile(r"\b(?:send|suppl|provid|deliver|donat|transfer)", re.IGNORECASE)
_CHANNELS = (
    ("Facebook", re.compile(r"\bFacebook\b")),
    ("Telegram", re.compile(r"\bTelegram\b")),
    ("Twitter", re.compile(r"\bTwitter\b|\btweet(?:ed)?\b|\bon X\b|\bpost on X\b")),
    ("Instagram", re.compile(r"\bInstagram\b")),
    ("television", re.compile(r"\btelevis\w+|\bTV (?:address|interview|channel)|\bstate TV\b")),
    ("press conference", re.compile(r"\b(?:press|news) (?:conference|briefing)\b")),
    ("video address", re.compile(r"\b(?:video|nightly|evening) address\b")),
    ("website", re.compile(r"\bwebsite\b")),
    ("statement", re.compile(r"\bin a (?:\w+ )?statement\b")),
    ("interview", re.compile(r"\bin an interview\b")),
)
_HEDGES = re.compile(r"\b(?:expected to|is considering|are considering|planning to|plans to|if |would have|reportedly considering)\b")
_UNFIT = re.compile(r"\b(?:former|ousted|ex-|retired|late|expert|analyst|activist|unnamed|anonymous|sources?)\b", re.IGNORECASE)
_COUNTRY_KINDS = ("country", "capital", "body", "group", "person")
COMPARED_ACTS = 60  # an article seldom has twenty; the bound keeps the work in step with the text
SAME_ACT_SHARE = 0.5  # of the shorter sentence's telling words: above, two sentences of one announcer tell one act


class _Act(NamedTuple):
    first: int
    last: int
    strength: str


def find_announcements(context: Context) -> list[tuple[Announcement, Core]]:
    """Announcements in text order, an act told again left out."""
    found: list[tuple[Announcement, Core]] = []
    for index, words in enumerate(context.words):
        if _may_act(words) and not _LINK.match(context.text, context.sentences[index].start):
            for row in _announcements(context, index):
                if not any(_is_same_act(context.text, row[0], known) for known, _ in found[-COMPARED_ACTS:]):
                    found.append(row)
    return found


def _may_act(words: frozenset[str]) -> bool:
    return not _FINITE.isdisjoint(words) or (("will" in words or "would" in words) and not _BARE.isdisjoint(words))


def _announcements(context: Context, index: int) -> list[tuple[Announcement, Core]]:
    tagged = context.tagged(index)
    found: list[tuple[Announcement, Core]] = []
    topics: set[str] = set()
    for act in _acts(tagged):
        source = _announcer(context, index, tagged, act)
        if source is None or source.name is None or not _is_decided(tagged, act):
            continue
        row = _announcement(tagged, act, source)
        if act.strength == "base" and any(known.announcer_party == row.announcer_party for known, _ in found):
            continue  # "announced that Warsaw will spend …": one act
        if row.topic == "other" or row.topic not in topics:  # "signed and published a decree": one act, one row
            topics.add(row.topic)
            found.append((row, Core(tagged.chunks[act.first].start, tagged.chunks[act.last].end)))
    return found


def _acts(tagged: Tagged) -> list[_Act]:
    """Act verbs of a sentence, the longest form at each place."""
    words = [chunk.text.lower() for chunk in tagged.chunks]
    found: list[_Act] = []
    at = 0
    while at < len(words):
        if words[at] not in _ACT_FIRST:
            at += 1
            continue
        for length in range(min(_LONGEST_ACT, len(words) - at), 0, -1):
            row = by_first("acts").get(" ".join(words[at : at + length]))
            first = None if row is None else _form_start(tagged, at, row)
            if row is not None and first is not None:
                found.append(_Act(first, at + length - 1, row[1]))
                at += length - 1
                break
        at += 1
    return found


def _form_start(tagged: Tagged, at: int, row: tuple[str, ...]) -> int | None:
    """Where the act begins, None when its form does not stand there. A bare verb acts behind 'will' or 'would' ('will not send',
    'would also close'), an -ing form behind 'is'."""
    if row[1] == "base":
        back = at - 1
        while back > 0 and (tagged.tags[back] == "Z" or tagged.chunks[back].text.lower() in _BETWEEN):
            back -= 1
        return back if back >= 0 and tagged.chunks[back].text.lower() in ("will", "would") else None
    return at if not row[0].split()[0].endswith("ing") or tagged.tags[max(0, at - 1)] == "B" else None


def _is_decided(tagged: Tagged, act: _Act) -> bool:
    """Not negated, not a plan or a forecast, and with an object where the verb needs one."""
    before = tagged.chunks[max(0, act.first - 2) : act.first]
    is_base = act.strength == "base"
    if not is_base and (any(c.tag == "Z" for c in before) or _is_planned(before)):
        return False
    clause = tagged.text[tagged.chunks[act.last].end - tagged.start :]
    if _HEDGES.search(tagged.text[: tagged.chunks[act.first].start - tagged.start][-40:]):
        return False
    if not _has_object(tagged, act):
        return False
    if act.strength == "law" and not _LAWFUL.search(clause[:90]):
        return False
    return not (tagged.tags[act.first] == "S" and _tells_losses(tagged))


def _is_planned(before: list[Chunk]) -> bool:
    """'may announce', 'to sign'."""
    return any(c.tag == "m" or c.text.lower() == "to" for c in before[-1:])


def _has_object(tagged: Tagged, act: _Act) -> bool:
    if act.last + 1 >= len(tagged.chunks):
        return False
    following = tagged.chunks[act.last + 1]
    is_empty = following.tag in _EMPTY_OBJECT or (following.tag == "p" and following.text.lower() != "to")
    return act.strength != "object" or not is_empty


def _tells_losses(tagged: Tagged) -> bool:
    """'announced that nine soldiers were killed' is a casualty claim."""
    return bool(find_losses(tagged)) and not stems("topics", 2, "1").search(tagged.text)


def _announcer(context: Context, index: int, tagged: Tagged, act: _Act) -> Credit | None:
    is_passive = act.first > 0 and tagged.tags[act.first - 1] == "B" and not tagged.chunks[act.first].text.endswith("ing")
    if is_passive or _follows_law(tagged, act):
        return _by_agent(context, index, tagged, act)
    span = subject_of(tagged, act.first)
    if span is None:
        return _of_joint_verb(context, index, tagged, act)
    if tagged.tags[span[0]] == "j":
        return _of_pronoun(context, index, act, span)
    return _fit(context, index, tagged, span, act.first)


def _follows_law(tagged: Tagged, act: _Act) -> bool:
    """'the law signed by …': a participle tells an act only beside the paper it made."""
    before = {c.text.lower() for c in tagged.chunks[max(0, act.first - 2) : act.first]}
    return tagged.tags[act.last + 1 : act.last + 2] == "b" and not before.isdisjoint(_PAPERS)


def _fit(context: Context, index: int, tagged: Tagged, span: tuple[int, int], at: int) -> Credit | None:
    """The credit of a subject that may announce: a state, body or official in office, never the press, crowds or unnamed officials."""
    chunks = tagged.chunks[span[0] : span[1] + 1]
    if span[0] and tagged.chunks[span[0] - 1].text.lower() in _SUBORDINATE:
        return None
    credit = credit_of(context, index, span, at)
    if credit is None or credit.name is None or _UNFIT.search(credit.name) or credit.party in (None, "MEDIA"):
        return None
    return credit if _holds_office(context, chunks) else None


def _holds_office(context: Context, chunks: list[Chunk]) -> bool:
    tags = "".join(c.tag for c in chunks)
    actors = [c.value for c in chunks if c.tag == "A" and isinstance(c.value, Entry)]
    if chunks[-1].tag == "K":
        known = context.introductions.get(chunks[-1].text)
        return bool(known and known.is_office) or "R" in tags or chunks[-1].text in surnames()
    if chunks[-1].tag in "U":
        return True
    if chunks[-1].tag == "R":
        entry = chunks[-1].value
        return isinstance(entry, Entry) and entry.row[1] == "office"
    return chunks[-1].tag == "A" and bool(actors) and actors[-1].row[2] in _COUNTRY_KINDS


def _by_agent(context: Context, index: int, tagged: Tagged, act: _Act) -> Credit | None:
    """'A decree was signed by President …'."""
    at = act.last + 1
    if tagged.tags[at : at + 1] != "b":
        return None
    match = re.compile(r"d?[AULRK](?:[AULRKs]|od?(?=[AULRK]))*").match(tagged.tags, at + 1)
    return _fit(context, index, tagged, (match.start(), match.end() - 1), act.first) if match else None


def _of_joint_verb(context: Context, index: int, tagged: Tagged, act: _Act) -> Credit | None:
    """'The ministry closed the crossing and ordered …': a verb after 'and' keeps the subject of the verb before it."""
    if act.first < 2 or tagged.tags[act.first - 1] != "c":
        return None
    earlier = [a for a in _acts(tagged) if a.first < act.first]
    return _announcer(context, index, tagged, earlier[-1]) if earlier else None


def _of_pronoun(context: Context, index: int, act: _Act, span: tuple[int, int]) -> Credit | None:
    """'Germany said it would send …': the speaker of the same sentence; else whoever spoke before."""
    if context.tagged(index).chunks[span[0]].text.lower() not in ("it", "he", "she", "they", "we"):
        return None
    sources = [c for c in credits_in(context, index) if c.name]
    own = [c for c in sources if c.at < span[0]]
    if not own and context.tagged(index).chunks[span[0]].text.lower() == "we":
        own = sources[:1]  # "We urge them to leave," Kirby said
    credit = own[-1] if own else credit_of(context, index, span, act.first)
    if credit is None or credit.name is None or credit.party in (None, "MEDIA") or _UNFIT.search(credit.name):
        return None
    return credit


def _announcement(tagged: Tagged, act: _Act, source: Credit) -> Announcement:
    return Announcement(
        span=Span(char_start=tagged.start, char_end=tagged.end, sentence_start=tagged.start, sentence_end=tagged.end),
        rule=f"act_{act.strength}",
        announced_on=_announced_on(tagged, act),
        announcer=source.name or "",
        announcer_party=source.party,
        topic=_topic(tagged, act),
        channel=next((name for name, pattern in _CHANNELS if pattern.search(tagged.text)), None),
    )


def _announced_on(tagged: Tagged, act: _Act) -> date | None:
    """The day nearest to the verb that does not bound a span."""
    named = [(at, c.value) for at, c in enumerate(tagged.chunks) if isinstance(c.value, DayMention)]
    days = [(abs(at - act.first), day) for at, day in named if not _bounds(tagged, at)]
    return min(days, key=lambda pair: pair[0])[1].on if days else None


def _bounds(tagged: Tagged, at: int) -> bool:
    return at > 0 and tagged.chunks[at - 1].text.lower() in ("since", "from", "until", "after", "before", "by", "till", "starting")


def _topic(tagged: Tagged, act: _Act) -> str:
    """The best-ranked topic word from the verb on, the nearest among equals; before the verb only when nothing follows."""
    cut = tagged.chunks[act.first].start - tagged.start
    gives_arms = _SUPPLY.search(tagged.text, cut) is not None and any(c.tag == "E" for c in tagged.chunks[act.last :])
    return _best_topic(tagged.text[cut:]) or ("military_aid" if gives_arms else _best_topic(tagged.text[:cut])) or "other"


def _best_topic(text: str) -> str | None:
    hits = [(stem_row("topics", m.group()), m.start()) for m in stems("topics").finditer(text)]
    return min(hits, key=lambda hit: (int(hit[0][2]), hit[1]))[0][1] if hits else None


def _is_same_act(text: str, one: Announcement, other: Announcement) -> bool:
    if (one.announcer_party, one.topic) != (other.announcer_party, other.topic) or one.span.sentence_start == other.span.sentence_start:
        return False
    a, b = _telling_words(text, one.span), _telling_words(text, other.span)
    return len(a & b) >= SAME_ACT_SHARE * min(len(a), len(b))


def _telling_words(text: str, span: Span) -> set[str]:
    return {w[:6].lower() for w in re.findall(r"[^\W\d_]{4,}|\d[\d,.]*", text[span.sentence_start : span.sentence_end])}
