"""In: a source and an address or a saved page. Out: what would be kept of it, or a new source file; log and archive stay untouched."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from lxml import html as lxml_html
from pydantic import ValidationError

from ingest import robots
from ingest.discover import leads_of, select
from ingest.errors import Halt, Misuse
from ingest.fetch import fetch_all
from ingest.flow.bring import bring_items
from ingest.flow.house import House, now, open_house
from ingest.flow.stages import open_pool, page_of
from ingest.flow.visit import read_listings
from ingest.ids import digest
from ingest.pending import StreamState
from ingest.records import Article, ArticleText, Capture, Extraction, Failure, Lead, Outcome, Rejection, Request, Role
from ingest.settings import Settings
from ingest.sources import SCHEMA_NAME, WEB_KINDS, Source, SourceError, SourceKind, read_source
from ingest.tables import line_claims
from ingest.urls import absolute, host
from ingest.workers import Lost

BEGINNING_CHARS = 200


def try_source(settings: Settings, source: Source, limit: int) -> dict[str, Any]:
    """Fetch a few items of a source and show what would be kept."""
    with tempfile.TemporaryDirectory(prefix="claimledger-try-") as folder:
        house = open_house(replace(settings, home=Path(folder) / "home"))
        outcomes, counts = (_web if source.kind in WEB_KINDS else _given)(house, source, limit)
        return _report(house, source, outcomes, counts)


def test_page(settings: Settings, source: Source, page: Path, url: str | None) -> dict[str, Any]:
    """What the source would keep of a saved page."""
    body = page.read_bytes()
    address = url or source.url or next(iter(source.urls), f"http://{source.slug}.invalid/{page.name}")
    capture = _capture(address, body, now())
    with tempfile.TemporaryDirectory(prefix="claimledger-test-") as folder:
        house = open_house(replace(settings, home=Path(folder) / "home"))
        return _report(house, source, [capture], {"pages": 1})


def _capture(url: str, body: bytes, at: datetime) -> Capture:
    return Capture(
        url=url,
        final_url=url,
        role=Role.ARTICLE,
        status=200,
        fetched_at=at,
        content_type="text/html",
        charset=None,
        headers=(),
        body=body,
        body_digest=digest(body),
    )


def _web(house: House, source: Source, limit: int) -> tuple[list[Outcome], dict[str, int]]:
    listings, leads = _leads(house, source)
    kept = select(source, tuple(leads), now().date())
    pages = _ask(house, source, [Request(url=lead.url) for lead in kept[:limit]])
    failed: list[Outcome] = [outcome for outcome in listings if isinstance(outcome, Failure)]
    return failed + pages, {"leads": len(leads), "leads kept": len(kept), "pages": len(pages)}


def _leads(house: House, source: Source) -> tuple[list[Outcome], list[Lead]]:
    """Leads of the first listings that name any; children of a sitemap index are followed, newest first, until some are found."""
    if source.kind is SourceKind.URLS:
        return [], list(leads_of(source))
    outcomes: list[Outcome] = []
    leads: list[Lead] = []
    wave: Sequence[str] = source.listings
    with open_pool(house, 1) as pool:
        for _ in range(3):  # an index of indexes is as deep as sitemaps go
            children: list[str] = []
            given = _ask(house, source, [Request(url=url, role=Role.LISTING) for url in wave])
            said = read_listings(pool, source, [one for one in given if isinstance(one, Capture)])
            for outcome in given:
                listing = next(said) if isinstance(outcome, Capture) else None
                outcomes.append(listing.problem if listing and listing.problem else outcome)
                leads += listing.leads if listing else ()
                children += listing.listings if listing else ()
            if leads or not children:
                break
            wave = children[:2]
    return outcomes, leads


def _ask(house: House, source: Source, requests: Sequence[Request]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    if requests:
        fetch_all(house.settings, requests, delay_seconds=source.delay_seconds, parse_robots=robots.parse, emit=outcomes.append)
    return outcomes


def _given(house: House, source: Source, limit: int) -> tuple[list[Outcome], dict[str, int]]:
    taken: list[Outcome] = []
    for item in bring_items(house, source, StreamState(), "try", lambda requests: _ask(house, source, requests)):
        taken.append(item)
        if len(taken) >= limit:
            break
    return taken, {"items": len(taken)}


def _report(house: House, source: Source, outcomes: Sequence[Outcome], counts: dict[str, int]) -> dict[str, Any]:
    captures = [outcome for outcome in outcomes if isinstance(outcome, Capture)]
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    items = list(_items(house, source, captures))
    reasons = Counter(f"failed {f.reason}" for f in failures)
    return {
        "slug": source.slug,
        "works": any("rejection" not in item for item in items),
        "counts": {**counts, **dict(sorted(reasons.items()))},
        "failures": [f"{f.url}: {f.reason}: {f.detail}" for f in failures],
        "items": items,
    }


def _items(house: House, source: Source, captures: Sequence[Capture]) -> Iterator[dict[str, Any]]:
    pages = [page_of(house, source, capture, capture.body) for capture in captures]
    with open_pool(house, 1) as pool:
        cleaned = list(pool.map("clean", pages))
        for capture, result in zip(captures, cleaned, strict=True):
            if isinstance(result, (Rejection, Lost)):
                yield {"url": capture.url, "rejection": f"{result.reason}: {result.detail}"}
            else:
                yield _item(capture, result, _extract(pool, source, capture, result))


def _extract(pool: Any, source: Source, capture: Capture, article: Article) -> Extraction:
    published = article.published_at.date() if article.published_at else None
    given = ArticleText(text=article.text, title=article.title, published_on=published, url=capture.url, source=source.name)
    if source.table is not None:
        return line_claims(given, source.table)
    found = next(pool.map("extract", [given]))
    return Extraction(rejections=(Rejection(reason=found.reason, detail=found.detail),)) if isinstance(found, Lost) else found


def _item(capture: Capture, article: Article, found: Extraction) -> dict[str, Any]:
    return {
        "url": capture.url,
        "canonical_url": article.canonical_url,
        "title": article.title,
        "authors": list(article.authors),
        "outlet": article.outlet,
        "published_at": article.published_at,
        "language": article.language,
        "text_chars": len(article.text),
        "beginning": " ".join(article.text[:BEGINNING_CHARS].split()),
        "statements": list(_told(article.text, found)),
    }


def _told(text: str, found: Extraction) -> Iterator[str]:
    for claim in found.casualty_claims:
        bounds = f"{claim.low if claim.low is not None else '…'}–{claim.high if claim.high is not None else '…'}"
        head = f"claim: {claim.claimant or 'the outlet'} says {claim.party or 'a side not named'} {claim.measure} {claim.category} {bounds}"
        yield f"{head} as of {claim.as_of or 'unknown'}: {text[claim.span.char_start : claim.span.char_end]!r}"
    for offer in found.offers:
        amount = f" {offer.amount:g} {offer.currency}" if offer.amount else ""
        yield f"offer: {offer.offeror} {offer.action} {offer.benefit}{amount}: {text[offer.span.char_start : offer.span.char_end]!r}"
    for act in found.announcements:
        yield f"announcement: {act.announcer} {act.topic}: {text[act.span.char_start : act.span.char_end]!r}"
    for rejection in found.rejections:
        yield f"refused: {rejection.reason}: {rejection.detail}"


def new_source(settings: Settings, url: str, *, slug: str | None, name: str | None, country: str) -> dict[str, Any]:
    """Look at `url`, decide between feed, sitemap and pages, write the file.

    Raises Halt when nothing answers, Misuse for what is no address or no slug and when the file exists.
    """
    chosen = slug or re.sub(r"[^a-z0-9]+", "_", _host_or_misuse(url).removeprefix("www.").rsplit(".", 1)[0]).strip("_")
    _valid_probe(url, chosen, country)
    with tempfile.TemporaryDirectory(prefix="claimledger-new-") as folder:
        house = open_house(replace(settings, home=Path(folder) / "home"))
        kind, found, title = _look(house, url)
    path = settings.sources / f"{chosen}.yaml"
    if path.exists():
        raise Misuse(f"{path} exists; give another --slug")
    fields = {
        "slug": chosen,
        "name": name or title or chosen,
        "kind": kind,
        "url": found,
        "language": "en",
        "country": country,
        "schedule": "0 2 * * *",
        "enabled": False,
        "publish_text": False,
        "verified": None,
        "entered_on": now().date(),
    }
    _write(path, fields)
    return {"path": str(path), **{k: str(v) for k, v in fields.items()}}


def _host_or_misuse(url: str) -> str:
    try:
        return host(url)
    except ValueError:
        raise Misuse(f"{url!r:.200} is no address; an http or https address was expected, such as https://www.example.org") from None


def _valid_probe(url: str, slug: str, country: str) -> Source:
    """A source to look with. Raises Misuse when the address, the slug or the country could not stand in a source file."""
    fields = {"slug": slug, "name": "probe", "kind": SourceKind.FEED, "url": url, "language": "any", "country": country, "delay_seconds": 1}
    try:
        return Source.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        what = ".".join(str(part) for part in first["loc"])
        raise Misuse(f"{what} {first['input']!r:.200}: {first['msg'].removeprefix('Value error, ')}") from None


def _write(path: Path, fields: dict[str, Any]) -> None:
    text = f"# yaml-language-server: $schema={SCHEMA_NAME}\n" + yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    read = read_source(path)
    if isinstance(read, SourceError):
        path.unlink()
        raise Misuse(f"no valid source file: {read.message}")


def _look(house: House, url: str) -> tuple[str, str, str | None]:
    """Kind, address of the listing and the outlet's name."""
    probe = _valid_probe(url, "probe", "XX")
    outcome = _ask(house, probe, [Request(url=url, role=Role.LISTING)])[0]
    if not isinstance(outcome, Capture):
        reason = f"{outcome.reason}: {outcome.detail}" if isinstance(outcome, Failure) else "no body"
        raise Halt(f"{url} could not be looked at: {reason}")
    with open_pool(house, 1) as pool:
        for kind in (SourceKind.FEED, SourceKind.SITEMAP):
            (listing,) = read_listings(pool, probe.model_copy(update={"kind": kind}), [outcome])
            if listing.leads or listing.listings:
                return kind.value, url, None
    return _linked(outcome)


def _linked(page: Capture) -> tuple[str, str, str | None]:
    """The feed that a page names, else the page itself as a section page."""
    tree = lxml_html.fromstring(page.body)
    title = tree.xpath("string(//meta[@property='og:site_name']/@content)") or tree.xpath("string(//title)")
    for kind in ("application/rss+xml", "application/atom+xml", "application/rdf+xml"):
        href = tree.xpath(f"string(//link[@type='{kind}']/@href)")
        feed = absolute(page.final_url, href) if href else None
        if feed:
            return SourceKind.FEED.value, feed, " ".join(title.split())[:120] or None
    return SourceKind.PAGES.value, page.final_url, " ".join(title.split())[:120] or None
