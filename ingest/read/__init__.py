"""In: SQL and a home. Out: rows of the current edition, read-only and locked down, and the same as table, CSV, JSON or Parquet.

`query` runs one statement, `render` writes its result.
"""

from ingest.read.query import QueryResult, counts, edition_row, query
from ingest.read.render import Format, render

__all__ = ["Format", "QueryResult", "counts", "edition_row", "query", "render"]
