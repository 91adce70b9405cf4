"""In: a `Page`. Out: an `Article`, or a `Rejection` with its reason: `clean`, pure and the same for ever for the same page.

The way of a page: record (JSON lines) | decode -> parse -> head, jsonld -> names, dates, address -> text -> language -> verdict.
Only this package imports trafilatura.
"""

from __future__ import annotations

from ingest.clean.cleaner import CLEANER_VERSION, clean, warm
from ingest.clean.page import Page
from ingest.clean.record import CONTENT_TYPE as RECORD_CONTENT_TYPE

__all__ = ["CLEANER_VERSION", "RECORD_CONTENT_TYPE", "Page", "clean", "warm"]
