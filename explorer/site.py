"""In: an open edition and an empty folder. Out: the explorer as static pages, which open from the disk and load nothing from elsewhere.

The same questions, charts and pieces as the app. A page for each entry of the timeline; the rows themselves lie beside the pages as files.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import altair as alt
import orjson
import vl_convert
from markupsafe import Markup

from explorer import charts, downloads, evidence, markup, questions, views
from explorer.labels import KINDS, VERDICTS, Sides, many, number, span
from explorer.questions import Asked, Comparison, Filters
from ingest.errors import Misuse
from ingest.read import Reader

CHUNK = 500  # entries whose evidence is asked for at once, and held at once
NEWEST = 100
LEAST_FIGURES = 2  # one figure is no comparison
COMPARISONS = 60  # the most disputed; the rest is in the data files
PAGES = (
    ("Timeline", "index.html"),
    ("Claims compared", "compare/index.html"),
    ("Offers", "offers.html"),
    ("What changed", "changes.html"),
    ("Sources", "sources.html"),
    ("Data", "data/index.html"),
)
REPORT = "report.html"
ROWS = {  # what a row of each data file is
    "timeline": "entry of the timeline: a statement, told by one or many outlets",
    "offers": "offer, told by one or many outlets",
    "announcements": "announcement in an article, with its sentence",
    "casualty_claims": "casualty claim in an article, with its sentence",
    "claim_series": "side, kind of loss and day: the least and the greatest number told",
    "disputes": "pair of figures of two sides for the same loss",
    "sources": "source",
    "parties": "code of a side, with its name",
}
MARK = ".claimledger-site"  # says that a folder is an earlier export and may be written over
_PIECES: Any = markup.environment().get_template("site.html.j2").module
_PAGE = markup.environment().get_template("page.html.j2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What `claimledger editions diff` tells of this edition against the one before, and the rows it is about."""

    before: int
    found: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    asked: Asked
    folder: Path
    edition: Mapping[str, Any]
    sides: Sides
    known_day: date | None

    def page(
        self,
        address: str,
        title: str,
        content: Markup,
        *,
        about: str = "",
        heading: str | None = None,
        charted: bool = False,
        searched: bool = False,
        claim: Markup | None = None,
    ) -> None:
        scripts = [
            *(["assets/vega.js"] if charted else []),
            *(["data/search.js"] if searched else []),
            *(["assets/site.js"] if charted or searched else []),
        ]
        html = _PAGE.render(
            title=title,
            heading=title if heading is None else heading,
            about=about,
            content=content,
            here=address,
            pages=PAGES,
            scripts=scripts,
            root="../" * address.count("/"),
            edition_line=markup.edition_line(self.edition, self.known_day),
            claim=claim,
        )
        (self.folder / address).write_text(html, encoding="utf-8")


def export(
    reader: Reader,
    folder: Path,
    *,
    known: date | None = None,
    changes: Changes | None = None,
    report: Path | None = None,
    tell: Callable[[], None] = lambda: None,
) -> dict[str, int]:
    """Write the site, as the ledger stood at the end of the day `known` if one is given; `report` is the file with what the checks said,
    `tell` is called for each entry that got its page. Returns what was written: entries, comparisons, files.

    Raises Misuse when `folder` holds anything that is no earlier export.
    """
    _prepare(folder)
    asked = reader.as_known(questions.end_of_day(known))
    sides = Sides(questions.party_names(reader), questions.choices(reader)["parties"])
    site = _Site(asked=asked, folder=folder, edition=questions.edition(reader), sides=sides, known_day=known)
    _assets(folder)
    table = questions.all_entries(asked, Filters())
    rows = table.to_pylist()
    _timeline(site, rows)
    comparisons = _comparisons(site)
    _offers(site)
    _changes(site, changes)
    _sources(site, report)
    _data(site, table)
    for start in range(0, len(rows), CHUNK):
        for found in evidence.gather(asked, rows[start : start + CHUNK]):
            _claim(site, found)
            tell()
    return {"entries": len(rows), "comparisons": comparisons, "files": sum(path.is_file() for path in folder.rglob("*"))}


def _prepare(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise Misuse(f"{folder} holds something that is no earlier export; name an empty folder, or one that does not exist")
    for path in folder.rglob("*.html"):  # an entry that is told no more must not stay readable
        path.unlink()
    for name in ("assets", "claim", "compare", "data", "timeline"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("Written by claimledger export-site; the next export writes over it.\n", encoding="utf-8")


def _assets(folder: Path) -> None:
    assets = markup.FOLDER / "assets"
    (folder / "assets" / "vega.js").write_text(
        vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=_vega_lite()), encoding="utf-8"
    )
    (folder / "assets" / "site.js").write_text((assets / "site.js").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "assets" / "site.css").write_text(markup.STYLE + (assets / "site.css").read_text(encoding="utf-8"), encoding="utf-8")


def _vega_lite() -> str:
    """The version that altair writes for, as the bundle names it: `v6.4.1` -> `6.4`."""
    return ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


def _timeline(site: _Site, rows: Sequence[Mapping[str, Any]]) -> None:
    if len(rows) <= questions.MAX_POINTS:
        drawn = charts.entry_points(rows, site.sides, href=True)
    else:
        drawn = charts.entry_bars(questions.entry_counts(site.asked, Filters()).to_pylist())
    entries = [
        [
            row["entry_id"],
            None if row["happened_on"] is None else row["happened_on"].isoformat(),
            row["kind"],
            row["actor_party"],
            row["subject_party"],
            row["headline"],
            row["quote"],
        ]
        for row in rows
    ]
    index = orjson.dumps({"kinds": KINDS, "entries": entries})
    (site.folder / "data" / "search.js").write_bytes(b"window.claimledger = " + index + b";\n")
    present = {code for row in rows for code in (row["actor_party"], row["subject_party"])} - {None}
    sides = [(code, site.sides.name(code)) for code in sorted(present, key=site.sides.name)]
    newest = markup.entry_list(rows[:NEWEST], lambda entry: f"claim/{entry}.html")
    months = _markup(_PIECES.months(_months(site, rows)))
    content = _chart(drawn, "timeline") + _markup(_PIECES.search(KINDS, sides, len(rows), min(len(rows), NEWEST)))
    content += Markup('<div id="newest">{}{}</div>').format(newest, months)
    site.page(
        "index.html",
        "Timeline",
        content,
        charted=True,
        searched=True,
        about="Who said what, of whom, and when: every statement once, whoever tells it again.",
    )


def _months(site: _Site, rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    """A page with the entries of each month, so that all can be reached without JavaScript: name, address and number of entries."""
    listed = []
    for month, some in groupby(rows, lambda row: None if row["happened_on"] is None else row["happened_on"].replace(day=1)):
        name, address = ("Day not known", "undated") if month is None else (f"{month:%B %Y}", f"{month:%Y-%m}")
        entries = list(some)
        site.page(
            f"timeline/{address}.html",
            f"Timeline: {name}",
            markup.entry_list(entries, _claim_link("../")),
            about=f"{many(len(entries), 'entry', 'entries')}, newest first.",
        )
        listed.append((name, f"timeline/{address}.html", len(entries)))
    return listed


def _comparisons(site: _Site) -> int:
    link = _claim_link("../")
    listed: list[tuple[str, str, str]] = []
    for chosen, party in _chosen(questions.comparable(site.asked).to_pylist()):
        if len(listed) == COMPARISONS:
            break
        table = questions.compared_claims(site.asked, chosen)
        if table.num_rows < LEAST_FIGURES:
            continue
        figures, pairs = table.to_pylist(), questions.disputes(site.asked, chosen).to_pylist()
        title = views.comparison_title(chosen, site.sides)
        address = _address(chosen.measure, chosen.category, chosen.period, party)
        drawn = charts.compared(figures, pairs, site.sides, what=views.compared(chosen), href=True)
        content = _chart(drawn, "bands") + Markup('<p class="cl-quiet">{}</p>').format(views.BANDS)
        if pairs:
            content += views.dispute_table(pairs, site.sides, link)
        site.page(
            f"compare/{address}",
            title,
            content + views.claim_table(figures, site.sides, link),
            charted=True,
            about=f"Figures cover: {span(chosen.period)}. Figures of different speakers stand side by side and are never added up.",
        )
        note = many(len(figures), "figure") + (f", {many(len(pairs), 'dispute')}" if pairs else "")
        listed.append((f"{title} ({span(chosen.period)})", address, note))
    content = _markup(_PIECES.links(listed)) if listed else Markup("<p>The ledger holds no claims yet that could be compared.</p>")
    site.page("compare/index.html", "Claims compared", content, about="What each side says of the same losses, the most disputed first.")
    return len(listed)


def _chosen(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Comparison, str]]:
    """What gets a page: for each loss the losses of each side, then those of all in one; the most disputed losses first."""
    parties: dict[tuple[str, str, str], list[str | None]] = {}
    for row in rows:
        parties.setdefault((row["measure"], row["category"], row["period"]), []).append(row["party"])
    for (measure, category, period), of in parties.items():
        for party in of:
            if party is not None:
                yield Comparison(measure=measure, category=category, period=period, parties=(party,)), party
        if len(of) > 1 or of == [None]:
            yield Comparison(measure=measure, category=category, period=period), "all"


def _offers(site: _Site) -> None:
    rows = questions.offers(site.asked).to_pylist()
    content = Markup("")
    currencies = sorted({row["currency"] for row in rows if row["currency"]})
    for currency in currencies:
        content += Markup("<h2>{}</h2>").format(currency) + _chart(
            charts.offers(rows, site.sides, currency=currency, href=True), f"amounts-{currency.lower()}"
        )
    if any(row["amount_usd"] for row in rows):
        drawn = charts.offers(rows, site.sides, currency="USD", is_usd_stated=True, href=True)
        content += Markup("<h2>In US dollars, where the article states them</h2>") + _chart(drawn, "amounts-stated")
    content += views.offer_table(rows, site.sides, _claim_link("")) if rows else Markup("<p>The ledger holds no offers yet.</p>")
    site.page(
        "offers.html",
        "Offers",
        content,
        charted=bool(currencies),
        about="Who promises what to whom in return for which act. Nothing is converted by us.",
    )


def _changes(site: _Site, changes: Changes | None) -> None:
    if changes is None:
        content = Markup("<p>No earlier edition is kept, so there is nothing to compare with.</p>")
    else:
        content = Markup("<p>Edition {} against edition {}.</p>").format(site.edition["number"], changes.before)
        if changes.found["statements"]:
            content += views.change_counts(changes.found["statements"])
        content += views.table_changes(changes.found["tables"]) if changes.found["tables"] else Markup("<p>The two tell the same.</p>")
        if changes.rows:
            content += views.change_list(changes.rows, _claim_link(""))
    site.page("changes.html", "What changed", content, about="This edition against the one before: new, revised, corrected, gone.")


def _sources(site: _Site, report: Path | None) -> None:
    rows, days = questions.source_table(site.asked).to_pylist(), questions.source_days(site.asked).to_pylist()
    content = _chart(charts.source_bars(rows), "sources") + views.source_table(rows, site.sides)
    content += Markup("<h2>Day by day</h2>")
    for row in rows:
        own = [one for one in days if one["source"] == row["slug"]]
        told = (
            views.day_table(row["name"], own, questions.refused_days(site.asked, row["slug"]).to_pylist())
            if own
            else Markup("<p>Nothing was gathered from it in the last 90 days.</p>")
        )
        content += Markup("<details><summary>{}</summary>{}</details>").format(row["name"], told)
    content += views.refusal_table(questions.refusals(site.asked).to_pylist(), {row["slug"]: row["name"] for row in rows})
    verdict = str(site.edition["verdict"])
    content += Markup("<h2>Verdict: {}</h2>").format(VERDICTS.get(verdict, verdict))
    if report is None:
        content += Markup("<p>This edition has no report beside it.</p>")
    else:
        shutil.copyfile(report, site.folder / REPORT)
        content += Markup('<p><a href="{}">The report of Great Expectations</a></p>').format(REPORT)
    site.page(
        "sources.html",
        "Sources",
        content,
        charted=True,
        about="What each source brought, what was refused and why, and what the checks said of this edition.",
    )


def _data(site: _Site, entries: Any) -> None:
    """The rows as files. Texts of articles are not among them: they belong to their publishers."""
    told = {"timeline": entries, "offers": questions.offers(site.asked, limit=2**31 - 1)}
    told |= {name: questions.whole(site.asked, name) for name in questions.DATA}
    listed = []
    for name, table in told.items():
        about = downloads.provenance(site.edition, view=name, asked={}, known=site.known_day)
        files = []
        for suffix, made in (("csv", downloads.as_csv(table, about)), ("parquet", downloads.as_parquet(table, about))):
            (site.folder / "data" / f"{name}.{suffix}").write_bytes(made)
            files.append(markup.Cell(f"{name}.{suffix}, {number(-(-len(made) // 1024))} KB", f"{name}.{suffix}", whole=True))
        listed.append((markup.Cell(ROWS[name]), markup.Cell(number(table.num_rows), number=True), *files))
    site.page(
        "data/index.html",
        "Data",
        markup.table("Every file", ("A row for each", "Rows", "CSV", "Parquet"), listed),
        about="The rows behind the pages. Lines that begin with # in a CSV, and the metadata of a Parquet file, say where they come from.",
    )


def _claim(site: _Site, found: evidence.Evidence) -> None:
    content = markup.evidence(found, site.sides, link=lambda entry: f"{entry}.html", level=1)
    site.page(f"claim/{found.entry['entry_id']}.html", found.entry["headline"], content, heading="", claim=_schema(found, site.sides))


def _schema(found: evidence.Evidence, sides: Sides) -> Markup:
    """schema.org Claim, without saying that it is true: who is said to claim it, where it appeared first and else."""
    own, entry = found.tellings[0], found.entry
    appearances = [
        {
            "@type": "NewsArticle",
            "url": row["url"] if markup.is_web(row["url"]) else None,
            "headline": row["title"],
            "publisher": {"@type": "Organization", "name": row["outlet"] or row["source"]},
            "datePublished": None if row["published_at"] is None else row["published_at"].isoformat(),
        }
        for row in found.tellings
    ]
    told = {
        "@context": "https://schema.org",
        "@type": "Claim",
        "identifier": entry["entry_id"],
        "name": entry["headline"],
        "text": own["quote"],
        "author": {"name": entry["actor"]} if entry["actor"] else None,
        "about": {"@type": "Thing", "name": sides.name(entry["subject_party"])} if entry["subject_party"] else None,
        "temporalCoverage": None if entry["happened_on"] is None else entry["happened_on"].isoformat(),
        "firstAppearance": appearances[0],
        "appearance": appearances[1:] or None,
    }
    return _json(_without_empty(told))


def _address(*parts: str) -> str:
    """A file name that is safe wherever the site is copied to: lower-case letters, digits, hyphens."""
    return "-".join(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts) + ".html"


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_empty(part) for key, part in value.items() if part is not None}
    return [_without_empty(part) for part in value] if isinstance(value, list) else value


def _chart(drawn: charts.Spec, name: str) -> Markup:
    return _markup(_PIECES.chart(_json(drawn), drawn["description"], name, markup.legend(drawn)))


def _json(value: Any) -> Markup:
    """JSON inside a script element: nothing in it can end the element or begin a comment."""
    text = orjson.dumps(value, default=str).decode()
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704  the three characters are escaped


def _markup(made: str) -> Markup:
    return Markup(made)  # noqa: S704  made by templates that escape


def _claim_link(root: str) -> Callable[[str], str]:
    return lambda entry: f"{root}claim/{entry}.html"
