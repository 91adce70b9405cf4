# ruff: noqa: S608  every name that goes into SQL here is our own
"""In: the statements of a load and the texts of their articles. Out: statements with quotes cut from the text, and those that do not fit.

DuckDB's `substring` counts code points, as the offsets do (its grapheme counterpart has a name of its own).
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from ingest.load.database import BuildDatabase
from ingest.load.events import ENVELOPE, PARENT, STATEMENTS
from ingest.records import RejectionReason

CONTEXT_CHARS = 120

_ADD_TEXTS = """
INSERT INTO raw.texts BY NAME
SELECT DISTINCT ON (text_digest) text_digest, text FROM incoming_texts WHERE text_digest NOT IN (SELECT text_digest FROM raw.texts)
"""
_CUT = f"""
CREATE OR REPLACE TEMP TABLE cut_{{table}} AS
SELECT
    told.*,
    texts.text IS NOT NULL AS has_text,
    substring(texts.text, char_start + 1, char_end - char_start) AS quote,
    substring(texts.text, greatest(char_start - {CONTEXT_CHARS}, 0) + 1, least(char_start, {CONTEXT_CHARS})) AS quote_prefix,
    substring(texts.text, char_end + 1, {CONTEXT_CHARS}) AS quote_suffix,
    coalesce(char_start >= 0 AND char_end > char_start AND sha256(quote) = quote_digest, FALSE) AS is_found
FROM told_{{table}} AS told LEFT JOIN raw.texts AS texts ON texts.text_digest = told.text_digest
ORDER BY stream, position, ordinal
"""
_KEEP = "INSERT INTO raw.{table} BY NAME SELECT * EXCLUDE (has_text, is_found) FROM cut_{table} WHERE is_found"
_REFUSE = f"""
INSERT INTO raw.statement_rejections BY NAME
SELECT
    {", ".join((*ENVELOPE, *PARENT))},
    'load' AS stage,
    '{RejectionReason.QUOTE_NOT_IN_TEXT}' AS reason,
    format('statement {{{{}}}} of {{table}}: ', statement_id) || CASE
        WHEN NOT has_text THEN 'the text ' || text_digest[:12] || '… is not in the archive'
        ELSE format('characters {{{{}}}} to {{{{}}}} of the text are not what was extracted', char_start, char_end)
    END AS detail
FROM cut_{{table}} WHERE NOT is_found
"""


def put_texts(database: BuildDatabase, tables: Iterable[pa.Table]) -> None:
    """Take in texts by digest (columns `text_digest`, `text`); what is there already stays."""
    for table in tables:
        with database.view("incoming_texts", table):
            database.connection.execute(_ADD_TEXTS)


def cut_quotes(database: BuildDatabase) -> None:
    """Move this load's statements into their tables, quotes cut; a quote without its digest goes to `raw.statement_rejections`."""
    for table in STATEMENTS:
        for sql in (_CUT, _KEEP, _REFUSE):
            database.connection.execute(sql.format(table=table))
        database.connection.execute(f"DROP TABLE told_{table}")
