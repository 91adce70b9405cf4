"""In: a tagged sentence. Out: the verbs and nouns in it that tell an act, where their form and their object make it one.

The strengths of `acts.tsv`: strong needs nothing more, object an object, law an object that only an authority makes, topical a topic word
behind it, base a "will" or "we" before it, noun a name in the possessive before it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ingest.extract.lexicons import Entry, by_first, rows, stem_row, stems
from ingest.extract.losses import find_losses
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import folded, lowered, word_set

BARE = frozenset(row[0].split()[0] for row in rows("acts") if row[1] == "base")
FINITE = frozenset(row[0].split()[0] for row in rows("acts") if row[1] != "base")
ACT_FIRST = BARE | FINITE | {"told", "warned", "asked"}
_TELLING = frozenset(  # the longest word of a form: "announced" of "has announced"
    max(re.findall(r"[^\W\d_]+", row[0]), key=len) for row in rows("acts") if row[1] != "base"
)
_FORMS: dict[str, list[frozenset[str]]] = {}  # longest word of a form -> the words of each such form
for _row in rows("acts"):
    _words = re.findall(r"[^\W\d_]+", _row[0])
    _FORMS.setdefault(max(_words, key=len), []).append(frozenset(_words))
_LONGEST = frozenset(_FORMS)
FUTURE = word_set("will would won't wouldn't")
LONGEST_ACT = max(len(row[0].split()) for row in rows("acts"))  # words
_OPENERS = FUTURE | {"we", "i", "is", "are", "going", "do", "does", "did"}
OBJECT_CHARS = 120  # behind a verb: where the object that makes it an act is looked for
TOPIC_RANK = 4  # above, a topic word is too common to make an act of "gave" or "offered"
PAPERS = word_set("law laws decree bill order resolution act agreement legislation plan package amnesty sanctions ban")
AGENT = re.compile(r"(?:pD|D|p[dwKL]{1,3})?b(?=d?w?[AULRK])")  # "on Monday by the ministry"
_PAPER_AHEAD = re.compile(r"[wS](?:,?[TH])?d?[AULRK](?:[AULRKs]|od?(?=[AULRK]))*[VwB]{0,2}$")
_EMPTY_OBJECT = frozenset(",;:)")
_LAWFUL = re.compile(  # for text in lower case
    r"\b(?:law|bill|act|pause|standstill|lull|resolution|sanction|decree|ban|embargo|budget|package|treaty|agreement|legislation|programme|program|campaign"
    r"|independence|border|airspace|crossings?|checkpoints?|embass(?:y|ies)|consulates?|visa|export|import|tariff|asylum|genocide|terror\w*|republics|aid|amendment|restriction|curfew"
    r"|war|martial|emergency|ceasefire|truce|rule|requirement|bonus|age|unit|legion|fund|commission|tribunal|chatbot|amnest(?:y|ies)|pardon|appeal"
    r"|recommendation|evacuation|order|directive|guideline|strategy|plan|hotline|task (?:force|group)|assets|reward|payment|draft|quota"
    r"|mobili[sz]ation|conscription|corridor|visas|line|cent(?:er|re)|headquarters|council|coalition|mission|corps|charges|proceedings|penalt(?:y|ies)|punishments?|exchange|swap|talks|negotiations|deliver(?:y|ies)|supplies|cooperation|participation|trade|flights?|access|ties|relations|mourning|events?"
    r"|naturali[sz]ation|citizenship|enlistment|recruitment|deadline|policy|policies|reform|cut|ceiling|limit|zone|passage|proposal|offer|deal|terms|demands?|conditions?|tax(?:es)?|duty|duties|investigation|ultimatum"
    r"|statement|liabilit(?:y|ies)|warrant|payment|ambassadors?|envoys?|term of service|salar(?:y|ies)|applications?|list of)(?:s|es)?\b"
)
_OBJECT_END = re.compile(
    r"[;!?]|\.(?!\d)|,? \b(?:after|amid|because|out of|following|while|whereas|despite|since|when|before|as|in response)\b"
)
_AND = re.compile(r",? and (?:(?:he|she|it|they|also|then|has|had) ){0,2}(?P<verb>\w+)")  # "banned … and ordered …": the next act
_BETWEEN = word_set("also now soon again longer only continue to start begin keep immediately further never not still")
_THAT = re.compile(r"\s*(?:,|on \w+|in \w+|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|today)?\s*(?:that\b|(?:it|he|she|they|we|there)\b)")
_FUTURE_CLAUSE = re.compile(
    r"\b(?:will|would|(?:is|are|was|were) to"
    r"|(?:is|are|was|were) \w*(?:call|send|suspend|withdraw|clos|bann|impos|deploy|pull|giv|join|leav|lift|mov|start|begin|launch|halt"
    r"|stopp|end|expand|extend|resum|open|shift|cutt|reduc|increas|rais|chang|creat|form|mobili[sz])\w*ing"
    r"|intends?|intended|plans?|planned)\b"
)
_ADJUNCTS = re.compile(r"(?:p?D|p[dwKLUAR]{1,4}|[x.)q])*")  # all that may stand behind ", Kuleba announced"
_PLAN = re.compile(
    _FUTURE_CLAUSE.pattern + r"|\b(?:is|are) (?!supplying|sending)\w+ing\b|\b(?:has|have) (?:decided|agreed|approved|ordered|signed)\b"
    r"|\b(?:came|comes?) into (?:force|effect)\b|\b(?:took|takes?) effect\b"
)
_PERFECT = re.compile(r"\b(?:has|had|have) (?:\w+ly )?(?P<verb>\w+)")
_CAUGHT = re.compile(r"\b(?:taken|took|captured|seized) (?:[\w-]+ ){1,5}(?:prisoners?|captives?|hostages?)\b|^ to have ")
_KNOWN_PAPER = re.compile(r"^ (?:the|this) (?:statement|communiqu\w+|release|letter|message)\b")
_FIGURES = re.compile(
    r"^ (?:any |the |its |their |new |such |comparable |detailed |official |exact )*"
    r"(?:totals?|figures?|numbers?|toll|tally|data|statistics|losses|casualt\w+|results)\b"
)
_RATE = re.compile(
    r"^ [^,;]{0,24}\d[\d,.]* (?:[\w-]+ ){0,3}?(?:(?:a|per|every|each) (?:day|week|month|year)|(?:percent|per cent)\b|%)"
    r"|^ [^,;]{0,12}\d[\d.]*%"
)
_TOLL = re.compile(
    r"\b(?:killed|dead|deaths?|died|casualt\w+|losses|victims|wounded|injured|shot down|downed|destroyed"
    r"|captured|rescued|recovered|thwarted|foiled|repelled|intercepted)\b"
)
_HEDGES = re.compile(
    r"\b(?:expected to|is considering|are considering|planning to|plans to|if |would have|reportedly considering|hopes? to|ready to"
    r"|preparing to|threatened to|likely to|unless |whether )(?:\w+ ){0,2}$"
)
_PROPOSAL = re.compile(
    r"^ (?:[\w'’-]+ ){0,4}?(?:proposals?|measures|decisions?|rulings?|resolutions?"
    r"|offers?|demands?|requests?|calls?|plans?|bids?|deals?|suggestions?|ultimatum|idea)\b"
)
_SENDS = word_set("deployed deploys sent sends dispatched withdrew withdraws send deploy")
_ASKED_ABOUT = re.compile(r" about (?![$€£]?\d)")
_SPOKEN_OFFERS = word_set("offered offers offering promises promising guaranteed guarantees asked asks asking advised")
_STRUCK_WITH = re.compile(r"\b(?:against|across) ")
_PRICE = re.compile(r"\bpay (?:the|a|for|dearly)\b(?! (?:bonus|salar|wage))")
_SEIZABLE = re.compile(r"\b(?:assets?|property|properties|funds|accounts?|yachts?|tankers?|vessels?|ships?|compan(?:y|ies)|reserves)\b")
_BATTLE = re.compile(r"\b(?:campaign|offensives?|attacks?|war|assault|incursion|invasion|strikes?)\b")
_ATTACK = re.compile(r"\b(?:at|against|towards?|into|over|across|near) ")
_CAPTIVES = re.compile(r"\b(?:prisoners?|captives?|pows?|hostages?|detainees?|bodies|remains|soldiers?|servicem[ae]n)\b", re.IGNORECASE)
_CRIMES = re.compile(r" (?:\w+ ){0,3}?(?:crimes?|atrocit(?:y|ies)|abuses|violations|genocide|suicide|massacres?|murders?|murdered)\b")
_OFFERS = word_set("offered offers offering is are")
_REWARD = re.compile(r"[$€£]\s?\d.{0,60}\bfor (?:\w+ )?(?:information|tips|help|the capture)\b|\breward\b")
_PAST_ONLY = word_set("announced announces announcing")
_SIGNS = word_set("signed signs signing")
_KEEPS_SILENT = re.compile(
    r"^(?:(?:declin|refus)(?:e|es|ed|ing) )?to (?:comment|say|confirm|elaborate|disclose|specify|speculate|answer|be (?:named|identified)"
    r"|(?:give|provide|offer|name|release) (?:an?y? |further |more |its |his |their )*"
    r"(?:details?|estimates?|figures?|comments?|numbers?|toll|information))"
)
_REVISES = word_set("raised raises revised lowered corrected updated increased put")
_TELLS_FIGURES = _PAST_ONLY | word_set("release released releases publish published publishes disclose disclosed reveal revealed announce")


class Act(NamedTuple):
    """The first and last chunk of the words that tell an act, and how much they need besides."""

    first: int
    last: int
    strength: str


def may_act(words: frozenset[str]) -> bool:
    """A sentence with none of these words tells no act; asked before it is tagged."""
    if _TELLING.isdisjoint(words) and (BARE.isdisjoint(words) or words.isdisjoint(_OPENERS)):
        return False
    is_order = "to" in words and not _TELLS.isdisjoint(words)
    return is_order or any(form <= words for longest in words & _LONGEST for form in _FORMS[longest])


def acts_in(tagged: Tagged) -> list[Act]:
    """Act words of a sentence, the longest form at each place."""
    words = [chunk.lower for chunk in tagged.chunks]
    found: list[Act] = []
    for at in [at for at, word in enumerate(words) if word in ACT_FIRST]:
        is_within = bool(found) and at <= found[-1].last
        act = None if is_within else _act_at(tagged, words, at)
        if act is not None:
            found.append(act)
    return found


def _act_at(tagged: Tagged, words: list[str], at: int) -> Act | None:
    parted = _parted_by_day(tagged, words, at)
    if words[at] in _TELLS and (ordered := _TO_DO.match(tagged.tags, at + 1)) and words[ordered.end() - 1] == "to":
        return Act(at, at, "strong")  # "told ministries to stop", "warned the residents to leave"
    for length in range(min(LONGEST_ACT, len(words) - at), 0, -1):
        row = by_first("acts").get(" ".join(words[at : at + length]))
        if row is not None and row[1] == "base" and length > 1 and at and tagged.tags[at - 1] == "s":
            return Act(at, at + length - 1, "noun")  # "China's call for a truce"
        first = None if row is None else _form_start(tagged, at, row)
        if row is not None and first is not None:
            return parted if parted is not None and length == 1 else Act(first, at + length - 1, row[1])
    return parted


def _parted_by_day(tagged: Tagged, words: list[str], at: int) -> Act | None:
    """'voted on Monday to send': a form of two words around a day."""
    skip = 2 if tagged.tags[at + 1 : at + 3] == "pD" else 1 if tagged.tags[at + 1 : at + 2] == "D" else 0
    if not skip or at + skip + 1 >= len(words):
        return None
    row = by_first("acts").get(f"{words[at]} {words[at + skip + 1]}")
    return Act(at, at + skip + 1, row[1]) if row is not None and _form_start(tagged, at, row) is not None else None


def _form_start(tagged: Tagged, at: int, row: tuple[str, ...]) -> int | None:
    """Where the act begins, None when its form does not stand there. A bare verb acts behind 'will' or 'would' ('will not send',
    'would also close'), behind 'is going to' and behind 'we'; an -ing form behind 'is'."""
    if row[1] == "base":
        return _auxiliary(tagged, at)
    if row[1] == "noun":
        return at if at and tagged.tags[at - 1] == "s" else None
    if not row[0].split()[0].endswith("ing"):
        return at
    back = at - 1
    while back > 0 and tagged.chunks[back].text.lower() in _ADVERBS:
        back -= 1
    return back if back >= 0 and tagged.tags[back] == "B" else None


_TELLS = word_set("told warned asked")
_TO_DO = re.compile(r"(?:pD|D)?(?:d?[AwUPRs]{1,4}|d?[AwUPRs]{1,3}pd?[AwUL]{1,3})Z?p(?=[wtigvlBSG])")
_ADVERBS = word_set("also now again strongly actively openly and once")


def _auxiliary(tagged: Tagged, at: int) -> int | None:
    """The 'will', 'would', 'going to' or 'we' in front of a bare verb."""
    back = at - 1
    if back > 0 and tagged.tags[back - 1] == "B" and tagged.chunks[back].text.lower() == "to":
        return back - 1  # "Britain is to train"
    while back > 0 and (tagged.tags[back] in "Zq" or tagged.chunks[back].text.lower() in _BETWEEN):
        back -= 1
    if back < 0:
        return None
    word = folded(tagged.chunks[back].text)
    if word == "going" and back and (tagged.tags[back - 1] in "BZ"):
        start = back - 1 - (tagged.tags[back - 1] == "Z")
        return start if start >= 0 and tagged.tags[start] == "B" else None
    if word in FUTURE:
        return back
    is_negated = any(tagged.tags[i] == "Z" for i in range(back + 1, at))
    if is_negated and (word in ("do", "does") or (word == "did" and "S" in tagged.tags[:back])):
        return back  # "does not agree to it", "said it did not recognise": a stance
    is_we = word in ("we", "i") and all(tagged.tags[i] == "Z" or tagged.tags[i] == "w" for i in range(back + 1, at))
    return back + 1 if is_we else None


def is_decided(tagged: Tagged, act: Act) -> bool:
    """Not negated, not a plan or a forecast, and with the object that the act needs."""
    before = tagged.chunks[max(0, act.first - 2) : act.first]
    if act.strength not in ("base", "noun") and (any(c.tag == "Z" for c in before) or _is_planned(before)):
        return False
    ahead = tagged.text[: tagged.chunks[act.first].start - tagged.start][-60:]
    if _HEDGES.search(ahead) or "first time" in ahead:
        return False
    return _has_object(tagged, act) and not _is_casualty_report(tagged, act) and _has_matter(tagged, act)


def _is_planned(before: list[Chunk]) -> bool:
    """'may announce', 'to sign'."""
    return any(c.tag == "m" or c.text.lower() == "to" for c in before[-1:])


def follows_paper(tagged: Tagged, act: Act) -> bool:
    """'the law signed by …', 'a decree issued on Monday by …': a participle tells an act only beside the paper it made."""
    before = {c.text.lower() for c in tagged.chunks[max(0, act.first - 2) : act.first]}
    return AGENT.match(tagged.tags, act.last + 1) is not None and not before.isdisjoint(PAPERS)


def _has_agent(tagged: Tagged, act: Act) -> bool:
    """'Martial law was declared by Yerevan', 'the embargo, imposed by Poland'."""
    before = tagged.tags[act.first - 1 : act.first] if act.first else ""
    return before in ("B", ",") and AGENT.match(tagged.tags, act.last + 1) is not None


def is_told_of_paper(tagged: Tagged, act: Act) -> bool:
    """'a law that the president signed on Thursday', 'a decree Putin issued': the object stands ahead of the subject."""
    match = _PAPER_AHEAD.search(tagged.tags, max(0, act.first - 12), act.first)
    return match is not None and tagged.chunks[match.start()].text.lower() in PAPERS


def _has_object(tagged: Tagged, act: Act) -> bool:
    if act.last + 1 >= len(tagged.chunks):
        return act.strength == "strong"
    if tagged.tags[act.last + 1] == "Z" and act.strength != "base":
        return False  # "gave no date"
    if act.strength in ("strong", "noun", "topical") or follows_paper(tagged, act) or is_told_of_paper(tagged, act):
        return True
    if _has_agent(tagged, act):
        return _LAWFUL.search(lowered(tagged.text[: tagged.chunks[act.first].start - tagged.start][-80:])) is not None
    following = tagged.chunks[_behind_day(tagged, act.last + 1)]
    is_empty = following.tag in _EMPTY_OBJECT or (following.tag == "p" and following.text.lower() != "to")
    if act.strength == "object" and is_empty:
        return following.tag == "p" and _LAWFUL.search(lowered(object_of(tagged, act))) is not None  # "imposed on him sanctions"
    return act.strength != "law" or _LAWFUL.search(lowered(object_of(tagged, act))) is not None


def _behind_day(tagged: Tagged, at: int) -> int:
    """'promised on Monday to …': the object stands behind the day."""
    after = at + (2 if tagged.tags[at : at + 2] == "pD" else int(tagged.tags[at] == "D"))
    return after if after < len(tagged.chunks) else at


def object_of(tagged: Tagged, act: Act) -> str:
    """The words behind the act up to the end of its clause."""
    return _clause(tagged.text, tagged.chunks[act.last].end - tagged.start)


@lru_cache(maxsize=64)  # asked for an act several times in a row
def _clause(text: str, begin: int) -> str:
    end = _OBJECT_END.search(text, begin, begin + OBJECT_CHARS)
    stop = end.start() if end else begin + OBJECT_CHARS
    next_act = next((m.start() for m in _AND.finditer(text, begin, stop) if m["verb"].lower() in FINITE), stop)
    return text[begin:next_act]


def _has_matter(tagged: Tagged, act: Act) -> bool:
    """A topical verb needs a topic; 'announced that …' needs a decision in what follows."""
    if act.strength == "topical":
        matter = object_of(tagged, act)
        if _RATE.match(matter):
            return False  # "recruits 30,000 volunteers a month", "supplied 15.5 percent of the diesel"
        if tagged.chunks[act.first].text.lower() in ("exchanged", "swapped") and not _CAPTIVES.search(matter):
            return False  # "exchanged proposals"
        if _ASKED_ABOUT.match(matter):
            return False  # "asked about the talks"; not "offered about $700,000"
        if tagged.chunks[act.last].text.lower() == "committed" and _CRIMES.match(matter):
            return False
        if tagged.chunks[act.first].text.lower() in _SENDS and _STRUCK_WITH.search(matter):
            return False  # "sent a jet against", "sent its army across the border"
        if tagged.chunks[act.first].text.lower() in _SENDS and any(_is_troops(c) for c in tagged.chunks[act.last + 1 : act.last + 6]):
            return True  # "deployed 1,000 soldiers to Mozambique"
        if tagged.chunks[act.first].text.lower() in _OFFERS and _REWARD.search(matter):
            return True  # "offered $5 million for information on …"
        is_supply = tagged.chunks[act.first].text.lower() not in _SPOKEN_OFFERS and _gives_arms(tagged, act)
        return is_on_topic(matter) or is_supply or _PROPOSAL.search(matter) is not None
    if tagged.chunks[act.first].text.lower() == "seized" and not _SEIZABLE.search(object_of(tagged, act)):
        return False  # "seized 251 people"
    if tagged.chunks[act.first].text.lower() in ("launched", "stepped") and _BATTLE.search(object_of(tagged, act)):
        return False  # a report of the fighting
    clause = tagged.text[tagged.chunks[act.last].end - tagged.start :]
    word = tagged.chunks[act.last].text.lower()
    if (word in _SIGNS and _KNOWN_PAPER.match(clause)) or (word in _TELLS_FIGURES and _FIGURES.match(clause)):
        return False  # who signed the statement, "announced the total", "does not release comparable numbers"
    if _KEEPS_SILENT.search(f"{word}{clause[:40]}"):
        return False  # "declined to comment"
    if word in _REVISES and _FIGURES.match(clause) and _TOLL.search(clause):
        return False  # "raised the number of its soldiers killed to 71"
    if word in _PAST_ONLY and _CAUGHT.search(clause):
        return False  # "announced that its men had taken two soldiers prisoner", "announces to have …"
    if _PRICE.search(clause) and act.strength in ("object", "strong", "base"):
        return False  # "vowed that they would pay the price"
    if tagged.chunks[act.last].text.lower() in _PAST_ONLY and _THAT.match(clause):
        is_done = any(m["verb"].lower() in FINITE for m in _PERFECT.finditer(clause))
        return is_done or _FUTURE_CLAUSE.search(clause) is not None
    return True


def _is_troops(chunk: Chunk) -> bool:
    is_military = isinstance(chunk.value, Entry) and chunk.value.lexicon == "persons" and chunk.value.row[1] == "military"
    return is_military or chunk.text.lower() in ("force", "forces", "battalion", "brigade", "contingent", "mission")


def _gives_arms(tagged: Tagged, act: Act) -> bool:
    """Arms that are handed on; those sent 'at', 'against' or 'towards' somebody are an attack."""
    end = tagged.chunks[act.last].end + OBJECT_CHARS
    return any(c.tag == "E" and c.start < end for c in tagged.chunks[act.last + 1 :]) and not _ATTACK.search(object_of(tagged, act))


def is_on_topic(text: str, rank: int = TOPIC_RANK) -> bool:
    """A topic word of this rank or a better one stands in the text."""
    return any(int(stem_row("topics", m.group())[2]) <= rank for m in stems("topics").finditer(lowered(text)))


def _is_casualty_report(tagged: Tagged, act: Act) -> bool:
    """'announced that nine soldiers were killed' is a casualty claim."""
    if tagged.tags[act.last] != "S":
        return False
    clause = tagged.text[tagged.chunks[act.last].end - tagged.start :]
    if _ADJUNCTS.fullmatch(tagged.tags, act.last + 1):
        ahead = tagged.text[: tagged.chunks[act.first].start - tagged.start]
        return bool(find_losses(tagged)) or not _PLAN.search(ahead)  # "Six soldiers were killed, the military announced on Wednesday"
    is_toll = bool(_TOLL.search(clause)) and bool(_THAT.match(clause) or find_losses(tagged))
    return is_toll and not is_on_topic(clause, 1)
