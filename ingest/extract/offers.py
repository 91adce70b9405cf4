"""In: an article's context. Out: its offers: a side offers a benefit to an audience for an act."""

from __future__ import annotations

from ingest.extract.context import Context
from ingest.extract.grounding import Core
from ingest.records import Offer


def find_offers(context: Context) -> list[tuple[Offer, Core]]:
    """Offers in text order."""
    return []
