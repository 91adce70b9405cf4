"""In: build, replay, sql. Out: an edition, or the rows of a query on the current one."""

from __future__ import annotations

import sys

import click

from ingest.cli.common import common, counted, emit
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
@click.argument("query")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json", "parquet"]), default="table", show_default=True)
@click.option("--max-rows", type=click.IntRange(min=1), default=100_000, show_default=True)
@click.option("--seconds", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="Time limit.")
@common
def sql(given: Settings, as_json: bool, query: str, form: str, max_rows: int, seconds: float) -> None:
    """A read-only query on the current edition; no files, no settings, no network can be reached from it.

    \b
    Example: claimledger sql "SELECT claimant, low, high, quote FROM casualty_claims ORDER BY as_of DESC LIMIT 10"
    """
    from ingest import read

    result = read.query(given.home, query, max_rows=max_rows, seconds=seconds)
    read.render(result, "json" if as_json else form, sys.stdout.buffer)
    if result.is_cut:
        click.echo(f"claimledger: only the first {max_rows} rows are shown; raise --max-rows or add LIMIT", err=True)
