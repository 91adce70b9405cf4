"""In: a loss in its sentence. Out: the side that struck, the side that it fights, and whose equipment was struck."""

from __future__ import annotations

import re

from ingest.extract.context import Context
from ingest.extract.evidence import Case, Verdict, enemy_of, if_told, is_foe, is_speaker
from ingest.extract.lexicons import Entry, by_first
from ingest.extract.lost import ARMED, Loss
from ingest.extract.sides import side_of
from ingest.extract.sites import STRIKES
from ingest.extract.speakers import subject_of
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set
from ingest.extract.wars import OPPONENT, is_armed_group, is_state, opponents, rivals

_END_OF_BLOW = re.compile(r"[Sp,;]")
_HAS_LOST = re.compile(r"A[UV]{0,2}l")
_FLOWN = frozenset({"drone", "missile"})
_FIRED_BY = re.compile(r",? (?:that (?:had been|were) )?(?:fired|launched|sent|operated|flown)(?: \w+)? by ")
_SENT = word_set("launched launches fired fires attacked sent unleashed used deployed shelled bombarded")
_FIGHTERS_AT = re.compile(r"Pp[dw]{0,2}[AL]$")
_RULED = word_set("run led controlled held governed backed administered operated headed occupied said reported released published")
_HELD = word_set(
    "position positions base bases outpost outposts post posts convoy convoys patrol patrols checkpoint checkpoints barracks camp camps"
    " garrison garrisons headquarters unit units troops forces soldiers vehicle vehicles warship ship airbase column columns army"
)
_AT_SIDE = re.compile(r"p[dw]{0,2}(?P<side>A)(?=[wAUPELd]{1,4})")
ADMITTED = word_set("admitted admits acknowledged acknowledges acknowledging conceded concedes confessed") | {"owned up to"}


def by_fire(case: Case) -> Verdict:
    """Of equipment: who fired it, who struck it, who sent it."""
    context, index, tagged, loss = case.context, case.at, case.tagged, case.loss
    struck = (
        _fired_by(context, index, tagged, loss)
        or _struck(context, tagged, loss, case.claimant.party, case.earlier)
        or (case.earlier if loss.rule in ("passive", "reduced_passive") else None)
    )
    is_downed = struck is None and loss.category in _FLOWN and loss.measure == "destroyed"
    return ((_sender(tagged) or (_sender(context.tagged(index - 1)) if index else None)) if is_downed else struck,)


def by_boast(case: Case) -> Verdict:
    """'Ukraine claimed (that) 400 mobilised men were killed': an army of the main war claims what it did to the other."""
    at = case.loss.noun.first - 1
    at -= at > 0 and case.tagged.tags[at] == "T"
    is_claimed = (
        at > 0 and case.tagged.tags[at] == "S" and case.tagged.chunks[at].text.lower() in ("claimed", "claims", "claiming", "claim")
    )
    return if_told(OPPONENT.get(case.claimant.party or "")) if is_claimed and case.loss.population == "military" else None


def _fired_by(context: Context, index: int, tagged: Tagged, loss: Loss) -> str | None:
    """'one missile fired by the rebels', '12 drones launched by Iran'."""
    match = _FIRED_BY.match(tagged.text, tagged.chunks[loss.noun.last].end - tagged.start) if loss.category in _FLOWN else None
    if match is None:
        return None
    at = next((i for i, c in enumerate(tagged.chunks) if c.start - tagged.start >= match.end()), len(tagged.chunks))
    for chunk in tagged.chunks[at : at + 3]:
        if chunk.tag in "AU" and (side := side_of([chunk])):
            return side
        if isinstance(chunk.value, Entry) and chunk.value.lexicon == "persons" and chunk.value.row[2] == ARMED:
            return context.armed_group_near(index, None)
    return None


def _struck(context: Context, tagged: Tagged, loss: Loss, claimant_party: str | None, earlier: str | None) -> str | None:
    """Who shoots down or destroys something strikes the other side of the main war; what a side 'lost' is its own."""
    if loss.rule == "active":
        if loss.verb and tagged.tags[loss.verb - 1] in "c,":
            first = next((at for at in range(loss.verb - 1, -1, -1) if tagged.tags[at] in "tgv"), None)
            before = subject_of(tagged, first) if first is not None else None
            if earlier is None and before is not None and tagged.tags[before[0]] == "j":
                return foe_of(context, claimant_party)  # "the army says it hit 40 sites and destroyed two jets"
            return earlier or (foe_of(context, side_of(tagged.chunks[before[0] : before[1] + 1])) if before else None)
        subject = subject_of(tagged, loss.verb)
        if subject is None:  # "Ukrainian drones damaged 13 aircraft"
            ahead = [c.text.lower() for c in tagged.chunks[max(0, loss.verb - 5) : loss.verb]]
            own = tagged.chunks[loss.verb - 1].value
            if isinstance(own, Entry) and own.lexicon == "equipment" and own.row[1] == "air_defence":
                return foe_of(context, claimant_party)  # "Air defence systems shot down 133 drones": those of the claimant
            claims_it = ahead[-2:] == ["to", "have"] or not {"its", "their", "our"}.isdisjoint(ahead)  # "its drones destroyed two tanks"
            return foe_of(context, claimant_party if claims_it else striker_in(tagged, loss))  # "Armenia claimed to have destroyed …"
        chunks = tagged.chunks[subject[0] : subject[1] + 1]
        striker = side_of([c for c in chunks if c.tag != "L"])  # "an airstrike on the station of Dnipro destroyed …"
        is_own = tagged.tags[subject[0]] == "j" or (striker is None and any(c.tag == "U" for c in chunks))
        return foe_of(context, claimant_party if is_own else striker)  # "air defences shot down": those of the claimant
    if loss.rule in ("passive", "reduced_passive") and tagged.tags[loss.verb + 1 : loss.verb + 2] == "b":
        words = {c.text.lower() for c in tagged.chunks[loss.verb + 2 : loss.verb + 5]}
        if any(is_foe(word, claimant_party) for word in words):
            foe = enemy_of(words, claimant_party)  # "676 tanks lost by the invaders", "14 tanks destroyed by the invaders"
            return foe if tagged.tags[loss.verb] == "l" else OPPONENT.get(foe or "")
        agent = side_of([c for c in tagged.chunks[loss.verb + 2 : loss.verb + 6] if c.tag == "A"])
        if agent:
            return agent if tagged.tags[loss.verb] == "l" else OPPONENT.get(agent)
    if loss.rule == "nominal" and (foe := _lost_before(context, tagged)) is not None and foe == OPPONENT.get(claimant_party or ""):
        return foe  # "Moscow had lost 590 troops. It also reported the loss of 12 guns"
    if loss.rule == "nominal" and "loss" in tagged.chunks[loss.verb].text.lower() and is_state(claimant_party):
        return claimant_party  # "an American official confirmed the loss of three drones"
    is_at_war = claimant_party in OPPONENT or rival_of(context, claimant_party) is not None
    if is_at_war and loss.rule in ("passive", "reduced_passive") and loss.category not in ("vehicle", "other"):
        is_stray = loss.category in _FLOWN and (earlier is not None or "jammed" in tagged.text)  # "211 shot down, 225 lost or jammed"
        is_lost = not is_stray and tagged.chunks[loss.verb].text.lower() == "lost"  # "one launcher has been lost, the minister said"
        is_admitted = is_lost or not ADMITTED.isdisjoint(c.text.lower() for c in tagged.chunks)
        return claimant_party if is_admitted else foe_of(context, claimant_party)  # "26 aircraft were destroyed, the spokesman said"
    if loss.category in _FLOWN and loss.measure == "destroyed":
        return foe_of(context, claimant_party)  # who reports drones downed reports those of the other side
    return None


def _lost_before(context: Context, tagged: Tagged) -> str | None:
    """The side that 'has lost' something in the sentence before."""
    index = context.sentence_at(tagged.start)
    before = context.tagged(index - 1) if index else None
    match = _HAS_LOST.search(before.tags) if before is not None and before.paragraph == tagged.paragraph else None
    return side_of([before.chunks[match.start()]]) if before is not None and match is not None else None


def _sender(tagged: Tagged) -> str | None:
    """'Russia launched 60 drones', 'Iran has fired 180 missiles': who sent them."""
    for at, chunk in enumerate(tagged.chunks):
        subject = subject_of(tagged, at) if chunk.text.lower() in _SENT and at else None
        side = side_of([c for c in tagged.chunks[subject[0] : subject[1] + 1] if c.tag in "AU"]) if subject else None
        if side:
            return side
    return None


def striker_in(tagged: Tagged, loss: Loss) -> str | None:
    """The side that struck: 'Russian shelling killed …', '… killed by Israeli fire', '… in US airstrikes'."""
    if loss.rule == "active" and tagged.tags[loss.verb] in "tgv":
        subject = subject_of(tagged, loss.verb)
        if subject is not None and _are_fighters_there(tagged, subject[1]):
            return None
        side = side_of([c for c in tagged.chunks[subject[0] : subject[1] + 1] if c.tag in "AU"]) if subject else None
        if side:
            return side
    strikers = [
        (at, side) for at, chunk in enumerate(tagged.chunks) if (side := _leader(chunk) or side_of([chunk])) and is_of_strike(tagged, at)
    ]
    before = [side for at, side in strikers if at < loss.noun.first]
    return before[-1] if before else strikers[0][1] if strikers else None


def struck_in(tagged: Tagged) -> str | None:
    """The side struck: 'a mortar attack on a Turkish position', 'an ambush against a Malian army convoy'."""
    for match in _AT_SIDE.finditer(tagged.tags):
        at, side = match.start(), match.start("side")
        is_strike = at > 0 and tagged.chunks[at - 1].text.lower() in STRIKES and tagged.chunks[at].text.lower() in ("on", "against", "at")
        if is_strike and any(c.text.lower() in _HELD for c in tagged.chunks[side + 1 : side + 4]):
            return side_of([tagged.chunks[side]])
    return None


def _are_fighters_there(tagged: Tagged, last: int) -> bool:
    """'Rebels in northern Mali killed five soldiers': the country is where they fight, not for whom."""
    match = _FIGHTERS_AT.search(tagged.tags, max(0, last - 4), last + 1)
    value = tagged.chunks[match.start()].value if match else None
    return isinstance(value, Entry) and value.lexicon == "persons" and value.row[2] == ARMED


def _leader(chunk: Chunk) -> str | None:
    """'Hamas-led', 'US-led'."""
    name, _, led = chunk.text.rpartition("-")
    row = by_first("actors").get(name) if led == "led" else None
    return row[1] if row is not None else None


def is_of_strike(tagged: Tagged, at: int) -> bool:
    """'a Russian drone', 'Israel's air strikes', 'by the Israeli army'."""
    end = _END_OF_BLOW.search(tagged.tags, at + 1, at + 4)  # "Zelensky said the attack …", "attacked Kyiv with missiles": not theirs
    behind = {c.text.lower() for c in tagged.chunks[at + 1 : end.start() if end else at + 4]}
    if behind & STRIKES:
        return True
    by = at - 1 if tagged.tags[at - 1 : at] == "b" else at - 2 if tagged.tags[max(0, at - 2) : at] == "bd" else 0
    is_strike = by > 0 and (tagged.chunks[by - 1].text.lower() not in _RULED or tagged.tags[by - 2 : by] == "Pw")  # "gunmen led by Hamas"
    return is_strike and not is_speaker(tagged, at)


def foe_of(context: Context, side: str | None) -> str | None:
    """The side that `side` shoots at: in the main war the other, else the armed group of the article that fights it, or its state."""
    if side in OPPONENT:
        return OPPONENT[side]
    rival = rival_of(context, side)
    if rival is not None:
        return rival
    group = context.armed_group
    if group is not None and opponents().get(group) == side:
        return group
    return opponents().get(side or "") if is_armed_group(side) else None


def rival_of(context: Context, side: str | None) -> str | None:
    """The one state that the article names whose army has fought that of `side`."""
    named = {other for one, other in rivals() if one == side} & context.sides
    return named.pop() if len(named) == 1 else None
