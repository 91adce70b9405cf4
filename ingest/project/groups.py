"""In: the statement rows of one load, and the openers of earlier loads. Out: the group of each row: who else told the same statement.

A row joins the earliest opener with the same key, in ledger order, else opens a group of its own; this is decided once. Where no date is
among the fields, the opener must have been published within three days. Two rows of one article never share a group.

Announcements have no number to tell two acts of one office on one day apart, so their key is not enough. A row joins an opener only when
the wording is the same but for case, spacing and punctuation, or when both stand in copies of one text and each of the two texts tells
just one such act. A reworded act thus counts twice rather than two acts once.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from unicodedata import normalize

from ingest.ids import content_id
from ingest.ledger import Grouping, Opener, Telling
from ingest.records import Kind

GROUP_DAYS = timedelta(days=3)
_ALNUM = re.compile(r"[^\W_]+")  # letters and digits of every script

# What must agree, per kind: who speaks (the first of these that is known), the date, and the rest.
SPEAKERS: Mapping[Kind, tuple[str, ...]] = {
    Kind.CASUALTY_CLAIM: ("claimant_party", "outlet"),
    Kind.OFFER: ("offeror_party", "offeror", "outlet"),
    Kind.ANNOUNCEMENT: ("announcer_party", "announcer"),
}
DATES: Mapping[Kind, str] = {Kind.CASUALTY_CLAIM: "as_of", Kind.OFFER: "offered_on", Kind.ANNOUNCEMENT: "announced_on"}
FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.CASUALTY_CLAIM: ("party", "population", "measure", "category", "subject", "place", "period", "low", "high"),
    Kind.OFFER: ("action", "benefit", "amount_low", "amount", "currency", "per", "audience_party"),
    Kind.ANNOUNCEMENT: ("announcer", "topic"),
}


def read_fields(kind: Kind) -> tuple[str, ...]:
    """What `group_key` looks at in a statement, each once."""
    return tuple(dict.fromkeys((*SPEAKERS[kind], DATES[kind], *FIELDS[kind])))


def group_key(telling: Telling) -> str:
    """A digest of the fields that must agree; unknown agrees with nothing but unknown."""
    names = (DATES[telling.kind], *FIELDS[telling.kind])
    speaker = next((name for name in SPEAKERS[telling.kind] if telling.fields.get(name) is not None), None)
    who = _part(telling, speaker) if speaker else ""
    return content_id("group_key", telling.kind, who, *(_part(telling, name) for name in names))


def _part(telling: Telling, name: str) -> str:
    value = telling.fields.get(name)
    return name if value is None else f"{name}={_fold(str(value))}"


def wording_digest(quote: str) -> str:
    """Names the words of a quote; case, spacing and punctuation set aside."""
    return content_id("wording", _fold(quote))


def place_groups(
    tellings: Sequence[Telling], keys: Sequence[str], openers: Iterable[Opener], taken: Iterable[tuple[str, str]]
) -> list[Grouping]:
    """`tellings` in ledger order, without those that have a group, and the `group_key` of each; `openers` of the same keys from earlier
    loads; `taken` holds (group, article) for every article of a telling."""
    by_key: dict[str, list[Opener]] = defaultdict(list)
    for opener in sorted(openers, key=lambda o: o.order):
        by_key[opener.group_key].append(opener)
    beside = Counter(map(_beside, tellings, keys))
    full = set(taken)
    groups: dict[tuple[str, str], Grouping] = {}
    for telling, key in zip(tellings, keys, strict=True):
        row = (telling.statement_id, telling.article_id)
        if row not in groups:  # two extractions in one load may give it: the first one decides
            groups[row] = _join(telling, key, by_key, beside[_beside(telling, key)], full)
    return list(groups.values())


def _beside(telling: Telling, key: str) -> tuple[str, str, int]:
    """What counts as told side by side: the same key in the same extraction."""
    _, stream, position, _ = telling.order
    return key, stream, position


def _join(telling: Telling, key: str, by_key: dict[str, list[Opener]], alike: int, full: set[tuple[str, str]]) -> Grouping:
    wording = telling.wording_digest or wording_digest(telling.wording or "")
    for opener in by_key[key]:
        is_free = (opener.group_id, telling.article_id) not in full
        if is_free and _fits(telling, opener, wording, alike):
            full.add((opener.group_id, telling.article_id))
            return _grouping(telling, opener.group_id, key, wording, alike, is_opener=False)
    group_id = content_id("group", telling.statement_id, telling.article_id)
    full.add((group_id, telling.article_id))
    by_key[key].append(_opener(telling, group_id, key, wording, alike))
    return _grouping(telling, group_id, key, wording, alike, is_opener=True)


def _fits(telling: Telling, opener: Opener, wording: str, alike: int) -> bool:
    is_near = telling.fields.get(DATES[telling.kind]) is not None or abs(telling.seen_on - opener.seen_on) <= GROUP_DAYS
    if telling.kind is not Kind.ANNOUNCEMENT:
        return is_near
    is_single = alike == opener.alike == 1
    return is_near and (wording == opener.wording or (is_single and telling.cluster_id == opener.cluster_id))


@lru_cache(maxsize=50_000)  # parties, categories and figures recur in every article; some 10 MB
def _fold(text: str) -> str:
    """Case, spacing and punctuation set aside."""
    return " ".join(_ALNUM.findall(normalize("NFKC", text).casefold()))


def _opener(telling: Telling, group_id: str, key: str, wording: str, alike: int) -> Opener:
    return Opener(
        group_id=group_id,
        group_key=key,
        seen_on=telling.seen_on,
        cluster_id=telling.cluster_id,
        wording=wording,
        alike=alike,
        order=telling.order,
    )


def _grouping(telling: Telling, group_id: str, key: str, wording: str, alike: int, *, is_opener: bool) -> Grouping:
    return Grouping(
        statement_id=telling.statement_id,
        article_id=telling.article_id,
        kind=telling.kind,
        group_id=group_id,
        is_opener=is_opener,
        group_key=key,
        seen_on=telling.seen_on,
        cluster_id=telling.cluster_id,
        wording=wording,
        alike=alike,
        order=telling.order,
    )
