"""In: a click command. Out: the same command with the options every command has, its errors told in one line."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import orjson

from ingest import inert, settings, shortage
from ingest.errors import Halt, Misuse, Retry

Command = Callable[..., None]


def common(function: Command) -> Command:
    """Adds --home, --sources, --data, --json and --debug; the command gets `given: Settings` and `as_json: bool`."""

    @click.option(
        "--home",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of log, archive and editions. [CLAIMLEDGER_HOME, ./warehouse]",
    )
    @click.option(
        "--sources", type=click.Path(path_type=Path, file_okay=False), help="Folder of source files. [CLAIMLEDGER_SOURCES, dags/sources]"
    )
    @click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder that `path:` in source files is under. [CLAIMLEDGER_DATA, ./data]",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")
    @click.option("--debug", is_flag=True, help="Show the traceback of an error.")
    @functools.wraps(function)
    def wrapped(home: Path | None, sources: Path | None, data: Path | None, as_json: bool, debug: bool, **options: Any) -> None:
        with told(debug):
            function(given=settings.load(home=home, sources=sources, data=data), as_json=as_json, **options)

    return wrapped


class told:  # noqa: N801  reads as a verb: with told(debug)
    """Turns the house's errors into one line on standard error and an exit code; with `debug` the traceback is shown too."""

    def __init__(self, debug: bool) -> None:
        self.debug = debug

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and not self.debug:
            error = shortage.of_disk(error, Path.cwd())
        if self.debug or not isinstance(error, (Halt, Retry)):
            return
        click.echo(f"claimledger: {plain(error) or type(error).__name__}", err=True)
        sys.exit(2 if isinstance(error, Misuse) else 1)


def plain(text: object) -> str:
    """Text for a terminal: no control, escape or direction characters, whoever wrote it."""
    return inert.marked(" ".join(str(text).split("\n")))


def emit(result: object, as_json: bool, lines: Iterable[str]) -> None:
    """The result as one JSON document, or as the given lines."""
    if as_json:
        document = orjson.dumps(result, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS, default=str).decode()
        click.echo(inert.escaped_json(document))
    else:
        for line in lines:
            click.echo(plain(line))


def counted(counts: object) -> str:
    """`{"a": 1, "b": {"c": 2}}` -> `a 1, b (c 2)`; zeros are left out."""
    if not isinstance(counts, dict):
        return str(counts)
    parts = [f"{name} ({counted(value)})" if isinstance(value, dict) else f"{name} {value}" for name, value in counts.items() if value]
    return ", ".join(parts) or "nothing new"
