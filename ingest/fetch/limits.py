"""In: nothing. Out: the bounds of every exchange and visit, in one frozen record, so that a test can make them
small."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Times in seconds, sizes in bytes. The bound for article bodies is a setting (`page_bytes`)."""

    listing_bytes: int = 50_000_000  # the sitemap protocol's limit for one file
    robots_bytes: int = 512 * 1024  # a little more than the parser reads, so that it sees that something was cut
    total_seconds: float = 60.0  # one exchange, from the search for the address to the last byte
    connect_seconds: float = 20.0
    idle_seconds: float = 20.0  # without a byte
    redirects: int = 10
    robots_redirects: int = 5  # RFC 9309, section 2.3.1.2
    exchanges_at_once: int = 32
    further_tries: int = 2
    backoff_seconds: float = 1.0
    backoff_cap_seconds: float = 30.0
    retry_after_seconds: float = 120.0  # a host that wants more has its visit ended
    crawl_delay_seconds: float = 300.0
    refusals_in_series: int = 3  # 403 and 429
    dead_in_series: int = 5  # connections and time-outs
    robots_seconds: float = 86_400.0  # RFC 9309, section 2.4: at most a day in the cache
    turn_seconds: float = 7_200.0  # how long to wait for other processes at one host: a delay of an hour, twice
