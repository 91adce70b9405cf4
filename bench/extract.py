"""In: the demonstration's articles and a folder of real pages. Out: articles of 3,000 characters that one core reads a second, by its CPU
time; how time grows with length; import time."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from bench.clean import pages
from bench.common import ROUNDS, calibrate, figure, median, pages_folder
from demo.articles import articles
from ingest.clean.cleaner import clean
from ingest.extract import extract
from ingest.extract.context import Context
from ingest.records import Article, ArticleText

CHARS = 3_000
LONG = 1_000_000


def cut(text: str, chars: int) -> list[ArticleText]:
    pieces = (text[start : start + chars] for start in range(0, len(text) - chars + 1, chars))
    return [ArticleText(text=piece, published_on=date(2023, 1, 1)) for piece in pieces]


def war_reporting(folder: Path) -> list[ArticleText]:
    """The pages of the folder that the extractor reads to the end, cut to equal length."""
    cleaned = (clean(page) for page in pages(folder))
    found = (piece for article in cleaned if isinstance(article, Article) for piece in cut(article.text, CHARS))
    return [piece for piece in found if (context := Context(piece)).is_english and context.is_on_conflict]


def a_second(few: list[ArticleText]) -> float:
    """Articles for one second of CPU time, the median of some rounds."""
    for one in few:
        extract(one)
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for one in few:
            extract(one)
        taken.append(time.process_time() - start)
    return len(few) / statistics.median(taken)


def importing() -> float:
    """Seconds that `import ingest.extract` takes in a fresh process, its start left out."""
    code = "import time; start = time.perf_counter(); import ingest.extract; print(time.perf_counter() - start)"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Print the figures."""
    text = "\n\n".join(article.text for article in articles(1))
    few = cut(text, CHARS)
    print(f"calibration loop {calibrate():.3f} s; {len(few)} articles")
    figure("extract, articles of 3,000 characters dense with statements", a_second(few), "articles/s", 400, at_most=False)
    folder = pages_folder()
    war = war_reporting(folder) if folder else []
    if war:
        figure(f"extract, war reporting, {len(war)} pieces of 3,000 characters", a_second(war), "articles/s", 400, at_most=False)
    long = (text * (LONG // len(text) + 1))[:LONG]
    tenth, whole = (median(lambda n=n: extract(ArticleText(text=long[:n])), 3) for n in (LONG // 10, LONG))
    figure("extract of 1,000,000 characters beside ten times 100,000", whole / (10 * tenth), "x", 1.5, at_most=True)
    figure("import of the extractor", statistics.median(importing() for _ in range(ROUNDS)), "s", 0.5, at_most=True)


if __name__ == "__main__":
    main()
