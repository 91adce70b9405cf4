"""Listings of every kind, good and bad, become leads or one named problem."""

from __future__ import annotations

import gzip
import tracemalloc
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.discover import Listing, leads_of, read_listing
from ingest.errors import Misuse
from ingest.ids import digest
from ingest.records import Capture, FailureReason, Role
from ingest.sources import Source, SourceKind

URL = "https://www.gazette.example/listing"
FETCHED_AT = datetime(2024, 3, 10, 2, 0, tzinfo=UTC)

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Gazette</title><link>https://www.gazette.example/</link>
<item><title>Tanks &amp;amp; &lt;b&gt;guns&lt;/b&gt;</title><link>/a?id=1&amp;utm_source=rss</link> <pubDate>Fri, 08 Mar
2024 23:30:00 -0500</pubDate></item> <item><title>No date</title><link>https://other.example/b</link></item>
<item><title>By guid</title><guid
isPermaLink="true">https://www.gazette.example/c</guid><dc:date>2024-03-09T10:00:00+02:00</dc:date></item>
<item><title>No link</title></item> <item><title>Script</title><link>javascript:alert(1)</link></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>G</title><id>urn:g</id><updated>2024-03-09T00:00:00Z</updated>
<entry><title>One</title><id>urn:1</id><link rel="self" href="https://www.gazette.example/api/1"/>
<link rel="alternate" type="text/html" href="https://www.gazette.example/1"/>
<published>2024-03-08T12:00:00Z</published><updated>2024-03-09T12:00:00Z</updated></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel
 rdf:about="https://www.gazette.example/"><title>G</title></channel>
<item rdf:about="https://www.gazette.example/r"><title>R</title><link>https://www.gazette.example/r</link>
<dc:date>2024-03-07</dc:date></item></rdf:RDF>"""

URLSET = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://www.gazette.example/n1 </loc><image:image><image:loc>https://img.example/x.jpg</image:loc>
<image:title>A
picture</image:title></image:image><news:news><news:publication><news:name>G</news:name></news:publication>
<news:publication_date>2024-03-08T06:00:00+02:00</news:publication_date><news:title>Losses &amp;
gains</news:title></news:news></url> <url><loc>https://www.gazette.example/old</loc><lastmod>2023-01-01</lastmod></url>
<url><loc>https://www.gazette.example/plain</loc><lastmod>2024-03-09</lastmod></url></urlset>"""

INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://www.gazette.example/s-2023.xml</loc><lastmod>2023-12-31</lastmod></sitemap>
<sitemap><loc>/s-feb.xml.gz</loc><lastmod>2024-02-28T10:00:00Z</lastmod></sitemap>
<sitemap><loc>https://www.gazette.example/s-mar.xml</loc><lastmod>2024-03</lastmod></sitemap></sitemapindex>"""

PAGE = """<html><head><title>World</title></head><body><nav><a href="/">Home</a> <a href="#top">Top</a></nav>
<a href="/world/one#comments">First <b>story</b></a><a href="https://sport.gazette.example/two">Two</a>
<a href="https://elsewhere.example/three">Offsite</a><a href="/report.pdf">PDF</a><a href="mailto:a@b.example">Mail</a>
<a href="/world/one">again</a><a>no href</a><a href="/listing">self</a></body></html>"""


def source(kind: SourceKind = SourceKind.FEED, **more: object) -> Source:
    return Source.model_validate({"slug": "gazette", "name": "G", "kind": kind, "url": URL, "language": "en", "country": "GB", **more})


def capture(body: bytes | str, content_type: str = "application/xml", charset: str | None = None) -> Capture:
    raw = body.encode() if isinstance(body, str) else body
    return Capture(
        url=URL,
        final_url=URL,
        role=Role.LISTING,
        status=200,
        fetched_at=FETCHED_AT,
        content_type=content_type,
        charset=charset,
        headers=(("content-type", content_type),),
        body=raw,
        body_digest=digest(raw),
    )


def urls(listing: Listing) -> list[str]:
    assert listing.problem is None
    return [lead.url for lead in listing.leads]


def reason(listing: Listing) -> FailureReason:
    assert listing.problem is not None
    assert not listing.leads
    assert not listing.listings
    assert listing.problem.url == URL
    assert listing.problem.fetched_at == FETCHED_AT
    assert "\n" not in listing.problem.detail
    return listing.problem.reason


def test_rss() -> None:
    listing = read_listing(source(), capture(RSS))
    assert urls(listing) == [
        "https://www.gazette.example/a?id=1&utm_source=rss",
        "https://other.example/b",
        "https://www.gazette.example/c",
    ]
    first, second, third = listing.leads
    assert first.title == "Tanks & guns"
    assert first.published_at == datetime(2024, 3, 9, 4, 30, tzinfo=UTC)
    assert first.listing_url == URL
    assert second.published_at is None
    assert third.published_at == datetime(2024, 3, 9, 8, 0, tzinfo=UTC)


def test_atom_takes_the_page_and_the_first_publication() -> None:
    (lead,) = read_listing(source(), capture(ATOM)).leads
    assert lead.url == "https://www.gazette.example/1"
    assert lead.published_at == datetime(2024, 3, 8, 12, tzinfo=UTC)


def test_rdf() -> None:
    (lead,) = read_listing(source(), capture(RDF)).leads
    assert lead.url == "https://www.gazette.example/r"
    assert lead.published_at == datetime(2024, 3, 7, tzinfo=UTC)


@pytest.mark.parametrize("charset", ["windows-1251", "utf-16", "koi8-r"])
def test_feeds_in_other_charsets(charset: str) -> None:
    body = RSS.replace("UTF-8", charset).replace("No date", "Потери").encode(charset)
    listing = read_listing(source(), capture(body, f"application/rss+xml; charset={charset}"))
    assert listing.leads[1].title == "Потери"


@pytest.mark.parametrize("content_type", ["text/xml", "text/html", "text/html; charset=utf-8", "application/octet-stream", ""])
def test_feeds_behind_the_wrong_content_type(content_type: str) -> None:
    listing = read_listing(source(), capture(RSS.replace("No date", "Потери"), content_type))
    assert listing.leads[1].title == "Потери"


@pytest.mark.parametrize("kind", [SourceKind.FEED, SourceKind.SITEMAP])
@pytest.mark.parametrize(
    "body",
    [
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss version="2.0"><channel/></rss>',
        '<!DOCTYPE x [<!entity f SYSTEM "file:///etc/passwd">]><urlset><url><loc>&f;</loc></url></urlset>',
    ],
)
def test_entities_are_refused(kind: SourceKind, body: str) -> None:
    for raw in (body.encode(), body.encode("utf-16")):
        listing = read_listing(source(kind), capture(raw))
        assert reason(listing) == FailureReason.LISTING_UNREADABLE
        assert listing.problem is not None
        assert "entities" in listing.problem.detail


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (SourceKind.FEED, "<!doctype html><html><body><p>We moved</p></body></html>", FailureReason.LISTING_UNREADABLE),
        (SourceKind.FEED, "", FailureReason.LISTING_UNREADABLE),
        (SourceKind.FEED, '{"items": []}', FailureReason.LISTING_UNREADABLE),
        (SourceKind.FEED, '<rss version="2.0"><channel><title>x</title></channel></rss>', FailureReason.LISTING_EMPTY),
        (SourceKind.FEED, b"<rss>" + b"x" * 10_000_000, FailureReason.LISTING_UNREADABLE),
        (SourceKind.SITEMAP, "<html><body>404</body></html>", FailureReason.LISTING_UNREADABLE),
        (SourceKind.SITEMAP, "<urlset><url><loc>https://a.example/</loc>", FailureReason.LISTING_UNREADABLE),
        (SourceKind.SITEMAP, "<urlset></urlset>", FailureReason.LISTING_EMPTY),
        (SourceKind.SITEMAP, "<urlset><url/></urlset>", FailureReason.LISTING_EMPTY),
        (SourceKind.SITEMAP, "", FailureReason.LISTING_EMPTY),
        (SourceKind.SITEMAP, "not a sitemap", FailureReason.LISTING_UNREADABLE),
        (SourceKind.SITEMAP, gzip.compress(URLSET.encode())[:-20], FailureReason.LISTING_UNREADABLE),
        (SourceKind.SITEMAP, b"\x1f\x8bjunk", FailureReason.LISTING_UNREADABLE),
        (SourceKind.SITEMAP, gzip.compress(bytes(60_000_000)), FailureReason.LISTING_UNREADABLE),
        (SourceKind.PAGES, "just words", FailureReason.LISTING_UNREADABLE),
        (SourceKind.PAGES, b"\x89PNG\r\n\x1a\n\x00", FailureReason.LISTING_UNREADABLE),
        (SourceKind.PAGES, "<html><body><p>Nothing here</p></body></html>", FailureReason.LISTING_EMPTY),
    ],
)
def test_a_listing_that_is_none_has_one_name(kind: SourceKind, body: bytes | str, expected: FailureReason) -> None:
    assert reason(read_listing(source(kind), capture(body))) == expected


def test_urlset_with_news() -> None:
    listing = read_listing(source(SourceKind.SITEMAP), capture(URLSET))
    assert urls(listing) == [f"https://www.gazette.example/{name}" for name in ("n1", "old", "plain")]
    news, _, plain = listing.leads
    assert news.title == "Losses & gains"
    assert news.published_at == datetime(2024, 3, 8, 4, tzinfo=UTC)
    assert plain.published_at is None, "lastmod is no publication date"


def test_lastmod_proves_age() -> None:
    listing = read_listing(source(SourceKind.SITEMAP, max_age_days=30), capture(URLSET))
    assert urls(listing) == ["https://www.gazette.example/n1", "https://www.gazette.example/plain"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-08T06:00:00.5+02:00", datetime(2024, 3, 8, 4, 0, 0, 500_000, tzinfo=UTC)),
        ("2024-03-08T06:00Z", datetime(2024, 3, 8, 6, tzinfo=UTC)),
        ("2024-03-08", datetime(2024, 3, 8, tzinfo=UTC)),
        ("2024-03", datetime(2024, 3, 1, tzinfo=UTC)),
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_dates_of_sitemaps(text: str, expected: datetime | None) -> None:
    listing = read_listing(source(SourceKind.SITEMAP), capture(URLSET.replace("2024-03-08T06:00:00+02:00", text)))
    assert listing.leads[0].published_at == expected


def test_index_newest_first_without_the_outdated() -> None:
    listing = read_listing(source(SourceKind.SITEMAP, max_age_days=30), capture(INDEX))
    assert urls(listing) == []
    assert listing.listings == ("https://www.gazette.example/s-mar.xml", "https://www.gazette.example/s-feb.xml.gz")


@pytest.mark.parametrize("members", [1, 2])
def test_gzip_sitemap(members: int) -> None:
    raw = URLSET.encode()
    cut = len(raw) // members
    body = b"".join(gzip.compress(raw[i * cut : (i + 1) * cut if i + 1 < members else None], mtime=0) for i in range(members))
    assert len(urls(read_listing(source(SourceKind.SITEMAP), capture(body, "application/gzip")))) == 3


def test_a_gzip_bomb_is_never_unpacked_in_memory() -> None:
    bomb = gzip.compress(bytes(250_000_000), 1)
    tracemalloc.start()
    listing = read_listing(source(SourceKind.SITEMAP), capture(bomb))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reason(listing) == FailureReason.LISTING_UNREADABLE
    assert peak < 150_000_000


def test_plain_text_and_feed_sitemaps() -> None:
    text = "https://www.gazette.example/1\r\n\r\nhttps://www.gazette.example/2\n"
    assert len(urls(read_listing(source(SourceKind.SITEMAP), capture(text, "text/plain")))) == 2
    assert len(urls(read_listing(source(SourceKind.SITEMAP), capture(RSS)))) == 3


def test_a_sitemap_gives_at_most_fifty_thousand() -> None:
    body = "<urlset>" + "".join(f"<url><loc>https://a.example/{i}</loc></url>" for i in range(50_001)) + "</urlset>"
    assert len(read_listing(source(SourceKind.SITEMAP), capture(body)).leads) == 50_000


def test_section_page() -> None:
    listing = read_listing(source(SourceKind.PAGES), capture(PAGE, "text/html"))
    assert urls(listing) == [
        "https://www.gazette.example/",
        "https://www.gazette.example/world/one",
        "https://sport.gazette.example/two",
    ]
    assert listing.leads[1].title == "First story"


def test_section_page_with_base_and_charset() -> None:
    body = '<html><head><base href="/news/"></head><body><a href="x">Потери</a></body></html>'.encode("cp1251")
    (lead,) = read_listing(source(SourceKind.PAGES), capture(body, "text/html", "windows-1251")).leads
    assert (lead.url, lead.title) == ("https://www.gazette.example/news/x", "Потери")
    bare = '<html><body><a href="/x">Потери</a></body></html>'.encode()
    assert read_listing(source(SourceKind.PAGES), capture(bare, "text/html")).leads[0].title == "Потери"
    strange = read_listing(source(SourceKind.PAGES), capture(PAGE, "text/html", "no-such-charset"))
    assert len(strange.leads) == 3


def test_a_list_of_addresses_needs_no_listing() -> None:
    listed = source(SourceKind.URLS, url=None, urls=["https://a.example/1", "https://a.example/2", "https://a.example/1"])
    assert [lead.url for lead in leads_of(listed)] == ["https://a.example/1", "https://a.example/2"]
    with pytest.raises(Misuse, match="no listing to read"):
        read_listing(listed, capture("x"))


_fragments = st.sampled_from(
    [
        b"<rss version='2.0'>",
        b"<item>",
        b"<link>",
        b"</",
        b"<urlset>",
        b"<url><loc>",
        b"&#0;",
        b"\x1f\x8b\x08",
        b"\xff\xfe<\0",
    ]
)
_bodies = st.binary(max_size=300) | st.lists(_fragments | st.binary(max_size=20), max_size=20).map(b"".join)


@given(
    st.sampled_from([SourceKind.FEED, SourceKind.SITEMAP, SourceKind.PAGES]),
    _bodies,
    st.sampled_from([None, "utf-16", "x"]),
)
def test_any_bytes_give_leads_or_a_problem(kind: SourceKind, body: bytes, charset: str | None) -> None:
    listing = read_listing(source(kind), capture(body, f"text/html; charset={charset}", charset))
    assert (listing.problem is None) == bool(listing.leads or listing.listings)


def test_reading_knows_no_clock() -> None:
    one, two = (read_listing(source(), capture(RSS)) for _ in range(2))
    assert one == two
    assert date(2024, 3, 10) == FETCHED_AT.date()
