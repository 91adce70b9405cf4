"""In: nothing. Out: two small outlets on loopback that say the same at every run, and homes as each command finds them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

OUTLETS: Mapping[str, int] = {"gazette": 9, "herald": 5}  # pages of each
_PAGE = "<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article></body></html>"
_TEXT = """
<p>Ukraine's General Staff said on 3 March 2026 that {killed} Russian soldiers were killed near the town of {town} in one day.</p>
<p>The Russian Ministry of Defence said that Ukraine lost {lost} soldiers in the same place, and called the figures of Kyiv invented.</p>
<p>Kyiv offered {pay} dollars to every pilot who surrenders with an aircraft, the ministry announced in a statement on Tuesday.</p>
<p>Residents of {town} told the {outlet} that the shelling of the town had gone on since the morning and that the bridge was closed.</p>
"""
_TOWNS = ("Bakhmut", "Kupiansk", "Avdiivka", "Lyman", "Vovchansk")


class World:
    """What the outlets say; at `visit` 2 one page of each was edited, one is gone and one is new."""

    def __init__(self) -> None:
        self.visit = 1
        self.port = 0

    @property
    def rule(self) -> str:
        """What to set CLAIMLEDGER_ALLOW_LOOPBACK to."""
        return f"*.example=127.0.0.1:{self.port}"

    def answer(self, host: str, path: str) -> tuple[int, str, bytes]:
        """Status, content type and body."""
        outlet = host.split(".")[0]
        numbers = range(1, OUTLETS.get(outlet, 0) + self.visit)
        if path == "/rss":
            return 200, "application/rss+xml", _feed(outlet, numbers)
        number = int(path[1:]) if path[1:].isdigit() else 0
        if number not in numbers or (self.visit == 2 and number == 2):
            return 404, "text/html", b"<html><title>not here</title></html>"
        return 200, "text/html; charset=utf-8", _page(outlet, number, self.visit if number == 1 else 1)


def _feed(outlet: str, numbers: range) -> bytes:
    items = "".join(f"<item><title>Report {n}</title><link>http://{outlet}.example/{n}</link></item>" for n in numbers)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{outlet}</title>{items}</channel></rss>'.encode()


def _page(outlet: str, number: int, version: int) -> bytes:
    """Page 4 is too short to be kept; the others tell numbers of their own."""
    if number == 4:
        return _PAGE.format(title="Short", text="<p>Nothing more.</p>").encode()
    figure = 100 * number + version * 7 + len(outlet)
    text = _TEXT.format(killed=figure, lost=figure // 2, pay=figure * 100, town=_TOWNS[number % len(_TOWNS)], outlet=outlet)
    return _PAGE.format(title=f"Report {number} of the {outlet}", text=text * 2).encode()


@contextmanager
def served() -> Iterator[World]:
    """The world on a free port of 127.0.0.1."""
    world = World()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content_type, body = world.answer(self.headers.get("Host", ""), self.path)
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    world.port = int(server.server_address[1])
    try:
        yield world
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def write_sources(folder: Path, *, again: bool) -> Path:
    """A source file for each outlet. With `again` every page that was taken once is looked at once more, as a later night does."""
    folder.mkdir(parents=True, exist_ok=True)
    for slug in OUTLETS:
        told = {
            "slug": slug, "name": slug.title(), "kind": "feed", "url": f"http://{slug}.example/rss", "language": "en", "country": "GB",
            "delay_seconds": "0", "revisit": "[0s]" if again else "[]", "enabled": "true", "schedule": '"0 2 * * *"',
        }  # fmt: skip
        (folder / f"{slug}.yaml").write_text("".join(f"{key}: {value}\n" for key, value in told.items()), encoding="utf-8")
    return folder
