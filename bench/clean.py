"""In: a folder of real pages with `pages.jsonl`. Out: what cleaning costs beside bare trafilatura, ratios of one run, printed.

`python bench/clean.py FOLDER [--rounds N] [--pool]`. Both sides see each page in turn, in one process, so that a busy machine slows both.
The calibration loop says how fast the machine was. `--pool` measures two worker processes against one; it needs two idle cores.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import trafilatura

from ingest.clean import Page, clean, decode, warm
from ingest.workers import Pool


def calibrate() -> float:
    """Seconds of a fixed loop of plain Python: compare it between runs before comparing their seconds."""
    start = time.perf_counter()
    total = 0
    for number in range(3_000_000):
        total = (total * 31 + number) & 0xFFFF
    return time.perf_counter() - start


def pages(folder: Path) -> list[Page]:
    rows = [json.loads(line) for line in (folder / "pages.jsonl").read_text(encoding="utf-8").splitlines()]
    return [
        Page(
            url=row["url"],
            body=gzip.decompress((folder / row["file"]).read_bytes()),
            content_type="text/html",
            charset=None,
            fetched_at=datetime.fromisoformat(row["crawled_at"]).replace(tzinfo=UTC),
            language="any",
            max_bytes=20_000_000,
        )
        for row in rows
    ]


def bare(page: Page) -> object:
    """What the ratio is measured against: trafilatura alone, with its metadata and the same options, decoding included."""
    limits = {"original_date": True, "extensive_search": False, "max_date": page.fetched_at.date().isoformat()}
    text = decode.decode(page.body, page.charset)
    return trafilatura.bare_extraction(text, url=page.url, with_metadata=True, include_comments=False, date_extraction_params=limits)


def seconds(work: Callable[[Page], object], page: Page) -> float:
    start = time.process_time()
    work(page)
    return time.process_time() - start


def one_round(all_pages: list[Page]) -> tuple[float, float]:
    """CPU seconds of clean and of bare trafilatura, the order of the two changing from page to page."""
    ours = theirs = 0.0
    for number, page in enumerate(all_pages):
        if number % 2:
            ours += seconds(clean, page)
            theirs += seconds(bare, page)
        else:
            theirs += seconds(bare, page)
            ours += seconds(clean, page)
    return ours, theirs


def pooled(all_pages: list[Page], workers: int) -> float:
    """Wall seconds of the pool over all pages, its start apart."""
    with Pool(workers, 30.0, 1_500_000_000) as pool:
        list(pool.map("clean", all_pages[: 4 * workers]))
        start = time.perf_counter()
        list(pool.map("clean", all_pages))
        return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pool", action="store_true")
    given = parser.parse_args()
    all_pages = pages(given.folder)
    warm()
    logging.disable(logging.CRITICAL)
    for page in all_pages[:10]:
        clean(page), bare(page)
    rounds = [one_round(all_pages) for _ in range(given.rounds)]
    ratio = statistics.median(ours / theirs for ours, theirs in rounds)
    ours, theirs = (statistics.median(side) * 1000 / len(all_pages) for side in zip(*rounds, strict=True))
    print(f"calibration loop {calibrate():.3f} s")
    print(f"clean {ours:.1f} ms a page, bare trafilatura {theirs:.1f} ms, ratio {ratio:.3f} (at most 1.15), {len(all_pages)} pages")
    if given.pool:
        times = [(pooled(all_pages, 1), pooled(all_pages, 2)) for _ in range(given.rounds)]
        speedup = statistics.median(one / two for one, two in times)
        print(f"two workers {speedup:.2f} x one (at least 1.8 on an idle machine)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
