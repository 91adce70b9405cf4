"""In: `claimledger …`. Out: the group of commands."""

from __future__ import annotations

import click

from ingest.cli.editions import editions
from ingest.cli.gathering import extract, gather, import_warc, reprocess
from ingest.cli.health import status, verify
from ingest.cli.sources import sources
from ingest.cli.warehouse import build, replay, sql


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="claimledger", prog_name="claimledger")
def main() -> None:
    """An append-only ledger of who said what about a conflict, taken from news articles, published as one DuckDB file.

    \b
    A first night:
      claimledger sources check
      claimledger gather guardian
      claimledger build
      claimledger sql "SELECT claimant, party, measure, low, high, quote FROM casualty_claims LIMIT 5"
    """


for command in (gather, build, replay, reprocess, extract, import_warc, sources, status, verify, sql, editions):
    main.add_command(command)
