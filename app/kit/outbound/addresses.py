"""Where a request of ours may go: judged at the concrete address, in whichever form it is written."""

import asyncio
import errno
import ipaddress
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from app.kit import loops
from app.kit.forwarded import Network
from app.kit.outbound.urls import host_of
from app.rules.refusals import BadValue

NAME_SECONDS: Final = 2.0

# `is_global` says True for these, though they lead to (or hide) addresses that are not.
NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(net) for net in ("192.0.0.0/24", "224.0.0.0/4", "192.88.99.0/24", "3fff::/20")
)
UNICAST: Final = ipaddress.IPv6Network("2000::/3")
"""The only part of IPv6 that was given to networks of the world (RFC 4291)."""
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class ForbiddenAddressError(OSError):
    """The address is not one that this tenant may send to."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, in whichever form it is wrapped."""
    ip: IPv4Address | IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in NAT64:
            inner = IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip not in UNICAST:
            return False
    return ip.is_global and not any(ip in net for net in NOT_PUBLIC if net.version == ip.version)


def may_be_reached(address: str, allowed: Iterable[Network] = ()) -> bool:
    """Whether an IP address is public, or one that the operator allows."""
    ip: IPv4Address | IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    plain = (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip
    return is_public(address) or any(plain in net for net in allowed if net.version == plain.version)


def check_url(url: str, *, allow_private: bool, allowed: Iterable[Network] = ()) -> None:
    """Refuse (BadValue) what can never be sent to, when it is saved; each dial judges the address again."""
    host = host_of(url)
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
        host = host_of(url)
        asked = asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        found = await loops.within(NAME_SECONDS, asked)
    except (OSError, ValueError, BadValue):
        return
    if any(not may_be_reached(str(one[4][0]), allowed) for one in found):
        raise BadValue("url", "must lead to a public address")


def with_query(url: str, query: str) -> str:
    """The URL with more parameters behind those that it has."""
    if not query:
        return url
    plain, mark, fragment = url.partition("#")
    return f"{plain}{'&' if '?' in plain else '?'}{query}{mark}{fragment}"


def forbidden(address: str) -> ForbiddenAddressError:
    """Why nothing is sent there."""
    return ForbiddenAddressError(errno.EACCES, f"{address} is not a public address")
