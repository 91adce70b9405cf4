"""In: the name of a job and its items. Out: their results in order, worked out in child processes that may hang, eat memory or die:
each bad item costs one `Lost`, never the batch.

`pool` keeps the children (one thread each), `child` is one process and its pipes, `loop` is what runs inside it. Parent and child speak
length-prefixed pickles over the child's stdin and stdout: own children only.
"""

from __future__ import annotations

from ingest.workers.loop import Job, die_with, serve
from ingest.workers.pool import Lost, Pool

__all__ = ["Job", "Lost", "Pool", "die_with", "serve"]
