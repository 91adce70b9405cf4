"""In: the fetched address and what the page calls its own. Out: the canonical address, never outside the fetched registrable domain."""

from __future__ import annotations

from ingest import urls
from ingest.clean.head import Head


def canonical(fetched: str, head: Head) -> str:
    """The page's canonical link, else its og:url, where believable; else the fetched address. Raises ValueError for a bad `fetched`."""
    for told in (head.canonical, head.first("og:url")):
        address = urls.absolute(fetched, told) if told else None
        if address and _is_believable(address, fetched):
            return urls.canonical(address)
    return urls.canonical(fetched)


def _is_believable(address: str, fetched: str) -> bool:
    """Same owner, and not the front page in the name of an article (templates with a fixed link do that to every page)."""
    if urls.registrable_domain(urls.host(address)) != urls.registrable_domain(urls.host(fetched)):
        return False
    return not _is_root(address) or _is_root(fetched)


def _is_root(address: str) -> bool:
    return address.partition("://")[2].partition("#")[0].partition("/")[2] == ""
