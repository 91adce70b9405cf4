"""In: addresses that strangers chose. Out: nothing, or the refusal of those that lead into this machine or its
network."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from ingest.errors import Misuse
from ingest.fetch.trouble import Trouble
from ingest.records import FailureReason
from ingest.settings import Settings

# What `is_global` of Python 3.11 lets through or sees differently in its patch releases; special-purpose registries of
# IANA.
_REFUSED_V4 = tuple(
    ip_network(net)
    for net in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "240.0.0.0/4",
    )
)
_UNICAST_V6 = ip_network("2000::/3")  # outside it nothing is global unicast: mapped, NAT64, link-local, multicast
_REFUSED_V6 = tuple(
    ip_network(net)
    for net in (
        "2001::/23",  # Teredo, ORCHID and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries any IPv4 address
        "3fff::/20",
    )
)
_ANY = "*"
_PUBLIC_PORTS = (80, 443)


class Refused(OSError):
    """A name that resolves to refused addresses only. An OSError, because resolvers may raise nothing else."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address lies in the public Internet and names one machine."""
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv6Address):
        return address in _UNICAST_V6 and not any(address in net for net in _REFUSED_V6)
    return not any(address in net for net in _REFUSED_V4)


class Guard:
    """Who may be asked: public hosts on ports 80 and 443, and what `allow_loopback` names.

    With `settings.proxy` names are resolved by the proxy, and which addresses it connects to is the proxy's affair;
    literal addresses are still checked here.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def check(self, url: URL) -> None:
        """Raises Trouble(ADDRESS_REFUSED) for an address that is refused by its text alone. `url` as of
        `urls.parse`."""
        host = url.raw_host or ""
        allowed = self._settings.loopback_for(host)
        if allowed is None:
            self._check_public(url, host)
        if _is_numeric(host):
            raise _refusal(f"{host} is a number that hides an address; a name or a dotted address was expected")
        literal = _literal(host)
        if literal is not None and allowed in (None, _ANY) and not self._is_allowed(host, url.port, literal):
            raise _refusal(f"{host} is not a public address")

    def _check_public(self, url: URL, host: str) -> None:
        if not self._settings.contact:
            raise _refusal(f"{host} is not on this machine, and no contact is set; set CLAIMLEDGER_CONTACT")
        if url.port not in _PUBLIC_PORTS:
            raise _refusal(f"port {url.port} of {host}; only the ports 80 and 443 are asked")

    def _is_allowed(self, host: str, port: int | None, address: IPv4Address | IPv6Address) -> bool:
        """Whether a connection to `address` for `host` may be made. Without a contact nobody but this machine is asked."""
        if address.is_loopback:
            return self._settings.loopback_for(host) == _ANY
        return bool(self._settings.contact) and port in _PUBLIC_PORTS and is_public(address)

    def target(self, host: str) -> tuple[str, int] | None:
        """The loopback address and port that the settings put in the place of `host`."""
        named = self._settings.loopback_for(host)
        if named is None or named == _ANY:
            return None
        address, _, port = named.rpartition(":")
        literal = _literal(address.strip("[]"))
        if literal is None or not literal.is_loopback or not port.isdecimal() or int(port) > 65_535:
            raise Misuse(f"CLAIMLEDGER_ALLOW_LOOPBACK maps {host} to {named!r}; 127.0.0.1:PORT was expected")
        return str(literal), int(port)

    def is_local(self, host: str) -> bool:
        """Whether `host` is served by this machine by the operator's word; such hosts are never asked through a proxy."""
        return self._settings.loopback_for(host) is not None

    def permitted(self, host: str, port: int, addresses: list[str]) -> list[str]:
        """Those of the resolved `addresses` that may be connected to. Raises Refused when none is left."""
        kept = [text for text in addresses if self._is_allowed(host, port, ip_address(text))]
        if not kept:
            raise Refused(f"{host}:{port} leads to {', '.join(addresses[:4])}; a public address and the port 80 or 443 were expected")
        return kept


class GuardedResolver(AbstractResolver):
    """Resolves through the system and hands out checked addresses only; the connection goes to the very address checked.

    The host of `proxy`, which the operator named, is not checked.
    """

    def __init__(self, guard: Guard, proxy: URL | None) -> None:
        self._guard = guard
        self._proxy_host = proxy.raw_host if proxy else None

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        """The addresses of `host`, each once. Raises OSError (Refused, gaierror)."""
        target = self._guard.target(host)
        if target is not None:
            return [_resolved(host, *target)]
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        if host != self._proxy_host or self._guard.is_local(host):
            addresses = self._guard.permitted(host, port, addresses)
        return [_resolved(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing is held."""


def _resolved(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=family,
        proto=socket.IPPROTO_TCP,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )


def _refusal(detail: str) -> Trouble:
    return Trouble(FailureReason.ADDRESS_REFUSED, detail)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _is_numeric(host: str) -> bool:
    """Whether the C library would read a name as an IPv4 address (`127.1`, `0x7f000001`, `2130706433`,
    `0177.0.0.1`)."""
    if _literal(host) is not None:
        return False
    try:
        ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return False
    return True
