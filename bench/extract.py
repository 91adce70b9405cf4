"""In: the demonstration's articles. Out: articles of 3,000 characters a second in one process; how time grows with length; import time."""

from __future__ import annotations

import statistics
import subprocess
import sys
from datetime import date

from bench.common import ROUNDS, calibrate, figure, median
from demo.articles import articles
from ingest.extract import extract
from ingest.records import ArticleText

CHARS = 3_000
LONG = 1_000_000


def cut(text: str, chars: int) -> list[ArticleText]:
    pieces = (text[start : start + chars] for start in range(0, len(text) - chars + 1, chars))
    return [ArticleText(text=piece, published_on=date(2023, 1, 1)) for piece in pieces]


def importing() -> float:
    """Seconds that `import ingest.extract` takes in a fresh process, its start left out."""
    code = "import time; start = time.perf_counter(); import ingest.extract; print(time.perf_counter() - start)"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Print the three figures."""
    text = "\n\n".join(article.text for article in articles(1))
    few = cut(text, CHARS)
    print(f"calibration loop {calibrate():.3f} s; {len(few)} articles, dense with statements")
    taken = median(lambda: [extract(one) for one in few])
    figure("extract, articles of 3,000 characters", len(few) / taken, "articles/s", 400, at_most=False)
    long = (text * (LONG // len(text) + 1))[:LONG]
    tenth, whole = (median(lambda n=n: extract(ArticleText(text=long[:n])), 3) for n in (LONG // 10, LONG))
    figure("extract of 1,000,000 characters beside ten times 100,000", whole / (10 * tenth), "x", 1.5, at_most=True)
    figure("import of the extractor", statistics.median(importing() for _ in range(ROUNDS)), "s", 0.5, at_most=True)


if __name__ == "__main__":
    main()
