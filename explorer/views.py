"""In: rows of a question. Out: the tables and titles of the pages, in words; the same in the app and in the static site. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from explorer.labels import (
    KINDS,
    LISTINGS,
    NOBODY,
    REASONS,
    Sides,
    act,
    benefit,
    counted,
    day,
    done,
    figure,
    instant,
    money,
    number,
    sentence,
    words,
)
from explorer.markup import Cell, Link, table
from explorer.questions import Comparison

Row = Mapping[str, Any]
BANDS = (
    "Bands reach from the least to the greatest number told. An arrow is an open end (“at least”, “up to”). Dotted lines mark what "
    "two sides say of the same days, with how many times the larger holds the smaller. Choose a point to read its sentence."
)


def compared(comparison: Comparison) -> str:
    """What is compared: `People killed`, `Civilians killed`, `Tanks destroyed`, `People counted as casualties`."""
    return f"{sentence(counted(comparison.category, comparison.population))} {done(comparison.measure)}"


def comparison_title(comparison: Comparison, sides: Sides) -> str:
    """`People killed, of Russia: what each side says`."""
    of = " and ".join(sides.name(code) for code in comparison.parties)
    return f"{compared(comparison)}, {'of ' + of if of else 'on all sides'}: what each side says"


def dispute_table(rows: Sequence[Row], sides: Sides, link: Link) -> Markup:
    """Both figures of each pair, the widest apart first."""
    return table(
        "Where two sides differ on the same loss, the widest apart first",
        ("Of whose losses", "One side", "Its figure", "for the day", "The other side", "Its figure", "for the day", "Gap", "Ratio"),
        (
            (
                Cell(sides.name(row["party"])),
                Cell(sides.name(row["claimant_party_a"])),
                Cell(figure(row["low_a"], row["high_a"]), link(row["group_id_a"]), number=True),
                Cell(day(row["as_of_a"]), whole=True),
                Cell(sides.name(row["claimant_party_b"])),
                Cell(figure(row["low_b"], row["high_b"]), link(row["group_id_b"]), number=True),
                Cell(day(row["as_of_b"]), whole=True),
                Cell("" if row["gap_low"] is None else number(abs(row["gap_low"])), number=True),
                Cell("" if row["gap_ratio"] is None else f"×{row['gap_ratio']:.1f}", number=True),
            )
            for row in rows
        ),
    )


def claim_table(rows: Sequence[Row], sides: Sides, link: Link) -> Markup:
    """Every figure, the newest first."""
    return table(
        "Every figure, newest first",
        ("Holds for", "Who says so", "Side", "Of whose losses", "Figure", "Told by", "Independent sources"),
        (
            (
                Cell(day(row["as_of"]), whole=True),
                Cell(row["claimant"] or "the outlet itself"),
                Cell(_side(row["claimant_party"], sides)),
                Cell(sides.name(row["party"])),
                Cell(figure(row["low"], row["high"], row["qualifier"]), link(row["entry_id"]), number=True),
                Cell(row["outlets"]),
                Cell(str(row["independent_sources"]), number=True),
            )
            for row in reversed(rows)
        ),
    )


def offer_table(rows: Sequence[Row], sides: Sides, link: Link) -> Markup:
    """Every offer, the newest first; the original currency, and dollars only where the article states them."""
    return table(
        "Every offer, newest first",
        ("Day", "Who offers", "Side", "To whom", "For", "Promised", "Amount", "US dollars, where stated", "Status"),
        (
            (
                Cell(day(row["day"]), whole=True),
                Cell(row["offeror"] or row["announced_by"] or "not named"),
                Cell(_side(row["offeror_party"], sides)),
                Cell(row["audience"] or "not named"),
                Cell(act(row["action"])),
                Cell(benefit(row["benefit"]), link(row["entry_id"])),
                Cell(money(row), number=True),
                Cell(number(row["amount_usd"]), number=True),
                Cell(words(row["status"])),
            )
            for row in rows
        ),
    )


def source_table(rows: Sequence[Row], sides: Sides) -> Markup:
    return table(
        "Every source",
        ("Source", "Kind", "Country", "Last answer", "Articles", "Statements", "Refused", "Failed", "Alarm"),
        (
            (
                Cell(row["name"]),
                Cell(LISTINGS.get(row["kind"] or "", row["kind"] or "")),
                Cell(sides.name(row["country"]) if row["country"] else ""),
                Cell(instant(row["last_success_at"]), whole=True),
                *(Cell(number(row[name]), number=True) for name in ("articles", "statements", "rejections", "failures")),
                Cell(_alarm(row)),
            )
            for row in rows
        ),
    )


def day_table(source: str, rows: Sequence[Row], refused: Sequence[Row]) -> Markup:
    """The days of a source; `refused` are the reasons of each."""
    why: dict[Any, list[str]] = defaultdict(list)
    for row in refused:
        why[row["day_on"]].append(f"{words(row['reason'])} {number(row['items'])}")
    names = ("leads", "captures", "unchanged", "failures", "articles", "rejections", "statements")
    return table(
        f"{source}, day by day (UTC), newest first",
        ("Day", *(sentence(name) for name in names), "Refused or failed, why", "Alarm"),
        (
            (
                Cell(day(row["day_on"]), whole=True),
                *(Cell(number(row[name]), number=True) for name in names),
                Cell(", ".join(why[row["day_on"]])),
                Cell(_alarm({**row, "is_enabled": True})),
            )
            for row in reversed(rows)
        ),
    )


def refusal_table(rows: Sequence[Row], sources: Mapping[str, str]) -> Markup:
    """`sources` are the names of the sources, by slug."""
    return table(
        "What was refused, and why",
        ("Source", "Stage", "Reason", "Items", "For example"),
        (
            (
                Cell(sources.get(row["source"], row["source"])),
                Cell(words(row["stage"])),
                Cell(sentence(row["reason"])),
                Cell(number(row["items"]), number=True),
                Cell(row["example"] or "", wide=True),
            )
            for row in rows
        ),
    )


def change_counts(statements: Mapping[str, Mapping[str, Any]]) -> Markup:
    return table(
        "What happened to statements",
        ("What", "Statements"),
        ((Cell(REASONS.get(what, what)), Cell(number(one["statements"]), number=True)) for what, one in statements.items()),
    )


def table_changes(tables: Mapping[str, Mapping[str, Any]]) -> Markup:
    return table(
        "What differs, table by table",
        ("Table", "New rows", "Gone rows", "Changed rows"),
        (
            (Cell(name), *(Cell(number(told[what]), number=True) for what in ("added", "removed", "changed")))
            for name, told in tables.items()
        ),
    )


def change_list(rows: Sequence[Row], link: Link) -> Markup:
    return table(
        "The statements, by what happened",
        ("What", "Kind", "Entry", "Known", "Told by"),
        (
            (
                Cell(REASONS.get(row["what"], row["what"])),
                Cell(KINDS[row["kind"]]),
                Cell(row["headline"] or row["quote"] or "no longer told", link(row["entry_id"]) if row["headline"] else None, wide=True),
                Cell(instant(row["happened_at"]), whole=True),
                Cell(row["outlet"]),
            )
            for row in rows
        ),
    )


def _side(code: str | None, sides: Sides) -> str:
    return NOBODY if code is None else sides.name(code)


def _alarm(row: Row) -> str:
    told = [
        text
        for is_so, text in ((row["is_quiet"], "quiet: no new article"), (row["is_suspect"], "suspect: bot wall or new layout"))
        if is_so
    ]
    return "; ".join(told) or ("" if row["is_enabled"] else "not gathered any more")
