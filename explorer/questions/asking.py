"""In: what a filter was set to. Out: clauses and values of a question; what the questions of several pages share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Protocol

import pyarrow as pa

MAX_POINTS = 1_500  # more marks than that and a chart shows less, not more: months then stand for days
STATEMENT_TABLES: Mapping[str, str] = {"casualty_claim": "casualty_claims", "offer": "offers", "announcement": "announcements"}
STATEMENT_IDS: Mapping[str, str] = {"casualty_claim": "claim_id", "offer": "offer_id", "announcement": "announcement_id"}
HISTORIES: Mapping[str, str] = {
    "casualty_claim": "casualty_claim_history",
    "offer": "offer_history",
    "announcement": "announcement_history",
}
ENTRY_COLUMNS = """entry_id, kind, happened_on, date_basis, actor, actor_party, subject_party, topic, measure, category, action, headline,
    amount_low, amount_high, unit, quote, article_id, url, independent_sources, first_seen_at, known_at"""


class Asked(Protocol):
    """What answers: an open edition, as it stands or as known on a day."""

    def ask(self, sql: str, parameters: Mapping[str, Any] | None = None, *, among: Mapping[str, str] | None = None) -> pa.Table: ...


def end_of_day(day: date | None) -> datetime | None:
    """The last instant of a day, UTC: what was known that day is what was known by its end."""
    return None if day is None else datetime.combine(day, time.max, tzinfo=UTC)


def chosen(clauses: Mapping[str, str], given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The clauses whose value was given, and those values; `true` without any."""
    values = {
        name: list(value) if isinstance(value, tuple | list) else value for name, value in given.items() if value not in (None, (), [], "")
    }
    return " AND ".join(clauses[name] for name in values) or "true", values


def column(table: pa.Table) -> list[Any]:
    """The values of the first column."""
    values: list[Any] = table.column(0).to_pylist()
    return values


def frequent(asked: Asked, table: str, expressions: Mapping[str, str], limit: int) -> dict[str, list[Any]]:
    """For each name the values of its expression over a table, most frequent first, without NULL; the table is read once. Names and
    expressions of these files only."""
    told = ", ".join(f"{expression} AS {name}" for name, expression in expressions.items())
    each = " UNION ALL ".join(
        f"(SELECT '{name}' AS name, value, count(*) AS n FROM (SELECT unnest({name}) AS value FROM told) "  # noqa: S608  names of these files
        f"WHERE value IS NOT NULL GROUP BY value ORDER BY n DESC, value LIMIT {limit})"
        for name in expressions
    )
    rows = asked.ask(f"WITH told AS MATERIALIZED (SELECT {told} FROM {table}) {each} ORDER BY name, n DESC, value")  # noqa: S608
    found: dict[str, list[Any]] = {name: [] for name in expressions}
    for row in rows.to_pylist():
        found[row["name"]].append(row["value"])
    return found
