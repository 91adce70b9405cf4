"""In: a built database and its verdict. Out: an edition, whole or not at all, and the link `current` on it.

`tables` copies and digests what DuckDB holds, `folders` makes the edition visible, `compare` tells two editions apart.
"""

from ingest.publish.compare import TableDiff, diff
from ingest.publish.folders import Unchanged, editions, problems, prune, publish, use

__all__ = ["TableDiff", "Unchanged", "diff", "editions", "problems", "prune", "publish", "use"]
