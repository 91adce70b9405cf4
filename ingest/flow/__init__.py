"""In: a home and what to do with it. Out: it is done. The only corridor: asks the log, calls a room, hands the result to a shore.

`house` opens a home; `visit`, `bring` and `stages` gather; `gather` strings them together in one process; `loading`, `intake` and `build`
make an edition; `correcting` and `withdrawing` take in what people decide; `checking` and `health` look; `trying` shows what a source
would give. Commands and DAGs call the functions named here.
"""

from ingest.flow.build import build, diff_editions, list_editions, load, model, publish, replay, use_edition, validate
from ingest.flow.checking import verify
from ingest.flow.correcting import correct
from ingest.flow.gather import gather, import_warc, reprocess
from ingest.flow.health import status
from ingest.flow.house import House, find_source, new_run_id, open_house, read_only, tidy
from ingest.flow.stages import plan, record, work
from ingest.flow.trying import new_source, test_page, try_source
from ingest.flow.visit import discover, fetch
from ingest.flow.withdrawing import withdraw

__all__ = [
    "House",
    "build",
    "correct",
    "diff_editions",
    "discover",
    "fetch",
    "find_source",
    "gather",
    "import_warc",
    "list_editions",
    "load",
    "model",
    "new_run_id",
    "new_source",
    "open_house",
    "plan",
    "publish",
    "read_only",
    "record",
    "replay",
    "reprocess",
    "status",
    "test_page",
    "tidy",
    "try_source",
    "use_edition",
    "validate",
    "verify",
    "withdraw",
    "work",
]
