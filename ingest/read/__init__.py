"""In: SQL and a home. Out: rows of the current edition, read-only and locked down, and the same as table, CSV, JSON or Parquet.

`query` runs one statement that anybody wrote, in a process of its own; `ask` one of the program's own, `reader` many of them on one open
edition; `render` writes a result.
"""

from ingest.read.apart import query
from ingest.read.query import QueryResult, ask, counts, edition_row
from ingest.read.reader import AsKnown, Reader, current_reader
from ingest.read.render import Format, render

__all__ = ["AsKnown", "Format", "QueryResult", "Reader", "ask", "counts", "current_reader", "edition_row", "query", "render"]
