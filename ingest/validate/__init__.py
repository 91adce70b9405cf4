"""In: a built database, the last edition, `expectations/*.yaml`. Out: a verdict, and the rows that nobody should believe.

`suites` reads the expectations, `frames` asks DuckDB for what they look at, `checkpoint` lets Great Expectations judge, `refusal` writes
the unbelievable rows into the built database. dbt asks whether a row is well-formed; what is here asks whether it is believable.

A single unbelievable statement leaves the tables by way of `raw.unbelievable`, which the dbt models leave out and list among the
rejections; so every table that counts statements is built without it, by the same code as ever. Row-level expectations look at nothing
but the row and its own `recorded_at`, so a night judges the articles that it makes anew and no others; what was refused of those is
forgotten first and found again. An incremental night and a full replay thus agree, and a statement that a newer extractor reads rightly
comes back by itself. Row-level frames look at every version in the histories: what the ledger showed earlier is asked for as well, and
must not show what was refused then.
A corrected version is left alone: a person answers for it, by name.
"""

from ingest.validate.judge import validate
from ingest.validate.refusal import judge_anew, refuse, refused

__all__ = ["judge_anew", "refuse", "refused", "validate"]
