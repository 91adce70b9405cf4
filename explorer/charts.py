"""In: rows of a question. Out: Vega-Lite with the rows in its `datasets`. Pure; the app and the static pages draw the same charts.

Every mark carries `entry_id`: choosing one (the selection `chosen`) leads to its sentence. What a chart shows also stands in a list or
table beside it, so no chart is the only way to anything.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import altair as alt

from explorer.labels import BASES, KINDS_MANY, NOBODY, Sides, day, figure, money, sentence, words

Row = Mapping[str, Any]
Spec = dict[str, Any]
CHOSEN = "chosen"
HEIGHT = 380
LEGEND_COLUMNS, LEGEND_ROW = 3, 24  # three labels stand beside each other on a telephone; pixels of a row
OPEN_END = 1.3  # an open end is drawn this much above (below) its number, with an arrow: further than told, how far is not
MARKED = 6  # disputes marked in the chart; all of them stand in the table
MIDDLE_GREY = "#808080"
_DAYS = alt.Axis(format="%b %Y", labelOverlap=True, labelFlush=True, tickCount=6, grid=False)


def compared(rows: Sequence[Row], disputes: Sequence[Row], sides: Sides, *, is_log: bool = True, href: bool = False) -> Spec:
    """Each side's figures over time as bands, open ends as arrows, the widest disputes marked with their ratio."""
    told = [_figure(row, sides) for row in rows if _anchor(row) is not None]
    if is_log:
        told = [row for row in told if row["from"] > 0]
    parties = sorted({row["of"] for row in told})
    colour = _side_scale(told, "says", sides, "Who says so")
    dash = alt.StrokeDash(
        "of:N", title="Of whose losses", scale=alt.Scale(domain=parties), legend=alt.Legend() if len(parties) > 1 else None
    )
    x = alt.X("as_of:T", title="Figure holds for (UTC day)", axis=_DAYS)
    scale = alt.Scale(type="log", nice=True) if is_log else alt.Scale(zero=True)
    y = alt.Y("from:Q", title="People or pieces" + (", logarithmic" if is_log else ""), scale=scale, axis=_amounts(told, is_log=is_log))
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
            x=x, y=y, color=colour, shape=_side_shapes(told, "says", sides), tooltip=tooltip
        ),
    ]
    return _finished(
        alt.LayerChart(layer=layers),
        {"figures": told, "disputes": marked},
        f"{len(told)} figures as bands over time, one colour and shape for each side that tells them; the tables below have the same.",
        legend=_labels(told),
    )


def entry_points(rows: Sequence[Row], sides: Sides, *, href: bool = False) -> Spec:
    """Every entry as a point on one time axis, a lane for each kind."""
    told = [
        {
            "entry_id": row["entry_id"],
            "day_on": _iso(row["happened_on"]),
            "lane": KINDS_MANY[row["kind"]],
            "says": sides.name(row["actor_party"]),
            "headline": row["headline"],
            "day": f"{day(row['happened_on'])} ({BASES.get(row['date_basis'], '')})",
            "told": _told_by(row["independent_sources"]),
        }
        for row in rows
        if row["happened_on"] is not None
    ]
    points = alt.Chart(alt.NamedData("entries")).mark_point(filled=True, size=70, opacity=0.7, cursor="pointer")
    chart = _chooser(points, href=href).encode(
        x=alt.X("day_on:T", title="Day (UTC)", axis=_DAYS),
        y=alt.Y("lane:N", title=None, sort=list(KINDS_MANY.values()), axis=alt.Axis(labelLimit=110, grid=True)),
        color=_side_scale(told, "says", sides, "Who says so"),
        shape=_side_shapes(told, "says", sides),
        tooltip=_tooltips({"headline": "Entry", "day": "Day", "told": "Told by"}),
    )
    return _finished(
        chart,
        {"entries": told},
        f"{len(told)} dated entries on one time axis, a lane each for claims, offers and announcements; the list below has the same.",
        height=190,
        legend=_labels(told),
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
            color=alt.Color("kind:N", title="Kind", scale=alt.Scale(domain=domain, range=["#0072B2", "#D55E00", "#009E73"])),
            tooltip=[
                *_tooltips({"kind": "Kind"}),
                alt.Tooltip("yearmonth(month_on):T", title="Month"),
                alt.Tooltip("sum(entries):Q", title="Entries"),
            ],
        )
    )
    return _finished(chart, {"months": told}, "Entries of each month, by kind; the list below has them.", height=220, legend=3)


def offers(rows: Sequence[Row], sides: Sides, *, currency: str, is_usd_stated: bool = False, href: bool = False) -> Spec:
    """Amounts over time in one currency, or in dollars where the article states them."""
    told = []
    for row in rows:
        high = row["amount_usd"] if is_usd_stated else row["amount"]
        if row["day"] is None or not high or (not is_usd_stated and row["currency"] != currency):
            continue
        low = high if is_usd_stated or not row["amount_low"] else row["amount_low"]
        told.append(
            {
                "entry_id": row["entry_id"],
                "day_on": _iso(row["day"]),
                "from": low,
                "to": high,
                "says": sides.name(row["offeror_party"]),
                "act": sentence(row["action"]),
                "worth": money(row),
                "speaker": row["offeror"] or row["announced_by"] or "not named",
                "audience": row["audience"] or "not named",
                "day": day(row["day"]),
                "benefit": words(row["benefit"]),
                "quote": _short(row["quote"]),
            }
        )
    base = alt.Chart(alt.NamedData("offers"))
    x = alt.X("day_on:T", title="Day of the offer (UTC)", axis=_DAYS)
    name = "US dollars, as stated" if is_usd_stated else currency
    y = alt.Y("to:Q", title=f"Amount in {name}, logarithmic", scale=alt.Scale(type="log", nice=True), axis=_amounts(told))
    colour = _side_scale(told, "says", sides, "Who offers")
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
    acts = sorted({row["act"] for row in told})
    points = _chooser(base.mark_point(filled=True, size=90, opacity=0.85, cursor="pointer"), href=href).encode(
        x=x,
        y=y,
        color=colour,
        tooltip=tooltip,
        shape=alt.Shape(
            "act:N",
            title="For which act",
            legend=alt.Legend(symbolFillColor=MIDDLE_GREY, symbolStrokeColor=MIDDLE_GREY),
            scale=alt.Scale(domain=acts, range=list(_shapes(len(acts)))),
        ),
    )
    spans = base.mark_rule(strokeWidth=3, opacity=0.6).encode(x=x, y=alt.Y("from:Q", scale=alt.Scale(type="log")), y2="to:Q", color=colour)
    return _finished(
        alt.LayerChart(layer=[spans, points]),
        {"offers": told},
        f"{len(told)} offers with an amount in {name}, over time; the table below has all.",
        legend=_labels(told) + len(acts),
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
            y=alt.Y("source:N", title=None, sort=None, axis=alt.Axis(labelLimit=140)),
            x=alt.X("items:Q", title="Items", axis=alt.Axis(tickMinStep=1, tickCount=5, format="~s")),
            color=alt.Color("what:N", title="What", scale=alt.Scale(domain=list(names.values()), range=["#0072B2", "#A67C00", "#D55E00"])),
            order=alt.Order("place:Q"),
            tooltip=_tooltips({"source": "Source", "what": "What", "items": "Items"}),
        )
    )
    return _finished(
        chart,
        {"sources": told},
        "Articles, refused pages and failures of each source; the table below has the same.",
        height=60 + 22 * len(rows),
        legend=3,
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
        "says": says,
        "of": of,
        "line": f"{says}|{of}|{row['population']}",
        "in_series": row["claimant_party"] is not None,
        "speaker": row["claimant"] or "the outlet itself",
        "figure": figure(low, high, row["qualifier"]),
        "day": ("month of " if row["is_month"] else "") + day(row["as_of"]),
        "outlets": row["outlets"],
        "quote": _short(row["quote"]),
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
        marked.mark_rule(color=MIDDLE_GREY, strokeDash=[1, 3], strokeWidth=2).encode(
            x="on_a:T", x2="on_b:T", y=alt.Y("a:Q", scale=scale), y2="b:Q", tooltip=tooltip
        ),
        marked.mark_text(color=MIDDLE_GREY, align="left", dx=5, fontSize=12, fontWeight="bold").encode(
            x="on_a:T", y=alt.Y("middle:Q", scale=scale), text="ratio:N", tooltip=tooltip
        ),
    ]


def _end(row: Row, side: str) -> float | None:
    value: float | None = row[f"low_{side}"] if row[f"low_{side}"] is not None else row[f"high_{side}"]
    return value


def _chooser(chart: alt.Chart, *, href: bool) -> alt.Chart:
    """In the app a click is a selection; static pages listen to clicks themselves."""
    return chart if href else chart.add_params(alt.selection_point(name=CHOSEN, fields=["entry_id"], on="click", empty=False))


def _present(rows: Sequence[Row], field: str, sides: Sides) -> dict[str, str | None]:
    """Names of sides in the rows, in the order of the edition, with their codes."""
    present = {row[field] for row in rows}
    codes: dict[str, str | None] = {sides.name(code): code for code in sides.order if sides.name(code) in present}
    codes.update({name: name for name in sorted(present - set(codes) - {NOBODY})})
    if NOBODY in present:
        codes[NOBODY] = None
    return codes


def _side_scale(rows: Sequence[Row], field: str, sides: Sides, title: str) -> alt.Color:
    present = _present(rows, field, sides)
    return alt.Color(
        f"{field}:N", title=title, scale=alt.Scale(domain=list(present), range=[sides.look(code)[0] for code in present.values()])
    )


def _side_shapes(rows: Sequence[Row], field: str, sides: Sides) -> alt.Shape:
    present = _present(rows, field, sides)
    return alt.Shape(
        f"{field}:N", title="Who says so", scale=alt.Scale(domain=list(present), range=[sides.look(code)[1] for code in present.values()])
    )


def _amounts(rows: Sequence[Row], *, is_log: bool = True) -> alt.Axis:
    """On a logarithmic axis a line for each power of ten, and none between."""
    if not is_log or not rows:
        return alt.Axis(format="~s", tickCount=6)
    least, most = min(row["from"] for row in rows), max(row["to"] for row in rows)
    return alt.Axis(format="~s", values=[10**power for power in range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)])


def _shapes(count: int) -> Iterable[str]:
    known = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down")
    return (known[place % len(known)] for place in range(count))


def _tooltips(fields: Mapping[str, str]) -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{name}:N", title=title) for name, title in fields.items()]


def _finished(
    chart: alt.Chart | alt.LayerChart, datasets: Mapping[str, Sequence[Row]], description: str, *, height: int = HEIGHT, legend: int = 0
) -> Spec:
    """The rows are put beside the chart when Altair has checked it: to hold every row against its schema would take most of the time of a
    page. `legend` is the number of its labels: they stand above the marks, in the same box, which therefore grows with them."""
    rows = -(-legend // LEGEND_COLUMNS)
    sized = chart.properties(
        height=height + LEGEND_ROW * (rows + 1),
        width="container",
        description=description,
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
    )
    finished = sized.configure_legend(
        orient="top",
        direction="horizontal",
        columns=LEGEND_COLUMNS,
        labelLimit=110,
        labelFontSize=12,
        titleFontSize=12,
        rowPadding=2,
        symbolOpacity=1,
    )
    spec: Spec = finished.to_dict()
    return {**spec, "datasets": {name: list(rows) for name, rows in datasets.items()}}


def _labels(rows: Sequence[Row]) -> int:
    return len({row["says"] for row in rows})


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _short(quote: str | None) -> str:
    """A tooltip is no place for four hundred characters."""
    text = quote or "taken down"
    return text if len(text) <= 200 else text[:199] + "…"


def _told_by(sources: int) -> str:
    return f"{sources} independent source{'' if sources == 1 else 's'}"
