"""In: `claimledger …`. Out: the group of commands."""

from __future__ import annotations

import sys
from typing import Any

import click

from ingest.cli.common import plain
from ingest.cli.corrections import correct, withdraw
from ingest.cli.editions import editions
from ingest.cli.explorer import explore, export_site
from ingest.cli.gathering import extract, gather, import_warc, reprocess
from ingest.cli.health import status, verify
from ingest.cli.sources import sources
from ingest.cli.warehouse import build, replay, sql


class _Group(click.Group):
    """Tells a wrong call in one line, as every other error."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        try:
            return super().main(*args, **kwargs)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)
            sys.exit(2)
        except click.ClickException as error:
            where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "claimledger"
            click.echo(f"claimledger: {plain(error.format_message()).rstrip('.')}. See: {where} --help", err=True)
            sys.exit(2)
        except (click.Abort, KeyboardInterrupt):
            click.echo("claimledger: stopped; what was done so far stands, run the command again to go on", err=True)
            sys.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
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


for command in (
    gather, build, replay, reprocess, extract, import_warc, sources, status, verify, sql, editions, correct, withdraw, explore,
    export_site,
):  # fmt: skip
    main.add_command(command)
