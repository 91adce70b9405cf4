"""Records of `demo.articles` in; the bytes of pages, feeds and sitemaps out, the same ones every time."""

from __future__ import annotations

import codecs
import json
from collections.abc import Sequence
from email.utils import format_datetime
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from demo.articles import SITE, Article, Outlet

RELATED = 4
NOTE = "This page was written for the Claimledger demonstration. The outlet does not exist."


def article_page(article: Article, outlet: Outlet, siblings: Sequence[Article]) -> bytes:
    """One article in its outlet's layout; `siblings` fill the boxes of related links."""
    template = "live" if article.posts else outlet.layout
    return _encode(_page(f"layouts/{template}.html.j2", article, outlet, siblings), article.charset)


def amp_page(article: Article, outlet: Outlet) -> bytes:
    """The AMP version, whose canonical link names the normal page."""
    return _page("layouts/amp.html.j2", article, outlet, ()).encode()


def listing(template: str, outlet: Outlet, entries: Sequence[Article]) -> bytes:
    """A feed, a sitemap or a section page from `site/listings`, newest entry first."""
    newest = sorted(entries, key=lambda a: (a.feed_published, a.slug), reverse=True)
    return _environment().get_template(f"listings/{template}.j2").render(outlet=outlet, entries=newest).encode()


def json_ld(article: Article, outlet: Outlet) -> Markup:
    """The page's JSON-LD blocks; `broken` cuts the object off inside a string, as a faulty plug-in does."""
    kind = article.json_ld
    if kind == "none":
        return Markup("")
    node = _news_article(article, outlet)
    if kind == "graph":
        return _script({"@context": "https://schema.org", "@graph": _graph(article, outlet, node)}) + _script(
            {"@context": "https://schema.org", "@type": "Organization", "name": outlet.name, "url": outlet.home}
        )
    if kind == "broken":
        text = json.dumps({"@context": "https://schema.org", **node}, ensure_ascii=False)
        return Markup('<script type="application/ld+json">{}</script>').format(Markup(text[: len(text) * 2 // 3]))
    return _script({"@context": "https://schema.org", **node})


def _page(template: str, article: Article, outlet: Outlet, siblings: Sequence[Article]) -> str:
    related = [other for other in siblings if other.slug != article.slug and other.is_listed][:RELATED]
    return (
        _environment()
        .get_template(template)
        .render(article=article, outlet=outlet, related=related, json_ld=json_ld(article, outlet), note=NOTE)
    )


def _encode(html: str, charset: str) -> bytes:
    if charset == "utf-16":  # the byte order mark is all the page says of its encoding
        return codecs.BOM_UTF16_LE + html.encode("utf-16-le")
    return html.encode(charset)


def _news_article(article: Article, outlet: Outlet) -> dict[str, object]:
    node: dict[str, object] = {
        "@type": "LiveBlogPosting" if article.posts else "NewsArticle",
        "headline": article.title,
        "url": outlet.home + article.path,
        "mainEntityOfPage": outlet.home + article.path,
        "datePublished": article.published.isoformat(),
        "dateModified": article.updated.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": {"@type": "Organization", "name": outlet.name},
        "articleSection": article.section,
        "isAccessibleForFree": article.json_ld != "paywall",
    }
    return {**node, **_live(article)} if article.posts else node


def _live(article: Article) -> dict[str, object]:
    updates = [
        {
            "@type": "BlogPosting",
            "headline": post.title,
            "datePublished": post.at.isoformat(),
            "articleBody": " ".join(post.paragraphs),
        }
        for post in article.posts
    ]
    return {"coverageStartTime": article.published.isoformat(), "liveBlogUpdate": updates}


def _graph(article: Article, outlet: Outlet, node: dict[str, object]) -> list[dict[str, object]]:
    crumb = {"@type": "ListItem", "position": 1, "name": article.section, "item": outlet.home}
    return [
        {"@type": "WebSite", "@id": outlet.home, "name": outlet.name, "url": outlet.home},
        {"@type": "BreadcrumbList", "itemListElement": [crumb]},
        {"@type": "WebPage", "url": outlet.home + article.path, "datePublished": article.published.isoformat()},
        node,
    ]


def _script(value: object) -> Markup:
    text = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text))


@cache
def _environment() -> Environment:
    """One Jinja environment for the process: compiling the layouts is most of the cost of a page."""
    loader = FileSystemLoader(SITE)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["rfc822"] = lambda at: format_datetime(at, usegmt=True)
    made.filters["iso"] = lambda at: at.isoformat()
    made.filters["printable"] = lambda text: "".join(c for c in text if c.isprintable())  # XML has no escape codes
    made.filters["day"] = lambda at: f"{at.day} {at:%B %Y}"
    return made
