"""Connections to servers that tenants chose: dialled where they may go, kept for a moment, used again."""

import asyncio
import ipaddress
import socket
import ssl
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Any, Final

import aiohappyeyeballs
from yarl import URL

from app.kit import loops
from app.kit.forwarded import Network
from app.kit.outbound.addresses import forbidden, may_be_reached
from app.kit.outbound.exchange import Exchange

CONNECT_SECONDS: Final = 3.0
IDLE_SECONDS: Final = 2.0
"""Shorter than servers keep an idle connection: one that they are just closing would cost a try."""
EYEBALLS_SECONDS: Final = 0.25
"""After which the next address of a name is tried beside the one that does not answer (RFC 8305)."""
ASKING_AT_ONCE: Final = 64
"""Name servers may be slow; those of others are asked meanwhile."""


class DialError(OSError):
    """No connection came about."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL leads: a server, and what to ask of it."""

    server: tuple[bool, str, int]
    """Whether by TLS, the host and its port."""
    authority: str
    target: str

    @property
    def name(self) -> str:
        """The host, as certificates name it."""
        return self.server[1]


@lru_cache(maxsize=4096)
def place_of(url: str) -> Place:
    """Read a URL; raises ValueError."""
    parts = URL(url)
    if parts.scheme not in ("http", "https") or not parts.raw_host or parts.port is None:
        message = "this is no http or https URL"
        raise ValueError(message)
    server = (parts.scheme == "https", parts.raw_host, parts.port)
    return Place(server, parts.host_port_subcomponent or "", parts.raw_path_qs)


class Connections:
    """Those of one kind of tenants: guarded ones, or those that may reach any address (`allowed` None)."""

    def __init__(self, allowed: Sequence[Network] | None, trust: ssl.SSLContext) -> None:
        self._allowed = allowed
        self._trust = trust
        self._idle = defaultdict[tuple[bool, str, int], list[tuple[Exchange, float]]](list)
        self._asking = ThreadPoolExecutor(ASKING_AT_ONCE, "names")
        self._sweeping: asyncio.TimerHandle | None = None

    async def take(self, place: Place) -> Exchange:
        """A connection there, kept or new; raises DialError, or TimeoutError."""
        kept = self._idle.get(place.server)
        since = monotonic() - IDLE_SECONDS if kept else 0.0
        while kept:
            exchange, at = kept.pop()
            if exchange.is_free and at > since:
                return exchange
            exchange.close()
        return await self.dial(place)

    async def dial(self, place: Place) -> Exchange:
        """A new connection there; raises DialError, or TimeoutError."""
        try:
            return await loops.within(CONNECT_SECONDS, self._dial(place))
        except TimeoutError:
            message = f"no connection to {place.authority} within {CONNECT_SECONDS:g} s"
            raise TimeoutError(message) from None

    def give_back(self, place: Place, exchange: Exchange) -> None:
        """Keep a connection, if more can be asked there."""
        if exchange.is_free:
            self._idle[place.server].append((exchange, monotonic()))
            if self._sweeping is None:
                self._sweep_later()
        else:
            exchange.close()

    def close(self) -> None:
        """End all that are kept."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        for kept in self._idle.values():
            for exchange, _ in kept:
                exchange.close()
        self._idle.clear()
        self._asking.shutdown(wait=False, cancel_futures=True)

    def _sweep_later(self) -> None:
        self._sweeping = asyncio.get_running_loop().call_later(IDLE_SECONDS / 2, self._sweep)

    def _sweep(self) -> None:
        since = monotonic() - IDLE_SECONDS
        for server, kept in tuple(self._idle.items()):
            fresh = []
            for exchange, at in kept:
                if exchange.is_free and at > since:
                    fresh.append((exchange, at))
                else:
                    exchange.close()
            if fresh:
                self._idle[server] = fresh
            else:
                del self._idle[server]
        self._sweeping = None
        if self._idle:
            self._sweep_later()

    async def _dial(self, place: Place) -> Exchange:
        secure, host, port = place.server
        try:
            found = await self._addresses(host, port)
            connected = await aiohappyeyeballs.start_connection(
                found, happy_eyeballs_delay=EYEBALLS_SECONDS, interleave=1
            )
            _, exchange = await asyncio.get_running_loop().create_connection(
                Exchange,
                sock=connected,
                ssl=self._trust if secure else None,
                server_hostname=host if secure else None,
            )
        except TimeoutError:
            raise
        except (OSError, UnicodeError) as error:
            # TLS that does not come about and certificates of others among them.
            message = f"cannot connect to {host}:{port}: {error}"
            raise DialError(message) from error
        exchange.is_free = True
        return exchange

    async def _addresses(self, host: str, port: int) -> list[Any]:
        """Where the name leads at this moment: what is not allowed is not dialled."""
        found = await self._looked_up(host, port)
        allowed = self._allowed
        if allowed is None:
            return found
        # Each concrete address, literals too: a name that changes its answer after the check at save time
        # gains nothing.
        reached = [one for one in found if may_be_reached(str(one[4][0]), allowed)]
        if not reached:
            raise forbidden(str(found[0][4][0]))
        return reached

    async def _looked_up(self, host: str, port: int) -> list[Any]:
        try:
            ipaddress.ip_address(host)
        except ValueError:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._asking, _look_up, host, port)
        return _look_up(host, port, socket.AI_NUMERICHOST)


def _look_up(host: str, port: int, flags: int = 0) -> list[Any]:
    return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, flags)
