"""In: an article's context. Out: its casualty claims, one per stated loss, with claimant, side, period and dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from ingest.extract import parts
from ingest.extract.attribution import Credit, bulletin, carried, credits_in, governing, statement_day
from ingest.extract.context import Context, side_of
from ingest.extract.dates import DayMention, may_settle_day
from ingest.extract.grounding import Core
from ingest.extract.lexicons import Entry, by_first, rows
from ingest.extract.losses import Loss, counts_on, equipment_in, find_losses, recalled, tells_fate
from ingest.extract.numbers import NUMBER_WORDS
from ingest.extract.parties import ARMED, NOBODY, Claimant, counted_by, joined_side, place_of, side_of_loss, voice_of
from ingest.extract.periods import is_ahead_of_total, is_but_so_far, is_of_front, is_of_several, is_rate, is_same_span, period_of
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set
from ingest.extract.totals import TELLINGS, TOTALS, going_on
from ingest.records import Basis, CasualtyClaim, Span

_MINOR_WORDS = word_set(  # of forms of several words: they stand in every other sentence
    "a and as at be been by could down for had her herself himself his in into last not of off on or out over people russian the their"
    " themselves to ukrainian under up with by war from without made air local head light count electronic engaged dropped caught bottom"
    " degrees various ended nearby critical moderate pieces spot guns trace setting ultimate stress reactions violent it first left own"
    " reported moved away passed let posted confirmed white raised thought became lay drew flown smoke registered forced price fight"
    " declared transferred shock believed rifles commission"
)
_LOSS_WORDS = (  # without one, and without a list of losses, a sentence states none; the last few tell of the wounded in care
    frozenset(word for row in rows("verbs") for word in row[0].split()) - _MINOR_WORDS
    | word_set("condition hospital hospitals clinic clinics care treated recovering")
    | word_set("mourned mourns mourning buried burying accounted accounts lives holding held reduced thinned depleted diminished weakened")
)
_LIST_NOUNS = frozenset(row[0].split()[-1].lower() for row in rows("equipment")) | {"personnel"}
_PAPER = re.compile(r"\s+(?:statement|report|briefing|address|update|bulletin|post)\b")  # "his March 1 statement"
_VAGUE_TIME = re.compile(
    r"\b(?:this|last|past|previous|recent|that|following) (?:\w+ )?"
    r"(?:week|month|year|weekend|summer|winter|spring|autumn|fall|days|weeks|months|years)\b"
    r"|\b(?:weeks?|months?|years?) (?:ago|earlier|later)\b",
    re.IGNORECASE,
)
_STILL = re.compile(
    r"\b(?:still|remain|remains|being|currently) (?:\w+ )?"
    r"(?:held|holding|holds|hold|hostage|captive|in (?:\w+ )?(?:captivity|custody|Gaza))\b"
    r"|\b(?:still|remain|remains) in(?:side)?\b"
    r"|\b(?:is|are|was|were) (?:believed to be |thought to be )?(?:held|holding)\b|\bstill (?:has|have|hold)\b"
)
_OF_TROOPS = re.compile(
    r"\b(?:forces|troops|army|military|contingent|brigade|battalion|regiment|unit)\b[^.;]{0,50} (?:suffered|sustained|taken|took) "
    r"|\b(?:casualties|losses) (?:of|among|in|for) (?:the )?(?:[\w-]+ ){0,3}(?:forces|troops|army|military|soldiers|units?)\b"
)
_FROM_TOLD = re.compile(
    r"\b(?P<same>(?:that|the same|that same) (?:day|night|morning|evening|afternoon))\b"
    r"|\b(?P<next>the (?:next|following) (?:day|night|morning))\b(?!,? (?:after|of))"
    r"|\b(?:the previous day|(?P<number>a|an|one|the|two|three|four|five|six) (?:days?|nights?) (?P<way>earlier|before|later))\b"
    r"(?! (?:the|a|an|his|her|their|its|that|they|he|it|Russia|Ukraine|Israel)\b)",
    re.IGNORECASE,
)
_FAR_DAYS = word_set("day days night nights morning evening afternoon")
_SMALL = {"a": 1, "an": 1, "one": 1, "the": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SPAN_OF_DAYS = re.compile(r"pD[pcw-]D")
_UP_TO_NOW = re.compile(r"\bsince\b[^.;]*\b(?:has|have|had)\b|\b(?:has|have|had)\b[^.;]*\bsince\b", re.IGNORECASE)
_PERFECT = re.compile(r"\b(?:has|have)\b")  # "casualties have exceeded 4,500"
_OF_THOSE = re.compile(
    r"[\"“]?Of (?:the|those) (?:dead|killed|wounded|injured|victims)\b|[\"“]?\w+ of the (?:dead|victims|wounded|injured)\b"
)
_OF_THESE = re.compile(r"[\"“]?Of (?:these|them|those|that number|that total)\b")
_COUNTS_IN = re.compile(r"(?:The|This|That|Its|Their) (?:number|figure|total|toll|tally|count)s? (?:also )?includes? ")
_GOES_ON = re.compile(
    r"(?:The (?:dead|wounded|injured|victims|killed|other)|Another|A further|Among (?:them|the|those)|Of (?:the|these|those|them|whom)"
    r"|At least another|\w+ (?:others|more|of (?:them|the)|other)) "
)
_DIGIT = re.compile(r"\d")
_EVENT_DAY = re.compile(r"(?<!S)(?<!Sp)(?<!SK)(?<!SKp)D(?!-)")
_KEPT = word_set("confirmed documented verified recorded registered identified")  # "had confirmed 974 deaths": no single event's
_RECORDED = word_set("verified recorded documented registered counted logged")  # "In May, the mission verified 174 deaths": those of May
_ABDUCTED = re.compile(
    r"\b(?:(?:abduct|kidnapp)(?:ed|ing)|(?:took|taking|taken|seized|seizing) (?:[^.;]{0,40} )?hostages?)\b", re.IGNORECASE
)
_ON_THAT_DAY = re.compile(r"\b(?:killed|died|wounded|injured) that (?:day|night|morning)\b")
_OVER_TIME = re.compile(r"\b(?:have|has|since|over|years?|decades?)\b", re.IGNORECASE)  # "have killed 3,000 and abducted 1,000"
_KILLED = re.compile(r"\bkill(?:ed|ing)\b", re.IGNORECASE)
_RECALLING = word_set("they both all none")
_COUNTING_ON = word_set(
    "count counts counted name names named list lists listed record records recorded register registers registered logs logged tallies"
    " tallied ledger books database tally"
)
_PART_RULES = frozenset({"subset", "passive", "reduced_passive", "count_noun"})
_ARMIES = frozenset({"RU", "UA"})  # totals of the dead of these two count soldiers; elsewhere they count everyone
_NEVER_ONE_EVENT = {"general": 2, "colonel": 5, "journalist": 6, "aid worker": 10, "health worker": 20}  # so many of a kind die over a war
_SUMS, _INCLUDES = frozenset({"total", "tally"}), frozenset({"includes", "included", "include"})
_WITNESSES = frozenset({"MEDIA", "NGO", "NATO", "UN", "EU"})  # they report losses
_COUNTING = frozenset({"NGO", "UN"})
_NATIONS_BODY = re.compile(r"As?U")  # "Ukraine's General Staff, too, keeps a list": another source
_ENEMIES = word_set("enemy adversary occupiers occupants invaders")
ENEMY_WITHIN = 9  # sentences
TOLD_BEFORE = 60  # claims that a claim may take its day from
REVIEW_FROM = 2  # claims of one source ahead of one without
_HEADINGS = frozenset({"losses", "casualties"})
EVENT_BEFORE = 3  # days
TOLD_WITHIN = 7  # sentences
_SO_FAR_FROM = 500  # fewer "so far" are those of one event
_TALLY_FROM = 100  # the same for a list of losses or a toll
_NEVER_AT_ONCE = 5_000  # one strike or battle of these wars has not killed so many
_CUMULATIVE_FROM = 1000  # "has lost 9,000 troops" without a span is a total of the war; single events stay far below


def find_claims(context: Context) -> list[tuple[CasualtyClaim, Core]]:
    """Casualty claims in text order, repeats included, each with the place of its number."""
    found: list[tuple[CasualtyClaim, Core]] = []
    listing: int | None = None
    for index, words in enumerate(context.words):
        if words & _HEADINGS:
            listing = index
        is_item = bool(words & _LIST_NOUNS) and not _HEADINGS & words
        is_listing = listing is not None and is_item and _is_list_line(context, index, listing)
        before = found[-1][0] if found else None
        if not _RECALLING.isdisjoint(words) and (recalled_claim := _recalled(context, index)) is not None:
            found.append(recalled_claim)
            continue
        may_tell = is_listing or not _LOSS_WORDS.isdisjoint(words) or bool(words & _SUMS and words & _INCLUDES)
        is_next = before is not None and _is_next(context, before, index)
        may_go_on = is_next or (before is not None and _OF_THOSE.match(context.text, context.sentences[index].start) is not None)
        if not (may_tell or may_go_on) or not _has_number(context, index, words) or context.is_other_misfortune(index):
            continue
        may_count = is_next and not may_tell and not _COUNTING_ON.isdisjoint(words) and counts_on(context.tagged(index))
        earlier = [claim for claim, _ in found[-TOLD_BEFORE:]]
        told = _claims(context, index, listing if is_listing else None, before, earlier) if may_tell or may_count else []
        if told or may_go_on:
            told += _gone_on(context, index, before, told, [*earlier, *(claim for claim, _ in told)])
        found.extend(told)
    return found


def credited_by_bulletin(context: Context, claims: Iterable[CasualtyClaim]) -> list[CasualtyClaim]:
    """Claims on an enemy's army without a source get that of the bulletin they stand in; done last, since repeats are told by its lack."""
    found: list[CasualtyClaim] = []
    for claim in claims:
        index = context.sentence_at(claim.span.char_start)
        is_open = claim.claimant is None and claim.population == "military"
        source = bulletin(context, index, claim.party) if is_open else None
        if source is not None:
            claim = replace(claim, claimant=source.name, claimant_party=voice_of(source.party))
            day = statement_day(context, index, source) if claim.as_of is None and claim.period in ("cumulative", "other") else None
            claim = replace(claim, as_of=day.on, as_of_basis=Basis.STATEMENT) if day is not None else claim
        found.append(claim)
    return found


def credited_by_review(context: Context, claims: Iterable[CasualtyClaim]) -> list[CasualtyClaim]:
    """Claims without a source behind two or more of the one body that counts for the whole article: a review names its source once."""
    found = list(claims)
    sources = {(claim.claimant, claim.claimant_party) for claim in found if claim.claimant is not None}
    parties = {party for _, party in sources}
    names = [set(name.split()) for name, _ in sources if name]
    if len(parties) != 1 or not parties <= _COUNTING or not (parties == {"UN"} or set.intersection(*names)):
        return found
    span = next(claim.period for claim in found if claim.claimant is not None)
    counted, last = 0, found[0] if found else None
    for at, claim in enumerate(found):
        if claim.claimant is not None:
            counted, last = counted + 1, claim
        elif counted >= REVIEW_FROM and not _NATIONS_BODY.search(context.tagged(context.sentence_at(claim.span.char_start)).tags):
            is_summed = span == "other" and claim.period == "incident" and claim.as_of is None and (claim.low or claim.high or 0) > 1
            period = span if is_summed else claim.period  # figures of the month that is reviewed
            assert last is not None
            found[at] = replace(claim, claimant=last.claimant, claimant_party=last.claimant_party, period=period)
    return found


def _gone_on(
    context: Context, index: int, before: CasualtyClaim | None, told: list[tuple[CasualtyClaim, Core]], earlier: list[CasualtyClaim]
) -> list[tuple[CasualtyClaim, Core]]:
    """What the sentence tells of those that it or the one before counted: their new total, or what some of them are."""
    words = context.words[index]
    before = told[0][0] if told else before
    assert before is not None
    if not (words & (TOTALS | TELLINGS | parts.WORDS) or "were" in words):
        return []
    sources = [c for c in credits_in(context, index) if c.name and not c.denies]
    credit = sources[-1] if sources else None
    same = [c for c in earlier if not c.is_subset and c.span.sentence_start == before.span.sentence_start]
    whole = same[-1] if same and not told else before
    total = going_on(context.tagged(index), whole, sources) if words & (TOTALS | TELLINGS) else None
    if total and all(total[1].start != core.start for _, core in told):
        return [total]
    return parts.parts_of(context.tagged(index), before, credit, {core.start for _, core in told})


def _is_next(context: Context, before: CasualtyClaim, index: int) -> bool:
    """The claim stands in the sentence just ahead, in the same paragraph."""
    sentence, earlier = context.sentences[index], context.sentences[index - 1]
    return index > 0 and earlier.paragraph == sentence.paragraph and before.span.sentence_start >= earlier.start


def _has_number(context: Context, index: int, words: frozenset[str]) -> bool:
    sentence = context.sentences[index]
    return not NUMBER_WORDS.isdisjoint(words) or _DIGIT.search(context.text, sentence.start, sentence.end) is not None


def _is_list_line(context: Context, index: int, listing: int) -> bool:
    """Lines after a heading with 'losses', without a gap of other text."""
    if index - listing > 25:
        return False
    heading = context.text[context.sentences[listing].start : context.sentences[listing].end].rstrip()
    line = context.text[context.sentences[index].start : context.sentences[index].end]
    return (heading.endswith(":") or listing == index - 1) and len(line) < 400 and _looks_listed(line)


def _looks_listed(line: str) -> bool:
    head = line.lstrip("-–—•*· \t")
    return len(head.split()) <= 14 or head.count("–") + head.count(":") + head.count(" - ") >= 2


def _claims(
    context: Context, index: int, listing: int | None, before: CasualtyClaim | None, told: list[CasualtyClaim]
) -> list[tuple[CasualtyClaim, Core]]:
    tagged = context.tagged(index)
    is_told = before is not None and _is_next(context, before, index)
    losses = find_losses(tagged, listing is not None, lambda: equipment_in(context.tagged(index - 1)) if index else (), is_told)
    if not losses:
        return []
    sources = credits_in(context, index)
    passed_on = None if sources else carried(context, index)
    found: list[tuple[CasualtyClaim, Core]] = []
    earlier = _heading_party(context, listing)
    heading = None if listing is None else context.tagged(listing)
    periods = [_period(tagged, loss, heading) for loss in losses]
    if "other" in periods and any(loss.rule in ("lose", "amount") for loss in losses) and is_of_front(tagged.text):
        periods = ["other"] * len(losses)  # one tally, one front
    span_of_tally = "cumulative" if "cumulative" in periods else None
    last: Loss | None = None
    last_credit: Credit | None = None
    for loss, period in zip(losses, periods, strict=True):
        wholes = [claim for claim, _ in found if not claim.is_subset or loss.is_subset]
        credit = governing(tagged, sources, loss.noun.first) or passed_on or _of_heading(context, listing)
        if credit is not None and credit.denies:
            continue
        if last is not None and credit != last_credit and ";" in tagged.tags[last.noun.last : loss.noun.first]:
            earlier = None  # "26 were killed, Islamabad said; Delhi puts deaths from shelling at 16"
        last_credit = credit
        is_item = listing is not None or (last is not None and last.verb == loss.verb and last.rule == loss.rule)
        is_apart = last is not None and loss.noun.head is not None and (not loss.is_subset or loss.subject == ARMED)
        if is_apart and last is not None and (last.subject == ARMED) != (loss.subject == ARMED):
            earlier = None  # "eleven soldiers and 19 militants"
        if last is None and loss.is_subset and loss.rule == "subset":
            earlier = _side_of_uncounted(tagged, loss)
        claim = _claim(context, index, tagged, loss, period, credit, earlier, heading, is_item)
        if loss.rule == "ledger" and before is not None:
            claim = _of_ledger(claim, found[-1][0] if found else before)
        if (
            claim.party is None
            and loss.rule in ("loss_list", "ledger")
            and before is not None
            and before.claimant_party == claim.claimant_party
        ):
            claim = replace(claim, party=before.party)  # "its tally also includes 80 tanks"
        if claim.party is None and before is not None and loss.subject != ARMED and _is_same_talk(context, before, index, claim):
            claim = replace(claim, party=before.party)
        if claim.party is None and before is not None and _is_of_same_arms(context, before, index, claim, tagged):
            claim = replace(claim, party=before.party, claimant=before.claimant, claimant_party=before.claimant_party)
        if claim.party in _WITNESSES:
            claim = replace(claim, party=None)
        is_back = before is not None and (_OF_THESE.match(tagged.text) or (last is None and _refers_back(context, before, tagged, loss)))
        if before is not None and is_back and loss.category == before.category:
            claim = replace(claim, party=before.party, population=claim.population or before.population)
        if before is not None and is_told and before.measure == "killed" and _is_some_of_victims(tagged, loss, before):
            claim = replace(claim, measure="killed")
        if before is not None and _OF_THESE.match(tagged.text) and loss.category == before.category:
            # Parts have the span of the whole.
            claim = replace(claim, period=before.period, as_of=before.as_of, as_of_basis=before.as_of_basis)
        if before is not None and _goes_on_bare(context, before, index, tagged, loss):
            claim = replace(claim, party=before.party, population=claim.population or before.population)
        if wholes and (loss.noun.head is None or _is_rest(tagged, loss)) and claim.population is None and claim.party == earlier:
            claim = replace(claim, population=wholes[-1].population)  # "750 casualties, of whom 80 were killed"
        if listing is not None and claim.as_of is None and before is not None and before.period == claim.period == "cumulative":
            claim = replace(claim, as_of=before.as_of, as_of_basis=before.as_of_basis)  # a list behind the total of its bulletin
        is_of_tally = claim.period == "incident" and not claim.is_subset
        if span_of_tally and is_of_tally and not is_ahead_of_total(tagged.text, loss.noun.quantity.start - tagged.start):
            claim = replace(claim, period=span_of_tally)  # one tally, one span: "9,000 troops killed, 30 planes downed"
        if before is not None and before.period == "day" and _is_of_bulletin(context, before, index, claim, tagged, loss):
            claim = replace(claim, period="day", as_of=before.as_of, as_of_basis=before.as_of_basis)
        if before is not None and claim.period == "incident" and _keeps_span(context, before, index, claim, tagged):
            claim = replace(claim, period=before.period, as_of=before.as_of, as_of_basis=before.as_of_basis)
        if before is not None and _tops_day(context, before, index, claim):
            claim = replace(claim, as_of=before.as_of, as_of_basis=before.as_of_basis)
        if claim.as_of is None and "D" not in tagged.tags and (same := _dated_before(context, claim, index, told)) is not None:
            claim = replace(claim, as_of=same.as_of, as_of_basis=same.as_of_basis)
        if claim.is_subset and last is not None and claim.period == "incident" and loss.rule in _PART_RULES:
            claim = replace(claim, period=found[-1][0].period)
        is_sibling = bool(found) and found[-1][0].is_subset and loss.noun.head is not None
        if claim.is_subset and last is not None and claim.population is None and loss.category == "personnel" and not is_sibling:
            claim = replace(claim, population=found[-1][0].population)
        if loss.subject == "foreigner" and loss.is_subset and last is not None:
            claim = replace(claim, party=None)  # "28 journalists, including seven foreigners": of several nations
            found[-1] = (replace(found[-1][0], party=None), found[-1][1])
        is_of_whole = before is not None and last is None and _is_of_whole(context, before, index, tagged, loss)
        if before is not None and is_of_whole and before.period != "cumulative" and not _has_own_span(tagged):
            claim = replace(claim, period=before.period, as_of=before.as_of, as_of_basis=before.as_of_basis)
        if claim.claimant is None and before is not None and is_of_whole:
            claim = replace(claim, claimant=before.claimant, claimant_party=before.claimant_party)
        elif claim.claimant is None and credit is None and found and claim.is_subset:
            claim = replace(claim, claimant=found[-1][0].claimant, claimant_party=found[-1][0].claimant_party)
        earlier, last = claim.party, loss
        found.append((claim, Core(loss.noun.quantity.start, loss.noun.quantity.end)))
    return _mixed(found)


def _side_of_uncounted(tagged: Tagged, loss: Loss) -> str | None:
    """'shot down several Indian aircraft, including three fighters': the one side named between verb and part."""
    sides = {side for c in tagged.chunks[loss.verb : loss.noun.first] if c.tag == "A" and (side := side_of([c]))}
    return sides.pop() if len(sides) == 1 else None


def _of_ledger(claim: CasualtyClaim, before: CasualtyClaim) -> CasualtyClaim:
    """An item of a list that goes on with the claim before: people in its measure, all over its span, from its source if it names none."""
    measure = before.measure if claim.category == before.category == "personnel" else claim.measure
    if claim.claimant is None:
        claim = replace(claim, claimant=before.claimant, claimant_party=before.claimant_party)
    return replace(claim, measure=measure, period=before.period, as_of=claim.as_of or before.as_of)


def _recalled(context: Context, index: int) -> tuple[CasualtyClaim, Core] | None:
    """'They were killed' behind the sentence that counted them; the claim stands where the number stands."""
    sentence, earlier = context.sentences[index], context.sentences[index - 1]
    if (
        index == 0
        or earlier.paragraph != sentence.paragraph
        or not tells_fate(context.text, sentence.start)
        or any(map(context.is_other_misfortune, (index - 1, index)))
    ):
        return None
    tagged = context.tagged(index - 1)
    loss = recalled(tagged, context.text[sentence.start : sentence.end]) if "N" in tagged.tags else None
    if loss is None:
        return None
    sources = [c for c in credits_in(context, index) if c.name and not c.denies] or [
        c for c in credits_in(context, index - 1) if c.name and not c.denies
    ]
    claim = _claim(context, index - 1, tagged, loss, "incident", sources[-1] if sources else None, None, None, False)
    return claim, Core(loss.noun.quantity.start, loss.noun.quantity.end)


def _mixed(found: list[tuple[CasualtyClaim, Core]]) -> list[tuple[CasualtyClaim, Core]]:
    """'50 people, 14 of them soldiers': the whole holds soldiers and others."""
    whole: int | None = None
    for at, (claim, _) in enumerate(found):
        if not claim.is_subset:
            whole = at
        elif whole is not None and claim.population == "military":
            of, core = found[whole]
            is_less = (claim.low or claim.high or 0) < (of.low or of.high or 0)
            if is_less and of.population is None and (of.category, of.measure) == (claim.category, claim.measure):
                found[whole] = (replace(of, population="mixed"), core)
    return found


def _is_of_whole(context: Context, before: CasualtyClaim, index: int, tagged: Tagged, loss: Loss) -> bool:
    """'The dead include 65 civilians', 'Another 30 were injured': told of what the claim at most two sentences ahead counted."""
    is_near = index > 0 and before.span.sentence_start >= context.sentences[max(0, index - 2)].start
    return is_near and (_GOES_ON.match(tagged.text) is not None or loss.rule == "among") and before.category == loss.category


def _is_same_talk(context: Context, before: CasualtyClaim, index: int, claim: CasualtyClaim) -> bool:
    """The sentence just behind in the paragraph, of the same source on the same kind of losses: 'The president mentioned 46,000 dead.'"""
    sentence, earlier = context.sentences[index], context.sentences[index - 1]
    is_next = index > 0 and earlier.paragraph == sentence.paragraph and before.span.sentence_start >= earlier.start
    is_same = claim.claimant_party == before.claimant_party and claim.category == before.category
    names_none = claim.claimant == before.claimant is not None and not set(context.tagged(index).tags) & set("AL")
    return is_next and is_same and (claim.period == before.period or names_none)


def _is_of_same_arms(context: Context, before: CasualtyClaim, index: int, claim: CasualtyClaim, tagged: Tagged) -> bool:
    """Equipment of nobody named, behind equipment: 'Oryx counts 9,000 Russian pieces. Tanks account for 3,700 of the losses.'"""
    is_arms = claim.category != "personnel" != before.category
    is_near = before.span.sentence_start >= context.sentences[max(0, index - 2)].start
    return is_arms and is_near and "A" not in tagged.tags and claim.claimant in (None, before.claimant)


def _keeps_span(context: Context, before: CasualtyClaim, index: int, claim: CasualtyClaim, tagged: Tagged) -> bool:
    """'over that time', or a further figure of a day's bulletin: the span of the sentence before."""
    sentence, earlier = context.sentences[index], context.sentences[index - 1]
    if index == 0 or before.span.sentence_start < earlier.start:
        return False
    is_bulletin = before.period == "day" and earlier.paragraph == sentence.paragraph and claim.claimant == before.claimant
    return is_same_span(tagged.text) or (is_bulletin and "D" not in tagged.tags)


def _is_of_bulletin(context: Context, before: CasualtyClaim, index: int, claim: CasualtyClaim, tagged: Tagged, loss: Loss) -> bool:
    """'Losses amounted to 190 troops in the north' right behind the day's losses: that day's, though no single event's."""
    is_tally = claim.period == "cumulative" and loss.rule in ("lose", "amount") and (claim.low or claim.high or 0) < _NEVER_AT_ONCE
    return is_tally and _is_next(context, before, index) and claim.claimant == before.claimant and period_of(tagged.text) is None


def _tops_day(context: Context, before: CasualtyClaim, index: int, claim: CasualtyClaim) -> bool:
    """The total behind the last day's figure of the same side holds for the same day."""
    is_near = index > 0 and before.span.sentence_start >= context.sentences[max(0, index - 2)].start
    is_pair = before.period == "day" and claim.period == "cumulative" and before.claimant_party == claim.claimant_party
    return is_near and is_pair and claim.as_of is None and claim.claimant is not None


def _dated_before(context: Context, claim: CasualtyClaim, index: int, told: list[CasualtyClaim]) -> CasualtyClaim | None:
    """What gives a total without a day its day: the last day's figure of the same source anywhere ahead, or that of the same kind that
    the source gave in the sentence just before."""
    if claim.claimant is None or claim.is_subset or claim.period not in ("cumulative", "other"):
        return None
    is_open = claim.period == "cumulative" or _UP_TO_NOW.search(context.text, claim.span.sentence_start, claim.span.sentence_end)
    same = [other for other in told if other.claimant == claim.claimant and other.as_of is not None]
    daily = [other for other in same if other.period == "day" and is_open]
    just_before = [other for other in same[-1:] if index and other.period == claim.period and _is_next(context, other, index)]
    return next(iter((*just_before, *daily[-1:])), None)


def _is_some_of_victims(tagged: Tagged, loss: Loss, before: CasualtyClaim) -> bool:
    """'Four of the victims were children', behind those killed."""
    number, whole = loss.noun.quantity.low or 0, before.low or before.high or 0
    return tagged.chunks[loss.verb].lower == "victims" and tagged.tags[loss.noun.first + 1 : loss.noun.first + 3] == "od" and number < whole


def _refers_back(context: Context, before: CasualtyClaim, tagged: Tagged, loss: Loss) -> bool:
    """'About 300 of them were killed' right behind the sentence that counted them."""
    words = {c.text.lower() for c in tagged.chunks[max(0, loss.noun.first - 1) : loss.noun.last + 2]}
    is_pronoun = not words.isdisjoint(("them", "these", "those", "additional", "further")) or _COUNTS_IN.match(tagged.text) is not None
    return is_pronoun and not context.text[before.span.sentence_end : tagged.start].strip()


def _goes_on_bare(context: Context, before: CasualtyClaim, index: int, tagged: Tagged, loss: Loss) -> bool:
    """'Some 300 were killed' or 'its losses exceeded 360' right behind a figure: of the side that it counted."""
    sentence, earlier = context.sentences[index], context.sentences[index - 1]
    is_next = index > 0 and earlier.paragraph == sentence.paragraph and before.span.sentence_start >= earlier.start
    names_side = "A" in tagged.tags[: loss.noun.first] or "L" in tagged.tags
    is_its = loss.rule == "amount" and tagged.chunks[max(0, loss.verb - 1)].text.lower() in ("its", "their")
    is_bare = loss.noun.head is None and loss.category == "personnel" == before.category
    return is_next and not names_side and (is_its or is_bare) and before.party is not None


def _is_rest(tagged: Tagged, loss: Loss) -> bool:
    """'three others': of the kind counted before."""
    return loss.noun.head is not None and tagged.chunks[loss.noun.head].text.lower() in ("other", "others")


def _of_heading(context: Context, listing: int | None) -> Credit | None:
    if listing is None:
        return None
    sources = [c for c in credits_in(context, listing) if c.name]
    return sources[-1] if sources else carried(context, listing)


def _heading_party(context: Context, listing: int | None) -> str | None:
    if listing is None:
        return None
    chunks = context.tagged(listing).chunks
    if any(c.text.lower() in ("enemy", "occupiers", "invaders", "enemy's", "adversary", "adversary's") for c in chunks):
        return "RU"
    loss = next((i for i, c in enumerate(chunks) if c.text.lower() in _HEADINGS), 0)
    near = [c for c in chunks[max(0, loss - 4) : loss + 5] if c.tag == "A"]
    entry = near[-1].value if near else None
    return entry.row[1] or None if isinstance(entry, Entry) else None


def _claim(
    context: Context,
    index: int,
    tagged: Tagged,
    loss: Loss,
    period: str,
    credit: Credit | None,
    earlier: str | None,
    heading: Tagged | None,
    is_item: bool,
) -> CasualtyClaim:
    quantity = loss.noun.quantity
    claimant = Claimant(_speaks_for(credit), counted_by(credit.name)) if credit else _speaker_of_enemy(context, index)
    party = side_of_loss(context, index, tagged, loss, claimant, earlier, is_item)
    as_of, basis = _as_of(context, index, tagged, loss, credit, period)
    if as_of is None and heading is not None:
        as_of, basis = _last_day(heading)
    place = place_of(tagged, loss.noun.first)
    return CasualtyClaim(
        span=Span(char_start=tagged.start, char_end=tagged.end, sentence_start=tagged.start, sentence_end=tagged.end),
        rule=loss.rule,
        claimed_on=credit.said.on if credit and credit.said and credit.said.on else context.article.published_on,
        claimant=credit.name if credit else None,
        claimant_party=voice_of(credit.party) if credit else None,
        party=party,
        population=_population(tagged, loss, credit, party, place, period),
        measure=loss.measure,
        category=loss.category,
        subject=loss.subject,
        is_subset=loss.is_subset,
        place=place.text if place else None,
        low=quantity.low,
        high=quantity.high,
        qualifier=quantity.qualifier,
        period=period,
        as_of=as_of,
        as_of_basis=basis,
    )


def _speaker_of_enemy(context: Context, index: int) -> Claimant:
    """Whose enemy 'the enemy' is where a sentence names no source: that of the side that spoke last."""
    if _ENEMIES.isdisjoint(context.words[index]):
        return NOBODY
    for back in range(index - 1, max(-1, index - ENEMY_WITHIN), -1):
        sides = [c.party for c in credits_in(context, back) if c.name and c.party in _ARMIES]
        if sides:
            return Claimant(sides[-1], None)
    return NOBODY


def _population(tagged: Tagged, loss: Loss, credit: Credit | None, party: str | None, place: Chunk | None, period: str) -> str | None:
    """Who was lost: as counted, else a side's army where its totals are told; the United Nations count civilians in Ukraine."""
    if joined_side(tagged, loss):
        return "foreign_fighters"
    if loss.population is None and loss.category == "personnel" and party == "UA" and credit is not None and credit.party == "UN":
        return "civilian"
    return loss.population or _army_total(tagged, loss, party, place, period)


def _speaks_for(credit: Credit) -> str | None:
    """The side of a source; 'Iranian state media' tell of Iran's dead."""
    if credit.party != "MEDIA" or credit.name is None:
        return credit.party
    nations = [row[1] for word in credit.name.split() if (row := by_first("actors").get(word)) and row[2] in ("demonym", "country")]
    return nations[0] if nations else credit.party


def _army_total(tagged: Tagged, loss: Loss, party: str | None, place: Chunk | None, period: str) -> str | None:
    """'Russia suffered 70,000 casualties', 'Russian losses amounted to …': a side's own losses without a place are its army's."""
    if loss.category != "personnel" or party is None or "civilian" in tagged.text.lower():
        return None
    word = tagged.chunks[loss.verb].text.lower()
    if word in ("losses", "casualties") and _OF_TROOPS.search(tagged.text):
        return "military"  # "its contingent in Kursk suffered 4,000 casualties"
    if loss.rule == "amount" and tagged.tags[loss.verb] == "N":
        return "military"  # "the enemy was reduced by 1,740"
    if place is not None:
        return None
    if word in ("losses", "casualties") or loss.rule in ("lose", "listed", "loss_list"):
        return "military"
    if party == "RU" and period == "cumulative" and loss.noun.head is not None and tagged.chunks[loss.noun.head].text == "Russians":
        return "military"  # Russians lost over the war, at no place at home
    is_toll = loss.rule in ("amount", "predicate", "count_noun") and word in ("dead", "victims", "deaths", "fatalities", "killed")
    is_suffered = loss.noun.first > 0 and tagged.tags[loss.noun.first - 1] == "l"  # "has suffered 60,000 killed"
    is_toll = is_toll or (loss.rule == "reduced_passive" and (is_suffered or _is_of_nation(tagged, loss)))
    return "military" if is_toll and period == "cumulative" and party in _ARMIES else None


def _is_of_nation(tagged: Tagged, loss: Loss) -> bool:
    """'700,000 Russian killed and wounded'."""
    return loss.noun.head is None and tagged.tags[loss.noun.first : loss.noun.last + 1] == "NA"


def _last_day(heading: Tagged) -> tuple[date | None, Basis | None]:
    """The day that a heading gives its list: the last it names ('from 24.02.22 to 10.05.24')."""
    days = [c.value for c in heading.chunks if isinstance(c.value, DayMention) and c.value.on]
    return _dated(days[-1], Basis.STATED) if days else (None, None)


def _period(tagged: Tagged, loss: Loss, heading: Tagged | None) -> str:
    number = loss.noun.quantity.low or loss.noun.quantity.high or 0
    told = period_of(tagged.text, loss.noun.quantity.start - tagged.start) or (period_of(heading.text) if heading else None)
    if told == "other" and _opens_statement(tagged, loss):
        told = None
    if told in (None, "cumulative") and loss.rule in ("lose", "amount", "loss_list") and number >= _TALLY_FROM and is_of_front(tagged.text):
        return "other"
    is_of_many = told in (None, "incident") and number < _CUMULATIVE_FROM and loss.rule != "amount"
    if is_of_many and is_of_several(tagged.text, names_day := _names_day_of_event(tagged)):
        return "day" if names_day else "other"
    if told == "cumulative" and number < _SO_FAR_FROM and is_but_so_far(tagged.text):
        told = None  # "42 people so far": the toll of one strike still rises
    if told == "incident" and number >= _NEVER_AT_ONCE:
        told = "cumulative"  # "the war that Hamas' attack set off has killed 40,000"
    if told is None and number < _NEVER_AT_ONCE and _is_of_raid(tagged.text):
        told = "incident"
    if told in (None, "incident") and loss.measure == "captured" and _STILL.search(tagged.text):
        return "other"  # "59 hostages are still held in Gaza"
    if told:
        return told
    if loss.rule in ("lose", "amount") and "yesterday" in tagged.text.lower():
        return "day"
    if heading is not None:
        return "cumulative"  # "losses as of May 10:" heads a total
    is_record = number >= _TALLY_FROM and loss.rule in ("count_noun", "nominal") and not _KEPT.isdisjoint(tagged.text.lower().split())
    is_hardware = loss.category not in ("personnel", "drone", "missile") and number >= _TALLY_FROM
    if (
        number >= _CUMULATIVE_FROM
        or is_hardware
        or is_record
        or (loss.rule in ("listed", "loss_list", "amount", "brought") and number >= _TALLY_FROM)
    ):
        return "cumulative"
    return "cumulative" if number >= _NEVER_ONE_EVENT.get(loss.subject or "", number + 1) else "incident"


def _names_day_of_event(tagged: Tagged) -> bool:
    """A day that is neither the dateline's nor that of a verb of saying: 'killed on Thursday', not 'said on Thursday'."""
    return _EVENT_DAY.search(tagged.tags) is not None and _end_of_span(tagged) is None


def _has_own_span(tagged: Tagged) -> bool:
    return "D" in tagged.tags or period_of(tagged.text) is not None


def _is_of_raid(text: str) -> bool:
    """'killed 1,200 people and abducted 250': no war does both in one breath; 'killed that day'."""
    is_both = _ABDUCTED.search(text) is not None and _KILLED.search(text) is not None
    return _ON_THAT_DAY.search(text) is not None or (is_both and _OVER_TIME.search(text) is None)


def _opens_statement(tagged: Tagged, loss: Loss) -> bool:
    """'In February the minister said that 31,000 …': the month is that of the statement."""
    head = tagged.chunks[: loss.noun.first]
    if tagged.tags[:2] != "pD" or any(c.tag in "N;" for c in head):
        return False
    said = next((c for c in head if (c.tag == "S" and c.text.lower().split()[-1] not in _RECORDED) or c.text.lower() == "gave"), None)
    return said is not None and period_of(tagged.text[said.end - tagged.start :]) != "other"


def _as_of(
    context: Context, index: int, tagged: Tagged, loss: Loss, credit: Credit | None, period: str
) -> tuple[date | None, Basis | None]:
    """The stated day, the day of the event, of the statement, of publication: the first that the sentence gives."""
    days = [(at, c.value) for at, c in enumerate(tagged.chunks) if isinstance(c.value, DayMention) and not _is_since(tagged, at)]
    stated = next((d for _, d in days if d.basis is Basis.STATED), None)
    if stated:
        return _dated(stated, Basis.STATED)
    if is_rate(tagged.text):
        return None, None
    if (
        not _FAR_DAYS.isdisjoint(context.words[index])
        and (shift := _days_from_told(tagged.text)) is not None
        and (told := _last_day_told(context, index)) is not None
    ):
        on = _shifted(told, shift)
        return (on, Basis.EVENT) if on else (None, None)
    if (last := _end_of_span(tagged)) is not None:
        return _dated(last, Basis.STATED)
    said = credit.said if credit else None
    own = [(abs(at - loss.noun.first), d) for at, d in days if d != said]
    if own:
        nearest = min(own, key=lambda pair: pair[0])[1]
        is_paper = _PAPER.match(context.text, nearest.end) is not None
        return _dated(nearest, Basis.STATEMENT if is_paper else nearest.basis)
    if said is not None and period == "incident" and (event := _day_just_before(context, index, said)) is not None:
        return event.on, event.basis
    if said is not None:
        return _dated(said, Basis.STATEMENT)
    if period == "day":
        return context.article.published_on, Basis.PUBLICATION if context.article.published_on else None
    is_dateless = "D" not in tagged.tags  # "since early March, when …" has a time of its own, though no day
    if period == "incident" and is_dateless and (carried_day := _carried_day(context, index))[0]:
        return carried_day
    is_perfect = _PERFECT.search(tagged.text) is not None and _VAGUE_TIME.search(tagged.text) is None
    is_open = period != "other" or is_perfect or _UP_TO_NOW.search(tagged.text) is not None
    earlier = statement_day(context, index, credit) if credit and is_open else None
    if earlier is not None:
        return _dated(earlier, Basis.STATEMENT)
    if period == "incident" and is_dateless:
        following = _following_day(context, index)
        return following if following[0] or _VAGUE_TIME.search(tagged.text) else _only_day(context)
    return None, None


def _days_from_told(text: str) -> int | None:
    """'earlier that day' is 0, 'a day earlier' -1, 'two days later' 2 days from the day told before; None without such words."""
    match = _FROM_TOLD.search(text)
    if match is None:
        return None
    if match["same"]:
        return 0
    if match["next"]:
        return 1
    number = _SMALL.get((match["number"] or "one").lower(), 1)
    return number if match["way"] == "later" else -number


def _shifted(day: DayMention, shift: int) -> date | None:
    if day.on is None or not 1 < day.on.toordinal() + shift < date.max.toordinal():
        return None
    return date.fromordinal(day.on.toordinal() + shift)


def _end_of_span(tagged: Tagged) -> DayMention | None:
    """'from 24 February to 10 May', 'between 20 December and 29 December': the figure holds for the last day."""
    match = _SPAN_OF_DAYS.search(tagged.tags)
    if match is None or tagged.chunks[match.start()].text.lower() not in ("from", "between"):
        return None
    value = tagged.chunks[match.end() - 1].value
    return value if isinstance(value, DayMention) and value.on else None


def _last_day_told(context: Context, index: int) -> DayMention | None:
    """'earlier that day': the day named last in the sentences before."""
    for back in range(index - 1, max(-1, index - TOLD_WITHIN), -1):
        days = [c.value for c in context.tagged(back).chunks if isinstance(c.value, DayMention) and c.value.on]
        if days:
            return days[-1]
    return None


def _day_just_before(context: Context, index: int, said: DayMention) -> DayMention | None:
    """The day of the event where the sentence gives but the day of the statement: the one other day that the sentences around it name, at
    most `EVENT_BEFORE` days earlier."""
    if said.on is None:
        return None
    days = {
        day.on: day
        for near in range(max(0, index - 2), min(len(context.sentences), index + 3))
        for day in _event_days(context, near)
        if day.on and 0 < (said.on - day.on).days <= EVENT_BEFORE
    }
    if not days:
        days = {on: day for on, day in _days_of_events(context).items() if on and 0 < (said.on - on).days <= EVENT_BEFORE}
    return next(iter(days.values())) if len(days) == 1 else None


def _event_days(context: Context, index: int) -> list[DayMention]:
    """Days of a sentence that bound no span and on which nobody just speaks."""
    sentence = context.sentences[index]
    if not may_settle_day(context.words[index], context.text[sentence.start : sentence.end]):
        return []
    tagged = context.tagged(index)
    if "D" not in tagged.tags:
        return []
    said = [c.said for c in credits_in(context, index) if c.said]
    named = [c.value for at, c in enumerate(tagged.chunks) if isinstance(c.value, DayMention) and not _is_since(tagged, at)]
    return [day for day in named if day.on and day not in said and day.basis is not Basis.STATED]


def _days_of_events(context: Context) -> dict[date | None, DayMention]:
    """The days that the article names for what happened."""
    return context.memo("event_days", lambda: {d.on: d for i in range(len(context.sentences)) for d in _event_days(context, i)})


def _only_day(context: Context) -> tuple[date | None, Basis | None]:
    """The one day that the whole article names for what happened."""
    days = _days_of_events(context)
    only = next(iter(days.values())) if len(days) == 1 else None
    return (only.on, only.basis) if only and only.basis is not Basis.PUBLICATION else (None, None)


def _dated(day: DayMention, basis: Basis) -> tuple[date | None, Basis | None]:
    return (day.on, basis) if day.on else (None, None)


def _is_since(tagged: Tagged, at: int) -> bool:
    """The day bounds a span: 'since the invasion began on Feb. 24', 'until Friday'."""
    for chunk in reversed(tagged.chunks[max(0, at - 12) : at]):
        if chunk.tag in ",;S":
            return False
        if chunk.text.lower() in ("since", "until", "till"):
            return True
    is_bound = at > 0 and tagged.chunks[at - 1].text.lower() in ("from", "after", "before")
    return is_bound and tagged.tags[at + 1 : at + 2] != "s"  # "the toll from Tuesday's attack" is that day's


def _carried_day(context: Context, index: int) -> tuple[date | None, Basis | None]:
    """An incident told on without a date keeps the day of the sentences just before it."""
    for back in range(index - 1, max(-1, index - 4), -1):
        tagged = context.tagged(back)
        for at, chunk in enumerate(tagged.chunks):
            day = chunk.value
            if isinstance(day, DayMention) and day.on and day.basis is not Basis.STATED and not _is_since(tagged, at):
                return day.on, day.basis
    return None, None


def _following_day(context: Context, index: int) -> tuple[date | None, Basis | None]:
    """A lead without a date: the day that the next two sentences give, when it lies just before publication."""
    published = context.article.published_on
    if index > 2 or published is None:
        return None, None
    for ahead in range(index + 1, min(index + 3, len(context.sentences))):
        tagged = context.tagged(ahead)
        for at, chunk in enumerate(tagged.chunks):
            day = chunk.value
            if isinstance(day, DayMention) and day.on and not _is_since(tagged, at) and 0 <= (published - day.on).days <= 1:
                return day.on, day.basis
    return None, None
