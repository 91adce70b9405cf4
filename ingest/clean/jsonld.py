"""In: the JSON-LD blocks of a page. Out: what schema.org says of its article: headline, dates, authors, publisher, language.

Tolerant of what real pages do (several blocks, @graph, lists, @id references, raw control characters, trailing commas); a block that
is still not JSON is skipped. Time is linear in the size of the block, and blocks and nodes are bounded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

MAX_BLOCK_CHARS = 2_000_000  # live blogs carry their whole text here: 840,919 characters on a real page
MAX_BLOCKS = 40
MAX_NODES = 2_000

Node = dict[str, Any]

_ARTICLE_TYPES = frozenset(
    {
        "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle", "OpinionNewsArticle",
        "ReviewNewsArticle", "AskPublicNewsArticle", "AdvertiserContentArticle", "BlogPosting", "LiveBlogPosting", "SocialMediaPosting",
        "DiscussionForumPosting", "Report", "ScholarlyArticle", "TechArticle", "Review",
    }
)  # fmt: skip
_LISTING_TYPES = frozenset({"CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage", "ContactPage", "AboutPage"})
_DESCEND = ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed")
_TRAILING_COMMA = re.compile(r",(?=\s{0,200}[}\]])")
_WRAPPING = re.compile(r"^\s*(?:<!--|<!\[CDATA\[|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)+|(?:-->|\]\]>|//\s*\]\]>)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The article node of a page and the nodes it may refer to."""

    article: Node = field(default_factory=dict)
    by_id: dict[str, Node] = field(default_factory=dict)
    types: frozenset[str] = frozenset()
    publisher: str | None = None

    def text(self, key: str) -> str | None:
        """The first text under `key` of the article, entities resolved."""
        return next(iter(texts(self.article.get(key))), None)

    def names(self, key: str) -> tuple[str, ...]:
        """The names of the persons or organisations under `key` of the article, @id references followed."""
        return tuple(name for name, _ in self._people(self.article.get(key), depth=0))

    def people(self, key: str) -> tuple[tuple[str, bool], ...]:
        """Name and whether schema.org calls it an organisation, for each entry under `key` of the article."""
        return tuple(self._people(self.article.get(key), depth=0))

    @property
    def is_listing(self) -> bool:
        """The page calls itself a list of things and names no article."""
        return not self.article and bool(self.types & _LISTING_TYPES)

    @property
    def is_paywalled(self) -> bool:
        return str(self.article.get("isAccessibleForFree", "true")).strip().lower() in ("false", "0", "http://schema.org/false")

    def _people(self, value: object, depth: int) -> Iterator[tuple[str, bool]]:
        for entry in _listed(value):
            if isinstance(entry, str):
                yield from ((text, False) for text in texts(entry))
            elif isinstance(entry, dict) and depth < 3:
                node = entry if "name" in entry else self.by_id.get(str(entry.get("@id")), entry)
                organised = bool(types_of(node) & {"Organization", "NewsMediaOrganization", "Corporation"})
                for name in _listed(node.get("name")):
                    if isinstance(name, str):
                        yield from ((text, organised) for text in texts(name))
                    else:
                        yield from self._people(name, depth + 1)


def read(blocks: Iterable[str], page_url: str) -> Schema:
    """The schema of the page: of several article nodes the one that says it is about `page_url`, else the first."""
    nodes = [node for number, block in enumerate(blocks) if number < MAX_BLOCKS for node in _walk(_load(block))][:MAX_NODES]
    by_id: dict[str, Node] = {}
    for node in nodes:
        if isinstance(node.get("@id"), str) and len(node) > 1:
            by_id.setdefault(node["@id"], node)
    articles = [node for node in nodes if types_of(node) & _ARTICLE_TYPES and not node.get("itemListElement")]
    told = [node for node in articles if _same_page(node, page_url)] or [n for n in articles if n.get("headline")] or articles
    types = frozenset(kind for node in nodes for kind in types_of(node))
    schema = Schema(article=_merged(told), by_id=by_id, types=types)
    publisher = schema.names("publisher") or tuple(_site_names(nodes))
    return Schema(article=schema.article, by_id=by_id, types=types, publisher=publisher[0] if publisher else None)


def texts(value: object) -> Iterator[str]:
    """The non-empty texts in a value that may be one or a list, entities resolved, spaces folded."""
    for entry in _listed(value):
        if isinstance(entry, dict):
            entry = entry.get("@value") or entry.get("name") or entry.get("alternateName")
        if isinstance(entry, str):
            told = " ".join(unescape(unescape(entry)).split())
            if told:
                yield told


def types_of(node: Node) -> frozenset[str]:
    """The schema.org types of a node, without the vocabulary's address."""
    return frozenset(str(kind).rsplit("/", 1)[-1].removeprefix("schema:") for kind in _listed(node.get("@type")))


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _load(block: str) -> object:
    if len(block) > MAX_BLOCK_CHARS:
        return None
    plain = _WRAPPING.sub("", block[:200]) + block[200:] if block[:200].lstrip().startswith(("<", "/")) else block
    plain = plain.strip().rstrip(";").removesuffix("-->").removesuffix("]]>").rstrip()
    try:
        return json.loads(plain, strict=False)
    except (ValueError, RecursionError):
        return _forgiving(plain)


def _forgiving(plain: str) -> object:
    """Without trailing commas; None when it is still no JSON."""
    try:
        return json.loads(_TRAILING_COMMA.sub("", plain), strict=False)
    except (ValueError, RecursionError):
        return None


def _walk(root: object) -> Iterator[Node]:
    """The nodes that speak of the page itself, outermost first; lists of other pages are not entered."""
    waiting: list[tuple[object, int]] = [(root, 0)]
    count = 0
    while waiting and count < MAX_NODES:
        value, depth = waiting.pop(0)
        if isinstance(value, list) and depth < 6:
            waiting.extend((entry, depth + 1) for entry in value[:MAX_NODES])
        elif isinstance(value, dict):
            count += 1
            yield value
            if depth < 6:
                waiting.extend((value[key], depth + 1) for key in _DESCEND if key in value)


def _same_page(node: Node, page_url: str) -> bool:
    """Does the node name `page_url` as its page, scheme, query and trailing slash aside?"""
    main = node.get("mainEntityOfPage")
    told = [node.get("url"), node.get("@id"), main.get("@id") if isinstance(main, dict) else main]
    return bool(node.get("headline")) and any(isinstance(t, str) and _bare(t) == _bare(page_url) for t in told)


def _bare(url: str) -> str:
    return url.split("#")[0].split("?")[0].partition("://")[2].removeprefix("www.").rstrip("/").lower()


def _merged(nodes: list[Node]) -> Node:
    """The first node, completed by what later nodes with the same headline say."""
    if not nodes:
        return {}
    first = nodes[0]
    same = [node for node in nodes[1:] if node.get("headline") == first.get("headline")]
    return {key: value for node in [*reversed(same), first] for key, value in node.items() if value not in (None, "", [])}


def _site_names(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if types_of(node) & {"WebSite", "NewsMediaOrganization"}:
            yield from texts(node.get("name"))
