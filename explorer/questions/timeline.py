"""In: filters of the timeline. Out: its entries, newest first, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from explorer.questions.asking import ENTRY_COLUMNS, STATEMENT_TABLES, Asked, chosen, column

_CLAUSES = {
    "since": "happened_on >= $since",
    "until": "happened_on <= $until",
    "kinds": "list_contains($kinds, kind)",
    "parties": "(list_contains($parties, actor_party) OR list_contains($parties, subject_party))",
    "speakers": "list_contains($speakers, actor)",
    "topics": "list_contains($topics, topic)",
    "measures": "list_contains($measures, measure)",
    "at_least": "independent_sources >= $at_least",
    "text": "(contains(lower(headline), lower($text)) OR contains(lower(quote), lower($text)))",
    "sources": "entry_id IN ({})".format(
        " UNION ALL ".join(f"SELECT group_id FROM {table} WHERE list_contains($sources, source)" for table in STATEMENT_TABLES.values())  # noqa: S608  names of these files
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the entries must have in common; what is left empty asks for nothing."""

    since: date | None = None
    until: date | None = None
    kinds: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    at_least: int = 1
    text: str = ""


def entries(asked: Asked, filters: Filters, *, limit: int, offset: int = 0) -> pa.Table:
    """Rows of the timeline, newest first, undated last."""
    where, values = _where(filters)
    return asked.ask(
        f"""
        SELECT {ENTRY_COLUMNS} FROM timeline
        WHERE {where} ORDER BY happened_on DESC NULLS LAST, known_at DESC, entry_id LIMIT $limit OFFSET $offset
        """,  # noqa: S608  names and clauses of this file
        {**values, "limit": limit, "offset": offset},
    )


def all_entries(asked: Asked, filters: Filters) -> pa.Table:
    """The same for a file: every row there is."""
    where, values = _where(filters)
    return asked.ask(
        f"SELECT {ENTRY_COLUMNS} FROM timeline WHERE {where} "  # noqa: S608  names and clauses of this file
        "ORDER BY happened_on DESC NULLS LAST, known_at DESC, entry_id",
        values,
    )


def entry_counts(asked: Asked, filters: Filters) -> pa.Table:
    """How many entries each month has: columns month (NULL: undated), kind, entries."""
    where, values = _where(filters)
    return asked.ask(
        f"""
        SELECT CAST(date_trunc('month', happened_on) AS DATE) AS month, kind, count(*) AS entries
        FROM timeline WHERE {where} GROUP BY ALL ORDER BY ALL
        """,  # noqa: S608  names and clauses of this file
        values,
    )


def _where(filters: Filters) -> tuple[str, dict[str, Any]]:
    given = {name: getattr(filters, name) for name in _CLAUSES}
    return chosen(_CLAUSES, {**given, "at_least": filters.at_least if filters.at_least > 1 else None, "text": filters.text.strip()})


def speaking(asked: Asked, names: Sequence[str], but: Sequence[str] = ()) -> list[str]:
    """Those of the names that are the actor of some entry and are not in `but`."""
    wanted = [name for name in names if name not in but]
    found = (
        asked.ask("SELECT DISTINCT actor FROM timeline WHERE list_contains($names, actor) ORDER BY 1", {"names": wanted})
        if wanted
        else None
    )
    return [] if found is None else column(found)
