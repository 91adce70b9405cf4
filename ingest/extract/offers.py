"""In: an article's context. Out: its offers: a side offers a benefit to an audience for an act."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

from ingest.extract.asked import AT_HOME, Audience, Scene, act_for, action_in, action_of_article, asked_in, audience_in
from ingest.extract.attribution import Credit
from ingest.extract.benefits import ITEMS, PAY_PERIODS, Benefit, benefits_in, may_hold_benefit
from ingest.extract.context import Context
from ingest.extract.dates import DayMention
from ingest.extract.grounding import Core
from ingest.extract.lexicons import rows, stems
from ingest.extract.offerors import country_name, on_behalf_of
from ingest.extract.payers import offeror_of_scene, party_asked, payers_of
from ingest.extract.places import is_region
from ingest.extract.tagging import Tagged
from ingest.extract.wars import voice_of
from ingest.extract.wording import VERBS, offering_words, opens
from ingest.records import Offer, Span

_STATUS = (
    (
        "withdrawn",
        re.compile(
            r"\b(?:withdrew|withdrawn|scrapped|cancell?ed|revoked) (?:the|its|an|this|their) \w*\s?(?:offer|bonus|payment|amnesty)", re.I
        ),
    ),
    (
        "raised",
        re.compile(r"\b(?:rais(?:ed|es|ing)|increas(?:ed|es|ing)|doubl(?:ed|es|ing)|tripl(?:ed|es|ing)|hik(?:ed|es))\b", re.IGNORECASE),
    ),
    ("cut", re.compile(r"\b(?:cut|cuts|reduced|lowered|slashed|halved)\b", re.IGNORECASE)),
    ("offered", re.compile(r"\b(?:offer\w*|promis\w*|guarantee\w*|pledg\w*)\b", re.IGNORECASE)),
)
CONTINUED_WITHIN = 4  # sentences: "The package includes …" goes on with the side that offered before
_SAME_ACT = {"serve": "enlist", "defect": "surrender"}  # told now so, now so
_IS_LINE = re.compile(
    r"[-xX,c(]{0,3}(?:[LA][wRK]?(?::|w{0,2}B?[wp]{0,3})|d[wR]{1,2}:?)?N"
)  # "— Yamal: 3.1 million", "Krasnodar went to a million"
_FOR = re.compile(r"\d (?:a day |a month )?(?:for|per) ")
_WEEKDAY = re.compile(r"[A-Z][a-z]+day\b")
_NO_OFFICE = re.compile(r"\b(?:experts?|analysts?|observers?|activists?|journalists?)\b", re.IGNORECASE)


def find_offers(context: Context) -> list[tuple[Offer, Core]]:
    """Offers in text order, the same offer told again left out."""
    found: list[tuple[Offer, Core]] = []
    told: dict[tuple[object, ...], set[str | None]] = {}  # what makes offers the same -> the items that they were told for
    scene: Scene | None = None
    offering = offering_words(context)
    for index, sentence in enumerate(context.sentences):
        before = scene if scene is not None and index - scene.at <= CONTINUED_WITHIN else None
        has_words = (
            not offering.isdisjoint(context.words[index])
            and (_may_tell_benefit(context, index, before) or opens(context, index))
            and VERBS.search(context.lowered, sentence.start, sentence.end) is not None
        )
        if not (has_words or (before is not None and _may_go_on(context, index, before.is_lent))):
            continue
        rows = _offers(context, index, before)
        for offer, core in rows:
            items = told.setdefault(_key(offer), set())
            is_bare = offer.benefit == "money" and offer.amount is None
            if not _is_told(items, offer) and not (is_bare and _names_sum(found, offer)):
                items.add(offer.per if offer.per in ITEMS else None)
                found.append((offer, core))
        scene = _scene_after(context, index, rows, before) or scene
    return found


def _is_told(items: set[str | None], offer: Offer) -> bool:
    """The same sum for a tank and for a helicopter is two offers; told again without its item it is one."""
    return bool(items) and (offer.per not in ITEMS or not items.isdisjoint((None, offer.per)))


def _names_sum(found: list[tuple[Offer, Core]], offer: Offer) -> bool:
    """'monetary compensation' from a side whose sum the article has told."""
    return any(o.benefit == "money" and o.amount is not None and o.offeror_party == offer.offeror_party for o, _ in found)


def _key(offer: Offer) -> tuple[object, ...]:
    """What makes an offer told again the same."""
    act = _SAME_ACT.get(offer.action, offer.action) if offer.amount is not None else None
    region = offer.offeror if is_region(offer.offeror) else None
    sums = (offer.amount_low, offer.amount, offer.currency, offer.per in PAY_PERIODS)
    return (offer.offeror_party, region, act, offer.benefit, *sums)


def _scene_after(context: Context, index: int, rows: list[tuple[Offer, Core]], before: Scene | None) -> Scene | None:
    """What the sentences behind may go on with: the last offer, or an act that is asked for, here or by the title and the
    lead, in words of offering without a sum yet."""
    if rows:
        offer = rows[-1][0]
        told = Credit(0, offer.offeror, offer.offeror_party, False, False, None)
        credit = before.offeror if before and is_region(offer.offeror) else told
        currency = offer.currency or (before.currency if before else None)
        span = offer.per if offer.benefit == "pay" else None
        is_lent = before is not None and before.is_lent and action_in(context.sentence(index)) is None
        audience = (offer.audience, offer.audience_party)
        return Scene(index, credit, offer.action, audience, currency, span, is_lent, _asked(offer.action, before))
    if not opens(context, index):
        return None
    own = action_in(context.sentence(index))
    action = own or (action_of_article(context, index) if before is None or before.is_lent else None)
    if action is None:
        return None
    offeror = offeror_of_scene(context, index, action, before)
    audience, currency = audience_in(context.tagged(index)), before.currency if before else None
    return Scene(index, offeror, action, audience, currency, None, own is None, _asked(action, before))


def _asked(action: str, before: Scene | None) -> str | None:
    return action if action not in ("other", "hand_over_equipment") else before.asked if before else None


def _may_go_on(context: Context, index: int, is_lent: bool) -> bool:
    """A further line of what is offered: 'Yamal: 3.1 million', '8,000 a day for an assault', 'a mortgage without interest'. For an act that
    is lent by the title only a sum goes on."""
    sentence = context.sentences[index]
    tagged = context.tagged(index)
    if is_lent:
        return "M" in tagged.tags
    if "M" not in tagged.tags and _has_sum(context, index):
        return _IS_LINE.match(tagged.tags) is not None or _FOR.search(tagged.text) is not None
    return "M" in tagged.tags or stems("offer_terms", 1, "benefit").search(context.lowered, sentence.start, sentence.end) is not None


def _has_sum(context: Context, index: int) -> bool:
    return any(c.tag == "M" or (c.tag == "N" and len(c.text) >= 5) for c in context.tagged(index).chunks)


def _may_tell_benefit(context: Context, index: int, before: Scene | None) -> bool:
    """In a scene whose currency is known a number may be a sum."""
    is_counted = before is not None and before.currency is not None
    return is_counted or context.memo(("benefit", index), lambda: may_hold_benefit(context.sentence(index), context.words[index]))


def _offers(context: Context, index: int, before: Scene | None) -> list[tuple[Offer, Core]]:
    text = context.sentence(index)
    if not _may_tell_benefit(context, index, before):
        return []
    tagged = context.tagged(index)
    benefits = benefits_in(tagged, before.currency if before else None, before.span if before else None)
    if not benefits:
        return []
    action, audience = asked_in(context, index, benefits, before)
    if action is None:
        return []
    asked = before.asked if before else None
    sums = [b for b in benefits if b.money is not None]
    is_price_list = len(sums) > 2 and all(b.money and b.money.per in ITEMS for b in sums[:2])
    found: list[tuple[Offer, Core]] = []
    told: list[Credit] = []  # whoever offers the benefit before offers the next of the sentence, unless another is named
    for benefit in benefits:
        if is_price_list and benefit.money is not None and action in ("surrender", "defect"):
            benefit = _for_weapon(benefit)
        act = act_for(text, action, benefit, asked)
        if act in AT_HOME and benefit.benefit == "aid":
            benefit = benefit._replace(benefit="other")  # care and schooling of one's own soldiers
        if act is not None:
            told = payers_of(context, index, tagged, benefit, act, audience, before) or told
            for offeror in told:
                found.append((_offer(context, tagged, offeror, audience, act, benefit), benefit.core))
    return found


def _for_weapon(benefit: Benefit) -> Benefit:
    """The last steps of 'a gun earns 500,000 kyats, a pistol 2 million and a drone 5 million' are for things too."""
    money = benefit.money
    return benefit if money is None or money.per in ITEMS else benefit._replace(money=money._replace(per="weapon"))


def _offer(context: Context, tagged: Tagged, offeror: Credit, audience: Audience, action: str, benefit: Benefit) -> Offer:
    money = benefit.money
    return Offer(
        span=Span(char_start=tagged.start, char_end=tagged.end, sentence_start=tagged.start, sentence_end=tagged.end),
        rule=f"{action}_{benefit.benefit}",
        offered_on=_offered_on(context, tagged),
        valid_until=_until(context, tagged),
        status=next((name for name, pattern in _STATUS if pattern.search(tagged.text)), None),
        offeror=on_behalf_of(context, tagged, offeror) if offeror.is_person else _name_of(offeror),
        offeror_party=voice_of(offeror.party),
        announced_by=offeror.name if offeror.is_person and not _NO_OFFICE.search(offeror.name or "") else None,
        audience=audience[0],
        audience_party=party_asked(context, tagged, offeror, audience, action),
        action=action,
        benefit=benefit.benefit,
        amount_low=money.low if money else None,
        amount=money.amount if money else None,
        currency=_currency(money.currency, offeror.party) if money else None,
        per=money.per if money else None,
        amount_usd=benefit.usd,
        usd_basis=None if benefit.usd is None or money is None else "usd" if money.currency == "USD" else "stated",
    )


def _name_of(offeror: Credit) -> str | None:
    """The name without a possessive sign; a side told by a plain noun alone ('authorities', 'army') or by none is called by its country."""
    name = re.sub(r"['’]s$", "", offeror.name or "")
    is_plain = not name or (name.islower() and " " not in name)
    return (country_name(offeror.party or "") if is_plain else None) or name or None


def _currency(unit: str, party: str | None) -> str | None:
    """The ISO code; of a unit that several countries have ('pesos'), that of the country which offers."""
    return unit if unit.isupper() else _local_currencies().get((party or "", unit), "GBP" if unit == "pound" else None)


@cache
def _local_currencies() -> dict[tuple[str, str], str]:
    return {(country, unit): code for country, unit, code in rows("local_currencies")}


def _offered_on(context: Context, tagged: Tagged) -> date | None:
    days = [c.value.on for at, c in enumerate(tagged.chunks) if isinstance(c.value, DayMention) and not _is_until(tagged, at)]
    return days[0] if days else context.article.published_on


def _until(context: Context, tagged: Tagged) -> date | None:
    """The day an offer ends; one told without a year lies ahead of publication."""
    named = [c for at, c in enumerate(tagged.chunks) if isinstance(c.value, DayMention) and _is_until(tagged, at)]
    day = named[0].value.on if named and isinstance(named[0].value, DayMention) else None
    published = context.article.published_on
    if day is None or published is None or day >= published or not named[0].text[-1:].isalnum() or re.search(r"\d{4}", named[0].text):
        return day
    return day + timedelta(days=7) if _WEEKDAY.match(named[0].text) else _next_year(day)


def _next_year(day: date) -> date:
    return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else day + timedelta(days=366)


def _is_until(tagged: Tagged, at: int) -> bool:
    return at > 0 and tagged.chunks[at - 1].text.lower() in ("until", "till", "by", "before")
