"""In: any bytes. Out: nothing; an AssertionError, or another error, where a reader does not keep what it promises of any bytes."""

from __future__ import annotations

import math
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from ingest import events, robots, urls
from ingest.archive import read_warc
from ingest.clean import Page, clean
from ingest.clean.decode import decode
from ingest.discover import read_listing
from ingest.errors import Halt
from ingest.extract import extract
from ingest.ids import digest
from ingest.inert import marked
from ingest.records import Article, ArticleText, Capture, Failure, Rejection, Role
from ingest.sources import Source, SourceError, SourceKind, read_source

Target = Callable[[bytes], None]
AT = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
MAX_BYTES = 100_000
_CHARSETS = (None, "utf-8", "windows-1251", "utf-16", "shift_jis", "iso-2022-jp", "gb18030", "utf-7", "x-user-defined", "none such")
_EVENTS = tuple(events.EventType)


def _split(data: bytes) -> tuple[int, bytes]:
    """One byte that chooses, and the rest."""
    return (data[0], data[1:]) if data else (0, b"")


def _source(kind: SourceKind) -> Source:
    return Source(slug="fuzz", name="Fuzz", kind=kind, url="http://news.example/list", language="any", country="GB")


def _listing(kind: SourceKind, data: bytes) -> None:
    choice, body = _split(data)
    charset = _CHARSETS[choice % len(_CHARSETS)]
    capture = Capture(
        url="http://news.example/list", final_url="http://news.example/list", role=Role.LISTING, status=200, fetched_at=AT,
        content_type="text/xml", charset=charset, headers=(("content-type", f"text/xml; charset={charset}"),), body=body,
        body_digest=digest(body),
    )  # fmt: skip
    found = read_listing(_source(kind), capture)
    assert (found.problem is None) == bool(found.leads or found.listings)
    for lead in found.leads:
        assert urls.absolute("http://news.example/", lead.url) == lead.url
        assert lead.title is None or "\n" not in lead.title
    assert all(urls.absolute("http://news.example/", url) == url for url in found.listings)


def feed(data: bytes) -> None:
    _listing(SourceKind.FEED, data)


def sitemap(data: bytes) -> None:
    _listing(SourceKind.SITEMAP, data)


def section(data: bytes) -> None:
    _listing(SourceKind.PAGES, data)


def robots_rules(data: bytes) -> None:
    rules = robots.parse(200, data)
    for path in ("/", "/a/b?c=d", "/%D0%BA", "/*$"):
        assert rules.verdict(f"http://news.example{path}", "claimledger") in ("allowed", "disallowed")
    delay = rules.crawl_delay("claimledger")
    assert delay is None or (math.isfinite(delay) and delay >= 0)


def _canonical(text: str) -> str | None:
    try:
        return urls.canonical(text)
    except ValueError:
        return None


def addresses(data: bytes) -> None:
    text = data.decode("utf-8", errors="surrogateescape")
    once = _canonical(text)
    if once is not None:
        assert urls.canonical(once) == once
        assert once.startswith(("http://", "https://"))
        assert urls.host(once).isascii()
        assert urls.registrable_domain(urls.host(once))
    found = urls.absolute("http://news.example/a/b?c=d", text)
    assert found is None or urls.absolute("http://other.example/", found) == found


def charset(data: bytes) -> None:
    choice, body = _split(data)
    text = decode(body, _CHARSETS[choice % len(_CHARSETS)])
    assert text.encode("utf-8").decode("utf-8") == text


def warc(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".warc.gz" if data.startswith(b"\x1f\x8b") else ".warc") as file:
        file.write(data)
        file.flush()
        for found in read_warc(Path(file.name), MAX_BYTES):
            if isinstance(found, Capture):
                assert digest(found.body) == found.body_digest
                assert len(found.body) <= MAX_BYTES
            else:
                assert isinstance(found, Failure)
                assert found.detail


def page(data: bytes) -> None:
    choice, body = _split(data)
    given = Page(
        url="http://news.example/a", body=body, content_type="text/html", charset=_CHARSETS[choice % len(_CHARSETS)], fetched_at=AT,
        language="any", max_bytes=MAX_BYTES,
    )  # fmt: skip
    result = clean(given)
    if isinstance(result, Rejection):
        assert result.detail
        return
    assert isinstance(result, Article)
    assert result.text.strip()
    assert marked(result.text.replace("\n", "")) == result.text.replace("\n", "").replace("\u200d", "\ufffd")
    assert urls.registrable_domain(urls.host(result.canonical_url)) == "news.example"


def statements(data: bytes) -> None:
    text = data.decode("utf-8", errors="replace")
    found = extract(ArticleText(text=text, published_on=date(2026, 3, 1)))
    for statement in (*found.casualty_claims, *found.offers, *found.announcements):
        span = statement.span
        assert 0 <= span.sentence_start <= span.char_start < span.char_end <= span.sentence_end <= len(text)
    for claim in found.casualty_claims:
        assert claim.low is None or claim.high is None or 0 <= claim.low <= claim.high


def event(data: bytes) -> None:
    choice, payload = _split(data)
    type_ = _EVENTS[choice % len(_EVENTS)]
    for version in (0, 1, 2, 3):
        try:
            known, read = events.decode(type_, version, payload)
        except Halt:
            continue
        assert known is type_
        assert events.decode(type_, events.VERSIONS[type_], events.encode(read)) == (type_, read)


def source_file(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(data)
        file.flush()
        read = read_source(Path(file.name))
    if isinstance(read, SourceError):
        assert read.message
        return
    assert isinstance(read, Source)
    assert not read.path or not (read.path.startswith("/") or ".." in Path(read.path).parts)
    assert all(url.startswith(("http://", "https://")) for url in read.listings)
    assert {type(getattr(read, name)).__module__.partition(".")[0] for name in Source.model_fields} <= {"builtins", "ingest", "datetime"}


TARGETS: dict[str, Target] = {
    "feed": feed, "sitemap": sitemap, "section": section, "robots": robots_rules, "addresses": addresses, "charset": charset,
    "warc": warc, "clean": page, "extract": statements, "event": event, "source": source_file,
}  # fmt: skip


def run(name: str, data: bytes) -> None:
    """One attempt. Warnings of libraries about odd input are no findings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        TARGETS[name](data)


def seeds(name: str) -> Iterator[bytes]:
    """What a corpus begins with: the project's own pages, listings and sources, and a small word of each format."""
    root = Path(__file__).resolve().parents[2]
    chosen = {
        "feed": ("demo/site/listings/*", b"\0"),
        "sitemap": ("demo/site/listings/*", b"\0"),
        "section": ("tests/clean/pages/*.html", b"\0"),
        "clean": ("tests/clean/pages/*.html", b"\0"),
        "charset": ("tests/clean/pages/*.html", b"\1"),
        "extract": ("demo/site/articles/*/*", b""),
        "source": ("d*/sources/*.yaml", b""),
    }
    if name in chosen:
        pattern, choice = chosen[name]
        for path in sorted(root.glob(pattern))[:40]:
            if path.is_file() and path.stat().st_size <= MAX_BYTES:
                yield choice + path.read_bytes()
    yield from _WORDS.get(name, ())


_RSS = b"<?xml version='1.0'?><rss version='2.0'><channel><title>x</title><item><title>t</title><link>http://news.example/1</link>\
<pubDate>Fri, 08 Mar 2024 10:00:00 GMT</pubDate></item></channel></rss>"
_WORDS: dict[str, tuple[bytes, ...]] = {
    "feed": (
        b"\0" + _RSS,
        b"\0<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='/a'/><updated>2024-03-08T10:00:00Z</updated>"
        b"</entry></feed>",
    ),
    "sitemap": (
        b"\0<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>http://news.example/1</loc><lastmod>2026-02-27</lastmod></url></urlset>",
        b"\0<sitemapindex><sitemap><loc>/2.xml</loc></sitemap></sitemapindex>",
        b"\0http://news.example/1\nhttp://news.example/2\n",
    ),
    "robots": (b"User-agent: *\nDisallow: /a\nAllow: /a/b$\nCrawl-delay: 2.5\nSitemap: http://news.example/s.xml\n",),
    "addresses": (
        b"http://user:pw@news.example:80/a/../b?utm_source=x&c=d#date=1", "https://пример.рф/к?ы".encode(),
        b"//[::1]:8/%zz",
        b"../x",
    ),
    "event": (b'\0{"url": "http://news.example/1", "n": [1, 2.5, null, true]}', b'\x09{"ranges": {"a": [1, 2]}}'),
    "extract": (
        b"Ukraine's General Staff said on 3 March that at least 1,250 Russian soldiers had been killed and 12 tanks destroyed.",
        b"Kyiv offers $500 a month to those who surrender; Moscow announced a mobilisation of 300,000 reservists.",
    ),
    "warc": (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://news.example/1\r\nWARC-Date: 2026-03-01T04:00:00Z\r\n"
        b"WARC-Record-ID: <urn:uuid:0b0c3b3a-0000-4000-8000-000000000000>\r\nContent-Type: application/http; msgtype=response\r\n"
        b"Content-Length: 62\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>news</html>\r\n\r\n\r\n",
    ),
}  # fmt: skip
