"""In: the codes of the tables. Out: words for people, and for each side its colour and shape.

Wording is the same for every side. Colours and shapes say the same thing twice, so that neither alone is needed; all of them keep a
contrast of 3:1 on white and on near black (WCAG 1.4.11), and stay apart for the colour-blind (after Okabe and Ito, darkened where they
were too light).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

KINDS: Mapping[str, str] = {"casualty_claim": "Casualty claim", "offer": "Offer", "announcement": "Announcement"}
KINDS_MANY: Mapping[str, str] = {"casualty_claim": "Casualty claims", "offer": "Offers", "announcement": "Announcements"}
REASONS: Mapping[str, str] = {
    "new": "New",
    "extracted": "Read in the article",
    "revised": "Revised: the page was edited",
    "re-cleaned": "Read again by a newer cleaner",
    "re-extracted": "Read again by a newer extractor",
    "corrected": "Corrected by a person",
    "rejected": "Taken out by a correction",
    "gone": "Gone: the page does not tell it any more",
    "withdrawn": "Taken down: text and quote were removed",
}
BASES: Mapping[str, str] = {
    "stated": "the day is stated",
    "event": "day of the event",
    "weekday": "a weekday is stated",
    "statement": "day of the statement",
    "publication": "day of publication",
}
CATEGORIES: Mapping[str, str] = {
    "tank": "tanks",
    "armoured_vehicle": "armoured vehicles",
    "artillery": "artillery systems",
    "mlrs": "multiple rocket launchers",
    "air_defence": "air defence systems",
    "aircraft": "aircraft",
    "helicopter": "helicopters",
    "drone": "drones",
    "missile": "missiles",
    "ship": "ships",
    "vehicle": "vehicles",
    "other": "pieces of equipment",
}
PEOPLE: Mapping[str, str] = {"military": "military personnel", "civilian": "civilians", "foreign_fighters": "foreign fighters"}
PERIODS: Mapping[str, str] = {
    "cumulative": "all so far",
    "day": "one day",
    "incident": "one incident",
    "other": "another span",
}
LISTINGS: Mapping[str, str] = {
    "feed": "news feed",
    "pages": "pages with links",
    "urls": "single addresses",
    "warc": "web archive",
    "jsonl": "file of articles",
    "table": "table of figures",
}
VERDICTS: Mapping[str, str] = {"pass": "all checks passed", "warn": "published with warnings"}
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#A67C00", "#7A68C8", "#5B8C00", "#B23A48", "#2F8F9D")
# Name -> what Vega draws; the legend draws the same with the class `cl-<name>` of assets/parts.css.
SHAPES: Mapping[str, str] = {
    "circle": "circle",
    "square": "square",
    "diamond": "diamond",
    "cross": "cross",
    "triangle-right": "triangle-right",
    "triangle-left": "triangle-left",
    "triangle-up": "triangle-up",
    "triangle-down": "triangle-down",
    "star": "M0,-1.1L.35,-.35L1.1,0L.35,.35L0,1.1L-.35,.35L-1.1,0L-.35,-.35Z",
    "bar": "M-1,-.35L1,-.35L1,.35L-1,.35Z",
    "ring": "M-.9,0A.9,.9,0,1,0,.9,0A.9,.9,0,1,0,-.9,0ZM-.5,0A.5,.5,0,1,1,.5,0A.5,.5,0,1,1,-.5,0Z",
}
OF_SIDES = tuple(SHAPES)[: len(COLOURS)]
GREY = "#7F7F7F"
OTHERS = "other sides"
NOBODY = "side not known"


ACTS: Mapping[str, str] = {
    "other": "another act",
    "release_prisoners": "release of prisoners",
    "hand_over_equipment": "handing over equipment",
}
BENEFITS: Mapping[str, str] = {"other": "a benefit of another kind"}
_CAPITALS = {"Not html": "Not HTML", "Dns": "DNS", "Tls": "TLS", "Bad url": "Bad address"}


def words(code: str | None) -> str:
    """`hand_over_equipment` -> `hand over equipment`; nothing for NULL."""
    return (code or "").replace("_", " ")


def sentence(code: str | None) -> str:
    """The same, beginning with a capital."""
    text = words(code)
    text = text[:1].upper() + text[1:]
    return _CAPITALS.get(text, text)


def act(code: str) -> str:
    """What an offer asks for: `handing over equipment`."""
    return ACTS.get(code, words(code))


def benefit(code: str) -> str:
    """What it promises."""
    return BENEFITS.get(code, words(code))


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in a chart and its legend: what it stands for, its colour, its shape (a name in SHAPES)."""

    name: str
    colour: str
    shape: str


@dataclass(frozen=True, slots=True)
class Sides:
    """Names, colours and shapes of the sides of one edition. `order` is by how often they stand in it, so that a side looks the same on
    every page."""

    names: Mapping[str, str] = field(default_factory=dict)
    order: Sequence[str] = ()

    def name(self, code: str | None) -> str:
        return NOBODY if code is None else self.names.get(code, code)

    def mark(self, code: str | None) -> Mark:
        """How a side looks. Those that stand in the edition seldom share one mark; so do, with another, all that nobody named."""
        if code is None:
            return Mark(NOBODY, GREY, "ring")
        place = self.order.index(code) if code in self.order else len(COLOURS)
        return Mark(self.name(code), COLOURS[place], OF_SIDES[place]) if place < len(COLOURS) else Mark(OTHERS, GREY, "bar")


def counted(category: str, population: str | None = None) -> str:
    """What a figure counts: `civilians`, `tanks`."""
    return PEOPLE.get(population or "", "people") if category == "personnel" else CATEGORIES.get(category, words(category))


def done(measure: str) -> str:
    """What happened to what is counted: `killed`, `counted as casualties`."""
    return "counted as casualties" if measure == "casualties" else words(measure)


def many(count: int, one: str, more: str | None = None) -> str:
    """`1 figure`, `2 figures`."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def span(period: str) -> str:
    """What a figure covers: `all so far`, `one day`."""
    return PERIODS.get(period, words(period))


def number(value: float | int | None) -> str:
    """`9166` -> `9,166`; whole numbers without a fraction."""
    if value is None:
        return ""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def figure(low: float | None, high: float | None, qualifier: str | None = None) -> str:
    """`9,166`, `at least 9,000`, `up to 300`, `7,000 to 15,000`."""
    if low is None and high is None:
        return "no number"
    if low is None:
        return f"up to {number(high)}"
    if high is None:
        return f"at least {number(low)}"
    if low == high:
        return f"about {number(low)}" if qualifier == "about" else number(low)
    return f"{number(low)} to {number(high)}"


def money(row: Mapping[str, object]) -> str:
    """What an offer is worth as stated: `50,000 USD per tank`; nothing where no amount is stated."""
    if row["amount"] is None:
        return ""
    low, high = row["amount_low"], row["amount"]
    amount = figure(low if low is not None else high, high)  # type: ignore[arg-type]
    per = words(str(row["per"])) if row["per"] else ""
    return " ".join(part for part in (amount, str(row["currency"] or ""), per if per == "once" else f"per {per}" if per else "") if part)


def day(value: date | None) -> str:
    """`4 March 2022`."""
    return "day not known" if value is None else f"{value.day} {value:%B %Y}"


def published(value: datetime | None) -> str:
    """As `instant`; a midnight stands for a page that tells no more than the day."""
    if value is not None and value.astimezone(UTC).time() == time.min:
        return day(value.astimezone(UTC).date())
    return instant(value)


def instant(value: datetime | None) -> str:
    """`4 March 2022, 02:00 UTC`."""
    if value is None:
        return "time not known"
    utc = value.astimezone(UTC)
    return f"{day(utc.date())}, {utc:%H:%M} UTC"
