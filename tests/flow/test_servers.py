"""In: small servers with habits of their own. Out: what the log makes of them."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ingest import flow
from ingest.events import EventType
from ingest.flow.house import House
from ingest.settings import Settings
from ingest.sources import Source, read_source

PAGE = "<html lang=en><head><title>Report {n}</title></head><body><article><h1>Report {n}</h1><p>{text}</p></article></body></html>"
TEXT = "Ukraine's General Staff said on Monday that 120 Russian soldiers were killed near the town of Bakhmut. " * 10
Answer = tuple[int, dict[str, str], bytes]


def page(number: int = 1) -> bytes:
    return PAGE.format(n=number, text=TEXT).encode()


def feed(*paths: str) -> Answer:
    items = "".join(f"<item><title>t</title><link>http://small.example{path}</link></item>" for path in paths)
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
    return 200, {"Content-Type": "application/rss+xml"}, body.encode()


@contextmanager
def served(answer: Callable[[str], Answer]) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answer(self.path)
            if headers.get("ETag", "") == self.headers.get("If-None-Match"):
                status, body = 304, b""
            self.send_response(status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def source_file(folder: Path, **changed: str) -> Path:
    keys = {
        "slug": "small",
        "name": "Small",
        "kind": "feed",
        "url": "http://small.example/rss",
        "language": "en",
        "country": "GB",
        "delay_seconds": "0",
    }
    folder.mkdir(exist_ok=True)
    path = folder / "small.yaml"
    path.write_text("".join(f"{name}: {value}\n" for name, value in {**keys, **changed}.items()))
    return path


@pytest.fixture
def source(tmp_path: Path) -> Source:
    read = read_source(source_file(tmp_path / "sources", revisit="[0s, 0s]"))
    assert isinstance(read, Source)
    return read


def house_at(tmp_path: Path, port: int) -> House:
    rule = f"*.example=127.0.0.1:{port}"
    return flow.open_house(Settings(home=tmp_path / "warehouse", sources=tmp_path / "sources", allow_loopback=rule, workers=1))


def told(house: House, type_: EventType) -> list[dict[str, Any]]:
    return [event.payload for event in house.log.read("small", types=(type_,))]


def test_the_same_body_without_any_condition_is_unchanged(tmp_path: Path, source: Source) -> None:
    """A host that knows no ETag sends everything again: nothing is archived or cleaned twice."""
    with served(lambda path: feed("/1") if path == "/rss" else (200, {}, page()) if path == "/1" else (404, {}, b"")) as port:
        house = house_at(tmp_path, port)
        assert flow.gather(house, [source], "one")["sources"]["small"]["fetch"]["captures"] == 1
        archived = list(house.storage.keys("archive"))
        assert flow.gather(house, [source], "two")["sources"]["small"]["fetch"] == {"captures": 0, "unchanged": 1, "failures": {}}
    assert list(house.storage.keys("archive")) == archived
    taken = [(p["url"], p["is_unchanged"], p["warc_file"] is None) for p in told(house, EventType.CAPTURE_TAKEN) if p["role"] == "article"]
    assert taken == [("http://small.example/1", False, False), ("http://small.example/1", True, True)]
    assert len(told(house, EventType.ARTICLE_CLEANED)) == len(told(house, EventType.STATEMENTS_EXTRACTED)) == 1


def test_a_silent_edit_is_a_second_capture_and_reading(tmp_path: Path, source: Source) -> None:
    visit = 0

    def answer(path: str) -> Answer:
        return feed("/1") if path == "/rss" else (200, {}, page(visit)) if path == "/1" else (404, {}, b"")

    with served(answer) as port:
        house = house_at(tmp_path, port)
        for visit in range(2):
            flow.gather(house, [source], f"run {visit}")
    assert [p["title"] for p in told(house, EventType.ARTICLE_CLEANED)] == ["Report 0", "Report 1"]
    assert len(told(house, EventType.STATEMENTS_EXTRACTED)) == 2


@pytest.mark.parametrize("odd", ['"caf\xe9"', "\xff\xfe", "W/" + "x" * 3000, '"\x80\x9b31m"', "ä" * 50])
def test_odd_bytes_in_headers_poison_nothing(tmp_path: Path, source: Source, odd: str) -> None:
    """Header values come as bytes that need not be any text; they go into the log, the archive and the next request."""
    odd_headers = {"ETag": odd, "Last-Modified": odd, "X-Odd": odd, "Content-Type": f"text/html; charset={odd[:5]}"}
    with served(lambda path: feed("/1") if path == "/rss" else (200, odd_headers, page()) if path == "/1" else (404, {}, b"")) as port:
        house = house_at(tmp_path, port)
        for run in ("one", "two"):
            assert flow.gather(house, [source], run)["errors"] == {}
    assert flow.verify(house)["broken"] == []
    assert len(told(house, EventType.ARTICLE_CLEANED)) == 1


def test_a_source_that_cannot_be_discovered_still_gets_its_waiting_pages_done(tmp_path: Path, source: Source) -> None:
    is_up = False

    def answer(path: str) -> Answer:
        if path == "/rss":
            return feed("/1") if not is_up else (404, {}, b"")
        return (200, {}, page()) if is_up and path == "/1" else (404 if path == "/robots.txt" else 503, {}, b"")

    with served(answer) as port:
        house = house_at(tmp_path, port)
        first = flow.discover(house, source, "one")
        assert first["leads_new"] == 1
        is_up = True
        told_again = flow.gather(house, [source], "two")
    assert "source small could not be discovered" in told_again["errors"]["small"]
    assert len(told(house, EventType.ARTICLE_CLEANED)) == 1


def test_of_two_commands_on_one_source_one_works_and_the_other_says_so(tmp_path: Path, source: Source) -> None:
    def slow(path: str) -> Answer:
        time.sleep(0.4 if path.startswith("/1") else 0)
        return feed(*(f"/1{n}" for n in range(6))) if path == "/rss" else (200, {}, page()) if path != "/robots.txt" else (404, {}, b"")

    with served(slow) as port:
        house = house_at(tmp_path, port)
        code = "import sys; from ingest.cli import main; sys.argv = ['claimledger', *sys.argv[1:]]; main()"
        arguments = ["gather", "small", "--home", str(house.home), "--sources", str(house.settings.sources)]
        environment = {"CLAIMLEDGER_ALLOW_LOOPBACK": house.settings.allow_loopback, "CLAIMLEDGER_WORKERS": "1", "PATH": "/usr/bin:/bin"}
        first = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        waited = time.monotonic()
        while not house.log.head("small").position and time.monotonic() - waited < 20:
            time.sleep(0.02)
        time.sleep(0.3)  # the first is at its pages now
        second = flow.gather(house, [source], "second")
        out, err = first.communicate(timeout=30)
    assert first.returncode == 0, err
    assert "captures 6" in out
    assert second["errors"] == {"small": "stream small is being written by another process; try again when it has ended"}
    assert len(told(house, EventType.ARTICLE_CLEANED)) == 6
    assert flow.verify(house)["broken"] == []


def urlset(*paths: str) -> bytes:
    urls = "".join(f"<url><loc>http://small.example{path}</loc></url>" for path in paths)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def test_an_index_that_stands_still_does_not_hide_its_children(tmp_path: Path) -> None:
    """An index names its children and often nothing else: it is the same tonight although a child has news."""
    index = (
        b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap>'
        b"<loc>http://small.example/child.xml</loc></sitemap></sitemapindex>"
    )
    pages = ["/1"]

    def answer(path: str) -> Answer:
        xml = {"Content-Type": "application/xml"}
        if path == "/sitemap.xml":
            return 200, {**xml, "ETag": '"index"'}, index
        if path == "/child.xml":
            return 200, {**xml, "ETag": f'"{len(pages)}"'}, urlset(*pages)
        return (200, {}, page(int(path[1:]))) if path in pages else (404, {}, b"")

    source = read_source(source_file(tmp_path / "sources", kind="sitemap", url="http://small.example/sitemap.xml"))
    assert isinstance(source, Source)
    with served(answer) as port:
        house = house_at(tmp_path, port)
        assert flow.gather(house, [source], "one")["sources"]["small"]["fetch"]["captures"] == 1
        pages.append("/2")
        second = flow.gather(house, [source], "two")["sources"]["small"]
        assert (second["discover"]["leads_new"], second["fetch"]["captures"]) == (1, 1)
        third = flow.gather(house, [source], "three")["sources"]["small"]
        assert third["discover"]["listings_unchanged"] == 1


def test_an_amp_page_is_no_edit_of_its_page(tmp_path: Path, source: Source) -> None:
    """Two addresses of one page in one feed: the page itself counts, the other address is told as refused; alone it is taken."""
    amp = page(1).replace(b"<head>", b'<head><link rel=canonical href="http://small.example/1">').replace(b"120 Russian", b"121 Russian")
    answers = {"/rss": feed("/1/amp", "/1", "/2/amp"), "/1": (200, {}, page(1)), "/1/amp": (200, {}, amp)}
    answers["/2/amp"] = (200, {}, amp.replace(b"/1", b"/2"))
    with served(lambda path: answers.get(path, (404, {}, b""))) as port:
        house = house_at(tmp_path, port)
        flow.gather(house, [source], "one")
    assert [p["url"] for p in told(house, EventType.ARTICLE_CLEANED)] == ["http://small.example/1", "http://small.example/2/amp"]
    assert [(p["url"], p["reason"]) for p in told(house, EventType.CAPTURE_REJECTED)] == [("http://small.example/1/amp", "alternate")]


def test_a_listing_that_cannot_be_read_is_a_failure_and_no_success(tmp_path: Path, source: Source) -> None:
    with served(lambda path: (200, {"Content-Type": "application/rss+xml"}, page())) as port:
        house = house_at(tmp_path, port)
        assert flow.gather(house, [source], "one")["errors"]
    assert [p["reason"] for p in told(house, EventType.CAPTURE_FAILED)] == ["listing_unreadable"]
    assert told(house, EventType.CAPTURE_TAKEN) == []
    assert house.state("small").last_success_at is None
