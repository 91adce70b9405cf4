"""In: a load whose events are in `raw`. Out: what deciding about them needs, fetched in bulk; and back: the decisions, as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.events import unpack_sketch
from ingest.ledger import Candidate, Cleaning, Face, Grouping, Index, Load, Membership, Opener, Placement, Revision, Telling
from ingest.load.database import BuildDatabase, Row
from ingest.records import Kind
from ingest.sketch import Sketches

_WANTED: Mapping[str, pa.DataType] = {  # what questions are asked about
    **dict.fromkeys(("canonical_url", "capture_id", "article_id", "group_key", "stream", "of"), pa.string()),
    **dict.fromkeys(("first", "last"), pa.int64()),
    "seen_at": pa.timestamp("us", tz="UTC"),
    "sketch": pa.list_(pa.uint32()),
}
_KINDS = {Kind.CASUALTY_CLAIM: "casualty_claims", Kind.OFFER: "offers", Kind.ANNOUNCEMENT: "announcements"}
_CLEANINGS = """
SELECT
    cleaned.stream, cleaned.position, capture_id, canonical_url, title, text_digest, body_digest, fetched_at,
    coalesce(published_at, fetched_at) AS seen_at, sketch
FROM raw.article_cleaned AS cleaned
INNER JOIN load_ranges ON load_ranges.stream = cleaned.stream AND cleaned.position BETWEEN first AND last
WHERE cleaned.known_at = ?
ORDER BY cleaned.stream, cleaned.position
"""
_PLACEMENTS = """
SELECT * EXCLUDE (known_at) FROM raw.placements
WHERE canonical_url IN (SELECT canonical_url FROM wanted) OR capture_id IN (SELECT capture_id FROM wanted)
"""
_FACES = "SELECT * EXCLUDE (known_at) FROM raw.faces WHERE article_id IN (SELECT article_id FROM wanted)"
_PAGE_CLUSTERS = """
SELECT DISTINCT canonical_url, cluster_id
FROM raw.revisions INNER JOIN raw.clusters USING (article_id)
WHERE canonical_url IN (SELECT canonical_url FROM wanted)
"""
_INDEX = """
SELECT hash, article_id, dense_rank() OVER (ORDER BY article_id) - 1 AS number, epoch_us(seen_at) AS seen_at
FROM raw.sketch_index SEMI JOIN (SELECT unnest(sketch) AS hash FROM wanted) AS hashes USING (hash)
WHERE seen_at BETWEEN $earliest AND $latest
ORDER BY hash
"""
# That a revision and the cleaning that opened it became known together spares the reading of the sketches of other loads.
_SKETCHES = """
SELECT from_base64(cleaned.sketch) AS sketch
FROM wanted
INNER JOIN raw.revisions AS revisions USING (article_id)
INNER JOIN raw.article_cleaned AS cleaned USING (known_at, stream, position)
ORDER BY wanted.article_id
"""
_CANDIDATES = """
SELECT
    of, article_id, cluster_id, revisions.seen_at, load_position, revisions.stream, revisions.position, cleaned.sketch
FROM wanted
INNER JOIN raw.revisions AS revisions USING (article_id)
INNER JOIN raw.clusters USING (article_id)
INNER JOIN raw.article_cleaned AS cleaned ON
    cleaned.known_at = revisions.known_at AND cleaned.stream = revisions.stream AND cleaned.position = revisions.position
ORDER BY of, load_position, revisions.stream, revisions.position
"""
# What the statements of the load were read from, whatever their kind.
_READ = f"""
CREATE OR REPLACE TEMP TABLE read AS
SELECT
    placements.capture_id, placements.article_id, clusters.cluster_id, CAST(revisions.seen_at AS DATE) AS seen_on,
    coalesce(cleaned.outlet, revisions.stream) AS outlet
FROM ({" UNION ".join(f"SELECT capture_id FROM cut_{table} WHERE is_found" for table in _KINDS.values())}) AS cut
INNER JOIN raw.placements AS placements ON placements.capture_id = cut.capture_id
INNER JOIN raw.clusters AS clusters ON clusters.article_id = placements.article_id
INNER JOIN raw.revisions AS revisions ON revisions.article_id = placements.article_id
INNER JOIN raw.article_cleaned AS cleaned ON
    cleaned.known_at = revisions.known_at AND cleaned.stream = revisions.stream AND cleaned.position = revisions.position
"""  # noqa: S608  our own names
_TELLINGS = """
SELECT
    cut.statement_id, quote, wording_digest, read.article_id, read.cluster_id, read.seen_on, cut.stream, cut.position, cut.ordinal, {fields}
FROM cut_{table} AS cut
INNER JOIN read ON read.capture_id = cut.capture_id
ANTI JOIN raw.groups AS known ON known.statement_id = cut.statement_id AND known.article_id = read.article_id
WHERE cut.is_found
ORDER BY cut.stream, cut.position, cut.ordinal
"""
_OPENERS = """
SELECT group_id, group_key, seen_on, cluster_id, wording, alike, load_position, stream, position, ordinal
FROM raw.groups WHERE is_opener AND group_key IN (SELECT group_key FROM wanted)
"""
_TAKEN = "SELECT DISTINCT group_id, article_id FROM raw.groups WHERE article_id IN (SELECT article_id FROM wanted)"


class Facts:
    """What the database knows about the things of one load, and where the decisions about them go."""

    def __init__(self, database: BuildDatabase, load: Load) -> None:
        self._database = database
        self._load = load

    def cleanings(self) -> list[Cleaning]:
        """The cleanings of the load in ledger order."""
        firsts, lasts = zip(*self._load.ranges.values(), strict=True) if self._load.ranges else ((), ())
        with self._wanted("load_ranges", stream=list(self._load.ranges), first=firsts, last=lasts):
            rows = self._database.rows(_CLEANINGS, [self._load.known_at])
        return [Cleaning(**{**row, "sketch": unpack_sketch(row["sketch"])}) for row in rows]

    def placements(self, cleanings: Sequence[Cleaning]) -> list[Placement]:
        """All captures that earlier loads placed on the pages of `cleanings`."""
        with self._wanted(canonical_url=[c.canonical_url for c in cleanings], capture_id=[c.capture_id for c in cleanings]):
            return [Placement(**row) for row in self._database.rows(_PLACEMENTS)]

    def faces(self, placements: Iterable[Placement]) -> list[Face]:
        """All cleanings that describe the revisions of `placements`."""
        with self._wanted(article_id=[p.article_id for p in placements]):
            return [Face(**row) for row in self._database.rows(_FACES)]

    def page_clusters(self, revisions: Iterable[Revision]) -> dict[str, str]:
        """Canonical URL -> cluster, for the pages of `revisions` that earlier loads know."""
        with self._wanted(canonical_url=[r.canonical_url for r in revisions]):
            return {row["canonical_url"]: row["cluster_id"] for row in self._database.rows(_PAGE_CLUSTERS)}

    def index(self, revisions: Sequence[Revision], window: timedelta) -> Index:
        """The articles of earlier loads that share a hash of the index with one of `revisions` and were seen within `window` of any."""
        seen = [r.seen_at for r in revisions] or [self._load.known_at]
        with self._wanted(sketch=[r.sketch for r in revisions]):
            table = self._database.table(_INDEX, {"earliest": min(seen) - window, "latest": max(seen) + window})
        numbers = table.column("number").to_numpy()
        _, firsts = np.unique(numbers, return_index=True)
        return Index(
            hashes=table.column("hash").to_numpy(),
            numbers=numbers,
            articles=table.column("article_id").take(firsts).to_pylist(),
            seen_at=table.column("seen_at").to_numpy()[firsts],
        )

    def sketches(self, articles: Sequence[str]) -> Sketches:
        """The sketches of `articles` of earlier loads, which ascend."""
        with self._wanted(article_id=articles):
            packed = self._database.table(_SKETCHES).column("sketch").cast(pa.large_binary()).combine_chunks()
        sizes = pc.binary_length(packed).to_numpy() // 4
        return Sketches(np.frombuffer(b"".join(packed.to_pylist()), dtype="<u4"), np.cumsum([0, *sizes]))

    def candidates(self, copies: Sequence[tuple[str, str]]) -> list[Candidate]:
        """What is to know of the second of each pair of article ids, new and older, to decide whether the first is its copy."""
        of, articles = zip(*copies, strict=True) if copies else ((), ())
        with self._wanted(of=of, article_id=articles):
            rows = self._database.rows(_CANDIDATES)
        return [Candidate(**_ordered({**row, "sketch": unpack_sketch(row["sketch"])}, ordinal=0)) for row in rows]

    def tellings(self, read: Mapping[Kind, Sequence[str]]) -> list[Telling]:
        """The statements of the load that have no group yet, in ledger order kind by kind, with the fields that are `read` of each kind."""
        self._database.run(_READ)
        return [
            _telling(row, kind, self._load.position)
            for kind, table in _KINDS.items()
            for row in self._database.rows(_TELLINGS.format(table=table, fields=_selected(read[kind])))
        ]

    def openers(self, group_keys: Iterable[str]) -> list[Opener]:
        """The rows of earlier loads that opened a group under one of `group_keys`."""
        with self._wanted(group_key=list(group_keys)):
            return [Opener(**_ordered(row)) for row in self._database.rows(_OPENERS)]

    def taken(self, tellings: Iterable[Telling]) -> list[tuple[str, str]]:
        """(group, article) of earlier rows of the articles of `tellings`."""
        with self._wanted(article_id=[t.article_id for t in tellings]):
            return [(row["group_id"], row["article_id"]) for row in self._database.rows(_TAKEN)]

    def put_revisions(self, revisions: Sequence[Revision], index_hashes: Callable[[tuple[int, ...]], tuple[int, ...]]) -> None:
        """Keep new revisions, each found again by `index_hashes` of its sketch."""
        self._put("revisions", revisions, load_position=self._load.position)
        found = [index_hashes(r.sketch) for r in revisions]
        owners = np.repeat(np.arange(len(found)), [len(hashes) for hashes in found])
        columns = {
            "hash": pa.array([h for hashes in found for h in hashes], pa.uint32()),
            "article_id": pa.array([r.article_id for r in revisions], pa.string()).take(owners),
            "seen_at": pa.array([r.seen_at for r in revisions], pa.timestamp("us", tz="UTC")).take(owners),
        }
        self._database.append("sketch_index", pa.table(columns))

    def put_placements(self, placements: Sequence[Placement], faces: Sequence[Face]) -> None:
        self._put("placements", placements)
        self._put("faces", faces)

    def put_clusters(self, members: Sequence[Membership]) -> None:
        self._put("clusters", members)

    def put_groups(self, groups: Sequence[Grouping]) -> None:
        rows = [_row(group) for group in groups]
        for row in rows:
            row["load_position"], row["stream"], row["position"], row["ordinal"] = row.pop("order")
        self._insert("groups", rows)

    def _put(self, table: str, records: Sequence[Any], **more: object) -> None:
        self._insert(table, [{**_row(record), **more} for record in records])

    def _insert(self, table: str, rows: list[Row]) -> None:
        self._database.insert(table, [{**row, "known_at": self._load.known_at} for row in rows])

    def _wanted(self, name: str = "wanted", /, **columns: Sequence[object]) -> AbstractContextManager[None]:
        """Let SQL see what is asked about, as a table `name`."""
        return self._database.view(name, pa.table({column: pa.array(values, _WANTED[column]) for column, values in columns.items()}))


def _selected(fields: Iterable[str]) -> str:
    """The outlet is the article's, all else the statement's."""
    return ", ".join(f"read.{name}" if name == "outlet" else f"cut.{name}" for name in fields)


def _row(record: Any) -> Row:
    return {name: getattr(record, name) for name in record.__slots__}


def _ordered(row: Row, ordinal: int | None = None) -> Row:
    """Load, stream, position and ordinal folded into `order`."""
    order = (row.pop("load_position"), row.pop("stream"), row.pop("position"), row.pop("ordinal") if ordinal is None else ordinal)
    return {**row, "order": order}


def _telling(row: Row, kind: Kind, load_position: int) -> Telling:
    return Telling(
        kind=kind,
        statement_id=row["statement_id"],
        article_id=row["article_id"],
        cluster_id=row["cluster_id"],
        fields=row,
        wording=row["quote"],
        wording_digest=row["wording_digest"],
        seen_on=row["seen_on"],
        order=(load_position, row["stream"], row["position"], row["ordinal"]),
    )
