"""In: one address and what is acceptable as an answer. Out: one `Answer`, or `Trouble`; driver errors are translated
here alone."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from ingest.errors import Misuse
from ingest.fetch.encoding import ACCEPTED, Body, too_large
from ingest.fetch.guard import Guard, GuardedResolver, Refused
from ingest.fetch.limits import Limits
from ingest.fetch.trouble import Trouble
from ingest.records import FailureReason
from ingest.settings import Settings

PRODUCT = "claimledger"  # the token that robots.txt files may name
VERSION = "0.1"
_CHUNK_BYTES = 65_536
_HEADER_BYTES = 65_536  # content security policies alone pass aiohttp's 8 KiB
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body|title|meta|article|div|p)[\s>/]", re.IGNORECASE)
_SNIFFED_BYTES = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One exchange to make. `types` are the media types taken (None: any); `is_cut`: a longer body is cut, not refused."""

    url: URL
    accept: str
    max_bytes: int
    types: frozenset[str] | None = None
    is_sniffed: bool = False  # a body without a media type must look like HTML
    is_cut: bool = False
    conditions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the host said. `body` is decoded from its content encoding and empty unless the status is 2xx."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content_type: str
    charset: str | None
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of that lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


def user_agent(contact: str) -> str:
    """`claimledger/0.1 (+CONTACT)`. Raises Misuse for a contact that cannot stand in a header line."""
    if not contact:
        return f"{PRODUCT}/{VERSION}"
    if not contact.isascii() or not contact.isprintable():
        raise Misuse(f"CLAIMLEDGER_CONTACT is {contact!r}; an address in plain ASCII was expected, https://… or a mail address")
    return f"{PRODUCT}/{VERSION} (+{contact})"


class Client:
    """Makes single exchanges: no redirects, no retries, no cookies, no proxies from the environment."""

    def __init__(self, settings: Settings, limits: Limits, guard: Guard) -> None:
        self._limits = limits
        self._guard = guard
        self._proxy = _proxy(settings.proxy)
        self._agent = user_agent(settings.contact)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        limits = self._limits
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=GuardedResolver(self._guard, self._proxy),
                use_dns_cache=False,  # a name is checked each time a connection is made
                limit=2 * limits.exchanges_at_once,
                limit_per_host=0,
            ),
            timeout=aiohttp.ClientTimeout(
                total=None,
                connect=limits.connect_seconds,
                sock_connect=limits.connect_seconds,
                sock_read=limits.idle_seconds,
            ),
            headers={"User-Agent": self._agent, "Accept-Encoding": ACCEPTED, "Accept-Language": "en, *;q=0.5"},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            middlewares=(_asked_once,),
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._session is not None:
            await self._session.close()

    async def exchange(self, ask: Ask) -> Answer:
        """Asks once. Raises Trouble for everything but an HTTP answer, and for a 2xx body that is not acceptable."""
        assert self._session is not None, "enter the client first"
        url, headers = self._routed(ask.url, {"Accept": ask.accept, **ask.conditions})
        proxy = None if self._guard.is_local(ask.url.raw_host or "") else self._proxy
        with _translated(ask.url):
            async with (
                asyncio.timeout(self._limits.total_seconds),
                self._session.get(url, headers=headers, proxy=proxy, allow_redirects=False) as response,
            ):
                body = await _body(response, ask) if 200 <= response.status < 300 else b""
                return _answer(response, body)

    def _routed(self, url: URL, headers: dict[str, str]) -> tuple[URL, dict[str, str]]:
        """Literal addresses pass no resolver: where the settings map one to this machine, the address itself changes."""
        host = url.raw_host or ""
        target = self._guard.target(host) if host.strip("[]").replace(".", "").isdigit() or ":" in host else None
        if target is None:
            return url, headers
        return url.with_host(target[0]).with_port(target[1]), {**headers, "Host": url.raw_authority}


async def _asked_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Translates before aiohttp sees the error: it would send the request again at once, without the delay."""
    with _translated(request.url):
        return await handler(request)


async def _body(response: aiohttp.ClientResponse, ask: Ask) -> bytes:
    """The decoded body within the bounds of `ask`; nothing is read of one that is refused by its headers."""
    if ask.types is not None and (received := _media_type(response)) and received not in ask.types:
        raise _wrong_type(f"received {received[:80]}; expected one of {', '.join(sorted(ask.types))}")
    if (response.content_length or 0) > ask.max_bytes and not ask.is_cut:
        raise too_large(ask.max_bytes)
    body = Body(response.headers.get("Content-Encoding", ""), ask.max_bytes)
    try:
        with _framing_heard(response):
            async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                body.add(chunk)
    except Trouble as trouble:
        if ask.is_cut and trouble.reason is FailureReason.TOO_LARGE:
            return body.cut()
        raise
    whole = body.finish()
    if ask.is_sniffed and not _media_type(response) and not _looks_like_html(whole):
        raise _wrong_type("received no content type and a body that does not look like HTML; text/html was expected")
    return whole


@contextmanager
def _framing_heard(response: aiohttp.ClientResponse) -> Iterator[None]:
    """Raises HttpProcessingError for chunks or trailers that are none. aiohttp tells the connection alone: who reads the body
    would hear of a body cut short, or of nothing until the time is up."""
    protocol = response.connection.protocol if response.connection else None
    if protocol is None:  # the whole body is here
        yield
        return

    def broken() -> HttpProcessingError | None:
        error = protocol.exception()
        return error if isinstance(error, HttpProcessingError) else None

    def wake(_closed: object = None) -> None:
        if (error := broken()) and response.content.exception() is None:
            response.content.set_exception(error)

    wake()
    if closed := protocol.closed:
        closed.add_done_callback(wake)
    try:
        yield
    except aiohttp.ClientPayloadError as cut:
        raise (broken() or cut) from cut.__cause__
    finally:
        if closed:
            closed.remove_done_callback(wake)


def _answer(response: aiohttp.ClientResponse, body: bytes) -> Answer:
    headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.raw_headers)
    return Answer(
        status=response.status,
        headers=headers,
        content_type=_media_type(response),
        charset=_charset(response),
        body=body,
    )


def _media_type(response: aiohttp.ClientResponse) -> str:
    """The media type in lower case without parameters, empty where there is none."""
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _charset(response: aiohttp.ClientResponse) -> str | None:
    """The label of the charset parameter in lower case, unchecked."""
    message = Message()
    message["content-type"] = response.headers.get("Content-Type", "")
    label = message.get_param("charset")
    return label.strip(" '\"").lower() or None if isinstance(label, str) else None


def _looks_like_html(body: bytes) -> bool:
    return bool(_HTML.search(body[:_SNIFFED_BYTES].replace(b"\0", b"")))


def _wrong_type(detail: str) -> Trouble:
    return Trouble(FailureReason.CONTENT_TYPE, detail)


def _proxy(text: str) -> URL | None:
    if not text:
        return None
    try:
        proxy = URL(text)
        is_usable = proxy.scheme in ("http", "https") and bool(proxy.raw_host)
    except ValueError:
        is_usable = False
    if not is_usable:
        raise Misuse(f"CLAIMLEDGER_PROXY is {text!r}; an address such as http://proxy.example.org:3128 was expected")
    return proxy


@contextmanager
def _translated(url: URL) -> Iterator[None]:
    """Errors of sockets, TLS and aiohttp as Trouble. The order matters: the classes overlap."""
    try:
        yield
    except Trouble:
        raise
    except TimeoutError as error:
        raise _passing(FailureReason.TIMEOUT, f"{url.raw_host} took too long ({_told(error)})") from error
    except aiohttp.ClientConnectorDNSError as error:
        raise _unresolved(url, error.os_error) from error
    except (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError) as error:
        detail = f"no trusted encrypted connection to {url.raw_host} ({_told(error)})"
        raise Trouble(FailureReason.TLS, detail) from error
    except aiohttp.ClientPayloadError as error:
        raise _passing(FailureReason.TRUNCATED, f"the body ended before its announced end ({_told(error)})") from error
    except aiohttp.InvalidURL as error:
        raise Trouble(FailureReason.BAD_URL, f"{str(url)[:200]} cannot be asked for ({_told(error)})") from error
    except (aiohttp.ClientConnectionError, OSError) as error:
        raise _passing(FailureReason.CONNECT, f"no answer from {url.raw_host} ({_told(error)})") from error
    except (aiohttp.ClientError, HttpProcessingError, ValueError) as error:
        raise Trouble(FailureReason.PROTOCOL, f"{url.raw_host} does not speak HTTP ({_told(error)})") from error


def _unresolved(url: URL, error: OSError) -> Trouble:
    if isinstance(error, Refused):
        return Trouble(FailureReason.ADDRESS_REFUSED, str(error))
    is_passing = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
    return Trouble(FailureReason.DNS, f"no address for {url.raw_host} ({_told(error)})", is_passing=is_passing)


def _passing(reason: FailureReason, detail: str) -> Trouble:
    return Trouble(reason, detail, is_passing=True)


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
