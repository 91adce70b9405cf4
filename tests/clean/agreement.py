"""In: a folder of real pages with `pages.jsonl` (url, crawled_at, title, authors, published_at checked by hand). Out: how often the
cleaner agrees, printed. Run: `python -m tests.clean.agreement FOLDER` (or the folder in CLAIMLEDGER_PAGES); `--misses` lists what differs.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from ingest.clean import Page, clean
from ingest.clean.names import folded
from ingest.records import Article, Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One page: what was checked by hand, what the cleaner made of it."""

    truth: dict[str, Any]
    result: Article | Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Shares, 0 to 1, of the pages that have the value in question; a rejected page agrees on nothing."""

    articles: float
    title: float
    title_alike: float
    day: float
    minute: float
    authors: float
    authors_near: float


def folder(given: str | None = None) -> Path | None:
    """The folder of pages: as given, from the environment, or beside the project; None where there is none."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "pages"
    path = Path(given or os.environ.get("CLAIMLEDGER_PAGES") or beside)
    return path if (path / "pages.jsonl").is_file() else None


def page_of(row: dict[str, Any], root: Path) -> Page:
    """The page of one line of `pages.jsonl`; its HTTP header is unknown."""
    return Page(
        url=row["url"],
        body=gzip.decompress((root / row["file"]).read_bytes()),
        content_type="text/html",
        charset=None,
        fetched_at=datetime.fromisoformat(row["crawled_at"]).replace(tzinfo=UTC),
        language="any",
        max_bytes=20_000_000,
    )


def rows_of(root: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (root / "pages.jsonl").read_text(encoding="utf-8").splitlines()]


def compare(root: Path) -> list[Compared]:
    """Every page of the folder, cleaned."""
    return [Compared(truth=row, result=clean(page_of(row, root))) for row in rows_of(root)]


def agreement(pages: Iterable[Compared]) -> Agreement:
    """The shares over `pages`."""
    done = list(pages)
    titled = [page for page in done if page.truth.get("title")]
    dated = [page for page in done if page.truth.get("published_at")]
    written = [page for page in done if page.truth.get("authors")]
    return Agreement(
        articles=_share(isinstance(page.result, Article) for page in done),
        title=_share(title_agrees(page) for page in titled),
        title_alike=_share(title_alike(page) for page in titled),
        day=_share(day_agrees(page) for page in dated),
        minute=_share(minute_agrees(page) for page in dated),
        authors=_share(authors_agree(page) for page in written),
        authors_near=_share(authors_overlap(page) for page in written),
    )


def _share(hits: Iterable[bool]) -> float:
    told = list(hits)
    return sum(told) / len(told) if told else 0.0


def title_alike(page: Compared) -> bool:
    """Equal after folding, or a similarity of at least 0.9."""
    mine = folded(getattr(page.result, "title", None) or "")
    return SequenceMatcher(None, mine, folded(page.truth["title"]), autojunk=False).ratio() >= 0.9


def title_agrees(page: Compared) -> bool:
    """Alike, or one holds the other: the checked titles have some kickers ("Berlin: …") and lack others."""
    shorter, longer = sorted((folded(getattr(page.result, "title", None) or ""), folded(page.truth["title"])), key=len)
    return title_alike(page) or (len(shorter) >= max(15, 0.4 * len(longer)) and shorter in longer)


def instant_of(page: Compared) -> datetime:
    told = datetime.fromisoformat(page.truth["published_at"])
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def day_agrees(page: Compared) -> bool:
    """The same day, in UTC or in the zone of the checked value."""
    mine, truth = getattr(page.result, "published_at", None), instant_of(page)
    return mine is not None and (mine.date() == truth.astimezone(UTC).date() or mine.astimezone(truth.tzinfo).date() == truth.date())


def minute_agrees(page: Compared) -> bool:
    mine = getattr(page.result, "published_at", None)
    return mine is not None and abs((mine - instant_of(page)).total_seconds()) < 60


def names_of(page: Compared) -> tuple[set[str], set[str]]:
    """Ours and the checked ones, the outlet's own name aside: an outlet is not its author here."""
    site = {folded(getattr(page.result, "outlet", None) or "")}
    return {folded(a) for a in getattr(page.result, "authors", ())} - site, {folded(a) for a in page.truth["authors"]} - site


def authors_agree(page: Compared) -> bool:
    mine, truth = names_of(page)
    return mine == truth


def authors_overlap(page: Compared) -> bool:
    mine, truth = names_of(page)
    return bool(mine & truth) or "".join(sorted(mine)) == "".join(sorted(truth))


def misses(pages: Iterable[Compared]) -> Iterator[str]:
    """One line per value that differs."""
    for page in pages:
        truth, result = page.truth, page.result
        if isinstance(result, Rejection):
            yield f"REJECTED {truth['file']}: {result.reason} {result.detail}"
            continue
        if truth.get("title") and not title_agrees(page):
            yield f"TITLE   {truth['file']}: {result.title!r} for {truth['title']!r}"
        if truth.get("published_at") and not minute_agrees(page):
            yield f"{'MINUTE ' if day_agrees(page) else 'DAY    '} {truth['file']}: {result.published_at} for {truth['published_at']}"
        if truth.get("authors") and not authors_agree(page):
            yield f"AUTHORS {truth['file']}: {result.authors} for {truth['authors']} ({result.outlet})"


def main() -> int:
    given = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    root = folder(given[0] if given else None)
    if root is None:
        print("no folder with pages.jsonl; give one: python -m tests.clean.agreement FOLDER", file=sys.stderr)
        return 2
    pages = compare(root)
    if "--misses" in sys.argv:
        print(*misses(pages), sep="\n")
    told = agreement(pages)
    titles = f"title {told.title:.3f} (similarity alone {told.title_alike:.3f})"
    print(f"{len(pages)} pages: articles {told.articles:.3f}, {titles}, day {told.day:.3f}, minute {told.minute:.3f}, ", end="")
    print(f"authors equal {told.authors:.3f}, overlapping {told.authors_near:.3f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
