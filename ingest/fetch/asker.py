"""In: exchanges to make. Out: answers below 400, or Trouble, after turns, retries and the rule when a host is left
alone."""

from __future__ import annotations

import asyncio
import math
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ingest.fetch.client import Answer, Ask, Client
from ingest.fetch.hosts import Hosts, host_key
from ingest.fetch.limits import Limits
from ingest.fetch.trouble import Trouble
from ingest.records import FailureReason

_HASTE = 0.05  # a source with delay 0 is a test or a mirror of one's own: back off by milliseconds
_REFUSALS = (403, 429)
# Answers that firewalls of Cloudflare and Amazon give in the place of a page, whatever the status.
_CHALLENGES = {"cf-mitigated": ("challenge",), "x-amzn-waf-action": ("challenge", "captcha")}
_DEAD = (FailureReason.CONNECT, FailureReason.TIMEOUT)
_REASONS = {
    401: FailureReason.FORBIDDEN,
    403: FailureReason.FORBIDDEN,
    404: FailureReason.NOT_FOUND,
    410: FailureReason.GONE,
    429: FailureReason.RATE_LIMITED,
}


@dataclass(slots=True)
class _Health:
    """How a host behaved in this run. `stopped` tells why it is left alone, empty while it is not."""

    refusals: int = 0
    dead: int = 0
    stopped: str = ""


class Asker:
    """Asks hosts politely. One per run: the series that end a host's visit are counted here, over all its items."""

    def __init__(self, client: Client, hosts: Hosts, limits: Limits) -> None:
        self._client = client
        self._hosts = hosts
        self._limits = limits
        self._slots = asyncio.Semaphore(limits.exchanges_at_once)
        self._health: dict[str, _Health] = defaultdict(_Health)

    async def ask(self, ask: Ask, delay: float) -> Answer:
        """The answer, after at most `further_tries` more. Raises Trouble; statuses from 400 are Trouble with
        `status`."""
        key = host_key(ask.url)
        for tried in range(self._limits.further_tries + 1):
            try:
                return await self._once(ask, key, delay)
            except Trouble as trouble:
                if not trouble.is_passing or tried == self._limits.further_tries or self._health[key].stopped:
                    raise
                await asyncio.sleep(self._pause(trouble, tried, delay))
        raise AssertionError("the last try returns or raises")

    async def _once(self, ask: Ask, key: str, delay: float) -> Answer:
        health = self._health[key]
        if health.stopped:
            raise Trouble(FailureReason.HOST_STOPPED, health.stopped)
        async with self._hosts.turn(key, delay), self._slots:
            try:
                answer = await self._client.exchange(ask)
                if answer.status >= 400 or is_challenge(answer):
                    raise refusal(answer)
            except Trouble as trouble:
                self._count(key, trouble)
                raise
        health.refusals = health.dead = 0
        return answer

    def _count(self, key: str, trouble: Trouble) -> None:
        """Notes what the host did; a series, or a wish for a long pause, ends the visit."""
        health, limits = self._health[key], self._limits
        is_refusal = trouble.status in _REFUSALS or trouble.reason is FailureReason.BOT_WALL
        health.refusals = health.refusals + 1 if is_refusal else 0
        health.dead = health.dead + 1 if trouble.reason in _DEAD else 0
        if health.refusals >= limits.refusals_in_series:
            health.stopped = f"{key} refused {health.refusals} requests in a row, the last with {trouble.status}"
        if health.dead >= limits.dead_in_series:
            health.stopped = f"{key} was dead or too slow {health.dead} times in a row"
        if trouble.retry_after is not None:
            self._heed(key, trouble.retry_after)

    def _heed(self, key: str, seconds: float) -> None:
        if seconds > self._limits.retry_after_seconds:
            cap = self._limits.retry_after_seconds
            self._health[key].stopped = f"{key} asks to wait {seconds:.0f} s; at most {cap:.0f} s are waited"
        else:
            self._hosts.postpone(key, seconds)

    def _pause(self, trouble: Trouble, tried: int, delay: float) -> float:
        """Seconds before the next try: 1, 2, 4 … with jitter. After Retry-After the turn itself waits."""
        if trouble.retry_after is not None:
            return 0.0
        limits = self._limits
        base = min(limits.backoff_seconds * 2.0**tried, limits.backoff_cap_seconds)
        jitter = random.uniform(0.5, 1.5)  # noqa: S311  spreads the tries, hides nothing
        return base * jitter * (1.0 if delay else _HASTE)


def is_challenge(answer: Answer) -> bool:
    """Whether a bot wall answered: it says so, or with 202 (accepted, and no page yet), which no page of news has."""
    return answer.status == 202 or any((answer.header(name) or "").lower() in told for name, told in _CHALLENGES.items())


def refusal(answer: Answer) -> Trouble:
    """The Trouble that a challenge or a status from 400 means. Worth another try: 5xx, and 429 where the host says how long to wait."""
    status = answer.status
    if is_challenge(answer):
        detail = f"answered {status} with a challenge in the place of the page; see whether the host allows visits by programs"
        return Trouble(FailureReason.BOT_WALL, detail, status=status)
    reason = _REASONS.get(status, FailureReason.SERVER_ERROR if status >= 500 else FailureReason.CLIENT_ERROR)
    wait = _retry_after(answer.header("retry-after")) if status == 429 or status >= 500 else None
    is_passing = status >= 500 or (status == 429 and wait is not None)
    return Trouble(reason, f"answered {status}", is_passing=is_passing, status=status, retry_after=wait)


def _retry_after(value: str | None) -> float | None:
    """Seconds, from a number or an HTTP date; None where it is neither."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
        until = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (until - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
