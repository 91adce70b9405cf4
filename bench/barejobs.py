"""In: a page. Out: what trafilatura alone makes of it, in a worker process: the measure that gather is held against."""

from __future__ import annotations

from bench.clean import bare
from ingest.workers import Job, serve


def load_bare() -> Job:
    """`Page` -> the number of characters found."""
    return lambda page: len(getattr(bare(page), "text", "") or "")


if __name__ == "__main__":
    serve({"bare": load_bare})
