"""In: the name of a job, over the pipe of a worker pool. Out: the room that does it. `python -m ingest.jobs` is one worker process.

A job has the name of its room, which is imported when it is asked for: a cleaning worker never loads lexicons, an extracting one never
trafilatura.
"""

from __future__ import annotations

from collections.abc import Callable

from ingest.workers import Job, serve


def load_discover() -> Job:
    """`(Source, Capture)` -> `Listing`."""
    from ingest.discover import read_listing

    return lambda given: read_listing(*given)


def load_clean() -> Job:
    """`Page` -> `Article | Rejection`."""
    from ingest import clean

    clean.warm()
    return clean.clean


def load_extract() -> Job:
    """`ArticleText` -> `Extraction`."""
    from ingest.extract import extract

    return extract


LOADERS: dict[str, Callable[[], Job]] = {"discover": load_discover, "clean": load_clean, "extract": load_extract}

if __name__ == "__main__":
    serve(LOADERS)
