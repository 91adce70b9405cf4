"""In: a tagged sentence. Out: what is offered in it: sums with their period or item, and benefits in words."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.grounding import Core
from ingest.extract.lexicons import Entry, rows, stem_row, stems
from ingest.extract.money import Money
from ingest.extract.tagging import Chunk, Tagged

_NOT_OFFERED = re.compile(
    r"\b(?:no|nobody|no one|not|never|denied|denies|refus\w+|reject\w+|fined?|penalt\w+|imprisonment|sanction\w*|stole\w*"
    r"|damage[sd]?|cost(?:s|ing)?|budget of|worth|aid package|loans?|delay\w+|not being paid|earlier offered|unpaid|brib\w+|ransom|stolen"
    r"|seized|debt of|price|exports?|imports?|revenues?|profits?|fraud\w*|embezzl\w+|fine of|fell short)\b"
    r"(?! (?:want|longer want|later than|wish|matter|only|less than|punishment|charges|prosecution|criminal|questions)\b"
    r"| (?:(?:will|would) )?be (?:exchanged|sent|returned|prosecuted|punished|harmed|charged|extradited|handed|held))",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r"\b(?:charity|charities|company|companies|firms?|banks?|business\w*|foundations?|insurers?|clubs?|donors?|readers|oligarchs?|church"
    r"|smugglers?|traffickers|gangs?|employers?|newspaper) (?:\w+ ){0,3}?(?:offer|pay|paid|g[ia]v|promis|pledg|add)",
    re.IGNORECASE,
)
_CLAUSE_START = re.compile(r"; |, (?:but|while|whereas|although|though|yet) |\. ")
_SAME_SUM = re.compile(
    r"(?: each| apiece)?[(,]?\s*(?:or|a sum of|that is|i\.e\.|worth|about|around|roughly|approximately|equivalent to|the equivalent of|some"
    r"|nearly|equal to"
    r"|[(,~≈=])?\s*(?:about|around|roughly|approximately|some|nearly|just over|more than|~|≈)?\s*"
)
_FOR_ITEM = re.compile(r"(?:for|per) (?:each|every|a|an|one)?\s*(?:\w+ ){0,2}?$|per $")
_BRINGING = re.compile(
    r"\b(?:surrender|hand(?:s|ed)? (?:over|in)|handing over|bring|deliver|destroy|capture|shoot|knock|turn in|fly|flies|return)",
    re.IGNORECASE,
)
_FOR_FIRST = re.compile(r"For (?:an? |each |every )?(?:\w+ )?$")
_BROUGHT = re.compile(r"\bwho (?:brings?|hands? over|delivers?|surrenders?|fl(?:y|ies)) (?:over |in )?(?:an? |their |his )?(?:\w+ )?$")
_FALLS_TO = re.compile(r" to (?:just |only |about |around )?$")
_PART = re.compile(r"\bof (?:this|that|the|which|these)(?: sum| amount| money| total)?,? [^,;]*$", re.IGNORECASE)
_RELIEF = re.compile(r"\s*(?:\w+ )?(?:of|worth|up to)(?: up to)?\s*(?:about |around )?")
ITEM_CHARS = 60  # between a sum and the item it is paid for
ITEMS = frozenset(row[1] for row in rows("equipment"))
_SUMMED_UP = re.compile(
    r"\b(?:total|totalling|totaling|bringing|adding up to|up from|compared with|compared to|instead of|budgets?|spent|spend|previously"
    r"|earlier|formerly|until now|average wage|until then|rose from|raised from|increased from|than|down from)\b[^,;]*$",
    re.IGNORECASE,
)
_MONTHLY = re.compile(r"\b(?:monthly|salar(?:y|ies)|wages?|a month|per month)\b", re.IGNORECASE)
_YEARLY = re.compile(
    r"\b(?:income|earn\w*|pay|wages?|salar(?:y|ies)|make)\b.{0,80}\b(?:first|a|per|each|every) year\b|\byearly\b|\bannual\b", re.IGNORECASE
)
_EARNING = re.compile(r"\b(?:income|earn\w*)\b", re.IGNORECASE)
PAY_PERIODS = ("month", "day", "year", "week")


class Benefit(NamedTuple):
    """A kind of benefit at `core`; for sums the money and, where the text converts it, the dollars."""

    benefit: str
    core: Core
    money: Money | None
    usd: float | None


def benefits_in(tagged: Tagged) -> list[Benefit]:
    """Benefits in text order; a sum converted in the text is one."""
    sums = [_in_kind(tagged, b) for b in _sums(tagged)]
    found = [b for b in sums if not is_denied(tagged, b.core)]
    seen: set[str] = {b.benefit for b in sums}
    for match in stems("offer_terms", 1, "benefit").finditer(tagged.text):
        benefit = stem_row("offer_terms", match.group())[2]
        core = Core(tagged.start + match.start(), tagged.start + match.end())
        has_sum = benefit == "money" and any(b.money for b in sums)
        if benefit not in seen and not has_sum and not is_denied(tagged, core):
            seen.add(benefit)
            found.append(Benefit(benefit, core, None, None))
    return sorted(found, key=lambda b: b.core)


def _in_kind(tagged: Tagged, benefit: Benefit) -> Benefit:
    """'debt relief of up to 10 million roubles' is relief, not money."""
    for match in stems("offer_terms", 1, "benefit").finditer(tagged.text, 0, benefit.core.start - tagged.start):
        kind = stem_row("offer_terms", match.group())[2]
        if kind in ("other", "aid") and _RELIEF.fullmatch(tagged.text, match.end(), benefit.core.start - tagged.start):
            return benefit._replace(benefit=kind)
    return benefit


def is_denied(tagged: Tagged, core: Core) -> bool:
    """The clause around these words denies, prices or takes away."""
    at = core.start - tagged.start
    starts = [m.end() for m in _CLAUSE_START.finditer(tagged.text) if m.end() <= at]
    ends = [m.start() for m in _CLAUSE_START.finditer(tagged.text) if m.start() >= at]
    clause = tagged.text[starts[-1] if starts else 0 : ends[0] if ends else len(tagged.text)]
    return _NOT_OFFERED.search(clause) is not None or _PRIVATE.search(clause) is not None


def _sums(tagged: Tagged) -> list[Benefit]:
    found: list[Benefit] = []
    for chunk in tagged.chunks:
        if not isinstance(chunk.value, Money):
            continue
        last = found[-1] if found else None
        if last and last.money and _is_same_sum(tagged, last, chunk.value):
            usd = chunk.value.amount if chunk.value.currency == "USD" else last.usd
            found[-1] = last._replace(usd=usd)
        elif last and last.money and _falls_to(tagged, last, chunk):
            found[-1] = _money_benefit(tagged, chunk, chunk.value)
        elif not _is_summed_up(tagged, chunk):
            found.append(_money_benefit(tagged, chunk, chunk.value))
    return found


def _is_summed_up(tagged: Tagged, chunk: Chunk) -> bool:
    """'bringing the total to …', 'up from …', 'more than …' is no comparison when a bound opens the sum itself."""
    before = tagged.text[: chunk.start - tagged.start]
    return _SUMMED_UP.search(before) is not None or _PART.match(before) is not None


def _falls_to(tagged: Tagged, last: Benefit, chunk: Chunk) -> bool:
    """'from 3 million roubles to 1 million': what is offered now is the second sum."""
    before = tagged.text[: last.core.start - tagged.start]
    return (
        before.endswith("from ") and _FALLS_TO.fullmatch(tagged.text[last.core.end - tagged.start : chunk.start - tagged.start]) is not None
    )


def _is_same_sum(tagged: Tagged, last: Benefit, money: Money) -> bool:
    """'5 million rubles or about $45,000', '195,000 roubles ($2,400)': another currency right behind is a conversion."""
    assert last.money is not None
    between = tagged.text[last.core.end - tagged.start : money.start - tagged.start]
    return money.currency != last.money.currency and len(between) < 30 and _SAME_SUM.fullmatch(between) is not None


def _money_benefit(tagged: Tagged, chunk: Chunk, money: Money) -> Benefit:
    at, end = chunk.start - tagged.start, chunk.end - tagged.start
    before, behind = tagged.text[max(0, at - 90) : at], tagged.text[end : end + 60]
    near = before[-40:] + " " + behind[:40]
    per = money.per
    if per is None and _EARNING.search(before) and _YEARLY.search(before + behind):
        per = "year"
    elif per is None and _MONTHLY.search(near) and not re.search(r"\b(?:one-off|one-time|bonus|lump|signing)\b", near):
        per = "month"
    usd = money.amount if money.currency == "USD" else None
    is_pay = per in PAY_PERIODS
    money = money._replace(per=per if is_pay else _item(tagged, chunk) or "once")
    return Benefit("pay" if is_pay else "money", Core(chunk.start, chunk.end), money, usd)


def _item(tagged: Tagged, chunk: Chunk) -> str | None:
    """'for a tank', 'per helicopter', '$100,000 for those who surrender tanks', 'For aircraft, …': the item that a reward is paid for."""
    at = tagged.chunks.index(chunk)
    for item in tagged.chunks[at + 1 :]:
        between = tagged.text[chunk.end - tagged.start : item.start - tagged.start]
        if item.tag == "M" or len(between) > ITEM_CHARS:
            break
        if item.tag == "E" and isinstance(item.value, Entry) and (_FOR_ITEM.search(between) or _BRINGING.search(between)):
            return item.value.row[1]
    first = next((c for c in tagged.chunks[:at] if c.tag in "EM"), None)
    ahead = tagged.text[: first.start - tagged.start] if first is not None else ""
    is_headed = first is not None and (_FOR_FIRST.match(ahead) or _BROUGHT.search(ahead)) is not None
    return first.value.row[1] if is_headed and first is not None and isinstance(first.value, Entry) else None
