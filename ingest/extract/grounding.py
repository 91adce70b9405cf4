"""In: statements as found. Out: those that may be stored (exact quote, number inside it, one row per statement), and the refusals."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from operator import attrgetter
from typing import NamedTuple, TypeVar

from ingest.records import Announcement, CasualtyClaim, Offer, Rejection, RejectionReason, Span

MAX_QUOTE_CHARS = 400  # a longer sentence is cut to the clause that carries the number or the act
HEADING_MAX_CHARS = 140
_CLAUSE_END = re.compile(r"; |, (?:and|but|while|which|whereas|with|as) |[:–—] |, ")
_TOLD = {  # all fields of a statement but its place and rule
    kind: attrgetter(*(field.name for field in fields(kind) if field.name not in ("span", "rule")))
    for kind in (CasualtyClaim, Offer, Announcement)
}
S = TypeVar("S", CasualtyClaim, Offer, Announcement)


class Core(NamedTuple):
    """Half-open offsets of what a quote must hold: the number of a claim, the sum or benefit of an offer, the act of an announcement."""

    start: int
    end: int


def grounded(text: str, found: list[tuple[S, Core]], rejections: list[Rejection]) -> list[S]:
    """Statements whose quote is at most `MAX_QUOTE_CHARS` long and holds its core; each refusal is added to `rejections`."""
    kept: list[S] = []
    for statement, core in found:
        fitted = _fitted(text, statement, core)
        if isinstance(fitted, Rejection):
            rejections.append(fitted)
        else:
            kept.append(fitted)
    return kept


def _fitted(text: str, statement: S, core: Core) -> S | Rejection:
    span = statement.span
    if not (0 <= span.sentence_start <= core.start < core.end <= span.sentence_end <= len(text)):
        detail = f"the number or act at {core.start}-{core.end} lies outside its sentence {span.sentence_start}-{span.sentence_end}"
        return Rejection(reason=RejectionReason.QUOTE_WITHOUT_NUMBER, detail=detail)
    if span.char_end - span.char_start <= MAX_QUOTE_CHARS:
        return statement
    start, end = _clause(text, span, core)
    if end - start > MAX_QUOTE_CHARS:
        detail = f"the clause around {core.start} has {end - start} characters; a quote has at most {MAX_QUOTE_CHARS}"
        return Rejection(reason=RejectionReason.QUOTE_TOO_LONG, detail=detail)
    return replace(statement, span=replace(span, char_start=start, char_end=end))


def _clause(text: str, span: Span, core: Core) -> tuple[int, int]:
    """The widest stretch between clause ends that holds the core and fits."""
    cuts = [span.sentence_start]
    ends: list[int] = []
    for match in _CLAUSE_END.finditer(text, span.sentence_start, span.sentence_end):
        if match.end() <= core.start:
            cuts.append(match.end())
        elif match.start() >= core.end:
            ends.append(match.start())
    ends.append(span.sentence_end)
    for start in cuts:
        fitting = [end for end in ends if end - start <= MAX_QUOTE_CHARS]
        if fitting:
            return start, fitting[-1]
    return cuts[-1], ends[0]


def without_repeats(claims: list[CasualtyClaim], text: str) -> list[CasualtyClaim]:
    """One row per figure in an article: among equal ones the credited stays, else the first. Text order is kept."""
    kept: dict[tuple[object, ...], list[int]] = {}
    dropped: set[int] = set()
    for index, claim in enumerate(claims):
        rivals = kept.setdefault((claim.measure, claim.category, claim.low or claim.high), [])
        place = next((at for at, known in enumerate(rivals) if _is_repeat(claims[known], claim, text)), None)
        if place is None:
            rivals.append(index)
        elif _is_lesser(claims[rivals[place]], claim, text):
            dropped.add(rivals[place])
            rivals[place] = index
        else:
            dropped.add(index)
    return [claim for index, claim in enumerate(claims) if index not in dropped]


def _is_lesser(one: CasualtyClaim, other: CasualtyClaim, text: str) -> bool:
    """The one is uncredited and the other credited, or the one stands in a heading."""
    if (one.claimant is None) != (other.claimant is None):
        return one.claimant is None
    return _is_heading(one, text) and not _is_heading(other, text)


def _is_heading(claim: CasualtyClaim, text: str) -> bool:
    """A short line without a full stop."""
    start, end = claim.span.sentence_start, claim.span.sentence_end
    return end - start <= HEADING_MAX_CHARS and text[end - 1 : end].isalnum() and text[end : end + 1] in ("", "\n")


def _is_repeat(one: CasualtyClaim, other: CasualtyClaim, text: str) -> bool:
    """Equal figures in one sentence are two statements ('one over X, one over Y'), as are those of known different sides or subjects.
    'Five killed' above 'at least five were killed, the mayor said' is the same figure cut short."""
    if one.span.sentence_start == other.span.sentence_start and one.subject == other.subject:
        return False
    is_equal = (one.low, one.high) == (other.low, other.high)
    if not is_equal and not (_is_heading(one, text) or _is_heading(other, text)) and (one.claimant is None) == (other.claimant is None):
        return False
    fields = [
        (one.party, other.party),
        (one.subject, other.subject),
        (one.claimant_party, other.claimant_party),
        (one.population, other.population),
    ]
    if one.is_subset != other.is_subset and one.subject != other.subject:
        return False
    return all(a == b or a is None or b is None for a, b in fields)


def once(statements: list[S]) -> list[S]:
    """The same statement with the same fields once, the first one."""
    seen: set[object] = set()
    kept: list[S] = []
    for statement in statements:
        told = _TOLD[type(statement)](statement)
        if told not in seen:
            seen.add(told)
            kept.append(statement)
    return kept
