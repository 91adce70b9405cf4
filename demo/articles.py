"""Article and outlet YAML under `demo/site` in; frozen records, as they stand at one visit, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SITE = Path(__file__).parent / "site"
ARTICLE_KEYS = frozenset(
    {
        "path", "title", "authors", "published", "updated", "section", "caption", "text", "posts",
        "comments", "claims", "offers", "announcements", "json_ld", "canonical", "feed_published",
        "feed_query", "charset", "language", "amp", "listed", "special", "status", "visit_2",
        "copy_of", "lede", "keep", "date_shown",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One entry of a live page."""

    at: datetime
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One host: its name, its layout under `site/layouts`, its robots.txt (None: answers 404)."""

    slug: str
    name: str
    host: str
    layout: str
    tagline: str
    listing: str | None
    robots: str | None
    extra_links: tuple[Mapping[str, Any], ...]

    @property
    def home(self) -> str:
        return f"http://{self.host}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One page as it stands at one visit; `claims`, `offers` and `announcements` are anchors: short exact
    pieces of the text, one for each statement that a careful reader finds."""

    outlet: str
    slug: str
    path: str
    title: str
    authors: tuple[str, ...]
    published: datetime
    updated: datetime
    section: str
    caption: str | None
    paragraphs: tuple[str, ...]
    posts: tuple[Post, ...]
    comments: tuple[str, ...]
    claims: tuple[str, ...]
    offers: tuple[str, ...]
    announcements: tuple[str, ...]
    json_ld: str
    canonical: str | None
    feed_published: datetime
    feed_query: str
    charset: str
    language: str
    has_amp: bool
    is_listed: bool
    date_shown: str
    special: str | None
    status: int

    @property
    def text(self) -> str:
        posts = [part for post in self.posts for part in (post.title, *post.paragraphs)]
        return "\n\n".join([*self.paragraphs, *posts])


def outlets() -> Mapping[str, Outlet]:
    """All outlets by slug, in the order of `outlets.yaml`."""
    rows = yaml.safe_load((SITE / "outlets.yaml").read_text(encoding="utf-8"))
    return {slug: _outlet(slug, row) for slug, row in rows.items()}


def articles(visit: int = 1) -> tuple[Article, ...]:
    """Every article as it stands at `visit` (1, or 2 and later), ordered by outlet and file name."""
    return tuple(_article(outlet, slug, row, visit) for (outlet, slug), row in sorted(_rows().items()))


@cache
def _rows() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """The raw YAML of every article, by outlet and slug; an unknown key names its file."""
    rows: dict[tuple[str, str], Mapping[str, Any]] = {}
    for file in sorted((SITE / "articles").glob("*/*.yaml")):
        row = yaml.safe_load(file.read_text(encoding="utf-8"))
        unknown = sorted(set(row) - ARTICLE_KEYS)
        if unknown:
            raise ValueError(f"{file}: unknown keys {unknown}; known are {sorted(ARTICLE_KEYS)}")
        rows[file.parent.name, file.stem] = row
    return rows


def _outlet(slug: str, row: Mapping[str, Any]) -> Outlet:
    return Outlet(
        slug=slug,
        name=row["name"],
        host=row["host"],
        layout=row.get("layout", slug),
        tagline=row["tagline"],
        listing=row.get("listing"),
        robots=row.get("robots"),
        extra_links=tuple(row.get("extra_links", ())),
    )


def _article(outlet: str, slug: str, first: Mapping[str, Any], visit: int) -> Article:
    row = {**first, **first.get("visit_2", {})} if visit > 1 else first
    published = _instant(row["published"])
    return Article(
        outlet=outlet,
        slug=slug,
        path=row["path"],
        title=row["title"],
        authors=tuple(row.get("authors", ())),
        published=published,
        updated=_instant(row.get("updated", published)),
        section=row.get("section", "World"),
        caption=row.get("caption"),
        paragraphs=_paragraphs(row),
        posts=tuple(_post(post) for post in row.get("posts", ())),
        comments=tuple(row.get("comments", ())),
        claims=tuple(row.get("claims", ())),
        offers=tuple(row.get("offers", ())),
        announcements=tuple(row.get("announcements", ())),
        json_ld=row.get("json_ld", "article"),
        canonical=row.get("canonical"),
        feed_published=_instant(row.get("feed_published", published)),
        feed_query=row.get("feed_query", ""),
        charset=row.get("charset", "utf-8"),
        language=row.get("language", "en"),
        has_amp=row.get("amp", False),
        is_listed=row.get("listed", True),
        date_shown=row.get("date_shown", "text"),
        special=row.get("special"),
        status=row.get("status", 200),
    )


def _paragraphs(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The article's own paragraphs, or another's: all of them after an own lede, or only the first `keep`."""
    own = _split(row.get("text", ""))
    if "copy_of" not in row:
        return own
    outlet, slug = row["copy_of"].split("/")
    taken = _split(_rows()[outlet, slug]["text"])
    return (*_split(row.get("lede", "")), *taken[: row.get("keep", len(taken))], *own)


def _post(row: Mapping[str, Any]) -> Post:
    return Post(at=_instant(row["at"]), title=row["title"], paragraphs=_split(row["text"]))


def _split(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())


def _instant(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
