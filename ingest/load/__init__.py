"""In: the events of a load as Arrow tables, and what was decided of them. Out: typed rows in the schema `raw` of the build database."""

from ingest.load.database import BuildDatabase, open_build

__all__ = ["BuildDatabase", "open_build"]
