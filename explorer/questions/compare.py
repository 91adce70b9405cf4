"""In: whose losses of what. Out: what each side says of them, and where two sides differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from explorer.questions.asking import MAX_POINTS, Asked, chosen, column

_CLAUSES = {
    "measure": "measure = $measure",
    "category": "category = $category",
    "period": "period = $period",
    "parties": "list_contains($parties, party)",
    "population": "population = $population",
    "since": "as_of >= $since",
    "until": "as_of <= $until",
}
_DISPUTE_CLAUSES = {**_CLAUSES, "since": "as_of_a >= $since", "until": "as_of_a <= $until"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Whose losses of what are compared. `parties` empty: everybody's."""

    measure: str
    category: str
    period: str = "cumulative"
    parties: tuple[str, ...] = ()
    population: str | None = None
    since: date | None = None
    until: date | None = None


def comparable(asked: Asked) -> pa.Table:
    """What can be compared: measure, category, period, party, claims, sides. What is the most disputed in the edition stands first, on
    any day: so the page shows the same loss when the day is changed."""
    return asked.ask(
        """
        WITH claims AS (
            SELECT measure, category, period, party, count(*) AS claims, count(DISTINCT claimant_party) AS sides
            FROM casualty_claims WHERE as_of IS NOT NULL AND NOT is_subset GROUP BY ALL
        ),
        pairs AS (SELECT measure, category, period, party, count(*) AS n FROM claimledger.disputes GROUP BY ALL)
        SELECT claims.*
        FROM claims LEFT JOIN pairs
            ON claims.measure = pairs.measure AND claims.category = pairs.category AND claims.period = pairs.period
            AND claims.party IS NOT DISTINCT FROM pairs.party
        ORDER BY coalesce(pairs.n, 0) DESC, sides DESC, claims DESC, measure, category, period, party
        """
    )


def compared_claims(asked: Asked, comparison: Comparison) -> pa.Table:
    """One row per figure, oldest first: who says what of whom. More than MAX_POINTS of them come as one row per speaking side and month.

    Columns: entry_id, as_of, low, high, qualifier, claimant, claimant_party, party, population, outlets, independent_sources, claims,
    quote, is_month. A month has the least low and the greatest high told in it, and the entry told last.
    """
    where, values = _where(comparison)
    told = f"FROM casualty_claims WHERE as_of IS NOT NULL AND NOT is_subset AND subject IS NULL AND {where}"
    figures = column(asked.ask(f"SELECT count(DISTINCT group_id) {told}", values))[0]
    is_month = figures > MAX_POINTS
    key = "claimant_party, party, population, month" if is_month else "group_id, claimant_party, party, population"
    return asked.ask(
        f"""
        WITH told AS (SELECT *, CAST(date_trunc('month', as_of) AS DATE) AS month {told})
        SELECT
            {"arg_max(group_id, (as_of, known_at))" if is_month else "group_id"} AS entry_id,
            {"month" if is_month else "min(as_of)"} AS as_of,
            CASE WHEN bool_or(low IS NULL) THEN NULL ELSE min(low) END AS low,
            CASE WHEN bool_or(high IS NULL) THEN NULL ELSE max(high) END AS high,
            CASE WHEN count(DISTINCT qualifier) = 1 THEN min(qualifier) ELSE 'range' END AS qualifier,
            CASE WHEN count(DISTINCT claimant) > 2 THEN count(DISTINCT claimant) || ' speakers'
                ELSE string_agg(DISTINCT claimant, ', ' ORDER BY claimant) END AS claimant,
            claimant_party, party, population,
            string_agg(DISTINCT coalesce(outlet, source), ', ' ORDER BY coalesce(outlet, source)) AS outlets,
            count(DISTINCT cluster_id) AS independent_sources, count(*) AS claims,
            arg_min(quote, known_at) AS quote, {"true" if is_month else "false"} AS is_month
        FROM told GROUP BY {key} ORDER BY as_of, claimant_party, entry_id
        """,  # noqa: S608  names and clauses of this file
        values,
    )


def disputes(asked: Asked, comparison: Comparison, *, limit: int = 200) -> pa.Table:
    """Pairs of figures of two sides for the same loss, the widest apart first."""
    where, values = _where(comparison, _DISPUTE_CLAUSES)
    return asked.ask(
        f"""
        SELECT dispute_id, party, population, as_of_a, claimant_party_a, low_a, high_a, group_id_a,
            as_of_b, claimant_party_b, low_b, high_b, group_id_b, days_apart, gap_low, gap_ratio
        FROM disputes WHERE subject IS NULL AND {where} ORDER BY gap_ratio DESC NULLS LAST, dispute_id LIMIT $limit
        """,  # noqa: S608  names and clauses of this file
        {**values, "limit": limit},
        among={"measure": comparison.measure, "category": comparison.category, "period": comparison.period},
    )


def populations(asked: Asked, comparison: Comparison) -> list[str]:
    """Who is counted in what is compared, most frequent first."""
    where, values = _where(comparison)
    return column(
        asked.ask(
            f"""
            SELECT population, count(*) AS n FROM casualty_claims
            WHERE population IS NOT NULL AND as_of IS NOT NULL AND NOT is_subset AND {where} GROUP BY 1 ORDER BY n DESC, 1
            """,  # noqa: S608  names and clauses of this file
            values,
        )
    )


def _where(comparison: Comparison, clauses: Mapping[str, str] = _CLAUSES) -> tuple[str, dict[str, Any]]:
    return chosen(clauses, {name: getattr(comparison, name) for name in clauses})
