"""In: the status and body of a robots.txt. Out: rules that say of an address: allowed, disallowed or not now, and the
crawl delay."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from protego import Protego

MAX_BYTES = 500 * 1024  # RFC 9309, section 2.5: parsers read at least 500 KiB; what follows is ignored


class Verdict(StrEnum):
    """What a robots.txt says of one address."""

    ALLOWED = "allowed"
    DISALLOWED = "disallowed"
    NOT_NOW = "not_now"  # the file could not be read: nobody knows what the host wants


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of one host. `parsed` is None where there are none; `is_readable` is False where nobody knows."""

    parsed: Protego | None
    is_readable: bool = True

    def verdict(self, url: str, agent: str) -> Verdict:
        """What the file says of `url` for the product token `agent` (not the whole user agent line)."""
        if not self.is_readable:
            return Verdict.NOT_NOW
        if self.parsed is None or self.parsed.can_fetch(url, agent):
            return Verdict.ALLOWED
        return Verdict.DISALLOWED

    def crawl_delay(self, agent: str) -> float | None:
        """Seconds between two requests that the file asks of `agent`, None where it asks nothing. Finite and at least 0."""
        return self.parsed.crawl_delay(agent) if self.parsed else None


def parse(status: int | None, body: bytes) -> Rules:
    """The rules in an answer. Never raises, whatever the bytes.

    As RFC 9309, section 2.3.1: 2xx is read; 3xx (redirects never ended) and 4xx mean no rules; 5xx, anything else and
    None (time-out, broken answer) mean not now.
    """
    if status is None or not 200 <= status < 500:
        return Rules(parsed=None, is_readable=False)
    if status >= 300:
        return Rules(parsed=None)
    return Rules(parsed=Protego.parse(_text(body)))


def _text(body: bytes) -> str:
    """UTF-8 with replacement, cut at the limit before the line that the limit would have halved: half a rule is another rule."""
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES].rpartition(b"\n")[0]
    return body.decode("utf-8-sig", errors="replace")
