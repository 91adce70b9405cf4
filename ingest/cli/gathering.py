"""In: gather, reprocess, import-warc, extract. Out: news in the log; for `extract` statement lines on standard output."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click
import orjson

from ingest.cli.common import common, counted, emit
from ingest.cli.progress import Bar
from ingest.errors import Halt, Misuse
from ingest.settings import Settings
from ingest.sources import Source, read_sources


def chosen(given: Settings, slugs: tuple[str, ...]) -> list[Source]:
    """The named sources, or all enabled ones. A wrong file is told on standard error; it stops nothing but itself."""
    sources, errors = read_sources(given.sources)
    for error in errors:
        click.echo(f"claimledger: {error}", err=True)
    known = {source.slug: source for source in sources}
    unknown = [slug for slug in slugs if slug not in known]
    if unknown:
        raise Misuse(f"no source {', '.join(unknown)} in {given.sources}; known: {', '.join(known) or 'none'}")
    found = [known[slug] for slug in dict.fromkeys(slugs)] if slugs else [source for source in sources if source.enabled]
    if not found:
        raise Misuse(f"no enabled source in {given.sources}; add one: claimledger sources new URL")
    return found


@click.command()
@click.argument("slugs", nargs=-1)
@common
def gather(given: Settings, as_json: bool, slugs: tuple[str, ...]) -> None:
    """Discover, fetch, archive, clean and extract for the named sources, or for all enabled ones.

    \b
    Example: claimledger gather guardian al_jazeera
    """
    from ingest import flow

    sources = chosen(given, slugs)
    house = flow.open_house(given)
    with Bar() as bar:
        result = flow.gather(house, sources, flow.new_run_id("gather"), bar)
    lines = [f"{slug}: {counted(counts)}" for slug, counts in result["sources"].items()]
    emit(result, as_json, lines)
    if result["errors"]:
        raise Halt(f"{len(result['errors'])} of {len(sources)} sources failed: {', '.join(result['errors'])}; the others are in the log")


@click.command()
@click.option("--source", "slug", help="Only this source.")
@click.option("--since", help="Only what was fetched on this day (YYYY-MM-DD) or later.")
@click.option("--stage", type=click.Choice(["clean", "extract"]), help="Only this stage; both without it.")
@click.option("--limit", type=click.IntRange(min=1), help="At most this many articles; run again to go on.")
@common
def reprocess(given: Settings, as_json: bool, slug: str | None, since: str | None, stage: str | None, limit: int | None) -> None:
    """Clean or extract again, from the archive and without the network, what an older version did. Resumable.

    \b
    Example: claimledger reprocess --stage extract --since 2026-01-01 --limit 10000
    """
    from ingest import flow

    house = flow.open_house(flow.read_only(given))
    with Bar() as bar:
        result = flow.reprocess(
            house, stage=stage, source=slug, since=a_day(since), limit=limit, run_id=flow.new_run_id("reprocess"), progress=bar
        )
    emit(
        result,
        as_json,
        [f"{name}: {counted(counts)}" for name, counts in result.items()] or ["nothing to do: all was done by this version"],
    )


def a_day(text: str | None) -> str | None:
    """Raises Misuse for what is no day."""
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        raise Misuse(f"--since {text!r}; a day such as 2026-01-31 was expected") from None


@click.command("import-warc")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--source", "slug", required=True, help="The source whose stream takes the articles.")
@common
def import_warc(given: Settings, as_json: bool, files: tuple[Path, ...], slug: str) -> None:
    """Take articles out of WARC files: an own archive, CC-NEWS, any crawler's. A file imported twice adds nothing.

    \b
    Example: claimledger import-warc CC-NEWS-20250101.warc.gz --source guardian
    """
    from ingest import flow

    house = flow.open_house(given)
    with Bar() as bar:
        result = flow.import_warc(house, files, slug, flow.new_run_id("import-warc"), bar)
    emit(result, as_json, [f"{slug}: {counted(result)}"])


def _json_line(result: dict[str, Any]) -> bytes:
    """One line; what the fast library refuses (half of a character, an id beyond 64 bits) is written with escapes."""
    try:
        return orjson.dumps(result, default=str) + b"\n"
    except TypeError:
        return json.dumps(result, default=str).encode() + b"\n"


@click.command()
@common
def extract(given: Settings, as_json: bool) -> None:
    """A filter: article JSON lines on standard input, statement JSON lines on standard output, in the same order.

    \b
    Example: echo '{"id":"1","text":"Kyiv said 12 Russian soldiers were killed.","published":"2024-05-01"}' | claimledger extract
    """
    del given, as_json  # the filter needs no home, and always speaks JSON
    is_good = True
    for line in sys.stdin.buffer:
        if line.strip():
            result, is_right = _extracted(line)
            is_good = is_good and is_right
            sys.stdout.buffer.write(_json_line(result))
    sys.stdout.flush()
    if not is_good:
        raise Halt('some lines were no articles or could not be read; see "error" in their output lines')


def _extracted(line: bytes) -> tuple[dict[str, Any], bool]:
    """One article; whatever goes wrong with it stays its own error, and the rest is done."""
    from ingest.extract.lines import extract_line

    try:
        return extract_line(line)
    except Exception as error:  # noqa: BLE001  a fault of the extractor on one text must not cost the others
        told = f"the extractor failed on this article ({type(error).__name__}: {error}); please report it with the text"
        return {"id": json.loads(line).get("id"), "error": told}, False
