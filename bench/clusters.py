"""In: made-up articles of realistic length, a fifth of them copies. Out: articles a second sketched and clustered, and copies found.

The background is loaded first; then the night's articles are set beside it as a load does, everything else of the load left out.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from bench.common import calibrate, figure, median, seconds
from ingest import project
from ingest.events import Event, EventType, instant, pack_sketch
from ingest.flow.intake import take_in
from ingest.ids import content_id, text_digest
from ingest.ledger import Load, Membership, Revision
from ingest.load import open_build
from ingest.load.events import EventLoader
from ingest.load.facts import Facts
from ingest.log import Log
from ingest.sketch import sketch
from ingest.storage import LocalStorage

AT = datetime(2026, 1, 1, tzinfo=UTC)
BACKGROUND, NIGHT, DAYS = 20_000, 2_000, 30
COPIED = 0.2  # share of a night that copies an article of the week before
WORDS = 450  # median of a news article; lengths are log-normal around it
VOCABULARY = 30_000

Words = list[str]


@dataclass(frozen=True, slots=True)
class Article:
    """A text and the article it copies, if it does."""

    name: str
    day: int
    text: str
    copies: str | None = None
    how: str = ""


class Press:
    """Writes articles, the same ones at every run."""

    def __init__(self) -> None:
        self._chance = np.random.default_rng(7)
        weights = 1 / (np.arange(VOCABULARY) + 3.0)  # as in prose, few words are most of the text
        self._weights = weights / weights.sum()
        self._written: list[Article] = []
        self._alterations: dict[str, Callable[[Words], Words]] = {
            "5 % of the words changed": lambda words: self._changed(words, 0.05),
            "15 % of the words changed": lambda words: self._changed(words, 0.15),
            "cut by 30 %": lambda words: words[: round(len(words) * 0.7)],
            "a lede of 60 words added": lambda words: [*self._prose(60), *words],
        }

    def write(self, count: int, day: int) -> list[Article]:
        """`count` articles of one day."""
        fresh = [self._article(f"{day}-{number}", day) for number in range(count)]
        self._written = [article for article in self._written if article.day > day - 6] + fresh
        return fresh

    def _article(self, name: str, day: int) -> Article:
        if self._written and self._chance.random() < COPIED:
            original = self._written[int(self._chance.integers(len(self._written)))]
            how = list(self._alterations)[int(self._chance.integers(len(self._alterations)))]
            text = " ".join(self._alterations[how](original.text.split()))
            return Article(name, day, text, original.name, how)
        return Article(name, day, " ".join(self._prose(round(self._chance.lognormal(np.log(WORDS), 0.5)))))

    def _prose(self, count: int) -> Words:
        return [f"w{rank}" for rank in self._chance.choice(VOCABULARY, count, p=self._weights)]

    def _changed(self, words: Words, share: float) -> Words:
        places = set(self._chance.choice(len(words), round(len(words) * share), replace=False).tolist())
        return [f"x{place}" if place in places else word for place, word in enumerate(words)]


def cleaned(article: Article) -> Event:
    at = AT + timedelta(days=article.day)
    url = f"https://outlet.example/{article.name}"
    payload = {
        "capture_id": article.name, "url": url, "canonical_url": url, "title": "A title", "authors": [], "outlet": "Outlet",
        "language": "en", "published_at": instant(at), "is_published_day_only": False, "text_digest": text_digest(article.text),
        "text_chars": len(article.text), "text_file": "", "sketch": pack_sketch(sketch(article.text)),
        "body_digest": content_id("body", article.name), "fetched_at": instant(at), "cleaner_version": "1",
    }  # fmt: skip
    return Event(type=EventType.ARTICLE_CLEANED, occurred_at=at, payload=payload)


def place(facts: Facts, new: list[Revision], load: Load) -> list[Membership]:
    """What a load does about clusters."""
    near = project.near_older(new, facts.index(new, project.WINDOW))
    copies = project.copies_of_older(new, near, facts.sketches(near.articles))
    members = project.place_clusters(new, load.position, facts.page_clusters(new), facts.candidates(copies))
    facts.put_revisions(new, project.index_hashes)
    facts.put_clusters(members)
    return members


def night(path: Path, log: Log, load: Load) -> tuple[float, dict[str, str | None]]:
    """Seconds of clustering one load, and which capture copies which as it was decided."""
    with open_build(path) as database, database.loading(load):
        loader = EventLoader(database, load)
        for table in log.tables("outlet", after=load.ranges["outlet"][0] - 1, upto=load.ranges["outlet"][1]):
            loader.take(table)
        facts = Facts(database, load)
        new = list(project.place_captures(facts.cleanings(), [], []).revisions)
        members: list[Membership] = []
        taken = seconds(lambda: members.extend(place(facts, new, load)))
        captures = {row["article_id"]: row["capture_id"] for row in database.rows("SELECT article_id, capture_id FROM raw.revisions")}
        return taken, {captures[m.article_id]: captures.get(m.copied_article_id or "") for m in members}


def found(articles: list[Article], decided: dict[str, str | None]) -> Iterator[str]:
    """Per kind of alteration, how many copies joined a cluster; and how many articles did that copy nothing."""
    for how in sorted({article.how for article in articles}):
        of_kind = [article for article in articles if article.how == how]
        joined = sum(decided[article.name] is not None for article in of_kind)
        yield f"{how or 'no copy'}: {joined} of {len(of_kind)} joined a cluster"


def main() -> None:
    """Print the figures."""
    press = Press()
    background = [press.write(BACKGROUND // DAYS, day) for day in range(DAYS)]
    last = press.write(NIGHT, DAYS)
    print(f"calibration loop {calibrate():.3f} s; {sum(map(len, background))} articles, then {len(last)} of one night")
    few = [article.text for article in last]
    figure("sketches", NIGHT / median(lambda: [sketch(text) for text in few], 3), "articles/s", 2_000, at_most=False)
    with tempfile.TemporaryDirectory() as scratch:
        log, path, loads = Log(LocalStorage(Path(scratch))), Path(scratch) / "build.duckdb", []
        for position, articles in enumerate([*background, last], 1):
            first = log.head("outlet").position + 1
            log.append("outlet", [cleaned(article) for article in articles], recorded_at=AT, run_id="bench")
            known_at = AT + timedelta(days=position)
            loads.append(Load(position=position, known_at=known_at, ranges={"outlet": (first, log.head("outlet").position)}))
        with open_build(path) as database:
            for load in loads[:-1]:
                tables = log.tables("outlet", after=load.ranges["outlet"][0] - 1, upto=load.ranges["outlet"][1])
                take_in(database, load, tables, [])
        taken, decided = night(path, log, loads[-1])
        figure("clusters of the night", NIGHT / taken, "articles/s", 2_000, at_most=False)
        for line in found(last, decided):
            print(line)


if __name__ == "__main__":
    main()
