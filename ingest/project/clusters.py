"""In: new revisions, candidates from earlier loads. Out: the cluster of each: an earlier near-copy's, else one of its own.

Wire copies are told by containment, not by likeness: an outlet cuts the tail or writes a lede of its own. Figures behind the constants:
unrelated articles share nothing, a copy cut by 30 % or with a new lede keeps everything, a copy with every seventh word changed keeps 0.62.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ingest.ledger import Candidate, Membership, Revision
from ingest.project.near import MIN_HASHES, THRESHOLD, WINDOW, copies_of_peers
from ingest.sketch import containment


def place_clusters(
    revisions: Sequence[Revision], load_position: int, page_clusters: Mapping[str, str], candidates: Iterable[Candidate]
) -> list[Membership]:
    """`revisions` in ledger order. `page_clusters` maps canonical URLs known before to their cluster; `candidates` come from earlier
    loads."""
    older: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        older[candidate.of].append(candidate)
    clusters, peers = dict(page_clusters), copies_of_peers(revisions)
    found: list[Membership] = []
    for place, revision in enumerate(revisions):
        before = [_peer(revision.article_id, revisions[n], found[n].cluster_id, load_position) for n in peers.get(place, ())]
        member = _page_mate(revision, clusters) or _copy(revision, [*older[revision.article_id], *before])
        clusters[revision.canonical_url] = member.cluster_id
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


def _peer(of: str, revision: Revision, cluster_id: str, load_position: int) -> Candidate:
    return Candidate(
        of=of,
        article_id=revision.article_id,
        cluster_id=cluster_id,
        seen_at=revision.seen_at,
        order=(load_position, revision.stream, revision.position, 0),
        sketch=revision.sketch,
    )
