"""In: sources list, check, try, test, new. Out: what the source files say, what a visit would keep, a new source file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ingest.cli.common import common, counted, emit
from ingest.cli.gathering import chosen
from ingest.errors import Halt
from ingest.settings import Settings
from ingest.sources import read_sources


@click.group()
def sources() -> None:
    """List, validate, try out and add source files."""


@sources.command("list")
@common
def list_(given: Settings, as_json: bool) -> None:
    """One line per source.

    \b
    Example: claimledger sources list
    """
    found, errors = read_sources(given.sources)
    rows = [
        {
            "slug": s.slug,
            "name": s.name,
            "kind": s.kind,
            "country": s.country,
            "schedule": s.schedule,
            "enabled": s.enabled,
            "verified": s.verified,
        }
        for s in found
    ]
    lines = [
        f"{r['slug']:<28} {r['kind']:<8} {r['country']}  {'enabled ' if r['enabled'] else 'disabled'}  {r['schedule']:<12}  {r['name']}"
        for r in rows
    ]
    emit(rows, as_json, lines + [f"wrong: {error}" for error in errors])


@sources.command("check")
@common
def check(given: Settings, as_json: bool) -> None:
    """Validate every source file; exit code 1 when one is wrong.

    \b
    Example: claimledger sources check
    """
    found, errors = read_sources(given.sources)
    emit(
        {"right": len(found), "errors": [str(e) for e in errors]},
        as_json,
        [str(e) for e in errors] + [f"{len(found)} sources are right, {len(errors)} wrong"],
    )
    if errors:
        raise Halt(f"{len(errors)} source files are wrong; each line above names file, line, field and what would be right")


@sources.command("try")
@click.argument("slugs", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every enabled source.")
@click.option("--limit", type=click.IntRange(1, 50), default=3, show_default=True, help="Pages per source.")
@common
def try_(given: Settings, as_json: bool, slugs: tuple[str, ...], everything: bool, limit: int) -> None:
    """Fetch a few items and show article and claims, writing nothing.

    \b
    Example: claimledger sources try guardian --limit 3
    """
    from ingest import flow

    if not slugs and not everything:
        raise click.UsageError("name a source, or give --all for every enabled one")
    reports: list[dict[str, Any]] = []
    for source in chosen(given, slugs):
        report = flow.try_source(given, source, limit)
        reports.append(report)
        if not as_json:
            _show(report)
    if as_json:
        emit(reports, True, ())
    failed = [report["slug"] for report in reports if not report["works"]]
    if failed:
        raise Halt(f"{len(failed)} of {len(reports)} sources gave no article: {', '.join(failed)}")


@sources.command("test")
@click.argument("slug")
@click.argument("page", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--url", help="The address the page was saved from; the source's own without it.")
@common
def test(given: Settings, as_json: bool, slug: str, page: Path, url: str | None) -> None:
    """Replay a saved page: what the source would keep of it, without the network.

    \b
    Example: claimledger sources test guardian saved.html --url https://www.theguardian.com/world/…
    """
    from ingest import flow

    report = flow.test_page(given, chosen(given, (slug,))[0], page, url)
    if as_json:
        emit(report, True, ())
    else:
        _show(report)
    if not report["works"]:
        raise Halt(f"{page}: no article; the reason stands above")


@sources.command("new")
@click.argument("url")
@click.option("--slug", help="Name of the stream, the DAG and the file; made from the host without it.")
@click.option("--name", help="Name of the outlet; taken from the page without it.")
@click.option("--country", default="XX", show_default=True, help="ISO 3166 alpha-2: whose press it is.")
@common
def new(given: Settings, as_json: bool, url: str, slug: str | None, name: str | None, country: str) -> None:
    """Look at an address, find its feed or sitemap, write a source file (disabled until someone has looked at it).

    \b
    Example: claimledger sources new https://www.example.org --slug example --country GB
    """
    from ingest import flow

    made = flow.new_source(given, url, slug=slug, name=name, country=country)
    emit(
        made,
        as_json,
        [
            f"wrote {made['path']} ({made['kind']}: {made['url']})",
            "next: look at it, set enabled: true, then: claimledger sources try " + str(made["slug"]),
        ],
    )


def _show(report: dict[str, Any]) -> None:
    lines = [f"== {report['slug']}: {counted(report['counts'])}"]
    lines += [f"   {failure}" for failure in report["failures"]]
    for item in report["items"]:
        lines.append(f"-- {item['url']}")
        if "rejection" in item:
            lines.append(f"   rejected: {item['rejection']}")
            continue
        told = (
            item["title"],
            ", ".join(item["authors"]) or "no author",
            item["outlet"],
            item["published_at"] or "no date",
            item["language"],
        )
        lines.append("   " + " | ".join(str(part) for part in told))
        lines.append(f"   {item['text_chars']} characters: {item['beginning']}")
        lines += [f"   {line}" for line in item["statements"]]
    emit(None, False, lines)
