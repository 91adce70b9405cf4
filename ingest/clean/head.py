"""In: the tree of a page. Out: its metas, links and language attribute, read in one pass each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

MAX_CONTENT_CHARS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`metas` maps the lower-case name, property or itemprop to its contents in page order; `canonical` is the raw link."""

    metas: dict[str, tuple[str, ...]]
    canonical: str | None
    base: str | None
    language: str | None

    def first(self, *names: str) -> str | None:
        """The content of the first of `names` that the page fills."""
        return next(self.all(*names), None)

    def all(self, *names: str) -> Iterator[str]:
        """All contents of `names`, names in the order given."""
        for name in names:
            yield from self.metas.get(name, ())


def read(tree: HtmlElement) -> Head:
    """What the page says of itself outside its JSON-LD."""
    metas: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        content = " ".join((meta.get("content") or "")[:MAX_CONTENT_CHARS].split())
        if content:
            for attribute in ("property", "name", "itemprop"):
                if meta.get(attribute):
                    metas.setdefault(meta.get(attribute).strip().lower(), []).append(content)
    links = (link for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    canonical = next((link.get("href").strip() for link in links if link.get("href")), None)
    base = next((entry.get("href").strip() for entry in tree.iter("base") if entry.get("href")), None)
    language = tree.get("lang") or tree.get("xml:lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    return Head(metas={name: tuple(told) for name, told in metas.items()}, canonical=canonical, base=base, language=language)
