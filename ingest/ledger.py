"""In: nothing. Out: the nouns between the log and the tables, all frozen: loads, cleanings, revisions, clusters, tellings, groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from ingest.records import Kind
from ingest.verdict import UnbelievableRow

Order = tuple[int, str, int, int]  # ledger order: load, stream, position, ordinal of the statement (0 for an article)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One `LedgerLoaded` event: `position` is its own in the stream `editions`; `ranges` maps streams to first and last position."""

    position: int
    known_at: datetime
    ranges: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One `ArticleWithdrawn` event, `position` in the stream `corrections`. `captures` are all that were archived of the page, `urls` where
    it was fetched from; `wordings` maps the digest of a quote to that of its folded words, `refused` are its statements that a
    verdict had refused."""

    event_id: str
    position: int
    recorded_at: datetime
    canonical_url: str
    urls: tuple[str, ...]
    captures: tuple[str, ...]
    wordings: Mapping[str, str]
    refused: tuple[UnbelievableRow, ...]
    reason: str
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaning:
    """One `ArticleCleaned` event, as far as identity and copies need it. `seen_at` is the publication, else the fetch."""

    stream: str
    position: int
    capture_id: str
    canonical_url: str
    title: str | None
    text_digest: str
    body_digest: str
    fetched_at: datetime
    seen_at: datetime
    sketch: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """How a revision looks through one cleaning of the capture that opened it."""

    article_id: str
    title: str | None
    text_digest: str
    body_digest: str
    stream: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A capture and the revision it opened (`is_opener`) or showed again."""

    capture_id: str
    article_id: str
    canonical_url: str
    revision: int
    fetched_at: datetime
    is_opener: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A new revision of a page, with what opened it."""

    article_id: str
    canonical_url: str
    revision: int
    capture_id: str
    fetched_at: datetime
    seen_at: datetime
    stream: str
    position: int
    sketch: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Under which hashes articles of earlier loads are found: `numbers[n]` has `hashes[n]`, which ascend. Article number `n` is
    `articles[n]`, in order of their names, seen at `seen_at[n]` (microseconds of the epoch)."""

    hashes: NDArray[np.uint32]
    numbers: NDArray[np.int64]
    articles: Sequence[str]
    seen_at: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An older article that may be the original of a new one (`of`); `order` is its place in the ledger."""

    of: str
    article_id: str
    cluster_id: str
    seen_at: datetime
    order: Order
    sketch: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The cluster of a new revision; `copied_article_id` and `containment` tell why, None for one that opened its own."""

    article_id: str
    cluster_id: str
    copied_article_id: str | None = None
    containment: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One statement row of one article. `fields` are those that grouping reads, `outlet` among them; `wording` is the quote, exactly,
    or None after a withdrawal, which kept `wording_digest`; `seen_on` the day of publication, else of the fetch."""

    kind: Kind
    statement_id: str
    article_id: str
    cluster_id: str
    fields: Mapping[str, object]
    wording: str | None
    seen_on: date
    order: Order
    wording_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """The row that opened a group. `alike` counts the rows of its extraction under the same key, itself included."""

    group_id: str
    group_key: str
    seen_on: date
    cluster_id: str
    wording: str
    alike: int
    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """The group of one statement row; see `Opener` for what openers carry."""

    statement_id: str
    article_id: str
    kind: Kind
    group_id: str
    is_opener: bool
    group_key: str
    seen_on: date
    cluster_id: str
    wording: str
    alike: int
    order: Order
