"""Requests to addresses that tenants chose: guarded at the concrete IP, bounded, never redirected."""

import asyncio
import errno
import ipaddress
import socket
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv6Address
from time import perf_counter
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import aiohttp

from app.kit import loops
from app.kit.forwarded import Network
from app.rules.refusals import BadValue

TOTAL_SECONDS: Final = 15.0
CONNECT_SECONDS: Final = 3.0
NAME_SECONDS: Final = 2.0
IDLE_SECONDS: Final = 2.0
"""Shorter than servers keep an idle connection: one that they are just closing would cost a try."""
BODY_BYTES: Final = 64 * 1024
AGENT: Final = "Homeroom/1"
PROXY_REFUSES: Final = 407
"""What a proxy answers that does not let a request out, or wants to know who asks."""

# `is_global` says True for these, though they lead to (or hide) addresses that are not.
NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(net)
    for net in ("192.0.0.0/24", "224.0.0.0/4", "ff00::/8", "64:ff9b:1::/48", "fec0::/10", "192.88.99.0/24")
)
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class ForbiddenAddressError(OSError):
    """The address is not one that this tenant may send to."""


@dataclass(frozen=True)
class Answer:
    """What came back; `status` None: nothing did, and `error` says why."""

    status: int | None
    duration_ms: int
    body: bytes = b""
    error: str | None = None
    refused: bool = False
    """Whether no connection came about at all, so that nothing can have been received."""
    retry_after: str | None = None
    asked: str = ""
    """The head of the request, as text."""
    head: str = ""
    """The head of the answer, as text."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, in whichever form it is wrapped."""
    ip: IPv4Address | IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in NAT64:
            inner = IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not any(ip in net for net in NOT_PUBLIC if net.version == ip.version)


def may_be_reached(address: str, allowed: Iterable[Network] = ()) -> bool:
    """Whether an IP address is public, or one that the operator allows."""
    ip: IPv4Address | IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    plain = (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip
    return is_public(address) or any(plain in net for net in allowed if net.version == plain.version)


def check_url(url: str, *, allow_private: bool, allowed: Iterable[Network] = ()) -> None:
    """Refuse (BadValue) what can never be sent to, when it is saved; each dial judges the address again."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadValue("url", "is not a URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise BadValue("url", "must be an http or https URL")
    if parts.username is not None or parts.password is not None:
        raise BadValue("url", "must not carry a user name or password")
    if allow_private:
        return
    local = host == "localhost" or host.endswith(".localhost")
    try:
        numeric = socket.getaddrinfo("127.0.0.1" if local else host, None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        numeric = []
    if any(not may_be_reached(str(found[4][0]), allowed) for found in numeric):
        raise BadValue("url", "must lead to a public address")


async def check_name(url: str, allowed: Iterable[Network] = ()) -> None:
    """Refuse (BadValue) a URL whose name leads to an address now that is not public; no answer refuses none.

    It asks the name server, so it has no place in a work.
    """
    try:
        host = urlsplit(url).hostname
        asked = asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        found = await loops.within(NAME_SECONDS, asked)
    except (OSError, ValueError):
        return
    if any(not may_be_reached(str(one[4][0]), allowed) for one in found):
        raise BadValue("url", "must lead to a public address")


def with_query(url: str, query: str) -> str:
    """The URL with more parameters behind those that it has."""
    if not query:
        return url
    plain, mark, fragment = url.partition("#")
    return f"{plain}{'&' if '?' in plain else '?'}{query}{mark}{fragment}"


def _guarded(allowed: Iterable[Network], info: Any) -> socket.socket:
    # Called with each concrete address at dial time, literals too: a name that changes its answer after
    # the check at save time gains nothing.
    family, kind, protocol, _, address = info
    if not may_be_reached(str(address[0]), allowed):
        # With a number, or aiohttp would leave the reason out of what it tells.
        raise ForbiddenAddressError(errno.EACCES, f"{address[0]} is not a public address")
    return socket.socket(family, kind, protocol)


class Sender:
    """Posts to subscribers: one pool for guarded tenants and one for those that may reach loopback.

    `trust` is what the latter believe: on loopback a server may show a certificate of our own authority.
    `seconds` is the longest that a request may take, from its name's look-up to the last byte of its answer.
    `proxy` is what guarded requests go through. It dials, so all that is judged here is the URL and what our
    own name server says: the proxy has to refuse private addresses itself. `allowed` are private networks
    that guarded requests may reach.
    """

    def __init__(
        self,
        trust: ssl.SSLContext | None = None,
        seconds: float = TOTAL_SECONDS,
        proxy: str | None = None,
        allowed: Sequence[Network] = (),
    ) -> None:
        self._allowed = allowed
        self._trust = trust
        self._seconds = seconds
        self._proxy = proxy

    async def __aenter__(self) -> Self:
        """Open the pools."""
        guard = None if self._proxy else partial(_guarded, self._allowed)
        self._pools = {
            guarded: aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0,
                    use_dns_cache=False,
                    keepalive_timeout=IDLE_SECONDS,
                    socket_factory=guard if guarded else None,
                    ssl=True if guarded or self._trust is None else self._trust,
                ),
                timeout=aiohttp.ClientTimeout(total=self._seconds, sock_connect=CONNECT_SECONDS),
                auto_decompress=False,
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
            for guarded in (True, False)
        }
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the pools."""
        for pool in self._pools.values():
            await pool.close()

    async def post(self, url: str, body: bytes, headers: dict[str, str], *, allow_private: bool) -> Answer:
        """Post JSON bytes; never raises for what the other side does."""
        started = perf_counter()

        def took() -> int:
            return round((perf_counter() - started) * 1000)

        head = {"content-type": "application/json", "user-agent": AGENT, "accept": "*/*", **headers}
        asked = _as_text(f"POST {url}", head.items())
        proxy = None if allow_private else self._proxy
        try:
            if proxy is not None:
                await _check_before_proxy(url, self._allowed)
            async with self._pools[not allow_private].post(
                url, data=body, headers=head, allow_redirects=False, proxy=proxy
            ) as answer:
                if proxy is not None:
                    _check_behind_proxy(answer.status)
                received = await _bounded(answer)
                again = answer.headers.get("retry-after")
                said = _as_text(f"{answer.status} {answer.reason or ''}", answer.headers.items())
                return Answer(answer.status, took(), received, retry_after=again, asked=asked, head=said)
        except (aiohttp.ClientConnectorError, ForbiddenAddressError) as error:
            return Answer(None, took(), error=_named(error), refused=True, asked=asked)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            return Answer(None, took(), error=_named(error), asked=asked)


async def _check_before_proxy(url: str, allowed: Sequence[Network]) -> None:
    try:
        check_url(url, allow_private=False, allowed=allowed)
        await check_name(url, allowed)
    except BadValue as refusal:
        raise ForbiddenAddressError(errno.EACCES, f"{urlsplit(url).hostname} {refusal.why}") from None


def _check_behind_proxy(status: int) -> None:
    if status == PROXY_REFUSES:
        raise ForbiddenAddressError(errno.EACCES, "the egress proxy refuses to go there")


def _as_text(first: str, headers: Iterable[tuple[str, str]]) -> str:
    return "\n".join([first.rstrip(), *(f"{name}: {value}" for name, value in headers)])


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    """The first bytes of the body; a longer one is cut off with its connection."""
    received = bytearray()
    async for chunk in answer.content.iter_any():
        received += chunk
        if len(received) >= BODY_BYTES:
            answer.close()
            break
    return bytes(received[:BODY_BYTES])
