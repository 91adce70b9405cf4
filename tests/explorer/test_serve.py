"""In: the app on all addresses, as the compose file starts it. Out: it is healthy, refuses foreign pages, and asks no other host."""

from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.explorer.conftest import serving

HANDSHAKE = (
    "GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@contextmanager
def listening() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that answers nobody: its address, and what was asked of it."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(300))

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def answer_to(address: str, origin: str) -> str:
    """The first line of the answer to a page of `origin` that wants to talk to the app."""
    place = urlsplit(address)
    with socket.create_connection((str(place.hostname), int(place.port or 80)), timeout=20) as connection:
        connection.sendall(HANDSHAKE.format(host=place.netloc, origin=origin).encode())
        return connection.recv(300).decode().splitlines()[0]


def test_on_all_addresses_it_asks_no_other_host_and_foreign_pages_are_refused(home: Path) -> None:
    with listening() as (proxy, asked):
        env = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"), proxy) | {
            "NO_PROXY": "",
            "no_proxy": "",
        }
        with serving(home, "--address", "0.0.0.0", env=env) as address:
            direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            assert direct.open(f"{address}/_stcore/health", timeout=20).status == 200
            assert answer_to(address, address).split()[1] == "101"
            assert answer_to(address, "https://elsewhere.example").split()[1] == "403"
    assert asked == []
