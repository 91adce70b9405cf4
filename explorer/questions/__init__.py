"""In: an edition and what somebody wants to know of it. Out: the rows, as Arrow. All the SQL of the explorer stands here, a file a page.

Names and clauses come from these files, values go in as parameters: nothing that a person typed ever becomes SQL. What is asked is an open
edition or one as known on a day (`Reader.as_known`): the questions are the same.
"""

from explorer.questions.asking import MAX_POINTS, STATEMENT_TABLES, Asked, end_of_day
from explorer.questions.changes import MAX_CHANGES, changed_statements
from explorer.questions.compare import Comparison, comparable, compared_claims, disputes, populations
from explorer.questions.edition import DATA, choices, edition, first_day, party_names, tables, whole
from explorer.questions.evidence import (
    article_quotes,
    article_texts,
    corrections_of,
    ended,
    entry,
    entry_of_statement,
    tellings,
    versions,
)
from explorer.questions.offers import MAX_OFFERS, offer_choices, offers
from explorer.questions.sources import refusals, refused_days, source_days, source_table
from explorer.questions.timeline import Filters, all_entries, entries, entry_counts, speaking

__all__ = [
    "DATA",
    "MAX_CHANGES",
    "MAX_OFFERS",
    "MAX_POINTS",
    "STATEMENT_TABLES",
    "Asked",
    "Comparison",
    "Filters",
    "all_entries",
    "article_quotes",
    "article_texts",
    "changed_statements",
    "choices",
    "comparable",
    "compared_claims",
    "corrections_of",
    "disputes",
    "edition",
    "end_of_day",
    "ended",
    "entries",
    "entry",
    "entry_counts",
    "entry_of_statement",
    "first_day",
    "offer_choices",
    "offers",
    "party_names",
    "populations",
    "refusals",
    "refused_days",
    "source_days",
    "source_table",
    "speaking",
    "tables",
    "tellings",
    "versions",
    "whole",
]
