"""In: a page's paragraphs and what it says of itself. Out: why it is not an article, or nothing."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from ingest.clean.head import Head
from ingest.clean.jsonld import Schema
from ingest.clean.text import weight
from ingest.records import Rejection, RejectionReason

MIN_CHARS = 250  # an agency flash of two sentences has more, a cookie notice less; the lightest of 257 real articles weighs 733
MAX_CHARS = 2_000_000  # the longest of 257 real articles has 38,000; beyond lie dumps and traps
PAYWALL_CHARS = 600  # a page that says it is not free and shows less than this shows the teaser
SENTENCE_CHARS = 80  # a paragraph of an article is longer; a teaser or a menu line is shorter

# Whole titles only: "404 soldiers killed" and "Page removed after outcry" are news.
_MISSING = r"(?:the |this )?(?:page|article|story|content|url)(?: you (?:requested|were looking for|are looking for))?"
_GONE = re.compile(
    rf"\W*(?:(?:http )?(?:error )?404(?: error)?\W*)?(?:(?:oops|sorry)\W+)?(?:{_MISSING} (?:(?:was |is |could )?not (?:be )?found|"
    r"(?:is |was |has been )?(?:unavailable|not available|no longer available|removed|deleted)|(?:does not|doesn['’]t) exist)|"
    r"404|not found|error 404|access denied|just a moment|attention required|are you a robot|verify you are human|"
    r"page introuvable|seite nicht gefunden|página no encontrada|страница не найдена|сторінку не знайдено)\W*(?:cloudflare)?\W*",
    re.IGNORECASE,
)


def refuse(parts: tuple[str, ...], title: str | None, schema: Schema, head: Head, tree: HtmlElement) -> Rejection | None:
    """The reason to refuse a page with these paragraphs, or None. Soft 404s first: their text may be long."""
    chars = sum(map(weight, parts))
    if title and _GONE.fullmatch(title):
        return _no_article(f"the page is titled {title[:60]!r}: an error page answered with status 200")
    if schema.is_paywalled and chars < PAYWALL_CHARS:
        return _no_article(f"the page says it is not free and shows {chars} characters; a full article was expected")
    if chars < MIN_CHARS:
        return Rejection(reason=RejectionReason.TOO_SHORT, detail=f"{chars} characters of text; at least {MIN_CHARS} were expected")
    if chars > MAX_CHARS:
        return Rejection(reason=RejectionReason.TOO_LARGE, detail=f"{chars} characters of text; at most {MAX_CHARS} are kept")
    return _listing(parts, schema, head, tree)


def _listing(parts: tuple[str, ...], schema: Schema, head: Head, tree: HtmlElement) -> Rejection | None:
    """A section front: hardly a full sentence in paragraphs of its own, or the page calls itself a list and reads like one."""
    chars = sum(map(weight, parts))
    prose = sum(weight(part) for part in parts if weight(part) >= SENTENCE_CHARS and part[-1] in ".!?…\"”»'’)。:")
    if schema.article or (head.first("og:type") or "").lower() == "article":
        return None
    links = _link_share(parts, tree)
    if prose < 0.4 * chars and (len(parts) >= 5 or links > 0.5):
        return _no_article(
            f"{len(parts)} short paragraphs, {prose} of {chars} characters in full sentences; a list of links, not an article"
        )
    if (schema.is_listing and prose < 0.8 * chars) or links > 0.6:
        return _no_article(f"{links:.0%} of the text is links; a list of links, not an article")
    return None


def _link_share(parts: tuple[str, ...], tree: HtmlElement) -> float:
    """Share of the paragraphs' characters that stand, as whole paragraphs, in links."""
    linked = {" ".join(a.text_content().split()) for a in tree.iter("a")}
    total = sum(map(len, parts))
    return sum(len(part) for part in parts if part in linked) / total if total else 0.0


def _no_article(detail: str) -> Rejection:
    return Rejection(reason=RejectionReason.NOT_AN_ARTICLE, detail=detail)
