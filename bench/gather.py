"""In: real pages. Out: the whole gather of them beside bare trafilatura with as many processes; a visit where nothing changed."""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import replace
from pathlib import Path

from bench.clean import pages
from bench.common import calibrate, figure, pages_folder, seconds
from bench.pagesite import serving, source_file
from demo.server import DemoSite
from ingest import flow
from ingest.settings import Settings
from ingest.workers import Pool

ROUNDS = 5
WORKERS = 2


def settings(root: Path, sources: Path, loopback: str) -> Settings:
    base = Settings(home=root / "home", sources=sources, contact="https://example.org/bench")
    return replace(base, allow_loopback=loopback, workers=WORKERS)


def gather(root: Path, sources: Path, loopback: str, slug: str) -> dict[str, object]:
    house = flow.open_house(settings(root, sources, loopback))
    return dict(flow.gather(house, [flow.find_source(house, slug)], flow.new_run_id("bench")))


def real_pages(folder: Path, scratch: Path) -> None:
    """Gather against bare trafilatura, in turn; both with the same number of worker processes, both counting the start of them."""
    source_file(folder, scratch / "sources")
    given = pages(folder)
    ratios = []
    with serving(folder) as port:
        for number in range(ROUNDS):
            root = scratch / str(number)
            whole = seconds(lambda root=root: gather(root, scratch / "sources", f"*=127.0.0.1:{port}", "real_pages"))
            alone = seconds(lambda: bare_pool(given))
            ratios.append(whole / alone)
            print(f"  round {number + 1}: gather {whole:.2f} s, bare trafilatura {alone:.2f} s")
    figure("gather of the real pages, beside bare trafilatura", statistics.median(ratios), "x", 1.35, at_most=True)


def bare_pool(given: list[object]) -> None:
    """Bare trafilatura over all pages in worker processes."""
    with Pool(WORKERS, 60.0, 4_000_000_000, module="bench.barejobs") as pool:
        for _ in pool.map("bare", given):
            pass


def unchanged(scratch: Path) -> None:
    """A second visit to a feed where nothing changed, process start apart."""
    with DemoSite(port=0) as site:

        def visit() -> object:
            return gather(scratch / "quiet", Path("demo/sources"), site.loopback_rule, "northline_wire")

        visit()
        visit()
        times = sorted(seconds(visit) for _ in range(5))
    figure("gather of a feed where nothing changed", times[2], "s", 1.0, at_most=True)


def main() -> None:
    """Print the figures."""
    print(f"calibration loop {calibrate():.3f} s")
    with tempfile.TemporaryDirectory() as scratch:
        unchanged(Path(scratch))
        folder = pages_folder()
        if folder is None:
            print("gather of real pages: not measured, no folder of pages (CLAIMLEDGER_PAGES)")
        else:
            real_pages(folder, Path(scratch))


if __name__ == "__main__":
    main()
