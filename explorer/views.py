"""In: rows of a question. Out: the tables and titles of the pages, in words; the same in the app and in the static site. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from explorer.labels import KINDS, NOBODY, REASONS, Sides, day, figure, instant, money, number, sentence, words
from explorer.markup import Cell, Link, table
from explorer.questions import Comparison

Row = Mapping[str, Any]
BANDS = (
    "Bands reach from the least to the greatest number told. An arrow is an open end (“at least”, “up to”). Dotted lines mark what "
    "two sides say of the same days, with how many times the larger holds the smaller. Choose a point to read its sentence."
)


def comparison_title(comparison: Comparison, sides: Sides) -> str:
    """`Personnel killed, of Russia: what each side says`."""
    of = " and ".join(sides.name(code) for code in comparison.parties)
    who = f"{sentence(comparison.population)} {words(comparison.category)}" if comparison.population else sentence(comparison.category)
    return f"{who} {words(comparison.measure)}{', of ' + of if of else ''}: what each side says"


def dispute_table(rows: Sequence[Row], sides: Sides, link: Link) -> Markup:
    """Both figures of each pair, the widest apart first."""
    return table(
        "Where two sides differ on the same loss, the widest apart first",
        ("Of whose losses", "One side", "says", "holds for", "The other", "says", "holds for", "Gap", "Ratio"),
        (
            (
                Cell(sides.name(row["party"])),
                Cell(sides.name(row["claimant_party_a"])),
                Cell(figure(row["low_a"], row["high_a"]), link(row["group_id_a"]), number=True),
                Cell(day(row["as_of_a"])),
                Cell(sides.name(row["claimant_party_b"])),
                Cell(figure(row["low_b"], row["high_b"]), link(row["group_id_b"]), number=True),
                Cell(day(row["as_of_b"])),
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
                Cell(day(row["as_of"])),
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
                Cell(day(row["day"])),
                Cell(row["offeror"] or row["announced_by"] or "not named"),
                Cell(_side(row["offeror_party"], sides)),
                Cell(row["audience"] or "not named"),
                Cell(words(row["action"])),
                Cell(words(row["benefit"]), link(row["entry_id"])),
                Cell(money(row), number=True),
                Cell(number(row["amount_usd"]), number=True),
                Cell(words(row["status"])),
            )
            for row in rows
        ),
    )


def source_table(rows: Sequence[Row]) -> Markup:
    return table(
        "Every source",
        ("Source", "Kind", "Country", "Last answer", "Articles", "Statements", "Refused", "Failed", "Alarm"),
        (
            (
                Cell(row["name"]),
                Cell(row["kind"] or ""),
                Cell(row["country"] or ""),
                Cell(instant(row["last_success_at"])),
                *(Cell(number(row[name]), number=True) for name in ("articles", "statements", "rejections", "failures")),
                Cell(_alarm(row)),
            )
            for row in rows
        ),
    )


def day_table(source: str, rows: Sequence[Row]) -> Markup:
    names = ("leads", "captures", "unchanged", "failures", "articles", "rejections", "statements")
    return table(
        f"{source}, day by day (UTC), newest first",
        ("Day", *(sentence(name) for name in names), "Alarm"),
        (
            (Cell(day(row["day_on"])), *(Cell(number(row[name]), number=True) for name in names), Cell(_alarm({**row, "is_enabled": True})))
            for row in reversed(rows)
        ),
    )


def refusal_table(rows: Sequence[Row]) -> Markup:
    return table(
        "What was refused, and why",
        ("Source", "Stage", "Reason", "Items", "For example"),
        (
            (
                Cell(row["source"]),
                Cell(words(row["stage"])),
                Cell(sentence(row["reason"])),
                Cell(number(row["items"]), number=True),
                Cell(row["example"] or ""),
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
                Cell(row["headline"] or row["quote"] or "no longer told", link(row["entry_id"]) if row["headline"] else None),
                Cell(instant(row["happened_at"])),
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
