"""In: a case of people whose side no word tells. Out: the side by the scene: who struck, who speaks, where it was, and which war it is."""

from __future__ import annotations

import re

from ingest.extract.context import Context, armies_in
from ingest.extract.evidence import Case, Claimant, Verdict, is_speaker
from ingest.extract.lexicons import Entry
from ingest.extract.lost import ARMED, Loss
from ingest.extract.periods import NEVER_AT_ONCE
from ingest.extract.places import country_at, country_of, place_of
from ingest.extract.sides import side_of
from ingest.extract.strikes import ADMITTED, foe_of, rival_of, striker_in, struck_in
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set
from ingest.extract.wars import OCCUPIER, OPPONENT, is_armed_group, is_belligerent, opponents, voice_of, voices

_WAR_OF_UKRAINE = frozenset({"UA", "RU", "US", "UN", "GB", "EU", "NATO", "MEDIA"})
_CLAIMANTS_OWN = frozenset({"it", "its", "they", "their", "we", "our"})
_TROOPS = word_set(
    "airman airmen artillerymen aviators cadet cadets captains captives colonel colonels commando commandos conscript conscripts"
    " corporals crew crewman crewmen draftees gendarme gendarmes general generals guard guards guardsman guardsmen gunners hostages"
    " infantrymen jawan jawans lieutenants majors marine marines members men officer officers paratrooper paratroopers personnel"
    " peshmerga pilot pilots police policeman policemen pows prisoners privates rangers recruit recruits reservist reservists sailor"
    " sailors sappers sergeants serviceman servicemembers servicemen servicewomen soldier soldiers tankmen troops"
)
_TAKEN = word_set("prisoners pows captives")
_GIVES_UP = word_set(
    "surrendered surrender yielded apprehended arrested arresting neutralised neutralized neutralising eliminated eliminating liquidated"
)
_OCCUPIED = re.compile(
    r"\b(?:territor\w+|areas?|parts?|regions?) (?:\w+ )?(?:occupied|controlled|held) by\b|\boccupied (?:territor|areas?|parts?)\w*"
    r"|\b(?:territor\w+|areas?|parts?|regions?|towns?|villages?) under (?:[A-Z]\w+ )?occupation\b"
)
_ACROSS_BORDERS = frozenset({"Hamas", "Hezbollah", "Islamic Jihad", "Houthis", "JNIM", "ISWAP", "Boko Haram", "al-Shabaab", "PKK", "ADF"})
_OWN_WAR = re.compile(
    r"(?P<land>[A-Z][\w ]+)['’]s (?:[\w-]+ )?(?:civil war|war|conflict|insurgency) (?!in\b|on\b|with\b|against\b)"
)  # "Sudan's war has killed"
_ABDUCTIONS = word_set("abducted abducting abductions kidnapped kidnapping hostage hostages")
_SHARED_GROUND = word_set("PS LB SY YE IQ LY")  # two armies and more, so a soldier there may be anybody's


def by_arms_borne(case: Case) -> Verdict:
    """Militants and gunmen: the armed group that the sentences around name, unless it tells of those whom it killed."""
    party = case.claimant.party
    state = party if party and is_belligerent(party) else None
    if case.loss.subject != ARMED:
        return None
    group = case.context.armed_group_near(case.at, state)
    if group is None and party in OPPONENT and case.loss.measure == "captured":
        return (OPPONENT[party],)  # "Moscow said 959 fighters had surrendered"
    if group is None or group != party or case.loss.rule != "active":
        return (group,)
    return (_fought_by(case.context, group, country_of(case.context, case.at, case.tagged, case.loss)[0]),)


def by_occupation(case: Case) -> Verdict:
    """People hit in occupied territory."""
    is_open = case.loss.population != "military" and case.claimant.counts is None
    return (None,) if is_open and _OCCUPIED.search(case.tagged.text) else None


def by_scene(case: Case) -> Verdict:
    """Of people: who struck, who speaks and where; nobody arrests or eliminates his own."""
    context, loss, claimant_party = case.context, case.loss, case.claimant.party
    if loss.category != "personnel":
        return None
    party = _of_people(context, case.at, case.tagged, loss, case.claimant)
    verb = case.tagged.chunks[loss.verb].text.lower()
    gives_up = verb in _GIVES_UP or (loss.measure == "captured" and (loss.rule == "intransitive" or case.words & _TAKEN))
    is_unsaid = claimant_party is None and loss.measure == "casualties" and loss.population == "military"
    is_unsaid = is_unsaid and striker_in(case.tagged, loss) is None
    if gives_up and party is None and loss.population == "military" and claimant_party in OPPONENT:
        return (OPPONENT[claimant_party],)  # "2,400 defenders surrendered, according to Russia"
    is_theirs = gives_up and party is not None and (party == claimant_party or is_unsaid)
    return (foe_of(context, party) if is_theirs else party,)


def _of_people(context: Context, index: int, tagged: Tagged, loss: Loss, claimant: Claimant) -> str | None:
    """People without a nation beside them: soldiers by who struck and who speaks, others by the place, then by who struck."""
    if (own := _of_own_war(tagged)) is not None:
        return own
    striker = striker_in(tagged, loss) or _unnamed_group(context, index, tagged, loss)
    claimant_party = claimant.party
    if claimant.counts and opponents().get(striker or "") in (None, claimant.counts):
        return claimant.counts
    if (
        claimant_party
        and is_belligerent(claimant_party)
        and not ADMITTED.isdisjoint(c.text.lower() for c in tagged.chunks[: loss.noun.first])
    ):
        return claimant_party  # "it admitted to 498 deaths": its own
    if loss.measure == "captured" and loss.population != "military" and is_armed_group(striker) and opponents().get(striker or ""):
        return opponents()[striker or ""]  # "Hamas carried off 251 people"
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
    if is_placed and place is None and striker == OCCUPIER and claimant_party in (None, OPPONENT[OCCUPIER]):
        return OPPONENT[OCCUPIER]  # "In Donetsk Oblast, Russian forces killed two people": its fire falls on what it does not hold
    if is_placed:
        is_told_here = place_of(tagged) is not None or country_at(tagged, loss.noun.first) is not None
        speaker = voice_of(claimant_party)
        if not is_told_here and place == striker != speaker and speaker not in OPPONENT and is_belligerent(speaker or ""):
            return speaker  # "Israeli strikes have since killed 5,000 in the enclave, the ministry said"
        return place if is_told_here or not _is_other_side(place, claimant_party) else None
    if striker in OPPONENT and (claimant_party in (None, OPPONENT[striker]) or not is_belligerent(claimant_party or "")):
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


def _of_own_war(tagged: Tagged) -> str | None:
    """'Sudan's war has killed 15,000 people': the land in which it is fought, not 'Israel's war in Gaza'."""
    match = _OWN_WAR.match(tagged.text)
    side = side_of([c for c in tagged.chunks if c.end - tagged.start <= match.end("land")]) if match else None
    return side if side is not None and side not in OPPONENT and is_belligerent(side) else None


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
    noun = loss.noun
    counted = tagged.chunks[noun.first : noun.last + 1] + (tagged.chunks[noun.head : noun.head + 1] if noun.head is not None else [])
    words = {word for c in counted for word in c.text.lower().split()}
    if not words & _TROOPS:
        return None
    if (struck := struck_in(tagged)) is not None:
        return struck
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
        if is_across and loss.rule == "active" and place == OPPONENT.get(claimant_party):
            return place  # "Moscow said the strike on Sumy had killed 85 servicemen"
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
        if chunk.tag == "A" and tagged.tags[at + 1] == "U" and before not in ("p", "b", "o") and not is_speaker(tagged, at + 1):
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
    return (
        _is_country(tagged.chunks[at])
        and before is not None
        and tagged.chunks[at - len(before.group())].text.lower() in ("in", "across", "inside")
    )


def _fought_by(context: Context, side: str | None, place: str | None) -> str | None:
    """Whose soldiers `side` fights: in the main war the other's; of a group the state where it happened, else the one it is at war with."""
    if side in OPPONENT or not is_armed_group(side):
        return OPPONENT.get(side or "") or rival_of(context, side) or (place if place == side else None)
    place = place or context.home(len(context.text))
    if place is not None and place not in _SHARED_GROUND:
        return place
    return opponents().get(side or "") or context.army
