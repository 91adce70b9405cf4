"""In: an origin (scheme, host, port). Out: its robots rules, from this run, from a day's cache on disk, or from the
host."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from yarl import URL

from ingest.errors import Retry
from ingest.fetch.asker import Asker
from ingest.fetch.client import PRODUCT, Answer, Ask
from ingest.fetch.guard import Guard
from ingest.fetch.hosts import file_name
from ingest.fetch.limits import Limits
from ingest.fetch.redirects import is_redirect, next_url
from ingest.fetch.trouble import Trouble
from ingest.records import FailureReason


class RobotsRules(Protocol):
    """What a robots parser gives. `verdict` is one of allowed, disallowed, not_now."""

    def verdict(self, url: str, agent: str) -> str: ...

    def crawl_delay(self, agent: str) -> float | None: ...


RobotsParser = Callable[[int | None, bytes], RobotsRules]

# The host itself cannot be reached: its items end under that name, which tells more than that its robots.txt is
# missing.
_OF_THE_HOST = frozenset(
    {
        FailureReason.ADDRESS_REFUSED,
        FailureReason.CONNECT,
        FailureReason.DNS,
        FailureReason.HOST_STOPPED,
        FailureReason.TLS,
    }
)


class Rulebook:
    """The robots rules of all origins that a run meets. Each is asked for once."""

    def __init__(self, folder: Path, asker: Asker, guard: Guard, limits: Limits, parse: RobotsParser, delay: float) -> None:
        self._folder = folder
        self._asker = asker
        self._guard = guard
        self._limits = limits
        self._parse = parse
        self._delay = delay
        self._known: dict[str, RobotsRules | Trouble] = {}
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def permit(self, url: URL) -> float:
        """The seconds to leave between two requests. Raises Trouble where `url` may not be asked for, or not now."""
        rules = await self._rules(url.origin())
        verdict = rules.verdict(str(url), PRODUCT)
        if verdict == "disallowed":
            detail = f"{url.origin()}/robots.txt disallows {url.raw_path[:200]} for {PRODUCT}"
            raise Trouble(FailureReason.ROBOTS_DISALLOWED, detail)
        if verdict != "allowed":
            raise Trouble(FailureReason.ROBOTS_UNAVAILABLE, f"{url.origin()}/robots.txt cannot be read now")
        wished = rules.crawl_delay(PRODUCT) or 0.0
        return max(self._delay, min(wished, self._limits.crawl_delay_seconds))

    async def _rules(self, origin: URL) -> RobotsRules:
        key = str(origin)
        async with self._locks[key]:
            if key not in self._known:
                self._known[key] = self._cached(key) or await self._fetched(origin)
        known = self._known[key]
        if isinstance(known, Trouble):
            raise known.again()
        return known

    async def _fetched(self, origin: URL) -> RobotsRules | Trouble:
        """The rules as the host gives them now. 2xx to 4xx are kept for a day; what is unreadable is kept for this run."""
        try:
            status, body = await self._answer(origin)
        except Trouble as trouble:
            if trouble.reason in _OF_THE_HOST:
                return trouble
            name = f"{origin}/robots.txt"
            return Trouble(FailureReason.ROBOTS_UNAVAILABLE, f"{name} cannot be read now: {trouble.detail}", status=trouble.status)
        self._keep(str(origin), status, body)
        return self._parse(status, body)

    async def _answer(self, origin: URL) -> tuple[int, bytes]:
        """Status and body at the end of at most `robots_redirects` redirects. Raises Trouble for what is no 2xx to 4xx."""
        url = origin.with_path("/robots.txt")
        for _ in range(self._limits.robots_redirects + 1):
            self._guard.check(url)
            ask = Ask(url=url, accept="text/plain, */*;q=0.1", max_bytes=self._limits.robots_bytes, is_cut=True)
            try:
                answer: Answer = await self._asker.ask(ask, self._delay)
            except Trouble as trouble:
                if trouble.status is not None and 400 <= trouble.status < 500 and trouble.reason != FailureReason.HOST_STOPPED:
                    return trouble.status, b""
                raise
            if not is_redirect(answer):
                return answer.status, answer.body
            url = next_url(url, answer)
        return answer.status, b""

    def _path(self, key: str) -> Path:
        return self._folder / f"{file_name(key)}.robots"

    def _cached(self, key: str) -> RobotsRules | None:
        """The rules kept on disk, None where they are missing, older than a day or unreadable."""
        try:
            kept = json.loads(self._path(key).read_bytes())
            age = time.time() - float(kept["asked_at"])
            status, body = int(kept["status"]), str(kept["body"]).encode("latin-1")
        except (OSError, ValueError, KeyError, TypeError):
            return None  # asking again costs one request
        return self._parse(status, body) if 0 <= age < self._limits.robots_seconds else None

    def _keep(self, key: str, status: int, body: bytes) -> None:
        """Written under another name first, so that no reader sees half a file: half a file is other rules."""
        path = self._path(key)
        scratch = path.with_suffix(f".{os.getpid()}.tmp")
        kept = {"asked_at": time.time(), "status": status, "body": body.decode("latin-1")}
        try:
            scratch.write_text(json.dumps(kept), encoding="ascii")
            scratch.replace(path)
        except OSError as error:
            raise Retry(f"{path} cannot be written ({error}); see the disk, then run again") from error
