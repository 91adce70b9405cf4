"""In: a tagged sentence. Out: what is offered in it: sums with their period or item, and benefits in words."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from ingest.extract.grounding import Core
from ingest.extract.lexicons import Entry, rows, stem_row, stems
from ingest.extract.money import Money
from ingest.extract.numbers import Quantity
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import LETTERS, lowered

_DENIED = re.compile(
    r"\b(?:no(?!\.)|nobody|no one|(?<!or )not|never|denied|denies|refus\w+|reject\w+|imprisonment|delay\w+|earlier offered"
    r"|unpaid(?! debts?)|(?:has|have|had) been paid|fell short|fraud\w*|embezzl\w+)\b"
    r"(?! (?:want|longer want|later than|wish|matter|only|less than|punishment|charges|prosecution|criminal|questions"
    r"|to (?:fight|serve|obey|take part|carry out|shoot|be sent|follow))\b"
    r"|(?<=nobody) (?:(?:will|would|is to) )?(?:ever )?(?:know|learn|find out|be told)\b"
    r"| (?:(?:will |would )?be|is|are) (?:exchanged|sent|returned|prosecuted|punished|harmed|charged|extradited|handed|held|called))",
    re.IGNORECASE,
)
_OTHER_SUM = re.compile(  # ahead of a sum: a price, a budget, a bounty on one's own head; no benefit
    r"\b(?:fined?|penalt\w+|sanction\w*|stole\w*|damage[sd]?|cost(?:s|ing)?|budget of|(?<!is )(?<!are )(?<!now )(?<!be )worth|aid package"
    r"|loans?|brib\w+|ransom|took|robb\w+|extort\w+"
    r"|carr(?:ying|ied|ies|y) (?:a|an|the|cash)|gap of|deficit|paid out|seized|debt of|(?<!set a )price"
    r"|exports?|imports?|revenues?|profits?|paid (?:her|him|them|smugglers)"
    r"|average (?:Russian|Ukrainian|worker|citizen|resident))\b[^,;]{0,70}$",
    re.IGNORECASE,
)
_ON_HEAD = re.compile(
    r"[^,;.]{0,25}\bon (?:his|her|their|each) heads?\b"
    r"|[^,;.]{0,20} (?:fine|ransom|bribe|loan|(?<!federal )(?<!regional )(?<!city )(?<!local )budget|deficit)\b"
    r"|[^,;.]{0,25}\bbefore (?:the|it|they|he|this) (?:war|invasion|conflict|fighting|rise|raise|increase|change|reform|was|were|went)\b",
    re.IGNORECASE,
)
_UNPUNISHED = re.compile(
    r"\b(?:nobody|no one|none)\b[^.;,]{0,60}? (?:will|would|shall|is to) be (?P<deed>\w+)(?: back| home| over)?", re.IGNORECASE
)
_PENALTIES = {
    **dict.fromkeys(("prosecuted", "punished", "charged", "tried", "convicted"), "amnesty"),
    **dict.fromkeys(("harmed", "arrested", "sent", "extradited", "returned", "handed", "mistreated", "tortured"), "protection"),
}
_PRIVATE = re.compile(
    r"\b(?:charity|charities|company|companies|firms?|banks?|business\w*|foundations?|insurers?|clubs?|donors?|readers|oligarchs?|church"
    r"|smugglers?|traffickers|gangs?|employers?|newspaper) (?:\w+ ){0,3}?(?:offer|pay|paid|g[ia]v|promis|pledg|add)",
    re.IGNORECASE,
)
_CLAUSE_START = re.compile(r"[;:] |, (?:but|while|whereas|although|though|yet|so) |(?<!\bNo)\. ")
_SAME_SUM = re.compile(
    r"(?: each| apiece)?[(,]?\s*(?:or|a sum of|that is|i\.e\.|worth|about|around|roughly|approximately|equivalent to|the equivalent of|some"
    r"|nearly|equal to"
    r"|[(,~≈=])?\s*(?:about|around|roughly|approximately|some|nearly|just over|more than|~|≈)?\s*"
)
_FOR_ITEM = re.compile(r"(?:[Ff]or|per) (?:each|every|a|an|one)?\s*(?:\w+ ){0,2}?$|per $")
_BRINGING = re.compile(
    r"\b(?:surrender|hand(?:s|ed)? (?:over|in)|handing over|bring|deliver|destroy|capture|shoot|knock|turn in|fly|flies|return)",
    re.IGNORECASE,
)
_PRICED = re.compile(  # "a helicopter is worth $500,000, a tank $100,000"
    r"(?: (?:or|and|of|able|taken|with|that) [^,;$€₽\d]{0,40}?)?(?: (?:(?:is|are) (?:now )?worth"
    r"|(?:(?:will|would|can|could) )?(?:brings?|fetch(?:es)?|earns?|nets?|go(?:es)? for)"
    r"(?: in| him| them| (?:a|an|the|its|his|their) \w+)?)"
    r"|:| [–—-])? (?:up to )?"
)
_NUMBERED = re.compile(r"\b(?:No\.? ?|number |№ ?)$")
_FOR_FIRST = re.compile(r"For (?:an? |each |every )?(?:\w+ )?$")
_BROUGHT = re.compile(
    r"\bwho (?:brings?|hands? over|delivers?|surrenders?|fl(?:y|ies)|(?:comes?|cross|crosses) over|deserts?|defects?) (?:over |in )?"
    r"(?:[^,;]{0,40}\bwith )?(?:an? |their |his )?(?:\w+ )?$"
)
_FALLS_TO = re.compile(r" to (?:just |only |about |around )?$")
_PART = re.compile(r"\bof (?:this|that|the|which|these)(?: sum| amount| money| total)?,? [^,;]*$", re.IGNORECASE)
_RELIEF = re.compile(r"\s*(?:of )?(?:\w+ ){0,2}(?:of|worth|up to)?(?: up to)?\s*(?:about |around )?")
_DEBTS = re.compile(r"\b(?:loans?|debts?|arrears) (?:of |worth |up to )*$", re.IGNORECASE)
_WRITTEN_OFF = re.compile(r"[^.;]{0,30}\b(?:written off|cancell?ed|forgiven|wiped)\b", re.IGNORECASE)
_IN_DEBTS = re.compile(r"(?: \([^)]*\))? (?:in|of|worth of) (?:\w+ )?(?:debts?|loans|arrears|taxes)\b", re.IGNORECASE)
_RATE = re.compile(r" (?:a|per|each|every) (?P<span>month|day|year|week)\b")
_COUNTED = re.compile(
    r"\b(?:killed|lost|losses|wounded|dead|casualties|people|signed|recruited|enlisted|applied|men|soldiers have"
    r"|personnel|troops?|strength|numbers)\b"
)
COUNTED_WITHIN = 30  # characters around a number
ELIDED_FROM = 1000  # below, a number without a currency may count anything
_WEAPON = (
    r"(?:\w+[- ]){0,3}?(?:machine guns?|rifles?|AK-?\s?\d+|M\d+|mortars?|pistols?|revolvers?|launchers?|firearms?|guns?|wireless sets?"
    r"|grenades?|weapons?)\b"
)
_FOR_WEAPON = re.compile(rf"[^.;,$]{{0,30}} (?:for|per) (?:an? |each |every |the )?{_WEAPON}", re.IGNORECASE)
_WEAPON_BEFORE = re.compile(
    rf"(?:^|[,;.] |\band |\bdown |\bover |\bin |\bwith )(?:for )?(?:an?|each|every) {_WEAPON}[^.;,]{{0,30}}$", re.IGNORECASE
)
_FOR_CAPTIVE = re.compile(r" (?:for|per) (?:each|every|a|any) (?:\w+ ){0,2}?(?:hostage|captive)\b", re.IGNORECASE)
ITEM_CHARS = 60  # between a sum and the item it is paid for
ITEMS = frozenset(row[1] for row in rows("equipment")) | {"weapon"}
_SUMMED_UP = re.compile(
    r"\b(?:total|totalling|totaling|bringing|adding up to|up from|compared with|compared to|instead of|spent|spend"
    r"|previously(?! (?:promised|offered))"
    r"|earlier(?! (?:promised|offered|announced|pledged))|formerly|until now|average (?:\w+ ){0,2}(?:wage|salary|pay|income|soldier)"
    r"|until then|used to be|rose from|raised from"
    r"|increased from|than|down from)\b[^,;]*$",
    re.IGNORECASE,
)
_RESTATED = re.compile(
    r"(?:^|[,;(–—-] ?)(?:that|which|this) (?:is|comes to|works out at|makes|would be|means|equals)\b[^,;]*$", re.IGNORECASE
)
_MONTHLY = re.compile(r"\b(?:monthly|salar(?:y|ies)|wages?|a month|per month)\b", re.IGNORECASE)
_YEARLY = re.compile(
    r"\b(?:income|earn\w*|pay|wages?|salar(?:y|ies)|make)\b.{0,80}\b(?:first|a|per|each|every) year\b|\byearly\b|\bannual\b"
    r"|\bfirst year\b.{0,60}\bearn",
    re.IGNORECASE,
)
_EARNING = re.compile(r"\b(?:income|earn\w*)\b", re.IGNORECASE)
_PURPOSE = re.compile(r" (?:in|for|as|of|towards) (?:\w+ ){0,3}")
_PAPER_NAME = re.compile(r"\w*(?: \w+)? (?:policy|polic|programme|program|scheme|plan|cent(?:er|re)|law)", re.IGNORECASE)
_GETS = re.compile(r"\b(?:gets?|receives?|makes?) (?:up to |about |at least )?$", re.IGNORECASE)
_IN_FIRST_YEAR = re.compile(r"(?: \([^)]*\))? in (?:the|their|his) first year\b")
_SCALE = re.compile(
    r"(?: \([^)]{0,20}\))?(?: (?:a|per|each) \w+)?(?:,| and|, and|;)(?: (?:\([^)]{0,20}\)|[\w'’-]+)){1,6}?(?: up to| from| at least|:)? ?"
)
_ONE_OFF = re.compile(
    r"\b(?:bonus|one-off|one-time|lump|signing|sign-(?:up|on)|enlistment|payment|once|once-off|for (?:each|every|a|an)|reward|grant"
    r"|insurance|compensation|pardon|famil(?:y|ies)|killed|wounded|injur\w+)\b"
)
_DRAWS = re.compile(r"\b(?:gets?|receives?|earns?|draws?|paid|makes?|rises to|starts? at)(?: up to| about| at least| from)? $")
_ONCE_ONLY = re.compile(r"\b(?:one-off|one-time|(?<!monthly )bonus|lump|signing)\b")
PAY_PERIODS = ("month", "day", "year", "week")


class Benefit(NamedTuple):
    """A kind of benefit at `core`; for sums the money and, where the text converts it, the dollars."""

    benefit: str
    core: Core
    money: Money | None
    usd: float | None


@cache
def _units() -> tuple[frozenset[str], re.Pattern[str]]:
    """How the names of currencies end: words, lower case, and signs."""
    ends = {row[0].split()[-1] for row in rows("currencies")}
    words = frozenset(word for end in ends for word in LETTERS[end])
    return words, re.compile("[" + "".join(re.escape(end) for end in sorted(ends) if not LETTERS[end]) + "]")


def may_hold_benefit(text: str, words: frozenset[str]) -> bool:
    """Without this a sentence of these words (lower case) tells no benefit but a number without its currency; asked before it is tagged."""
    units, signs = _units()
    return (
        not words.isdisjoint(units)
        or signs.search(text) is not None
        or stems("offer_terms", 1, "benefit").search(lowered(text)) is not None
        or _UNPUNISHED.search(text) is not None
    )


def benefits_in(tagged: Tagged, currency: str | None = None, span: str | None = None) -> list[Benefit]:
    """Benefits in text order; a sum converted in the text is one. Numbers that count nothing are sums in `currency`, where one is given,
    and pay by the `span` ("month") that the sums before were for."""
    sums = [_in_kind(tagged, b) for b in _sums(tagged, currency, span)]
    found = [b for b in sums if not is_denied(tagged, b.core) and not (b.benefit in ("money", "pay") and _is_other_sum(tagged, b.core))]
    seen: set[str] = {b.benefit for b in sums}
    for match in stems("offer_terms", 1, "benefit").finditer(lowered(tagged.text)):
        benefit = stem_row("offer_terms", match.group())[2]
        core = Core(tagged.start + match.start(), tagged.start + match.end())
        has_sum = benefit in ("money", "pay") and any(b.money for b in sums)
        has_sum = has_sum or (benefit == "aid" and _names_purpose(tagged, match))
        if benefit not in seen and not has_sum and not is_denied(tagged, core):
            seen.add(benefit)
            found.append(Benefit(benefit, core, None, None))
    for match in _UNPUNISHED.finditer(tagged.text):
        if (kind := _PENALTIES.get(match["deed"].lower())) and kind not in seen:
            seen.add(kind)
            found.append(Benefit(kind, Core(tagged.start + match.start(), tagged.start + match.end()), None, None))
    return sorted(found, key=lambda b: b.core)


def _names_purpose(tagged: Tagged, match: re.Match[str]) -> bool:
    """'P50,000 for livelihood', 'the rehabilitation policy': what a sum is for, or the name of a programme."""
    ahead = next((c for c in reversed(tagged.chunks) if c.tag == "M" and c.end - tagged.start <= match.start()), None)
    is_of_sum = ahead is not None and _PURPOSE.fullmatch(tagged.text, ahead.end - tagged.start, match.start()) is not None
    return is_of_sum or _PAPER_NAME.match(tagged.text, match.end()) is not None


def _in_kind(tagged: Tagged, benefit: Benefit) -> Benefit:
    """'debt relief of up to 10 million roubles' is relief, not money."""
    for match in stems("offer_terms", 1, "benefit").finditer(lowered(tagged.text), 0, benefit.core.start - tagged.start):
        kind = stem_row("offer_terms", match.group())[2]
        if kind in ("other", "aid") and _RELIEF.fullmatch(tagged.text, match.end(), benefit.core.start - tagged.start):
            return benefit._replace(benefit=kind)
    at, end = benefit.core.start - tagged.start, benefit.core.end - tagged.start
    if _IN_DEBTS.match(tagged.text, end) or (_DEBTS.search(tagged.text, 0, at) and _WRITTEN_OFF.match(tagged.text, end)):
        return benefit._replace(benefit="other")
    return benefit


def is_denied(tagged: Tagged, core: Core) -> bool:
    """The clause around these words denies, prices or takes away."""
    at = core.start - tagged.start
    cuts = list(_CLAUSE_START.finditer(tagged.text))
    starts, ends = [m.end() for m in cuts if m.end() <= at], [m.start() for m in cuts if m.start() >= at]
    own = slice(at, core.end - tagged.start)  # "not be extradited" denies nothing
    clause = f"{tagged.text[starts[-1] if starts else 0 : own.start]} … {tagged.text[own.stop : ends[0] if ends else len(tagged.text)]}"
    return _DENIED.search(clause) is not None or _PRIVATE.search(clause) is not None


def _is_other_sum(tagged: Tagged, core: Core) -> bool:
    """A price, a fine, a loan, the bounty on somebody's own head: the words right before or behind the sum."""
    at, end = core.start - tagged.start, core.end - tagged.start
    after = max((c.end - tagged.start for c in tagged.chunks if c.tag == "M" and c.end <= core.start), default=0)
    return _OTHER_SUM.search(tagged.text, after, at) is not None or _ON_HEAD.match(tagged.text, end) is not None


def _sums(tagged: Tagged, currency: str | None, span: str | None = None) -> list[Benefit]:
    found: list[Benefit] = []
    for at, chunk in enumerate(tagged.chunks):
        money = (
            chunk.value
            if isinstance(chunk.value, Money)
            else _elided(tagged, at, found[-1].money.currency if found and found[-1].money else currency)
        )
        if money is None:
            continue
        if money.per is None and not found and span is not None and _is_next_pay(tagged, chunk, money, currency):
            money = money._replace(per=span)
        last = found[-1] if found else None
        if last and last.money and _is_same_sum(tagged, last, money):
            usd = money.amount if money.currency == "USD" else last.usd
            found[-1] = last._replace(usd=usd)
        elif last and last.money and _falls_to(tagged, last, chunk):
            found[-1] = _money_benefit(tagged, chunk, money)
        elif last and last.money and _is_scaled(tagged, last, chunk, money):
            found.append(last._replace(core=Core(chunk.start, chunk.end), money=money._replace(per=last.money.per), usd=None))
        elif not _is_summed_up(tagged, chunk):
            found.append(_money_benefit(tagged, chunk, money))
    return found


def _is_next_pay(tagged: Tagged, chunk: Chunk, money: Money, currency: str | None) -> bool:
    """'A squad commander gets 232,000', 'Those in the rear receive 30,000 hryvnias', behind what others are paid a month."""
    ahead = tagged.text[: chunk.start - tagged.start]
    return money.currency == currency and _DRAWS.search(ahead) is not None and _ONE_OFF.search(tagged.text) is None


def _elided(tagged: Tagged, at: int, currency: str | None) -> Money | None:
    """'Belgorod: three million', 'a friend brings 100,000': a large number that counts nothing, where sums in `currency` are spoken of."""
    chunk = tagged.chunks[at]
    quantity = chunk.value
    if currency is None or not isinstance(quantity, Quantity) or chunk.tag != "N" or (quantity.high or quantity.low or 0) < ELIDED_FROM:
        return None
    if _NUMBERED.search(tagged.text, 0, chunk.start - tagged.start):
        return None  # "bill No. 7229"
    is_glued = at > 0 and tagged.chunks[at - 1].end == chunk.start and tagged.tags[at - 1] in "-x"
    rate = _RATE.match(tagged.text, chunk.end - tagged.start)
    if (
        is_glued
        or _COUNTED.search(tagged.text, max(0, chunk.start - tagged.start - COUNTED_WITHIN), chunk.end - tagged.start + COUNTED_WITHIN)
        or not (rate or tagged.tags[at + 1 : at + 2] in ("", "x", ",", ";", ")", "c", "p", "q", "D", "B"))
    ):
        return None
    low = float(quantity.low) if quantity.low is not None and quantity.high is not None and quantity.low < quantity.high else None
    return Money(low, float(quantity.high or quantity.low or 0), currency, rate["span"] if rate else None, quantity.start, quantity.end)


def _is_summed_up(tagged: Tagged, chunk: Chunk) -> bool:
    """'bringing the total to …', 'up from …', 'more than …' is no comparison when a bound opens the sum itself."""
    before = tagged.text[: chunk.start - tagged.start]
    return any(pattern.search(before) for pattern in (_SUMMED_UP, _RESTATED)) or _PART.match(before) is not None


def _falls_to(tagged: Tagged, last: Benefit, chunk: Chunk) -> bool:
    """'from 3 million roubles to 1 million': what is offered now is the second sum."""
    before = tagged.text[: last.core.start - tagged.start]
    return (
        before.endswith("from ") and _FALLS_TO.fullmatch(tagged.text[last.core.end - tagged.start : chunk.start - tagged.start]) is not None
    )


def _is_scaled(tagged: Tagged, last: Benefit, chunk: Chunk, money: Money) -> bool:
    """'privates earn 20,000 hryvnias a month, sergeants 25,000 and officers up to 50,000': the next step of one scale of pay."""
    if last.benefit != "pay" or last.money is None or money.per is not None or money.currency != last.money.currency:
        return False
    between = tagged.text[last.core.end - tagged.start : chunk.start - tagged.start]
    return _SCALE.fullmatch(between) is not None and not _ONE_OFF.search(between + tagged.text[chunk.end - tagged.start :][:30])


def _is_same_sum(tagged: Tagged, last: Benefit, money: Money) -> bool:
    """'5 million rubles or about $45,000', '195,000 roubles ($2,400)': another currency right behind is a conversion."""
    assert last.money is not None
    between = tagged.text[last.core.end - tagged.start : money.start - tagged.start]
    return money.currency != last.money.currency and len(between) < 30 and _SAME_SUM.fullmatch(between) is not None


def _money_benefit(tagged: Tagged, chunk: Chunk, money: Money) -> Benefit:
    at, end = chunk.start - tagged.start, chunk.end - tagged.start
    before, behind = tagged.text[max(0, at - 90) : at], tagged.text[end : end + 60]
    near = re.split(r"[,;] ", before[-40:])[-1] + " " + re.split(r"[,;] ", behind[:40])[0]
    per = money.per
    is_by_year = _GETS.search(before) is not None and _IN_FIRST_YEAR.match(behind) is not None
    if per is None and (is_by_year or (_EARNING.search(before) and _YEARLY.search(before + behind))):
        per = "year"
    elif per is None and _MONTHLY.search(near) and not _ONCE_ONLY.search(near):
        per = "month"
    usd = money.amount if money.currency == "USD" else None
    is_pay = per in PAY_PERIODS
    money = money._replace(per=per if is_pay else _item(tagged, chunk) or "once")
    return Benefit("pay" if is_pay else "money", Core(chunk.start, chunk.end), money, usd)


def _is_headed(tagged: Tagged, at: int) -> bool:
    """'For a helicopter the payment is $500,000, for a tank …': the item stands ahead of its sum."""
    last = next((i for i in range(at - 1, -1, -1) if tagged.tags[i] in "EM"), None)
    while last is not None and last > 1 and tagged.tags[last] == "E" and tagged.tags[last - 2 : last] in ("Ec", "E,"):
        last -= 2  # "for an infantry fighting vehicle or an APC"
    if last is None or tagged.tags[last] == "M":
        return False
    return _FOR_ITEM.search(tagged.text, 0, tagged.chunks[last].start - tagged.start) is not None


def _item(tagged: Tagged, chunk: Chunk) -> str | None:
    """'for a tank', 'per helicopter', '$100,000 for those who surrender tanks', 'For aircraft, …': the item that a reward is paid for."""
    at = tagged.chunks.index(chunk)
    is_headed = _is_headed(tagged, at)
    for item in tagged.chunks[at + 1 :]:
        between = tagged.text[chunk.end - tagged.start : item.start - tagged.start]
        if item.tag == "M" and between.endswith("("):
            continue  # the sum converted
        if item.tag in "M;" or len(between) > ITEM_CHARS or (is_headed and between.startswith(",")):
            break
        if item.tag == "E" and isinstance(item.value, Entry) and (_FOR_ITEM.search(between) or _BRINGING.search(between)):
            return item.value.row[1]
    end = chunk.end - tagged.start
    if _FOR_CAPTIVE.match(tagged.text, end):
        return "hostage"
    priced = next((c for c in reversed(tagged.chunks[:at]) if c.tag in "EM"), None)
    if is_headed and priced is not None and isinstance(priced.value, Entry):
        return priced.value.row[1]
    if _FOR_WEAPON.match(tagged.text, end) or _WEAPON_BEFORE.search(tagged.text[: chunk.start - tagged.start]):
        return "weapon"
    if priced is not None and isinstance(priced.value, Entry):
        between = tagged.text[priced.end - tagged.start : chunk.start - tagged.start]
        is_listed = between == ", " and _FOR_ITEM.search(tagged.text, 0, priced.start - tagged.start)  # "for a helicopter, 200,000"
        if is_listed or _PRICED.fullmatch(between):
            return priced.value.row[1]
    first = next((c for c in tagged.chunks[:at] if c.tag in "EM"), None)
    ahead = tagged.text[: first.start - tagged.start] if first is not None else ""
    is_headed = first is not None and (_FOR_FIRST.match(ahead) or _BROUGHT.search(ahead)) is not None
    return first.value.row[1] if is_headed and first is not None and isinstance(first.value, Entry) else None
