"""In: an article's context. Out: its casualty claims, one per stated loss, with claimant, side, period and dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ingest.extract import parts
from ingest.extract.attribution import Credit, carried, credits_in, governing, statement_day
from ingest.extract.bulletins import bulletin, of_article
from ingest.extract.context import Context
from ingest.extract.evidence import ENEMY, NOBODY, Claimant
from ingest.extract.grounding import Core
from ingest.extract.inherited import Setting, is_next, with_inherited
from ingest.extract.lexicons import Entry, by_first, rows
from ingest.extract.losses import counts_on, equipment_in, find_losses, recalled, tells_fate
from ingest.extract.lost import ARMED, Loss
from ingest.extract.misfortunes import is_other_misfortune
from ingest.extract.numbers import NUMBER_WORDS
from ingest.extract.owners import joined_side
from ingest.extract.parties import side_of_loss
from ingest.extract.periods import is_of_front
from ingest.extract.places import place_of
from ingest.extract.sides import side_of
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.timing import day_of_loss, last_day, period_of_loss
from ingest.extract.tokens import word_set
from ingest.extract.totals import TELLINGS, TOTALS, going_on
from ingest.extract.wars import OPPONENT, counted_by, is_armed_group, is_belligerent, voice_of
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
_OF_TROOPS = re.compile(
    r"\b(?:forces|troops|army|military|contingent|brigade|battalion|regiment|unit)\b[^.;]{0,50} (?:suffered|sustained|taken|took) "
    r"|\b(?:casualties|losses) (?:of|among|in|for) (?:the )?(?:[\w-]+ ){0,3}(?:forces|troops|army|military|soldiers|units?)\b"
)
_OF_THOSE = re.compile(
    r"[\"“]?Of (?:the|those) (?:dead|killed|wounded|injured|victims)\b|[\"“]?\w+ of the (?:dead|victims|wounded|injured)\b"
)
_DIGIT = re.compile(r"\d")
_RECALLING = word_set("they both all none")
_COUNTING_ON = word_set(
    "count counts counted name names named list lists listed record records recorded register registers registered logs logged tallies"
    " tallied ledger books database tally"
)
_OF_ARMIES = frozenset({"military", "army", "combat", "battlefield", "troop"})
_SENTENCE = re.compile(r"\b(?:said|says|told|according to|reported|claimed|confirmed|added)\b")  # no line of a list
LOSER_WITHIN = 4  # chunks: "Ukrainian forces have lost"
_ARMIES = frozenset({"RU", "UA"})  # totals of the dead of these two count soldiers; elsewhere they count everyone
_SUMS, _INCLUDES = frozenset({"total", "tally"}), frozenset({"includes", "included", "include"})
_COUNTING = frozenset({"NGO", "UN"})
_NATIONS_BODY = re.compile(r"As?U")  # "Ukraine's General Staff, too, keeps a list": another source
_ENEMIES = word_set("enemy adversary occupiers occupants invaders")
ENEMY_WITHIN = 9  # sentences
TOLD_BEFORE = 60  # claims that a claim may take its day from
REVIEW_FROM = 2  # claims of one source ahead of one without
_HEADINGS = frozenset({"losses", "casualties"})
_LOST = word_set("destroyed eliminated downed lost liquidated neutralised neutralized")  # "A table of destroyed equipment:"


def find_claims(context: Context) -> list[tuple[CasualtyClaim, Core]]:
    """Casualty claims in text order, repeats included, each with the place of its number."""
    found: list[tuple[CasualtyClaim, Core]] = []
    listing: int | None = None
    for index, words in enumerate(context.words):
        is_heading = bool(words & _HEADINGS) or (bool(words & _LOST) and context.sentence(index).rstrip().endswith(":"))
        if is_heading:
            listing = index
        is_item = bool(words & _LIST_NOUNS) and not is_heading
        is_listing = listing is not None and is_item and _is_list_line(context, index, listing)
        before = found[-1][0] if found else None
        if not _RECALLING.isdisjoint(words) and (recalled_claim := _recalled(context, index)) is not None:
            found.append(recalled_claim)
            continue
        may_tell = is_listing or not _LOSS_WORDS.isdisjoint(words) or bool(words & _SUMS and words & _INCLUDES)
        goes_on = before is not None and is_next(context, before, index)
        may_go_on = goes_on or (before is not None and _OF_THOSE.match(context.text, context.sentences[index].start) is not None)
        if not (may_tell or may_go_on) or not _has_number(context, index, words) or is_other_misfortune(context, index):
            continue
        may_count = goes_on and not may_tell and not _COUNTING_ON.isdisjoint(words) and counts_on(context.tagged(index))
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


def _has_number(context: Context, index: int, words: frozenset[str]) -> bool:
    sentence = context.sentences[index]
    return not NUMBER_WORDS.isdisjoint(words) or _DIGIT.search(context.text, sentence.start, sentence.end) is not None


def _is_list_line(context: Context, index: int, listing: int) -> bool:
    """Lines after a heading with 'losses', without a gap of other text."""
    if index - listing > 25:
        return False
    heading = context.text[context.sentences[listing].start : context.sentences[listing].end].rstrip()
    line = context.text[context.sentences[index].start : context.sentences[index].end]
    is_headed = heading.endswith(":") or (listing == index - 1 and not _SENTENCE.search(line) and not heading.startswith("No "))
    return is_headed and len(line) < 400 and _looks_listed(line)


def _looks_listed(line: str) -> bool:
    head = line.lstrip("-–—•*· \t")
    return len(head.split()) <= 14 or head.count("–") + head.count(":") + head.count(" - ") >= 2


def _claims(
    context: Context, index: int, listing: int | None, before: CasualtyClaim | None, told: list[CasualtyClaim]
) -> list[tuple[CasualtyClaim, Core]]:
    tagged = context.tagged(index)
    is_told = before is not None and is_next(context, before, index)
    losses = find_losses(tagged, listing is not None, lambda: equipment_in(context.tagged(index - 1)) if index else (), is_told)
    if not losses:
        return []
    sources = credits_in(context, index)
    passed_on = None if sources else carried(context, index)
    found: list[tuple[CasualtyClaim, Core]] = []
    earlier = _heading_party(context, listing)
    heading = None if listing is None else context.tagged(listing)
    periods = [period_of_loss(tagged, loss, heading) for loss in losses]
    if "other" in periods and any(loss.rule in ("lose", "amount") for loss in losses) and is_of_front(tagged.text):
        periods = ["other"] * len(losses)  # one tally, one front
    span_of_tally = "cumulative" if "cumulative" in periods else None
    last: Loss | None = None
    last_credit: Credit | None = None
    for loss, period in zip(losses, periods, strict=True):
        credit = governing(tagged, sources, loss.noun.first) or passed_on or _of_heading(context, listing) or of_article(context)
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
        here = [claim for claim, _ in found]
        setting = Setting(context, index, tagged, loss, credit, before, here, last, earlier, told, span_of_tally, listing is not None)
        claim = with_inherited(_claim(context, index, tagged, loss, period, credit, earlier, heading, is_item), setting)
        if credit is passed_on and credit is not None and _is_told_by_others(claim):
            claim = replace(claim, claimant=None, claimant_party=None)
        if loss.subject == "foreigner" and loss.is_subset and last is not None:
            found[-1] = (replace(found[-1][0], party=None), found[-1][1])  # those of several nations are no one side's
        earlier, last = claim.party, loss
        found.append((claim, Core(loss.noun.quantity.start, loss.noun.quantity.end)))
    return _mixed(found)


def _is_told_by_others(claim: CasualtyClaim) -> bool:
    """'… soldiers died, the army said. In Lebanon 2,000 people were killed': a side at war that is not named again tells of no other side's
    civilians."""
    speaker = claim.claimant_party
    is_other = speaker is not None and is_belligerent(speaker) and claim.party not in (None, speaker)
    return is_other and claim.category == "personnel" and claim.population != "military"


def _side_of_uncounted(tagged: Tagged, loss: Loss) -> str | None:
    """'shot down several Indian aircraft, including three fighters': the one side named between verb and part."""
    sides = {side for c in tagged.chunks[loss.verb : loss.noun.first] if c.tag == "A" and (side := side_of([c]))}
    return sides.pop() if len(sides) == 1 else None


def _recalled(context: Context, index: int) -> tuple[CasualtyClaim, Core] | None:
    """'They were killed' behind the sentence that counted them; the claim stands where the number stands."""
    sentence, earlier = context.sentences[index], context.sentences[index - 1]
    if (
        index == 0
        or earlier.paragraph != sentence.paragraph
        or not tells_fate(context.text, sentence.start)
        or any(is_other_misfortune(context, at) for at in (index - 1, index))
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


def _of_heading(context: Context, listing: int | None) -> Credit | None:
    if listing is None:
        return None
    sources = [c for c in credits_in(context, listing) if c.name]
    return sources[-1] if sources else carried(context, listing)


def _heading_party(context: Context, listing: int | None) -> str | None:
    if listing is None:
        return None
    chunks = context.tagged(listing).chunks
    if any(c.text.lower() in ENEMY for c in chunks):
        speaker = _of_heading(context, listing) or of_article(context)
        party = speaker.party if speaker else _speaker_of_enemy(context, listing).party
        return OPPONENT.get(party or "UA")  # Ukraine's tallies are the ones told without a source
    loss = next((i for i, c in enumerate(chunks) if c.text.lower() in _HEADINGS | _LOST), 0)
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
    claimant = Claimant(_speaks_for(credit), counted_by(credit.name, credit.party)) if credit else _speaker_of_enemy(context, index)
    party = side_of_loss(context, index, tagged, loss, claimant, earlier, is_item)
    as_of, basis = day_of_loss(context, index, tagged, loss, credit, period)
    if as_of is None and heading is not None:
        as_of, basis = last_day(heading)
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
    head = loss.noun.head
    if loss.population is None and head is not None and tagged.chunks[head].text.lower() in ("member", "members") and is_armed_group(party):
        return "military"  # "16 of its members", said by an armed group
    if loss.population is None and loss.verb and tagged.chunks[loss.verb - 1].text.lower() in _OF_ARMIES:
        return "military"  # "Ukraine's military dead"
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
        is_of_army = loss.rule == "lose" and "U" in tagged.tags[max(0, loss.verb - LOSER_WITHIN) : loss.verb]
        return "military" if is_of_army or (word == "losses" and party in _ARMIES) else None
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
