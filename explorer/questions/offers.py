"""In: filters of the offers. Out: what is promised to whom, once a group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from explorer.questions.asking import Asked, chosen, frequent

MAX_OFFERS = 1_000
MAX_CHOICES = 500
_CLAUSES = {
    "parties": "list_contains($parties, offeror_party)",
    "actions": "list_contains($actions, action)",
    "audiences": "list_contains($audiences, audience_party)",
    "since": "offered_on >= $since",
    "until": "offered_on <= $until",
}
_CHOICES = {"offerors": "[offeror_party]", "actions": "[action]", "audiences": "[audience_party]"}


def offers(
    asked: Asked,
    *,
    parties: Sequence[str] = (),
    actions: Sequence[str] = (),
    audiences: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    limit: int = MAX_OFFERS,
) -> pa.Table:
    """One row per group, newest first. `day` is that of the offer, else of publication; amounts as stated, dollars only where stated."""
    where, values = chosen(_CLAUSES, {"parties": parties, "actions": actions, "audiences": audiences, "since": since, "until": until})
    return asked.ask(
        f"""
        WITH told AS (
            SELECT *, coalesce(offered_on, CAST(published_at AT TIME ZONE 'UTC' AS DATE)) AS day,
                row_number() OVER (PARTITION BY group_id ORDER BY known_at, offer_id) AS nth
            FROM offers WHERE {where}
        )
        SELECT group_id AS entry_id, day, offered_on, offeror, offeror_party, announced_by, audience, audience_party, action, benefit,
            status,
            amount_low, amount, currency, per, amount_usd, usd_basis, valid_until, outlet, independent_sources, quote
        FROM told WHERE nth = 1 ORDER BY day DESC NULLS LAST, entry_id LIMIT $limit
        """,  # noqa: S608  names and clauses of this file
        {**values, "limit": limit},
    )


def offer_choices(asked: Asked) -> dict[str, list[Any]]:
    """What the filters of the offers may be set to, most frequent first: offerors, actions, audiences."""
    return frequent(asked, "offers", _CHOICES, MAX_CHOICES)
