"""In: a `Page`. Out: an `Article` or a `Rejection`; the order of the steps and nothing else."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement
from trafilatura.metadata import extract_metadata

from ingest.clean import address, dates, head, jsonld, language, names, verdict
from ingest.clean.decode import decode
from ingest.clean.page import Page
from ingest.clean.parse import Parsed, looks_binary, parse
from ingest.clean.record import CONTENT_TYPE, clean_record
from ingest.clean.text import drop_menus, main_text, paragraphs, tidy
from ingest.records import Article, Rejection, RejectionReason
from ingest.sketch import sketch

CLEANER_VERSION = "2"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a page says of itself."""

    schema: jsonld.Schema
    head: head.Head
    title: str | None
    outlet: str | None
    authors: tuple[str, ...]
    told: dates.Told | None


def warm() -> None:
    """Load what the first page would otherwise wait for, and silence trafilatura: what it discards is a rejection here."""
    for name in ("trafilatura", "htmldate", "courlan"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    language.warm()


def clean(page: Page) -> Article | Rejection:
    """The article of `page`, or why there is none. Reads nothing but `page`."""
    if len(page.body) > page.max_bytes:
        return _reject(RejectionReason.TOO_LARGE, f"{len(page.body)} bytes; at most {page.max_bytes} are read")
    if not page.body.strip(b" \t\r\n\0"):
        return _reject(RejectionReason.EMPTY, "the body is empty; an HTML page was expected")
    if page.content_type == CONTENT_TYPE:
        return clean_record(page)
    text = decode(page.body, page.charset)
    binary = looks_binary(page.body, text)
    if binary:
        return _reject(RejectionReason.NOT_HTML, f"a file that begins {binary}; an HTML page was expected")
    parsed = parse(text)
    return parsed if isinstance(parsed, Rejection) else _article(page, parsed)


def _article(page: Page, parsed: Parsed) -> Article | Rejection:
    said = _read(page, parsed)
    try:
        canonical_url = address.canonical(page.url, said.head)
    except ValueError as error:
        return _reject(RejectionReason.BAD_RECORD, f"address {page.url!r:.80}: {error}")
    parts = _paragraphs(page, parsed, said)
    refused = verdict.refuse(parts, said.title, said.schema, said.head, parsed.tree)
    if refused:
        return refused
    text = "\n\n".join(parts)
    spoken = language.of(text, said.schema, said.head)
    if page.language != "any" and spoken.is_sure and not language.same(spoken.code, page.language):
        return _reject(RejectionReason.WRONG_LANGUAGE, f"the text is in {spoken.code!r}; the source is read in {page.language!r}")
    return Article(
        canonical_url=canonical_url,
        title=said.title,
        authors=said.authors,
        outlet=said.outlet,
        language=spoken.code,
        published_at=said.told.instant if said.told else None,
        is_published_day_only=said.told.is_day_only if said.told else False,
        text=text,
        sketch=sketch(text),
    )


def _read(page: Page, parsed: Parsed) -> _Said:
    """Our own reading first; trafilatura's (a quarter of its time) only where ours lacks title, authors or date."""
    metas, schema = head.read(parsed.tree), jsonld.read(parsed.json_ld, page.url)
    outlet = names.outlet(schema, metas)
    title = names.title(schema, metas, parsed.tree, outlet)
    authors = names.authors(schema, metas, parsed.tree, outlet)
    told = dates.published(schema, metas, parsed.tree, page.fetched_at)
    if not title or told is None:
        guess_title, guess_authors, guess_told = _guess(parsed.tree, page.url, page.fetched_at)
        title, authors, told = title or guess_title, authors or tuple(names.names(guess_authors, outlet)), told or guess_told
    return _Said(
        schema=schema,
        head=metas,
        title=tidy(title) or None if title else None,
        outlet=tidy(outlet) or None if outlet else None,
        authors=tuple(filter(None, map(tidy, authors))),
        told=told,
    )


def _guess(tree: HtmlElement, url: str, fetched_at: datetime) -> tuple[str | None, list[str], dates.Told | None]:
    """Title, authors and day as trafilatura reads them; the limits keep it from inventing a date or reading the clock."""
    limits = {"original_date": True, "extensive_search": False, "max_date": fetched_at.date().isoformat()}
    try:
        found = extract_metadata(tree, url, limits)
    except Exception:  # noqa: BLE001  a zone of four days makes its date finder raise, and other oddities may; no guess is none
        return None, [], None
    told = dates.read(found.date)
    return found.title, (found.author or "").split("; "), told if told and dates.believable(told, fetched_at) else None


def _paragraphs(page: Page, parsed: Parsed, said: _Said) -> tuple[str, ...]:
    """The page's text; where it shows next to nothing, the text its JSON-LD carries for machines."""
    drop_menus(parsed.tree)
    parts = paragraphs(main_text(parsed.tree, page.url), said.title)
    body = said.schema.text("articleBody")
    if body and sum(map(len, parts)) < verdict.MIN_CHARS < len(body):
        raw = said.schema.article["articleBody"]
        return paragraphs(raw if isinstance(raw, str) and "<" not in raw else body, said.title)
    return parts


def _reject(reason: RejectionReason, detail: str) -> Rejection:
    return Rejection(reason=reason, detail=detail)
