"""In: stages and their batches. Out: a progress bar on a terminal, plain lines elsewhere; both on standard error."""

from __future__ import annotations

import sys
from types import TracebackType

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from ingest.cli.common import plain


class Bar:
    """Satisfies `ingest.flow.gather.Progress`. Use as a context manager."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), disable=not self._is_terminal)
        self._task: TaskID | None = None

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.stop()

    def stage(self, source: str, stage: str, batches: int) -> None:
        """A stage of a source begins."""
        if not self._is_terminal:
            if batches:
                click.echo(f"{source}: {stage}", err=True)
            return
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(f"{source}: {stage}", total=max(1, batches))

    def step(self) -> None:
        """One batch is done."""
        if self._is_terminal and self._task is not None:
            self._bar.advance(self._task)

    def note(self, message: str) -> None:
        """Something a person should read now."""
        if self._is_terminal:
            self._bar.console.print(plain(message), markup=False, highlight=False)
        else:
            click.echo(plain(message), err=True)
