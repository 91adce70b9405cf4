"""No address that a stranger chose leads into this machine or its network."""

from __future__ import annotations

import asyncio
import ipaddress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import robots, urls
from ingest.errors import Misuse
from ingest.fetch import fetch_all
from ingest.fetch.guard import Guard, GuardedResolver, Refused, is_public
from ingest.fetch.trouble import Trouble
from ingest.records import FailureReason, Outcome, Request
from ingest.settings import Settings

PUBLIC = Settings(contact="https://example.org/bot")

INWARD = [
    "http://127.0.0.1/",
    "http://127.0.0.1:80/",
    "http://127.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://0.1.2.3/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.0.1./",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://10.0.0.1/",
    "http://172.16.3.4/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://192.0.0.192/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:8.8.8.8]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2001:db8::1]/",
    "http://[fc00::1]/",
    "http://[fd12:3456::1]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[ff0e::1]/",
    "http://localhost/",
    "http://LOCALHOST./",
]
ELSEWHERE = [
    "http://example.org:22/",
    "http://example.org:8080/",
    "https://example.org:6379/",
    "http://example.org:0/",
    "http://me:pw@example.org/",
    "http://good.example\\@127.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_x",
    "ftp://example.org/",
    "dict://127.0.0.1:11211/",
    "unix:///var/run/docker.sock",
    "http://",
    "//127.0.0.1/",
]


def asked(settings: Settings, *addresses: str) -> list[Any]:
    outcomes: list[Outcome] = []
    requests = [Request(url=address) for address in addresses]
    fetch_all(settings, requests, delay_seconds=0, parse_robots=robots.parse, emit=outcomes.append)
    return outcomes


@pytest.mark.parametrize("address", INWARD + ELSEWHERE)
def test_refused_whatever_the_form(address: str, tmp_path: Path) -> None:
    (found,) = asked(replace(PUBLIC, home=tmp_path), address)
    assert found.reason in (FailureReason.ADDRESS_REFUSED, FailureReason.BAD_URL), found
    assert not list((tmp_path / "hosts").glob("*.robots"))


@pytest.mark.parametrize("address", [one for one in INWARD + ELSEWHERE if one != "http://"])
def test_redirects_are_checked_like_first_addresses(address: str, site: Any) -> None:
    site.routes["/a"] = site.redirect(address)
    settings = replace(site.settings, allow_loopback=f"news.example=127.0.0.1:{site.port}", contact="https://example.org/bot")
    (found,) = site.fetch("/a", settings=settings)
    assert found.reason in (FailureReason.ADDRESS_REFUSED, FailureReason.BAD_URL), found
    assert site.paths() == ["/a"]


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::1"])
def test_public_addresses_pass(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    wrapped = f"[{address}]" if ":" in address else address
    Guard(PUBLIC).check(urls.parse(f"https://{wrapped}/"))


@given(st.ip_addresses(v=6))
def test_no_address_outside_global_unicast_is_public(address: ipaddress.IPv6Address) -> None:
    assert not is_public(address) or address in ipaddress.ip_network("2000::/3")


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_is_public_in_disguise(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for disguise in (0xFFFF << 32, 0, 0x64FF9B << 96, 0x2002 << 112):
        shift = 80 if disguise == 0x2002 << 112 else 0
        assert not is_public(ipaddress.IPv6Address(disguise | number << shift))


def test_names_are_checked_by_what_they_lead_to_and_only_that_is_handed_out() -> None:
    guard = Guard(PUBLIC)
    assert guard.permitted("both.example", 443, ["10.0.0.1", "8.8.8.8", "::1"]) == ["8.8.8.8"]
    with pytest.raises(Refused, match=r"inward.example:80 leads to 10\.0\.0\.1"):
        guard.permitted("inward.example", 80, ["10.0.0.1"])
    with pytest.raises(Refused):
        asyncio.run(GuardedResolver(guard, None).resolve("localhost", 80))


def test_a_loopback_map_leads_to_the_named_port_only() -> None:
    guard = Guard(replace(PUBLIC, allow_loopback="news.example=127.0.0.1:4242"))
    (found,) = asyncio.run(GuardedResolver(guard, None).resolve("news.example", 80))
    assert (found["host"], found["port"]) == ("127.0.0.1", 4242)
    guard.check(urls.parse("http://news.example:8123/"))
    for refused in ("http://other.example:8123/", "http://127.0.0.1/"):
        with pytest.raises(Trouble):
            guard.check(urls.parse(refused))


@pytest.mark.parametrize("target", ["10.0.0.1:80", "8.8.8.8:80", "127.0.0.1", "127.0.0.1:x", "localhost:80", "127.0.0.1:70000"])
def test_a_loopback_map_names_loopback_only(target: str, tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"127\.0\.0\.1:PORT was expected"):
        asked(Settings(home=tmp_path, allow_loopback=f"news.example={target}"), "http://news.example/")


def test_any_loopback_is_not_any_host(tmp_path: Path) -> None:
    """With `*` and no contact, this machine may be asked on any port, and nobody else at all."""
    settings = Settings(home=tmp_path, allow_loopback="*")
    Guard(settings).check(urls.parse("http://127.0.0.1:8123/"))
    (found,) = asked(settings, "http://8.8.8.8/")
    assert found.reason == FailureReason.ADDRESS_REFUSED
    with pytest.raises(Refused):
        Guard(settings).permitted("news.example", 80, ["8.8.8.8"])


def test_any_loopback_opens_no_port_elsewhere() -> None:
    guard = Guard(replace(PUBLIC, allow_loopback="*"))
    assert guard.permitted("news.example", 8123, ["127.0.0.1", "8.8.8.8"]) == ["127.0.0.1"]
    assert guard.permitted("news.example", 443, ["8.8.8.8"]) == ["8.8.8.8"]
    with pytest.raises(Trouble):
        guard.check(urls.parse("http://8.8.8.8:22/"))


def test_any_loopback_serves(site: Any) -> None:
    site.routes["/a"] = site.answer()
    settings = replace(site.settings, allow_loopback="*")
    found = site.fetch(*(Request(url=f"http://{name}:{site.port}/a") for name in ("127.0.0.1", "localhost")), settings=settings)
    assert [one.status for one in found] == [200, 200]


def test_rules_in_the_cache_open_no_door(site: Any) -> None:
    site.routes["/a"] = site.answer()
    request = Request(url=f"http://127.0.0.1:{site.port}/a")
    settings = replace(site.settings, allow_loopback="*", contact="https://example.org/bot")
    assert site.fetch(request, settings=settings)[0].status == 200
    (found,) = site.fetch(request, settings=replace(settings, allow_loopback=""))
    assert found.reason == FailureReason.ADDRESS_REFUSED
    assert site.paths() == ["/a"]


def test_a_literal_address_follows_the_map(site: Any) -> None:
    site.routes["/a"] = site.answer()
    (found,) = site.fetch(Request(url="http://8.8.8.8/a"))
    assert found.final_url == "http://8.8.8.8/a"
    assert site.visits[-1].host == "8.8.8.8"


def test_without_a_contact_no_public_host_is_asked(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="CLAIMLEDGER_CONTACT"):
        asked(Settings(home=tmp_path), "not an address", "https://news.example/")


@pytest.mark.parametrize("contact", ["a\r\nX-Evil: 1", "пример"])
def test_a_contact_that_is_no_header(contact: str, tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="plain ASCII"):
        asked(Settings(home=tmp_path, contact=contact), "https://news.example/")


def test_a_redirect_without_a_contact_stays_on_this_machine(site: Any) -> None:
    site.routes["/a"] = site.redirect("https://www.example.org/x")
    settings = replace(site.settings, allow_loopback=f"news.example=127.0.0.1:{site.port}")
    (found,) = site.fetch("/a", settings=settings)
    assert found.reason == FailureReason.ADDRESS_REFUSED
    assert "CLAIMLEDGER_CONTACT" in found.detail


def test_a_proxy_gets_the_whole_address_and_local_hosts_pass_it_by(site: Any) -> None:
    site.routes["http://far.example/a"] = site.answer(body=b"<html>through the proxy</html>")
    site.routes["/near"] = site.answer()
    settings = Settings(
        home=site.home,
        contact="https://example.org/bot",
        proxy=f"http://127.0.0.1:{site.port}",
        allow_loopback=f"near.example=127.0.0.1:{site.port}",
    )
    far, near = site.fetch(Request(url="http://far.example/a"), Request(url="http://near.example/near"), settings=settings)
    assert (far.body, near.status) == (b"<html>through the proxy</html>", 200)
    assert [v.path for v in site.visits if "near" in v.path] == ["/near"]
    with pytest.raises(Misuse, match="CLAIMLEDGER_PROXY"):
        asked(replace(settings, proxy="nonsense"), "http://far.example/")
