"""In: explore, export-site. Out: the explorer on this machine, or the same as a folder of static pages."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import click

from ingest.cli.common import common, emit
from ingest.errors import Halt
from ingest.settings import Settings

ADDRESS = "127.0.0.1"
PORT = 8501


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True)
@click.option(
    "--address", default=ADDRESS, show_default=True, help="Address to listen on; another than this lets others on the network read the edition."
)
@common
def explore(given: Settings, as_json: bool, port: int, address: str) -> None:
    """The explorer in the browser: timeline, claims compared, offers, evidence, changes, sources, SQL. Reads only; ends with Ctrl-C.

    \b
    Example: claimledger explore --home demo/warehouse
    """
    home = given.home.absolute()
    emit({"address": f"http://{address}:{port}", "home": str(home)}, as_json, [f"the explorer of {home}: http://{address}:{port} (Ctrl-C ends it)"])
    sys.stdout.flush()
    env = {**os.environ, "CLAIMLEDGER_HOME": str(home), "CLAIMLEDGER_SOURCES": str(given.sources.absolute())}
    os.execve(sys.executable, _command(port, address), env)  # noqa: S606  its signals and its exit code are then those of this command


def _command(port: int, address: str) -> list[str]:
    found = importlib.util.find_spec("explorer")
    if found is None or found.origin is None:
        raise Halt("the explorer is not installed beside this command; run: make setup")
    options = {
        "server.address": address,
        "server.port": str(port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "theme.light.primaryColor": "#0072B2",
        "theme.dark.primaryColor": "#4FA3D9",
        "global.disableWidgetStateDuplicationWarning": "true",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [sys.executable, "-m", "streamlit", "run", str(Path(found.origin).with_name("app.py")), *flags]
