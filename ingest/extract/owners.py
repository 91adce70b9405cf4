"""In: a case. Out: the side that the grammar around gives the loss to: the ranks they died in, the owner ('its soldiers'), the loser
('Russia lost …'), the list that the loss goes on with."""

from __future__ import annotations

import re

from ingest.extract.context import Context
from ingest.extract.evidence import ENEMY, Case, Verdict, enemy_of, if_told, is_foe, is_speaker, phrase_of, side_of_people
from ingest.extract.lost import Loss
from ingest.extract.places import country_of
from ingest.extract.sides import side_of
from ingest.extract.sites import STRUCK
from ingest.extract.speakers import run_left, subject_of
from ingest.extract.strikes import is_of_strike
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set
from ingest.extract.wars import BODIES, OPPONENT, is_armed_group, is_belligerent, is_state

_OWN = frozenset({"our", "we", "his", "my"})
_THEIRS = frozenset({"its", "their"})
_REST = frozenset({"others", "other", "more"})
_OUT_OF = re.compile(r"\bout of (?:(?:a|the) total of |(?:some|about|around|roughly|nearly|over|more than|at least|an estimated) )?$")
_OF_BOTH = re.compile(r"od?AcA[wU]?[PU]?[tn]$")
_OF_TWO = re.compile(r"d?Acd?A[UV]?l")
_ON_SIDE = re.compile(r"pdA[wU]")
_ON_OWN_SIDE = re.compile(r"(?: \w+)? on (?:its|their|our) own side\b")
_OWN_LOSSES = re.compile(r"\b(?:its|their|his) own (?:\w+ ){0,2}(?:losses|casualties|dead|deaths|toll|side)\b")
_LEFT = frozenset({"left", "leaving", "leaves", "leave", "caused", "causing", "in"})
_INFLICTED = re.compile(r"pd?A")
_OPENING = re.compile(r"d?A(?=[^SNtgvi]*,[^S]*,[BVmwpD]{0,6}$)")  # ", 11,000 strong, is thought to have"
_FORCES_AT = re.compile(
    r"(?:^|[,;:TSqx])d?(?P<side>A)s?[wUP]{1,2}pd?w?[LA]{1,2}[wmV]{0,3}$"
)  # "Russian troops in the Kursk region have lost"
_JOINED = re.compile(
    r"\b(?:(?:fighting|fight|fights|fought) (?:for|alongside|on the side of)(?: the)? "
    r"|(?:serv|enlist)(?:e|es|ed|ing|s)? (?:for|with|in|alongside)(?: the)? "
    r"|in (?:the )?(?=[\w']+ (?:uniform|ranks|service|army|military|armed forces)\b))"
)
_SENDS_ITS_ARMY = frozenset({"KP"})  # soldiers of other third states fight there as single men
_RECRUITING = ("recruit", "enlist", " hired ", " hiring ")
_LABEL = re.compile(r"[^:,;NA]{0,3}A[^:,;SNA]{0,3}[ntf][^:,;SNA]{0,2}[:-]|[^:,;SNA]{0,3}[ntf]od?w?A[:-]")
_SIDES_LOSSES = re.compile(r"As?w{0,2}n")
_INFLICTS = frozenset({"inflicted", "inflicts", "inflicting"})
_HIT = STRUCK | word_set("targeted targeting attacked attacking against fought fighting")  # "had targeted the group"
_ACCUSED = word_set("accused accuses accusing blamed blames blaming")


def by_ranks(case: Case) -> Verdict:
    """'six Nepalis killed in Russian uniform'."""
    return if_told(joined_side(case.tagged, case.loss))


def joined_side(tagged: Tagged, loss: Loss) -> str | None:
    """'soldiers from Colombia have died fighting for Ukraine', 'six Nepalis killed in Russian uniform': the side whose ranks they died in,
    where it is not their own nation's."""
    if loss.category != "personnel":
        return None
    is_pronoun = loss.noun.first < loss.noun.last and any(c.tag == "j" for c in tagged.chunks[loss.noun.first : loss.noun.last + 1])
    match = _JOINED.search(tagged.text, 0 if is_pronoun else tagged.chunks[loss.noun.first].start - tagged.start)
    if match is None:
        return _recruiter(tagged, loss)
    named = [c for c in tagged.chunks if 0 <= c.start - tagged.start - match.end() < 24 and c.tag == "A"][:1]
    side, own = side_of(named), side_of([c for c in phrase_of(tagged, loss) if c.tag == "A"]) or side_of_people(phrase_of(tagged, loss))
    if own is None and (is_pronoun or not _THEIRS.isdisjoint(c.text.lower() for c in phrase_of(tagged, loss))):
        own = _owner(tagged, loss.noun.first, side)  # "Nepal said six of its nationals had been killed in Russian uniform"
    return side if side and own and side != own and is_belligerent(side) and own not in _SENDS_ITS_ARMY else None


def _recruiter(tagged: Tagged, loss: Loss) -> str | None:
    """'asked Russia to stop recruiting its citizens after six Nepalis were killed': who recruited the men of a third nation."""
    if loss.measure != "killed" or not any(stem in tagged.text for stem in _RECRUITING):
        return None
    own = side_of([c for c in phrase_of(tagged, loss) if c.tag == "A"]) or side_of_people(phrase_of(tagged, loss))
    named = {side for c in tagged.chunks if c.tag == "A" and (side := side_of([c])) in OPPONENT and not _is_place(tagged, c)}
    return named.pop() if len(named) == 1 and is_state(own) and own not in OPPONENT else None


def _is_place(tagged: Tagged, chunk: Chunk) -> bool:
    before = [c.text.lower() for c in tagged.chunks if c.end <= chunk.start][-1:]
    return before[:1] in (["in"], ["of"], ["across"])


def by_owner(case: Case) -> Verdict:
    """'our men', 'three of its soldiers', 'the rebels put their losses at 12'."""
    tagged, loss, party = case.tagged, case.loss, case.claimant.party
    if case.words & _OWN and party:
        return (party,)
    if party is not None and tagged.chunks[loss.verb].text.lower().startswith("martyr"):
        return (party,)  # so a side calls its own dead
    if case.words & _THEIRS and not _is_from_theirs(tagged, loss):
        return (_owner_of_people(case),)
    if loss.rule == "amount" and tagged.tags[loss.verb] == "n" and tagged.chunks[max(0, loss.verb - 1)].text.lower() in _THEIRS:
        return (_owner(tagged, loss.verb) or _owner_ahead(case.context, case.at, tagged, loss.verb) or party,)
    return None


def _owner_of_people(case: Case) -> str | None:
    """Whose people 'its soldiers' are; a charity's nurses are of the land where they died."""
    context, index, tagged, loss, party = case.context, case.at, case.tagged, case.loss, case.claimant.party
    owners = (_owner(tagged, loss.noun.first), _owner_ahead(context, index, tagged, loss.noun.first))
    ordered = reversed(owners) if tagged.tags[0] == "j" else owners  # "It left after its soldiers …"
    owner = next((side for side in ordered if side), None)
    is_bystander = owner is None and party is not None and not is_belligerent(party) and not is_armed_group(party)
    if owner not in BODIES and not is_bystander:
        return owner or party
    place = country_of(context, index, tagged, loss)[0] if loss.population == "civilian" else None
    return place or context.state_before(tagged.start) or party


def _owner(tagged: Tagged, before: int, other: str | None = None) -> str | None:
    """'Israel said three of its soldiers …': the side named last before the number that is not `other`, nor who struck them: 'Kenya said an
    al-Shabaab bomb killed three of its policemen'."""
    for at in range(before - 1, -1, -1):
        chunk = tagged.chunks[at]
        side = (side_of([chunk]) if chunk.tag == "A" else None) or (side_of_people([chunk]) if other else None)
        if side and side != other and not _is_foe_of_owner(tagged, at):
            return side
    return None


def _is_foe_of_owner(tagged: Tagged, at: int) -> bool:
    """The side strikes, is accused, or is counted ('20 Hamas militants'): 'its' means somebody else."""
    is_counted = at > 0 and tagged.tags[at - 1] == "N" and tagged.tags[at + 1 : at + 2] in ("P", "E")
    before = at - 1 - (tagged.tags[at - 1 : at] == "d")
    return is_counted or is_of_strike(tagged, at) or (before >= 0 and tagged.chunks[before].text.lower() in _ACCUSED | _HIT)


def _is_from_theirs(tagged: Tagged, loss: Loss) -> bool:
    """'abducted 200 girls from their school': theirs is the school."""
    behind = [c.text.lower() for c in tagged.chunks[loss.noun.last + 1 : loss.noun.last + 3]]
    return behind[:1] == ["from"] and behind[-1] in _THEIRS


def _owner_ahead(context: Context, index: int, tagged: Tagged, before: int) -> str | None:
    """'Russia presses on despite losses. More than a million of its soldiers …': the side that the sentence before speaks of first, where
    nobody speaks ahead of the pronoun."""
    if index == 0 or "S" in tagged.tags[:before] or "Y" in tagged.tags[:before]:
        return None
    ahead = context.tagged(index - 1)
    named = (side_of([c]) for at, c in enumerate(ahead.chunks) if c.tag == "A" and not is_speaker(ahead, at))
    side = next((side for side in named if side), None)
    return side if side is not None and is_belligerent(side) else None


def by_list(case: Case) -> Verdict:
    """A further item of a list; '600 North Koreans, out of 4,700 casualties'."""
    before = case.tagged.chunks[case.loss.noun.first].start - case.tagged.start
    is_linked = case.is_item or (case.earlier and _OUT_OF.search(case.tagged.text, 0, before))
    return if_told(case.earlier) if is_linked else None


def by_infliction(case: Case) -> Verdict:
    """'Battlegroup Center inflicted losses of 545 troops': the other side of the main war."""
    tagged, loss = case.tagged, case.loss
    if not loss.verb or tagged.chunks[loss.verb - 1].text.lower() not in _INFLICTS:
        return None
    subject = subject_of(tagged, loss.verb - 1)
    side = side_of(tagged.chunks[subject[0] : subject[1] + 1]) if subject else None
    return if_told(OPPONENT.get(side or case.claimant.party or ""))


def by_side_named(case: Case) -> Verdict:
    """'On the Ukrainian side they count 1,353 tanks lost'."""
    tagged = case.tagged
    match = _ON_SIDE.match(tagged.tags)
    is_side = match is not None and tagged.chunks[0].text.lower() == "on" and tagged.chunks[3].text.lower() == "side"
    return if_told(side_of([tagged.chunks[2]])) if is_side else None


def by_both(case: Case) -> Verdict:
    """'the number of Ukrainian and Russian troops killed', 'Malawi and Uruguay have lost three and one': no one side's."""
    tags, loss = case.tagged.tags, case.loss
    is_both = loss.rule == "amount" and _OF_BOTH.search(tags, 0, loss.verb + 1) is not None
    return (None,) if is_both or (loss.rule == "lose" and _OF_TWO.match(tags)) else None


def by_loser(case: Case) -> Verdict:
    """'Russia lost 12 tanks', 'casualties among North Korean forces', 'Ukraine has suffered 60,000 killed', 'Russian losses: …'."""
    tagged, loss, party = case.tagged, case.loss, case.claimant.party
    if loss.is_subset and case.earlier and loss.rule == "count_noun":
        return None  # "Russia has suffered 100,000 casualties in Ukraine, including 20,000 dead"
    if tagged.chunks[loss.verb].text.lower().startswith(("abduct", "kidnap")):
        return None  # "Hamas attacked, and the number of those abducted is put at 200": who acts takes them
    if loss.noun.head is None and loss.rule == "reduced_passive" and (owner := _owner_of_losses(tagged, loss) or _sufferer(tagged, loss)):
        return (owner,)
    if loss.rule == "amount" and any(is_foe(c.text.lower(), party) for c in tagged.chunks[loss.verb + 1 : loss.verb + 6]):
        return (enemy_of(ENEMY, party),)  # "the losses of the enemy are estimated at …"
    return if_told(_loser(tagged, loss, party) or _among_forces(tagged, loss) or _heading_side(tagged, loss, party))


def _loser(tagged: Tagged, loss: Loss, claimant_party: str | None) -> str | None:
    """'Russia lost …', 'Russian casualties amounted to …', 'the loss of …'s tanks', 'Russia has suffered 70,000 casualties'."""
    if loss.rule not in ("lose", "count_noun", "nominal", "amount"):
        return None
    at = loss.verb if loss.rule != "count_noun" else loss.noun.first
    if loss.rule == "count_noun" and at > 1 and tagged.tags[at - 1] == "l" and (subject := subject_of(tagged, at - 1)) is not None:
        side = side_of([c for c in tagged.chunks[subject[0] : subject[1] + 1] if c.tag in "AU"])
        if side:
            return side
    if loss.rule == "count_noun" and at > 1 and tagged.tags[at - 1] == "l" and (opening := _OPENING.match(tagged.tags, 0, at - 1)):
        side = side_of([tagged.chunks[opening.end() - 1]])
        if side:
            return side  # "North Korea's contingent in Kursk, 11,000 strong, suffered 4,000 casualties"
    lost = loss.verb if loss.rule == "lose" else at - 1
    forces = _FORCES_AT.search(tagged.tags, 0, lost) if lost > 0 and tagged.tags[lost] == "l" else None
    if forces is not None and (side := side_of([tagged.chunks[forces.start("side")]])) is not None:
        return side
    struck = _INFLICTED.match(tagged.tags, loss.noun.last + 1) if loss.rule == "count_noun" else None
    if struck is not None and tagged.chunks[loss.noun.last + 1].text.lower() in ("on", "upon"):
        return side_of([tagged.chunks[struck.end() - 1]])  # "inflicted 190 casualties on the Ukrainian army"
    if loss.rule == "count_noun" and at and tagged.chunks[at - 1].text.lower() in _LEFT:
        return None  # "the group's attacks left 38 people dead"
    for back in range(at - 1, max(-1, at - 13), -1):
        chunk = tagged.chunks[back]
        if (chunk.tag in "AU" or side_of_people([chunk])) and not is_speaker(tagged, back) and not is_of_strike(tagged, back):
            side = side_of(tagged.chunks[run_left(tagged, back) : back + 1]) or side_of_people([chunk])
            if side in BODIES:
                return None  # "the World Health Organization had given a figure of 900 dead"
            if side or chunk.tag != "U":
                return side
        if is_foe(chunk.text.lower(), claimant_party):
            return enemy_of({chunk.text.lower()}, claimant_party)
        if chunk.text.lower() in ("its", "our") and loss.rule == "lose" and claimant_party:
            return claimant_party  # "its own army has lost …"
        if chunk.tag == "j" and loss.rule == "lose":
            return _antecedent(tagged, back, claimant_party)
        if chunk.tag == "S" and tagged.tags[back - 1 : back] == "B":
            continue  # "the Russians are said to have lost 3,000"
        if chunk.tag in "S;NL" or chunk.tag in "tgv":
            return None
    return _after_of(tagged, loss)


def _owner_of_losses(tagged: Tagged, loss: Loss) -> str | None:
    """'Ukraine's losses amounted to 70 killed and 150 wounded'."""
    at = tagged.tags.rfind("n", 0, loss.noun.first)
    if at < 0 or tagged.chunks[at].text.lower() not in ("losses", "casualties"):
        return None
    return side_of([c for c in reversed(tagged.chunks[max(0, at - 3) : at]) if c.tag == "A"])


def _sufferer(tagged: Tagged, loss: Loss) -> str | None:
    """'Ukraine has suffered 60,000 killed'."""
    at = loss.noun.first - 1
    subject = subject_of(tagged, at) if at > 0 and tagged.tags[at] == "l" else None
    return side_of([c for c in tagged.chunks[subject[0] : subject[1] + 1] if c.tag in "AU"]) if subject else None


def _among_forces(tagged: Tagged, loss: Loss) -> str | None:
    """'casualties among North Korean forces in Kursk have passed 4,500'."""
    for at in range(loss.noun.first - 1, 0, -1):
        if tagged.tags[at] in "S;N":
            return None
        if tagged.chunks[at].text.lower() == "among" and tagged.tags[at - 1] in "nf":
            return side_of([c for c in tagged.chunks[at + 1 : at + 4] if c.tag in "AU"])
    return None


def _antecedent(tagged: Tagged, at: int, claimant_party: str | None) -> str | None:
    """'it had lost', 'they had lost', 'we lost' inside what a side says is that side, when the sentence names no other between."""
    word = tagged.chunks[at].text.lower()
    if word == "we":
        return claimant_party
    sides = {side_of([c]) for c in tagged.chunks[:at] if c.tag == "A"} - {None}
    return sides.pop() if len(sides) == 1 and word in ("it", "they") else None


def _after_of(tagged: Tagged, loss: Loss) -> str | None:
    if loss.rule not in ("amount", "nominal"):
        return None
    tail = range(loss.verb + 1, min(loss.verb + 6, len(tagged.chunks)))
    return side_of([tagged.chunks[at] for at in tail if tagged.tags[at] == "A" and not is_of_strike(tagged, at)])


def _heading_side(tagged: Tagged, loss: Loss, claimant_party: str | None) -> str | None:
    """'Russian losses over the day: 14 tanks'; 'Named Russian dead: two outlets had identified 95,000 soldiers killed'."""
    if loss.rule not in ("listed", "loss_list"):
        label = _LABEL.match(tagged.tags, 0, loss.noun.first)
        return side_of([c for c in tagged.chunks[: label.end()] if c.tag == "A"]) if label else None
    stop = tagged.tags.find(":")
    head = tagged.chunks[: stop if stop >= 0 else loss.verb]  # "Russian losses over the day included 14 tanks"
    words = {c.text.lower() for c in head}
    return enemy_of(words, claimant_party or "UA") if words & ENEMY else side_of([c for c in head if c.tag == "A"])


def by_link(case: Case) -> Verdict:
    """'of which 90', 'three intercepted', '… and 251 tanks destroyed'."""
    loss = case.loss
    is_part = loss.noun.head is None or loss.noun.head < loss.noun.first or case.words & _REST
    is_linked = is_part or loss.is_subset or loss.rule in ("subset", "listed", "loss_list", "ledger") or _is_chained(case.tagged, loss)
    return if_told(case.earlier) if is_linked else None


def _is_chained(tagged: Tagged, loss: Loss) -> bool:
    """A later item of one list, or a further verb after 'and': '… had been downed, and 251 tanks destroyed'."""
    if loss.rule == "amount":
        return re.search(r"cw?$", tagged.tags[: loss.verb]) is not None  # "60,000 killed and total casualties of 400,000"
    before = tagged.tags[max(0, loss.noun.first - 2) : loss.noun.first]
    return (loss.category != "personnel" or loss.rule == "count_noun") and before != "" and before[-1] in "c,"


def by_own_losses(case: Case) -> Verdict:
    """'Moscow put its own losses at 1,351 dead', '29 wounded on its own side'."""
    tagged, loss, party = case.tagged, case.loss, case.claimant.party
    before = tagged.chunks[loss.noun.first].start - tagged.start
    if loss.rule in ("count_noun", "amount", "reduced_passive") and _OWN_LOSSES.search(tagged.text, 0, before):
        return (_owner(tagged, loss.noun.first) or party,)
    return (party,) if _ON_OWN_SIDE.match(tagged.text, tagged.chunks[loss.noun.last].end - tagged.start) else None


def by_losses_before(case: Case) -> Verdict:
    """'Russia's losses in Ukraine have passed one million. The estimate includes 250,000 dead': of the side whose losses were told
    just before."""
    tagged, loss = case.tagged, case.loss
    if (loss.noun.head is not None and loss.rule not in ("count_noun", "amount")) or loss.category != "personnel" or not case.at:
        return None
    if set(tagged.tags) & set("AL"):
        return None
    ahead = case.context.tagged(case.at - 1)
    match = _SIDES_LOSSES.search(ahead.tags) if ahead.paragraph == tagged.paragraph else None
    return if_told(side_of([ahead.chunks[match.start()]])) if match else None
