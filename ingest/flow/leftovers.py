"""In: a home in which nobody writes. Out: nothing left of what stopped runs began and no event names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest import publish as publishing
from ingest.archive import ROOT as ARCHIVE
from ingest.events import EventType
from ingest.flow.house import House

_FILE = {EventType.CAPTURE_TAKEN: "warc_file", EventType.ARTICLE_CLEANED: "text_file"}  # where an event names a file of the archive


def clear(house: House, streams: Iterable[str]) -> int:
    """Remove what nothing reads and nobody can say which pages it holds; how much there was.

    The locks of the build and of `streams`, all there are, are held by the caller, and the log is whole.
    """
    unnamed = [key for stream in streams for key in _unnamed(house, stream)]
    for key in unnamed:
        house.storage.delete(key)
    scraps = house.storage.sweep(ARCHIVE) + house.storage.sweep(publishing.ASIDE)
    return len(unnamed) + scraps + publishing.clear_leftovers(house.home) + publishing.clear_broken(house.home)


def _unnamed(house: House, stream: str) -> Iterator[str]:
    """Files of the archive that no event names, also of those that were set aside."""
    named = {event.payload[_FILE[event.type]] for event in house.log.read(stream, types=tuple(_FILE))}
    for root in ("", f"{publishing.ASIDE}/"):
        yield from (key for key in house.storage.keys(f"{root}{ARCHIVE}/{stream}") if key.removeprefix(root) not in named)
