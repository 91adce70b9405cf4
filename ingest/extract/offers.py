"""In: an article's context. Out: its offers: a side offers a benefit to an audience for an act."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from ingest.extract.attribution import Credit
from ingest.extract.benefits import ITEMS, PAY_PERIODS, Benefit, benefits_in, may_hold_benefit
from ingest.extract.context import Context, are_at_war, side_of, span_text
from ingest.extract.dates import DayMention
from ingest.extract.grounding import Core
from ingest.extract.lexicons import Entry, rows, stem_row, stems
from ingest.extract.memory import Judged
from ingest.extract.offerors import country_name, givers, home_side, offeror_of, on_behalf_of, only_side, opening_before, programme_of
from ingest.extract.places import is_region, place_of
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import lowered, word_set
from ingest.extract.wars import is_armed_group, opponents, voice_of
from ingest.records import Offer, Span

_VERBS = re.compile(  # for text in lower case
    r"\b(?:(?:count|counts|counted) on|giving|offer(?:s|ed|ing)?|promis(?:es|ed|ing|e)|guarantee(?:s|d|ing)?|pledg(?:es|ed|ing|e)"
    r"|reward(?:s|ed|ing)?|bount(?:y|ies)"
    r"|(?:will|would|to|can|could|may|shall) (?:also |now |not |each |then )?(?:receive|get|earn|pay|bring|find"
    r"|apply for|claim|be (?:able to (?:get|obtain|apply)|rehabilitated|reintegrated|trained|paid|granted|given|offered|treated"
    r"|pardoned|prosecuted|punished|exchanged|included|sent|forced|extradited|held|released|provided"
    r"|eligible|entitled|allowed)|grant|have|keep|not face)"
    r"|(?:receives?|gets?|earns?|pays?|gives?|gave|grants?|granted|adds?|awards?|paid|expect)(?= )"
    r"|(?:has|have) (?:their|his) (?:\w+ ){1,3}?(?:wiped|expunged|cancell?ed|cleared|quashed|erased)"
    r"|paying|(?:is|are) worth|brings|fetch(?:es)?"
    r"|(?:being|is|are|was|were) (?:paid|promised|offered|guaranteed|granted|given|handed)"
    r"|salar(?:y|ies)|wages? of|bonus(?:es)?|in exchange for"
    r"|in return for|entitled to|eligible for|qualify for|issued an? (?:\w+ )?(?:amnesty|pardon)|pardon(?:s|ed|ing)?|grant(?:ed|ing|s)?"
    r"|amnesty (?:and|program|programme|for|to|decree|law)|(?:declared|announced|proclaimed|approved|decreed) an? (?:\w+ )?amnesty"
    r"|(?:rid|freed|relieved|spared) (?:of|from)|(?:is|are) due|(?:be|is|are) spared|lift(?:ed|s) criminal|freed\b.{0,40}? from criminal"
    r"|(?:will|would|may|can) (?:\w+ )?(?:stay|remain|be (?:let|freed|spared|protected|resettled|cancell?ed|restored|resumed))|may apply"
    r"|go(?:es)? to (?:an?|any|each|every|the|those|whoever)|trade in|will (?:go|fetch|bring)"
    r"|fast-track\w*|simplif\w+|speed(?:s|ed|ing)? up|eas(?:es|ed|ing)|open(?:s|ed|ing)? the way"
    r"|pric(?:e|es|ed) (?:list|tag|on)|(?:set|sets|fixed) the payment|(?:stands?|starts?|begins?|fixed|set) at"
    r"|(?:assures?|assured|tariff|restored|reckon with)"
    r"|compensation|payments? (?:of|that|to|for)|is paid|are paid|doubl\w+|increas\w+|rais(?:ed|es|ing)|introduc\w+)\b"
)
_MAY_OFFER = word_set(  # the words of which `_VERBS` needs one: asked before the sentence is read
    "offer offers offered offering promise promises promised promising guarantee guarantees guaranteed guaranteeing pledge"
    " pledges pledged pledging reward rewards rewarded rewarding bounty bounties receive receives get gets earn earns pay"
    " pays paying paid bring give gives gave given grant grants granted granting add adds award awards salary salaries wage"
    " wages bonus bonuses exchange return entitled eligible qualify count counts giving find amnesty pardon pardons pardoned"
    " pardoning compensation payment payments treated prosecuted punished exchanged expect included sent forced extradited"
    " held released provided allowed have worth brings fetch fetches apply claim handed rid freed relieved spared due lifted lifts stay"
    " keep face able rehabilitated reintegrated trained remain let protected resettled cancelled canceled restored resumed"
    " assures assured tariff assure reckon fast-track fast-tracks fast-tracked fast-tracking simplify simplifies simplified simplifying"
    " speed speeds speeding sped eases eased easing opens opened opening price prices priced set sets fixed stand stands start starts"
    " begins goes trade go"
)
_CHANGES = ("doubl", "increas", "raise", "raising", "introduc")
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
_OPENS = re.compile(  # for text in lower case
    r"\b(?:offer\w*|promis\w*|pledg\w*|reward\w*|bount\w+|bonus\w*|pay|pays|paid|paying|payments?|salar\w+|receive|get|amnest\w+|pardon\w*"
    r"|incentiv\w+|benefits?|compensat\w+|entitled|eligible|guarantee\w*|programme|program|scheme|package|terms|tariff"
    r"|price (?:list|tag))\b"
)
_OPPONENT = {"UA": "RU", "RU": "UA"}
_ARMY = re.compile(r"As?U")
_AUDIENCE = re.compile(r"A?[RU]?P|wP")
_HANDED_OVER = re.compile(
    r"\b(?:surrender\w*|hand\w* (?:over|in)|deliver\w*|bring\w*|turn\w* in|giv\w+ up|fl(?:y|ies|ying))"
    r" (?:of )?(?:a|an|their|its|his|each|any|military|combat|serviceable|weapons|Russian|enemy)\b",
    re.IGNORECASE,
)
_BRINGS_ARMS = re.compile(
    r"\b(?:bring|hand|turn|come|comes)\w*(?: \w+)? (?:with )?(?:their )?(?:weapons|arms|guns|equipment|ammunition)\b", re.IGNORECASE
)
_PROMISES = re.compile(
    r"\b(?:promis\w+|guarantee\w*|entitled|eligible|assures?|monthly (?:pay|salary|wage)|bonus"
    r"|(?:will|would|can|may) (?:also )?(?:receive|get|be (?:paid|given|granted|offered|spared|pardoned)"
    r"|apply|stay|claim|have)|count on|brings?|earns?|is worth)\b",
    re.IGNORECASE,
)
LEAD = 4  # sentences
CONTINUED_WITHIN = 4  # sentences: "The package includes …" goes on with the side that offered before
_FOR_PEOPLE = frozenset({"amnesty", "protection", "asylum", "citizenship", "aid", "other"})
_SAME_ACT = {"serve": "enlist", "defect": "surrender"}  # told now so, now so
_ASKED_OF_FOES = ("surrender", "defect", "hand_over_equipment", "inform")
_OF_SOLDIERS = ("surrender", "defect", "hand_over_equipment")
_AT_HOME = ("enlist", "serve")  # acts that a side asks of its own people
_IS_LINE = re.compile(
    r"[-xX,c(]{0,3}(?:[LA][wRK]?(?::|w{0,2}B?[wp]{0,3})|d[wR]{1,2}:?)?N"
)  # "— Yamal: 3.1 million", "Krasnodar went to a million"
_FOR = re.compile(r"\d (?:a day |a month )?(?:for|per) ")
_IN_UKRAINE = re.compile(r"\b(?:fight(?:ing)?|war|front|serve|combat|battlefields?) (?:in|against) (?:eastern )?Ukraine\b", re.IGNORECASE)
_ISSUERS = {"RUB": "RU", "UAH": "UA"}  # whose money it is: the two sides of the main war pay in their own
_PRICED_ARMS = re.compile(r"\b(?:equipment|weapons?|arms|hardware|machinery|vehicles|aircraft)\b", re.IGNORECASE)
_BOUNTY = re.compile(r"\b(?:rewards?|bount(?:y|ies)|price (?:list|tag))\b", re.IGNORECASE)
_FOREIGN = re.compile(r"foreign|international", re.IGNORECASE)
_FALLEN = re.compile(r"\b(?:wounded|injured|killed|fallen|disabled|relatives|famil(?:y|ies)|widows?)\b", re.IGNORECASE)
_WEEKDAY = re.compile(r"[A-Z][a-z]+day\b")
_WRECKED = re.compile(r"\b(?:captur|destroy|down|knocked[- ]out|disabl)(?:e|ed|es|ing)?\b", re.IGNORECASE)
_NO_OFFICE = re.compile(r"\b(?:experts?|analysts?|observers?|activists?|journalists?)\b", re.IGNORECASE)
_HELD = word_set("hostage hostages captive captives")
_RANKS = re.compile(
    r"\b(?:privates?|corporals?|sergeants?|lieutenants?|captains?|officers?|(?:platoon|squad|company) commanders?)\b", re.IGNORECASE
)
_CONVICTS = re.compile(r"\b(?:convicts?|inmates?|prisoners|criminals)\b", re.IGNORECASE)
_RUNAWAY = re.compile(r"\b(?:desert\w*|draft[- ]dodg\w*|avoided the draft|evad\w+|AWOL|absent without leave)\b", re.IGNORECASE)


class _Scene(NamedTuple):
    """What is spoken of ahead of a sentence: where, who offers, for which act, to whom, in which currency."""

    at: int
    offeror: Credit
    action: str
    audience: tuple[str | None, str | None]
    currency: str | None
    span: str | None  # "month", where the last sum was pay
    is_lent: bool  # the act is that of the title or the lead
    asked: str | None  # the last act that is asked of people and not done to things


def find_offers(context: Context) -> list[tuple[Offer, Core]]:
    """Offers in text order, the same offer told again left out."""
    found: list[tuple[Offer, Core]] = []
    told: dict[tuple[object, ...], set[str | None]] = {}  # what makes offers the same -> the items that they were told for
    scene: _Scene | None = None
    offering = _MAY_OFFER | context.words_that(_TELL_CHANGE)
    for index, sentence in enumerate(context.sentences):
        before = scene if scene is not None and index - scene.at <= CONTINUED_WITHIN else None
        has_words = (
            not offering.isdisjoint(context.words[index])
            and (_may_tell_benefit(context, index, before) or _opens(context, index))
            and _VERBS.search(context.lowered, sentence.start, sentence.end) is not None
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


def _scene_after(context: Context, index: int, rows: list[tuple[Offer, Core]], before: _Scene | None) -> _Scene | None:
    """What the sentences behind may go on with: the last offer, or an act that is asked for, here or by the title and the
    lead, in words of offering without a sum yet."""
    if rows:
        offer = rows[-1][0]
        told = Credit(0, offer.offeror, offer.offeror_party, False, False, None)
        credit = before.offeror if before and is_region(offer.offeror) else told
        currency = offer.currency or (before.currency if before else None)
        span = offer.per if offer.benefit == "pay" else None
        is_lent = before is not None and before.is_lent and _action(context.sentence(index)) is None
        audience = (offer.audience, offer.audience_party)
        return _Scene(index, credit, offer.action, audience, currency, span, is_lent, _asked(offer.action, before))
    if not _opens(context, index):
        return None
    text = context.sentence(index)
    own = _action(text)
    action = own or (_action_of_article(context, index) if before is None or before.is_lent else None)
    if action is None:
        return None
    tagged = context.tagged(index)
    offeror = _single_offeror(context, index, tagged, before)
    if (offeror is None or offeror.party is None) and action in _AT_HOME:
        offeror = _at_home(context, index, offeror)
    if offeror is None or offeror.party in (None, "MEDIA"):
        offeror = _state(context) or Credit(0, None, None, False, False, None)
    return _Scene(index, offeror, action, _audience(tagged), before.currency if before else None, None, own is None, _asked(action, before))


def _asked(action: str, before: _Scene | None) -> str | None:
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


_TELL_CHANGE = Judged(lambda word: word.startswith(_CHANGES))
_OPENING = Judged(lambda word: word == "price" or _OPENS.match(word) is not None)


def _opens(context: Context, index: int) -> bool:
    """The sentence has words of offering with which a scene may open."""
    sentence = context.sentences[index]
    is_likely = not context.words[index].isdisjoint(context.words_that(_OPENING))
    return is_likely and _OPENS.search(context.lowered, sentence.start, sentence.end) is not None


def _may_tell_benefit(context: Context, index: int, before: _Scene | None) -> bool:
    """In a scene whose currency is known a number may be a sum."""
    is_counted = before is not None and before.currency is not None
    return is_counted or context.memo(("benefit", index), lambda: may_hold_benefit(context.sentence(index), context.words[index]))


def _offers(context: Context, index: int, before: _Scene | None) -> list[tuple[Offer, Core]]:
    text = context.sentence(index)
    if not _may_tell_benefit(context, index, before):
        return []
    tagged = context.tagged(index)
    benefits = benefits_in(tagged, before.currency if before else None, before.span if before else None)
    if not benefits:
        return []
    action = (
        _action(text)
        or _action_nearby(context, index)
        or (before.action if before and not before.is_lent else None)
        or _service(tagged, benefits)
        or _price_of_arms(context, index, benefits)
        or _bounty(text, benefits)
        or (_action_of_article(context, index) if _PROMISES.search(text) else None)
        or (before.action if before and any(b.money for b in benefits) else None)
        or ("enlist" if _CONVICTS.search(text) and {"pay", "amnesty"} <= {b.benefit for b in benefits} else None)
    )
    audience = _audience(tagged)
    if audience[0] is None and before is not None and action == before.action:
        audience = before.audience
    if action is None and audience[1] in _OPPONENT and any(b.money and b.money.per in ITEMS for b in benefits):
        action = "hand_over_equipment"  # "paid a Russian crew $400,000 for a helicopter"
    if action is None and _WRECKED.search(text) and any(b.money and b.money.per in ITEMS for b in benefits):
        action = "other"  # "a destroyed T-72 brings its crew $50,000"
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
        act = _act_for(text, action, benefit, asked)
        if act in ("enlist", "serve") and benefit.benefit == "aid":
            benefit = benefit._replace(benefit="other")  # care and schooling of one's own soldiers
        if act is not None:
            told = _offerors(context, index, tagged, benefit, act, audience, before) or told
            for offeror in told:
                found.append((_offer(context, tagged, offeror, audience, act, benefit), benefit.core))
    return found


def _nation_of(tagged: Tagged, benefit: Benefit) -> str | None:
    """'Russian citizenship', 'Ukrainian visas': whose it is to give."""
    if benefit.money is not None:
        return None
    last = next((i for i, c in enumerate(tagged.chunks) if c.end >= benefit.core.end), len(tagged.chunks) - 1)
    nations = [c.value.row[1] for c in tagged.chunks[max(0, last - 1) : last + 1] if _is_demonym(c) and isinstance(c.value, Entry)]
    return nations[-1] if nations else None


def _is_demonym(chunk: Chunk) -> bool:
    return chunk.tag == "A" and isinstance(chunk.value, Entry) and chunk.value.lexicon == "actors" and chunk.value.row[2] == "demonym"


def _for_weapon(benefit: Benefit) -> Benefit:
    """The last steps of 'a gun earns 500,000 kyats, a pistol 2 million and a drone 5 million' are for things too."""
    money = benefit.money
    return benefit if money is None or money.per in ITEMS else benefit._replace(money=money._replace(per="weapon"))


def _act_for(text: str, action: str, benefit: Benefit, asked: str | None) -> str | None:
    """What is asked for this benefit, where the scene `asked` it of people; None where the two do not go together."""
    if action == "other" and benefit.benefit in _FOR_PEOPLE and asked is not None and _action(text) is None:
        return asked
    is_per_item = benefit.money is not None and benefit.money.per in ITEMS
    if action == "hand_over_equipment" and benefit.benefit not in ("money", "pay"):
        return "surrender"  # safety and pardon are promised to people, not for things
    if is_per_item and (action in ("surrender", "defect") or (action != "other" and _HANDED_OVER.search(text))):
        return "hand_over_equipment"
    if benefit.benefit == "money" and action in ("surrender", "defect") and _BRINGS_ARMS.search(text):
        return "hand_over_equipment"
    if benefit.benefit == "amnesty" and action == "enlist" and not re.search(r"pardon|convict|prisoner|criminal", text):
        return None  # an amnesty is for those who give up, a pardon may be for convicts who enlist
    return action


def _offerors(
    context: Context,
    index: int,
    tagged: Tagged,
    benefit: Benefit,
    action: str,
    audience: tuple[str | None, str | None],
    before: _Scene | None,
) -> list[Credit]:
    named = givers(tagged, benefit)
    if named:
        return [Credit(0, name, party, False, False, None) for name, party in named]
    offeror = _single_offeror(context, index, tagged, before)
    if action in _AT_HOME and (nation := _nation_of(tagged, benefit)) is not None:
        is_its = offeror is not None and offeror.party == nation
        return [offeror if offeror is not None and is_its else Credit(0, country_name(nation), nation, False, False, None)]
    if action in _AT_HOME and (offeror is None or offeror.party is None):
        offeror = _at_home(context, index, offeror)
    offeror = offeror or opening_before(context, index) or (_state(context) if action in _ASKED_OF_FOES else None)
    issuer = _ISSUERS.get(benefit.money.currency) if benefit.money else None
    if issuer is not None and action not in _ASKED_OF_FOES and (offeror is None or offeror.party is None):
        offeror = Credit(0, country_name(issuer), issuer, False, False, None)
    if (offeror is None or offeror.party is None) and action in _OF_SOLDIERS and (foe := _OPPONENT.get(audience[1] or "")):
        offeror = Credit(0, country_name(foe), foe, False, False, None)
    if offeror is None or offeror.party == "MEDIA":
        return []
    if action in _ASKED_OF_FOES and is_armed_group(offeror.party) and offeror.party in (context.armed_group, audience[1]):
        offeror = _state(context) or offeror  # those who are asked to give up offer nothing
    if (
        action == "other"
        and benefit.benefit in ("amnesty", "protection")
        and is_armed_group(offeror.party)
        and offeror.party == audience[1]
    ):
        return []  # "Hamas members would be offered amnesty": by whom is not told here
    foe = opponents().get(offeror.party or "")
    if action in _ASKED_OF_FOES and offeror.party not in _OPPONENT and foe is not None and voice_of(offeror.party) == offeror.party:
        offeror = Credit(0, country_name(foe), foe, False, False, None)
    party = offeror.party or _place_party(tagged) or (before.offeror.party if before else None)
    if action in _OF_SOLDIERS and party == audience[1] and party in _OPPONENT and not _RUNAWAY.search(tagged.text):
        return [Credit(0, country_name(_OPPONENT[party]), _OPPONENT[party], False, False, None)]  # a side asks the other's soldiers
    if party is None and action in _OF_SOLDIERS:
        party = _OPPONENT.get(audience[1] or "")
    if party is None:
        instead = opening_before(context, index) or only_side(context, index, tagged)
        return [instead] if instead is not None and instead.party else []
    return [_payer(context, benefit, action, audience, offeror._replace(party=party))]


def _payer(context: Context, benefit: Benefit, action: str, audience: tuple[str | None, str | None], offeror: Credit) -> Credit:
    """Who pays his own soldiers: the country of the currency; of foreigners who enlist, the side of the war that recruits them."""
    if action not in _AT_HOME:
        return offeror
    payer = _ISSUERS.get(benefit.money.currency) if benefit.money else None
    is_of_audience = offeror.party is not None and offeror.party == audience[1] and offeror.party not in _OPPONENT
    recruits_for_russia = context.names_side("RU") and (
        is_of_audience or (offeror.party == "UA" != audience[1] and _is_of_war_in_ukraine(context))
    )
    if payer is None and recruits_for_russia and not (benefit.money and benefit.money.currency == "UAH"):
        payer = "RU"
    if payer is None or payer == offeror.party:
        return offeror
    return Credit(0, country_name(payer), payer, False, False, None)


def _is_of_war_in_ukraine(context: Context) -> bool:
    return context.memo("war_in_ukraine", lambda: _IN_UKRAINE.search(context.text) is not None)


def _state(context: Context) -> Credit | None:
    """The state that the article is about: where it all happens, else the one that its armed group fights."""
    party = context.home(len(context.text)) or opponents().get(context.armed_group or "") or context.army
    return Credit(0, country_name(party), party, False, False, None) if party else None


def _single_offeror(context: Context, index: int, tagged: Tagged, before: _Scene | None) -> Credit | None:
    match = _VERBS.search(lowered(tagged.text))
    at = next((i for i, c in enumerate(tagged.chunks) if match and c.start - tagged.start >= match.start()), 0)
    return (
        offeror_of(context, index, tagged, at)
        or (before.offeror if before and before.offeror.party else None)
        or programme_of(context)
        or (before.offeror if before else None)
        or only_side(context, index, tagged)
    )


def _at_home(context: Context, index: int, offeror: Credit | None) -> Credit | None:
    """Whoever pays recruits pays his own: the side that is spoken of, under the name that the sentence gives."""
    home = _army_named(context.tagged(index)) or home_side(context, index)
    if home is None:
        return offeror
    return offeror._replace(party=home.party) if offeror and offeror.name else home


def _army_named(tagged: Tagged) -> Credit | None:
    """'contracts with the Russian army', 'sign with Ukraine's Defence Ministry': the one state whose forces the sentence names."""
    sides = {side_of([tagged.chunks[m.start()]]) for m in _ARMY.finditer(tagged.tags)}
    party = sides.pop() if len(sides) == 1 else None
    return Credit(0, country_name(party), party, False, False, None) if party else None


def _runaways_named(tagged: Tagged) -> Credit | None:
    """'Russian deserters': whose army they left."""
    for at, chunk in enumerate(tagged.chunks[1:]):
        before = tagged.chunks[at]
        if chunk.text.lower() in ("deserters", "defectors") and _is_demonym(before) and (party := side_of([before])) is not None:
            return Credit(0, country_name(party), party, False, False, None)
    return None


def _place_party(tagged: Tagged) -> str | None:
    place = place_of(tagged)
    return place.value.row[1] or None if place and isinstance(place.value, Entry) else None


def _action(text: str) -> str | None:
    """The first act that the words ask for; 'servicemen' and 'at the front' tell an act only where nothing else does."""
    acts = [stem_row("offer_terms", m.group())[2] for m in stems("offer_terms", 1, "action").finditer(lowered(text))]
    return next((act for act in acts if act != "serve"), acts[0] if acts else None)


def _service(tagged: Tagged, benefits: list[Benefit]) -> str | None:
    """Pay by the month told to soldiers is offered for their service; so is what the wounded and families are entitled to."""
    is_paid = any(b.benefit == "pay" and b.money is not None for b in benefits)
    is_owed = any(b.money for b in benefits) and _FALLEN.search(tagged.text) is not None
    if is_paid and _RANKS.search(tagged.text):
        return "serve"
    people = [c.value for c in tagged.chunks if c.tag == "P" and isinstance(c.value, Entry) and c.value.lexicon == "persons"]
    is_military = any(entry.row[1] in ("military", "foreign_fighters") for entry in people)
    return "serve" if (is_paid or is_owed) and is_military else None


def _bounty(text: str, benefits: list[Benefit]) -> str | None:
    """A reward for arms is paid to those who bring them, one for a person for word of him."""
    if any(b.money and b.money.per in ITEMS for b in benefits) and not _WRECKED.search(text):
        return "hand_over_equipment" if _BOUNTY.search(text) or _HANDED_OVER.search(text) else None
    return "inform" if any(b.money for b in benefits) and _BOUNTY.search(text) else None


def _price_of_arms(context: Context, index: int, benefits: list[Benefit]) -> str | None:
    """'For a helicopter they will get $500,000': sums by item, where the article has spoken of the other side's soldiers and their arms."""
    if not any(b.money is not None and b.money.per in ITEMS for b in benefits):
        return None
    told = [context.tagged(i) for i in range(max(0, index - LEAD), index + 1)]
    if any(_WRECKED.search(t.text) for t in told):
        return None
    has_arms = any("E" in t.tags or _PRICED_ARMS.search(t.text) for t in told)
    return "hand_over_equipment" if has_arms and any(_audience(t)[1] in _OPPONENT for t in told) else None


def _action_nearby(context: Context, index: int) -> str | None:
    """The act that the sentence before names, within the paragraph or the one before it."""
    if index == 0 or context.sentences[index].paragraph - context.sentences[index - 1].paragraph > 2:
        return None
    before = context.sentences[index - 1]
    return _action(context.text[before.start : before.end])


def _action_of_article(context: Context, index: int) -> str | None:
    """What the title names, or the article opened by asking for in words of offering; for a promise that stands far behind it."""
    if action := _action(context.article.title or ""):
        return action
    for opening in range(min(LEAD, index)):
        if _opens(context, opening) and (action := _action(context.sentence(opening))) is not None:
            return action
    return None


def _audience(tagged: Tagged) -> tuple[str | None, str | None]:
    """The first group of people that does not speak: its words and its side, where they tell it."""
    for match in _AUDIENCE.finditer(tagged.tags):
        chunks = tagged.chunks[match.start() : match.end()]
        if chunks[0].tag == "w" and chunks[0].text.lower() not in ("foreign", "enemy", "captured"):
            chunks = chunks[1:]
        if not chunks or tagged.tags[match.end() : match.end() + 1] == "S" or chunks[-1].text.lower() in _HELD:
            continue
        party = side_of(chunks) or next(
            (c.value.row[1] for c in chunks if c.tag == "P" and isinstance(c.value, Entry) and c.value.lexicon == "actors"), None
        )
        return span_text(tagged, chunks), party
    return None, None


def _audience_party(context: Context, tagged: Tagged, offeror: Credit, audience: tuple[str | None, str | None], action: str) -> str | None:
    if audience[1] is not None:
        return audience[1]
    if action in _AT_HOME:
        return None if _FOREIGN.search(audience[0] or "") else offeror.party
    if action in _OF_SOLDIERS:
        if _RUNAWAY.search(tagged.text):
            army = _runaways_named(tagged) or _army_named(tagged)
            return army.party if army is not None else offeror.party
        group = context.armed_group_near(context.sentence_at(tagged.start), offeror.party) or context.armed_group
        return _OPPONENT.get(offeror.party or "") or (group if are_at_war(offeror.party, group) else None)
    return None


def _name_of(offeror: Credit) -> str | None:
    """The name without a possessive sign; a side told by a plain noun alone ('authorities', 'army') or by none is called by its country."""
    name = re.sub(r"['’]s$", "", offeror.name or "")
    is_plain = not name or (name.islower() and " " not in name)
    return (country_name(offeror.party or "") if is_plain else None) or name or None


def _offer(
    context: Context, tagged: Tagged, offeror: Credit, audience: tuple[str | None, str | None], action: str, benefit: Benefit
) -> Offer:
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
        audience_party=_audience_party(context, tagged, offeror, audience, action),
        action=action,
        benefit=benefit.benefit,
        amount_low=money.low if money else None,
        amount=money.amount if money else None,
        currency=_currency(money.currency, offeror.party) if money else None,
        per=money.per if money else None,
        amount_usd=benefit.usd,
        usd_basis=None if benefit.usd is None or money is None else "usd" if money.currency == "USD" else "stated",
    )


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
