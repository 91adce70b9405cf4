"""A host, a path and the number of the visit in; a response (status, headers, body) out. No sockets, no clock."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from typing import Any

import yaml

from demo.articles import SITE, Article, Outlet, articles, outlets
from demo.render import amp_page, article_page, listing

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
NEWS_ENTRIES = 3  # a news sitemap lists the newest pages only
CHUNK = 64 * 1024
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What the server sends; `repeat` bodies in a row, so that a huge page is never held in memory."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    repeat: int = 1

    @property
    def length(self) -> int:
        return len(self.body) * self.repeat

    def chunks(self) -> Iterator[bytes]:
        for _ in range(self.repeat):
            yield self.body


Route = Callable[[], Response]


def respond(host: str, path: str, visit: int) -> Response:
    """The answer of `host` to `path` (its query is ignored) at `visit`; unknown addresses answer 404."""
    route = _routes(min(visit, 2)).get((host, path.partition("?")[0]))
    return route() if route else _not_found()


def special_cases() -> Mapping[str, str]:
    """The address of every special case by its name, whether it is an article or a route of its own."""
    own = {row["name"]: row["url"] for row in _special_rows()}
    homes = outlets()
    told = {a.special: homes[a.outlet].home + a.path for a in articles() if a.special}
    amp = {f"amp_of_{a.slug}": homes[a.outlet].home + a.path + "/amp" for a in articles() if a.has_amp}
    return {**told, **amp, **own}


def addresses(visit: int = 1) -> Sequence[str]:
    """Every address that the web knows, sorted."""
    return sorted(f"http://{host}{path}" for host, path in _routes(min(visit, 2)))


@cache
def _routes(visit: int) -> Mapping[tuple[str, str], Route]:
    every = articles(visit)
    routes: dict[tuple[str, str], Route] = {}
    for outlet in outlets().values():
        own = [article for article in every if article.outlet == outlet.slug]
        routes |= {(outlet.host, path): route for path, route in _outlet_routes(outlet, own).items()}
    for row in _special_rows():
        host, slash, path = row["url"].removeprefix("http://").partition("/")
        routes[host, slash + path] = cache(lambda row=row: SPECIAL_KINDS[row["kind"]](row))
    return routes


def _outlet_routes(outlet: Outlet, own: Sequence[Article]) -> Mapping[str, Route]:
    listed = [article for article in own if article.is_listed]
    newest = max((article.updated for article in own), default=None)
    routes: dict[str, Route] = {}
    for article in own:
        routes[article.path] = cache(lambda article=article: _article_response(article, outlet, own))
        if article.has_amp:
            routes[f"{article.path}/amp"] = cache(lambda article=article: _amp_response(article, outlet))
    for path, (template, kind, entries) in _listings(outlet, listed).items():
        routes[path] = cache(
            lambda template=template, kind=kind, entries=entries, path=path: _listing_response(
                listing(template, outlet, entries), kind, newest, is_gzip=path.endswith(".gz")
            )
        )
    if outlet.robots is not None:
        routes["/robots.txt"] = lambda: _dated(_lines(outlet.robots), "text/plain; charset=utf-8", None)
    return routes


def _listings(outlet: Outlet, listed: Sequence[Article]) -> Mapping[str, tuple[str, str, Sequence[Article]]]:
    """Path -> (template, content type, entries) for the kind of listing that the outlet has."""
    by_date = sorted(listed, key=lambda article: article.published)
    news = by_date[-NEWS_ENTRIES:]
    home = {"/": ("home.html", HTML, listed)}
    kinds: dict[str | None, dict[str, tuple[str, str, Sequence[Article]]]] = {
        "rss": {"/rss.xml": ("rss.xml", "application/rss+xml; charset=utf-8", listed)},
        "rdf": {"/index.rdf": ("rdf.xml", "application/rdf+xml; charset=utf-8", listed)},
        "atom": {"/atom.xml": ("atom.xml", "application/atom+xml; charset=utf-8", listed)},
        "section": {"/releases/": ("section.html", HTML, listed)},
        "sitemap": {
            "/sitemap_index.xml": ("sitemap_index.xml", XML, listed),
            "/sitemap-posts.xml.gz": ("sitemap.xml", "application/gzip", by_date[:-NEWS_ENTRIES]),
            "/sitemap-news.xml": ("sitemap_news.xml", XML, news),
        },
        None: {},
    }
    return home | kinds[outlet.listing]


def _article_response(article: Article, outlet: Outlet, own: Sequence[Article]) -> Response:
    if article.status != 200:
        return _not_found(article.status)
    kind = {"utf-8": HTML, "utf-16": "text/html"}.get(article.charset, f"text/html; charset={article.charset}")
    return _dated(article_page(article, outlet, own), kind, article.updated)


def _amp_response(article: Article, outlet: Outlet) -> Response:
    return _dated(amp_page(article, outlet), HTML, article.updated)


def _listing_response(body: bytes, kind: str, newest: datetime | None, *, is_gzip: bool) -> Response:
    return _dated(gzip.compress(body, mtime=0) if is_gzip else body, kind, newest)


def _dated(body: bytes, kind: str, modified: datetime | None) -> Response:
    headers = {"Content-Type": kind, "ETag": f'"{hashlib.sha256(body).hexdigest()[:20]}"'}
    if modified is not None:
        headers["Last-Modified"] = format_datetime(modified, usegmt=True)
    return Response(headers=headers, body=body)


def _not_found(status: int = 404) -> Response:
    words = {404: "Page not found", 410: "This page was removed"}[status]
    body = f"<!doctype html><html><head><title>{words}</title></head><body><h1>{words}</h1></body></html>"
    return Response(status=status, headers={"Content-Type": HTML}, body=body.encode())


def _lines(text: str | None) -> bytes:
    return (text or "").encode()


def _redirect(row: Mapping[str, Any]) -> Response:
    return Response(status=row.get("status", 302), headers={"Location": row["to"], "Content-Type": HTML})


def _file(row: Mapping[str, Any]) -> Response:
    bodies = {"pdf": PDF, "empty": b"", "text": _lines(row.get("text"))}
    return _dated(bodies[row["kind"]], row.get("content_type", HTML), None)


def _huge(row: Mapping[str, Any]) -> Response:
    """A page of `mebibytes`: one block of plain paragraphs, sent over and over."""
    line = b"<p>The archive of daily notes goes on without a figure worth keeping on this line.</p>\n"
    block = (line * (CHUNK // len(line) + 1))[:CHUNK]
    return Response(headers={"Content-Type": HTML}, body=block, repeat=row["mebibytes"] * 1024 * 1024 // CHUNK)


SPECIAL_KINDS: Mapping[str, Callable[[Mapping[str, Any]], Response]] = {
    "redirect": _redirect,
    "pdf": _file,
    "empty": _file,
    "text": _file,
    "missing": lambda row: _not_found(row.get("status", 404)),
    "huge": _huge,
}


@cache
def _special_rows() -> Sequence[Mapping[str, Any]]:
    rows: Sequence[Mapping[str, Any]] = yaml.safe_load((SITE / "special.yaml").read_text(encoding="utf-8"))
    return rows
