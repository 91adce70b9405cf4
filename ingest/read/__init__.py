"""In: SQL and a home. Out: rows of the current edition, read-only and locked down, and the same as table, CSV, JSON or Parquet.

`query` runs one statement that anybody wrote, `reader` many of the program's own on one open edition, `render` writes a result.
"""

from ingest.read.query import QueryResult, counts, edition_row, query
from ingest.read.reader import Reader, current_reader
from ingest.read.render import Format, render

__all__ = ["Format", "QueryResult", "Reader", "counts", "current_reader", "edition_row", "query", "render"]
