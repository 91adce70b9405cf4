"""In: cleanings and statements of one load, and what earlier loads decided. Out: revisions, clusters and groups, decided once."""

from ingest.project.clusters import place_clusters
from ingest.project.groups import GROUP_DAYS, group_key, place_groups, read_fields, wording_digest
from ingest.project.near import INDEX_LEAST, MIN_HASHES, MOST_CANDIDATES, THRESHOLD, WINDOW, copies_of_older, index_hashes, near_older
from ingest.project.revisions import Placed, place_captures

__all__ = [
    "GROUP_DAYS",
    "INDEX_LEAST",
    "MIN_HASHES",
    "MOST_CANDIDATES",
    "THRESHOLD",
    "WINDOW",
    "Placed",
    "copies_of_older",
    "group_key",
    "index_hashes",
    "near_older",
    "place_captures",
    "place_clusters",
    "place_groups",
    "read_fields",
    "wording_digest",
]
