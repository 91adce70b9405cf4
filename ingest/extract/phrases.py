"""In: a number or a verb in its sentence. Out: whether anything is claimed there (no negation, plan, share or untrue report), and where the
phrase of a counted noun ends."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.quantified import Counted
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set

KNOWN = word_set("known feared believed thought presumed confirmed reported understood said estimated reportedly")
_ALIVE = re.compile(r" (?:(?:are|were|is|still|thought|believed|known|presumed|said|to|be) ){0,6}(?:alive|living)\b")
_PER_DAY = re.compile(r" (?:a|per|each|every) (?:day|night|week|month)\b")
FILLERS = word_set("combined confirmed reported another a an further additional also only the its their his our just some reportedly all")
ADVERBS = word_set(
    "seriously severely badly lightly critically slightly gravely moderately also reportedly then later all already both either apparently"
)
_DEGREES = word_set("seriously severely badly lightly critically slightly gravely")
_MORE = word_set("more others further")
_CLOSES = ("", ",", ";", "c", "p", "x", "D", "-", "q", ")")  # tags behind a number that stands alone
LOOSE = word_set("there here so as then too elsewhere nearby together alone still also inside later")
_CONDITIONS = frozenset({"if", "unless", "whether", "whoever"})
_SHARE = re.compile(
    r"\b(?:third|thirds|quarter|quarters|half|fifth|tenth|most|majority|none|neither|percent|%) of (?:the |its |their |his |all )*"
    r"(?:[^\W\d_]+[’']s )?(?:[^\W\d_]+ )?$",
    re.IGNORECASE,
)
_RATIO = re.compile(r"\s+(?:for|to|against) (?:each|every|one)\b|\s+per (?!cent\b|(?:day|week|month|year|night|24)\b)", re.IGNORECASE)
_FOR_EVERY = re.compile(r"\b[Ff]or every (?:[\w-]+ ){1,3}(?:killed|lost|dead|wounded|captured)\b[^.;]*$")
_PER_AREA = re.compile(r"\bper (?:square|kilomet|mile|1,000|100,000|capita)", re.IGNORECASE)
_UNTRUE = re.compile(
    r"\b(?:reports?|claims?|rumou?rs?|allegations?|statements?|news) (?:[\w']+ ){0,3}that\b[^.;]*?"
    r"\b(?:is|are|was|were|as) (?:\w+ )?(?:false|untrue|not true|fake|baseless|fabricated|lies|a lie|unfounded|groundless|propaganda)\b"
    r"|\b(?:not|n[o']t|declined to|refused to|without) (?:\w+ly )?(?:comment|confirm|verif)\w* (?:on |about )?(?:the |any )?(?:\w+ )?"
    r"(?:reports?|claims?) (?:of|that)\b[^;]*"
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


_REPORTS_OF = re.compile(r"\b(?:reports?|claims?) of\b")


def untrue_in(tagged: Tagged) -> range:
    """Where 'reports that 14 soldiers had been captured were false' and 'contrary to reports that …' stand; asked once a sentence."""
    match = _UNTRUE.search(tagged.text) if "T" in tagged.tags or _REPORTS_OF.search(tagged.text) else None
    return range(0) if match is None else range(match.start() + tagged.start, match.end() + tagged.start)


def is_of_living(tagged: Tagged, noun: Counted) -> bool:
    """'48 hostages, 20 of them alive': no loss of their own."""
    return noun.is_subset and _ALIVE.match(tagged.text, tagged.chunks[noun.last].end - tagged.start) is not None


def is_ratio(tagged: Tagged, noun: Counted) -> bool:
    """'five soldiers for every Ukrainian one': a ratio counts nobody."""
    if "per " in tagged.text.lower() and _PER_AREA.search(tagged.text):
        return True
    ahead = tagged.text[: tagged.chunks[noun.first].start - tagged.start]
    return (" every " in ahead and _FOR_EVERY.search(ahead) is not None) or _RATIO.match(
        tagged.text, tagged.chunks[noun.last].end - tagged.start
    ) is not None


def is_adverb(word: str) -> bool:
    """'also', 'reportedly': what may stand between a form of be and its participle."""
    return word in ADVERBS | LOOSE | FILLERS | KNOWN | _MORE or word.endswith("ly")


def is_asserted(aux: list[Chunk], is_lying: bool = False) -> bool:
    """'will be killed' and 'could be killed' are forecasts; 'may have died' is a claim."""
    modals = [c.text.lower() for c in aux if c.tag == "m"]
    if not modals or is_lying:
        return not modals or all(word in _PERHAPS for word in modals)  # "may lie under the rubble"
    return all(word in _PERHAPS for word in modals) and any(c.text.lower() == "have" for c in aux)


def before_adverbs(tagged: Tagged, at: int) -> int:
    """The last chunk up to `at` that is no adverb; -1 at the beginning of the sentence."""
    while at >= 0 and tagged.tags[at] == "w" and (tagged.chunks[at].text.endswith("ly") or tagged.chunks[at].text.lower() in FILLERS):
        at -= 1
    return at


def is_unreal(tagged: Tagged, before: int) -> bool:
    """'did not lose', 'could kill', 'to destroy'. 'may have killed' is a claim and passes by its 'have'."""
    if before < 0:
        return False
    if tagged.tags[before] == "V":
        return before > 0 and (tagged.tags[before - 1] == "Z" or tagged.chunks[before - 1].text.lower() in ("would", "will"))
    if tagged.chunks[before].text.lower() == "to":
        return before == 0 or not _IMPLICATIVE.search(tagged.text, 0, tagged.chunks[before].start - tagged.start)
    return tagged.tags[before] in "Zm"


def ends_phrase(tagged: Tagged, noun: Counted) -> bool:
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
    if tagged.tags[noun.last + 1 : noun.last + 3] == "bD":
        return True  # "exceeded 5,000 by March"
    return noun.head is not None or tagged.tags[noun.last + 1 : noun.last + 2] in _CLOSES
