"""In: the tree of a page. Out: its article as paragraphs separated by a blank line, in NFC, without invisible characters.

The reading of the page is trafilatura's, without its metadata (ours is better and its JSON-LD reading can hang), without comments, with
tables: loss figures often stand in them. Nothing here depends on earlier calls: `deduplicate` stays off.
"""

from __future__ import annotations

import re
from unicodedata import normalize

import trafilatura
from lxml.html import HtmlElement

from ingest.clean.names import folded

# Soft hyphen, zero-width and bidirectional controls: they split words for every reader of offsets and show nothing.
_INVISIBLE = dict.fromkeys(
    [0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xFFF9, 0xFFFA, 0xFFFB, 0xFFFC]
)
_INVISIBLE |= dict.fromkeys([*range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF])
_CONTROL = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")
_BULLET = re.compile(r"^[-•*‣▪]\s+")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_TORN = re.compile(r"[’']s\b|[,;.)](?=\s|$)")
MENU_SHARE = 0.8
_LEAD_PARAGRAPHS = 3  # the headline is repeated here or nowhere


def main_text(tree: HtmlElement, url: str) -> str:
    """The article's text as trafilatura reads it, one paragraph per line; empty when it finds none. Leaves `tree` as it is."""
    document = trafilatura.bare_extraction(tree, url=url, with_metadata=False, include_comments=False, include_tables=True)
    return document.text or "" if document is not None and not isinstance(document, dict) else ""


def drop_menus(tree: HtmlElement) -> None:
    """Take table rows that are menus out of `tree` (old layouts): nearly all link text, and no digit, which a row of figures would have."""
    for row in list(tree.iter("tr")):
        if next(row.iter("p", "table"), row) is not row or len(row) == 0:
            continue  # a layout row that holds the article itself
        told = "".join(row.text_content().split())
        linked = sum(len("".join(link.text_content().split())) for link in row.iter("a"))
        if linked and linked >= MENU_SHARE * len(told) and not any(char.isdigit() for char in told):
            row.drop_tree()


def paragraphs(text: str, title: str | None) -> tuple[str, ...]:
    """The paragraphs of `text` (one per line), tidied, without those that repeat the title at the start or the paragraph before."""
    kept: list[str] = []
    heading = folded(title or "")
    for line in text.splitlines():
        told = _row(_BULLET.sub("", tidy(line)))
        if not told or (kept and told == kept[-1]) or (heading and len(kept) < _LEAD_PARAGRAPHS and folded(told) == heading):
            continue
        if kept and _TORN.match(told) and kept[-1][-1].isalnum():
            kept[-1] += told  # a name in a link of its own lost its sentence
        else:
            kept.append(told)
    return tuple(kept)


def _row(line: str) -> str:
    """A table row as `cell | cell`, a rule between rows as nothing; any other line as it is."""
    if not (line.startswith("|") and line.endswith("|")):
        return line
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    return " | ".join(cell for cell in cells if cell.strip("-: "))


def tidy(text: str) -> str:
    """One line: NFC, no invisible or control characters, every run of white space one space."""
    plain = text if text.isascii() else normalize("NFC", text).translate(_INVISIBLE)
    return " ".join(plain.translate(_CONTROL).split())


def weight(text: str) -> int:
    """Characters, Han, kana and hangul counted twice: they say in one what an alphabet says in two or three."""
    return len(text) if text.isascii() else len(text) + len(_DENSE.findall(text))
