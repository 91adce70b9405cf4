"""In: counted nouns in a tagged sentence. Out: the event that happened to them: the verb or noun that tells it, and the pattern's name."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.lexicons import Entry
from ingest.extract.quantified import Counted, of_those_lost
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import lowered, word_set

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
    r",pj?[dAwPREKULNX]{1,5}(?:,[dAwPREKUL]{1,4}){0,3}(?:,?c[dAwPREKULNX]{1,4})?,",  # ", including officers and sergeants,"
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
_OF_ANOTHER = re.compile(r"[wvg]d$")  # "to treat the wounded"; not "among those killed"
_KNOWN = word_set("known feared believed thought presumed confirmed reported understood said estimated reportedly")
_UNCOUNTED = re.compile(  # "destroyed a tank, a truck and two howitzers", "killed Ibrahim Aqil, a commander, and 14 others"
    r"(?:[tgvl](?:d[AwRKEXPL]{1,5}|[RA]{0,3}(?:K{1,4}|A)|j)|gP)(?:,d[AwRKEXPL]{1,5}|,K{1,4}){0,3}(?:,|,?c)$"
)
_PARTED = (  # a verb around its object: "put 40 tanks out of action", "took 12 soldiers prisoner"
    ("put out of action", word_set("put puts putting"), re.compile(r" out of (?:action|service|commission)\b")),
    (
        "taken prisoner",
        word_set("took taken takes take taking holding holds held"),
        re.compile(r"(?: (?:of|from) (?:the )?[\w' -]{1,30}?)? (?:prisoners?|captives?|hostages?)\b"),
    ),
    ("shot down", word_set("shot shoot shoots shooting brought bring bringing"), re.compile(r" down\b")),
    ("gunned down", word_set("gunned mowed cut"), re.compile(r" down\b")),
    ("knocked out", word_set("knocked knock knocking took taken take taking"), re.compile(r" out\b")),
    (
        "claimed the lives of",
        word_set("claimed claims claiming cost costing costs took taking takes ended ending"),
        re.compile(r" (?:\w+ )?lives\b"),
    ),
    (
        "taken to hospital",
        word_set("sent sends sending put puts putting landed"),
        re.compile(r" (?:people )?(?:to|in) (?:the )?hospitals?\b"),
    ),
    (
        "taken to hospital",
        word_set("treated treating treat treats"),
        re.compile(r" (?:people |patients )?for (?:[\w-]+ ){0,3}(?:wounds|injuries|burns)\b"),
    ),
    (
        "sent to hell",
        word_set("sent sends sending dispatched dispatching"),
        re.compile(r" to (?:hell|(?:their|his) (?:graves?|deaths?))\b"),
    ),
    ("put to death", word_set("put puts putting"), re.compile(r" to (?:death|the sword)\b")),
    ("set ablaze", word_set("set sets setting"), re.compile(r" (?:ablaze|alight|on fire|aflame)\b")),
    ("sunk", word_set("sent sends sending"), re.compile(r" to the (?:bottom|seabed|sea floor)\b")),
    ("blown up", word_set("blew blow blows blowing blasted blasting"), re.compile(r" (?:up|apart|to (?:bits|pieces))\b")),
    ("burned alive", word_set("burned burnt burning"), re.compile(r" alive\b")),
    ("beaten to death", word_set("beat beats beating hacked hacking stabbed stabbing tortured torturing"), re.compile(r" to death\b")),
    ("shot dead", word_set("shot shoot shoots shooting"), re.compile(r" dead\b")),
)
_TAKEN = word_set("took taken takes take taking captured")
_HOLDING = word_set("holding hold holds")
_HOLDS = word_set("holding holds hold held has have")  # "still has 59 hostages"
_OPENS_PARTED = frozenset[str]().union(*(verbs for _, verbs, _ in _PARTED)) | _TAKEN | _HOLDS | _HOLDING
_STILL_HELD = re.compile(
    r" (?:are|were|remain|remained|is|was)(?: still| being| now| believed to be| thought to be){0,3}"
    r"(?: held| in(?:side)? (?!serious|critical|stable|hospital|a ))"
)
_IN_CAPTIVITY = re.compile(
    r"(?: more| others)? (?:are|were|remain|remained|is|was)(?: still| now| currently| being| believed to be| thought to be){0,3}"
    r"(?: held| kept)?"
    r" (?:as prisoners\b|in (?:[\w-]+ ){0,2}(?:captivity|prisoner-of-war camps)\b|in the hands of\b"
    r"|in (?:[A-Z][\w'’]+|rebel|enemy|militant|jihadist|insurgent|guerrilla) (?:hands|custody|jails|prisons)\b)"
)
_THERE_ARE = re.compile(r"\b[Tt]here (?:are|were) (?:still )?$")
_STILL_IN = re.compile(r" (?:still |being held )?(?:held |left )?(?:in|inside) ")
_CARE = re.compile(
    r" (?P<verb>(?:are|were|is|was|remain|remained|remains|stay|stayed) )?(?:still |now |also |currently |all )*(?:being )?"
    r"(?:(?:treated|cared for|recovering|hospitali[sz]ed)(?: for (?:\w+ ){0,3}(?:injuries|wounds|burns))?\b(?=[,.;]| (?:in|at) )"
    r"|(?:in|at) (?:the |a |local |intensive )?(?:hospitals?|clinics?|care)\b"
    r"|in (?:an? )?(?:very |extremely )?(?:critical|serious|grave|severe|stable|moderate)(?: but stable)? condition\b"
    r"|under (?:medical )?treatment for (?:\w+ )?(?:injuries|wounds)\b)"
)
_FELL = re.compile(
    r" to die (?:in|at|during|since|this|from)\b"
    r"|(?: who)? (?:also )?(?:have |has |had )?(?:fell|fallen)"
    r" (?:in|during|at|near|while|defending|fighting|on the (?:front|battlefield|[A-Z]\w+ side))\b"
    r"(?! (?:love|step|line|number|value|price))"
)
_THINNED = re.compile(
    r"\b(?:enemy|forces?|army|troops|garrison|ranks|units?|battalion|brigade|regiment|group|contingent|personnel|strength)\b[^.;,]{0,30}"
    r" (?:was|were|been|is|are) (?:reduced|thinned|depleted|diminished|weakened) by (?:(?:another|about|some|around|over|almost) )?$"
)
_WITH = re.compile(r" (?:along|together) with(?: (?:another|some|about|at least|the))?\s*$| alongside\s*$")
_LIVES = re.compile(
    r" (?:\w+ )?lives (?:(?:were|was|are|have been|had been|have|been|already|also) ){0,2}(?:lost|taken|claimed|ended|cut short)\b"
)
_THOSE_HURT = re.compile(r"odw?(?P<told>t)(?=[wBVip,;(]|$)")
_ONE_WAS = re.compile(r"B[w]{0,2}(?P<told>[ti])[^;:tgvSHN]{0,20}$")
_AMONG_THOSE = re.compile(r"pd(?P<told>[tn])[B:]$")
_LABEL = re.compile(r"(?:^d?|[,;x]|^-)(?P<told>[tn])[:-]$")
_UNCOUNTED_WHOLE = re.compile(
    r"(?:(?P<done>[tgv])[dwAULRKoq]{0,6}?(?P<kind>[PE])(?:[pdLAwKDo]{1,5})?"
    r"|(?P<kind2>[PE])(?:[pdLAwK]{1,4})?V?(?:Bw{0,2}(?P<passive>t)|(?P<died>i))(?:[pdLAwKDUo]{1,6})?),?(?:p|pj|oH|p(?=d)|)(?:B|d|)$"
)
_OBJECT_RELATIVE = re.compile(r"[TH]?(?:j|d?[wA]{0,2}[AUPR]{1,2}|d[wA]{0,2}w|K{1,3})V?w?(?P<verb>[tl])(?=[pD,bcB;x]|$)")
_INVERTED = re.compile(r"(?:^K?|[,;:-])[dDpwXNco]{0,7}(?<!d)(?P<done>t)(?:p[dwAULKD]{1,4})?B$|(?:^|[,;:-])[dDpwXNco]{0,9}B(?P<told>t)$")
_OF_ITS_OWN = re.compile(r" (?:of|from among) (?:its|their|our|his) own\b")
_ALIVE = re.compile(r" (?:(?:are|were|is|still|thought|believed|known|presumed|said|to|be) ){0,6}(?:alive|living)\b")
_PER_DAY = re.compile(r" (?:a|per|each|every) (?:day|night|week|month)\b")
_HELD_NOW = re.compile(
    r" (?:still |now |currently |being |remaining )*(?:held (?:in|by|inside)|(?:still|remaining) (?:held |being held )?(?:in|inside)) "
)
_SHOWN = word_set(
    "show shows showed showing counted counts identified documented verified recorded lists listed filmed photographed found"
    " reports reported reporting claims claimed announced confirmed"
)
_MOURNED = word_set("mourned mourns mourn mourning buried buries bury burying")
_LAID_TO_REST = re.compile(
    r"(?: (?:have|had|has))? (?:been|were|was|are|being)(?: \w+ly)? (?:buried|laid to rest|given (?:a )?burials?)\b"
    r"(?! (?:\w+ )?(?:under|beneath|alive|in (?:the )?(?:rubble|debris)))"
)
_ACCOUNTED = word_set("accounted accounts account accounting")
_UNDER = re.compile(r" (?:\w+ )?(?:under|beneath|alive|in (?:the )?(?:rubble|debris|snow|mud))\b")
_TREATED = word_set("received receives treated treats treating admitted evacuated evacuating")  # "treated 1,400 wounded soldiers"
_ARE_DEAD = re.compile(r"[^.;,]{0,40} (?:are|is|were|was) (?:\w+ )?(?:to be )?dead\b")
_HELD_BY = re.compile(r"Bw{0,2}B?w?(?P<held>w)bd?[wA]?[PA]")
_COUNTED_THEM = word_set("counted counts identified documented verified recorded filmed")
_FREE = frozenset({"rescued", "freed", "released", "former", "liberated", "returned"})
_PRISONERS = frozenset({"prisoners", "prisoner", "prisoners of war", "captives", "hostages", "pows", "hostage"})
SUBSET_WITHIN = 8  # chunks between a number and the "including …" that belongs to it
_OBJECT_STARTS = "NdPEAKj"
_FILLERS = word_set("combined confirmed reported another a an further additional also only the its their his our just some reportedly all")
_ADVERBS = word_set(
    "seriously severely badly lightly critically slightly gravely moderately also reportedly then later all already both either apparently"
)
_SENT = word_set(
    "launched fired sent used deployed stationed trapped based involved detected released directed flown aimed travelling sleeping"
    " serving fighting working living sheltering queueing queuing waiting trying attempting heading returning fleeing crossing attending"
    " manning guarding patrolling carrying riding hiding seeking aboard escorting protecting defending collecting gathering walking"
    " driving accompanying holed praying sleeping traveling travelling shopping playing digging searching"
)
_DEGREES = word_set("seriously severely badly lightly critically slightly gravely")
_MORE = word_set("more others further")
_CLOSES = ("", ",", ";", "c", "p", "x", "D", "-", "q", ")")  # tags behind a number that stands alone
_LOOSE = word_set("there here so as then too elsewhere nearby together alone still also inside later")
_BE = word_set(
    "averaged average averages averaging nearing hits reaches passes"
    " stands stood stand put is was were are at estimated of reached total totalled totaled totalling totaling numbered number numbers hit"
    " range ranges ranged run runs ran"
)
_RANGES = word_set("range ranges ranged ranging vary varies varied varying run runs ran")
_GIVEN_AS = re.compile(r"\b(?:g[ai]ves?|giving|put|puts|listed|reported|cited)\b[^.;:\d]{0,60}\bas $")
_TO = word_set(
    "rises climbs climbed jumps mounts mounted soars swells swelled grows increases amounted amount amounts rose risen rise grown grew"
    " increased up came come comes jumped soared equal fell"
)
_HOPED = re.compile(r"\b(?:expect\w*|forecast\w*|predict\w*|hop(?:e|ed|es|ing)|want\w*|plan\w*|likely|bound|set) [^.;,]{0,40}to $")
_FORECAST = word_set("likely expected expect expects expecting forecast predict predicts predicted feared set bound")
_BRINGS = word_set(
    "bring bringing brings brought raise raising raises raised taking takes took push pushes pushing pushed lift lifts lifting lifted"
    " increase increases increasing"
)
_NUMBER_BEHIND = re.compile(r"d[wA]{0,2}wo[dAwRU]{0,3}(?:P[wA]{0,2}B?|[wj]{1,2})?(?P<told>[tni])")  # "the number of soldiers killed"
_COUNTS = frozenset({"number", "count", "total"})
_ALREADY = frozenset({"alone", "now", "already", "currently", "since", "thus"})
_CONDITIONS = frozenset({"if", "unless", "whether", "whoever"})
_TOLLS = frozenset(
    {
        "casualties",
        "losses",
        "deaths",
        "fatalities",
        "death toll",
        "casualty count",
        "casualty toll",
        "toll",
        "dead",
        "victims",
        "injuries",
        "missing",
    }
)
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
_SHARE = re.compile(
    r"\b(?:third|thirds|quarter|quarters|half|fifth|tenth|most|majority|none|neither|percent|%) of (?:the |its |their |his |all )*"
    r"(?:[^\W\d_]+[’']s )?(?:[^\W\d_]+ )?$",
    re.IGNORECASE,
)
_NUMBER_OF = re.compile(r"\b(?:number|toll|figure|count|tally|total)s?$", re.IGNORECASE)
_RATIO = re.compile(r"\s+(?:for|to|against) (?:each|every|one)\b|\s+per (?!cent\b|(?:day|week|month|year|night|24)\b)", re.IGNORECASE)
_PER_AREA = re.compile(r"\bper (?:square|kilomet|mile|1,000|100,000|capita)", re.IGNORECASE)
_UNDONE = re.compile(
    r"\b(?:without|avoid(?:s|ed|ing)?|instead of|rather than|capable of|aim(?:s|ed|ing)? at|from|intent on|bent on|short of"
    r"|risk(?:s|ed|ing)?|consider(?:s|ed|ing)?|plann?(?:s|ed|ing)?|stop(?:s|ped|ping)?|against|dream\w* of|hope\w* of|chances? of|ideas? of"
    r"|means? of|tried|try)"
    r" (?:\w+ly )?$",
    re.IGNORECASE,
)
_UNTRUE = re.compile(
    r"\b(?:reports?|claims?|rumou?rs?|allegations?|statements?|news) (?:[\w']+ ){0,3}that\b[^.;]*?"
    r"\b(?:is|are|was|were|as) (?:\w+ )?(?:false|untrue|not true|fake|baseless|fabricated|lies|a lie|unfounded|groundless|propaganda)\b"
    r"|\b(?:contrary to|dismiss\w+|reject\w+|refut\w+|debunk\w+|den(?:y|ies|ied|ying)) (?:[\w']+ ){0,3}"
    r"(?:reports?|claims?|rumou?rs?|allegations?) (?:[\w']+ ){0,3}that\b[^;]*",
    re.IGNORECASE,
)
_WANTS = word_set("want wants wanted wanting")
_IMPLICATIVE = re.compile(  # "managed to kill": it was done; "did not manage to", "hopes to manage to": it was not
    r"(?<!not )(?<!n't )(?<!to )(?<!never )(?<!may )(?<!can )(?<!will )(?<!could )(?<!would )(?<!might )"
    r"\b(?:managed|manages|was able|were able|been able|went on|goes on|gone on|going on"
    r"|helped|helps|proceeded|contrived|claims?|claimed) $",
    re.IGNORECASE,
)
_PERHAPS = frozenset({"may", "might", "must", "could"})


_DEAD_INCLUDE = re.compile(
    r"\b(?:the|its|their|those|all)(?: [\w,-]+)? (?P<toll>dead|wounded|injured|victims|killed|casualties|fatalities|missing|captured)"
    r"(?: people| persons)? (?:also )?includ(?:e|es|ed)"
    r"(?: at least)?\s*$",
    re.IGNORECASE,
)


class Event(NamedTuple):
    """`verb` is the chunk that tells the measure, `voice` its letter (see tagging), `rule` the pattern; `form` is the verb's line in the
    lexicon where its words stand apart."""

    verb: int
    rule: str
    voice: str
    form: str | None = None


def is_void(tagged: Tagged, first: int) -> bool:
    """'no one', 'not one of the drones', 'if 300 soldiers …': nothing is claimed."""
    if first and (tagged.tags[first - 1] == "Z" or tagged.chunks[first - 1].lower in _WANTS):
        return True
    if tagged.tags[first + 1 : first + 2] == "s" or (
        tagged.tags[max(0, first - 2) : first] == "Np" and tagged.chunks[first - 1].text == "in"
    ):
        return True  # "one's own dead", "nine in ten of the victims"
    if tagged.tags[first + 1 : first + 3] == "od" and tagged.chunks[first + 2].lower == "every":
        return True  # "two of every three soldiers"
    at = tagged.chunks[first].start - tagged.start
    if "o" in tagged.tags[:first] and _SHARE.search(tagged.text, max(0, at - 60), at):
        return True
    for chunk in reversed(tagged.chunks[:first]):
        if chunk.tag in ",;:S":
            return False
        if chunk.text.lower() in _CONDITIONS:
            return True
    return False


def untrue_in(tagged: Tagged) -> range:
    """Where 'reports that 14 soldiers had been captured were false' and 'contrary to reports that …' stand; asked once a sentence."""
    match = _UNTRUE.search(tagged.text) if "T" in tagged.tags else None
    return range(0) if match is None else range(match.start() + tagged.start, match.end() + tagged.start)


def is_of_living(tagged: Tagged, noun: Counted) -> bool:
    """'48 hostages, 20 of them alive': no loss of their own."""
    return noun.is_subset and _ALIVE.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) is not None


def is_ratio(tagged: Tagged, noun: Counted) -> bool:
    """'five soldiers for every Ukrainian one': a ratio counts nobody."""
    if "per " in tagged.text.lower() and _PER_AREA.search(tagged.text):
        return True
    return _RATIO.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) is not None


def find_event(tagged: Tagged, group: list[Counted], following: list[Counted] | None) -> Event | None:
    """The event of a list of counted nouns; `following` is the list behind it, which may be inserted before the verb."""
    return (
        _count_noun(tagged, group[-1])
        or _parted(tagged, group)
        or _held(tagged, group[-1])
        or _mourned(tagged, group[0])
        or _lost_or_killed_before(tagged, group[0])
        or _dead_include(tagged, group[0])
        or _nominal_before(tagged, group[0])
        or _amount_before(tagged, group[0])
        or _brought_to(tagged, group[0])
        or _in_care(tagged, group[-1])
        or _lives(tagged, group[0])
        or _of_those(tagged, group[-1])
        or _verb_after(tagged, group[-1].last + 1, group[-1])
        or _verb_after_subset(tagged, group[-1], following)
        or _of_subject_behind(tagged, group[-1])
        or _fell(tagged, group[-1])
        or _buried(tagged, group[-1])
        or _labelled(tagged, group[0])
        or _beside(tagged, group[0])
        or _among_those(tagged, group[0])
        or _inverted(tagged, group[0])
        or _thinned(tagged, group[0])
        or _own_loss(tagged, group[0])
        or _of_those_lost(tagged, group[0])
        or _attributive(tagged, group)
    )


def _thinned(tagged: Tagged, noun: Counted) -> Event | None:
    """'the enemy was reduced by 1,740 men', 'the garrison has been thinned by 300'."""
    is_people = (noun.head is None or tagged.tags[noun.head] == "P") and "b" in tagged.tags[max(0, noun.first - 2) : noun.first]
    match = _THINNED.search(tagged.text, 0, tagged.chunks[noun.first].start - tagged.start) if is_people else None
    return Event(noun.first, "amount", "n", "losses") if match and _ends_phrase(tagged, noun) else None


def _inverted(tagged: Tagged, noun: Counted) -> Event | None:
    """'also destroyed were 11 cars', 'In total were liquidated 484,030 of the occupants'."""
    ahead = _INVERTED.search(tagged.tags, 0, noun.first) if tagged.tags[noun.first - 1 : noun.first] in ("B", "t") else None
    is_be = tagged.chunks[noun.first - 1].text.lower() in ("was", "were") or (ahead is not None and ahead.group("told"))
    if ahead is None or not is_be or (noun.head is None and not _ends_phrase(tagged, noun)):
        return None
    return Event(ahead.start("told") if ahead.group("told") else ahead.start("done"), "passive", "t")


def _own_loss(tagged: Tagged, noun: Counted) -> Event | None:
    """'the loss of 50 of its own': people."""
    at = noun.first - 1 - (tagged.tags[noun.first - 1 : noun.first] == "o")
    is_own = _OF_ITS_OWN.match(tagged.text, tagged.chunks[noun.first].end - tagged.start) is not None
    if at < 0 or not is_own or tagged.tags[at] not in "fnl":
        return None
    return Event(at, "nominal" if tagged.tags[at] != "l" else "lose", tagged.tags[at], "death" if noun.quantity.high else None)


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
    """'Killed: 31', a line of a list."""
    match = (
        _LABEL.search(tagged.tags, 0, noun.first)
        if (noun.head is None or tagged.tags[noun.head] == "P") and tagged.tags[noun.first - 1 : noun.first] in (":", "-")
        else None
    )
    return Event(match.start("told"), "labelled", "n") if match else None


def _of_subject_behind(tagged: Tagged, noun: Counted) -> Event | None:
    """'the 251 people Hamas abducted', 'two tanks that the brigade had lost': who did it stands between."""
    match = _OBJECT_RELATIVE.match(tagged.tags, noun.last + 1) if noun.head is not None and tagged.tags[noun.head] in "PE" else None
    if match is None or "N" in tagged.tags[noun.first + 1 : noun.last]:
        return None  # "freed 40 of the 60 people they abducted"
    verb = match.start("verb")
    return Event(verb, "passive" if tagged.tags[verb] == "t" else "lose", tagged.tags[verb])


def _fell(tagged: Tagged, noun: Counted) -> Event | None:
    """'three soldiers fell in an ambush': people, not prices."""
    if noun.head is None or tagged.tags[noun.head] != "P" or _FELL.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) is None:
        return None
    return Event(noun.head, "intransitive", "i", "fell in battle")


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


def _in_care(tagged: Tagged, noun: Counted) -> Event | None:
    """'30 people are still in hospital', 'ten dead, 31 in hospital', '28 were being treated': they are wounded."""
    is_people = noun.head is None or tagged.tags[noun.head] == "P"
    match = _CARE.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) if is_people else None
    if match is None or (match.group("verb") is None and noun.head is not None):
        return None
    return Event(noun.first, "predicate", "t", "taken to hospital")


def _lives(tagged: Tagged, noun: Counted) -> Event | None:
    """'31 lives were lost', '12 civilian lives have been cut short'."""
    is_told = noun.head is None and _LIVES.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) is not None
    return Event(noun.first, "passive", "t", "claimed the lives of") if is_told else None


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
    ahead = _before_adverbs(tagged, noun.first - 1)
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


def _held(tagged: Tagged, noun: Counted) -> Event | None:
    """'59 hostages are still held in Gaza', '16 captives remain in their hands'."""
    if noun.head is not None and tagged.tags[noun.head] != "P":
        return None
    if _ARE_DEAD.match(tagged.text, tagged.chunks[noun.last].end - tagged.start):
        return None  # "31 hostages still in Gaza are believed dead"
    if _IN_CAPTIVITY.match(tagged.text, tagged.chunks[noun.last].end - tagged.start):
        return Event(noun.last, "passive", "t", "taken prisoner")  # "8,000 soldiers are held in Russian captivity"
    if noun.head is None:
        return None
    captor = _HELD_BY.match(tagged.tags, noun.last + 1)
    if captor is not None and tagged.chunks[captor.start("held")].lower == "held" and _holds_people(tagged.chunks[captor.end() - 1]):
        return Event(noun.head, "passive", "t", "taken prisoner")  # "14 soldiers are being held by the rebels"
    if tagged.chunks[noun.head].text.lower() in _PRISONERS and tagged.chunks[noun.first - 1].lower in _COUNTED_THEM and noun.first:
        return Event(noun.head, "passive", "t", "taken prisoner")  # "it counted 247 Russian prisoners"
    if tagged.chunks[noun.head].text.lower() not in _PRISONERS or _is_free(tagged, noun):
        return None
    behind = tagged.chunks[noun.last].end - tagged.start
    match = (
        _STILL_HELD.match(tagged.text, behind)
        or _HELD_NOW.match(tagged.text, behind)
        or (
            _THERE_ARE.search(tagged.text, 0, tagged.chunks[noun.first].start - tagged.start)
            and _STILL_IN.match(tagged.text, tagged.chunks[noun.last].end - tagged.start)
        )
    )
    return Event(noun.head, "passive", "t", "taken prisoner") if match else None


def part_of_uncounted(tagged: Tagged, noun: Counted) -> Event | None:
    """'killed civilians, three children among them', 'dozens of soldiers died, including 11 officers': of a whole without a number."""
    if noun.head is None or tagged.tags[noun.head] not in "PE":
        return None
    match = _UNCOUNTED_WHOLE.search(tagged.tags, 0, noun.first)
    if match is None:
        return None
    verb = next(match.start(name) for name in ("done", "passive", "died") if match.group(name))
    kind = tagged.tags[match.start("kind" if match.group("kind") else "kind2")]
    is_unreal = _is_unreal(tagged, _before_adverbs(tagged, verb - 1)) if match.group("done") else False
    return None if is_unreal or kind != tagged.tags[noun.head] else Event(verb, "subset", tagged.tags[verb])


def _mourned(tagged: Tagged, noun: Counted) -> Event | None:
    """'The army mourned nine soldiers', 'buried 17 fighters', 'accounted for 16 of the rebels': verbs that tell of their object's loss."""
    kind = tagged.tags[noun.head] if noun.head is not None else ""
    if kind not in ("P", "E"):
        return None
    at = _before_adverbs(tagged, noun.first - 1)
    while at > 0 and tagged.chunks[at].lower in _FILLERS:
        at -= 1
    if at < 1:
        return None
    verb = tagged.chunks[at].lower
    if verb == "for" and tagged.chunks[at - 1].text.lower() in _ACCOUNTED and not _is_unreal(tagged, _before_adverbs(tagged, at - 2)):
        is_passive = at > 1 and tagged.tags[at - 2] == "B"
        return None if is_passive else Event(at - 1, "active", "t", "eliminated")
    is_alive = _UNDER.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) is not None
    if kind != "P" or verb not in _MOURNED or is_alive or _is_unreal(tagged, _before_adverbs(tagged, at - 1)):
        return None
    return Event(at, "active", "t", "killed")


def _buried(tagged: Tagged, noun: Counted) -> Event | None:
    """'13 servicemen had been buried in the region': people, and not under rubble."""
    is_people = noun.head is not None and tagged.tags[noun.head] == "P"
    match = _LAID_TO_REST.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) if is_people else None
    return Event(noun.head or noun.first, "passive", "t", "killed") if match else None


def _is_free(tagged: Tagged, noun: Counted) -> bool:
    """'the 62 rescued hostages'."""
    return any(c.text.lower() in _FREE for c in tagged.chunks[noun.first : noun.last])


def _dead_include(tagged: Tagged, noun: Counted) -> Event | None:
    """'The dead include 65 civilians'."""
    ahead = tagged.text[: tagged.chunks[noun.first].start - tagged.start]
    match = _DEAD_INCLUDE.search(ahead) if "includ" in ahead.lower() else None
    toll = None if match is None else next((i for i, c in enumerate(tagged.chunks) if c.start - tagged.start == match.start("toll")), None)
    return Event(toll, "among", "n") if toll is not None else None


def _parted(tagged: Tagged, group: list[Counted]) -> Event | None:
    """'put 40 tanks out of action', 'took 594 prisoners of war'."""
    first, last = group[0].first, group[-1].last
    at = first - 1
    while at > 0 and tagged.chunks[at].text.lower() in _FILLERS:
        at -= 1
    if at < 0 or (group[-1].head is not None and tagged.tags[group[-1].head] == "n"):
        return None
    verb = tagged.chunks[at].lower
    if verb not in _OPENS_PARTED:
        return None
    behind = lowered(tagged.text[tagged.chunks[last].end - tagged.start :][:60])
    for form, verbs, closing in _PARTED:
        if verb in verbs and closing.match(behind) and not _is_unreal(tagged, _before_adverbs(tagged, at - 1)):
            return Event(at, "active", "t", form)
    if verb in _HOLDING and _is_abductor(tagged, at) and (group[-1].head is None or tagged.tags[group[-1].head] == "P"):
        return Event(at, "active", "t", "taken prisoner")
    if (
        (verb in _TAKEN or (verb in _HOLDS and tagged.tags[at - 1 : at] in ("w", "B", "K")))
        and tagged.chunks[last].text.lower() in _PRISONERS
        and not _is_unreal(tagged, _before_adverbs(tagged, at - 1))
    ):
        return Event(at, "active", "t", "taken prisoner")
    return None


def _is_abductor(tagged: Tagged, at: int) -> bool:
    """'Hamas was holding 222 people', 'the rebels are holding 12': who holds is an armed group."""
    before = at - (2 if tagged.chunks[at].lower == "holding" else 1)
    return before >= 0 and (before == at - 1 or tagged.tags[at - 1] == "B") and _holds_people(tagged.chunks[before])


def _holds_people(captor: Chunk) -> bool:
    """An armed group or its fighters."""
    value = captor.value
    is_group = isinstance(value, Entry) and value.lexicon == "actors" and value.row[2] == "group"
    return is_group or (isinstance(value, Entry) and value.lexicon == "persons" and value.row[2] == "fighter")


def _verb_after_subset(tagged: Tagged, noun: Counted, following: list[Counted] | None) -> Event | None:
    """'12 people, including 3 children, were killed': the verb stands behind the inserted part."""
    if following is None or not following[0].is_subset or following[0].first - noun.last > SUBSET_WITHIN:
        return None
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
    if any(c.text.lower() == "to" and tagged.chunks[match.start("aux") + i - 1].text.lower() not in _KNOWN for i, c in enumerate(aux)):
        return None  # "are to have been killed"
    kind = tagged.tags[verb]
    has_be = any(c.tag == "B" for c in aux)
    if noun.head is None and any(c.tag == "w" and not _is_adverb(c.text.lower()) and c.text.lower() not in _STAYS for c in aux):
        return None  # "five encampments were seized"
    if not _is_asserted(aux, tagged.chunks[verb].text.startswith("lie ")) or (needs_aux and not has_be and kind != "i"):
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
        return Event(verb, "reduced_passive", "l") if is_equipment and is_closed else None
    if not has_be and not _is_reduced(tagged, aux, match, noun):
        return None
    return Event(match.end() - 1 if match.end() - verb > 1 else verb, "passive" if has_be else "reduced_passive", "t")


def _is_adverb(word: str) -> bool:
    return word in _ADVERBS | _LOOSE | _FILLERS | _KNOWN | _MORE or word.endswith("ly")


def _among(tagged: Tagged, match: re.Match[str], has_be: bool) -> Event | None:
    """'three children were among the dead'."""
    if (has_be or not match.group("aux")) and tagged.chunks[match.start("verb")].text.lower() == "among":
        return Event(match.end() - 1, "among", "n")
    return None


def _is_asserted(aux: list[Chunk], is_lying: bool = False) -> bool:
    """'will be killed' and 'could be killed' are forecasts; 'may have died' is a claim."""
    modals = [c.text.lower() for c in aux if c.tag == "m"]
    if not modals or is_lying:
        return not modals or all(word in _PERHAPS for word in modals)  # "may lie under the rubble"
    return all(word in _PERHAPS for word in modals) and any(c.text.lower() == "have" for c in aux)


def _is_reduced(tagged: Tagged, aux: list[Chunk], match: re.Match[str], noun: Counted) -> bool:
    """'251 tanks destroyed' is passive; 'two soldiers killed three men' and 'soldiers have killed' are not."""
    if any(c.tag == "V" or (c.tag in "w" and c.text.lower() not in _ADVERBS) or c.tag == "c" for c in aux):
        return False
    if noun.head is None and re.search(r"mw?[wN]?$", tagged.tags[max(0, noun.first - 3) : noun.first]):
        return False  # "the hospital will take another 60 wounded"
    if noun.head is None and (match.group("post")[:1] in ("o", "p") or (noun.first and tagged.tags[noun.first - 1] == "o")):
        return False  # "the family of one killed in action"
    after = tagged.tags[match.end() : match.end() + 1]
    if noun.head is None and after == "w":
        word = tagged.chunks[match.end()].text.lower()
        return word in _LOOSE or word.endswith("ly") or word.startswith("includ")  # "700 wounded veterans" counts veterans
    return after == "" or after not in _OBJECT_STARTS


def _lost_or_killed_before(tagged: Tagged, noun: Counted) -> Event | None:
    """'killed 12', 'wounding 30 others', 'lost three helicopters'."""
    at = noun.first - 1
    while at >= 0 and noun.first - at <= 3 and (tagged.tags[at] == "q" or tagged.chunks[at].text.lower() in _FILLERS):
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
    before = _before_adverbs(tagged, at - 1)
    if tagged.chunks[at].lower.split()[0].endswith("ing") and _UNDONE.search(tagged.text, 0, tagged.chunks[at].start - tagged.start):
        return None  # "without killing 14 people", "capable of sinking 14 ships"
    if tagged.tags[at] == "t" and before >= 0 and tagged.tags[before] == "B":
        return None
    if tagged.tags[at] == "t" and before >= 0 and tagged.chunks[before].text.lower() == "the":
        return None  # "the injured 600,000 roubles"
    if tagged.tags[at] == "v" and before > 0 and tagged.tags[before - 1 : before + 1] == "vc":
        before = _before_adverbs(tagged, before - 2)  # "to kill or wound"
    if tagged.tags[at] in "vl" and _is_unreal(tagged, before):
        return None
    if (tagged.tags[at] == "t" and _is_unreal(tagged, before)) or not _ends_phrase(tagged, noun):
        return None
    return Event(at, "lose" if tagged.tags[at] == "l" else "active", tagged.tags[at])


def _before_adverbs(tagged: Tagged, at: int) -> int:
    while at >= 0 and tagged.tags[at] == "w" and (tagged.chunks[at].text.endswith("ly") or tagged.chunks[at].text.lower() in _FILLERS):
        at -= 1
    return at


def _is_unreal(tagged: Tagged, before: int) -> bool:
    """'did not lose', 'could kill', 'to destroy'. 'may have killed' is a claim and passes by its 'have'."""
    if before < 0:
        return False
    if tagged.tags[before] == "V":
        return before > 0 and (tagged.tags[before - 1] == "Z" or tagged.chunks[before - 1].text.lower() in ("would", "will"))
    if tagged.chunks[before].text.lower() == "to":
        return before == 0 or not _IMPLICATIVE.search(tagged.text, 0, tagged.chunks[before].start - tagged.start)
    return tagged.tags[before] in "Zm"


def _ends_phrase(tagged: Tagged, noun: Counted) -> bool:
    """A bare number must stand alone: 'killing 12.' but not 'killing 12 seals'."""
    if tagged.tags[noun.last + 1 : noun.last + 2] == "d" and tagged.chunks[noun.last + 1].text.lower() == "this":
        return True  # "passed 100,000 this week"
    if _PER_DAY.match(tagged.text, tagged.chunks[noun.last].end - tagged.start):
        return True  # "averaged 1,170 a day"
    if tagged.tags[noun.last + 1 : noun.last + 4] in ("tct", "tcn", "nct", "ncn"):
        return True  # "was losing about 1,500 killed and wounded a day"
    behind = tagged.chunks[noun.last + 1].text.lower() if noun.last + 1 < len(tagged.chunks) else ""
    if behind in _DEGREES:
        return True  # "wounded fourteen seriously"
    if noun.head is None and behind in _MORE and tagged.tags[noun.last + 2 : noun.last + 3] in _CLOSES:
        return True  # "injured four more"
    return noun.head is not None or tagged.tags[noun.last + 1 : noun.last + 2] in _CLOSES


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
        if _is_unreal(tagged, _before_adverbs(tagged, at - 1)) or _UNDONE.search(ahead):
            return None  # "to capture 14 rebels", "capable of downing"; "the capture of" and "killing of" have their "of"
    if at >= 0 and tagged.tags[at] in "nf" and (tagged.tags[at] == "f" or tagged.tags[at + 1] == "o"):
        return Event(at, "nominal", "f")
    return None


def _amount_before(tagged: Tagged, noun: Counted) -> Event | None:
    """'casualties have amounted to 5,300', 'the death toll rose to 12', 'a death toll of 12'."""
    at = noun.first - 1
    if at < 1 or (noun.head is not None and tagged.tags[noun.head] == "E"):
        return None
    word, earlier = tagged.chunks[at].text.lower(), tagged.chunks[at - 1].text.lower()
    if word in _ALREADY and at > 1:
        at -= 1
        word, earlier = tagged.chunks[at].text.lower(), tagged.chunks[at - 1].text.lower()
    opens = re.match(r"(?:exceed|surpass|topp?|pass|reach|cross|near|approach)(?:s|es|ed|ing)\b", tagged.chunks[noun.first].text.lower())
    if earlier == "to" and _HOPED.search(tagged.text, 0, tagged.chunks[at].start - tagged.start):
        return None  # "we expect losses to run between 35,000 and 50,000"
    if word == "of" and earlier == "out":
        return None  # "600 deaths out of 15,000 troops"
    is_beyond = (tagged.tags[at] == "n" or word in _TO) and re.match(
        r"(?:above|over|below|under|beyond|past|nearly|about|at (?:least|most)|more than|fewer than) ",
        tagged.chunks[noun.first].text.lower(),
    )
    if not (
        opens
        or is_beyond
        or word in _BE
        or (
            word == "as" and (_is_number_of(tagged, at) or _GIVEN_AS.search(tagged.text, 0, tagged.chunks[noun.first].start - tagged.start))
        )
        or (word == "from" and earlier in _RANGES and noun.quantity.low != noun.quantity.high)
        or (
            word == "to" and (earlier in _TO or tagged.tags[at - 1] == "w" or (tagged.tags[at - 1] in "nLKDAU" and _is_brought(tagged, at)))
        )
    ):
        return None
    for back in range(at, max(-1, at - (4 if word == "of" else 20)), -1):
        is_estimated = tagged.tags[back] == "S" and back >= at - 1  # "are estimated at", "is put at"
        if (tagged.tags[back] in "ZS;:qNm") and not is_estimated:
            return None
        told = tagged.chunks[back].text.lower()
        if told in _FORECAST:
            return None
        is_toll = tagged.tags[back] == "n" and told in _TOLLS and (told not in ("victims", "missing") or _is_number_of(tagged, back))
        is_group = tagged.tags[back - 1 : back] == "d" and tagged.chunks[back - 1].text.lower() == "the"  # "put the injured at 1,277"
        if is_toll or (tagged.tags[back] in "tl" and (is_group or _is_number_of(tagged, back))):
            return Event(back, "amount", "n") if _ends_phrase(tagged, noun) else None
    return None


def _brought_to(tagged: Tagged, noun: Counted) -> Event | None:
    """'raising to 454 the number of soldiers killed': what is counted stands behind the number."""
    ahead = tagged.tags[noun.first - 2 : noun.first] if noun.first > 1 else ""
    match = _NUMBER_BEHIND.match(tagged.tags, noun.first + 1) if noun.head is None and ahead[1:] == "p" else None
    if match is None or tagged.chunks[noun.first - 1].text.lower() != "to" or tagged.chunks[noun.first - 2].text.lower() not in _BRINGS:
        return None
    is_number = any(c.text.lower() in _COUNTS for c in tagged.chunks[match.start() : match.end()])
    is_unreal = _is_unreal(tagged, _before_adverbs(tagged, noun.first - 3))
    return Event(match.start("told"), "brought", "n") if is_number and not is_unreal else None


def _is_brought(tagged: Tagged, at: int) -> bool:
    """'bringing the overall death toll to 24,285'."""
    return any(c.text.lower() in _BRINGS for c in tagged.chunks[max(0, at - 8) : at])


def _is_number_of(tagged: Tagged, at: int) -> bool:
    """'the number of people killed in the attack has risen to 14'."""
    return any(_NUMBER_OF.search(c.text) for c in tagged.chunks[max(0, at - 8) : at])
