"""In: the bytes of a section page. Out: its links within the same registrable domain as leads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree, html

from ingest.discover.listing import Listing, beginning, empty, lead, unique, unreadable
from ingest.records import Capture, Lead
from ingest.urls import absolute, canonical, host, registrable_domain

_TAG = re.compile(rb"<(!doctype|html|head|body|a|div|p|ul|main|section|article)[\s>]", re.IGNORECASE)
_FILES = re.compile(r"\.(jpe?g|png|gif|webp|svg|ico|css|js|json|xml|rss|pdf|docx?|xlsx?|zip|mp[34]|m4a|webm|avi)$", re.IGNORECASE)


def read(capture: Capture) -> Listing:
    """Links in the page's order, with their text as title. Links to files, to other domains and to the page itself are
    left out; which of the others are articles is for the source's `include` and `exclude`."""
    if not _TAG.search(capture.body.replace(b"\0", b"")):
        got = f"received {capture.content_type or 'no content type'} beginning {beginning(capture.body)}"
        return unreadable(capture, f"{got}; an HTML page with links was expected")
    try:
        tree = html.document_fromstring(capture.body, parser=_parser(_charset(capture)))
    except (etree.LxmlError, ValueError, AssertionError) as error:
        return unreadable(capture, f"the page could not be parsed ({str(error)[:200]}); an HTML page with links was expected")
    leads = unique(_links(capture, tree))
    if not leads:
        return empty(capture, f"the page has no link to another page of {registrable_domain(host(capture.final_url))}")
    return Listing(leads=leads)


def _charset(capture: Capture) -> str | None:
    """The label of the header, else UTF-8 where the bytes are that, else None: libxml2 looks for a meta element, then takes Latin-1."""
    if capture.charset:
        return capture.charset
    try:
        capture.body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _parser(charset: str | None) -> html.HTMLParser:
    try:
        return html.HTMLParser(encoding=charset, no_network=True, huge_tree=False)
    except LookupError:  # a label that libxml2 does not know: it finds the charset itself
        return html.HTMLParser(no_network=True, huge_tree=False)


def _links(capture: Capture, tree: html.HtmlElement) -> Iterator[Lead]:
    own = canonical(capture.final_url)
    domain = registrable_domain(host(capture.final_url))
    base = _base(capture, tree)
    for anchor in tree.iter("a"):
        url = absolute(base, anchor.get("href") or "")
        if url is None or registrable_domain(host(url)) != domain or canonical(url) == own or _FILES.search(url.partition("?")[0]):
            continue
        found = lead(capture, url.partition("#")[0], anchor.text_content())
        if found is not None:
            yield found


def _base(capture: Capture, tree: html.HtmlElement) -> str:
    """What relative links are relative to: the first `base` element, else the page's own address."""
    for element in tree.iter("base"):
        return absolute(capture.final_url, element.get("href") or "") or capture.final_url
    return capture.final_url
