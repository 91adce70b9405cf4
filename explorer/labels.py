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
    "revised": "Revised: the page told it otherwise",
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
    "personnel": "people",
    "tank": "tanks",
    "armoured_vehicle": "armoured vehicles",
    "artillery": "artillery systems",
    "mlrs": "multiple rocket launchers",
    "air_defence": "air defence systems",
    "helicopter": "helicopters",
    "drone": "drones",
    "missile": "missiles",
    "ship": "ships",
    "vehicle": "vehicles",
    "other": "pieces of equipment",
}
VERDICTS: Mapping[str, str] = {"pass": "all checks passed", "warn": "published with warnings"}
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#A67C00", "#7A68C8", "#5B8C00", "#B23A48", "#2F8F9D")
SHAPES = (
    "circle",
    "square",
    "diamond",
    "cross",
    "triangle-right",
    "triangle-left",
    "triangle-up",
    "triangle-down",
    "M0,-.7L.25,-.25L.7,0L.25,.25L0,.7L-.25,.25L-.7,0L-.25,-.25Z",
)
OTHERS = ("#7F7F7F", "circle")
NOBODY = "side not known"


def words(code: str | None) -> str:
    """`hand_over_equipment` -> `hand over equipment`; nothing for NULL."""
    return (code or "").replace("_", " ")


def sentence(code: str | None) -> str:
    """The same, beginning with a capital."""
    text = words(code)
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Sides:
    """Names, colours and shapes of the sides of one edition. `order` is by how often they stand in it, so that a side looks the same on
    every page."""

    names: Mapping[str, str] = field(default_factory=dict)
    order: Sequence[str] = ()

    def name(self, code: str | None) -> str:
        return NOBODY if code is None else self.names.get(code, code)

    def look(self, code: str | None) -> tuple[str, str]:
        """Colour and shape of the marks of a side."""
        place = self.order.index(code) if code in self.order else len(COLOURS)
        return (COLOURS[place], SHAPES[place]) if place < len(COLOURS) else OTHERS


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
