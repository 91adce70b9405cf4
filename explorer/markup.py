"""In: rows of a question. Out: HTML of the pieces that the app and the static site share. Pure; all of it escaped by the templates.

What comes from outlets (titles, quotes, names, addresses) is text and stays text; an address becomes a link only when it is http or https.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from explorer.evidence import Evidence
from explorer.labels import (
    BASES,
    KINDS,
    REASONS,
    VERDICTS,
    Sides,
    act,
    benefit,
    counted,
    day,
    done,
    figure,
    instant,
    money,
    published,
    sentence,
    span,
    words,
)

FOLDER = Path(__file__).resolve().parent
SURROUNDINGS = 120  # characters of the text that a row keeps on each side of its quote, at most
Link = Callable[[str], str]
Row = Mapping[str, Any]


def environment() -> Environment:
    """Templates of this folder, escaping everything, with the words of `labels` as filters."""
    made = Environment(loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters.update(
        kind=KINDS.__getitem__,
        basis=lambda code: BASES.get(code, words(code)),
        day=day,
        instant=instant,
        published=published,
        verdict=lambda code: VERDICTS.get(code, code),
        is_web=is_web,
    )
    return made


def is_web(url: object) -> bool:
    """Whether a click on the address can do no more than open a page of the web."""
    return isinstance(url, str) and url.lower().startswith(("http://", "https://"))


_PARTS: Any = environment().get_template("parts.html.j2").module
STYLE = (FOLDER / "assets" / "parts.css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Cell:
    """`whole`: a short text that is not broken into lines; `wide`: a long one, which wants room."""

    text: str
    href: str | None = None
    number: bool = False
    whole: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: the sentence looked for, a sentence of another entry, or neither."""

    text: str
    is_own: bool = False
    is_first: bool = False
    entry_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the evidence page says above the tellings."""

    facts: Sequence[tuple[str, str]]
    outlet: str
    title: str | None
    published: str
    text_shown: bool
    is_withdrawn: bool


def notice(text: str) -> Markup:
    """A line that somebody should see; it may quote anybody."""
    return Markup(_PARTS.notice(text))  # noqa: S704  made by templates that escape


def entry_list(rows: Iterable[Row], link: Link) -> Markup:
    return Markup(_PARTS.entry_list(rows, link))  # noqa: S704  made by templates that escape


def edition_line(edition: Row, known: object = None) -> Markup:
    return Markup(_PARTS.edition_line(edition, known))  # noqa: S704  made by templates that escape


def legend(drawn: Mapping[str, Any]) -> Markup:
    """What the marks of a chart of `charts` stand for."""
    return Markup(_PARTS.legend(drawn["usermeta"]["legend"]))  # noqa: S704  made by templates that escape


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Markup:
    """A column of numbers has its name on the right, as its cells have theirs."""
    told = list(rows)
    heads = list(zip(head, (cell.number for cell in told[0]) if told else [False] * len(head), strict=True))
    return Markup(_PARTS.table(caption, heads, told))  # noqa: S704  made by templates that escape


def evidence(
    found: Evidence,
    sides: Sides,
    *,
    link: Link,
    article_id: str | None = None,
    article_link: Callable[[str], str] | None = None,
    level: int = 2,
) -> Markup:
    """The sentence in its article, who else tells it, everything the ledger ever told of it.

    `article_id` chooses the telling whose text is shown (else the first). Without a text the quote stands in its surroundings.
    `level` is that of the heading.
    """
    own = next((row for row in found.tellings if row["article_id"] == article_id), found.tellings[0])
    told = [
        {
            **row,
            "is_shown": row is own,
            "is_copy": row["cluster_id"] in {other["cluster_id"] for other in found.tellings[:place]},
            "href": article_link(row["article_id"]) if article_link else None,
        }
        for place, row in enumerate(found.tellings)
    ]
    text = found.texts.get(own["article_id"])
    passages = _surroundings(own) if text is None else paragraphs(text, own, found.quotes.get(own["article_id"], ()))
    shown = Shown(
        facts=facts(found.entry["kind"], own, sides),
        outlet=own["outlet"] or own["source"],
        title=own["title"],
        published=published(own["published_at"]),
        text_shown=text is not None,
        is_withdrawn=bool(own["is_withdrawn"]) or own["quote"] is None,
    )
    made = _PARTS.evidence(
        found.entry, told, passages, _history(found.entry["kind"], found.versions, sides), found.corrections, link, shown, level
    )
    return Markup(made)  # noqa: S704  made by templates that escape


def behind(found: Evidence, link: Link) -> Markup:
    """The sentence of an entry in its surroundings, for beside a chart; `evidence` has all the rest."""
    own = found.tellings[0]
    return Markup(_PARTS.behind(found.entry, own, _surroundings(own)[0], published(own["published_at"]), link))  # noqa: S704  made by templates that escape


def ended(kind: str, versions: Sequence[Row], sides: Sides) -> Markup:
    """What the ledger told of an entry that it does not tell any more, or did not yet."""
    return Markup(_PARTS.ended(kind, _history(kind, versions, sides)))  # noqa: S704  made by templates that escape


def facts(kind: str, row: Row, sides: Sides) -> list[tuple[str, str]]:
    """Who says so, of whom, when; the fields that are known, in words."""
    match kind:
        case "casualty_claim":
            found = [
                ("Who says so", row["claimant"] or f"{row['outlet'] or row['source']} itself"),
                ("Side of the speaker", _side(row["claimant_party"], sides)),
                ("Of whose losses", _side(row["party"], sides)),
                ("Figure", figure(row["low"], row["high"], row["qualifier"])),
                ("What is counted", _counted(row)),
                ("Figure covers", span(row["period"])),
                ("Holds for", day(row["as_of"]) if row["as_of"] else ""),
                ("Said on", day(row["claimed_on"]) if row["claimed_on"] else ""),
                ("Place", row["place"] or ""),
            ]
        case "offer":
            found = [
                ("Who offers", row["offeror"] or "not named"),
                ("Side of the offeror", _side(row["offeror_party"], sides)),
                ("Announced by", row["announced_by"] or ""),
                ("To whom", row["audience"] or ""),
                ("Side of the audience", _side(row["audience_party"], sides)),
                ("For", act(row["action"])),
                ("Promised", benefit(row["benefit"])),
                ("Amount", money(row)),
                ("In US dollars", _dollars(row)),
                ("Offered on", day(row["offered_on"]) if row["offered_on"] else ""),
                ("Until", day(row["valid_until"]) if row["valid_until"] else ""),
                ("Status", words(row["status"])),
            ]
        case _:
            found = [
                ("Who announces", row["announcer"]),
                ("Side of the announcer", _side(row["announcer_party"], sides)),
                ("About", words(row["topic"])),
                ("Where", row["channel"] or ""),
                ("Announced on", day(row["announced_on"]) if row["announced_on"] else ""),
            ]
    return [(name, value) for name, value in found if value]


def paragraphs(text: str, own: Row, quotes: Iterable[Row]) -> list[list[Piece]]:
    """The text as paragraphs of pieces. Where sentences overlap, the one looked for wins, then the one that begins first."""
    spans = [(own["char_start"], own["char_end"], None)]
    spans += [(row["char_start"], row["char_end"], row["entry_id"]) for row in quotes if row["entry_id"] != own["group_id"]]
    cuts = sorted({0, len(text), *(min(max(edge, 0), len(text)) for span in spans for edge in span[:2])})
    found: list[list[Piece]] = [[]]
    is_first = True
    for start, end in pairwise(cuts):
        covering = [span for span in spans if span[0] <= start and end <= span[1]]
        is_own = any(span[2] is None for span in covering)
        entry_id = None if is_own or not covering else covering[0][2]
        for place, part in enumerate(text[start:end].split("\n")):
            if place and found[-1]:
                found.append([])
            if part:
                found[-1].append(Piece(part, is_own=is_own, is_first=is_own and is_first, entry_id=entry_id))
                is_first = is_first and not is_own
    return [paragraph for paragraph in found if paragraph]


def _surroundings(own: Row) -> list[list[Piece]]:
    """The sentence and what stands beside it; where that was cut, it is cut between words, and the cut is shown."""
    before, after = own["quote_prefix"] or "", own["quote_suffix"] or ""
    if len(before) >= SURROUNDINGS:
        before = f"… {before.partition(' ')[2]}"
    if len(after) >= SURROUNDINGS:
        after = f"{after.rpartition(' ')[0]} …"
    return [[Piece(before), Piece(own["quote"] or "", is_own=True, is_first=True), Piece(after)]]


def _history(kind: str, rows: Sequence[Row], sides: Sides) -> list[dict[str, Any]]:
    """Each version with its fields in words; one that takes the place of another of the same page, with those alone that it tells
    otherwise. Rows are oldest first."""
    made, standing = [], dict[str, Row]()
    for row in rows:
        before = standing.get(row["url"])
        if before is not None and before["valid_to_at"] != row["valid_from_at"]:
            before = None
        standing[row["url"]] = row
        told = _fields(kind, row, before, sides)
        quote = row["quote"] if before is None or before["quote"] != row["quote"] else None
        what = REASONS.get(row["reason"], sentence(row["reason"]))
        made.append({**row, "what": what, "fields": told if told or quote else "The statement itself is as before.", "quote": quote})
    return made


def _fields(kind: str, row: Row, before: Row | None, sides: Sides) -> str:
    now, old = dict(facts(kind, row, sides)), {} if before is None else dict(facts(kind, before, sides))
    told = [
        f"{name}: {value}" + (f" (before: {old[name]})" if name in old else "") for name, value in now.items() if old.get(name) != value
    ]
    return "; ".join([*told, *(f"{name}: no longer told (before: {value})" for name, value in old.items() if name not in now)])


def _side(code: str | None, sides: Sides) -> str:
    return "" if code is None else sides.name(code)


def _counted(row: Row) -> str:
    narrower = f" ({row['subject']})" if row["subject"] else ""
    return f"{counted(row['category'], row['population'])}{narrower} {done(row['measure'])}"


def _dollars(row: Row) -> str:
    if row["amount_usd"] is None:
        return ""
    return f"{row['amount_usd']:,.0f}" + (" (as the article converts it)" if row["usd_basis"] == "stated" else "")
