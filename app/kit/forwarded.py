"""Who called and where to, as a trusted proxy tells it; and no host name that is none (pure ASGI)."""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

HOST: Final = re.compile(
    r"([a-z0-9_][a-z0-9_.-]{0,252}|\[[0-9a-f:.]{2,45}\])(?::([0-9]{1,5}))?", re.IGNORECASE | re.ASCII
)
HIGHEST_PORT: Final = 65535
# Longer than any chain of proxies writes: what is longer was made to keep the parser busy.
LONGEST_FORWARDED: Final = 2000
# Possessive: whatever stands there, each of these is done with it in one pass.
PAIR: Final = re.compile(
    r'\s*+([a-z]++)\s*+=\s*+(?:"((?:[^"\\]++|\\.)*+)"|([^\s;,"]*+))\s*+', re.IGNORECASE | re.ASCII
)
PIECE: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|[^",;]++|[",;]', re.DOTALL)
"""What is in quotes, a comma or semicolon among it, what is not, and what parts these."""


@dataclass(frozen=True)
class Told:
    """What proxies told of a request: whom each got it from (the nearest proxy's word last), and whereto."""

    clients: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.clients or self.schemes or self.hosts)


@dataclass(frozen=True)
class Asked:
    """What is believed of a request; None where nothing was told that can be."""

    client: str | None = None
    scheme: str | None = None
    host: str | None = None


def networks(text: str) -> tuple[Network, ...]:
    """The addresses and CIDR blocks of a list with commas; ValueError names the one that is neither."""
    found: list[Network] = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        try:
            found.append(ipaddress.ip_network(part, strict=False))
        except ValueError:
            shown = part if part.isprintable() else ascii(part)
            raise ValueError(f"{shown} is neither an IP address nor a block such as 10.0.0.0/8.") from None
    return tuple(found)


def valid_host(text: str) -> str | None:
    """The text when it is a host with or without a port, else nothing."""
    match = HOST.fullmatch(text.strip())
    if match is None or int(match[2] or 0) > HIGHEST_PORT:
        return None
    if match[1].startswith("["):
        try:
            ipaddress.IPv6Address(match[1][1:-1])
        except ValueError:
            return None
    return match[0]


def address(text: str) -> Address | None:
    """The IP address of a text that may carry brackets and a port; a wrapped IPv4 address is unwrapped."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def told_by_x(headers: Mapping[str, str]) -> Told:
    """What `X-Forwarded-For`, `-Proto` and `-Host` tell."""

    def listed(name: str) -> tuple[str, ...]:
        value = headers.get(name, "")
        parts = value.split(",") if len(value) <= LONGEST_FORWARDED else []
        return tuple(part.strip() for part in parts if part.strip())

    return Told(listed("x-forwarded-for"), listed("x-forwarded-proto"), listed("x-forwarded-host"))


def told_by_standard(headers: Mapping[str, str]) -> Told:
    """What `Forwarded` (RFC 7239) tells; nothing where a quote in it does not end."""
    value = headers.get("forwarded", "")
    elements: list[dict[str, str]] = [{}]
    said = ""
    for piece in PIECE.findall(f"{value}," if len(value) <= LONGEST_FORWARDED else ""):
        if piece == '"':
            return Told()
        if piece not in (",", ";"):
            said += piece
            continue
        if found := PAIR.fullmatch(said):
            elements[-1][found[1].lower()] = re.sub(r"\\(.)", r"\1", found[2] or found[3] or "")
        said = ""
        if piece == ",":
            elements.append({})

    def listed(name: str) -> tuple[str, ...]:
        return tuple(element[name] for element in elements if element.get(name))

    return Told(listed("for"), listed("proto"), listed("host"))


def believed(told: Told, trusted: Sequence[Network]) -> Asked:
    """What holds when the caller is a trusted proxy: each word counts as far as trusted proxies passed it on.

    Anybody can send such headers to the outermost proxy, which appends to them: what stands to the left of
    the first stranger, read from the right, is that stranger's own tale.
    """
    client, hops = None, 1
    for text in reversed(told.clients):
        found = address(text)
        if found is None:
            break
        client = str(found)
        if not is_trusted(found, trusted):
            break
        hops += 1

    def word(words: tuple[str, ...]) -> str:
        # A proxy that overwrites instead of appending leaves fewer words than there were proxies.
        return words[-min(hops, len(words))].lower() if words else ""

    scheme = word(told.schemes)
    return Asked(client, scheme if scheme in ("http", "https") else None, valid_host(word(told.hosts)))


def is_trusted(found: Address, trusted: Iterable[Network]) -> bool:
    """Whether an address is one of the operator's proxies."""
    return any(found.version == block.version and found in block for block in trusted)


def asked(headers: Mapping[str, str], trusted: Sequence[Network]) -> Asked:
    """What a trusted proxy's headers say of the request."""
    by_x, by_standard = told_by_x(headers), told_by_standard(headers)
    if not (by_x and by_standard):
        return believed(by_x or by_standard, trusted)
    # A proxy that sets one kind often lets the caller's own header of the other kind pass. Which kind ours
    # sets is not known here, so two tales that differ are one too many.
    one, other = believed(by_x, trusted), believed(by_standard, trusted)
    return one if one == other else Asked()


class Forwarded:
    """Puts the real client, scheme and host into the scope; removes a `Host` that is not one.

    It changes the scope in place: the outermost error handler reads the very same one.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[Network] = ()) -> None:
        self.app = app
        self.trusted = tuple(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request or socket with what is believed of it."""
        if scope["type"] in ("http", "websocket"):
            settle(scope, self.trusted)
        await self.app(scope, receive, send)


def settle(scope: Scope, trusted: Sequence[Network]) -> None:
    """Put what is believed of a request into its scope."""
    headers = _joined(scope["headers"])
    peer = address(scope["client"][0]) if scope.get("client") else None
    found = asked(headers, trusted) if peer and is_trusted(peer, trusted) else Asked()
    if found.client:
        scope["client"] = (found.client, 0)
    if found.scheme:
        secure = found.scheme == "https"
        plain = "ws" if scope["type"] == "websocket" else "http"
        scope["scheme"] = f"{plain}s" if secure else plain
    # Several `Host` headers were joined with commas above, which is no host.
    host = found.host or valid_host(headers.get("host", ""))
    others = [pair for pair in scope["headers"] if pair[0].lower() != b"host"]
    scope["headers"] = [(b"host", host.encode()), *others] if host else others


def _joined(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers by name in small letters; those that come several times joined as HTTP joins them."""
    found: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]},{text}" if key in found else text
    return found
