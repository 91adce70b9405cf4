"""In: what a page says of its title, outlet and authors. Out: each as a reader would write it down: without site name, "By", addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from unicodedata import normalize

from lxml.html import HtmlElement

from ingest.clean.head import Head
from ingest.clean.jsonld import Schema

MAX_AUTHORS = 20
MAX_NAME_CHARS = 70

AUTHOR_METAS = (
    "article:author", "author", "parsely-author", "dc.creator", "dcterms.creator", "sailthru.author", "citation_author", "byl",
    "og:article:author", "og:author", "article:author_name", "cxenseparse:author", "authors", "rbauthors", "shareaholic:article_author_name",
)  # fmt: skip
_SEPARATORS = re.compile(r"\s+[|–—·•»«:-]{1,2}\s+|\s*\|\s*")
_SPLIT = re.compile(r"\s*(?:[,;/|•·&]|\n|\s(?:and|und|et|y|och|og|ja|i|и|та)\s)\s*")
_PREFIX = re.compile(
    r"^(?:(?:written|reported|posted|story|text|analysis|edited)\s+)?(?:by|von|par|por|di|av|af|door|author|autor|text|foto|автор)\b[:\s]*", re.IGNORECASE
)
_NO_NAME = re.compile(
    r"https?:|www\.|@|^\W*$|\d{3}|^(?:staff|admin|editor|editors|redaktion|redaction|la rédaction|rédaction|redacción|redazione|"
    r"news ?desk|web ?desk|online|editorial|none|null|unknown|author|undefined|administrator)$",
    re.IGNORECASE,
)


def folded(text: str) -> str:
    """For comparing: letters and digits only, casefolded, compatibility forms folded."""
    return "".join(char for char in normalize("NFKC", text).casefold() if char.isalnum())


def outlet(schema: Schema, head: Head) -> str | None:
    """The outlet's name: og:site_name, the publisher, the application's name."""
    named = [head.first("og:site_name"), schema.publisher, head.first("application-name", "apple-mobile-web-app-title", "dc.publisher")]
    return next((name for name in named if name and not re.match(r"https?://|@", name)), None)


def title(schema: Schema, head: Head, tree: HtmlElement, site: str | None) -> str | None:
    """The headline: what two of the page's own statements agree on, else JSON-LD, og:title, the only h1, the title tag."""
    headings = [" ".join(h.text_content().split()) for h in tree.iter("h1")]
    headings = [h for h in headings if h and folded(h) != folded(site or "")]
    tag = " ".join(" ".join(t.text_content().split()) for t in list(tree.iter("title"))[:1])
    told = [schema.text("headline"), head.first("og:title"), *headings[:2], head.first("parsely-title", "dc.title", "twitter:title"), tag,
            schema.text("name")]  # fmt: skip
    plain = [without_site(text, site) for text in told if text]
    plain = [text for text in plain if folded(text)]
    return _agreed(plain) if plain else None


def _agreed(told: list[str]) -> str:
    seen: dict[str, int] = {}
    for text in told:
        seen[folded(text)] = seen.get(folded(text), 0) + 1
    return max(told, key=lambda text: (min(seen[folded(text)], 2), -told.index(text)))


def without_site(text: str, site: str | None) -> str:
    """`text` without the outlet's name at its end or start, or without a last part that looks like one."""
    parts = _SEPARATORS.split(text)
    if len(parts) > 1 and site:
        last = text[: text.rfind(parts[-1])] if parts[-1] else text
        if _is_site(parts[-1], site):
            return without_site(_SEPARATORS.sub(" ", last[-6:]).join([last[:-6], ""]).strip(" |–—·•»«:-"), site)
        if _is_site(parts[0], site):
            return text[len(parts[0]) :].strip(" |–—·•»«:-")
    return text.strip()


def _is_site(part: str, site: str) -> bool:
    mine, its = folded(part), folded(site)
    return bool(mine) and (mine == its or (len(its) > 3 and its in mine and len(mine) < 2 * len(its) + 6) or (len(mine) > 3 and mine in its))


def authors(schema: Schema, head: Head, tree: HtmlElement, site: str | None) -> tuple[str, ...]:
    """The names of the authors: JSON-LD, metas, marked elements; the first source that yields a name is believed."""
    for source in (schema.names("author") or schema.names("creator"), tuple(head.all(*AUTHOR_METAS)), tuple(_marked(tree))):
        found = tuple(names(source, site))
        if found:
            return found[:MAX_AUTHORS]
    return ()


def _marked(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter("a", "span", "div", "p", "address", "meta"):
        if element.get("rel") == "author" or element.get("itemprop") == "author":
            yield " ".join((element.get("content") or element.text_content())[:200].split())


def names(texts: Iterable[str], site: str | None) -> Iterator[str]:
    """Single names out of bylines, in order, without repetition."""
    seen: set[str] = set()
    for text in texts:
        for part in _SPLIT.split(_PREFIX.sub("", text)):
            name = _PREFIX.sub("", part.strip(" .,-–—()\"'")).strip()
            key = folded(name)
            if key and key not in seen and len(name) <= MAX_NAME_CHARS and not _NO_NAME.search(name) and key != folded(site or ""):
                seen.add(key)
                yield name
