"""A local site that answers with raw bytes, so that it can also answer wrongly, and logs when requests began and ended."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from ingest import robots
from ingest.fetch import Limits, fetch_all
from ingest.records import Capture, Failure, Outcome, Request, Role, Unchanged
from ingest.settings import Settings

SMALL = Limits(
    total_seconds=10,
    connect_seconds=5,
    idle_seconds=5,  # generous for a busy machine; tests of time-outs name their own
    backoff_seconds=0.2,
    retry_after_seconds=3,
    turn_seconds=20,
    listing_bytes=400_000,
)
HTML = b"<!doctype html><html><body><p>News.</p></body></html>"


@dataclass(slots=True)
class Visit:
    """One request as the site saw it. `ended_at`: the last byte of the answer was written. Times of the wall clock."""

    host: str
    path: str
    headers: dict[str, str]
    began_at: float
    ended_at: float = 0.0


Handler = Callable[[Visit, asyncio.StreamWriter], Awaitable[None]]


def answer(status: int = 200, body: bytes = HTML, **headers: str) -> bytes:
    """A whole HTTP answer. Header names with `_` for `-`; a name set to "" is left out."""
    named = {"content_type": "text/html; charset=utf-8", "content_length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in named.items() if value]
    return f"HTTP/1.1 {status} X\r\n{''.join(line + chr(13) + chr(10) for line in lines)}\r\n".encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    return answer(status, b"", location=location)


@dataclass(slots=True)
class Site:
    """Routes by path, or by host and path; the latter win. Without a route: 404."""

    home: Path
    port: int = 0
    routes: dict[str, bytes | Handler] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    answer = staticmethod(answer)
    redirect = staticmethod(redirect)
    limits: Limits = SMALL

    @property
    def settings(self) -> Settings:
        """Every host name leads to this site."""
        return Settings(home=self.home, allow_loopback=f"*=127.0.0.1:{self.port}", page_bytes=100_000)

    def url(self, path: str, host: str = "news.example") -> str:
        return f"http://{host}{path}"

    def fetch(self, *requests: Request | str, delay: float = 0, settings: Settings | None = None, **more: float) -> list[Outcome]:
        """Outcomes in the order of the requests; paths become requests for articles."""
        wanted = [Request(url=self.url(r)) if isinstance(r, str) else r for r in requests]
        outcomes: list[Outcome] = []
        fetch_all(
            settings or self.settings,
            wanted,
            delay_seconds=delay,
            parse_robots=robots.parse,
            emit=outcomes.append,
            limits=replace(self.limits, **more),
        )
        assert sorted(o.url for o in outcomes) == sorted(w.url for w in wanted), "every request ends once"
        order = {w.url: i for i, w in enumerate(wanted)}
        return sorted(outcomes, key=lambda o: order[o.url])

    def one(self, request: Request | str, **more: float) -> Outcome:
        return self.fetch(request, **more)[0]

    def capture(self, request: Request | str, **more: float) -> Capture:
        outcome = self.one(request, **more)
        assert isinstance(outcome, Capture), outcome
        return outcome

    def failure(self, request: Request | str, **more: float) -> Failure:
        outcome = self.one(request, **more)
        assert isinstance(outcome, Failure), outcome
        assert outcome.detail
        assert outcome.detail.isprintable()
        return outcome

    def unchanged(self, request: Request | str) -> Unchanged:
        outcome = self.one(request)
        assert isinstance(outcome, Unchanged), outcome
        return outcome

    def listing(self, path: str, host: str = "news.example") -> Request:
        return Request(url=self.url(path, host), role=Role.LISTING)

    def paths(self) -> list[str]:
        """The paths asked for, robots.txt left out."""
        return [visit.path for visit in self.visits if visit.path != "/robots.txt"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode("latin-1").split("\r\n")
                headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines if line)}
                visit = Visit(headers.get("host", ""), first.split()[1], headers, time.time())
                self.visits.append(visit)
                await self._reply(visit, writer)
                visit.ended_at = time.time()
                if writer.is_closing():
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the client went away
        finally:
            writer.close()

    async def _reply(self, visit: Visit, writer: asyncio.StreamWriter) -> None:
        path = visit.path.partition("?")[0]
        route = self.routes.get(visit.host + path, self.routes.get(path, answer(404, b"no")))
        if isinstance(route, bytes):
            writer.write(route)
            await writer.drain()
        else:
            await route(visit, writer)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A running site in a thread of its own: `fetch_all` runs its own loop in this one."""
    served = Site(home=tmp_path / "home")
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(served.serve, "127.0.0.1", 0))
    served.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield served
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()
