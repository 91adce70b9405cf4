"""Manners: one request at a time per host, the delay, robots.txt, redirects, retries, and when a host is left alone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ingest import robots
from ingest.errors import Retry
from ingest.fetch import Limits, fetch_all
from ingest.fetch.hosts import Hosts, file_name
from ingest.records import FailureReason, Outcome, Request
from ingest.settings import Settings

R = FailureReason


def gaps(site: Any) -> list[float]:
    """Seconds between the end of a request and the beginning of the next, in order of beginning."""
    visits = sorted(site.visits, key=lambda visit: visit.began_at)
    return [after.began_at - before.ended_at for before, after in pairwise(visits)]


def lingering(site: Any, seconds: float) -> Any:
    async def handler(_visit: object, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        writer.write(site.answer())

    return handler


def test_the_delay_holds_between_all_requests_of_a_host_robots_included(site: Any) -> None:
    site.routes.update({"/a": site.answer(), "/b": site.redirect("/a"), "/robots.txt": site.answer(body=b"")})
    site.fetch("/a", "/b", delay=0.15)
    assert [v.path for v in site.visits] == ["/robots.txt", "/a", "/b", "/a"]
    assert min(gaps(site)) >= 0.14


def test_crawl_delay_is_obeyed_and_capped(site: Any) -> None:
    site.routes.update({"/a": site.answer(), "/b": site.answer()})
    site.routes["/robots.txt"] = site.answer(body=b"User-agent: claimledger\nCrawl-delay: 0.3\n")
    site.fetch("/a", "/b", delay=0.01)
    assert gaps(site)[-1] >= 0.29
    site.routes["other.example/robots.txt"] = site.answer(body=b"User-agent: *\nCrawl-delay: 86400\n")
    began = time.monotonic()
    site.fetch(*(Request(url=site.url(path, "other.example")) for path in ("/a", "/b")), crawl_delay_seconds=0.1)
    assert time.monotonic() - began < 2


def test_many_hosts_at_once(site: Any) -> None:
    site.routes["/a"] = lingering(site, 0.3)
    began = time.monotonic()
    site.fetch(*(Request(url=site.url("/a", f"h{i}.example")) for i in range(20)))
    assert time.monotonic() - began < 4, "one after the other would take 6"


def test_http_and_https_and_redirects_share_the_turn_of_a_host(site: Any) -> None:
    """Twenty hosts that all lead to one: the one still gets one request at a time."""
    site.routes["/go"] = site.redirect("http://hub.example/a")
    site.routes["/a"] = lingering(site, 0.03)
    found = site.fetch(*(Request(url=site.url("/go", f"h{i}.example")) for i in range(10)))
    assert {one.final_url for one in found} == {"http://hub.example/a"}
    hub = sorted((v for v in site.visits if v.host == "hub.example"), key=lambda v: v.began_at)
    assert len(hub) == 11
    assert all(a.ended_at <= b.began_at for a, b in pairwise(hub))


CHILD = """
import sys
from pathlib import Path
from ingest import robots
from ingest.fetch import fetch_all
from ingest.records import Request
from ingest.settings import Settings
home, port, who, delay = Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])
out = []
fetch_all(
    Settings(home=home, allow_loopback=f"*=127.0.0.1:{port}"),
    [Request(url=f"http://news.example/{who}?{i}") for i in range(6)],
    delay_seconds=delay, parse_robots=robots.parse, emit=out.append,
)
assert [getattr(o, "status", o) for o in out] == [200] * 6, out
"""


@pytest.mark.parametrize("delay", [0.0, 0.12])
def test_two_processes_never_overlap_at_one_host_and_keep_the_delay(site: Any, delay: float) -> None:
    site.routes.update({"/one": lingering(site, 0.02), "/two": lingering(site, 0.02)})
    args = [sys.executable, "-c", CHILD, str(site.home), str(site.port)]
    env = {**os.environ, "PYTHONPATH": str(Path(robots.__file__).parents[1])}
    children = [subprocess.Popen([*args, who, str(delay)], env=env) for who in ("one", "two")]
    assert [child.wait(30) for child in children] == [0, 0]
    assert len(site.paths()) == 12
    assert min(gaps(site)) >= delay * 0.95, "server log: no overlap, and the delay holds across processes"


def test_a_killed_process_leaves_no_lock(site: Any) -> None:
    site.routes["/one"] = lingering(site, 30)
    args = [sys.executable, "-c", CHILD, str(site.home), str(site.port), "one", "0"]
    child = subprocess.Popen(args, env={**os.environ, "PYTHONPATH": str(Path(robots.__file__).parents[1])})
    while not site.paths():
        time.sleep(0.02)
    child.kill()
    child.wait()
    site.routes["/b"] = site.answer()
    assert site.capture("/b").status == 200


@pytest.mark.parametrize("left", ["", "{", '{"asked_at": "x"}', "[]"])
def test_a_half_written_state_counts_as_a_request_just_made(site: Any, left: str) -> None:
    site.routes["/a"] = site.answer()
    folder = site.home / "hosts"
    folder.mkdir(parents=True)
    (folder / "news.example.json").write_text(left)
    began = time.monotonic()
    site.fetch("/a", delay=0.2)
    assert time.monotonic() - began >= 0.38, "before robots.txt and before the page"


def test_a_clock_that_was_set_back_costs_one_delay(site: Any) -> None:
    site.routes["/a"] = site.answer()
    folder = site.home / "hosts"
    folder.mkdir(parents=True)
    (folder / "news.example.json").write_text(json.dumps({"asked_at": time.time() + 1e6, "not_before": time.time() + 1e6}))
    began = time.monotonic()
    site.fetch("/a", delay=0.1, retry_after_seconds=0.3)
    assert 0.25 < time.monotonic() - began < 2


def test_a_lock_that_is_never_free_ends_the_items(site: Any) -> None:
    site.routes["/a"] = site.answer()
    limits = Limits()

    async def hold() -> Outcome:
        async with Hosts(site.home / "hosts", limits).turn("news.example", 0):
            return await asyncio.to_thread(site.one, "/a", turn_seconds=0.3)

    found = asyncio.run(hold())
    assert found.reason == R.HOST_STOPPED
    assert "other processes held news.example" in found.detail


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(home=tmp_path / "file", allow_loopback="*")
    outcomes: list[Outcome] = []
    with pytest.raises(Retry, match="writable folder"):
        fetch_all(settings, [Request(url="http://a.example/")], delay_seconds=0, parse_robots=robots.parse, emit=outcomes.append)
    assert [one.reason for one in outcomes] == [R.RUN_STOPPED]


def test_file_names_are_never_shared() -> None:
    keys = ["a.example", "a.example:8080", "a.example_8080", "::1", "[::1]", "x" * 253, "x" * 252 + "y", "http://a.example"]
    names = [file_name(key) for key in keys]
    assert len(set(names)) == len(keys)
    assert all("/" not in name and len(name) < 200 for name in names)


# robots.txt

BLOCK = b"User-agent: *\nDisallow: /private/\n"


def test_robots_disallow_and_are_asked_for_once_a_day(site: Any) -> None:
    site.routes.update({"/robots.txt": site.answer(body=BLOCK, content_type="text/plain"), "/open": site.answer()})
    blocked, opened = site.fetch("/private/x", "/open")
    assert (blocked.reason, opened.status) == (R.ROBOTS_DISALLOWED, 200)
    assert "/private/x" in blocked.detail
    assert site.failure("/private/x").reason == R.ROBOTS_DISALLOWED
    assert [v.path for v in site.visits] == ["/robots.txt", "/open"]
    site.failure("/private/y", robots_seconds=0)
    assert site.visits[-1].path == "/robots.txt"


def test_a_broken_cache_is_asked_anew(site: Any) -> None:
    site.routes.update({"/robots.txt": site.answer(body=BLOCK), "/open": site.answer()})
    site.capture("/open")
    (cached,) = (site.home / "hosts").glob("*.robots")
    for broken in ("{", '{"asked_at": 9e99, "status": 200, "body": ""}', '{"asked_at": "x", "status": 1, "body": ""}'):
        cached.write_text(broken)
        assert site.failure("/private/x").reason == R.ROBOTS_DISALLOWED


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429])
def test_robots_that_are_refused_are_no_rules(site: Any, status: int) -> None:
    site.routes.update({"/robots.txt": site.answer(status, BLOCK), "/private/x": site.answer()})
    assert site.capture("/private/x").status == 200


def test_robots_that_fail_mean_not_now_for_the_whole_host_and_are_not_kept(site: Any) -> None:
    site.routes.update({"/robots.txt": site.answer(503, BLOCK), "/a": site.answer(), "/b": site.answer()})
    found = site.fetch("/a", "/b")
    assert [one.reason for one in found] == [R.ROBOTS_UNAVAILABLE] * 2
    assert "503" in found[0].detail
    assert [v.path for v in site.visits] == ["/robots.txt"] * 3
    site.routes["/robots.txt"] = site.answer(404)
    assert site.capture("/a").status == 200


def test_robots_that_hang_or_break_mean_not_now(site: Any) -> None:
    site.routes["slow.example/robots.txt"] = lingering(site, 5)
    site.routes["cut.example/robots.txt"] = site.answer(body=BLOCK, content_encoding="gzip")
    wanted = [Request(url=site.url("/a", host)) for host in ("slow.example", "cut.example")]
    assert [one.reason for one in site.fetch(*wanted, further_tries=0, idle_seconds=0.5)] == [R.ROBOTS_UNAVAILABLE] * 2


def test_robots_redirects_are_followed_five_times(site: Any) -> None:
    site.routes["/private/x"] = site.answer()
    site.routes["/robots.txt"] = site.redirect("http://other.example/r1")
    site.routes.update({f"/r{i}": site.redirect(f"/r{i + 1}") for i in range(1, 5)})
    site.routes["/r5"] = site.answer(body=BLOCK)
    assert site.failure("/private/x").reason == R.ROBOTS_DISALLOWED
    site.routes["/robots.txt"] = site.redirect("/robots.txt")
    assert site.capture("/private/x", robots_seconds=0).status == 200


def test_robots_of_five_hundred_kilobytes_are_read_and_the_rest_is_not(site: Any) -> None:
    site.routes["/robots.txt"] = site.answer(body=BLOCK + b"# filler\n" * 200_000)
    assert site.failure("/private/x").reason == R.ROBOTS_DISALLOWED


def test_each_hop_obeys_its_own_robots(site: Any) -> None:
    site.routes["/a"] = site.redirect("http://other.example/private/x")
    site.routes["other.example/robots.txt"] = site.answer(body=BLOCK)
    site.routes["/private/x"] = site.answer()
    assert site.failure("/a").reason == R.ROBOTS_DISALLOWED
    assert "/private/x" not in site.paths()


# redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_three_hops(site: Any, status: int) -> None:
    site.routes["/a"] = site.redirect("b?x=1#frag", status)
    site.routes["/b"] = site.redirect("//other.example/c", status)
    site.routes["/c"] = site.redirect("http://news.example/d\u00fc", status)
    site.routes["/d%C3%BC"] = site.answer()
    found = site.capture("/a")
    assert (found.url, found.final_url) == ("http://news.example/a", "http://news.example/d%C3%BC")


def test_endless_redirects(site: Any) -> None:
    async def onward(visit: Any, writer: asyncio.StreamWriter) -> None:
        number = int(visit.path.partition("?")[2] or 0)
        writer.write(site.redirect(f"/on?{number + 1}"))

    site.routes.update({"/on": onward, "/x": site.redirect("/y"), "/y": site.redirect("/x")})
    assert site.failure("/on").reason == R.REDIRECT_LOOP
    assert len(site.paths()) == 11
    assert site.failure("/x").reason == R.REDIRECT_LOOP
    assert len(site.paths()) == 13


# retries and when a host is left alone


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_waited_for(site: Any, as_date: bool) -> None:
    async def first_busy(_visit: object, writer: asyncio.StreamWriter) -> None:
        at = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
        writer.write(site.answer(429, b"", retry_after=at if as_date else "1") if len(site.paths()) == 1 else site.answer())

    site.routes["/a"] = first_busy
    assert site.capture("/a").status == 200
    assert gaps(site)[-1] >= (0.9 if not as_date else 0.7)


@pytest.mark.parametrize("after", ["", "soon", "-5", "Fri, 99 Foo 2024"])
def test_429_without_a_usable_wait_is_not_tried_again(site: Any, after: str) -> None:
    site.routes["/a"] = site.answer(429, b"", retry_after=after)
    assert site.failure("/a").reason == R.RATE_LIMITED
    assert len(site.paths()) == 1


@pytest.mark.parametrize(("status", "reason"), [(429, R.RATE_LIMITED), (503, R.SERVER_ERROR)])
def test_a_wait_beyond_the_cap_ends_the_visit(site: Any, status: int, reason: FailureReason) -> None:
    site.routes.update({"/a": site.answer(status, b"", retry_after="3600"), "/b": site.answer()})
    first, second = site.fetch("/a", "/b")
    assert (first.reason, second.reason) == (reason, R.HOST_STOPPED)
    assert "3600 s" in second.detail
    assert site.paths() == ["/a"]


def test_three_refusals_in_a_row_end_the_visit_of_that_host_alone(site: Any) -> None:
    site.routes.update({f"/{i}": site.answer(403, b"") for i in range(4)} | {"/ok": site.answer()})
    site.routes["/robots.txt"] = site.answer(body=b"")
    outcomes = site.fetch("/0", "/1", "/ok", "/2", "/3", "/0?2", "/ok?2", Request(url=site.url("/ok", "other.example")))
    assert [getattr(one, "reason", None) for one in outcomes] == [
        R.FORBIDDEN, R.FORBIDDEN, None, R.FORBIDDEN, R.FORBIDDEN, R.FORBIDDEN, R.HOST_STOPPED, None,
    ]  # fmt: skip


def test_five_dead_tries_in_a_row_end_the_visit(site: Any) -> None:
    async def dead(_visit: object, writer: asyncio.StreamWriter) -> None:
        writer.close()

    site.routes.update({"/a": dead, "/robots.txt": site.answer(body=b"")})
    outcomes = site.fetch("/a?1", "/a?2", "/a?3")
    assert [one.reason for one in outcomes] == [R.CONNECT, R.CONNECT, R.HOST_STOPPED]
    assert len(site.paths()) == 5, "the driver sends nothing again by itself"


# the end of a run


def test_sigterm_names_every_request(site: Any) -> None:
    async def told(_visit: object, _writer: asyncio.StreamWriter) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.5)

    site.routes.update({"/robots.txt": site.answer(body=b""), "/a": site.answer(), "/slow": told})
    outcomes: list[Outcome] = []
    requests = [Request(url=site.url(path)) for path in ("/a", "/slow", "/a?2", "/a?3")]
    with pytest.raises(SystemExit) as caught:
        fetch_all(site.settings, requests, delay_seconds=0, parse_robots=robots.parse, emit=outcomes.append)
    assert caught.value.code == 143
    assert [getattr(one, "reason", None) for one in outcomes] == [None, R.RUN_STOPPED, R.RUN_STOPPED, R.RUN_STOPPED]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_an_emit_that_fails_stops_the_run_and_hears_no_more(site: Any) -> None:
    site.routes["/a"] = site.answer()
    heard: list[Outcome] = []

    def emit(outcome: Outcome) -> None:
        heard.append(outcome)
        raise OSError("disk full")

    requests = [Request(url=site.url(f"/a?{i}", f"h{i % 3}.example")) for i in range(9)]
    with pytest.raises(OSError, match="disk full"):
        fetch_all(site.settings, requests, delay_seconds=0, parse_robots=robots.parse, emit=emit)
    assert len(heard) == 1


def test_nothing_to_do(site: Any) -> None:
    assert site.fetch() == []


def test_a_site_of_many_pages_costs_little_beside_the_pages(site: Any) -> None:
    """100 pages of 100 KB from one host: milliseconds each, turns and state files included."""
    site.routes["/a"] = site.answer(body=b"<html>" + b"x" * 99_000)
    began = time.monotonic()
    site.fetch(*(f"/a?{i}" for i in range(100)))
    assert time.monotonic() - began < 10, "a busy machine included; sleeps of any kind would show"
