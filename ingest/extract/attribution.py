"""In: a sentence in its article. Out: who is credited with what it says, where the credit stands, and on which day it was said."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.context import Context
from ingest.extract.dates import DayMention
from ingest.extract.lexicons import Entry
from ingest.extract.naming import can_speak, identify
from ingest.extract.speakers import PAPERS, gives_number, is_named_person, run_left, run_right, source_span, subject_of
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set
from ingest.extract.wars import is_group
from ingest.records import Basis

__all__ = [
    "Credit",
    "carried",
    "credit_of",
    "credits_in",
    "governing",
    "is_background",
    "opening_name",
    "run_left",
    "statement_day",
    "subject_of",
]


_REPORT_OF = re.compile(r"(?P<paper>[wS])[ob](?=d?[AU])")
_BY_COUNT = re.compile(r"[bp](?P<owner>d?(?:[AULRK]|d(?=w))(?:[AULRKw]|od?(?=[AULRK]))*?|d)s?w{0,2}[wS]")
_COUNT_IS = re.compile(r"(?P<owner>d?[AULRK](?:[AULRK]|od?(?=[AULRK]))*?)sw?w(?=[BSVi]|w[pN])")  # "the ministry's count was 24 killed"
COUNTS = word_set("count account tally estimate estimates reckoning calculation calculations analysis figures data assessment")
_BOAST = re.compile(r"[AUK]sw{0,2}[wS]T")
_BOASTS = word_set("boast boasts claim claims assertion assertions allegation allegations contention announcement admission insistence")
COLON = re.compile(r"^d?[AULRK](?:[AULRKs]|od?(?=[AULRK]))*:")
_BACKGROUND = re.compile(
    r"(?:The|This|Israel's|Russia's) (?:[\w-]+ ){0,2}(?:war|conflict|fighting|violence|campaign|offensive|invasion|insurgency|assault)"
    r"(?: in \w+)? (?:was |were )?(?:started|began|begun|erupted|broke out|sparked|triggered|set off)\b"
)
_BRACKETED = re.compile(r"(?<=[^A])\(A\)x?$")
_JOINT = re.compile(r"Ac[dw]?.$")
_AGAIN = frozenset({"officials", "authorities", "sources"})
_ANY_SOURCES = re.compile(r"(?:(?:credible|reliable|multiple|several|its own|various|trusted|local|unnamed|anonymous) )?sources")
_LAST_NAME = re.compile(r"[KA](?![KA])")
_CONTRAST = frozenset({"while", "whereas", "but"})
_OUTLETS = word_set(
    "paper newspaper outlet agency channel broadcaster magazine site website group organisation organization charity network monitor"
    " command office watchdog mission observatory committee union commission bureau institute think-tank body directorate"
)
CONTINUED_WITHIN = 7  # chunks at the beginning of a sentence
NAMESAKE_WITHIN = 8  # sentences
OFFICE_WITHIN = 6  # sentences
_LAST_DAY = re.compile(r"\b(?:last|past|previous) (?:24 hours|day)\b", re.IGNORECASE)  # a bulletin of the day of publication
STATEMENT_WITHIN = 12  # sentences back to the day of a source's statement
_CONTINUATIONS = frozenset({"also", "additionally", "furthermore", "moreover"})


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
    known: list[Credit] | None = context.credits.get((index, depth))
    if known is None:
        known = context.credits[index, depth] = _credits_in(context, index, depth)
    return known


def _credits_in(context: Context, index: int, depth: int) -> list[Credit]:
    tagged = context.tagged(index)
    found: list[Credit] = []
    colon = COLON.match(tagged.tags) if ":" in tagged.tags else None
    if (
        colon
        and not _is_dateline(tagged, colon.end() - 1)
        and (credit := credit_of(context, index, (0, colon.end() - 2), colon.end() - 1, depth))
    ):
        found.append(credit)
    for at, tag in enumerate(tagged.tags):
        if (tag in "SGY" or (tag == "w" and gives_number(tagged, at))) and (span := source_span(tagged, at)):
            credit = credit_of(context, index, span, at, depth)
            if credit is not None:
                found.append(credit)
        elif tag in "SY" and (credit := _same_source(context, index, at, depth)):
            found.append(credit)
    found += _counted_by(context, index, depth, bool(found)) + _boasted(context, index, depth)
    if not found and (credit := _reporting(context, index, depth) or _in_brackets(context, index, depth)):
        found.append(credit)
    return found


def _is_dateline(tagged: Tagged, colon: int) -> bool:
    """'NEW DELHI: More than 100 …'"""
    name = tagged.text[: tagged.chunks[colon].start - tagged.start].strip()
    return name.isupper() and all(c.tag in "AL" and (c.tag == "L" or _is_capital(c)) for c in tagged.chunks[:colon])


def _is_capital(chunk: Chunk) -> bool:
    return isinstance(chunk.value, Entry) and chunk.value.row[2] in ("capital", "country")


def _in_brackets(context: Context, index: int, depth: int) -> Credit | None:
    """'Five volunteers were killed in Bara (IFRC).': the source behind all in brackets."""
    tagged = context.tagged(index)
    match = _BRACKETED.search(tagged.tags) if ")" in tagged.tags else None
    if match is None or not _is_reporter(tagged.chunks[match.start() + 1]):
        return None
    return credit_of(context, index, (match.start() + 1, match.start() + 1), match.start() + 1, depth)


def _is_reporter(chunk: Chunk) -> bool:
    return isinstance(chunk.value, Entry) and chunk.value.lexicon == "actors" and chunk.value.row[2] in ("body", "outlet")


def _counted_by(context: Context, index: int, depth: int, is_credited: bool) -> list[Credit]:
    """'by the ministry's count', 'by its own estimate', 'on Kyiv's figures': the owner of the count, or the source before, unless the
    sentence credits somebody ('In its own account the army said')."""
    found: list[Credit] = []
    if COUNTS.isdisjoint(context.words[index]):
        return found
    tagged = context.tagged(index)
    for match in (*_BY_COUNT.finditer(tagged.tags), *_COUNT_IS.finditer(tagged.tags)):
        if tagged.chunks[match.end() - 1].text.lower() not in COUNTS:
            continue
        first, at = match.start("owner"), match.end() - 1
        if tagged.chunks[match.start("owner")].text.lower() in ("its", "their", "that", "this", "his", "her"):
            if is_credited:
                continue
            before = (
                [] if depth > 2 else [c for back in range(index, max(-1, index - 4), -1) for c in _named_in(context, back, index, depth)]
            )
            found += [before[0]._replace(at=at, denies=False)] if before else []
        elif credit := credit_of(context, index, (first, match.end("owner") - 1), at, depth):
            found.append(credit)
    return found


def _boasted(context: Context, index: int, depth: int) -> list[Credit]:
    """'Pakistan's boast that it had shot down five jets', where nobody denies it."""
    if _BOASTS.isdisjoint(context.words[index]):
        return []
    tagged = context.tagged(index)
    found = (
        credit_of(context, index, (run_left(tagged, match.start()), match.start()), match.end() - 2, depth)
        for match in _BOAST.finditer(tagged.tags)
        if tagged.chunks[match.end() - 2].text.lower() in _BOASTS and "G" not in tagged.tags[: match.start()]
    )
    return [credit for credit in found if credit is not None]


def _named_in(context: Context, back: int, index: int, depth: int) -> list[Credit]:
    """The sources of an earlier sentence, the last first."""
    return [c for c in reversed(credits_in(context, back, depth + 1)) if c.name] if back != index else []


def _same_source(context: Context, index: int, at: int, depth: int) -> Credit | None:
    """'the newspaper added', 'the statement said': the source of the sentences before."""
    tagged = context.tagged(index)
    is_cited = tagged.tags[at] == "Y"
    words = {c.text.lower() for c in (tagged.chunks[at + 2 : at + 4] if is_cited else tagged.chunks[max(0, at - 1) : at])}
    determiner = tagged.tags[at + 1 : at + 2] if is_cited else tagged.tags[max(0, at - 2) : max(0, at - 1)]
    if determiner != "d" or depth > 2:
        return None
    if (namesake := _namesake(context, index, words, depth)) is not None:
        return namesake._replace(at=at, denies=False)
    if words.isdisjoint(PAPERS | _OUTLETS):
        return None
    for back in range(index - 1, max(-1, index - 6), -1):
        named = [c for c in credits_in(context, back, depth + 1) if c.name and (not c.is_person or words & PAPERS)]
        if "group" in words:
            named = [c for c in named if c.party is None or len(c.party) != 2]  # an armed group or a charity, no state
        if named:
            return named[-1]._replace(at=at, denies=False)
    opening = opening_name(context, context.tagged(index - 1), len(context.tagged(index - 1).tags)) if index and "group" in words else None
    return Credit(at, *opening, False, None) if opening is not None and is_group(opening[1] or "") else None


def _namesake(context: Context, index: int, words: set[str], depth: int) -> Credit | None:
    """'the brigade reported': the source of the sentences before whose name ends so ('403rd Infantry Brigade')."""
    for back in range(index - 1, max(-1, index - NAMESAKE_WITHIN), -1):
        if words.isdisjoint(context.words[back]):
            continue
        for credit in reversed(credits_in(context, back, depth + 1)):
            is_body = credit.is_person is False or not words.isdisjoint(_AGAIN)
            if credit.name and is_body and " " in credit.name and credit.name.split()[-1].lower() in words:
                return credit
    return None


def _reporting(context: Context, index: int, depth: int) -> Credit | None:
    """'The Sunday report of the General Staff told of 1,200 …': a paper in a sentence that credits nobody else."""
    if PAPERS.isdisjoint(context.words[index]):
        return None
    tagged = context.tagged(index)
    for match in _REPORT_OF.finditer(tagged.tags):
        if tagged.chunks[match.start("paper")].text.lower() in PAPERS and (span := run_right(tagged, match.end())):
            return credit_of(context, index, span, match.start("paper"), depth)
    return None


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
    if len(chunks) == 1 and chunks[0].tag == "R" and (named := _office_before(context, index, chunks[0], depth)) is not None:
        return Credit(at, named.name, named.party, True, denies, said)
    is_known = depth <= 2 and len(chunks) == 1 and first < last and chunks[0].text.lower() in _AGAIN
    if is_known and (namesake := _namesake(context, index, {chunks[0].text.lower()}, depth)) is not None:
        return namesake._replace(at=at, denies=denies, said=said)  # "U.S. officials said. … the officials"
    if not chunks or not can_speak(tagged, chunks, first, last + 1):
        return None
    if chunks[-1].tag == "j":
        return None  # "the people it says …"
    name, party, is_person = identify(context, tagged, chunks)
    if party is None and (partner := _JOINT.search(tagged.tags, max(0, first - 3), first + 1)) is not None:
        # "the UN and local authorities estimate": the one that has a side
        return credit_of(context, index, (partner.start(), partner.start()), at, depth)
    return Credit(at, name, party, is_person, denies, said)


def _office_before(context: Context, index: int, office: Chunk, depth: int) -> Credit | None:
    """'The general added': the person credited in the sentences before whose name was given with this office."""
    ahead = context.text[max(0, office.start - 4) : office.start].lower()
    if ahead != "the " or depth > 2:
        return None
    word = office.text.lower()
    for back in range(index - 1, max(-1, index - OFFICE_WITHIN), -1):
        if word not in context.words[back]:
            continue
        for credit in reversed(credits_in(context, back, depth + 2)):
            if credit.is_person and credit.name and word in credit.name.lower().split()[:-1]:
                return credit
    return None


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
    named = _person_before(context, index, at) if wants_person else None
    if named is not None:
        return Credit(at, *named, denies, said)
    for back in range(index - 1, max(-1, index - 4), -1):
        same = [c for c in credits_in(context, back, depth + 2) if c.name and (c.is_person == wants_person or word == "they")]
        if same:
            return Credit(at, same[-1].name, same[-1].party, wants_person, denies, said)
        subject = _earlier_subject(context, back) if back == index - 1 and word != "they" else None
        if subject is not None and subject[2] == wants_person:
            return Credit(at, *subject, denies, said)
    return Credit(at, None, None, wants_person, denies, said)


def _person_before(context: Context, index: int, at: int) -> tuple[str, str | None, bool] | None:
    """'The last number that President Zelensky gave dates from 12 March, when he said …': the one person named ahead in the sentence."""
    tagged = context.tagged(index)
    runs = [(run_left(tagged, m.start()), m.start()) for m in _LAST_NAME.finditer(tagged.tags, 0, at) if "q" not in tagged.tags[:at]]
    people = [tagged.chunks[first : last + 1] for first, last in runs]
    people = [chunks for chunks in people if is_named_person(chunks[-1]) or (chunks[-1].tag == "K" and any(c.tag == "R" for c in chunks))]
    names = {chunks[-1].text.split()[-1] for chunks in people}
    return identify(context, tagged, people[-1]) if len(names) == 1 else None


def _earlier_subject(context: Context, index: int) -> tuple[str, str | None, bool] | None:
    """The person or body whose name opens the sentence."""
    tagged = context.tagged(index)
    return opening_name(context, tagged, len(tagged.tags))


def opening_name(context: Context, tagged: Tagged, before: int) -> tuple[str, str | None, bool] | None:
    """The name that opens a sentence and has a verb behind it, when it ends ahead of the chunk `before`."""
    match = re.match(r"d?(?P<run>[AULRK](?:[AULRKs]|od?(?=[AULRK]))*)(?=[SGwVBmt,D])", tagged.tags)
    if match is None or match.end("run") >= before:
        return None
    chunks = tagged.chunks[match.start("run") : match.end("run")]
    if chunks[-1].tag == "s":
        chunks = chunks[:-1]  # "Ukraine's top military command"
    return identify(context, tagged, chunks) if can_speak(tagged, chunks, match.start("run"), match.end("run")) else None


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
            published = context.article.published_on
            if is_same and published and _LAST_DAY.search(context.text, context.sentences[back].start, context.sentences[back].end):
                return DayMention(published, Basis.PUBLICATION, context.sentences[back].start, context.sentences[back].end)
    return None


def governing(tagged: Tagged, sources: list[Credit], at: int) -> Credit | None:
    """The credit that covers the chunk `at`: in its own clause first, else the nearest before it, else the first after it."""
    clause = [c for c in sources if not _is_parted(tagged, c.at, at) and not _is_joined_after(tagged, c.at, at)]
    pool = clause or sources
    tellers = [c for c in pool if c.party != "MEDIA" and c.name]
    pool = tellers or pool  # "the ministry said, according to a paper": the paper passes on
    pool = [c for c in pool if _ANY_SOURCES.fullmatch(c.name or "") is None] or pool  # "the UN said, citing credible sources"
    cited = [c for c in pool if tagged.tags[c.at] == "Y"]
    before = [c for c in pool if c.at < at]
    behind = [c for c in cited if c.at > at and "N" not in tagged.tags[at + 1 : c.at]]
    if behind and len(cited) > 1 and "S" not in tagged.tags[:at]:
        return behind[0]  # "58 were killed according to Kabul, 23 according to Islamabad"
    after = [c for c in pool if c.at > at]
    if not before and cited and after and after[0].at < cited[-1].at and "N" in tagged.tags[after[0].at : cited[-1].at]:
        return after[0]  # "41,870 died, the ministry says, and 728 soldiers, according to the army"
    if cited and (not before or cited[-1].at < at or before[-1].at < cited[-1].at):
        return cited[-1]
    return before[-1] if before else (pool[0] if pool else None)


def _is_joined_after(tagged: Tagged, credit: int, at: int) -> bool:
    """'10 were killed, and according to the mayor …': the citation opens a clause of its own."""
    return at < credit and tagged.tags[credit] == "Y" and tagged.tags[credit - 1] == "c"


def _is_parted(tagged: Tagged, one: int, other: int) -> bool:
    low, high = min(one, other), max(one, other)
    return any(c.tag == ";" or c.text.lower() in _CONTRAST for c in tagged.chunks[low:high])


def is_background(context: Context, index: int) -> bool:
    """'The war began when …': the sentence tells how it came to all this."""
    return _BACKGROUND.match(context.text, context.sentences[index].start) is not None


def carried(context: Context, index: int) -> Credit | None:
    """The source of the sentence before, within a paragraph; of the one after, inside a running quotation. How the war began is told by the
    article itself."""
    sentence = context.sentences[index]
    if is_background(context, index):
        return None
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
