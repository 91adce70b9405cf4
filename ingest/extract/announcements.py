"""In: an article's context. Out: its announcements: an official, office or organisation makes a decision public."""

from __future__ import annotations

from ingest.extract.context import Context
from ingest.extract.grounding import Core
from ingest.records import Announcement


def find_announcements(context: Context) -> list[tuple[Announcement, Core]]:
    """Announcements in text order."""
    return []
