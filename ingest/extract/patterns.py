"""In: counted nouns in a tagged sentence. Out: the event that happened to them: the verb or noun that tells it, and the pattern's name."""

from __future__ import annotations

import re

from ingest.extract.amounts import amount_before, brought_to, own_loss, thinned
from ingest.extract.fates import buried, fell, held, in_care, lives, mourned, parted
from ingest.extract.phrases import ADVERBS, FILLERS, KNOWN, LOOSE, Event, before_adverbs, ends_phrase, is_adverb, is_asserted, is_unreal
from ingest.extract.quantified import Counted, of_those_lost
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set

_BETWEEN = (  # what may stand between a counted noun and its verb
    r"[op][dAULRKwPEnsDX]{1,6}?",  # "of the brigade", "in Gaza"
    r"od?[dA]{1,3}cd?A(?:\(A\))?(?=[mwVR]{0,3}[Bi])",  # "of Boko Haram and the Islamic State West Africa Province (ISWAP)"
    r"pd?\(A\)[UP]",  # "from the (Russian) army"
    r"(?:,w[XN],|wX)(?=[mwVR]{0,3}[Bi])",  # ", aged 11 to 18,", "aged 11 to 18"
    r",?w?X(?:,X)*(?:,?cX)?,?(?=[mwVR]{0,3}[Bit])",  # ", 34 and 51,", "aged 34 and 51"
    r",w(?:oj)?[AwKR]{0,3}P(?:c[AwKR]{0,2}P)?,(?=[mwVR]{0,3}[Bi])",  # ", most of them civilians,", ", mostly women and children,"
    r"HVZ?B[^,;:N]{1,10}?(?=V?[iB])",  # "who had not been told of the plan"
    r"cd?[AwRK]{0,2}E{1,2}",  # "and both missiles"
    r"cd{0,2}[AwRK]{0,2}P{1,2}",  # "and their mothers", "and other civilians"
    r"wp[dALK]{1,3}(?=[mwVR]{0,3}B)",  # "still in Gaza"
    r"cdA(?=[mwVR]{0,3}[Bi])",  # "and a Lebanese"
    r"cd?w{1,2}(?=[mwVRB]{0,3}[Bi])",
    r"c[wN]p[dALK]{1,3}(?=[mwVR]{0,3}[Bi])",  # "and another from the agency"
    r"(?:,d[Aw]{0,2}[wP]){1,3},?cd[Aw]{0,2}[wP](?=[mwVRB]{0,3}[Bi])",  # ", a nurse and a pharmacist"
    r",[dAwPKREU]{1,4}pj,(?=[mwVR]{0,3}B)",  # ", suicide bombers among them,"
    r",pj?[dAwPREKULNXo]{1,6}(?:,[dAwPREKUL]{1,4}){0,3}(?:,?c[dAwPREKULNX]{1,4})?,",  # ", including officers and sergeants,"
    r",d[wAPEK]{1,6}(?:cd[wAPEK]{1,4})?,(?=[mwVR]{0,3}B)",  # ", a civilian auxiliary force,"
    r",(?:j|d?[AULRKw]{1,4})S,",  # ", officials said,"
    r",d?[KRAUL][KRAXcwdp,ULso]{1,18},(?=[mwVRB]{0,3}[iB])",  # ", Ivan Bondar and Petro Koval,"
    r"\([^();:SG]{1,20}\)(?=[mwVRB]{0,3}[iB])",  # "(six of them children)"
    r",No[jH](?:[AwXKd-]{0,5}P)?,(?=[mwVR]{0,3}[Bi])",  # ", one of them a boy of 15,"
    r"--?[^-;:SG]{1,20}--?(?=[mwVRB]{0,3}[iB])",
    r"[HT][^,;:SGN]{1,12}?(?=V?[iB])",
    r",H[^;:SGN]{1,20}?,(?=[mwVR]{0,3}B)",  # ", who were trapped in their village,"
    r",Vw{1,3},(?=[mwVR]{0,3}[Bi])",  # ", having fought bravely,"
    r",w[wojdAPc]{1,6}(?=,)",
    r",oHN(?:B[dwA]{0,2}P|[wA]{0,2}P)?,(?=[mwVR]{0,3}[Bi])",  # ", of whom seven were women,"
)
_AFTER = re.compile(
    r"(?P<relative>w[pbdAULRKDEwPoV]{0,7}?)??"
    rf"(?P<post>(?:{'|'.join(_BETWEEN)}){{0,2}}),?(?:H|T(?=[mwVR]{{0,3}}B))?"
    r"(?P<aux>[mwVR]{0,3}B[BwDmq]{0,3}(?:[Stw]p?[VB]{0,2}w?(?=[tin]))?|[mwVc]{0,2})(?P<verb>t(?:ct)?|i|l|p(?:d?N|d)?P?[nt]|n)"
)
_SPEAKS_OF = re.compile(r"S(?:p[dKAw]{1,2})?o$")  # "writes on X of 74 killed"
_A_DAY = re.compile(r" (?:a|per|each|every) (?:day|week|month)\b")
_OF_ANOTHER = re.compile(r"[wvg]d$")  # "to treat the wounded"; not "among those killed"
_UNCOUNTED = re.compile(  # "destroyed a tank, a truck and two howitzers", "killed Ibrahim Aqil, a commander, and 14 others"
    r"(?:[tgvl](?:d[AwRKEXPL]{1,5}|[RAP]{0,3}(?:K{1,4}|A)|j)|gP)(?:,d[AwRKEXPL]{1,5}|,K{1,4}){0,3}(?:,|,?c)$"
)
_WITH = re.compile(r" (?:along|together) with(?: (?:another|some|about|at least|the))?\s*$| alongside\s*$")
_THOSE_HURT = re.compile(r"odw?(?P<told>t)(?=[wBVip,;(]|$)")
_ONE_WAS = re.compile(r"B[w]{0,2}(?P<told>[ti])[^;:tgvSHN]{0,20}$")
_AMONG_THOSE = re.compile(r"pd(?P<told>[tn])[B:]$")
_LABEL = re.compile(r"(?:^d?|[,;x]|^-)(?:[Kw]o)?(?:[Aw]{0,2}[PE])?(?P<told>[tnl])(?:[pb][^:,;SNtgx-]{1,7})?[:-]$")
_UNCOUNTED_WHOLE = re.compile(
    r"(?:(?P<done>[tgv])[dwAULRKoq]{0,6}?(?P<kind>[PE])(?:[pdLAwKDo]{1,5})?"
    r"|(?P<kind2>[PE])(?:[pdLAwK]{1,4})?V?(?:Bw{0,2}(?P<passive>t)|(?P<died>i))(?:[pdLAwKDUo]{1,6})?),?(?:p|pj|oH|p(?=d)|)(?:B|d|)$"
)
_OBJECT_RELATIVE = re.compile(r"[TH]?(?:j|d?[wA]{0,2}[AUPR]{1,2}|d[wA]{0,2}w|K{1,3})V?w?(?P<verb>[tl])(?=[pD,bcB;x]|$)")
_INVERTED = re.compile(r"(?:^K?|[,;:-])[dDpwXNco]{0,7}(?<!d)(?P<done>t)(?:p[dwAULKD]{1,4})?B$|(?:^|[,;:-])[dDpwXNco]{0,9}B(?P<told>t)$")
_SHOWN = word_set(
    "show shows showed showing counted counts identified documented verified recorded lists listed filmed photographed found"
    " reports reported reporting claims claimed announced confirmed"
)
_TREATED = word_set("received receives treated treats treating admitted evacuated evacuating")  # "treated 1,400 wounded soldiers"
SUBSET_WITHIN = 8  # chunks between a number and the "including …" that belongs to it
_OBJECT_STARTS = "NdPEAKj"
_SENT = word_set(
    "launched fired sent used deployed stationed trapped based involved detected released directed flown aimed travelling sleeping"
    " serving fighting working living sheltering queueing queuing waiting trying attempting heading returning fleeing crossing attending"
    " manning guarding patrolling carrying riding hiding seeking aboard escorting protecting defending collecting gathering walking"
    " driving accompanying holed praying sleeping traveling travelling shopping playing digging searching"
)
_IN_BATTLE = frozenset({"fighting", "defending"})  # "1,000 injured fighting for Russia"
_STAYS = frozenset({"remain", "remains", "remained", "stay"})
_STATES = frozenset(
    {
        "in captivity",
        "dead",
        "deaths",
        "fatalities",
        "casualties",
        "missing",
        "unaccounted for",
        "under the rubble",
        "under rubble",
        "beneath the rubble",
    }
)
_SUBSET_OF = frozenset({"whom", "which"})
_UNDONE = re.compile(
    r"\b(?:without|avoid(?:s|ed|ing)?|instead of|rather than|capable of|aim(?:s|ed|ing)? at|from|intent on|bent on|short of"
    r"|risk(?:s|ed|ing)?|consider(?:s|ed|ing)?|plann?(?:s|ed|ing)?|stop(?:s|ped|ping)?|against|dream\w* of|hope\w* of|chances? of|ideas? of"
    r"|means? of|tried|try)"
    r" (?:\w+ly )?$",
    re.IGNORECASE,
)
_DEAD_INCLUDE = re.compile(
    r"\b(?:the|its|their|those|all)(?: [\w,-]+)? (?P<toll>dead|wounded|injured|victims|killed|casualties|fatalities|missing|captured)"
    r"(?: people| persons)? (?:also )?includ(?:e|es|ed)"
    r"(?: at least)?\s*$",
    re.IGNORECASE,
)


def find_event(tagged: Tagged, group: list[Counted], following: list[Counted] | None) -> Event | None:
    """The event of a list of counted nouns; `following` is the list behind it, which may be inserted before the verb."""
    return (
        _count_noun(tagged, group[-1])
        or parted(tagged, group)
        or held(tagged, group[-1])
        or mourned(tagged, group[0])
        or _lost_or_killed_before(tagged, group[0])
        or _dead_include(tagged, group[0])
        or _nominal_before(tagged, group[0])
        or amount_before(tagged, group[0])
        or brought_to(tagged, group[0])
        or in_care(tagged, group[-1])
        or lives(tagged, group[0])
        or _of_those(tagged, group[-1])
        or _verb_after(tagged, group[-1].last + 1, group[-1])
        or _verb_after_subset(tagged, group[-1], following)
        or _of_subject_behind(tagged, group[-1])
        or fell(tagged, group[-1])
        or buried(tagged, group[-1])
        or _labelled(tagged, group[0])
        or _beside(tagged, group[0])
        or _among_those(tagged, group[0])
        or _inverted(tagged, group[0])
        or thinned(tagged, group[0])
        or own_loss(tagged, group[0])
        or _of_those_lost(tagged, group[0])
        or _attributive(tagged, group)
    )


def _inverted(tagged: Tagged, noun: Counted) -> Event | None:
    """'also destroyed were 11 cars', 'In total were liquidated 484,030 of the occupants'."""
    ahead = _INVERTED.search(tagged.tags, 0, noun.first) if tagged.tags[noun.first - 1 : noun.first] in ("B", "t") else None
    is_be = tagged.chunks[noun.first - 1].text.lower() in ("was", "were") or (ahead is not None and ahead.group("told"))
    if ahead is None or not is_be or (noun.head is None and not ends_phrase(tagged, noun)):
        return None
    return Event(ahead.start("told") if ahead.group("told") else ahead.start("done"), "passive", "t")


def _beside(tagged: Tagged, noun: Counted) -> Event | None:
    """'the commander was shot dead along with 26 other men'."""
    ahead = tagged.text[: tagged.chunks[noun.first].start - tagged.start]
    if (noun.head is not None and tagged.tags[noun.head] != "P") or "with" not in ahead[-24:] or not _WITH.search(ahead):
        return None
    match = _ONE_WAS.search(tagged.tags, 0, noun.first)
    return Event(match.start("told"), "passive", tagged.tags[match.start("told")]) if match else None


def _among_those(tagged: Tagged, noun: Counted) -> Event | None:
    """'Among those eliminated were four leaders'."""
    match = _AMONG_THOSE.search(tagged.tags, 0, noun.first)
    is_among = match is not None and tagged.chunks[match.start()].text.lower() == "among"
    return Event(match.start("told"), "among", tagged.tags[match.start("told")]) if match is not None and is_among else None


def _labelled(tagged: Tagged, noun: Counted) -> Event | None:
    """'Killed: 31', 'Militants killed on the road: 31', a line of a list."""
    is_whole = tagged.tags[noun.last + 1 : noun.last + 2] == "(" or ends_phrase(tagged, noun)
    is_counted = is_whole if noun.head is None else tagged.tags[noun.head] == "P"
    is_behind = is_counted and tagged.tags[noun.first - 1 : noun.first] in (":", "-")
    match = _LABEL.search(tagged.tags, 0, noun.first) if is_behind else None
    return Event(match.start("told"), "labelled", "n") if match else None


def _of_subject_behind(tagged: Tagged, noun: Counted) -> Event | None:
    """'the 251 people Hamas abducted', 'two tanks that the brigade had lost': who did it stands between."""
    match = _OBJECT_RELATIVE.match(tagged.tags, noun.last + 1) if noun.head is not None and tagged.tags[noun.head] in "PE" else None
    if match is None or "N" in tagged.tags[noun.first + 1 : noun.last]:
        return None  # "freed 40 of the 60 people they abducted"
    verb = match.start("verb")
    return Event(verb, "passive" if tagged.tags[verb] == "t" else "lose", tagged.tags[verb])


def parted_by_verbs(tagged: Tagged, groups: list[list[Counted]]) -> list[list[Counted]]:
    """'killed 57 people and 70 others are missing': the last of a list behind a verb that has a verb of its own is no part of the list."""
    found: list[list[Counted]] = []
    for group in groups:
        last = group[-1]
        own = (
            _verb_after(tagged, last.last + 1, last, needs_aux=True)
            if len(group) > 1 and _lost_or_killed_before(tagged, group[0])
            else None
        )
        is_apart = own is not None and tagged.tags[last.first - 1] == "c" and not set(tagged.tags[last.last + 1 : own.verb]) & set("HTc")
        found.extend((group[:-1], [last]) if is_apart else (group,))
    return found


def _of_those(tagged: Tagged, noun: Counted) -> Event | None:
    """'ten of the wounded remain in hospital', 'five of those injured later died'."""
    match = _THOSE_HURT.match(tagged.tags, noun.last + 1) if noun.head is None else None
    if match is None:
        return None
    later = _verb_after(tagged, match.end(), noun)
    return later if later is not None and later.rule in ("intransitive", "passive") else Event(match.start("told"), "among", "t")


def _of_those_lost(tagged: Tagged, noun: Counted) -> Event | None:
    """'Of those killed, 12 were women and nine children'."""
    if noun.head is not None and tagged.tags[noun.last + 1 : noun.last + 2] == "B":
        phrase = tagged.tags[noun.first : noun.head]
        if "od" in phrase and "t" in phrase:
            return Event(noun.first + phrase.rindex("t"), "among", "t")  # "twelve of the slain rebels are women"
    at = of_those_lost(tagged) if noun.head is not None else None
    return Event(at, "among", tagged.tags[at]) if at is not None and at < noun.first and "," in tagged.tags[at : noun.first] else None


def _attributive(tagged: Tagged, group: list[Counted]) -> Event | None:
    """'a video shows four destroyed tanks', 'counted 29 captured soldiers': the participle between number and noun, behind who saw them."""
    noun = group[0]
    ahead = before_adverbs(tagged, noun.first - 1)
    if len(group) == 1 and (dead := _dead_ahead(tagged, noun)) is not None:
        return Event(dead, "attributive", "t")
    is_told_of_all = "t" in tagged.tags[noun.first : noun.head or noun.first] or all(
        n.head is not None and "n" in tagged.tags[n.first : n.head] for n in group
    )  # "14 dead rebels and 3 dead soldiers", "12 eliminated invaders and two tanks"
    if (
        (len(group) > 1 and not is_told_of_all)
        or noun.head is None
        or ahead < 0
        or tagged.chunks[ahead].text.lower().split()[-1] not in _SHOWN | _TREATED
    ):
        return None
    is_treated = tagged.chunks[ahead].text.lower() in _TREATED
    at = next((at for at in range(noun.first + 1, noun.head) if tagged.tags[at] in "tn"), None)
    if is_treated and (at is None or tagged.chunks[at].text.lower() not in ("wounded", "injured")):
        return None
    return Event(at, "attributive", "t") if at is not None else None


def _dead_ahead(tagged: Tagged, noun: Counted) -> int | None:
    """'30,000 dead civilians': who is told to be dead needs nobody who saw it."""
    if noun.head is None or tagged.tags[noun.head] != "P":
        return None
    return next((at for at in range(noun.first + 1, noun.head) if tagged.chunks[at].text.lower() in ("dead", "slain")), None)


def part_of_uncounted(tagged: Tagged, noun: Counted) -> Event | None:
    """'killed civilians, three children among them', 'dozens of soldiers died, including 11 officers': of a whole without a number."""
    if noun.head is None or tagged.tags[noun.head] not in "PE":
        return None
    match = _UNCOUNTED_WHOLE.search(tagged.tags, 0, noun.first)
    if match is None:
        return None
    verb = next(match.start(name) for name in ("done", "passive", "died") if match.group(name))
    kind = tagged.tags[match.start("kind" if match.group("kind") else "kind2")]
    is_wished = match.group("done") is not None and is_unreal(tagged, before_adverbs(tagged, verb - 1))
    return None if is_wished or kind != tagged.tags[noun.head] else Event(verb, "subset", tagged.tags[verb])


def _dead_include(tagged: Tagged, noun: Counted) -> Event | None:
    """'The dead include 65 civilians'."""
    ahead = tagged.text[: tagged.chunks[noun.first].start - tagged.start]
    match = _DEAD_INCLUDE.search(ahead) if "includ" in ahead.lower() else None
    toll = None if match is None else next((i for i, c in enumerate(tagged.chunks) if c.start - tagged.start == match.start("toll")), None)
    return Event(toll, "among", "n") if toll is not None else None


def _verb_after_subset(tagged: Tagged, noun: Counted, following: list[Counted] | None) -> Event | None:
    """'12 people, including 3 children, were killed': the verb stands behind the inserted part."""
    if following is None or not following[0].is_subset or following[0].first - noun.last > SUBSET_WITHIN:
        return None
    if tagged.tags[following[0].first - 1] == "c":
        return None  # "launched 3,902 drones, and 2,301 of them were shot down": the part's own verb
    if set(tagged.tags[noun.last + 1 : following[0].first]) & set(";:SB"):
        return None  # "97 are still in Gaza, including 34 who …": the verb in front is its own
    if any(c.text.lower() in _SUBSET_OF for c in tagged.chunks[noun.last + 1 : following[0].first]):
        return None  # "750 dead, of whom 80 were officers": that verb is the part's own
    behind = re.match(r"(?:pj|w(?=,))?,?", tagged.tags[following[-1].last + 1 :])  # "nine children among them,", "four children included,"
    return _verb_after(tagged, following[-1].last + 1 + (behind.end() if behind and behind.end() > 1 else 0), following[-1], needs_aux=True)


def _verb_after(tagged: Tagged, at: int, noun: Counted, needs_aux: bool = False) -> Event | None:
    match = _AFTER.match(tagged.tags, at)
    if match is None:
        return None
    if match.group("relative") and tagged.chunks[at].text.lower() not in _SENT:
        return None
    if _OF_ANOTHER.search(tagged.tags, at, match.start("verb")) and not match.group("aux"):
        return None  # "14 tanks to replace those lost"
    verb, aux = match.start("verb"), tagged.chunks[match.start("aux") : match.end("aux")]
    if any(c.text.lower() == "to" and tagged.chunks[match.start("aux") + i - 1].text.lower() not in KNOWN for i, c in enumerate(aux)):
        return None  # "are to have been killed"
    kind = tagged.tags[verb]
    has_be = any(c.tag == "B" for c in aux)
    if noun.head is None and any(c.tag == "w" and not is_adverb(c.text.lower()) and c.text.lower() not in _STAYS for c in aux):
        return None  # "five encampments were seized"
    if not is_asserted(aux, kind == "n" or tagged.chunks[verb].text.startswith("lie ")) or (needs_aux and not has_be and kind != "i"):
        return None
    if kind == "p":
        return _among(tagged, match, has_be)
    if kind == "n":
        state = tagged.chunks[verb].text.lower()
        return Event(verb, "predicate", "n") if state in _STATES and (has_be or "rubble" not in state) else None
    if kind == "i":
        return Event(verb, "intransitive", "i")
    if kind == "l" and not has_be:
        is_equipment = noun.head is not None and tagged.tags[noun.head] in "Ew"  # w: "14,000 pieces of equipment"
        is_closed = tagged.tags[verb + 1 : verb + 2] in ("", ",", "p", ";", "D", "x", "q", "b")
        is_rate = _A_DAY.match(tagged.text, tagged.chunks[verb].end - tagged.start) is not None  # "100 soldiers lost per day"
        is_with = (  # "a costly month, with 41,980 soldiers lost"
            noun.first > 0 and tagged.chunks[noun.first - 1].text.lower() == "with" and tagged.tags[verb + 1 : verb + 2] in ("", ",", "x")
        )
        return Event(verb, "reduced_passive", "l") if (is_equipment and is_closed) or is_with or is_rate else None
    if not has_be and not _is_reduced(tagged, aux, match, noun):
        return None
    return Event(match.end() - 1 if match.end() - verb > 1 else verb, "passive" if has_be else "reduced_passive", "t")


def _among(tagged: Tagged, match: re.Match[str], has_be: bool) -> Event | None:
    """'three children were among the dead'."""
    if (has_be or not match.group("aux")) and tagged.chunks[match.start("verb")].text.lower() == "among":
        return Event(match.end() - 1, "among", "n")
    return None


def _is_reduced(tagged: Tagged, aux: list[Chunk], match: re.Match[str], noun: Counted) -> bool:
    """'251 tanks destroyed' is passive; 'two soldiers killed three men' and 'soldiers have killed' are not."""
    if any(c.tag == "V" or (c.tag in "w" and c.text.lower() not in ADVERBS) or c.tag == "c" for c in aux):
        return False
    if noun.head is None and re.search(r"mw?[wN]?$", tagged.tags[max(0, noun.first - 3) : noun.first]):
        return False  # "the hospital will take another 60 wounded"
    is_of = noun.first > 0 and tagged.tags[noun.first - 1] == "o" and not _SPEAKS_OF.search(tagged.tags, 0, noun.first)
    if noun.head is None and (match.group("post")[:1] in ("o", "p") or is_of):
        return False  # "the family of one killed in action"
    after = tagged.tags[match.end() : match.end() + 1]
    if noun.head is None and after == "w":
        word = tagged.chunks[match.end()].text.lower()
        return word in LOOSE | _IN_BATTLE or word.endswith("ly") or word.startswith("includ")  # "700 wounded veterans" counts veterans
    return after == "" or after not in _OBJECT_STARTS


def _lost_or_killed_before(tagged: Tagged, noun: Counted) -> Event | None:
    """'killed 12', 'wounding 30 others', 'lost three helicopters'."""
    at = noun.first - 1
    while at >= 0 and noun.first - at <= 3 and (tagged.tags[at] == "q" or tagged.chunks[at].text.lower() in FILLERS):
        at -= 1
    if at > 1 and tagged.chunks[at].text.lower() == "average" and tagged.chunks[at - 1].text.lower() == "on":
        at -= 2
    joined = _UNCOUNTED.search(tagged.tags, max(0, at - 10), at + 1)
    if joined and noun.head is not None:
        if _verb_after(tagged, noun.last + 1, noun, needs_aux=True) is not None:
            return None  # "lost an officer, and 12 others were wounded"
        at = joined.start()
    if at < 0 or tagged.tags[at] not in "tgvl" or (noun.head is None and tagged.chunks[at].text.lower() == "hit"):
        return None  # "the number of those killed hit 2,000"
    before = before_adverbs(tagged, at - 1)
    if tagged.chunks[at].lower.split()[0].endswith("ing") and _UNDONE.search(tagged.text, 0, tagged.chunks[at].start - tagged.start):
        return None  # "without killing 14 people", "capable of sinking 14 ships"
    if tagged.tags[at] == "t" and before >= 0 and tagged.tags[before] == "B":
        return None
    if tagged.tags[at] == "t" and before >= 0 and tagged.chunks[before].text.lower() == "the":
        return None  # "the injured 600,000 roubles"
    if tagged.tags[at] == "v" and before > 0 and tagged.tags[before - 1 : before + 1] == "vc":
        before = before_adverbs(tagged, before - 2)  # "to kill or wound"
    if tagged.tags[at] in "vl" and is_unreal(tagged, before):
        return None
    if (tagged.tags[at] == "t" and is_unreal(tagged, before)) or not ends_phrase(tagged, noun):
        return None
    return Event(at, "lose" if tagged.tags[at] == "l" else "active", tagged.tags[at])


def _count_noun(tagged: Tagged, noun: Counted) -> Event | None:
    """'70,000 casualties', '14 civilian deaths', 'five people dead'."""
    if noun.head is None or tagged.tags[noun.head] != "n" or noun.head < noun.first:
        return None  # "950,000 casualties, of which 250,000 were killed": the noun stands before
    if tagged.chunks[noun.head].lower == "victims":
        told = _nominal_before(tagged, noun) or _lost_or_killed_before(tagged, noun)
        if told is not None:
            return told  # "the bodies of three victims", "killed 20 victims"
    behind = tagged.chunks[noun.head + 1 : noun.head + 2]
    if tagged.chunks[noun.head].text == "dead" and behind and behind[0].tag == "w" and behind[0].text.endswith("s"):
        return None  # "14 dead trees"
    before = tagged.tags[max(0, noun.first - 2) : noun.first]
    return None if "Z" in before else Event(noun.head, "count_noun", "n")


def _nominal_before(tagged: Tagged, noun: Counted) -> Event | None:
    """'the deaths of 14 soldiers', 'the loss of 30 tanks'."""
    at = noun.first - 1
    while at >= 0 and tagged.tags[at] == "d":
        at -= 1
    if noun.head is None or at < 0:
        return None
    at -= tagged.tags[at] == "o"
    if at >= 0 and tagged.tags[at] == "f" and tagged.tags[at + 1] != "o":
        ahead = tagged.text[: tagged.chunks[at].start - tagged.start]
        if is_unreal(tagged, before_adverbs(tagged, at - 1)) or _UNDONE.search(ahead):
            return None  # "to capture 14 rebels", "capable of downing"; "the capture of" and "killing of" have their "of"
    if at >= 0 and tagged.tags[at] in "nf" and (tagged.tags[at] == "f" or tagged.tags[at + 1] == "o"):
        return Event(at, "nominal", "f")
    return None
