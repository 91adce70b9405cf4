"""In: rows of a question. Out: Vega-Lite with the rows in its `datasets`. Pure; the app and the static pages draw the same charts.

Every mark carries `entry_id`: choosing one (the selection `chosen`) leads to its sentence. What a chart shows also stands in a list or
table beside it, so no chart is the only way to anything. The legend stands in `usermeta`, for the page to write as text: Vega's
own does not wrap, and a screen reader makes little of it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import altair as alt

from explorer.labels import BASES, COLOURS, GREY, KINDS_MANY, NOBODY, SHAPES, Mark, Sides, act, benefit, day, figure, money, sentence

Row = Mapping[str, Any]
Spec = dict[str, Any]
CHOSEN = "chosen"
HEIGHT = 400
BROUGHT = ("#0072B2", "#A67C00", "#D55E00")  # articles, refused pages, failures
STEPS = 120  # of the time axis of the timeline, each as wide as a point: what falls into one stands above each other
LIFT = 0.2  # of half a lane, about a point's height: so far apart stand those above each other, if there is room
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])  # of the lines of each side whose losses are told; parts.css draws the same
LABELLED = 60  # offers; more than that and their labels would lie on each other
OPEN_END = 1.3  # an open end is drawn this much above (below) its number, with an arrow: further than told, how far is not
MARKED = 6  # disputes marked in the chart; all of them stand in the table
_DAYS = alt.Axis(format="%b %Y", labelOverlap=True, labelSeparation=8, labelFlush=True, tickCount=6, grid=False)


def compared(rows: Sequence[Row], disputes: Sequence[Row], sides: Sides, *, what: str, is_log: bool = True, href: bool = False) -> Spec:
    """Each side's figures over time as bands, open ends as arrows, the widest disputes marked with their ratio. `what` is counted."""
    told = [_figure(row, sides) for row in rows if _anchor(row) is not None]
    if is_log:
        told = [row for row in told if row["from"] > 0]
    parties = sorted({row["of"] for row in told})
    marks = _marks((row["code"] for row in told), sides)
    colour = _colour(marks)
    dash = alt.StrokeDash(
        "of:N", scale=alt.Scale(domain=parties, range=[_DASHES[place % len(_DASHES)] for place in range(len(parties))]), legend=None
    )
    x = alt.X("as_of:T", title="Figure holds for (UTC day)", axis=_DAYS)
    scale = alt.Scale(type="log", nice=True) if is_log else alt.Scale(zero=True)
    y = alt.Y("from:Q", title=what + (", logarithmic" if is_log else ""), scale=scale, axis=_amounts(told, is_log=is_log))
    base = alt.Chart(alt.NamedData("figures"))
    series = base.transform_filter("datum.in_series")
    tooltip = _tooltips(
        {
            "says": "Who says so",
            "speaker": "In the words of",
            "figure": "Figure",
            "of": "Of whose losses",
            "day": "Holds for",
            "outlets": "Told by",
            "quote": "Sentence",
        }
    )
    lines = [
        series.mark_area(opacity=0.18).encode(x=x, y=y, y2="to:Q", color=colour, detail=["line:N"]),
        series.mark_line(strokeWidth=1.5, opacity=0.75).encode(x=x, y=y, color=colour, strokeDash=dash, detail=["line:N"]),
        series.mark_line(strokeWidth=1.5, opacity=0.75).encode(
            x=x, y=alt.Y("to:Q", scale=scale), color=colour, strokeDash=dash, detail=["line:N"]
        ),
    ]
    marked = _widest(disputes, sides, is_log=is_log)
    layers = [
        *(lines if any(row["in_series"] for row in told) else []),
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(x=x, y=y, y2="to:Q", color=colour, tooltip=tooltip),
        *_open_ends(told, base, x, scale, colour),
        *(_marked_disputes(scale) if marked else []),
        _chooser(base.mark_point(filled=True, size=85, opacity=0.95, cursor="pointer"), href=href).encode(
            x=x, y=y, color=colour, shape=_shape(marks), tooltip=tooltip, description="read:N"
        ),
    ]
    lines_of = [
        {"name": "of a side not known" if party == NOBODY else f"of {party}", "dash": place % len(_DASHES)}
        for place, party in enumerate(parties)
    ]
    return _finished(
        alt.LayerChart(layer=layers),
        {"figures": told, "disputes": marked},
        f"{len(told)} figures as bands over time, one colour and shape for each side that tells them; the tables below have the same.",
        legend=[("Who says so", [asdict(mark) for mark in marks]), ("Lines", lines_of if len(parties) > 1 else [])],
    )


def entry_points(rows: Sequence[Row], sides: Sides, *, href: bool = False) -> Spec:
    """Every entry as a point on one time axis, a lane for each kind; what lies close together in time stands above each other."""
    dated = [row for row in rows if row["happened_on"] is not None]
    marks = _marks((row["actor_party"] for row in dated), sides)
    told = [
        {
            "entry_id": row["entry_id"],
            "day_on": _iso(row["happened_on"]),
            "lane": KINDS_MANY[row["kind"]],
            "lift": lift,
            "mark": sides.mark(row["actor_party"]).name,
            "says": sides.name(row["actor_party"]),
            "headline": row["headline"],
            "day": f"{day(row['happened_on'])} ({BASES.get(row['date_basis'], '')})",
            "told": _told_by(row["independent_sources"]),
            "read": f"{row['headline']}, {day(row['happened_on'])}",
        }
        for row, lift in zip(dated, _lifts(dated), strict=True)
    ]
    points = alt.Chart(alt.NamedData("entries")).mark_point(filled=True, size=60, opacity=0.75, cursor="pointer")
    chart = _chooser(points, href=href).encode(
        x=alt.X("day_on:T", title="Day (UTC)", axis=_DAYS),
        y=alt.Y(
            "lane:N", title=None, sort=list(KINDS_MANY.values()), axis=alt.Axis(labelLimit=110, labelPadding=10, ticks=False, domain=False)
        ),
        yOffset=alt.YOffset("lift:Q", scale=alt.Scale(domain=[-1, 1])),
        color=_colour(marks),
        shape=_shape(marks),
        tooltip=_tooltips({"headline": "Entry", "says": "Side", "day": "Day", "told": "Told by"}),
        description="read:N",
    )
    return _finished(
        chart,
        {"entries": told},
        f"{len(told)} dated entries on one time axis, a lane each for claims, offers and announcements; the list below has the same.",
        height=280,
        legend=[("Who says so", [asdict(mark) for mark in marks])],
    )


def entry_bars(counts: Sequence[Row]) -> Spec:
    """How many entries each month has, by kind; for more entries than can be told apart as points."""
    told = [{"month_on": _iso(row["month"]), "kind": KINDS_MANY[row["kind"]], "entries": row["entries"]} for row in counts if row["month"]]
    domain = list(KINDS_MANY.values())
    chart = (
        alt.Chart(alt.NamedData("months"))
        .mark_bar()
        .encode(
            x=alt.X("yearmonth(month_on):T", title="Month (UTC)", axis=alt.Axis(labelOverlap=True, tickCount=6)),
            y=alt.Y("sum(entries):Q", title="Entries", axis=alt.Axis(tickCount=4, format="~s")),
            color=alt.Color("kind:N", legend=None, scale=alt.Scale(domain=domain, range=list(COLOURS[: len(domain)]))),
            tooltip=[
                *_tooltips({"kind": "Kind"}),
                alt.Tooltip("yearmonth(month_on):T", title="Month"),
                alt.Tooltip("sum(entries):Q", title="Entries"),
            ],
        )
    )
    return _finished(
        chart, {"months": told}, "Entries of each month, by kind; the list below has them.", height=260, legend=_bars(domain, COLOURS)
    )


def offers(rows: Sequence[Row], sides: Sides, *, currency: str, is_usd_stated: bool = False, href: bool = False) -> Spec:
    """Amounts over time in one currency, or in dollars where the article states them."""
    sums = ((row, _sum_offered(row, currency, is_usd_stated=is_usd_stated)) for row in rows)
    told = [_offer(row, *ends, sides) for row, ends in sums if ends is not None]
    name = "US dollars, as stated" if is_usd_stated else currency
    marks = _marks((row["code"] for row in told), sides)
    acts = [one for one, _ in Counter(row["act"] for row in told).most_common()]
    shapes = dict(zip(acts, _shapes(len(acts)), strict=True))
    return _finished(
        alt.LayerChart(layer=_offer_layers(told, name, _colour(marks), shapes, href=href)),
        {"offers": told},
        f"{len(told)} offers with an amount in {name}, over time; the table below has all.",
        legend=[
            ("Who offers", [asdict(Mark(mark.name, mark.colour, "circle")) for mark in marks]),
            ("For which act", [asdict(Mark(one, GREY, shape)) for one, shape in shapes.items()]),
        ],
    )


def source_bars(rows: Sequence[Row]) -> Spec:
    """What each source brought: articles, refused pages, failures."""
    names = {"articles": "Articles", "rejections": "Refused pages", "failures": "Failures"}
    told = [
        {"source": row["name"], "what": label, "items": int(row[name]), "place": place}
        for row in rows
        for place, (name, label) in enumerate(names.items())
    ]
    chart = (
        alt.Chart(alt.NamedData("sources"))
        .mark_bar()
        .encode(
            y=alt.Y("source:N", title=None, sort=None, axis=alt.Axis(labelLimit=140, labelOverlap=False)),
            x=alt.X("items:Q", title="Items", axis=alt.Axis(tickMinStep=1, tickCount=5, format="~s")),
            color=alt.Color("what:N", legend=None, scale=alt.Scale(domain=list(names.values()), range=list(BROUGHT))),
            order=alt.Order("place:Q"),
            tooltip=_tooltips({"source": "Source", "what": "What", "items": "Items"}),
        )
    )
    return _finished(
        chart,
        {"sources": told},
        "Articles, refused pages and failures of each source; the table below has the same.",
        height=70 + 24 * len(rows),
        legend=_bars(names.values(), BROUGHT),
    )


# Pieces


def _figure(row: Row, sides: Sides) -> dict[str, Any]:
    low, high, anchor = row["low"], row["high"], _anchor(row) or 0
    says, of = sides.name(row["claimant_party"]), sides.name(row["party"])
    return {
        "entry_id": row["entry_id"],
        "as_of": _iso(row["as_of"]),
        "from": anchor if low is None else low,
        "to": anchor if high is None else high,
        "beyond": anchor * OPEN_END if high is None else None,
        "below": anchor / OPEN_END if low is None else None,
        "code": row["claimant_party"],
        "mark": sides.mark(row["claimant_party"]).name,
        "says": says,
        "of": of,
        "line": f"{says}|{of}|{row['population']}",
        "in_series": row["claimant_party"] is not None,
        "speaker": row["claimant"] or "the outlet itself",
        "figure": figure(low, high, row["qualifier"]),
        "day": ("month of " if row["is_month"] else "") + day(row["as_of"]),
        "outlets": row["outlets"],
        "quote": _short(row["quote"]),
        "read": f"{says}: {figure(low, high, row['qualifier'])} of {of}, {day(row['as_of'])}",
    }


def _anchor(row: Row) -> float | None:
    """The number that is told where one end is open."""
    value: float | None = row["low"] if row["low"] is not None else row["high"]
    return value


def _open_ends(rows: Sequence[Row], base: alt.Chart, x: alt.X, scale: alt.Scale, colour: alt.Color) -> Iterable[alt.Chart]:
    for end, start, shape in (("beyond", "from", "triangle-up"), ("below", "to", "triangle-down")):
        if all(row[end] is None for row in rows):
            continue  # a layer without marks has no name that a screen reader could tell
        told = base.transform_filter(f"isValid(datum.{end})")
        yield told.mark_rule(strokeDash=[3, 3], strokeWidth=2).encode(x=x, y=alt.Y(f"{start}:Q", scale=scale), y2=f"{end}:Q", color=colour)
        yield told.mark_point(shape=shape, filled=False, size=70, strokeWidth=2).encode(x=x, y=alt.Y(f"{end}:Q", scale=scale), color=colour)


def _sum_offered(row: Row, currency: str, *, is_usd_stated: bool) -> tuple[float, float] | None:
    """The lower and the upper end of what is offered, where it has a day and a sum in this currency."""
    high = row["amount_usd"] if is_usd_stated else row["amount"]
    if row["day"] is None or not high or (not is_usd_stated and row["currency"] != currency):
        return None
    return high if is_usd_stated or not row["amount_low"] else row["amount_low"], high


def _offer(row: Row, low: float, high: float, sides: Sides) -> dict[str, Any]:
    return {
        "entry_id": row["entry_id"],
        "day_on": _iso(row["day"]),
        "from": low,
        "to": high,
        "mark": sides.mark(row["offeror_party"]).name,
        "code": row["offeror_party"],
        "sign": row["offeror_party"] or "?",
        "act": sentence(act(row["action"])),
        "worth": money(row),
        "speaker": row["offeror"] or row["announced_by"] or "not named",
        "audience": row["audience"] or "not named",
        "day": day(row["day"]),
        "benefit": benefit(row["benefit"]),
        "quote": _short(row["quote"]),
        "read": f"{sides.name(row['offeror_party'])}: {money(row)} for {act(row['action'])}, {day(row['day'])}",
    }


def _offer_layers(told: Sequence[Row], name: str, colour: alt.Color, shapes: Mapping[str, str], *, href: bool) -> list[alt.Chart]:
    """Ranges as rules, each offer as a point whose shape is its act; where they are few, the side's code beside it."""
    base = alt.Chart(alt.NamedData("offers"))
    x = alt.X("day_on:T", title="Day of the offer (UTC)", axis=_DAYS)
    y = alt.Y("to:Q", title=f"Amount in {name}, logarithmic", scale=alt.Scale(type="log", nice=True), axis=_amounts(told))
    tooltip = _tooltips(
        {
            "speaker": "Who offers",
            "audience": "To whom",
            "act": "For",
            "worth": "Amount",
            "benefit": "Benefit",
            "day": "Day",
            "quote": "Sentence",
        }
    )
    points = _chooser(base.mark_point(filled=True, size=90, opacity=0.85, cursor="pointer"), href=href).encode(
        x=x,
        y=y,
        color=colour,
        tooltip=tooltip,
        description="read:N",
        shape=alt.Shape("act:N", legend=None, scale=alt.Scale(domain=list(shapes), range=[SHAPES[shape] for shape in shapes.values()])),
    )
    rules = base.mark_rule(strokeWidth=3, opacity=0.6).encode(x=x, y=alt.Y("from:Q", scale=alt.Scale(type="log")), y2="to:Q", color=colour)
    if len(told) > LABELLED:
        return [rules, points]
    # the shape tells the act, so something beside the colour must tell the side
    return [rules, points, base.mark_text(dx=8, align="left", baseline="middle", fontSize=11, color=GREY).encode(x=x, y=y, text="sign:N")]


def _widest(rows: Sequence[Row], sides: Sides, *, is_log: bool) -> list[dict[str, Any]]:
    """The widest pair of each month, at most MARKED."""
    widest: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:  # they come widest first
        a, b = _end(row, "a"), _end(row, "b")
        if not a or not b or row["gap_ratio"] is None:
            continue
        key = (row["party"], row["as_of_a"].strftime("%Y-%m"))
        middle = math.sqrt(a * b) if is_log else (a + b) / 2
        widest.setdefault(
            key,
            {
                "on_a": _iso(row["as_of_a"]),
                "on_b": _iso(row["as_of_b"]),
                "a": a,
                "b": b,
                "middle": middle,
                "ratio": f"×{row['gap_ratio']:.1f}",
                "gap": f"{abs(b - a):,.0f} between {sides.name(row['claimant_party_a'])} and {sides.name(row['claimant_party_b'])}",
            },
        )
    return list(widest.values())[:MARKED]


def _marked_disputes(scale: alt.Scale) -> list[alt.Chart]:
    """A dotted line between the figures of a pair, with the ratio beside it."""
    marked = alt.Chart(alt.NamedData("disputes"))
    tooltip = _tooltips({"ratio": "The larger over the smaller", "gap": "Gap"})
    return [
        marked.mark_rule(color=GREY, strokeDash=[1, 3], strokeWidth=2).encode(
            x="on_a:T", x2="on_b:T", y=alt.Y("a:Q", scale=scale), y2="b:Q", tooltip=tooltip
        ),
        marked.mark_text(color=GREY, align="left", dx=5, fontSize=12, fontWeight="bold").encode(
            x="on_a:T", y=alt.Y("middle:Q", scale=scale), text="ratio:N", tooltip=tooltip
        ),
    ]


def _end(row: Row, side: str) -> float | None:
    value: float | None = row[f"low_{side}"] if row[f"low_{side}"] is not None else row[f"high_{side}"]
    return value


def _chooser(chart: alt.Chart, *, href: bool) -> alt.Chart:
    """In the app a click is a selection; static pages listen to clicks themselves."""
    return chart if href else chart.add_params(alt.selection_point(name=CHOSEN, fields=["entry_id"], on="click", empty=False))


def _marks(codes: Iterable[str | None], sides: Sides) -> list[Mark]:
    """The marks of these sides, in the order of the edition; the rarer ones, and what nobody named, at the end."""
    present = set(codes)
    known = [sides.mark(code) for code in sides.order if code in present]
    rest = [sides.mark(code) for code in sorted(code for code in present if code and code not in sides.order)]
    return list(dict.fromkeys([*known, *rest, *([sides.mark(None)] if None in present else [])]))


def _colour(marks: Sequence[Mark]) -> alt.Color:
    scale = alt.Scale(domain=[mark.name for mark in marks], range=[mark.colour for mark in marks])
    return alt.Color("mark:N", legend=None, scale=scale)


def _shape(marks: Sequence[Mark]) -> alt.Shape:
    scale = alt.Scale(domain=[mark.name for mark in marks], range=[SHAPES[mark.shape] for mark in marks])
    return alt.Shape("mark:N", legend=None, scale=scale)


def _bars(names: Iterable[str], colours: Sequence[str]) -> list[tuple[str, list[dict[str, Any]]]]:
    return [("", [asdict(Mark(name, colour, "square")) for name, colour in zip(names, colours, strict=False)])]


def _lifts(rows: Sequence[Row]) -> list[float]:
    """For each row how far its point stands from the middle of its lane, of -1 to 1: 0 where it is alone in its step of the time axis."""
    if not rows:
        return []
    first = min(row["happened_on"] for row in rows)
    span = max(1, (max(row["happened_on"] for row in rows) - first).days)
    steps = [(row["kind"], (row["happened_on"] - first).days * STEPS // span) for row in rows]
    many, seen = Counter(steps), Counter[tuple[str, int]]()
    lifts = []
    for step in steps:
        place = seen[step]
        seen[step] += 1
        apart = min(LIFT, 1.8 / many[step])  # many share 0.9 of the lane on each side
        lifts.append(round((place + 1) // 2 * (-1 if place % 2 else 1) * apart, 3))
    return lifts


def _amounts(rows: Sequence[Row], *, is_log: bool = True) -> alt.Axis:
    """On a logarithmic axis a line for each power of ten, and none between."""
    if not is_log or not rows:
        return alt.Axis(format="~s", tickCount=6)
    least, most = min(row["from"] for row in rows), max(row["to"] for row in rows)
    return alt.Axis(format="~s", values=[10**power for power in range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)])


def _shapes(count: int) -> Iterable[str]:
    known = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "star")
    return (known[place % len(known)] for place in range(count))


def _tooltips(fields: Mapping[str, str]) -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{name}:N", title=title) for name, title in fields.items()]


def _finished(
    chart: alt.Chart | alt.LayerChart,
    datasets: Mapping[str, Sequence[Row]],
    description: str,
    *,
    legend: Sequence[tuple[str, Sequence[Mapping[str, Any]]]],
    height: int = HEIGHT,
) -> Spec:
    """The rows are put beside the chart when Altair has written it, and the tests hold charts against Altair's schema, not every page view:
    that takes as long as all else that a chart costs. `legend` has a list of marks for each title."""
    spec: Spec = chart.properties(
        height=height,
        width="container",
        description=description,
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        usermeta={"legend": [[title, list(marks)] for title, marks in legend if marks]},
    ).to_dict(validate=False)
    return {**spec, "datasets": {name: list(rows) for name, rows in datasets.items()}}


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _short(quote: str | None) -> str:
    """A tooltip is no place for four hundred characters."""
    text = quote or "taken down"
    return text if len(text) <= 200 else text[:199] + "…"


def _told_by(sources: int) -> str:
    return f"{sources} independent source{'' if sources == 1 else 's'}"
