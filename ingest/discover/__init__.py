"""In: a source and the capture of one of its listings. Out: leads, child listings, or the problem of the listing.
Pure."""

from ingest.discover.listing import Listing, unreadable
from ingest.discover.read import leads_of, read_listing
from ingest.discover.select import select

__all__ = ["Listing", "leads_of", "read_listing", "select", "unreadable"]
