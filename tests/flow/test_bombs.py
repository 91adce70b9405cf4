"""A web that means harm, visited by the real job in a process of its own: each trap costs one counted item, and the memory stays small."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ingest import flow
from ingest.cli.common import plain
from ingest.events import EventType
from ingest.flow.house import House
from ingest.settings import Settings
from ingest.sources import Source
from tests.flow.test_servers import TEXT, Answer, page, served

HTML = {"Content-Type": "text/html; charset=utf-8"}
XML = {"Content-Type": "application/rss+xml"}
GZIP = {**HTML, "Content-Encoding": "gzip"}
MEMORY_BYTES = 700_000_000  # of the visiting process; that of a worker is limited by the system (tests/workers)
PAGE_BYTES = 2_000_000


def story(body: str, head: str = "") -> bytes:
    page_head = f"<head><title>Report</title>{head}</head>"
    return f"<!doctype html><html lang=en>{page_head}<body><article><h1>Report</h1><p>{TEXT}</p>{body}</article></body></html>".encode()


def zipped() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(50_000_000))
    return out.getvalue()


def gzip_of_gigabyte() -> bytes:
    """1 GB of spaces, made 1 MB at a time."""
    packer, parts = zlib.compressobj(9, zlib.DEFLATED, 31), []
    for _ in range(1_000):
        parts.append(packer.compress(b" " * 1_000_000))
    return b"".join((*parts, packer.flush()))


HOSTILE_TITLE = "<script>alert(1)</script>'; DROP TABLE x; -- =cmd|' /C calc'!A0 \x1b[2J\x1b]0;owned\x07 \u202egpj.exe\u202c \u200b\u2066"
# path -> the answer and how the page may end: `article`, or the reason of the failure or rejection.
PAGES: dict[str, tuple[Answer, set[str]]] = {
    "gzip": ((200, GZIP, gzip_of_gigabyte()), {"too_large"}),
    "gzip-twice": ((200, GZIP, gzip.compress(gzip.compress(bytes(200_000_000)))), {"not_html", "too_large"}),
    "gzip-in-members": ((200, GZIP, gzip.compress(b" " * 1_000_000) * 400), {"too_large"}),
    "brotli": ((200, {**HTML, "Content-Encoding": "br"}, b"\x1b\xff\xff\x7f" * 1_000), {"bad_encoding"}),
    "both": ((200, {**HTML, "Content-Encoding": "gzip, gzip"}, gzip.compress(gzip.compress(page()))), {"bad_encoding"}),
    "zip": ((200, HTML, zipped()), {"not_html"}),
    "nested": ((200, HTML, b"<div>" * 100_000 + page()), {"not_html", "not_an_article", "too_short"}),
    "nested-closed": ((200, HTML, story("<b>" * 100_000 + "x" + "</b>" * 100_000)), {"article", "not_html"}),
    "attributes": ((200, HTML, story("<p " + " ".join(f"a{n}=1" for n in range(30_000)) + ">x</p>")), {"article", "not_html", "too_slow"}),
    "elements": ((200, HTML, story("<i></i>" * 250_000)), {"article", "too_large", "not_html"}),
    "open-brackets": ((200, HTML, story("<" * 1_000_000)), {"article", "not_html", "too_large", "too_slow"}),
    "spaces": ((200, HTML, story(" \n" * 900_000)), {"article", "too_large"}),
    "one-word": ((200, HTML, story("a" * 1_900_000)), {"article", "too_large", "not_html", "too_slow"}),
    "commas": ((200, HTML, story("<p>" + "1,1" * 400_000 + "</p>")), {"article", "too_large", "too_slow"}),
    "quotes": ((200, HTML, story("<p>" + "“" * 300_000 + "</p>")), {"article", "too_large", "too_slow"}),
    "json-ld": (
        (200, HTML, story("", '<script type="application/ld+json">{"a":' * 1 + "[" * 500_000 + "</script>")), {"article", "not_html"}),
    "comments": ((200, HTML, story("<!--" + "-" * 1_000_000 + "-->")), {"article"}),
    "nuls": ((200, HTML, story("\0" * 500_000)), {"article", "not_html"}),
    "nothing-but-nuls": ((200, HTML, b"\0" * 1_000_000), {"empty"}),
    "utf-16-as-utf-8": ((200, HTML, page().decode().encode("utf-16")), {"article"}),
    "no-such-charset": ((200, {"Content-Type": "text/html; charset=klingon"}, page()), {"article"}),
    "wrong-charset": ((200, {"Content-Type": "text/html; charset=utf-16"}, page()), {"article", "not_html", "too_short"}),
    "utf-7": ((200, {"Content-Type": "text/html; charset=utf-7"}, page()), {"article"}),
    "bidi": ((200, HTML, story("<p>\u202e" + "\u2066\u200b" * 100_000 + "</p>")), {"article", "too_large"}),
    "combining": ((200, HTML, story("<p>a" + "\u0301" * 500_000 + "</p>")), {"article", "too_large"}),
    "title": ((200, HTML, page().replace(b"Report {n}", b"").replace(b"<title>", b"<title>" + HOSTILE_TITLE.encode())), {"article"}),
    **{
        f"date-{number}": ((200, HTML, story("", f"<meta property='article:published_time' content='{date}'>")), {"article"})
        for number, date in enumerate(["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2024-01-01T00:00:00+99:99", "-1", "\0"])
    },
    "title-of-nuls": ((200, HTML, page().replace(b"<title>", b"<title>\0\0\0</title><title>")), {"article"}),
    "title-long": ((200, HTML, page().replace(b"<title>", b"<title>" + b"long " * 200_000)), {"article", "too_large"}),
    "good": ((200, HTML, page()), {"article"}),
}  # fmt: skip

LAUGHS = (
    "<!DOCTYPE l [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><rss version='2.0'><channel><title>&i;</title><item><link>http://small.example/good</link></item></channel></rss>"
)
INCLUDED = "<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><rss version='2.0'><channel><title>&f;</title></channel></rss>"
PARAMETER = "<!DOCTYPE x [<!ENTITY % d SYSTEM 'http://small.example/evil.dtd'> %d;]><rss version='2.0'><channel/></rss>"
OUTSIDE = "<!DOCTYPE x SYSTEM 'http://small.example/evil.dtd'><rss version='2.0'><channel><title>x</title></channel></rss>"
FULL_URL = "http://small.example/" + "a" * 100_000


def items(links: list[str]) -> str:
    inner = "".join(f"<item><link>{link}</link></item>" for link in links)
    return f"<rss version='2.0'><channel><title>x</title>{inner}</channel></rss>"


# name -> (kind, body, the reasons that the failure may have, or None where the listing is read and /good found in it)
LISTINGS: dict[str, tuple[str, bytes, str | None]] = {
    "laughs": ("feed", LAUGHS.encode(), "listing_unreadable"),
    "laughs_sitemap": ("sitemap", LAUGHS.replace("rss", "urlset").encode(), "listing_unreadable"),
    "laughs_utf16": ("feed", LAUGHS.encode("utf-16"), "listing_unreadable"),
    "included": ("feed", INCLUDED.encode(), "listing_unreadable"),
    "included_sitemap": ("sitemap", INCLUDED.encode(), "listing_unreadable"),
    "parameter": ("feed", PARAMETER.encode(), "listing_unreadable"),
    "outside": ("feed", OUTSIDE.encode(), "listing_empty"),
    "gzip_sitemap": ("sitemap", gzip_of_gigabyte(), "listing_unreadable"),
    "deep_feed": ("feed", b"<rss version='2.0'><channel>" + b"<a>" * 100_000, "listing_empty listing_unreadable"),  # by how long it took
    "deep_sitemap": ("sitemap", b"<urlset>" + b"<a>" * 100_000, "listing_unreadable"),
    "deep_page": ("section", b"<html><body>" + b"<div>" * 100_000 + b"<a href='/good'>x</a>", "listing_empty"),
    "million": (
        "sitemap",
        b"<urlset><url><loc>http://small.example/good</loc></url>"
        + b"".join(b"<url><loc>http://far.example/%d</loc></url>" % n for n in range(300_000)) + b"</urlset>",
        None,
    ),
    "long_url": ("feed", items([FULL_URL, "http://small.example/good"]).encode(), None),
    "loop": (
        "sitemap", b"<sitemapindex><sitemap><loc>/loop</loc></sitemap><sitemap><loc>/ring</loc></sitemap></sitemapindex>", None),
    "nul_feed": ("feed", b"\0" * 1_000_000, "listing_unreadable"),
    "html_feed": ("feed", page(), "listing_unreadable"),
}  # fmt: skip
CHILDREN = ("/loop", "/ring", "/tree")
RING = f"<sitemapindex>{''.join(f'<sitemap><loc>{path}</loc></sitemap>' for path in CHILDREN)}</sitemapindex>".encode()
TREE = b"<urlset><url><loc>/good</loc></url></urlset>"

VISIT = """
import json, sys
from pathlib import Path
from ingest import flow
from ingest.flow.house import House
from ingest.settings import Settings
from ingest.sources import Source
from ingest.sources import read_sources
home, sources, port = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
settings = Settings(home=home, sources=sources, allow_loopback=f"*.example=127.0.0.1:{port}", workers=1, page_bytes=int(sys.argv[4]))
told = flow.gather(flow.open_house(settings), list(read_sources(sources)[0]), "run")
peak = next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
print(json.dumps({"errors": sorted(told["errors"]), "peak_bytes": int(peak) * 1024}))
"""


def visit(tmp_path: Path, answers: dict[str, Answer], sources: dict[str, dict[str, Any]]) -> tuple[dict[str, Any], House]:
    folder = tmp_path / "sources"
    folder.mkdir()
    for slug, keys in sources.items():
        base = {"slug": slug, "name": slug, "language": "any", "country": "GB", "delay_seconds": 0}
        (folder / f"{slug}.yaml").write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in {**base, **keys}.items()))
    with served(lambda path: answers.get(path, (404, HTML, b""))) as port:
        command = [sys.executable, "-c", VISIT, str(tmp_path / "home"), str(folder), str(port), str(PAGE_BYTES)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    house = flow.open_house(Settings(home=tmp_path / "home", sources=folder, allow_loopback="*.example=127.0.0.1:1"))
    return json.loads(done.stdout), house


def ended(house: House, slug: str) -> dict[str, str]:
    """url -> how it ended, each exactly once."""
    found = [(e.type, e.payload) for e in house.log.read(slug)]
    ends = [(p["url"], p["reason"]) for t, p in found if t in (EventType.CAPTURE_FAILED, EventType.CAPTURE_REJECTED)]
    ends += [(p["url"], "article") for t, p in found if t is EventType.ARTICLE_CLEANED]
    assert max(Counter(url for url, _ in ends).values()) == 1, ends
    return dict(ends)


def small(told: dict[str, Any]) -> bool:
    """By the kernel's own account of this program alone: `ru_maxrss` would tell of the process that started it as well."""
    return bool(told["peak_bytes"] < MEMORY_BYTES)


def test_pages_that_mean_harm(tmp_path: Path) -> None:
    """One host per page, so that none of them ends the visit of another."""
    answers = {f"/{name}": answer for name, (answer, _) in PAGES.items()}
    told, house = visit(tmp_path, answers, {"pages": {"kind": "urls", "urls": [f"http://{n}.example/{n}" for n in PAGES]}})
    ends = {url.rpartition("/")[2]: how for url, how in ended(house, "pages").items()}
    assert {name: ends.get(name) for name, (_, wanted) in PAGES.items() if ends.get(name) not in wanted} == {}
    assert small(told), told
    titles = [e.payload["title"] or "" for e in house.log.read("pages", types=(EventType.ARTICLE_CLEANED,))]
    assert not [title for title in titles if plain(title) != title], "a title carries what a terminal obeys"


def test_listings_that_mean_harm(tmp_path: Path) -> None:
    answers: dict[str, Answer] = {f"/{name}": (200, HTML if kind == "section" else XML, body) for name, (kind, body, _) in LISTINGS.items()}
    answers |= {"/ring": (200, XML, RING), "/tree": (200, XML, TREE), "/good": (200, HTML, page())}
    kinds: dict[str, Callable[[str], dict[str, Any]]] = {
        "feed": lambda name: {"kind": "feed", "url": f"http://small.example/{name}"},
        "sitemap": lambda name: {"kind": "sitemap", "url": f"http://small.example/{name}"},
        "section": lambda name: {"kind": "pages", "url": f"http://small.example/{name}"},
    }
    told, house = visit(
        tmp_path, answers, {name: {**kinds[kind](name), "exclude": [r"far\.example", "evil"]} for name, (kind, _, _) in LISTINGS.items()}
    )
    ends = {name: ended(house, name) for name in LISTINGS}
    wrong = {
        name: ends[name]
        for name, (_, _, reason) in LISTINGS.items()
        if ends[name].get("http://small.example/good" if reason is None else f"http://small.example/{name}", "")
        not in (reason or "article").split()
    }
    assert wrong == {}
    assert small(told), told
    assert {name for name, (_, _, reason) in LISTINGS.items() if reason} == set(told["errors"])


def test_an_index_of_many_large_sitemaps(tmp_path: Path) -> None:
    """Each within the limit of one; together they would fill the memory."""
    large = gzip.compress(b"<urlset><url><loc>/good</loc></url>" + (b" " * 1_000_000 + b"<x/>") * 45 + b"</urlset>")
    names = [f"/{number}" for number in range(12)]
    index = f"<sitemapindex>{''.join(f'<sitemap><loc>{name}</loc></sitemap>' for name in names)}</sitemapindex>".encode()
    answers: dict[str, Answer] = {name: (200, {**XML, "Content-Encoding": "gzip"}, large) for name in names}
    answers |= {"/index": (200, XML, index), "/good": (200, HTML, page())}
    told, house = visit(tmp_path, answers, {"large": {"kind": "sitemap", "url": "http://small.example/index"}})
    assert Counter(ended(house, "large").values()) == {"too_large": 9, "article": 1}
    assert small(told), told
    assert told["errors"] == []


def test_listings_that_keep_a_parser_busy_for_hours(tmp_path: Path) -> None:
    """Each is small. What feedparser does with line breaks before the first element, or with tags that stay open, grows with the square."""
    slow = {"breaks": b"\n" * 400_000 + items(["/good"]).encode(), "open": b"<rss version='2.0'><channel>" + b"<a>" * 2_000_000}
    answers: dict[str, Answer] = {f"/{name}": (200, XML, body) for name, body in slow.items()}
    answers |= {"/fine": (200, XML, items(["/good"]).encode()), "/good": (200, HTML, page())}
    with served(lambda path: answers.get(path, (404, HTML, b""))) as port:
        settings = Settings(home=tmp_path / "home", allow_loopback=f"*.example=127.0.0.1:{port}", workers=1, page_seconds=2)
        house = flow.open_house(settings)
        given = {"kind": "feed", "language": "en", "country": "GB", "delay_seconds": 0}
        sources = [Source(slug=name, name=name, url=f"http://{name}.example/{name}", **given) for name in (*slow, "fine")]
        told = flow.gather(house, sources, "run")
    for name in slow:
        assert "listing_unreadable: too_slow: no result after 4 s" in told["errors"][name]
        assert ended(house, name) == {f"http://{name}.example/{name}": "listing_unreadable"}
    assert ended(house, "fine") == {"http://fine.example/good": "article"}


@pytest.mark.parametrize("name", ["laughs", "included", "parameter", "outside"])
def test_no_listing_makes_the_parser_ask_anybody(name: str, tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(path: str) -> Answer:
        asked.append(path)
        return (200, XML, LISTINGS[name][1]) if path == f"/{name}" else (404, HTML, b"")

    with served(answer) as port:
        house = flow.open_house(Settings(home=tmp_path / "home", allow_loopback=f"*.example=127.0.0.1:{port}", workers=1))
        for kind in ("feed", "sitemap"):
            source = Source(slug="small", name="S", kind=kind, url=f"http://small.example/{name}", language="en", country="GB")
            flow.gather(house, [source], "run")
    assert set(asked) == {f"/{name}", "/robots.txt"}
