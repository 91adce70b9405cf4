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
    r"|pays|paying|being paid|salar(?:y|ies)|wages? of|bonus(?:es)?|in exchange for|in return for|entitled to"
    r"|amnesty (?:and|program|programme|for)"
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
    r"\b(?:surrender\w*|hand\w* over|deliver\w*|bring\w*|giv\w+ up)"
    r" (?:of )?(?:a|an|their|its|his|each|any|military|combat|Russian|enemy)\b",
    re.IGNORECASE,
)
CONTINUED_WITHIN = 3  # sentences: "The package includes …" goes on with the side that offered before
_BRINGING = re.compile(r"\b(?:surrender|hand over|bring|deliver)")
_FOR_FIRST = re.compile(r"For (?:an? |each |every )?$")
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
    told: dict[tuple[object, ...], int] = {}
    last: tuple[int, Credit] | None = None
    for index, sentence in enumerate(context.sentences):
        if not _VERBS.search(context.text, sentence.start, sentence.end):
            continue
        before = last[1] if last is not None and index - last[0] <= CONTINUED_WITHIN else None
        for offer, core in _offers(context, index, before):
            key = (offer.offeror_party, offer.action, offer.benefit, offer.amount, offer.currency)
            last = (index, Credit(0, offer.offeror, offer.offeror_party, offer.announced_by is not None, False, None))
            if told.setdefault(key, index) == index:  # the same offer told again is one row
                found.append((offer, core))
    return found


def _offers(context: Context, index: int, before: Credit | None) -> list[tuple[Offer, Core]]:
    sentence = context.sentences[index]
    text = context.text[sentence.start : sentence.end]
    if _NOT_OFFERED.search(text):
        return []
    tagged = context.tagged(index)
    benefits = _benefits(tagged)
    action = _action(text) or _action_nearby(context, index) or _service(tagged, benefits)
    if action is None or not benefits:
        return []
    offeror = _offeror(context, index, tagged) or before or _only_side(context, index, tagged)
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


def _service(tagged: Tagged, benefits: list[_Benefit]) -> str | None:
    """Pay by the month told to soldiers is offered for their service."""
    is_paid = any(b.benefit == "pay" and b.money is not None and b.money.per is not None for b in benefits)
    people = [c.value for c in tagged.chunks if c.tag == "P" and isinstance(c.value, Entry) and c.value.lexicon == "persons"]
    return "serve" if is_paid and any(entry.row[1] == "military" for entry in people) else None


def _only_side(context: Context, index: int, tagged: Tagged) -> Credit | None:
    """The one state or army that the sentence names."""
    named = [
        i
        for i, c in enumerate(tagged.chunks)
        if (_is_state(c) and tagged.tags[i + 1 : i + 2] != "P") or (c.tag == "A" and tagged.tags[i + 1 : i + 2] == "U")
    ]
    sides = {side_of([tagged.chunks[i]]) for i in named}
    if len(sides) != 1:
        return None
    last = named[0] + int(tagged.tags[named[0] + 1 : named[0] + 2] == "U")
    return credit_of(context, index, (named[0], last), named[0])


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
        has_sum = benefit == "money" and any(b.money for b in found)
        if benefit not in seen and not has_sum:
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
    """'for a tank', 'per helicopter', '$100,000 for those who surrender tanks', 'For aircraft, …': the item that a reward is paid for."""
    at = tagged.chunks.index(chunk)
    for item in tagged.chunks[at + 1 :]:
        between = tagged.text[chunk.end - tagged.start : item.start - tagged.start]
        if item.tag == "M" or len(between) > ITEM_CHARS:
            break
        if item.tag == "E" and isinstance(item.value, Entry) and (_FOR_ITEM.search(between) or _BRINGING.search(between)):
            return item.value.row[1]
    first = next((c for c in tagged.chunks[:at] if c.tag in "EM"), None)
    is_headed = first is not None and _FOR_FIRST.match(tagged.text[: first.start - tagged.start]) is not None
    return first.value.row[1] if is_headed and first is not None and isinstance(first.value, Entry) else None


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
