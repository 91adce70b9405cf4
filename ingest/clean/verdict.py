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
WALL_CHARS = 1_500  # a challenge page says less, its small print included
SENTENCE_CHARS = 80  # a paragraph of an article is longer; a teaser or a menu line is shorter

# Whole titles only: "404 soldiers killed" and "Page removed after outcry" are news.
_MISSING = r"(?:the |this )?(?:page|article|story|content|url)(?: you (?:requested|were looking for|are looking for))?"
_GONE = re.compile(
    rf"\W*(?:(?:http )?(?:error )?404(?: error)?\W*)?(?:(?:oops|sorry)\W+)?(?:{_MISSING} (?:(?:was |is |could )?not (?:be )?found|"
    r"(?:is |was |has been )?(?:unavailable|not available|no longer available|removed|deleted)|(?:does not|doesn['’]t) exist)|"
    r"404|not found|error 404|"
    r"page introuvable|seite nicht gefunden|página no encontrada|страница не найдена|сторінку не знайдено)\W*",
    re.IGNORECASE,
)
# What bot walls call their pages; whole titles as well.
_WALL_TITLE = re.compile(
    r"\W*(?:just a moment|one moment,? please|please wait|attention required|access (?:to this page has been )?denied"
    r"|are you (?:a )?(?:robot|human)|robot or human|(?:please )?verify (?:that )?you are (?:a )?human|human verification"
    r"|(?:security|browser|captcha|bot) (?:check|verification|challenge)|captcha|checking your browser|pardon our interruption"
    r"|one more step|ddos[- ]guard|ddos protection by .{1,30}"
    r"|bot verification|client challenge|challenge validation|unusual traffic(?: detected)?"
    r"|you have been blocked|blocked|request rejected|un instant|einen moment(?: bitte)?|un momento|проверка браузера"
    r"|подтвердите,? что вы не робот|зачекайте|подождите)\W*(?:\|?\W*cloudflare)?\W*",
    re.IGNORECASE,
)
# What they say. Each names the visitor or the check and stands in no report; a page with one of them and little else is a wall.
_WALL_WORDS = re.compile(
    r"verif(?:y|ying) (?:that )?you are (?:a )?(?:human|not a (?:ro)?bot)|confirm (?:that )?you are (?:a )?(?:human|not a (?:ro)?bot)|"
    r"checking (?:if the site connection is secure|your browser)|review the security of your connection|"
    r"enable javascript and (?:cookies|disable any ad blocker)|unusual (?:traffic|activity) from your (?:computer|network|browser)|"
    r"(?:made|makes) us think (?:that )?you(?: are|['’]re| might be) a bot|incapsula incident id|request unsuccessful|"
    r"cloudflare ray id|you have been blocked|why have i been blocked|press (?:and|&) hold|solve the captcha|complete the captcha|"
    r"подтвердите,? что вы (?:не (?:ро)?бот|человек)|підтвердьте,? що ви (?:не (?:ро)?бот|людина)",
    re.IGNORECASE,
)


def refuse(parts: tuple[str, ...], title: str | None, schema: Schema, head: Head, tree: HtmlElement) -> Rejection | None:
    """The reason to refuse a page with these paragraphs, or None. Soft 404s first: their text may be long."""
    chars = sum(map(weight, parts))
    wall = _wall(chars, title, schema, tree)
    if wall:
        return Rejection(reason=RejectionReason.BOT_WALL, detail=wall)
    if title and _GONE.fullmatch(title):
        return _no_article(f"the page is titled {title[:60]!r}: an error page answered with status 200")
    if schema.is_paywalled and chars < PAYWALL_CHARS:
        return _no_article(f"the page says it is not free and shows {chars} characters; a full article was expected")
    if chars < MIN_CHARS:
        return Rejection(reason=RejectionReason.TOO_SHORT, detail=f"{chars} characters of text; at least {MIN_CHARS} were expected")
    if chars > MAX_CHARS:
        return Rejection(reason=RejectionReason.TOO_LARGE, detail=f"{chars} characters of text; at most {MAX_CHARS} are kept")
    return _listing(parts, schema, head, tree)


def _wall(chars: int, title: str | None, schema: Schema, tree: HtmlElement) -> str | None:
    """What gives a bot wall away, for people; None where the page is none. A page with an article in its JSON-LD is none."""
    if schema.article:
        return None
    if title and _WALL_TITLE.fullmatch(title):
        return f"the page is titled {title[:60]!r}: a bot wall answered with status 200"
    if chars >= WALL_CHARS:
        return None
    said = _WALL_WORDS.search(" ".join(tree.text_content()[: 4 * WALL_CHARS].split()))
    return f"the page says {said[0]!r} and little else: a bot wall answered with status 200" if said else None


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
