"""In: a benefit and the act it is offered for. Out: which sides offer it, and of which side those are who are asked."""

from __future__ import annotations

import re

from ingest.extract.asked import AT_HOME, OF_SOLDIERS, Audience, Scene
from ingest.extract.attribution import Credit
from ingest.extract.benefits import Benefit
from ingest.extract.context import Context
from ingest.extract.lexicons import Entry
from ingest.extract.offerors import country_name, firm_in, givers, home_side, offeror_of, only_side, opening_before, programme_of
from ingest.extract.places import place_of
from ingest.extract.sides import side_of
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import lowered
from ingest.extract.wars import OPPONENT, are_at_war, is_armed_group, opponents, voice_of
from ingest.extract.wording import VERBS

_ARMY = re.compile(r"As?U")
_ASKED_OF_FOES = ("surrender", "defect", "hand_over_equipment", "inform")
_IN_UKRAINE = re.compile(r"\b(?:fight(?:ing)?|war|front|serve|combat|battlefields?) (?:in|against) (?:eastern )?Ukraine\b", re.IGNORECASE)
_ISSUERS = {"RUB": "RU", "UAH": "UA"}  # whose money it is: the two sides of the main war pay in their own
_FOREIGN = re.compile(r"foreign|international", re.IGNORECASE)
_RUNAWAY = re.compile(r"\b(?:desert\w*|draft[- ]dodg\w*|avoided the draft|evad\w+|AWOL|absent without leave)\b", re.IGNORECASE)


def payers_of(
    context: Context,
    index: int,
    tagged: Tagged,
    benefit: Benefit,
    action: str,
    audience: Audience,
    before: Scene | None,
) -> list[Credit]:
    """Each side that offers the benefit, with its party; none where the press speaks or nobody can be told."""
    if (firm := firm_in(context, index)) is not None and benefit.money is not None:
        return [firm]
    named = givers(tagged, benefit)
    if named:
        return [Credit(0, name, party, False, False, None) for name, party in named]
    offeror = _single_offeror(context, index, tagged, before)
    if action in AT_HOME and (nation := _nation_of(tagged, benefit)) is not None:
        is_its = offeror is not None and offeror.party == nation
        return [offeror if offeror is not None and is_its else Credit(0, country_name(nation), nation, False, False, None)]
    if action in AT_HOME and (offeror is None or offeror.party is None):
        offeror = _at_home(context, index, offeror)
    offeror = offeror or opening_before(context, index) or (_state(context) if action in _ASKED_OF_FOES else None)
    issuer = _ISSUERS.get(benefit.money.currency) if benefit.money else None
    if issuer is not None and action not in _ASKED_OF_FOES and (offeror is None or offeror.party is None):
        offeror = Credit(0, country_name(issuer), issuer, False, False, None)
    if (offeror is None or offeror.party is None) and action in OF_SOLDIERS and (foe := OPPONENT.get(audience[1] or "")):
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
    if action in _ASKED_OF_FOES and offeror.party not in OPPONENT and foe is not None and voice_of(offeror.party) == offeror.party:
        offeror = Credit(0, country_name(foe), foe, False, False, None)
    party = offeror.party or _place_party(tagged) or (before.offeror.party if before else None)
    if action in OF_SOLDIERS and party == audience[1] and party in OPPONENT and not _RUNAWAY.search(tagged.text):
        return [Credit(0, country_name(OPPONENT[party]), OPPONENT[party], False, False, None)]  # a side asks the other's soldiers
    if party is None and action in OF_SOLDIERS:
        party = OPPONENT.get(audience[1] or "")
    if party is None:
        instead = opening_before(context, index) or only_side(context, index, tagged)
        return [instead] if instead is not None and instead.party else []
    return [_payer(context, benefit, action, audience, offeror._replace(party=party))]


def offeror_of_scene(context: Context, index: int, action: str, before: Scene | None) -> Credit:
    """Who offers where no sum is told yet; nobody by name where nobody is found."""
    offeror = _single_offeror(context, index, context.tagged(index), before)
    if (offeror is None or offeror.party is None) and action in AT_HOME:
        offeror = _at_home(context, index, offeror)
    if offeror is None or offeror.party in (None, "MEDIA"):
        offeror = _state(context) or Credit(0, None, None, False, False, None)
    return offeror


def _payer(context: Context, benefit: Benefit, action: str, audience: Audience, offeror: Credit) -> Credit:
    """Who pays his own soldiers: the country of the currency; of foreigners who enlist, the side of the war that recruits them."""
    if action not in AT_HOME:
        return offeror
    payer = _ISSUERS.get(benefit.money.currency) if benefit.money else None
    is_of_audience = offeror.party is not None and offeror.party == audience[1] and offeror.party not in OPPONENT
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


def _single_offeror(context: Context, index: int, tagged: Tagged, before: Scene | None) -> Credit | None:
    match = VERBS.search(lowered(tagged.text))
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


def _state(context: Context) -> Credit | None:
    """The state that the article is about: where it all happens, else the one that its armed group fights."""
    party = context.home(len(context.text)) or opponents().get(context.armed_group or "") or context.army
    return Credit(0, country_name(party), party, False, False, None) if party else None


def _nation_of(tagged: Tagged, benefit: Benefit) -> str | None:
    """'Russian citizenship', 'Ukrainian visas': whose it is to give."""
    if benefit.money is not None:
        return None
    last = next((i for i, c in enumerate(tagged.chunks) if c.end >= benefit.core.end), len(tagged.chunks) - 1)
    nations = [c.value.row[1] for c in tagged.chunks[max(0, last - 1) : last + 1] if _is_demonym(c) and isinstance(c.value, Entry)]
    return nations[-1] if nations else None


def _is_demonym(chunk: Chunk) -> bool:
    return chunk.tag == "A" and isinstance(chunk.value, Entry) and chunk.value.lexicon == "actors" and chunk.value.row[2] == "demonym"


def _place_party(tagged: Tagged) -> str | None:
    place = place_of(tagged)
    return place.value.row[1] or None if place and isinstance(place.value, Entry) else None


def _army_named(tagged: Tagged) -> Credit | None:
    """'contracts with the Russian army', 'sign with Ukraine's Defence Ministry': the one state whose forces the sentence names."""
    sides = {side_of([tagged.chunks[m.start()]]) for m in _ARMY.finditer(tagged.tags)}
    party = sides.pop() if len(sides) == 1 else None
    return Credit(0, country_name(party), party, False, False, None) if party else None


def party_asked(context: Context, tagged: Tagged, offeror: Credit, audience: Audience, action: str) -> str | None:
    if audience[1] is not None:
        return audience[1]
    if action in AT_HOME:
        return None if _FOREIGN.search(audience[0] or "") else offeror.party
    if action in OF_SOLDIERS:
        if _RUNAWAY.search(tagged.text):
            army = _runaways_named(tagged) or _army_named(tagged)
            return army.party if army is not None else offeror.party
        group = context.armed_group_near(context.sentence_at(tagged.start), offeror.party) or context.armed_group
        return OPPONENT.get(offeror.party or "") or (group if are_at_war(offeror.party, group) else None)
    return None


def _runaways_named(tagged: Tagged) -> Credit | None:
    """'Russian deserters': whose army they left."""
    for at, chunk in enumerate(tagged.chunks[1:]):
        before = tagged.chunks[at]
        if chunk.text.lower() in ("deserters", "defectors") and _is_demonym(before) and (party := side_of([before])) is not None:
            return Credit(0, country_name(party), party, False, False, None)
    return None
