"""In: how DAG runs ended, and an edition. Out: the lines of a short report: counts, losses by reason, timeline, how to open it."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from ops.dagrun import DagResult

SHOWN = 5
WIDTH = 100  # characters of a headline
TABLES = (
    "articles",
    "casualty_claims",
    "offers",
    "announcements",
    "timeline",
    "claim_series",
    "disputes",
    "article_revisions",
    "rejections",
)
REJECTED = "rejected_"
IN_A_LINE = ("leads", "captures", "unchanged", "failures", "articles", "rejected", "statements")

# Two of each kind, so that the few lines show what the ledger holds and not only its most frequent kind.
TIMELINE = """
    with ranked as (
        select
            *,
            row_number() over (partition by kind order by independent_sources desc, happened_on desc, entry_id) as place
        from timeline
        where happened_on is not null
    )

    select happened_on, headline, independent_sources
    from ranked
    order by place, independent_sources desc, entry_id
    limit ?
"""


def visit_line(result: DagResult) -> str:
    """One source of one visit, or why it failed."""
    slug = result.dag_id.removeprefix("gather__")
    if not result.is_success:
        return f"  {slug:22} FAILED  " + "; ".join(f"{task}: {reason}" for task, reason in result.reasons.items())
    totals = stage_totals([result])
    parts = [f"{name} {totals[name]}" for name in IN_A_LINE if totals[name]]
    return f"  {slug:22} {result.seconds:5.1f} s  {', '.join(parts) or 'nothing new'}"


def stage_totals(results: Iterable[DagResult]) -> Counter[str]:
    """Counts over runs of `gather__*`: leads, captures, unchanged, failures, articles, rejected, statements and each kind of them."""
    totals: Counter[str] = Counter()
    for step in _steps(results):
        totals["leads"] += step["discover"].get("leads_new", 0)
        totals["captures"] += step["fetch"].get("captures", 0)
        totals["unchanged"] += step["fetch"].get("unchanged", 0)
        totals["failures"] += sum(failures_of(step).values())
        totals["articles"] += step["clean"].get("articles", 0) + step["discover"].get("articles", 0)
        totals["rejected"] += sum(rejections_of(step).values())
        for kind in ("casualty_claims", "offers", "announcements"):
            totals[kind] += step["extract"].get(kind, 0)
            totals["statements"] += step["extract"].get(kind, 0)
    return totals


def _steps(results: Iterable[DagResult]) -> Iterator[Mapping[str, Mapping[str, Any]]]:
    for result in results:
        report = result.values.get("report") or {}
        yield {name: report.get(name) or {} for name in ("discover", "fetch", "clean", "extract")}


def failures_of(step: Mapping[str, Mapping[str, Any]]) -> Counter[str]:
    """Single requests that failed, by reason."""
    return Counter(step["fetch"].get("failures") or {}) + Counter(step["discover"].get("listing_failures") or {})


def rejections_of(step: Mapping[str, Mapping[str, Any]]) -> Counter[str]:
    """Captures that were no article, by reason."""
    return Counter({key.removeprefix(REJECTED): count for key, count in step["clean"].items() if key.startswith(REJECTED)})


def gathered_lines(results: list[DagResult]) -> list[str]:
    """What the visits brought, stage by stage, and the losses by reason."""
    totals = stage_totals(results)
    failures: Counter[str] = sum((failures_of(step) for step in _steps(results)), Counter())
    rejections: Counter[str] = sum((rejections_of(step) for step in _steps(results)), Counter())
    return [
        f"  discover   {totals['leads']} leads",
        f"  fetch      {totals['captures']} captures, {totals['unchanged']} unchanged, {totals['failures']} failures{_reasons(failures)}",
        f"  clean      {totals['articles']} articles, {totals['rejected']} rejections{_reasons(rejections)}",
        f"  extract    {totals['casualty_claims']} casualty claims, {totals['offers']} offers, {totals['announcements']} announcements",
    ]


def _reasons(counts: Mapping[str, int]) -> str:
    told = ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return f": {told}" if told else ""


def edition_lines(database: Path) -> list[str]:
    """The row counts of an edition and some lines of its timeline."""
    with duckdb.connect(str(database), read_only=True) as connection:
        counts = [f"{name} {_count(connection, name)}" for name in TABLES]
        rows = connection.execute(TIMELINE, [SHOWN]).fetchall()
    lines = [_timeline_line(*row) for row in sorted(rows)]
    return [f"  tables     {', '.join(counts)}", "", "From the timeline (day, outlets that told it independently, what was said):", *lines]


def _timeline_line(day: date, headline: str, outlets: int) -> str:
    return f"  {day}  {outlets}  {textwrap.shorten(headline, WIDTH, placeholder=' …')}"


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f'select count(*) from "{table}"').fetchone()
    return int(row[0]) if row else 0


def opening_lines(database: Path) -> list[str]:
    """How to read the file."""
    return [
        f"The edition: {database}",
        f"  Python     duckdb.connect('{database}', read_only=True).sql('from timeline').show()",
        f'  shell      .venv/bin/claimledger sql --home {database.parent.parent} "select * from timeline limit 10"',
        "  DBeaver    new connection, DuckDB, this path, read-only",
    ]
