"""In: a home. Out: a small ledger of two nights in which everything happens once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.ledgers import Ledger, announcement, claim, offer

FILLER = " ".join(f"word{n}" for n in range(120))
LOSSES = "Ukraine's General Staff said at least 9,166 Russian soldiers had been killed."
STORY = f"{LOSSES} Kyiv offers 500 dollars to those who lay down arms. The ministry banned fishing. {FILLER}"
EDITED = STORY.replace("9,166", "9,861")
MARCH_1 = date(2026, 3, 1)


def general_staff(quote: str, low: int) -> Any:
    who = {"claimant": "Ukraine's General Staff", "claimant_party": "UA", "qualifier": "at_least"}
    return claim(quote, low=low, as_of=MARCH_1, as_of_basis="statement", **who)


def told(text: str, low: int) -> dict[str, Any]:
    """What an extractor finds in STORY and its edits."""
    return {
        "claims": [general_staff(text.split(" Kyiv")[0], low)],
        "offers": [offer("500 dollars", offeror="Kyiv", offeror_party="UA", amount=500, currency="USD", amount_usd=500, usd_basis="usd")],
        "announcements": [announcement("The ministry banned fishing.", announcer="Ministry", announcer_party="UA")],
    }


def first_night(ledger: Ledger) -> None:
    """Two copies of one story, one of them in a source whose text is not published; mishaps of every stage."""
    ledger.lead("gazette", "https://gazette.example/a")
    ledger.capture("gazette", "https://gazette.example/rss", role="listing")
    ledger.article(
        "gazette", "https://gazette.example/a", STORY, published_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC), **told(STORY, 9166)
    )
    ledger.article("herald", "https://herald.example/a", f"By a staff writer. {STORY}", **told(STORY, 9166))
    ledger.article(
        "closed",
        "https://closed.example/a",
        "Twelve tanks burned.",
        claims=[claim("Twelve tanks burned.", category="tank", measure="destroyed", low=12, high=12)],
    )
    ledger.rejected("gazette", "https://gazette.example/b")
    ledger.failed("gazette", "https://gazette.example/c")
    ledger.failed("herald", "https://herald.example/rss", reason="listing_unreadable", role="listing")
    wrong = claim("Twelve tanks", low=12, char_end=400)
    ledger.article(
        "gazette",
        "https://gazette.example/d",
        "Twelve tanks burned.",
        claims=[wrong],
        rejections=[{"reason": "quote_too_long", "detail": "412 characters"}],
    )
    ledger.load()


def second_night(ledger: Ledger) -> None:
    """The page of the gazette was edited; the herald's is gone; the closed one is shown unchanged and read by a newer extractor."""
    ledger.article("gazette", "https://gazette.example/a", EDITED, **told(EDITED, 9861))
    ledger.gone("herald", "https://herald.example/a")
    again = ledger.capture("closed", "https://closed.example/a", body="Twelve tanks burned.")
    text = "Twelve tanks burned."
    ledger.cleaned("closed", "https://closed.example/a", text, again, ledger.now)
    found = claim(text, category="tank", measure="destroyed", low=12, high=12, party="UA")
    ledger.extracted("closed", "https://closed.example/a", text, again, claims=[found], extractor_version="2")
    ledger.load()


def night_after_night(home: Path) -> Ledger:
    ledger = Ledger(home)
    ledger.source("gazette")
    ledger.source("herald", name="The Herald")
    ledger.source("closed", publish_text=False)
    first_night(ledger)
    second_night(ledger)
    return ledger
