"""In: an edition. Out: what it says of itself, what the filters may be set to, its tables as they are."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa

from explorer.questions.asking import Asked, column, frequent

MAX_CHOICES = 500
DATA = ("announcements", "casualty_claims", "claim_series", "disputes", "sources", "parties")  # written as files as they are
_CHOICES = {
    "kinds": "[kind]",
    "parties": "[actor_party, subject_party]",
    "speakers": "[actor]",
    "topics": "[topic]",
    "measures": "[measure]",
}


def edition(asked: Asked) -> dict[str, Any]:
    """The one row of the table `edition`."""
    row: dict[str, Any] = asked.ask("SELECT * FROM edition").to_pylist()[0]
    return row


def first_day(asked: Asked) -> date | None:
    """The day (UTC) of the load that brought the first statement; None where there is none."""
    found = asked.ask(
        """
        SELECT CAST(min(first) AT TIME ZONE 'UTC' AS DATE) FROM (
            SELECT min(valid_from_at) AS first FROM casualty_claim_history
            UNION ALL SELECT min(valid_from_at) FROM offer_history
            UNION ALL SELECT min(valid_from_at) FROM announcement_history
        )
        """
    )
    day: date | None = column(found)[0]
    return day


def party_names(asked: Asked) -> dict[str, str]:
    return {row["code"]: row["name"] for row in asked.ask("SELECT code, name FROM parties").to_pylist()}


def choices(asked: Asked) -> dict[str, list[Any]]:
    """What the filters may be set to, most frequent first: kinds, parties, speakers, topics, measures, sources, first and last day."""
    found = frequent(asked, "timeline", _CHOICES, MAX_CHOICES)
    found["sources"] = column(asked.ask("SELECT slug FROM sources ORDER BY name"))
    found["days"] = list(asked.ask("SELECT min(happened_on) AS a, max(happened_on) AS b FROM timeline").to_pylist()[0].values())
    return found


def whole(asked: Asked, table: str) -> pa.Table:
    """All rows of one of the tables in DATA, for a file. Raises KeyError for another."""
    if table not in DATA:
        raise KeyError(table)
    return asked.ask(f"SELECT * FROM {table} ORDER BY ALL")  # noqa: S608  names of this file


def tables(asked: Asked) -> pa.Table:
    """Every column of every published table: table_name, column_name, data_type, comment."""
    return asked.ask(
        """
        SELECT table_name, column_name, data_type, comment FROM duckdb_columns()
        WHERE database_name = 'claimledger' AND schema_name = 'main' AND NOT internal ORDER BY table_name, column_index
        """
    )
