"""In: a claim just read and what stands before it. Out: the claim with what it takes from there: side, population, span, day, source."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from ingest.extract.attribution import Credit
from ingest.extract.context import Context
from ingest.extract.lost import ARMED, Loss
from ingest.extract.measures import LOSSES
from ingest.extract.numbers import Quantity
from ingest.extract.periods import NEVER_AT_ONCE, is_ahead_of_total, is_same_span, period_of
from ingest.extract.sides import side_of
from ingest.extract.tagging import Tagged
from ingest.extract.timing import UP_TO_NOW, has_own_span
from ingest.extract.wars import is_belligerent, is_state
from ingest.records import CasualtyClaim

_OF_THESE = re.compile(r"[\"“]?Of (?:these|them|those|that number|that total)\b")
_OF_THEM = "Noj"  # "97 of them are in Gaza, including 34 …"
_COUNTS_IN = re.compile(r"(?:The|This|That|Its|Their) (?:number|figure|total|toll|tally|count)s? (?:also )?includes? ")
_GOES_ON = re.compile(
    r"(?:The (?:dead|wounded|injured|victims|killed|other)|Another|A further|Among (?:them|the|those)|Of (?:the|these|those|them|whom)"
    r"|At least another|\w+ (?:others|more|of (?:them|the)|other)) "
)
_TOLLS = ("the toll ", "the death toll ")  # of all that the paragraph tells of
_BY_FRONT = re.compile(r"\b(?:area of responsibility|Battlegroup|Group of Forces)\b")  # a day's bulletin goes on by fronts
LIKE_COUNTS = 5  # times: counts of one event differ by less
_PART_RULES = frozenset({"subset", "passive", "reduced_passive", "count_noun"})
_WITNESSES = frozenset({"MEDIA", "NGO", "NATO", "UN", "EU"})  # they report losses


class Setting(NamedTuple):
    """What stands before one loss of the sentence number `at`: `before` is the last claim of the sentences ahead, `here` the claims of its
    own sentence, `earlier` the side and `last` the loss just before it there, `told` the claims of the article so far. `tally` is the span
    of the sentence's tally."""

    context: Context
    at: int
    tagged: Tagged
    loss: Loss
    credit: Credit | None
    before: CasualtyClaim | None
    here: list[CasualtyClaim]
    last: Loss | None
    earlier: str | None
    told: list[CasualtyClaim]
    tally: str | None
    is_listed: bool


def with_inherited(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    """The claim with all that it takes from what stands before it."""
    for step in _BEHIND_OTHERS if setting.before is not None else _ALONE:
        claim = step(claim, setting)
    return claim


def is_next(context: Context, before: CasualtyClaim, index: int) -> bool:
    """The claim stands in the sentence just ahead, in the same paragraph."""
    sentence, earlier = context.sentences[index], context.sentences[index - 1]
    return index > 0 and earlier.paragraph == sentence.paragraph and before.span.sentence_start >= earlier.start


def _before(setting: Setting) -> CasualtyClaim:
    assert setting.before is not None
    return setting.before


def _of_ledger(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    """An item of a list that goes on with the claim before: people in its measure, all over its span, from its source if it names none."""
    if setting.loss.rule != "ledger":
        return claim
    before = setting.here[-1] if setting.here else _before(setting)
    measure = before.measure if claim.category == before.category == "personnel" else claim.measure
    if claim.claimant is None:
        claim = replace(claim, claimant=before.claimant, claimant_party=before.claimant_party)
    return replace(claim, measure=measure, period=before.period, as_of=claim.as_of or before.as_of)


def _side_of_same_source(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    """'its tally also includes 80 tanks', and the sentence just behind of the same source on the same kind of losses."""
    before = _before(setting)
    is_list = setting.loss.rule in ("loss_list", "ledger") and before.claimant_party == claim.claimant_party
    if claim.party is None and (is_list or (setting.loss.subject != ARMED and _is_same_talk(claim, setting))):
        claim = replace(claim, party=before.party)
    if claim.party is None and _is_of_same_arms(claim, setting):
        claim = replace(claim, party=before.party, claimant=before.claimant, claimant_party=before.claimant_party)
    return claim


def _is_same_talk(claim: CasualtyClaim, setting: Setting) -> bool:
    """'The president mentioned 46,000 dead.' behind his other figures."""
    before = _before(setting)
    is_same = claim.claimant_party == before.claimant_party and claim.category == before.category
    names_none = claim.claimant == before.claimant is not None and not set(setting.tagged.tags) & set("AL")
    return is_next(setting.context, before, setting.at) and is_same and (claim.period == before.period or names_none)


def _is_of_same_arms(claim: CasualtyClaim, setting: Setting) -> bool:
    """Equipment of nobody named, behind equipment: 'Oryx counts 9,000 Russian pieces. Tanks account for 3,700 of the losses.'"""
    before = _before(setting)
    is_arms = claim.category != "personnel" != before.category
    return is_arms and _is_near(setting) and "A" not in setting.tagged.tags and claim.claimant in (None, before.claimant)


def _is_near(setting: Setting) -> bool:
    """The claim before stands at most two sentences ahead."""
    return _before(setting).span.sentence_start >= setting.context.sentences[max(0, setting.at - 2)].start


def _side_of_all_told(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    """'In January the agency gave 300 killed.': nobody is named where the article has told the losses of one side alone."""
    loss, told = setting.loss, [*setting.told, *setting.here]
    is_bare = loss.noun.head is None or loss.rule in ("count_noun", "amount") or claim.category != "personnel"
    if claim.party is not None or not is_bare or (claim.category == "personnel" and claim.period == "incident"):
        return claim
    alike = [other for other in told if (other.category == "personnel") == (claim.category == "personnel")]
    sides = {other.party for other in alike}
    named = {side_of([c]) for c in setting.tagged.chunks if c.tag in "AL"} - {None, claim.claimant_party}
    if len(sides) != 1 or None in sides or not named <= sides:
        return claim
    populations = {other.population for other in alike}
    return replace(claim, party=sides.pop(), population=claim.population or (populations.pop() if len(populations) == 1 else None))


def _no_witness(claim: CasualtyClaim, _setting: Setting) -> CasualtyClaim:
    """Bodies that report losses have none."""
    return replace(claim, party=None) if claim.party in _WITNESSES else claim


def _side_of_those(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    """'About 300 of them were killed', 'Of these, 18 were soldiers': the side of those counted before, and for 'of these' their span."""
    before, opens = _before(setting), _OF_THESE.match(setting.tagged.text) is not None
    if setting.loss.category == before.category and (opens or (setting.last is None and _refers_back(setting))):
        claim = replace(claim, party=before.party, population=claim.population or before.population)
    if setting.loss.category == before.category and opens and period_of(setting.tagged.text) is None:
        claim = replace(claim, period=before.period, as_of=before.as_of, as_of_basis=before.as_of_basis)
    return claim


def _refers_back(setting: Setting) -> bool:
    """'About 300 of them were killed' right behind the sentence that counted them."""
    context, tagged, noun = setting.context, setting.tagged, setting.loss.noun
    words = {c.text.lower() for c in tagged.chunks[max(0, noun.first - 1) : noun.last + 2]}
    is_pronoun = not words.isdisjoint(("them", "these", "those", "additional", "further")) or _COUNTS_IN.match(tagged.text) is not None
    is_pronoun = is_pronoun or (setting.loss.is_subset and noun.head is None and _OF_THEM in tagged.tags[: noun.first])
    return is_pronoun and not context.text[_before(setting).span.sentence_end : tagged.start].strip()


def _measure_of_victims(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    """'Four of the victims were children', right behind those killed."""
    before, tagged, noun = _before(setting), setting.tagged, setting.loss.noun
    is_part = tagged.tags[noun.first + 1 : noun.first + 3] == "od" and (noun.quantity.low or 0) < (before.low or before.high or 0)
    is_of_dead = before.measure == "killed" and is_next(setting.context, before, setting.at)
    is_of_victims = tagged.chunks[setting.loss.verb].lower == "victims"
    return replace(claim, measure="killed") if is_of_dead and is_of_victims and is_part else claim


def _side_of_bare(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    before = _before(setting)
    if not _goes_on_bare(setting, claim.claimant_party):
        return claim
    if setting.loss.rule == "amount" and setting.tagged.text.lower().startswith(_TOLLS):
        before = next((c for c in setting.told if _is_in_paragraph(c, setting) and c.category == "personnel"), before)
    whole = before.population if not before.is_subset else None
    return replace(claim, party=before.party, population=claim.population or whole)


def _is_in_paragraph(claim: CasualtyClaim, setting: Setting) -> bool:
    context = setting.context
    return context.sentences[context.sentence_at(claim.span.char_start)].paragraph == setting.tagged.paragraph


def _goes_on_bare(setting: Setting, speaker: str | None) -> bool:
    """'Some 300 were killed' or 'its losses exceeded 360' right behind a figure: of the side that it counted, where nobody but who
    speaks is named."""
    before, tagged, loss = _before(setting), setting.tagged, setting.loss
    is_onlooker = speaker is not None and is_state(speaker) and not is_belligerent(speaker)
    named = {side_of([c]) for c in tagged.chunks[: loss.noun.first] if c.tag == "A"} - ({speaker} if is_onlooker else set())
    names_side = bool(named) or "L" in tagged.tags
    is_its = loss.rule == "amount" and tagged.chunks[max(0, loss.verb - 1)].text.lower() in ("its", "their")
    is_all = loss.rule == "amount" and tagged.chunks[loss.verb].text.lower() in LOSSES  # "manpower losses" behind those of tanks
    is_bare = loss.category == "personnel" and ((loss.noun.head is None and before.category == "personnel") or is_all)
    return is_next(setting.context, before, setting.at) and not names_side and (is_its or is_bare) and before.party is not None


def _population_of_whole(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    """'750 casualties, of whom 80 were killed'."""
    wholes = [other for other in setting.here if not other.is_subset or setting.loss.is_subset]
    is_part = setting.loss.noun.head is None or _is_rest(setting.tagged, setting.loss)
    if wholes and is_part and claim.population is None and claim.party == setting.earlier:
        return replace(claim, population=wholes[-1].population)
    return claim


def _is_rest(tagged: Tagged, loss: Loss) -> bool:
    """'three others': of the kind counted before."""
    return loss.noun.head is not None and tagged.chunks[loss.noun.head].text.lower() in ("other", "others")


def _day_of_list(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    """A list behind the total of its bulletin."""
    before = _before(setting)
    if not setting.is_listed or claim.as_of is not None or not before.period == claim.period == "cumulative":
        return claim
    return replace(claim, as_of=before.as_of, as_of_basis=before.as_of_basis)


def _span_of_tally(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    """One tally, one span: '9,000 troops killed, 30 planes downed'."""
    tagged, number = setting.tagged, setting.loss.noun.quantity
    is_of_tally = claim.period == "incident" and not claim.is_subset
    if setting.tally and is_of_tally and not is_ahead_of_total(tagged.text, number.start - tagged.start):
        return replace(claim, period=setting.tally)
    return claim


def _span_of_bulletin(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    before = _before(setting)
    if before.period == "day" and _is_of_bulletin(claim, setting):
        claim = replace(claim, period="day", as_of=before.as_of, as_of_basis=before.as_of_basis)
    if claim.period == "incident" and _keeps_span(claim, setting):
        spanned = _last_spanned(setting) if is_same_span(setting.tagged.text) else before
        claim = replace(claim, period=spanned.period, as_of=spanned.as_of, as_of_basis=spanned.as_of_basis)
    if _tops_day(claim, setting):
        claim = replace(claim, as_of=before.as_of, as_of_basis=before.as_of_basis)
    return claim


def _span_of_event(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    """'At least 300 died in the strike. A paper put the number of dead closer to 600': another count of the one event just told."""
    before, number = _before(setting), claim.low or claim.high or 0
    is_count = claim.period == "cumulative" and setting.loss.rule in ("amount", "count_noun") and period_of(setting.tagged.text) is None
    is_same = before.period == "incident" and before.category == claim.category == "personnel" and before.party == claim.party
    is_like = number <= LIKE_COUNTS * (before.low or before.high or 0)
    if is_count and is_same and is_like and _is_near(setting):
        return replace(claim, period="incident", as_of=claim.as_of or before.as_of, as_of_basis=claim.as_of_basis or before.as_of_basis)
    return claim


def _last_spanned(setting: Setting) -> CasualtyClaim:
    """'1,560 in a day, 889,000 in all. In the same period 9 tanks': the last claim of the sentence before that is no total of the war."""
    before = _before(setting)
    spans = (c for c in reversed(setting.told) if c.span.sentence_start == before.span.sentence_start and c.period != "cumulative")
    return next(spans, before)


def _is_of_bulletin(claim: CasualtyClaim, setting: Setting) -> bool:
    """'Losses amounted to 190 troops in the north' right behind the day's losses: that day's, though no single event's."""
    before = _before(setting)
    is_tally = claim.period == "cumulative" and setting.loss.rule in ("lose", "amount") and (claim.low or claim.high or 0) < NEVER_AT_ONCE
    is_total = any(isinstance(c.value, Quantity) and (c.value.high or c.value.low or 0) >= NEVER_AT_ONCE for c in setting.tagged.chunks)
    is_behind = is_tally and not is_total and is_next(setting.context, before, setting.at)  # "8,251 tanks and 28 ships" are of the war
    return is_behind and claim.claimant == before.claimant and period_of(setting.tagged.text) is None


def _keeps_span(claim: CasualtyClaim, setting: Setting) -> bool:
    """'over that time', or a further figure of a day's bulletin: the span of the sentence before."""
    context, index, before = setting.context, setting.at, _before(setting)
    sentence, earlier = context.sentences[index], context.sentences[index - 1]
    if index == 0 or before.span.sentence_start < earlier.start:
        return False
    is_beside = earlier.paragraph == sentence.paragraph or _BY_FRONT.search(setting.tagged.text) is not None
    is_bulletin = before.period == "day" and is_beside and claim.claimant == before.claimant
    return is_same_span(setting.tagged.text) or (is_bulletin and "D" not in setting.tagged.tags)


def _tops_day(claim: CasualtyClaim, setting: Setting) -> bool:
    """The total behind the last day's figure of the same side holds for the same day."""
    before = _before(setting)
    is_pair = before.period == "day" and claim.period == "cumulative" and before.claimant_party == claim.claimant_party
    return setting.at > 0 and _is_near(setting) and is_pair and claim.as_of is None and claim.claimant is not None


def _day_of_source(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    same = _dated_before(claim, setting) if claim.as_of is None and "D" not in setting.tagged.tags else None
    return claim if same is None else replace(claim, as_of=same.as_of, as_of_basis=same.as_of_basis)


def _dated_before(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim | None:
    """What gives a total without a day its day: the last day's figure of the same source anywhere ahead, or that of the same kind that
    the source gave in the sentence just before."""
    if claim.claimant is None or claim.is_subset or claim.period not in ("cumulative", "other"):
        return None
    context, index = setting.context, setting.at
    is_open = claim.period == "cumulative" or UP_TO_NOW.search(context.text, claim.span.sentence_start, claim.span.sentence_end)
    same = [other for other in setting.told if other.claimant == claim.claimant and other.as_of is not None]
    daily = [other for other in same if other.period == "day" and is_open]
    just_before = [other for other in same[-1:] if index and other.period == claim.period and is_next(context, other, index)]
    return next(iter((*just_before, *daily[-1:])), None)


def _part_of_here(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    """What part of a number of the same sentence takes from the claim just before it."""
    loss, last = setting.loss, setting.last
    if not claim.is_subset or last is None:
        return claim
    whole = setting.here[-1]
    if claim.period == "incident" and loss.rule in _PART_RULES:
        claim = replace(claim, period=whole.period)
    is_sibling = whole.is_subset and loss.noun.head is not None
    if claim.population is None and loss.category == "personnel" and not is_sibling:
        claim = replace(claim, population=whole.population)
    # "28 journalists, including seven foreigners": of several nations
    return replace(claim, party=None) if loss.subject == "foreigner" else claim


def _part_of_before(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    """'The dead include 65 civilians', 'Another 30 were injured': the span and source of what was counted ahead."""
    before = _before(setting)
    if setting.last is not None or not _is_of_whole(setting):
        return claim
    if before.period != "cumulative" and not has_own_span(setting.tagged):
        claim = replace(claim, period=before.period, as_of=before.as_of, as_of_basis=before.as_of_basis)
    if claim.claimant is None:
        claim = replace(claim, claimant=before.claimant, claimant_party=before.claimant_party)
    return claim


def _is_of_whole(setting: Setting) -> bool:
    is_told_on = _GOES_ON.match(setting.tagged.text) is not None or setting.loss.rule == "among"
    return setting.at > 0 and _is_near(setting) and is_told_on and _before(setting).category == setting.loss.category


def _source_of_here(claim: CasualtyClaim, setting: Setting) -> CasualtyClaim:
    if claim.claimant is not None or setting.credit is not None or not setting.here or not claim.is_subset:
        return claim
    return replace(claim, claimant=setting.here[-1].claimant, claimant_party=setting.here[-1].claimant_party)


_Step = Callable[[CasualtyClaim, Setting], CasualtyClaim]
_BEHIND_OTHERS: tuple[_Step, ...] = (
    _of_ledger,
    _side_of_same_source,
    _no_witness,
    _side_of_those,
    _measure_of_victims,
    _side_of_bare,
    _population_of_whole,
    _day_of_list,
    _span_of_tally,
    _span_of_bulletin,
    _day_of_source,
    _part_of_here,
    _part_of_before,
    _source_of_here,
    _side_of_all_told,
    _span_of_event,
)
_ALONE: tuple[_Step, ...] = (_no_witness, _population_of_whole, _span_of_tally, _day_of_source, _part_of_here, _source_of_here)
