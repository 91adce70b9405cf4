"""In: nothing. Out: a web server and a mail server on free ports of this machine, each with the list of what it received."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class _Webhook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.headers["Content-Type"], json.loads(body)))  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Silent."""


class _Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP as one letter takes."""

    def handle(self) -> None:
        self._say("220 mailbox.example")
        for line in iter(self.rfile.readline, b""):
            word = line.split()[0].upper()
            if word == b"DATA":
                self._say("354 go on")
                self.server.received.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())  # type: ignore[attr-defined]
            self._say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def _serving(server: socketserver.TCPServer) -> Iterator[tuple[int, list[Any]]]:
    server.received = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1], server.received  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def webhook() -> AbstractContextManager[tuple[int, list[Any]]]:
    """Port, and (content type, JSON) of each POST."""
    return _serving(HTTPServer(("127.0.0.1", 0), _Webhook))


def mailbox() -> AbstractContextManager[tuple[int, list[Any]]]:
    """Port, and each letter as text."""
    return _serving(socketserver.TCPServer(("127.0.0.1", 0), _Mailbox))
