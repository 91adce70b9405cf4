"""In: a loss and its sentence, article and claimant. Out: the side whose people or equipment were lost, and the place, or None."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ingest.extract.context import Context, armies_in, side_of
from ingest.extract.lexicons import Entry, by_first
from ingest.extract.losses import Loss
from ingest.extract.periods import NEVER_AT_ONCE
from ingest.extract.places import STRIKES, country_at, country_of, place_of
from ingest.extract.speakers import run_left, subject_of
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set
from ingest.extract.wars import BODIES, OPPONENT, is_armed_group, is_belligerent, is_state, opponents, rivals, voice_of, voices

ARMED = "fighter"  # the subject of militants, rebels, gunmen: people of no state's army
_WAR_OF_UKRAINE = frozenset({"UA", "RU", "US", "UN", "GB", "EU", "NATO", "MEDIA"})
_ENEMY = frozenset({"enemy", "enemy's", "adversary", "adversary's", "occupiers", "invaders", "occupants", "aggressor", "occupier"})
_INVADERS = frozenset({"invaders", "occupiers", "occupants", "occupier", "aggressor"})
_CLAIMANTS_OWN = frozenset({"it", "its", "they", "their", "we", "our"})
_REST = frozenset({"others", "other", "more"})
_OWN = frozenset({"our", "we", "his", "my"})
_THEIRS = frozenset({"its", "their"})
_TROOPS = word_set(
    "soldiers soldier servicemen serviceman troops personnel officers officer marines paratroopers pilots guards sailors reservists"
    " conscripts recruits commandos crew members airmen cadets guard guardsmen men generals general colonels colonel majors"
    " captains lieutenants sergeants corporals reservist marine paratrooper pilot guard sailor conscript recruit commando cadet guardsman"
    " policemen policeman police gendarmes gendarme servicewomen servicemembers rangers jawans jawan infantrymen sappers artillerymen"
    " gunners tankmen crewmen crewman airman aviators privates draftees peshmerga prisoners pows captives"
)
_OUT_OF = re.compile(r"\bout of (?:(?:a|the) total of |(?:some|about|around|roughly|nearly|over|more than|at least|an estimated) )?$")
_ON_OWN_SIDE = re.compile(r"(?: \w+)? on (?:its|their|our) own side\b")
_FORMER = frozenset({"former", "ex", "demobilised", "demobilized"})
_FLOWN = frozenset({"drone", "missile"})
_FIRED_BY = re.compile(r",? (?:that (?:had been|were) )?(?:fired|launched|sent|operated|flown)(?: \w+)? by ")
_SENT = word_set("launched launches fired fires attacked sent unleashed used deployed shelled bombarded")
_LEFT = frozenset({"left", "leaving", "leaves", "leave", "caused", "causing", "in"})
_OWN_LOSSES = re.compile(r"\b(?:its|their|his) own (?:\w+ ){0,2}(?:losses|casualties|dead|deaths|toll|side)\b")
_INFLICTED = re.compile(r"pd?A")
_OPENING = re.compile(r"d?A(?=[^SNtgvi]*,[^S]*,$)")
_FORCES_AT = re.compile(
    r"(?:^|[,;:TSqx])d?(?P<side>A)s?[wUP]{1,2}pd?w?[LA]{1,2}[wmV]{0,3}$"
)  # "Russian troops in the Kursk region have lost"
_TAKEN = word_set("prisoners pows captives")
_GIVES_UP = word_set(
    "surrendered surrender yielded apprehended arrested arresting neutralised neutralized neutralising eliminated eliminating liquidated"
)
_OCCUPIED = re.compile(
    r"\b(?:territor\w+|areas?|parts?|regions?) (?:\w+ )?(?:occupied|controlled|held) by\b|\boccupied (?:territor|areas?|parts?)\w*"
)
_ADMITTED = word_set("admitted admits acknowledged acknowledges acknowledging conceded concedes confessed") | {"owned up to"}
_ACROSS_BORDERS = frozenset({"Hamas", "Hezbollah", "Islamic Jihad", "Houthis", "JNIM", "ISWAP", "Boko Haram", "al-Shabaab", "PKK", "ADF"})
_ABDUCTIONS = word_set("abducted abducting abductions kidnapped kidnapping hostage hostages")
_RULED = word_set("run led controlled held governed backed administered operated headed occupied said reported released published")
_JOINED = re.compile(
    r"\b(?:(?:fighting|fight|fights|fought) (?:for|alongside|on the side of)(?: the)? "
    r"|(?:serv|enlist)(?:e|es|ed|ing|s)? (?:for|with|in|alongside)(?: the)? "
    r"|in (?:the )?(?=[\w']+ (?:uniform|ranks|service|army|military|armed forces)\b))"
)
_LABEL = re.compile(r"[^:,;NA]{0,3}A[^:,;SNA]{0,3}[ntf][^:,;SNA]{0,2}:|[^:,;SNA]{0,3}[ntf]od?w?A:")
_FIGHTERS_AT = re.compile(r"Pp[dw]{0,2}[AL]$")
_SIDES_LOSSES = re.compile(r"As?w{0,2}n")
_OTHER_KIND = re.compile(r"A[Uw]?P")
_ACCUSED = word_set("accused accuses accusing blamed blames blaming")
_RECRUITING = ("recruit", "enlist", " hired ", " hiring ")
_SHARED_GROUND = word_set("PS LB SY YE IQ LY")  # two armies and more, so a soldier there may be anybody's


class Claimant(NamedTuple):
    """Who speaks: its side, and the side whose dead it counts where it was set up to count those of one."""

    party: str | None
    counts: str | None


NOBODY = Claimant(None, None)


class Case(NamedTuple):
    """A loss in the sentence number `at`, who tells of it, the side of the list before it (`earlier`), and the counted `phrase`."""

    context: Context
    at: int
    tagged: Tagged
    loss: Loss
    claimant: Claimant
    earlier: str | None
    is_item: bool
    phrase: list[Chunk]
    words: frozenset[str]  # of the phrase, lower case


Verdict = tuple[str | None] | None
"""What a piece of evidence says: nothing (None), that it is this side, or that nobody can tell (a tuple with None)."""


def side_of_loss(
    context: Context, index: int, tagged: Tagged, loss: Loss, claimant: Claimant, earlier: str | None, is_item: bool = False
) -> str | None:
    """What the first piece of evidence says that says anything; `earlier` is the side of the list before the loss, `is_item` says that the
    loss is a further item of that list."""
    phrase = _phrase(tagged, loss)
    words = frozenset(chunk.text.lower() for chunk in phrase)
    case = Case(context, index, tagged, loss, claimant, earlier, is_item, phrase, words)
    verdict = next((found for evidence in _EVIDENCE if (found := evidence(case)) is not None), None)
    return verdict[0] if verdict else None


def _if_told(side: str | None) -> Verdict:
    return (side,) if side else None


def _by_ranks(case: Case) -> Verdict:
    """'six Nepalis killed in Russian uniform'."""
    return _if_told(joined_side(case.tagged, case.loss))


def _by_phrase(case: Case) -> Verdict:
    """'12 Russian soldiers'; 'Russian and Ukrainian soldiers' are no one side's."""
    sides = {voice_of(c.value.row[1]) for c in case.phrase if c.tag == "A" and isinstance(c.value, Entry)}
    if len(sides) > 1 and case.loss.rule != "nominal":
        return (None,)
    if case.loss.is_subset and case.earlier and case.loss.category != "personnel":
        return (case.earlier,)  # "22 launchers, among them five American HIMARS"
    named = side_of([c for c in case.phrase if c.tag in "AU"]) or _people(case.phrase)
    return None if is_armed_group(named) and case.words & _FORMER else _if_told(named)


def _by_enemy(case: Case) -> Verdict:
    """'300 enemy troops'."""
    return (_enemy(case.words, case.claimant.party),) if case.words & _ENEMY else None


def _by_owner(case: Case) -> Verdict:
    """'our men', 'three of its soldiers', 'the rebels put their losses at 12'."""
    tagged, loss, party = case.tagged, case.loss, case.claimant.party
    if case.words & _OWN and party:
        return (party,)
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


def _by_list(case: Case) -> Verdict:
    """A further item of a list; '600 North Koreans, out of 4,700 casualties'."""
    before = case.tagged.chunks[case.loss.noun.first].start - case.tagged.start
    is_linked = case.is_item or (case.earlier and _OUT_OF.search(case.tagged.text, 0, before))
    return _if_told(case.earlier) if is_linked else None


def _by_loser(case: Case) -> Verdict:
    """'Russia lost 12 tanks', 'casualties among North Korean forces', 'Ukraine has suffered 60,000 killed', 'Russian losses: …'."""
    tagged, loss, party = case.tagged, case.loss, case.claimant.party
    if loss.noun.head is None and loss.rule == "reduced_passive" and (owner := _owner_of_losses(tagged, loss) or _sufferer(tagged, loss)):
        return (owner,)
    if loss.rule == "amount" and any(c.text.lower() in _ENEMY for c in tagged.chunks[loss.verb + 1 : loss.verb + 6]):
        return (_enemy(_ENEMY, party),)  # "the losses of the enemy are estimated at …"
    return _if_told(_loser(tagged, loss, party) or _among_forces(tagged, loss) or _heading_side(tagged, loss, party))


def _by_link(case: Case) -> Verdict:
    """'of which 90', 'three intercepted', '… and 251 tanks destroyed'."""
    loss = case.loss
    is_part = loss.noun.head is None or loss.noun.head < loss.noun.first or case.words & _REST
    is_linked = is_part or loss.is_subset or loss.rule in ("subset", "listed", "loss_list", "ledger") or _is_chained(case.tagged, loss)
    return _if_told(case.earlier) if is_linked else None


def _by_own_losses(case: Case) -> Verdict:
    """'Moscow put its own losses at 1,351 dead', '29 wounded on its own side'."""
    tagged, loss, party = case.tagged, case.loss, case.claimant.party
    before = tagged.chunks[loss.noun.first].start - tagged.start
    if loss.rule in ("count_noun", "amount", "reduced_passive") and _OWN_LOSSES.search(tagged.text, 0, before):
        return (_owner(tagged, loss.noun.first) or party,)
    return (party,) if _ON_OWN_SIDE.match(tagged.text, tagged.chunks[loss.noun.last].end - tagged.start) else None


def _by_losses_before(case: Case) -> Verdict:
    """'Russia's losses in Ukraine have passed one million. The estimate includes 250,000 dead': of the side whose losses were told
    just before."""
    tagged, loss = case.tagged, case.loss
    if (loss.noun.head is not None and loss.rule not in ("count_noun", "amount")) or loss.category != "personnel" or not case.at:
        return None
    if set(tagged.tags) & set("AL"):
        return None
    ahead = case.context.tagged(case.at - 1)
    match = _SIDES_LOSSES.search(ahead.tags) if ahead.paragraph == tagged.paragraph else None
    return _if_told(side_of([ahead.chunks[match.start()]])) if match else None


def _by_arms_borne(case: Case) -> Verdict:
    """Militants and gunmen: the armed group that the sentences around name."""
    party = case.claimant.party
    state = party if party and is_belligerent(party) else None
    return (case.context.armed_group_near(case.at, state),) if case.loss.subject == ARMED else None


def _by_occupation(case: Case) -> Verdict:
    """People hit in occupied territory."""
    is_open = case.loss.population != "military" and case.claimant.counts is None
    return (None,) if is_open and _OCCUPIED.search(case.tagged.text) else None


def _by_scene(case: Case) -> Verdict:
    """Of people: who struck, who speaks and where; nobody arrests or eliminates his own."""
    context, loss, claimant_party = case.context, case.loss, case.claimant.party
    if loss.category != "personnel":
        return None
    party = _of_people(context, case.at, case.tagged, loss, case.claimant)
    verb = case.tagged.chunks[loss.verb].text.lower()
    gives_up = verb in _GIVES_UP or (loss.measure == "captured" and (loss.rule == "intransitive" or case.words & _TAKEN))
    is_unsaid = claimant_party is None and loss.measure == "casualties" and loss.population == "military"
    is_theirs = gives_up and party is not None and (party == claimant_party or is_unsaid)
    return (_foe(context, party) if is_theirs else party,)


def _by_fire(case: Case) -> Verdict:
    """Of equipment: who fired it, who struck it, who sent it."""
    context, index, tagged, loss = case.context, case.at, case.tagged, case.loss
    struck = (
        _fired_by(context, index, tagged, loss)
        or _struck(context, tagged, loss, case.claimant.party, case.earlier)
        or (case.earlier if loss.rule in ("passive", "reduced_passive") else None)
    )
    is_downed = struck is None and loss.category in _FLOWN and loss.measure == "destroyed"
    return ((_sender(tagged) or (_sender(context.tagged(index - 1)) if index else None)) if is_downed else struck,)


_EVIDENCE: tuple[Callable[[Case], Verdict], ...] = (  # the clearest first
    _by_ranks,
    _by_phrase,
    _by_enemy,
    _by_owner,
    _by_list,
    _by_loser,
    _by_link,
    _by_own_losses,
    _by_losses_before,
    _by_arms_borne,
    _by_occupation,
    _by_scene,
    _by_fire,
)


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
    side, own = side_of(named), side_of([c for c in _phrase(tagged, loss) if c.tag == "A"]) or _people(_phrase(tagged, loss))
    if own is None and (is_pronoun or not _THEIRS.isdisjoint(c.text.lower() for c in _phrase(tagged, loss))):
        own = _owner(tagged, loss.noun.first, side)  # "Nepal said six of its nationals had been killed in Russian uniform"
    return side if side and own and side != own and is_belligerent(side) else None


def _recruiter(tagged: Tagged, loss: Loss) -> str | None:
    """'asked Russia to stop recruiting its citizens after six Nepalis were killed': who recruited the men of a third nation."""
    if loss.measure != "killed" or not any(stem in tagged.text for stem in _RECRUITING):
        return None
    own = side_of([c for c in _phrase(tagged, loss) if c.tag == "A"]) or _people(_phrase(tagged, loss))
    named = {side for c in tagged.chunks if c.tag == "A" and (side := side_of([c])) in OPPONENT and not _is_place(tagged, c)}
    return named.pop() if len(named) == 1 and is_state(own) and own not in OPPONENT else None


def _is_place(tagged: Tagged, chunk: Chunk) -> bool:
    before = [c.text.lower() for c in tagged.chunks if c.end <= chunk.start][-1:]
    return before[:1] in (["in"], ["of"], ["across"])


def _owner(tagged: Tagged, before: int, other: str | None = None) -> str | None:
    """'Israel said three of its soldiers …': the side named last before the number that is not `other`, nor who struck them: 'Kenya said an
    al-Shabaab bomb killed three of its policemen'."""
    for at in range(before - 1, -1, -1):
        chunk = tagged.chunks[at]
        side = (side_of([chunk]) if chunk.tag == "A" else None) or (_people([chunk]) if other else None)
        if side and side != other and not _is_foe_of_owner(tagged, at):
            return side
    return None


def _is_foe_of_owner(tagged: Tagged, at: int) -> bool:
    """The side strikes, is accused, or is counted ('20 Hamas militants'): 'its' means somebody else."""
    is_counted = at > 0 and tagged.tags[at - 1] == "N" and tagged.tags[at + 1 : at + 2] in ("P", "E")
    return is_counted or _is_of_strike(tagged, at) or (at > 0 and tagged.chunks[at - 1].text.lower() in _ACCUSED)


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
    named = (side_of([c]) for at, c in enumerate(ahead.chunks) if c.tag == "A" and not _is_speaker(ahead, at))
    side = next((side for side in named if side), None)
    return side if side is not None and is_belligerent(side) else None


def _of_people(context: Context, index: int, tagged: Tagged, loss: Loss, claimant: Claimant) -> str | None:
    """People without a nation beside them: soldiers by who struck and who speaks, others by the place, then by who struck."""
    striker = _striker(tagged, loss) or _unnamed_group(context, index, tagged, loss)
    claimant_party = claimant.party
    if claimant.counts and opponents().get(striker or "") in (None, claimant.counts):
        return claimant.counts
    if (
        claimant_party
        and is_belligerent(claimant_party)
        and not _ADMITTED.isdisjoint(c.text.lower() for c in tagged.chunks[: loss.noun.first])
    ):
        return claimant_party  # "it admitted to 498 deaths": its own
    robbed = _of_abductions(context, index, tagged, loss)
    if robbed:
        return robbed
    place, is_placed = country_of(context, index, tagged, loss)
    if (warred := _of_whole_war(context, tagged, loss)) is not None:
        return warred
    if loss.population in ("military", "foreign_fighters"):
        return _of_soldiers(context, index, tagged, loss, striker, place, is_placed, claimant_party)
    foe = opponents().get(striker or "")
    if is_armed_group(striker) and foe is not None and place in (None, voice_of(striker)):
        return foe  # "Israel's campaign in Gaza began after the Hamas attack, which killed about 1,200 people"
    if is_placed:
        is_told_here = place_of(tagged) is not None or country_at(tagged, loss.noun.first) is not None
        speaker = voice_of(claimant_party)
        if not is_told_here and place == striker != speaker and speaker not in OPPONENT and is_belligerent(speaker or ""):
            return speaker  # "Israeli strikes have since killed 5,000 in the enclave, the ministry said"
        return place if is_told_here or not _is_other_side(place, claimant_party) else None
    if striker in OPPONENT and claimant_party in (None, OPPONENT[striker]):
        return OPPONENT[striker]
    if claimant_party == "UN" and loss.population == "civilian" and context.names_side("UA") and context.sides <= _WAR_OF_UKRAINE:
        return "UA"  # the United Nations counts civilians of that war in Ukraine
    if claimant_party and is_belligerent(claimant_party) and striker not in (None, claimant_party):
        return claimant_party  # "Iranian strikes killed 28 people, by Israel's count"
    home = context.home(tagged.start) or context.home(len(context.text))
    if claimant_party and striker != claimant_party and is_belligerent(claimant_party) and home in (None, claimant_party):
        return claimant_party
    if striker is not None and striker == home:
        return "PS" if striker == "IL" and context.names_side("PS") and not context.names_side("LB") else None
    if home is None and context.armed_group is not None and context.armed_group not in _ACROSS_BORDERS:
        home = context.fights_group  # a civil war has its dead in one country
    return None if _is_other_side(home, claimant_party) else home


def _of_whole_war(context: Context, tagged: Tagged, loss: Loss) -> str | None:
    """'The conflict has left 260,000 dead' behind talks held abroad: the state that fights the one armed group of the article."""
    is_of_war = (loss.noun.quantity.low or loss.noun.quantity.high or 0) >= NEVER_AT_ONCE and not set(tagged.tags) & set("AL")
    return context.fights_group if is_of_war and context.armed_group not in _ACROSS_BORDERS else None


def _of_abductions(context: Context, index: int, tagged: Tagged, loss: Loss) -> str | None:
    """'1,200 people were killed and 250 abducted', '59 hostages are held in Gaza': the state that the group which rules there fights,
    wherever they are held."""
    is_hold = loss.measure == "captured" and "holding" in context.words[index]
    if not (is_hold or context.words[index] & _ABDUCTIONS) or loss.population in ("military", "foreign_fighters"):
        return None
    place = country_of(context, index, tagged, loss)[0] if loss.subject == "hostage" else None
    if place in voices().values() and (state := opponents().get(place or "")) is not None:
        return state  # "48 hostages remain in Gaza"
    robbed = {opponents().get(side) for side, voice in voices().items() if voice != side and context.names_side(side)} - {None}
    return robbed.pop() if len(robbed) == 1 else None


def _is_other_side(place: str | None, claimant_party: str | None) -> bool:
    """Who counts the dead of a strike seldom counts the other side's: the place carried from an earlier sentence is not this one."""
    return claimant_party in OPPONENT and place == OPPONENT[claimant_party]


def _of_soldiers(
    context: Context,
    index: int,
    tagged: Tagged,
    loss: Loss,
    striker: str | None,
    place: str | None,
    is_placed: bool,
    claimant_party: str | None,
) -> str | None:
    """'15 soldiers': whom the striker fights, else who speaks of his own dead, else the army at home there or alone in the article."""
    words = {word for c in tagged.chunks[loss.noun.first : loss.noun.last + 1] for word in c.text.lower().split()}
    if not words & _TROOPS:
        return None
    if striker in OPPONENT and claimant_party in (None, striker, OPPONENT[striker]):
        return OPPONENT[striker]
    clause = max(tagged.tags.rfind(";", 0, loss.verb), tagged.tags.rfind("S", 0, loss.verb), 0)
    if loss.rule == "active" and {c.text.lower() for c in tagged.chunks[clause : loss.verb]} & _CLAIMANTS_OWN:
        # "it said its drones had sunk the ship, killing six sailors"
        teller = claimant_party or context.armed_group_near(index, None)
        if teller is not None:
            return (_army_just_before(context, index, tagged) if is_armed_group(teller) else None) or _fought_by(context, teller, place)
    if claimant_party and is_belligerent(claimant_party) and striker != claimant_party:
        is_across = place in OPPONENT and place != claimant_party
        return None if is_across else claimant_party
    named = _armies_of(tagged) if striker is None and not is_belligerent(claimant_party or "") else set()
    if len(named) == 1 and not is_armed_group(claimant_party):
        return named.pop()  # "70,000 soldiers were killed or wounded in May, the ministry in London said, as the Russian army …"
    if not is_placed:
        place = context.home(len(context.text))
    group = striker if is_armed_group(striker) else claimant_party
    if is_armed_group(group):
        return _army_just_before(context, index, tagged) or _fought_by(context, group, place)
    if len(_countries_of(tagged)) > 1:
        return None  # "in Mali, Niger and Burkina Faso"
    if {side for c in tagged.chunks[: loss.noun.first] if _is_country(c) and (side := side_of([c]))} - {place}:
        return None  # "South Africa mourns fourteen soldiers who died in Goma"
    is_calm = place is not None and place not in OPPONENT and place not in _SHARED_GROUND
    side = place if is_calm else context.army
    return side if striker != side else None


def _army_just_before(context: Context, index: int, tagged: Tagged) -> str | None:
    """'stormed a base of Ugandan troops. The group said it had killed 137 soldiers': the one army of the sentence before."""
    earlier = context.tagged(index - 1) if index else None
    if earlier is None or earlier.paragraph != tagged.paragraph:
        return None
    found = armies_in(earlier)
    return found.pop() if len(found) == 1 else None


def _armies_of(tagged: Tagged) -> set[str]:
    """The sides whose army a sentence makes the subject of something: not 'in clashes with the Malian army'."""
    found = set()
    for at, chunk in enumerate(tagged.chunks[:-1]):
        before = tagged.tags[:at].rstrip("dw")[-1:]
        if chunk.tag == "A" and tagged.tags[at + 1] == "U" and before not in ("p", "b", "o") and not _is_speaker(tagged, at + 1):
            found |= {side_of([chunk])}
    return {side for side in found if side is not None and is_belligerent(side)}


def _is_country(chunk: Chunk) -> bool:
    return chunk.tag == "A" and isinstance(chunk.value, Entry) and chunk.value.row[2] == "country"


def _countries_of(tagged: Tagged) -> set[str]:
    """The countries of the places that a sentence names as places."""
    named = (
        c.value.row for at, c in enumerate(tagged.chunks) if isinstance(c.value, Entry) and (c.tag == "L" or _is_listed_place(tagged, at))
    )
    return {row[1] for row in named} - {""}


def _is_listed_place(tagged: Tagged, at: int) -> bool:
    """'in Mali, Niger and Burkina Faso'."""
    before = re.search(r"p(?:[AL],?c?)*$", tagged.tags[max(0, at - 8) : at])
    value = tagged.chunks[at].value
    is_country = tagged.tags[at] == "A" and isinstance(value, Entry) and value.row[2] == "country"
    return is_country and before is not None and tagged.chunks[at - len(before.group())].text.lower() in ("in", "across", "inside")


def _fought_by(context: Context, side: str | None, place: str | None) -> str | None:
    """Whose soldiers `side` fights: in the main war the other's; of a group the state where it happened, else the one it is at war with."""
    if side in OPPONENT or not is_armed_group(side):
        return OPPONENT.get(side or "") or _rival(context, side) or (place if place == side else None)
    place = place or context.home(len(context.text))
    if place is not None and place not in _SHARED_GROUND:
        return place
    return opponents().get(side or "") or context.army


def _foe(context: Context, side: str | None) -> str | None:
    """The side that `side` shoots at: in the main war the other, else the armed group of the article that fights it, or its state."""
    if side in OPPONENT:
        return OPPONENT[side]
    rival = _rival(context, side)
    if rival is not None:
        return rival
    group = context.armed_group
    if group is not None and opponents().get(group) == side:
        return group
    return opponents().get(side or "") if is_armed_group(side) else None


def _rival(context: Context, side: str | None) -> str | None:
    """The one state that the article names whose army has fought that of `side`."""
    named = {other for one, other in rivals() if one == side} & context.sides
    return named.pop() if len(named) == 1 else None


def _striker(tagged: Tagged, loss: Loss) -> str | None:
    """The side that struck: 'Russian shelling killed …', '… killed by Israeli fire', '… in US airstrikes'."""
    if loss.rule == "active" and tagged.tags[loss.verb] in "tgv":
        subject = subject_of(tagged, loss.verb)
        if subject is not None and _are_fighters_there(tagged, subject[1]):
            return None
        side = side_of([c for c in tagged.chunks[subject[0] : subject[1] + 1] if c.tag in "AU"]) if subject else None
        if side:
            return side
    strikers = [
        (at, side) for at, chunk in enumerate(tagged.chunks) if (side := _leader(chunk) or side_of([chunk])) and _is_of_strike(tagged, at)
    ]
    before = [side for at, side in strikers if at < loss.noun.first]
    return before[-1] if before else strikers[0][1] if strikers else None


def _are_fighters_there(tagged: Tagged, last: int) -> bool:
    """'Rebels in northern Mali killed five soldiers': the country is where they fight, not for whom."""
    match = _FIGHTERS_AT.search(tagged.tags, max(0, last - 4), last + 1)
    value = tagged.chunks[match.start()].value if match else None
    return isinstance(value, Entry) and value.lexicon == "persons" and value.row[2] == ARMED


def _unnamed_group(context: Context, index: int, tagged: Tagged, loss: Loss) -> str | None:
    """'the group boasts of having killed 200', 'gunmen killed 26': the one armed group that the sentences around name."""
    if loss.rule != "active" or loss.category != "personnel":
        return None
    for at in range(loss.verb - 1, max(-1, loss.verb - 9), -1):
        value = tagged.chunks[at].value
        is_fighter = isinstance(value, Entry) and value.lexicon == "persons" and value.row[2] == ARMED
        if is_fighter or (tagged.chunks[at].text.lower() == "group" and tagged.tags[at - 1 : at] == "d"):
            return context.armed_group_near(index, None)
        if tagged.tags[at] in "A;N":
            return None
    return None


def _leader(chunk: Chunk) -> str | None:
    """'Hamas-led', 'US-led'."""
    name, _, led = chunk.text.rpartition("-")
    row = by_first("actors").get(name) if led == "led" else None
    return row[1] if row is not None else None


def _is_of_strike(tagged: Tagged, at: int) -> bool:
    """'a Russian drone', 'Israel's air strikes', 'by the Israeli army'."""
    spoken = tagged.tags[at + 1 : at + 4].find("S")  # "Zelensky said the attack …": no attack of his
    behind = {c.text.lower() for c in tagged.chunks[at + 1 : at + (1 + spoken if spoken >= 0 else 4)]}
    if behind & STRIKES:
        return True
    by = at - 1 if tagged.tags[at - 1 : at] == "b" else at - 2 if tagged.tags[max(0, at - 2) : at] == "bd" else 0
    is_strike = by > 0 and (tagged.chunks[by - 1].text.lower() not in _RULED or tagged.tags[by - 2 : by] == "Pw")  # "gunmen led by Hamas"
    return is_strike and tagged.tags[at + 1 : at + 2] not in ("S", "G")


def _phrase(tagged: Tagged, loss: Loss) -> list[Chunk]:
    """The counted noun and what is tied to its end by 'of' or 'from'."""
    last = loss.noun.last + 1
    on_side = re.match(r"(?:[tn]?)pdA", tagged.tags[last:])
    if (
        on_side
        and tagged.chunks[last + on_side.end() : last + on_side.end() + 1]
        and tagged.chunks[last + on_side.end()].text.lower() == "side"
    ):
        return tagged.chunks[loss.noun.first : last + on_side.end()]  # "30 dead on the Thai side"
    if tagged.chunks[last - 1].text.lower() == "other" and (kind := _OTHER_KIND.match(tagged.tags, last)):
        return tagged.chunks[loss.noun.first : kind.end()]  # "12 other Hezbollah fighters"
    if tagged.tags[last : last + 4] == "cNPP" and tagged.chunks[last + 2].text.lower() == "other":
        last += 4  # "six commanders and 3,856 other members of …"
    if tagged.tags[last : last + 1] == "o" or (last < len(tagged.chunks) and tagged.chunks[last].text.lower() == "from"):
        stop = min(len(tagged.chunks), last + 5)
        while last < stop and tagged.tags[last] in "odAURsp()":
            last += 1
    return tagged.chunks[loss.noun.first : last]


def _people(chunks: list[Chunk]) -> str | None:
    for chunk in chunks:
        if chunk.tag == "P" and isinstance(chunk.value, Entry) and chunk.value.lexicon == "actors":
            return chunk.value.row[1]
    return None


def _enemy(words: set[str] | frozenset[str], claimant_party: str | None) -> str | None:
    if claimant_party in OPPONENT:
        return OPPONENT[claimant_party]
    return "RU" if words & _INVADERS else None


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
        if side and tagged.tags[at - 2] == ",":
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
        if (chunk.tag in "AU" or _people([chunk])) and not _is_speaker(tagged, back) and not _is_of_strike(tagged, back):
            side = side_of(tagged.chunks[run_left(tagged, back) : back + 1]) or _people([chunk])
            if side in BODIES:
                return None  # "the World Health Organization had given a figure of 900 dead"
            if side or chunk.tag != "U":
                return side
        if chunk.text.lower() in _ENEMY:
            return _enemy({chunk.text.lower()}, claimant_party)
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


def _is_speaker(tagged: Tagged, at: int) -> bool:
    return tagged.tags[at + 1 : at + 2] in ("S", "G")


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
    return side_of([tagged.chunks[at] for at in tail if tagged.tags[at] == "A" and not _is_of_strike(tagged, at)])


def _heading_side(tagged: Tagged, loss: Loss, claimant_party: str | None) -> str | None:
    """'Russian losses over the day: 14 tanks'; 'Named Russian dead: two outlets had identified 95,000 soldiers killed'."""
    if loss.rule not in ("listed", "loss_list"):
        label = _LABEL.match(tagged.tags, 0, loss.noun.first)
        return side_of([c for c in tagged.chunks[: label.end()] if c.tag == "A"]) if label else None
    stop = tagged.tags.find(":")
    head = tagged.chunks[: stop if stop >= 0 else loss.verb]  # "Russian losses over the day included 14 tanks"
    words = {c.text.lower() for c in head}
    return _enemy(words, claimant_party or "UA") if words & _ENEMY else side_of([c for c in head if c.tag == "A"])


def _is_chained(tagged: Tagged, loss: Loss) -> bool:
    """A later item of one list, or a further verb after 'and': '… had been downed, and 251 tanks destroyed'."""
    if loss.rule == "amount":
        return re.search(r"cw?$", tagged.tags[: loss.verb]) is not None  # "60,000 killed and total casualties of 400,000"
    before = tagged.tags[max(0, loss.noun.first - 2) : loss.noun.first]
    return (loss.category != "personnel" or loss.rule == "count_noun") and before != "" and before[-1] in "c,"


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
                return _foe(context, claimant_party)  # "the army says it hit 40 sites and destroyed two jets"
            return earlier or (_foe(context, side_of(tagged.chunks[before[0] : before[1] + 1])) if before else None)
        subject = subject_of(tagged, loss.verb)
        if subject is None:  # "Ukrainian drones damaged 13 aircraft"
            ahead = [c.text.lower() for c in tagged.chunks[max(0, loss.verb - 5) : loss.verb]]
            claims_it = ahead[-2:] == ["to", "have"] or not {"its", "their", "our"}.isdisjoint(ahead)  # "its drones destroyed two tanks"
            return _foe(context, claimant_party if claims_it else _striker(tagged, loss))  # "Armenia claimed to have destroyed …"
        chunks = tagged.chunks[subject[0] : subject[1] + 1]
        is_own = tagged.tags[subject[0]] == "j" or (side_of(chunks) is None and any(c.tag == "U" for c in chunks))
        return _foe(context, claimant_party if is_own else side_of(chunks))  # "air defences shot down": those of the claimant
    if loss.rule in ("passive", "reduced_passive") and tagged.tags[loss.verb + 1 : loss.verb + 2] == "b":
        words = {c.text.lower() for c in tagged.chunks[loss.verb + 2 : loss.verb + 5]}
        if words & _ENEMY:
            return _enemy(words, claimant_party)  # "676 tanks lost by the invaders"
        agent = side_of([c for c in tagged.chunks[loss.verb + 2 : loss.verb + 6] if c.tag == "A"])
        if agent:
            return agent if tagged.tags[loss.verb] == "l" else OPPONENT.get(agent)
    if loss.rule == "nominal" and "loss" in tagged.chunks[loss.verb].text.lower() and is_state(claimant_party):
        return claimant_party  # "an American official confirmed the loss of three drones"
    is_at_war = claimant_party in OPPONENT or _rival(context, claimant_party) is not None
    if is_at_war and loss.rule == "passive" and loss.category not in ("vehicle", "other"):
        is_lost = tagged.chunks[loss.verb].text.lower() == "lost"  # "one launcher has been lost, the minister said"
        is_admitted = is_lost or not _ADMITTED.isdisjoint(c.text.lower() for c in tagged.chunks)
        return claimant_party if is_admitted else _foe(context, claimant_party)  # "26 aircraft were destroyed, the spokesman said"
    if loss.category in _FLOWN and loss.measure == "destroyed":
        return _foe(context, claimant_party)  # who reports drones downed reports those of the other side
    return None


def _sender(tagged: Tagged) -> str | None:
    """'Russia launched 60 drones', 'Iran has fired 180 missiles': who sent them."""
    for at, chunk in enumerate(tagged.chunks):
        subject = subject_of(tagged, at) if chunk.text.lower() in _SENT and at else None
        side = side_of([c for c in tagged.chunks[subject[0] : subject[1] + 1] if c.tag in "AU"]) if subject else None
        if side:
            return side
    return None
