"""In: an article's text with title and day of publication. Out: the statements it makes, each with an exact quote.

One direction: tokens and sentences -> lexicons -> numbers, money, dates -> tagging -> sides, sites, introductions, wars -> context;
tagging -> quantified, patterns -> lost -> measures, kinds, continued -> losses; context -> misfortunes, attribution -> bulletins;
evidence -> strikes -> owners, scenes -> parties -> claims; benefits, wording -> asked -> payers -> offers; announcements;
all -> grounding. `lines` is the filter behind `claimledger extract`, `identity` names statements.
"""

from __future__ import annotations

from ingest.extract.announcements import find_announcements
from ingest.extract.claims import credited_by_bulletin, credited_by_review, find_claims
from ingest.extract.context import Context
from ingest.extract.grounding import grounded, once, without_repeats
from ingest.extract.offers import find_offers
from ingest.records import ArticleText, Extraction, Rejection

EXTRACTOR = "grammar"
EXTRACTOR_VERSION = "1.9.0"

__all__ = ["EXTRACTOR", "EXTRACTOR_VERSION", "extract"]


def extract(article: ArticleText) -> Extraction:
    """Statements of one article in text order. The same article always gives the same result: no clock, network or randomness."""
    context = Context(article)
    if not (context.is_on_conflict and context.is_english):
        return Extraction()
    refused: list[Rejection] = []
    claims = without_repeats(grounded(article.text, find_claims(context), refused), article.text)
    return Extraction(
        casualty_claims=tuple(credited_by_review(context, credited_by_bulletin(context, claims))),
        offers=tuple(once(grounded(article.text, find_offers(context), refused))),
        announcements=tuple(once(grounded(article.text, find_announcements(context), refused))),
        rejections=tuple(refused),
    )
