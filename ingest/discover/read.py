"""In: a source and a capture of its listing. Out: the `Listing`, by the reader that the source's kind names."""

from __future__ import annotations

from ingest.discover import feed, pages, sitemap
from ingest.discover.listing import Listing, unique
from ingest.errors import Misuse
from ingest.records import Capture, Lead
from ingest.sources import Source, SourceKind


def read_listing(source: Source, capture: Capture) -> Listing:
    """Leads and child listings of a feed, sitemap or section page. Never raises on any body: what cannot be read is `Listing.problem`.

    Raises Misuse for a kind that has no listing.
    """
    match source.kind:
        case SourceKind.FEED:
            return feed.read(capture)
        case SourceKind.SITEMAP:
            return sitemap.read(source, capture)
        case SourceKind.PAGES:
            return pages.read(capture)
        case kind:
            raise Misuse(f"source {source.slug}: kind {kind} has no listing to read; feed, sitemap and pages have")


def leads_of(source: Source) -> tuple[Lead, ...]:
    """The leads of a source of kind urls, which needs no listing: its own addresses, in order."""
    return unique(Lead(url=url) for url in source.listings)
