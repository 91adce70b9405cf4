"""In: an article's context. Out: its offers: a side offers a benefit to an audience for an act."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from ingest.extract.attribution import Credit, carried, credit_of, credits_in, governing, opening_name, subject_of
from ingest.extract.context import Context, side_of, span_text
from ingest.extract.dates import DayMention
from ingest.extract.grounding import Core
from ingest.extract.lexicons import Entry, by_first, rows, stems
from ingest.extract.money import Money
from ingest.extract.parties import place_of
from ingest.extract.tagging import Chunk, Tagged
from ingest.records import Offer, Span

_VERBS = re.compile(
    r"\b(?:offer(?:s|ed|ing)?|promis(?:es|ed|ing|e)|guarantee(?:s|d|ing)?|pledg(?:es|ed|ing|e)|reward(?:s|ed|ing)?"
    r"|(?:will|would|to|can|could) (?:also )?(?:receive|get|pay"
    r"|be paid|be granted|be given|grant)"
    r"|pays|paying|bonus(?:es)?|in exchange for|in return for|entitled to|amnesty (?:and|program|programme|for)"
    r"|compensation|payments? of|receive|is paid|are paid|doubl\w+|increas\w+|rais(?:ed|es|ing))\b",
    re.IGNORECASE,
)
_NOT_OFFERED = re.compile(
    r"\b(?:no|not|never|denied|refus\w+|reject\w+|fined?|penalt\w+|imprisonment|sanction\w*|stole\w*|damage[sd]?|cost(?:s|ing)?|budget|worth"
    r"|aid package|loan|delay\w+|not being paid|earlier offered|unpaid)\b"
    r"(?! be (?:exchanged|sent))",
    re.IGNORECASE,
)
_SAME_SUM = re.compile(
    r"[(,]?\s*(?:or|about|around|roughly|approximately|equivalent to|the equivalent of|some|nearly|equal to"
    r"|[(,~≈=])?\s*(?:about|around|roughly|approximately|some|nearly|~|≈)?\s*"
)
_FOR_ITEM = re.compile(r"(?:for|per) (?:each|every|a|an|one)?\s*(?:\w+ ){0,2}?$|per $")
_STATUS = (
    ("withdrawn", re.compile(r"\b(?:withdrew|withdrawn|scrapped|cancell?ed) (?:the|its|an|this) (?:offer|bonus|payment)", re.IGNORECASE)),
    ("raised", re.compile(r"\b(?:rais(?:ed|es|ing)|increas(?:ed|es|ing)|doubl(?:ed|es|ing)|hik(?:ed|es))\b", re.IGNORECASE)),
    ("cut", re.compile(r"\b(?:cut|reduced|lowered|slashed|halved)\b", re.IGNORECASE)),
    ("offered", re.compile(r"\b(?:offer\w*|promis\w*|guarantee\w*|pledg\w*)\b", re.IGNORECASE)),
)
_OPPONENT = {"UA": "RU", "RU": "UA"}
_MONTHLY = re.compile(r"\b(?:monthly|salar(?:y|ies)|wages?)\b", re.IGNORECASE)
_AUDIENCE = re.compile(r"A?[RU]?P|wP")
_HANDED_OVER = re.compile(
    r"\b(?:surrender\w*|hand\w* over|deliver\w*|bring\w*|giv\w+ up) (?:of )?(?:a|an|their|its|his|each|any|military|combat)\b",
    re.IGNORECASE,
)
ITEM_CHARS = 60  # between a sum and the item it is paid for
_ITEMS = frozenset(row[1] for row in rows("equipment"))
_SUMMED_UP = re.compile(r"\b(?:total|totalling|totaling|bringing|adding up to|up from|compared with)\b[^,;]*$", re.IGNORECASE)
_STATE_KINDS = ("country", "capital", "body", "group")


class _Benefit(NamedTuple):
    benefit: str
    core: Core
    money: Money | None
    usd: float | None


def find_offers(context: Context) -> list[tuple[Offer, Core]]:
    """Offers in text order."""
    found: list[tuple[Offer, Core]] = []
    for index, sentence in enumerate(context.sentences):
        if _VERBS.search(context.text, sentence.start, sentence.end):
            found.extend(_offers(context, index))
    return found


def _offers(context: Context, index: int) -> list[tuple[Offer, Core]]:
    sentence = context.sentences[index]
    text = context.text[sentence.start : sentence.end]
    if _NOT_OFFERED.search(text):
        return []
    action = _action(text) or _action_nearby(context, index)
    if action is None:
        return []
    tagged = context.tagged(index)
    benefits = _benefits(tagged)
    if not benefits:
        return []
    offeror = _offeror(context, index, tagged)
    audience = _audience(tagged)
    if offeror is None or offeror.party == "MEDIA":
        return []
    if offeror.party is None:
        place = place_of(tagged)
        offeror = offeror._replace(party=place.value.row[1] or None if place and isinstance(place.value, Entry) else None)
    if offeror.party is None:
        return []
    if _HANDED_OVER.search(text) and any(b.money and b.money.per in _ITEMS for b in benefits):
        action = "hand_over_equipment"
    return [(_offer(context, tagged, offeror, audience, action, b), b.core) for b in benefits]


def _action(text: str) -> str | None:
    match = stems("offer_terms", 1, "action").search(text)
    return by_first("offer_terms")[match.group().lower()][2] if match else None


def _action_nearby(context: Context, index: int) -> str | None:
    """The act that the sentence before names, within the paragraph or the one before it."""
    if index == 0 or context.sentences[index].paragraph - context.sentences[index - 1].paragraph > 2:
        return None
    before = context.sentences[index - 1]
    return _action(context.text[before.start : before.end])


def _benefits(tagged: Tagged) -> list[_Benefit]:
    found: list[_Benefit] = []
    for chunk in tagged.chunks:
        if isinstance(chunk.value, Money) and not _SUMMED_UP.search(tagged.text[: chunk.start - tagged.start]):
            last = found[-1] if found else None
            if last and last.money and _is_same_sum(tagged, last, chunk.value):
                usd = chunk.value.amount if chunk.value.currency == "USD" else last.usd
                found[-1] = last._replace(usd=usd)
                continue
            found.append(_money_benefit(tagged, chunk, chunk.value))
    seen: set[str] = set()
    for match in stems("offer_terms", 1, "benefit").finditer(tagged.text):
        benefit = by_first("offer_terms")[match.group().lower()][2]
        if benefit not in seen:
            seen.add(benefit)
            found.append(_Benefit(benefit, Core(tagged.start + match.start(), tagged.start + match.end()), None, None))
    return sorted(found, key=lambda b: b.core)


def _is_same_sum(tagged: Tagged, last: _Benefit, money: Money) -> bool:
    """'5 million rubles or about $45,000', '195,000 roubles ($2,400)': another currency right behind is a conversion."""
    assert last.money is not None
    between = tagged.text[last.core.end - tagged.start : money.start - tagged.start]
    return money.currency != last.money.currency and len(between) < 30 and _SAME_SUM.fullmatch(between) is not None


def _money_benefit(tagged: Tagged, chunk: Chunk, money: Money) -> _Benefit:
    behind = tagged.text[chunk.end - tagged.start : chunk.end - tagged.start + 60]
    before = tagged.text[max(0, chunk.start - tagged.start - 40) : chunk.start - tagged.start]
    is_pay = money.per in ("month", "day", "year", "week") or (money.per is None and bool(_MONTHLY.search(before + " " + behind)))
    if is_pay and money.per is None:
        money = money._replace(per="month" if re.search("month|salar|wage", before + behind, re.IGNORECASE) else None)
    if not is_pay:
        money = money._replace(per=_item(tagged, chunk) or "once")
    usd = money.amount if money.currency == "USD" else None
    return _Benefit("pay" if is_pay else "money", Core(chunk.start, chunk.end), money, usd)


def _item(tagged: Tagged, chunk: Chunk) -> str | None:
    """'for a tank', 'per helicopter': the item that a reward is paid for."""
    for item in tagged.chunks:
        if item.tag == "E" and isinstance(item.value, Entry) and 0 < item.start - chunk.end < ITEM_CHARS:
            at = item.start - tagged.start
            if _FOR_ITEM.search(tagged.text, max(0, at - 30), at):
                return item.value.row[1]
    return None


def _offeror(context: Context, index: int, tagged: Tagged) -> Credit | None:
    """The subject of the offering verb, else who is credited with the sentence, else the one side it names."""
    match = _VERBS.search(tagged.text)
    at = next((i for i, c in enumerate(tagged.chunks) if match and c.start - tagged.start >= match.start()), 0)
    span = subject_of(tagged, at)
    subject = credit_of(context, index, span, at) if span is not None and tagged.tags[span[0]] != "P" else None
    if subject is not None and subject.name and subject.party:
        return subject
    state = next(
        (i for i, c in enumerate(tagged.chunks[: at + 1]) if _is_state(c) and tagged.tags[i + 1 : i + 2] not in (*"PsRUKL",)), None
    )
    if state is not None:
        return credit_of(context, index, (state, state), at)
    source = governing(tagged, credits_in(context, index), at)
    opening = opening_name(context, tagged, at)
    if source is None and opening is not None and opening[1]:
        return Credit(at, *opening, False, None)
    return source or carried(context, index) or _possessor(context, index, tagged, at) or subject


def _possessor(context: Context, index: int, tagged: Tagged, at: int) -> Credit | None:
    """'Ukraine's hotline …, guarantees': the state that owns what offers."""
    owner = next((i for i, c in enumerate(tagged.chunks[:at]) if _is_state(c) and tagged.tags[i + 1 : i + 2] == "s"), None)
    return credit_of(context, index, (owner, owner), at) if owner is not None else None


def _is_state(chunk: Chunk) -> bool:
    return chunk.tag == "A" and isinstance(chunk.value, Entry) and chunk.value.row[2] in _STATE_KINDS


def _audience(tagged: Tagged) -> tuple[str | None, str | None]:
    """The first group of people that does not speak: its words and its side, where they tell it."""
    for match in _AUDIENCE.finditer(tagged.tags):
        chunks = tagged.chunks[match.start() : match.end()]
        if chunks[0].tag == "w" and chunks[0].text.lower() not in ("foreign", "enemy", "captured"):
            chunks = chunks[1:]
        if not chunks or tagged.tags[match.end() : match.end() + 1] == "S":
            continue
        party = side_of(chunks) or next(
            (c.value.row[1] for c in chunks if c.tag == "P" and isinstance(c.value, Entry) and c.value.lexicon == "actors"), None
        )
        return span_text(tagged, chunks), party
    return None, None


def _offer(
    context: Context, tagged: Tagged, offeror: Credit, audience: tuple[str | None, str | None], action: str, benefit: _Benefit
) -> Offer:
    money, party = benefit.money, audience[1]
    if party is None and action in ("surrender", "defect", "hand_over_equipment"):
        party = _OPPONENT.get(offeror.party or "")
    if party is None and action == "serve" and audience[0] and "foreign" not in audience[0].lower():
        party = offeror.party  # who pays soldiers for serving pays its own
    return Offer(
        span=Span(char_start=tagged.start, char_end=tagged.end, sentence_start=tagged.start, sentence_end=tagged.end),
        rule=f"{action}_{benefit.benefit}",
        offered_on=_offered_on(context, tagged),
        valid_until=_until(tagged),
        status=next((name for name, pattern in _STATUS if pattern.search(tagged.text)), None),
        offeror=offeror.name,
        offeror_party=offeror.party,
        announced_by=offeror.name if offeror.is_person else None,
        audience=audience[0],
        audience_party=party,
        action=action,
        benefit=benefit.benefit,
        amount_low=money.low if money else None,
        amount=money.amount if money else None,
        currency=money.currency if money else None,
        per=money.per if money else None,
        amount_usd=benefit.usd,
        usd_basis=None if benefit.usd is None or money is None else "usd" if money.currency == "USD" else "stated",
    )


def _offered_on(context: Context, tagged: Tagged) -> date | None:
    days = [c.value.on for at, c in enumerate(tagged.chunks) if isinstance(c.value, DayMention) and not _is_until(tagged, at)]
    return days[0] if days else context.article.published_on


def _until(tagged: Tagged) -> date | None:
    return next((c.value.on for at, c in enumerate(tagged.chunks) if isinstance(c.value, DayMention) and _is_until(tagged, at)), None)


def _is_until(tagged: Tagged, at: int) -> bool:
    return at > 0 and tagged.chunks[at - 1].text.lower() in ("until", "till", "by", "before")
