"""In: the build database, one load, its events and texts. Out: the load taken in: events, revisions, clusters, groups, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from ingest import project
from ingest.ledger import Load, Withdrawal
from ingest.load import BuildDatabase
from ingest.load.events import EventLoader
from ingest.load.facts import Facts
from ingest.load.quotes import cut_quotes, put_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What one load added."""

    events: int
    revisions: int
    statements: int


def take_in(
    database: BuildDatabase, load: Load, events: Iterable[pa.Table], texts: Iterable[pa.Table], withdrawals: Sequence[Withdrawal] = ()
) -> Intake:
    """`events` are the log's tables for the ranges of `load`, stream by stream, in order; `texts` (columns `text_digest`, `text`)
    hold every text that its `ArticleCleaned` and `StatementsExtracted` events name, unless an earlier load brought it.

    The order of work is the law of replay: nothing here looks at anything but this load and what earlier loads left, and at `withdrawals`,
    those of later loads too: what was taken down is not there to be read.
    Raises Halt for a load out of order or events that are not as the log promises, Retry for a full disk; either way nothing was changed.
    """
    with database.loading(load):
        loader = EventLoader(database, load)
        for table in events:
            loader.take(table)
        loader.finish()
        put_texts(database, load, texts)
        cut_quotes(database, withdrawals)
        facts = Facts(database, load)
        revisions = _place_articles(facts, load)
        statements = _place_statements(facts)
    return Intake(events=sum(last - first + 1 for first, last in load.ranges.values()), revisions=revisions, statements=statements)


def _place_articles(facts: Facts, load: Load) -> int:
    cleanings = facts.cleanings()
    known = facts.placements(cleanings)
    placed = project.place_captures(cleanings, known, facts.faces(known))
    new = placed.revisions
    near = project.near_older(new, facts.index(new, project.WINDOW))
    copies = project.copies_of_older(new, near, facts.sketches(near.articles))
    members = project.place_clusters(new, load.position, facts.page_clusters(new), facts.candidates(copies))
    facts.put_placements(placed.placements, placed.faces)
    facts.put_revisions(new, project.index_hashes)
    facts.put_clusters(members)
    return len(new)


def _place_statements(facts: Facts) -> int:
    tellings = facts.tellings()
    keys = [project.group_key(telling) for telling in tellings]
    groups = project.place_groups(tellings, keys, facts.openers(set(keys)), facts.taken(tellings))
    facts.put_groups(groups)
    return len(groups)
