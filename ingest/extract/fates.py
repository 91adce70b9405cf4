"""In: a counted noun in its sentence. Out: what befell it, told by other words than a plain verb of loss: held, in care, buried, mourned,
fallen, or a verb around its object ("put 40 tanks out of action")."""

from __future__ import annotations

import re

from ingest.extract.lexicons import Entry
from ingest.extract.phrases import FILLERS, Event, before_adverbs, is_unreal
from ingest.extract.quantified import Counted
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import lowered, word_set

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
    r" (?:(?:as )?(?:prisoners|captives)\b(?! exchange)|in (?:[\w-]+ ){0,2}(?:captivity|prisoner-of-war camps)\b|in the hands of\b"
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
_LIVES = re.compile(
    r" (?:\w+ )?lives (?:(?:were|was|are|have been|had been|have|been|already|also) ){0,2}(?:lost|taken|claimed|ended|cut short)\b"
)
_HELD_NOW = re.compile(
    r" (?:still |now |currently |being |remaining )*(?:held (?:in|by|inside)|(?:still|remaining) (?:held |being held )?(?:in|inside)) "
)
_MOURNED = word_set("mourned mourns mourn mourning buried buries bury burying")
_LAID_TO_REST = re.compile(
    r"(?: (?:have|had|has))? (?:been|were|was|are|being)(?: \w+ly)? (?:buried|laid to rest|given (?:a )?burials?)\b"
    r"(?! (?:\w+ )?(?:under|beneath|alive|in (?:the )?(?:rubble|debris)))"
)
_ACCOUNTED = word_set("accounted accounts account accounting")
_UNDER = re.compile(r" (?:\w+ )?(?:under|beneath|alive|in (?:the )?(?:rubble|debris|snow|mud))\b")
_ARE_DEAD = re.compile(r"[^.;,]{0,40} (?:are|is|were|was) (?:\w+ )?(?:to be )?dead\b")
_HELD_IN = re.compile(
    r"(?: and \w+)? (?:are|were|remain) still (?:being )?held in (?:Russia|Ukraine)\b"
)  # the two that take each other's people
_HELD_BY = re.compile(r"Bw{0,2}B?w?(?P<held>w)bd?[wA]?[PA]")
_COUNTED_THEM = word_set("counted counts identified documented verified recorded filmed")
_FREE = frozenset({"rescued", "freed", "released", "former", "liberated", "returned"})
_PRISONERS = frozenset({"prisoners", "prisoner", "prisoners of war", "captives", "hostages", "pows", "hostage"})


def fell(tagged: Tagged, noun: Counted) -> Event | None:
    """'three soldiers fell in an ambush': people, not prices."""
    if noun.head is None or tagged.tags[noun.head] != "P" or _FELL.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) is None:
        return None
    return Event(noun.head, "intransitive", "i", "fell in battle")


def in_care(tagged: Tagged, noun: Counted) -> Event | None:
    """'30 people are still in hospital', 'ten dead, 31 in hospital', '28 were being treated': they are wounded."""
    is_people = noun.head is None or tagged.tags[noun.head] == "P"
    match = _CARE.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) if is_people else None
    if match is None or (match.group("verb") is None and noun.head is not None):
        return None
    return Event(noun.first, "predicate", "t", "taken to hospital")


def lives(tagged: Tagged, noun: Counted) -> Event | None:
    """'31 lives were lost', '12 civilian lives have been cut short'."""
    is_told = noun.head is None and _LIVES.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) is not None
    return Event(noun.first, "passive", "t", "claimed the lives of") if is_told else None


def held(tagged: Tagged, noun: Counted) -> Event | None:
    """'59 hostages are still held in Gaza', '16 captives remain in their hands'."""
    if noun.head is not None and tagged.tags[noun.head] != "P":
        return None
    if _ARE_DEAD.match(tagged.text, tagged.chunks[noun.last].end - tagged.start):
        return None  # "31 hostages still in Gaza are believed dead"
    if _IN_CAPTIVITY.match(tagged.text, tagged.chunks[noun.last].end - tagged.start):
        return Event(noun.last, "passive", "t", "taken prisoner")  # "8,000 soldiers are held in Russian captivity"
    if noun.head is None:
        return None
    if _HELD_IN.match(tagged.text, tagged.chunks[noun.last].end - tagged.start):
        return Event(noun.head, "passive", "t", "taken prisoner")  # "8,000 soldiers and civilians are still held in Russia"
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


def mourned(tagged: Tagged, noun: Counted) -> Event | None:
    """'The army mourned nine soldiers', 'buried 17 fighters', 'accounted for 16 of the rebels': verbs that tell of their object's loss."""
    kind = tagged.tags[noun.head] if noun.head is not None else ""
    if kind not in ("P", "E"):
        return None
    at = before_adverbs(tagged, noun.first - 1)
    while at > 0 and tagged.chunks[at].lower in FILLERS:
        at -= 1
    if at < 1:
        return None
    verb = tagged.chunks[at].lower
    if verb == "for" and tagged.chunks[at - 1].text.lower() in _ACCOUNTED and not is_unreal(tagged, before_adverbs(tagged, at - 2)):
        is_passive = at > 1 and tagged.tags[at - 2] == "B"
        return None if is_passive else Event(at - 1, "active", "t", "eliminated")
    is_alive = _UNDER.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) is not None
    if kind != "P" or verb not in _MOURNED or is_alive or is_unreal(tagged, before_adverbs(tagged, at - 1)):
        return None
    return Event(at, "active", "t", "killed")


def buried(tagged: Tagged, noun: Counted) -> Event | None:
    """'13 servicemen had been buried in the region': people, and not under rubble."""
    is_people = noun.head is not None and tagged.tags[noun.head] == "P"
    match = _LAID_TO_REST.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) if is_people else None
    return Event(noun.head or noun.first, "passive", "t", "killed") if match else None


def _is_free(tagged: Tagged, noun: Counted) -> bool:
    """'the 62 rescued hostages'."""
    return any(c.text.lower() in _FREE for c in tagged.chunks[noun.first : noun.last])


def parted(tagged: Tagged, group: list[Counted]) -> Event | None:
    """'put 40 tanks out of action', 'took 594 prisoners of war'."""
    first, last = group[0].first, group[-1].last
    at = first - 1
    while at > 0 and tagged.chunks[at].text.lower() in FILLERS:
        at -= 1
    if at < 0 or (group[-1].head is not None and tagged.tags[group[-1].head] == "n"):
        return None
    verb = tagged.chunks[at].lower
    if verb not in _OPENS_PARTED:
        return None
    behind = lowered(tagged.text[tagged.chunks[last].end - tagged.start :][:60])
    for form, verbs, closing in _PARTED:
        if verb in verbs and closing.match(behind) and not is_unreal(tagged, before_adverbs(tagged, at - 1)):
            return Event(at, "active", "t", form)
    if verb in _HOLDING and _is_abductor(tagged, at) and (group[-1].head is None or tagged.tags[group[-1].head] == "P"):
        return Event(at, "active", "t", "taken prisoner")
    if (
        (verb in _TAKEN or (verb in _HOLDS and tagged.tags[at - 1 : at] in ("w", "B", "K")))
        and tagged.chunks[last].text.lower() in _PRISONERS
        and not is_unreal(tagged, before_adverbs(tagged, at - 1))
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
