"""Addresses: one spelling, one host, one owner."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.urls import absolute, canonical, host, registrable_domain


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("HTTP://Example.ORG:80/A/./b/../c", "http://example.org/A/c"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org:443/x/", "https://example.org/x/"),
        ("https://example.org:8443/x", "https://example.org:8443/x"),
        ("https://example.org./x", "https://example.org/x"),
        ("http://пример.example/новости", "http://xn--e1afmkfd.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"),
        ("https://example.org/x?utm_source=a&id=7&fbclid=b&at_medium=RSS", "https://example.org/x?id=7"),
        ("https://example.org/x?ref=rss&wt_mc=rss.a.b", "https://example.org/x"),
        ("https://example.org/x?b=2&a=1", "https://example.org/x?a=1&b=2"),
        ("https://example.org/x?a=2&a=1", "https://example.org/x?a=2&a=1"),
        ("https://example.org/x?print", "https://example.org/x?print"),
        ("https://example.org/story?cid=1&gallery=2&ref=3", "https://example.org/story?cid=1&gallery=2&ref=3"),
        ("https://example.org/go?to=https://other.example/y", "https://example.org/go?to=https://other.example/y"),
        ("https://example.org/x?a=1&amp;b=2", "https://example.org/x?a=1&b=2"),
        ("https://example.org/x#comments", "https://example.org/x"),
        ("https://example.org/x.json#date=2024-03-04", "https://example.org/x.json#date=2024-03-04"),
        ("https://example.org/x#claimledger-12", "https://example.org/x#claimledger-12"),
        ("  https://example.org/a\n/b ", "https://example.org/a/b"),
        ("https://example.org/%7euser/%e2%82%ac", "https://example.org/~user/%E2%82%AC"),
    ],
)
def test_one_spelling(given_url: str, expected: str) -> None:
    assert canonical(given_url) == expected


@pytest.mark.parametrize(
    ("given_url", "told"),
    [
        ("ftp://example.org/x", "scheme 'ftp'"),
        ("//example.org/x", "scheme 'none'"),
        ("mailto:a@example.org", "scheme 'mailto'"),
        ("https://me:secret@example.org/", "user:password@"),
        ("http:///x", "host ''"),
        ("http://a..b/", "host 'a..b'"),
        ("http://exa%6dple.org/", "host"),
        ("http://a b.example/", "host"),
        ("http://good.example\\@evil.example/", "no address"),
        ("http://example.org:99999/", "no address"),
        ("https://example.org/" + "x" * 9000, "characters"),
        ("", "scheme 'none'"),
    ],
)
def test_what_is_no_address_says_why(given_url: str, told: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        canonical(given_url)
    assert told in str(caught.value)
    assert "secret" not in str(caught.value)


_hosts = st.from_regex(r"[a-zA-Z0-9]{1,9}(\.[a-zA-Z]{2,6}){0,2}", fullmatch=True)
_urls = st.builds(
    lambda scheme, name, path, query, fragment: f"{scheme}://{name}/{path}?{query}#{fragment}",
    st.sampled_from(["http", "https", "HTTP"]),
    _hosts,
    st.text(max_size=30),
    st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("&=%;+utm_"), max_size=30),
    st.sampled_from(["", "x", "date=2024-01-01"]),
)


@given(_urls | st.text(max_size=60))
def test_canonical_is_idempotent(url: str) -> None:
    try:
        once = canonical(url)
    except ValueError:
        return
    assert canonical(once) == once


@given(_urls, st.text(max_size=60))
def test_absolute_gives_an_address_or_nothing(base: str, href: str) -> None:
    found = absolute(base, href)
    assert found is None or found.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("../y", "https://example.org/y"),
        ("?page=2", "https://example.org/a/b?page=2"),
        ("//other.example/z", "https://other.example/z"),
        (" /with space ", "https://example.org/with%20space"),
        ("javascript:void(0)", None),
        ("mailto:desk@example.org", None),
        ("", None),
        ("http://[broken", None),
    ],
)
def test_links_resolve_as_in_a_browser(href: str, expected: str | None) -> None:
    assert absolute("https://example.org/a/b", href) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("www.pravda.com.ua", "pravda.com.ua"),
        ("one.github.io", "one.github.io"),
        ("Example.ORG.", "example.org"),
        ("co.uk", "co.uk"),
        ("sport.gazette.example", "gazette.example"),
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_registrable_domain(name: str, expected: str) -> None:
    assert registrable_domain(name) == expected


def test_host_is_ascii_and_lower_case() -> None:
    assert host("HTTPS://Новости.Example:8443/x") == "xn--b1amnebsh.example"
