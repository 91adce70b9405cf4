"""In: explore, export-site. Out: the explorer on this machine, or the same as a folder of static pages."""

from __future__ import annotations

import importlib.util
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ingest.cli.common import common, counted, emit
from ingest.cli.progress import Bar
from ingest.errors import Halt
from ingest.settings import Settings

ADDRESS = "127.0.0.1"
PORT = 8501


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True)
@click.option(
    "--address",
    default=ADDRESS,
    show_default=True,
    help="Address to listen on; another than this lets others on the network read the edition.",
)
@common
def explore(given: Settings, as_json: bool, port: int, address: str) -> None:
    """The explorer in the browser: timeline, claims compared, offers, evidence, changes, sources, SQL. Reads only; ends with Ctrl-C.

    \b
    Example: claimledger explore --home demo/warehouse
    """
    home = given.home.absolute()
    emit(
        {"address": f"http://{address}:{port}", "home": str(home)},
        as_json,
        [f"the explorer of {home}: http://{address}:{port} (Ctrl-C ends it)"],
    )
    sys.stdout.flush()
    env = {**os.environ, "CLAIMLEDGER_HOME": str(home), "CLAIMLEDGER_SOURCES": str(given.sources.absolute())}
    os.execve(sys.executable, _command(port, address), env)  # noqa: S606  its signals and its exit code are then those of this command


@click.command("export-site")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--known", type=click.DateTime(["%Y-%m-%d"]), help="Everything as the ledger stood at the end of that day, UTC.")
@common
def export_site(given: Settings, as_json: bool, folder: Path, known: datetime | None) -> None:
    """The explorer as static pages in FOLDER: the same charts, a page per claim, search, data files; opens from the disk.

    \b
    Example: claimledger export-site /tmp/site && xdg-open /tmp/site/index.html
    """
    from explorer import site
    from ingest import read
    from ingest.editions import report

    reader = read.current_reader(given.home)
    changes = _changes(given, reader.edition.number)
    with Bar() as bar:
        bar.stage("export-site", f"pages of edition {reader.edition.number}", reader.edition.tables["timeline"].rows)
        written = site.export(
            reader,
            folder,
            known=None if known is None else known.date(),
            changes=changes,
            report=report(given.home, reader.edition.number),
            tell=bar.step,
        )
    emit({**written, "folder": str(folder)}, as_json, [f"{counted(written)}: {folder / 'index.html'}"])


def _changes(given: Settings, number: int) -> Any:
    """What this edition tells otherwise than the one kept before it; None without such a one."""
    from explorer import questions, site
    from ingest import flow, read
    from ingest.editions import numbers, read_edition

    before = max((one for one in numbers(given.home) if one < number), default=None)
    if before is None:
        return None
    found = flow.diff_editions(flow.open_house(flow.read_only(given)), before, number)
    ends = [read_edition(given.home, one).facts.known_at for one in (before, number)]
    rows = questions.changed_statements(read.current_reader(given.home), *ends).to_pylist()
    return site.Changes(before=before, found=found, rows=rows)


def _command(port: int, address: str) -> list[str]:
    if importlib.util.find_spec("explorer") is None:
        raise Halt("the explorer is not installed beside this command; run: make setup")
    options = {
        "server.address": address,
        "server.port": str(port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "logger.hideWelcomeMessage": "true",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": "false",
        "theme.light.primaryColor": "#0072B2",
        "theme.dark.primaryColor": "#2478B8",
        "global.disableWidgetStateDuplicationWarning": "true",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [sys.executable, "-m", "explorer.serve", *flags]
