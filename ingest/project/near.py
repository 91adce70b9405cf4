"""In: new revisions, and the index and sketches of older articles. Out: which pairs are worth comparing hash by hash.

Two steps, each over all pairs at once. Of the articles that share a hash of the index with a new one the MOST_CANDIDATES that share most
stay; nearly all of them share but a turn of phrase, so those whose outlines rule a copy out go too. The second step loses no copy.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from ingest.ledger import Index, Revision
from ingest.sketch import CUT, Sketches

# Below the 0.62 of a reworded copy by about one standard error of a sketch of 100 hashes; follow-ups that repeat background stay under 0.5.
THRESHOLD = 0.55
MIN_HASHES = 16  # some 65 words: in shorter texts one shared sentence is already half of all
WINDOW = timedelta(days=7)
INDEX_CUT = CUT // 8  # an eighth of the kept hashes leads to a long text…
INDEX_LEAST = 8  # …and never fewer than this many to a short one
MOST_CANDIDATES = 50  # per new article, those that share most: bounds the night when an outlet's boilerplate is in every text
_AT_ONCE = 8_192  # pairs whose outlines are compared in one go: some megabytes
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NONE = np.empty(0, dtype=np.int64)

Numbers = NDArray[np.int64]
Allowed = Callable[[int, Numbers], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Pairs:
    """New revision number `new[n]` beside article number `old[n]`."""

    new: Numbers
    old: Numbers


@dataclass(frozen=True, slots=True)
class Near:
    """Pairs whose `old` counts `articles`."""

    pairs: Pairs
    articles: Sequence[str]


def index_hashes(sketch: tuple[int, ...]) -> tuple[int, ...]:
    """The hashes under which a text is found again; none for a text too short to be compared."""
    if len(sketch) < MIN_HASHES:
        return ()
    return sketch[: max(bisect_left(sketch, INDEX_CUT), INDEX_LEAST)]


def near_older(revisions: Sequence[Revision], index: Index) -> Near:
    """The articles of `index`, seen within the window, that share most with each of `revisions`."""
    seen_at = [(revision.seen_at - _EPOCH) // _MICROSECOND for revision in revisions]
    window = WINDOW // _MICROSECOND
    pairs = _sharing_most(revisions, index.hashes, index.numbers, lambda new, old: np.abs(index.seen_at[old] - seen_at[new]) <= window)
    numbers, old = np.unique(pairs.old, return_inverse=True)
    return Near(Pairs(pairs.new, old), [index.articles[number] for number in numbers.tolist()])


def copies_of_older(revisions: Sequence[Revision], near: Near, sketches: Sketches) -> list[tuple[str, str]]:
    """(new, older) article ids of what may be a copy; `sketches` are those of the articles in `near`."""
    pairs = _may_copy(near.pairs, _sketches(revisions), sketches)
    return [(revisions[new].article_id, near.articles[old]) for new, old in zip(pairs.new.tolist(), pairs.old.tolist(), strict=True)]


def copies_of_peers(revisions: Sequence[Revision]) -> dict[int, list[int]]:
    """The same among `revisions`, in ledger order: place -> the places before it that it may copy."""
    hashes = Sketches.of(index_hashes(revision.sketch) for revision in revisions)
    order = np.argsort(hashes.values, kind="stable")
    numbers = np.repeat(np.arange(len(hashes)), hashes.sizes)
    sketches = _sketches(revisions)
    pairs = _may_copy(_sharing_most(revisions, hashes.values[order], numbers[order], lambda new, old: old < new), sketches, sketches)
    found: dict[int, list[int]] = defaultdict(list)
    for new, old in zip(pairs.new.tolist(), pairs.old.tolist(), strict=True):
        found[new].append(old)
    return found


def _sketches(revisions: Sequence[Revision]) -> Sketches:
    return Sketches.of(revision.sketch for revision in revisions)


def _may_copy(pairs: Pairs, new: Sketches, old: Sketches) -> Pairs:
    """Those pairs whose outlines do not rule out that one holds THRESHOLD of the other."""
    mine, theirs = new.outlines(), old.outlines()
    parts = [slice(start, start + _AT_ONCE) for start in range(0, len(pairs.new), _AT_ONCE)]
    most = np.concatenate([np.empty(0), *(mine.most(pairs.new[part], theirs, pairs.old[part]) for part in parts)])
    return Pairs(pairs.new[most >= THRESHOLD], pairs.old[most >= THRESHOLD])


def _sharing_most(revisions: Sequence[Revision], hashes: NDArray[np.uint32], numbers: Numbers, is_allowed: Allowed) -> Pairs:
    """`hashes` ascend, `numbers[n]` has `hashes[n]`; of articles that share equally many the lower number stays."""
    best = [_NONE] * len(revisions)
    for new, revision in enumerate(revisions):
        if len(revision.sketch) >= MIN_HASHES:
            shared = np.bincount(_found(np.array(revision.sketch, dtype=np.uint32), hashes, numbers))
            old = np.flatnonzero(shared)
            best[new] = _most(shared, old[is_allowed(new, old)])
    return Pairs(np.repeat(np.arange(len(best)), [len(some) for some in best]), np.concatenate([_NONE, *best]))


def _found(sketch: NDArray[np.uint32], hashes: NDArray[np.uint32], numbers: Numbers) -> Numbers:
    """The number of every article under each hash of `sketch`, as often as there are such hashes."""
    first, last = np.searchsorted(hashes, sketch, "left"), np.searchsorted(hashes, sketch, "right")
    counts = last - first
    places: Numbers = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    return numbers[places]


def _most(shared: Numbers, old: Numbers) -> Numbers:
    """Those MOST_CANDIDATES of `old`, which ascend, that share most."""
    if len(old) <= MOST_CANDIDATES:
        return old
    rank = -shared[old] * (old[-1] + 1) + old
    return old[np.argpartition(rank, MOST_CANDIDATES)[:MOST_CANDIDATES]]
