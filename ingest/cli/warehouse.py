"""In: build, replay, sql. Out: an edition, or the rows of a query on the current one."""

from __future__ import annotations

import sys

import click

from ingest.cli.common import common, counted, emit
from ingest.errors import Misuse
from ingest.settings import Settings


def _built(result: dict[str, object]) -> list[str]:
    lines = [f"{stage}: {counted(result[stage])}" for stage in ("load", "model", "validate", "publish") if stage in result]
    return lines or ["nothing done"]


@click.command()
@common
def build(given: Settings, as_json: bool) -> None:
    """Load new log segments, run dbt, validate, publish an edition. Without news nothing is published.

    \b
    Example: claimledger build && claimledger status
    """
    from ingest import flow

    result = flow.build(flow.open_house(flow.read_only(given)), flow.new_run_id("build"))
    emit(result, as_json, _built(result))


@click.command()
@common
def replay(given: Settings, as_json: bool) -> None:
    """The same from an empty database: the whole log. The tables come out row for row as they were.

    \b
    Example: claimledger replay
    """
    from ingest import flow

    result = flow.replay(flow.open_house(flow.read_only(given)), flow.new_run_id("replay"))
    emit(result, as_json, _built(result))


@click.command()
@click.argument("query", required=False)
@click.option("--file", "path", type=click.Path(dir_okay=False, allow_dash=True), help="Read the query from a file; - is standard input.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json", "parquet"]), default="table", show_default=True)
@click.option("--max-rows", type=click.IntRange(min=1), default=100_000, show_default=True)
@click.option("--seconds", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="Time limit.")
@common
def sql(given: Settings, as_json: bool, query: str | None, path: str | None, form: str, max_rows: int, seconds: float) -> None:
    """A read-only query on the current edition; no files, no settings, no network can be reached from it.

    \b
    Example: claimledger sql "SELECT claimant, low, high, quote FROM casualty_claims ORDER BY as_of DESC LIMIT 10"
             claimledger sql --file docs/queries/widest_gaps.sql
    """
    from ingest import read

    result = read.query(given.home, _query(query, path), max_rows=max_rows, seconds=seconds)
    read.render(result, "json" if as_json else form, sys.stdout.buffer)
    if result.is_cut:
        click.echo(f"claimledger: only the first {max_rows} rows are shown; raise --max-rows or add LIMIT", err=True)


def _query(given: str | None, path: str | None) -> str:
    """The text of the query, from whichever of the two names it."""
    if (given is None) == (path is None):
        raise Misuse("give one query: as text, or as a file with --file docs/queries/widest_gaps.sql")
    if path is None:
        return given or ""
    try:
        with click.open_file(path, encoding="utf-8") as file:
            return str(file.read())
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"--file {path} cannot be read as text ({error}); name a file that holds one SQL query") from None
