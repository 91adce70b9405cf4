"""In: the command line. Out: calls of `flow`, their results told, and an exit code (0 done, 1 failed, 2 wrong call)."""

from ingest.cli.main import main

__all__ = ["main"]
