"""In: a built database and its verdict. Out: an edition, whole or not at all, and the link `current` on it.

`tables` copies and digests what DuckDB holds, `folders` makes the edition visible, `compare` tells two editions apart.
"""

from ingest.editions import FAILED, VALIDATION
from ingest.publish.compare import StatementChange, TableDiff, diff, happened
from ingest.publish.folders import (
    ASIDE,
    Unchanged,
    articles_of,
    clear_broken,
    clear_leftovers,
    editions,
    problems,
    prune,
    publish,
    redact,
    set_aside,
    use,
)

__all__ = [
    "ASIDE",
    "FAILED",
    "VALIDATION",
    "StatementChange",
    "TableDiff",
    "Unchanged",
    "articles_of",
    "clear_broken",
    "clear_leftovers",
    "diff",
    "editions",
    "happened",
    "problems",
    "prune",
    "publish",
    "redact",
    "set_aside",
    "use",
]
