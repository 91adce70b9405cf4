"""Every form of an address that leads inward, at every place where a stranger can put one: nothing connects to it."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any

import pytest

from ingest import flow
from ingest.clean import head
from ingest.clean.address import canonical
from ingest.clean.parse import Parsed, parse
from ingest.events import EventType
from ingest.flow.house import House
from ingest.records import Failure, FailureReason, Request, Role
from ingest.settings import Settings
from ingest.sources import Source
from tests.fetch.test_guard import ELSEWHERE, INWARD

CONTACT = "https://example.org/bot"  # with a contact public hosts may be asked: only the guard is between us and the inside
OWN = "news.example"
FORMS = [
    *(form for form in INWARD + ELSEWHERE if form != "http://"),
    "http://0x7f.1/",
    "http://0300.0250.0.1/",
    "http://127.000.000.001/",
    "http://１２７.0.0.1/",
    "http://127.0.0.1%00.example.org/",
    "http://example.org%00@127.0.0.1/",
    "http://127.0.0.1%2f@example.org/",
    "http://example.org:80@127.0.0.1/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[::1%25lo]/",
    "http://[fe80::1%25lo]/",
    "http://[::]:80/",
    "//[::1]:@/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "HTTP://127.0.0.1/",
    "\thttp://127.0.0.1/",
    "http://127.0.0.1:443/",
    "http://127.0.0.1:65535/",
    "http://127.0.0.1:99999/",
    "ws://127.0.0.1/",
    "jar:http://127.0.0.1!/",
    "data:text/html,<p>x</p>",
    "javascript:alert(1)",
    "ldap://127.0.0.1/",
]
REFUSED = {FailureReason.ADDRESS_REFUSED, FailureReason.BAD_URL}
TEXT = "<p>" + "Ukraine's General Staff said on Monday that 120 Russian soldiers were killed near the town of Bakhmut. " * 10 + "</p>"


@dataclass(slots=True)
class Wire:
    """The addresses to which this process really began to connect."""

    allowed: tuple[str, int]
    met: list[Any] = field(default_factory=list)

    def others(self) -> list[Any]:
        return [address for address in self.met if tuple(address[:2]) != self.allowed]


@pytest.fixture
def wire(site: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Writes down every connection and lets none go anywhere but to the site."""
    wire = Wire(("127.0.0.1", site.port))
    connect = asyncio.SelectorEventLoop.sock_connect

    async def watched(loop: asyncio.SelectorEventLoop, sock: socket.socket, address: Any) -> None:
        wire.met.append(address)
        if tuple(address[:2]) != wire.allowed:
            raise ConnectionRefusedError("the test lets nothing out")
        await connect(loop, sock, address)

    monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", watched)
    yield wire
    assert wire.met, "the site itself was to be asked, or the watch sees nothing"


def settings_of(site: Any) -> Settings:
    return replace(site.settings, allow_loopback=f"{OWN}=127.0.0.1:{site.port}", contact=CONTACT, workers=1)


def gathered(site: Any, kind: str) -> House:
    source = Source(
        slug="small", name="Small", kind=kind, url=f"http://{OWN}/start", language="en", country="GB", delay_seconds=0, revisit=(0,)
    )
    house = flow.open_house(replace(settings_of(site), home=site.home / "warehouse"))
    flow.gather(house, [source], "run")
    return house


def payloads(house: House, type_: EventType) -> list[dict[str, Any]]:
    return [event.payload for event in house.log.read("small", types=(type_,))]


def as_seed(site: Any, form: str) -> set[str]:
    return {one.reason for one in site.fetch(Request(url=form), Request(url=f"http://{OWN}/own"), settings=settings_of(site))[:1]}


def as_listing(site: Any, form: str) -> set[str]:
    request = Request(url=form, role=Role.LISTING)
    return {one.reason for one in site.fetch(request, Request(url=f"http://{OWN}/own"), settings=settings_of(site))[:1]}


def as_redirect(site: Any, form: str) -> set[str]:
    site.routes["/hop"] = site.redirect(form)
    (found,) = site.fetch("/hop", settings=settings_of(site))
    return {found.reason}


def as_third_hop(site: Any, form: str) -> set[str]:
    site.routes.update({"/a": site.redirect("/b", 307), "/b": site.redirect(f"http://{OWN}/c", 308), "/c": site.redirect(form, 303)})
    (found,) = site.fetch("/a", settings=settings_of(site))
    return {found.reason}


def as_listing_redirect(site: Any, form: str) -> set[str]:
    site.routes["/hop"] = site.redirect(form, 301)
    (found,) = site.fetch(site.listing("/hop"), settings=settings_of(site))
    return {found.reason}


def as_robots_redirect(site: Any, form: str) -> set[str]:
    """The rules cannot be read, so the page is not asked for either."""
    site.routes.update({"/robots.txt": site.redirect(form), "/own": site.answer()})
    (found,) = site.fetch("/own", settings=settings_of(site))
    assert "/own" not in site.paths()
    return {FailureReason.ADDRESS_REFUSED if found.reason == FailureReason.ROBOTS_UNAVAILABLE else found.reason}


ONE_BY_ONE: list[Callable[[Any, str], set[str]]] = [
    as_seed, as_listing, as_redirect, as_third_hop, as_listing_redirect, as_robots_redirect,
]  # fmt: skip


@pytest.mark.parametrize("place", ONE_BY_ONE)
def test_an_inward_address_is_refused(place: Callable[[Any, str], set[str]], site: Any, wire: Wire) -> None:
    """One attempt per form; what got through is told with its form."""
    site.routes["/own"] = site.answer()
    through = {form: told for form in FORMS if not (told := place(site, form)) or not told <= REFUSED or wire.others()}
    assert not through
    assert not wire.others()


def feed_of(links: list[str]) -> bytes:
    items = "".join(f"<item><title>t</title><link>{escape(link)}</link></item>" for link in links)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


def sitemap_of(links: list[str]) -> bytes:
    return f"<urlset>{''.join(f'<url><loc>{escape(link)}</loc></url>' for link in links)}</urlset>".encode()


def index_of(links: list[str]) -> bytes:
    return f"<sitemapindex>{''.join(f'<sitemap><loc>{escape(link)}</loc></sitemap>' for link in links)}</sitemapindex>".encode()


def section_of(links: list[str]) -> bytes:
    anchors = "".join(f'<a href="{escape(link)}">story</a>' for link in links)
    return f"<html><body>{anchors}</body></html>".encode()


@pytest.mark.parametrize(
    ("kind", "written", "content_type"),
    [
        ("feed", feed_of, "application/rss+xml"),
        ("sitemap", sitemap_of, "application/xml"),
        ("sitemap", index_of, "application/xml"),
        ("pages", section_of, "text/html; charset=utf-8"),
    ],
    ids=["feed link", "sitemap address", "child sitemap", "section link"],
)
def test_what_a_listing_names_is_refused(
    kind: str, written: Callable[[list[str]], bytes], content_type: str, site: Any, wire: Wire
) -> None:
    """All forms in one listing: each ends as a refusal or is no lead at all, and the one good link is fetched."""
    site.routes["/start"] = site.answer(body=written([*FORMS, f"http://{OWN}/good"]), content_type=content_type)
    site.routes["/good"] = site.answer(body=f"<html><body>{TEXT}</body></html>".encode())
    house = gathered(site, kind)
    ended = Counter(p["reason"] for p in payloads(house, EventType.CAPTURE_FAILED))
    assert set(ended) <= {*REFUSED, FailureReason.LISTING_UNREADABLE}, ended  # unreadable: /good where it is named as a sitemap
    assert kind == "pages" or ended[FailureReason.ADDRESS_REFUSED] > 50, ended  # links of a section page stay within its domain
    assert site.paths().count("/good") == 1
    assert not wire.others()


@pytest.mark.parametrize(
    "written",
    ['<link rel="canonical" href="{}">', '<meta property="og:url" content="{}">', '<base href="{}"><link rel="canonical" href="x">'],
)
def test_a_page_cannot_call_itself_by_an_address_elsewhere(written: str) -> None:
    elsewhere = [
        *FORMS,
        "https://www.bbc.co.uk/news/1",
        "http://other.example/1",
        "//other.example/1",
        "http://news.example.other.example/",
    ]
    named = {form: named_by(written.format(escape(form))) for form in elsewhere}
    assert not {form: name for form, name in named.items() if not name.startswith(f"http://{OWN}/")}


def named_by(mark: str) -> str:
    page = parse(f"<html><head>{mark}</head><body>{TEXT}</body></html>")
    assert isinstance(page, Parsed)
    return canonical(f"http://{OWN}/good", head.read(page.tree))


INSIDE = ["127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.0.9", "169.254.169.254", "100.127.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255"]
INSIDE_V6 = ["::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1"]


def test_a_name_that_leads_inward_is_refused(site: Any, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in INSIDE + INSIDE_V6:
        monkeypatch.setattr(asyncio.SelectorEventLoop, "getaddrinfo", answering([[address]]))
        found = site.fetch(Request(url="http://inward.test/"), "/own", settings=settings_of(site))
        assert found[0].reason == FailureReason.ADDRESS_REFUSED, address
    assert not wire.others()


def answering(answers: list[list[str]]) -> Callable[..., Any]:
    """A name service that gives another answer each time; the last one for ever."""

    async def getaddrinfo(_loop: object, _host: str, port: int, **_more: object) -> list[Any]:
        told = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port, 0, 0) if ":" in one else (one, port))
            for one in told
        ]

    return getaddrinfo


def test_a_name_that_changes_its_mind_is_connected_to_where_it_was_checked(site: Any, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when it is looked at, inward a moment later. Each connection goes to the answer it was checked with."""
    asked = [["93.184.215.14"], ["127.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["10.0.0.1"]]
    monkeypatch.setattr(asyncio.SelectorEventLoop, "getaddrinfo", answering(asked))
    found = site.fetch(Request(url="http://rebind.test/"), "/own", settings=settings_of(site))
    assert isinstance(found[0], Failure)
    assert {tuple(address[:2]) for address in wire.others()} == {("93.184.215.14", 80)}


def test_proxies_of_the_environment_are_ignored(site: Any, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    site.routes["/own"] = site.answer()
    (found,) = site.fetch("/own", settings=settings_of(site))
    assert found.status == 200
    assert not wire.others()


def test_a_netrc_gives_no_password_away(site: Any, wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text(f"machine {OWN} login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    site.routes["/own"] = site.answer()
    site.fetch("/own", settings=settings_of(site))
    assert site.visits
    assert not [visit for visit in site.visits if {"authorization", "cookie", "referer"} & set(visit.headers)]
