"""In: the text of a page. Out: its element tree without scripts, and the JSON-LD blocks that stood in them; or why it is no page.

The page is parsed once. Scripts leave the tree here: trafilatura's own reading of broken JSON-LD can take hours (quadratic regular
expressions), and every copy it makes of the tree is smaller without them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ingest.records import Rejection, RejectionReason

MAX_DEPTH = 255  # libxml2 stops reading deeper trees half-way; a half-read page is no page
MAX_ELEMENTS = 60_000  # trafilatura's time grows faster than the tree; the largest of 258 real pages has 3,946 without its scripts

_BINARY = (b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"\x00\x00\x00", b"BZh", b"7z\xbc\xaf")
_ANY_TAG = re.compile(r"<(?:!doctype|html|head|body|div|p|article|main|section|table|h1|span|br)\b", re.IGNORECASE)
_OTHER_ROOT = re.compile(
    r"\s*(?:<\?xml[^<>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)?<(rss|feed|urlset|sitemapindex|rdf:RDF|svg)\b", re.DOTALL
)
_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_INLINE_TAGS = re.compile(r"</?(?:font|span|b|i|u|em|strong|small|big|center|tt|a)\b[^<>]{0,2000}>", re.IGNORECASE)
_DEAD = ("script", "style", "svg", "template", "iframe", "object", "embed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A tree, and the JSON-LD blocks in page order."""

    tree: HtmlElement
    json_ld: tuple[str, ...]


class _Stop(Enum):
    """Why there is no tree."""

    DEPTH = "depth"
    LENGTH = "length"
    BROKEN = "broken"


def looks_binary(body: bytes, text: str) -> str | None:
    """The first bytes of `body` when they are those of a file that is no text, for people; `text` is what they decode to."""
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(_BINARY):
        return repr(start[:8])
    if "<" in text[:4096] and "\ufffd" not in text[:4096]:
        return None  # UTF-16 has bytes that would look strange below
    strange = sum(byte < 9 or 13 < byte < 32 for byte in start if byte != 27 and byte)
    return repr(start[:8]) if strange * 10 > len(start) else None


def parse(text: str) -> Parsed | Rejection:
    """The tree of `text`, or `not_html`."""
    other = _OTHER_ROOT.match(text)
    if other or not _ANY_TAG.search(text):
        found = f"a document of <{other[1]}>" if other else f"text without a tag, beginning {text[:40]!r}"
        return _no_html(found)
    tree = _tree(text)
    if tree is _Stop.DEPTH:
        tree = _tree(_INLINE_TAGS.sub("", text))  # unclosed <font> or <b> nest without end on old pages
    if tree is _Stop.LENGTH:
        return Rejection(reason=RejectionReason.TOO_LARGE, detail="one text or script of more than 10 MB; no article has one")
    if isinstance(tree, _Stop):
        return _no_html("nothing but broken tags" if tree is _Stop.BROKEN else f"elements nested deeper than {MAX_DEPTH} levels")
    json_ld = _take_json_ld(tree)
    etree.strip_elements(tree, *_DEAD, with_tail=False)
    count = int(tree.xpath("count(//*)"))
    if count > MAX_ELEMENTS:
        detail = f"{count} elements; at most {MAX_ELEMENTS} are read"
        return Rejection(reason=RejectionReason.TOO_LARGE, detail=detail)
    return Parsed(tree=tree, json_ld=json_ld)


def _no_html(detail: str) -> Rejection:
    return Rejection(reason=RejectionReason.NOT_HTML, detail=f"{detail}; an HTML page was expected")


def _tree(text: str) -> HtmlElement | _Stop:
    """The whole tree, or why libxml2 gave up; what it has read by then is not used."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, default_doctype=False)
    try:
        tree = document_fromstring(text.encode("utf-8", "ignore").translate(None, _CONTROLS), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        tree = _Stop.BROKEN
    limits = [entry.message for entry in parser.error_log if entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT]
    if limits:
        return _Stop.DEPTH if any("depth" in message for message in limits) else _Stop.LENGTH
    return tree


def _take_json_ld(tree: HtmlElement) -> tuple[str, ...]:
    blocks = (script for script in tree.iter("script") if "ld+json" in (script.get("type") or "").lower())
    return tuple(block.text for block in blocks if block.text)
