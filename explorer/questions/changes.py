"""In: two instants. Out: what came to statements between them."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from explorer.questions.asking import HISTORIES, STATEMENT_IDS, Asked

MAX_CHANGES = 500


def changed_statements(asked: Asked, after: datetime, until: datetime, *, limit: int = MAX_CHANGES) -> pa.Table:
    """What came to statements after `after` and until `until`, one row per statement and thing that happened, newest first.

    Columns: statement_id, kind, what, happened_at, entry_id, quote, url, outlet, headline (NULL where the entry is no longer told).
    """
    parts = " UNION ALL ".join(
        f"""
        SELECT {STATEMENT_IDS[kind]} AS statement_id, '{kind}' AS kind, reason, valid_from_at, group_id AS entry_id, quote, url,
            coalesce(outlet, source) AS outlet
        FROM {table} WHERE valid_from_at > $after AND valid_from_at <= $until"""  # noqa: S608  names of these files
        for kind, table in HISTORIES.items()
    )
    return asked.ask(
        f"""
        SELECT statement_id, changes.kind, CASE reason WHEN 'extracted' THEN 'new' ELSE reason END AS what,
            max(valid_from_at) AS happened_at, arg_max(changes.entry_id, valid_from_at) AS entry_id,
            arg_max(changes.quote, valid_from_at) AS quote, arg_max(changes.url, valid_from_at) AS url,
            arg_max(outlet, valid_from_at) AS outlet, timeline.headline
        FROM ({parts}) AS changes LEFT JOIN timeline ON changes.entry_id = timeline.entry_id
        GROUP BY statement_id, changes.kind, reason, timeline.headline ORDER BY what, happened_at DESC, statement_id LIMIT $limit
        """,  # noqa: S608  names of these files
        {"after": after, "until": until, "limit": limit},
    )
