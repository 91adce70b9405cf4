# ruff: noqa: S608  every name that goes into SQL here is our own
"""In: the statements of a load and the texts of their articles. Out: statements with quotes cut from the text, and those that do not fit.

DuckDB's `substring` counts code points, as the offsets do (its grapheme counterpart has a name of its own).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from ingest.ledger import Load, Withdrawal
from ingest.load.database import BuildDatabase
from ingest.load.events import ENVELOPE, PARENT, STATEMENTS
from ingest.records import RejectionReason

CONTEXT_CHARS = 120

_ADD_TEXTS = """
INSERT INTO raw.texts BY NAME
SELECT DISTINCT ON (text_digest) text_digest, text, CAST(? AS TIMESTAMPTZ) AS known_at FROM incoming_texts
WHERE text_digest NOT IN (SELECT text_digest FROM raw.texts)
"""
_CUT = f"""
CREATE OR REPLACE TEMP TABLE cut_{{table}} AS
SELECT
    told.*,
    withdrawn.capture_id IS NOT NULL AS is_withdrawn,
    wordings.wording_digest,
    texts.text IS NOT NULL AS has_text,
    substring(texts.text, char_start + 1, char_end - char_start) AS quote,
    substring(texts.text, greatest(char_start - {CONTEXT_CHARS}, 0) + 1, least(char_start, {CONTEXT_CHARS})) AS quote_prefix,
    substring(texts.text, char_end + 1, {CONTEXT_CHARS}) AS quote_suffix,
    is_withdrawn OR coalesce(char_start >= 0 AND char_end > char_start AND sha256(quote) = told.quote_digest, FALSE) AS is_found
FROM told_{{table}} AS told
LEFT JOIN withdrawn ON withdrawn.capture_id = told.capture_id
LEFT JOIN wordings ON wordings.quote_digest = told.quote_digest AND withdrawn.capture_id IS NOT NULL
LEFT JOIN raw.texts AS texts ON texts.text_digest = told.text_digest AND withdrawn.capture_id IS NULL
ORDER BY stream, position, ordinal
"""
_KEEP = (
    "INSERT INTO raw.{table} BY NAME SELECT * EXCLUDE (is_withdrawn, wording_digest, has_text, is_found) FROM cut_{table} WHERE is_found"
)
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


def put_texts(database: BuildDatabase, load: Load, tables: Iterable[pa.Table]) -> None:
    """Take in the texts of a load by digest (columns `text_digest`, `text`); what is there already stays."""
    for table in tables:
        with database.view("incoming_texts", table):
            database.run(_ADD_TEXTS, [load.known_at])


def cut_quotes(database: BuildDatabase, withdrawals: Sequence[Withdrawal]) -> None:
    """Move this load's statements into their tables, quotes cut; a quote without its digest goes to `raw.statement_rejections`.

    What was read from a withdrawn page has no quote, whether its text is still there or not.
    """
    captures = {capture for one in withdrawals for capture in one.captures}
    wordings = {quote: wording for one in withdrawals for quote, wording in one.wordings.items()}
    withdrawn = pa.table({"capture_id": pa.array(sorted(captures), pa.string())})
    columns = {"quote_digest": list(wordings), "wording_digest": list(wordings.values())}
    known = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    with database.view("withdrawn", withdrawn), database.view("wordings", known):
        for table in STATEMENTS:
            for sql in (_CUT, _KEEP, _REFUSE):
                database.run(sql.format(table=table))
            database.run(f"DROP TABLE told_{table}")


def remembers(database: BuildDatabase, captures: Sequence[str], text_digests: Sequence[str]) -> bool:
    """Whether the database holds one of the texts, or a quote that was read from one of the captures."""
    wanted = pa.table({"capture_id": pa.array(captures, pa.string())})
    texts = pa.table({"text_digest": pa.array(text_digests, pa.string())})
    quoted = (f"SELECT capture_id FROM raw.{table} WHERE quote IS NOT NULL" for table in STATEMENTS)
    with database.view("wanted", wanted), database.view("wanted_texts", texts):
        found = f"""
            SELECT 1 FROM raw.texts SEMI JOIN wanted_texts USING (text_digest)
            UNION ALL SELECT 1 FROM ({" UNION ALL ".join(quoted)}) SEMI JOIN wanted USING (capture_id)
            LIMIT 1
        """
        return bool(database.rows(found))
