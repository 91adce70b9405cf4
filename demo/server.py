"""Requests for `*.example` hosts in; the pages of `demo.web` out, from one local server that keeps a log.

python -m demo.server --port 8088 --visit 1
"""

from __future__ import annotations

import argparse
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self, cast

from demo.web import Response, respond

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One line of the server's log."""

    received_at: datetime
    method: str
    host: str
    path: str
    status: int
    user_agent: str
    if_none_match: str | None
    if_modified_since: str | None


class DemoSite:
    """The demonstration web on a port of 127.0.0.1 (0: any free one), served by `Host` header while the `with` lasts.

    `visit` may be set at any time: from 2 on, some pages have changed or gone. `log` holds every request answered.
    """

    def __init__(self, *, port: int = 0, visit: int = 1) -> None:
        self.visit = visit
        self.log: list[Request] = []
        self._server = _Server(self, port)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def loopback_rule(self) -> str:
        """The value for CLAIMLEDGER_ALLOW_LOOPBACK that leads every `*.example` host here."""
        return f"*.example={LOOPBACK}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    """A server that knows its site; request threads end with their one answer, so closing waits for them."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, site: DemoSite, port: int) -> None:
        self.site = site
        super().__init__((LOOPBACK, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "DemoSite"
    sys_version = ""
    timeout = 10  # seconds without a request line before an idle connection is dropped

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        site = cast(_Server, self.server).site
        host = self.headers.get("Host", "").partition(":")[0].lower()
        response = respond(host, self.path, site.visit)
        if self._is_unchanged(response):
            response = Response(status=304, headers=response.headers)
        site.log.append(self._logged(host, response.status))
        self._send(response, with_body=with_body)

    def _is_unchanged(self, response: Response) -> bool:
        """If-None-Match wins over If-Modified-Since, as RFC 9110 says."""
        if response.status != 200:
            return False
        if tag := self.headers.get("If-None-Match"):
            return response.headers.get("ETag") in [part.strip().removeprefix("W/") for part in tag.split(",")]
        since, modified = self.headers.get("If-Modified-Since"), response.headers.get("Last-Modified")
        return bool(since and modified) and parsedate_to_datetime(str(modified)) <= parsedate_to_datetime(str(since))

    def _send(self, response: Response, *, with_body: bool) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 304:
            self.send_header("Content-Length", str(response.length))
        self.send_header("Connection", "close")
        self.end_headers()
        if with_body and response.status != 304:
            self._write(response)

    def _write(self, response: Response) -> None:
        try:
            for chunk in response.chunks():
                self.wfile.write(chunk)
        except ConnectionError:
            # A reader with a size limit hangs up inside the huge page: that is the purpose of the page.
            self.close_connection = True

    def _logged(self, host: str, status: int) -> Request:
        return Request(
            received_at=datetime.now(UTC),
            method=self.command,
            host=host,
            path=self.path,
            status=status,
            user_agent=self.headers.get("User-Agent", ""),
            if_none_match=self.headers.get("If-None-Match"),
            if_modified_since=self.headers.get("If-Modified-Since"),
        )

    def log_message(self, format: str, *args: object) -> None:
        """Silent: `DemoSite.log` is the record."""


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m demo.server", description="Serve the demonstration web.")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: any free one)")
    parser.add_argument("--visit", type=int, default=1, help="1, or 2 to show the edited web")
    chosen = parser.parse_args()
    # An interrupt is how this command ends, whatever line it meets, and also where a shell began it in the background, deaf to interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with suppress(KeyboardInterrupt), DemoSite(port=chosen.port, visit=chosen.visit) as site:
        print(f'CLAIMLEDGER_ALLOW_LOOPBACK="{site.loopback_rule}"', flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
