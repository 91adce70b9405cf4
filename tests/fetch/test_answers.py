"""One exchange: what hosts send, and the one name under which each request ends."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import threading
import time
import tracemalloc
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ingest.fetch.encoding import Body
from ingest.fetch.trouble import Trouble
from ingest.ids import digest
from ingest.records import FailureReason, Request, Role

R = FailureReason
STAMP = "Fri, 08 Mar 2024 10:00:00 GMT"
HTML = b"<!doctype html><html><body><p>News.</p></body></html>"


def slowly(chunk: bytes, seconds: float, times: int, head: bytes = b"") -> Any:
    async def handler(_visit: object, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        for _ in range(times):
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(seconds)
        writer.close()

    return handler


def test_a_page_is_captured_with_all_that_the_host_said(site: Any) -> None:
    site.routes["/a"] = site.answer(content_type='text/html; Charset="Windows-1251"', etag='"v1"', last_modified=STAMP)
    found = site.capture("/a?x=1#part")
    assert (found.url, found.final_url) == ("http://news.example/a?x=1#part", "http://news.example/a?x=1")
    assert (found.status, found.role, found.body, found.body_digest) == (200, Role.ARTICLE, HTML, digest(HTML))
    assert (found.content_type, found.charset, found.etag) == ("text/html", "windows-1251", '"v1"')
    assert ("content-type", 'text/html; Charset="Windows-1251"') in found.headers
    assert found.last_modified == STAMP
    assert found.fetched_at.tzinfo is not None


def test_the_client_says_who_it_is_and_ignores_proxies_of_the_environment(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    site.routes["/a"] = site.answer(set_cookie="id=1")
    settings = replace(site.settings, contact="https://example.org/bot")
    site.fetch("/a", "/a?2", settings=settings)
    last = site.visits[-1].headers
    assert last["user-agent"] == "claimledger/0.1 (+https://example.org/bot)"
    assert last["accept-encoding"] == "gzip, deflate"
    assert "text/html" in last["accept"]
    assert "cookie" not in last


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, R.CLIENT_ERROR),
        (401, R.FORBIDDEN),
        (403, R.FORBIDDEN),
        (404, R.NOT_FOUND),
        (410, R.GONE),
        (418, R.CLIENT_ERROR),
        (429, R.RATE_LIMITED),
        (204, R.PROTOCOL),
        (206, R.PROTOCOL),
        (304, R.PROTOCOL),
        (302, R.PROTOCOL),
    ],
)
def test_statuses_that_are_final(site: Any, status: int, reason: FailureReason) -> None:
    is_bare = status in (204, 304)
    site.routes["/a"] = site.answer(status, b"" if is_bare else b"x", content_length="" if is_bare else "1")
    found = site.failure("/a")
    assert (found.reason, found.status) == (reason, status)
    assert site.paths() == ["/a"], "no second try"


def test_a_server_error_is_tried_three_times(site: Any) -> None:
    site.routes["/a"] = site.answer(503, b"")
    assert site.failure("/a").reason == R.SERVER_ERROR
    assert len(site.paths()) == 3


def test_a_page_that_comes_at_the_third_try_is_a_capture(site: Any) -> None:
    async def third(_visit: object, writer: asyncio.StreamWriter) -> None:
        writer.write(site.answer(500, b"") if len(site.paths()) < 3 else site.answer())

    site.routes["/a"] = third
    assert site.capture("/a").body == HTML


def test_dead_host(site: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        settings = replace(site.settings, allow_loopback=f"*=127.0.0.1:{taken.getsockname()[1]}")
        first, second = site.fetch("/a", "/b", settings=settings)
    assert first.reason == second.reason == R.CONNECT


def test_unknown_host_is_not_asked_for_twice(site: Any) -> None:
    settings = replace(site.settings, allow_loopback="*")
    began = time.monotonic()
    (found,) = site.fetch(Request(url="http://no-such-host.invalid/"), settings=settings)
    assert found.reason in (R.DNS, R.ADDRESS_REFUSED)
    assert time.monotonic() - began < 2


def test_hanging_host(site: Any) -> None:
    site.routes["/robots.txt"] = site.answer(404, b"")
    site.routes["/a"] = slowly(b"", 5, 1)
    found = site.failure("/a", further_tries=0, idle_seconds=0.5)
    assert found.reason == R.TIMEOUT


def test_slow_drip_ends_at_the_total_time(site: Any) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n"
    site.routes["/a"] = slowly(b"x", 0.2, 40, head)
    began = time.monotonic()
    assert site.failure("/a", further_tries=0, total_seconds=1).reason == R.TIMEOUT
    assert time.monotonic() - began < 3


def test_a_length_larger_than_the_body_is_truncated(site: Any) -> None:
    site.routes["/a"] = slowly(HTML, 0, 1, site.answer(body=b"", content_length="9999"))
    assert site.failure("/a").reason == R.TRUNCATED
    assert len(site.paths()) == 3, "worth another try"


def test_a_length_smaller_than_the_body_never_spills_into_the_next_answer(site: Any) -> None:
    more = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong"
    spilled = site.answer(body=HTML + more, content_length=str(len(HTML)))
    site.routes["/a"] = spilled
    site.routes["/b"] = site.answer(body=b"<html>right</html>")
    first, second = site.fetch("/a", "/b")
    assert first.body == HTML
    assert second.body == b"<html>right</html>"


def test_chunks_without_an_end(site: Any) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    site.routes["/cut"] = slowly(b"5\r\n<html\r\n", 0, 1, head)
    site.routes["/open"] = slowly(b"5\r\n<html\r\n", 3, 2, head)
    site.routes["/endless"] = slowly(b"4000\r\n" + b"x" * 0x4000 + b"\r\n", 0, 1000, head)
    cut, open_, endless = site.fetch("/cut", "/open", "/endless", further_tries=0, idle_seconds=0.5)
    assert (cut.reason, open_.reason, endless.reason) == (R.TRUNCATED, R.TIMEOUT, R.TOO_LARGE)


@pytest.mark.parametrize("declared", [True, False])
def test_too_large_is_read_no_further(site: Any, declared: bool) -> None:
    length = "5000000" if declared else ""
    head = site.answer(body=b"", content_length=length)
    sent = []

    async def large(_visit: object, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        for _ in range(500):
            writer.write(b"x" * 10_000)
            await writer.drain()
            sent.append(1)
        writer.close()

    site.routes["/a"] = large
    assert site.failure("/a").reason == R.TOO_LARGE
    assert len(site.paths()) == 1
    assert len(sent) < 500


def test_a_declared_length_is_believed_before_a_byte_is_read(site: Any) -> None:
    site.routes["/a"] = slowly(b"", 5, 1, site.answer(body=b"", content_length="5000000"))
    assert site.failure("/a", further_tries=0, idle_seconds=3).reason == R.TOO_LARGE


def test_listings_have_a_limit_of_their_own(site: Any) -> None:
    site.routes["/l"] = site.answer(body=b"<rss>" + b"x" * 200_000, content_type="application/rss+xml")
    site.routes["/m"] = site.answer(body=b"<rss>" + b"x" * 500_000, content_type="application/rss+xml")
    assert len(site.capture(site.listing("/l")).body) == 200_005
    assert site.failure(site.listing("/m")).reason == R.TOO_LARGE


RAW_DEFLATE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(HTML, mtime=0)),
        ("GZIP", gzip.compress(HTML[:20], mtime=0) + gzip.compress(HTML[20:], mtime=0)),
        ("x-gzip", gzip.compress(HTML, mtime=0) + b"trailing"),
        ("deflate", zlib.compress(HTML)),
        ("deflate", RAW_DEFLATE.compress(HTML) + RAW_DEFLATE.flush()),
        ("identity", HTML),
    ],
)
def test_encodings(site: Any, encoding: str, body: bytes) -> None:
    site.routes["/a"] = site.answer(body=body, content_encoding=encoding)
    assert site.capture("/a").body == HTML


@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("gzip", gzip.compress(HTML, mtime=0)[:-12], R.BAD_ENCODING),
        ("gzip", gzip.compress(HTML, mtime=0)[:12] + b"\xff" * 30, R.BAD_ENCODING),
        ("gzip", HTML, R.BAD_ENCODING),
        ("deflate", b"x", R.BAD_ENCODING),
        ("br", b"whatever", R.BAD_ENCODING),
        ("gzip, br", b"whatever", R.BAD_ENCODING),
        ("gzip", gzip.compress(bytes(50_000_000)), R.TOO_LARGE),
    ],
)
def test_broken_encodings_and_a_bomb(site: Any, encoding: str, body: bytes, reason: FailureReason) -> None:
    site.routes["/a"] = site.answer(body=body, content_encoding=encoding)
    assert site.failure("/a").reason == reason
    assert len(site.paths()) == 1, "the same stream would come again"


def test_a_bomb_is_never_unpacked_in_memory() -> None:
    bomb = gzip.compress(bytes(30_000_000))
    tracemalloc.start()
    with pytest.raises(Trouble):
        Body("gzip", 100_000).add(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize(
    ("role", "content_type", "body", "is_taken"),
    [
        (Role.ARTICLE, "text/html", HTML, True),
        (Role.ARTICLE, "Application/XHTML+XML; charset=utf-8", HTML, True),
        (Role.ARTICLE, "text/plain", b"words", True),
        (Role.ARTICLE, "", HTML, True),
        (Role.ARTICLE, "", HTML.decode().encode("utf-16"), True),
        (Role.ARTICLE, "", b"\x89PNG\r\n", False),
        (Role.ARTICLE, "application/pdf", b"%PDF", False),
        (Role.ARTICLE, "application/json", b"{}", False),
        (Role.ARTICLE, "image/jpeg", HTML, False),
        (Role.LISTING, "application/rss+xml", b"<rss/>", True),
        (Role.LISTING, "application/x-gzip", b"\x1f\x8b", True),
        (Role.LISTING, "text/csv", b"a,b", True),
        (Role.LISTING, "", b"<rss/>", True),
        (Role.LISTING, "video/mp4", b"x", False),
    ],
)
def test_content_types(site: Any, role: Role, content_type: str, body: bytes, is_taken: bool) -> None:
    site.routes["/a"] = site.answer(body=body, content_type=content_type)
    outcome = site.one(Request(url=site.url("/a"), role=role))
    assert getattr(outcome, "reason", None) == (None if is_taken else R.CONTENT_TYPE)


def test_conditional_requests(site: Any) -> None:
    async def conditional(visit: Any, writer: asyncio.StreamWriter) -> None:
        is_known = visit.headers.get("if-none-match") == '"v1"'
        writer.write(site.answer(304, b"", content_length="", etag='"v1"') if is_known else site.answer(etag='"v1"'))

    site.routes["/a"] = conditional
    first = site.capture("/a")
    again = Request(url=first.url, etag=first.etag, last_modified=STAMP, body_digest=first.body_digest)
    found = site.unchanged(again)
    assert (found.body_digest, found.etag) == (first.body_digest, '"v1"')
    assert site.visits[-1].headers["if-modified-since"] == STAMP
    changed = site.capture(Request(url=first.url, etag='"v0"', body_digest="0" * 64))
    assert changed.body == HTML


@pytest.mark.parametrize("hostile", ['"v1"\r\nX-Evil: 1', "\u0436", ""])
def test_a_condition_that_is_no_header_is_left_out(site: Any, hostile: str) -> None:
    site.routes["/a"] = site.answer()
    site.capture(Request(url=site.url("/a"), etag=hostile, body_digest="0" * 64))
    assert not {"if-none-match", "x-evil"} & site.visits[-1].headers.keys()


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http(site: Any, raw: bytes) -> None:
    site.routes["/a"] = raw
    assert site.failure("/a").reason == R.PROTOCOL


PAGE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
SIZED = b"Content-Length: %d\r\n\r\n%s" % (len(HTML), HTML)
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
# What is sent, what is sent after it again and again, and how it ends: a reason, or None for a capture.
HEAD_BOMBS: dict[str, tuple[bytes, bytes, R | None]] = {
    "a million headers": (PAGE_HEAD, b"X-a: b\r\n" * 1_000, R.PROTOCOL),
    "thousands of headers and a page": (PAGE_HEAD + b"X-a: b\r\n" * 7_000 + SIZED, b"", R.PROTOCOL),
    "thousands of cookies": (PAGE_HEAD + b"Set-Cookie: a=b; Domain=.example\r\n" * 3_000 + SIZED, b"", R.PROTOCOL),
    "a header without an end": (PAGE_HEAD + b"X-a: ", b"a" * 65_536, R.PROTOCOL),
    "a folded header": (PAGE_HEAD + b"X-a: b\r\n", b" c\r\n" * 1_000, R.PROTOCOL),
    "a million trailers": (PAGE_HEAD + CHUNKED + b"1\r\nx\r\n0\r\n", b"T: x\r\n" * 1_000, R.PROTOCOL),
    "continue, for ever": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, R.TIMEOUT),
    "hints, for ever": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100, R.TIMEOUT),
    "chunks of one byte": (PAGE_HEAD + CHUNKED, b"1\r\nx\r\n" * 1_000, R.TOO_LARGE),
    "a chunk of 16 to the 28": (PAGE_HEAD + CHUNKED + b"f" * 28 + b"\r\n" + HTML, b"", R.PROTOCOL),
    "a chunk with a long remark": (PAGE_HEAD + CHUNKED + b"1;" + b"a" * 1_000_000 + b"\r\nx\r\n0\r\n\r\n", b"", None),
    "a length below nothing": (PAGE_HEAD + b"Content-Length: -5\r\n\r\n" + HTML, b"", R.PROTOCOL),
    "a length that is no digit": (PAGE_HEAD + b"Content-Length: \xb2\r\n\r\n" + HTML, b"", R.PROTOCOL),
    "a length of 26 digits": (PAGE_HEAD + b"Content-Length: " + b"9" * 26 + b"\r\n\r\n" + HTML, b"", R.PROTOCOL),
    "two lengths": (PAGE_HEAD + b"Content-Length: 5\r\n" + SIZED, b"", R.PROTOCOL),
    "a length and chunks": (PAGE_HEAD + b"Content-Length: 5\r\n" + CHUNKED + b"5\r\nhello\r\n0\r\n\r\n", b"", R.PROTOCOL),
    "a long word behind the status": (b"HTTP/1.1 200 " + b"X" * 60_000 + PAGE_HEAD[15:] + SIZED, b"", None),
    "another protocol from now on": (b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", b"", R.PROTOCOL),
    "elsewhere, in gzip that ends early": (
        b"HTTP/1.1 302 X\r\nContent-Encoding: gzip\r\nLocation: file:///etc/passwd\r\nContent-Length: 9\r\n\r\n" + gzip.compress(HTML)[:9],
        b"", R.BAD_URL),
    "elsewhere, in a body without an end": (
        b"HTTP/1.1 302 X\r\nLocation: ftp://news.example/\r\n" + CHUNKED, b"1000\r\n" + b"x" * 4_096 + b"\r\n", R.BAD_URL),
    "elsewhere, with a NUL": (b"HTTP/1.1 302 X\r\nLocation: /o\0k\r\nContent-Length: 0\r\n\r\n", b"", R.PROTOCOL),
    "elsewhere, 60 KB long": (b"HTTP/1.1 302 X\r\nLocation: /" + b"a" * 60_000 + b"\r\nContent-Length: 0\r\n\r\n", b"", R.BAD_URL),
    "wait until the year 9999": (
        b"HTTP/1.1 429 X\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n", b"", R.RATE_LIMITED),
    "wait 5,000 digits": (b"HTTP/1.1 429 X\r\nRetry-After: " + b"9" * 5_000 + b"\r\nContent-Length: 0\r\n\r\n", b"", R.RATE_LIMITED),
}  # fmt: skip


@pytest.mark.parametrize("name", HEAD_BOMBS)
def test_heads_that_mean_harm(name: str, site: Any) -> None:
    sent, again, reason = HEAD_BOMBS[name]

    async def harm(_visit: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        while again:
            writer.write(again)
            await writer.drain()

    site.routes["/harm"] = harm
    found = site.one("/harm", total_seconds=1 if reason is R.TIMEOUT else 10)
    assert getattr(found, "reason", None) == reason, found


@pytest.mark.parametrize("pause", [0, 0.05])
@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        (b"5\r\nhello\r\nzz\r\n", R.PROTOCOL),
        (b"5\r\nhelloXX", R.PROTOCOL),
        (b"f" * 28 + b"\r\n", R.PROTOCOL),
        (b"1\r\nx\r\n0\r\n" + b"T: x\r\n" * 1_000, R.PROTOCOL),
        (b"9\r\nhello", R.TRUNCATED),
    ],
)
def test_a_body_that_breaks_means_the_same_in_one_segment_and_in_two(site: Any, rest: bytes, reason: R, pause: float) -> None:
    async def broken(_visit: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(PAGE_HEAD + CHUNKED)
        await asyncio.sleep(pause)
        writer.write(rest)
        await writer.drain()
        if reason is R.TRUNCATED:
            writer.close()

    site.routes["/a"] = broken
    assert site.failure("/a").reason == reason


def test_a_connection_closed_without_an_answer(site: Any) -> None:
    site.routes["/a"] = slowly(b"", 0, 0)
    assert site.failure("/a").reason == R.CONNECT


def test_https_at_a_server_that_speaks_none(site: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def reply() -> None:
            peer, _ = plain.accept()
            with peer:
                peer.recv(1000)
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=reply)
        thread.start()
        settings = replace(site.settings, allow_loopback=f"*=127.0.0.1:{plain.getsockname()[1]}")
        (found,) = site.fetch(Request(url="https://news.example/a"), settings=settings)
        thread.join()
    assert found.reason == R.TLS


def self_signed(folder: Path) -> ssl.SSLContext:
    """A context with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "news.example")])
    now = datetime.now(UTC)
    draft = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    pem = draft.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    pem += key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


def test_a_certificate_that_nobody_vouches_for(site: Any, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, self_signed(tmp_path).wrap_socket(listening, server_side=True) as secure:
        shaken: list[str] = []

        def shake() -> None:
            try:
                secure.accept()
            except (ssl.SSLError, ConnectionError) as error:
                shaken.append(str(error))

        thread = threading.Thread(target=shake)
        thread.start()
        settings = replace(site.settings, allow_loopback=f"*=127.0.0.1:{secure.getsockname()[1]}")
        (found,) = site.fetch(Request(url="https://news.example/a"), settings=settings)
        thread.join()
    assert found.reason == R.TLS
    assert len(shaken) == 1


def test_header_bytes_that_are_no_text_do_not_break_the_record(site: Any) -> None:
    site.routes["/a"] = site.answer().replace(b"\r\n\r\n", b"\r\nX-Odd: \xff\xfe\r\n\r\n", 1)
    found = site.capture("/a")
    assert dict(found.headers)["x-odd"] == "\xff\xfe"
    dict(found.headers)["x-odd"].encode("utf-8")


@pytest.mark.parametrize("wrong", ["", "nonsense", "ftp://news.example/x", "http://", "http://a b/", "http://me:pw@news.example/"])
def test_what_is_no_address(site: Any, wrong: str) -> None:
    assert site.failure(Request(url=wrong)).reason == R.BAD_URL
    assert not site.visits
