"""In: new revisions, candidates from earlier loads. Out: the cluster of each: an earlier near-copy's, else one of its own.

Wire copies are told by containment, not by likeness: an outlet cuts the tail or writes a lede of its own. Figures behind the constants:
unrelated articles share nothing, a copy cut by 30 % or with a new lede keeps everything, a copy with every seventh word changed keeps 0.62.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from ingest.ledger import Candidate, Membership, Revision
from ingest.sketch import CUT, containment

# Below the 0.62 of a reworded copy by about one standard error of a sketch of 100 hashes; follow-ups that repeat background stay under 0.5.
THRESHOLD = 0.55
MIN_HASHES = 16  # some 65 words: in shorter texts one shared sentence is already half of all
WINDOW = timedelta(days=7)
INDEX_CUT = CUT // 8  # an eighth of the kept hashes leads to a long text…
INDEX_LEAST = 8  # …and never fewer than this many to a short one
MOST_CANDIDATES = 50  # per new article, those that share most: bounds the night when an outlet's boilerplate is in every text


def index_hashes(sketch: tuple[int, ...]) -> tuple[int, ...]:
    """The hashes under which a text is found again; none for a text too short to be compared."""
    if len(sketch) < MIN_HASHES:
        return ()
    below = sum(1 for value in sketch if value < INDEX_CUT)
    return sketch[: max(below, INDEX_LEAST)]


def place_clusters(
    revisions: Sequence[Revision], load_position: int, page_clusters: Mapping[str, str], candidates: Iterable[Candidate]
) -> list[Membership]:
    """`revisions` in ledger order. `page_clusters` maps canonical URLs known before to their cluster; `candidates` come from earlier
    loads."""
    older: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        older[candidate.of].append(candidate)
    clusters, peers = dict(page_clusters), _Peers()
    found = []
    for revision in revisions:
        member = _page_mate(revision, clusters) or _copy(revision, [*older[revision.article_id], *peers.near(revision)])
        clusters[revision.canonical_url] = member.cluster_id
        peers.add(revision, member.cluster_id, load_position)
        found.append(member)
    return found


def _page_mate(revision: Revision, clusters: Mapping[str, str]) -> Membership | None:
    """Revisions of one page stay together."""
    known = clusters.get(revision.canonical_url)
    return Membership(article_id=revision.article_id, cluster_id=known) if known else None


def _copy(revision: Revision, candidates: list[Candidate]) -> Membership:
    """The cluster of the earliest near-copy in ledger order within the window."""
    if len(revision.sketch) >= MIN_HASHES:
        for candidate in sorted(candidates, key=lambda c: c.order):
            share = containment(revision.sketch, candidate.sketch)
            if abs(revision.seen_at - candidate.seen_at) <= WINDOW and share >= THRESHOLD:
                return Membership(
                    article_id=revision.article_id,
                    cluster_id=candidate.cluster_id,
                    copied_article_id=candidate.article_id,
                    containment=round(share, 4),
                )
    return Membership(article_id=revision.article_id, cluster_id=revision.article_id)


class _Peers:
    """The revisions of the same load, found by the same hashes as those of earlier loads."""

    def __init__(self) -> None:
        self._articles: list[tuple[Revision, str, int]] = []
        self._by_hash: dict[int, list[int]] = defaultdict(list)

    def add(self, revision: Revision, cluster_id: str, load_position: int) -> None:
        for value in index_hashes(revision.sketch):
            self._by_hash[value].append(len(self._articles))
        self._articles.append((revision, cluster_id, load_position))

    def near(self, revision: Revision) -> list[Candidate]:
        if len(revision.sketch) < MIN_HASHES:
            return []
        shared = Counter(place for value in revision.sketch for place in self._by_hash.get(value, ()))
        best = sorted(shared, key=lambda place: (-shared[place], place))[:MOST_CANDIDATES]
        return [self._candidate(revision.article_id, place) for place in best]

    def _candidate(self, of: str, place: int) -> Candidate:
        revision, cluster_id, load_position = self._articles[place]
        return Candidate(
            of=of,
            article_id=revision.article_id,
            cluster_id=cluster_id,
            seen_at=revision.seen_at,
            order=(load_position, revision.stream, revision.position, 0),
            sketch=revision.sketch,
        )
