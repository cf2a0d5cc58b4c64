"""Posts to addresses that tenants chose: guarded at the concrete IP, bounded, never redirected."""

import logging
import ssl
from collections.abc import Sequence
from time import perf_counter
from types import TracebackType
from typing import Final, Self

from app.kit.forwarded import Network
from app.kit.outbound.answer import Answer, milliseconds, named, storable
from app.kit.outbound.connections import Connections, DialError, place_of
from app.kit.outbound.exchange import StaleConnectionError
from app.kit.outbound.proxied import Proxied

TOTAL_SECONDS: Final = 15.0
AGENT: Final = "Homeroom/1"

log = logging.getLogger(__name__)


class Sender:
    """Posts to subscribers: one pool for guarded tenants and one for those that may reach loopback.

    `trust` is what the latter believe: on loopback a server may show a certificate of our own authority.
    `seconds` is the longest that a request may take, from its name's look-up to the last byte of its answer.
    `proxy` is what guarded requests go through. `allowed` are private networks that guarded requests may
    reach.
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
        system = ssl.create_default_context()
        self._guarded = Connections(self._allowed, system)
        self._trusting = Connections(None, self._trust or system)
        self._proxied = Proxied(self._proxy, self._allowed, system, self._seconds) if self._proxy else None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the pools."""
        self._guarded.close()
        self._trusting.close()
        if self._proxied is not None:
            await self._proxied.close()

    async def post(self, url: str, body: bytes, headers: dict[str, str], *, allow_private: bool) -> Answer:
        """Post JSON bytes; never raises for what the other side does."""
        head = {"content-type": "application/json", "user-agent": AGENT, "accept": "*/*", **headers}
        lines = [f"{name}: {value}" for name, value in head.items()]
        asked, started = storable("\n".join([f"POST {url}", *lines])), perf_counter()
        try:
            if self._proxied is not None and not allow_private:
                return await self._proxied.post(url, body, head, asked)
            return await self._directly(url, body, lines, asked, allow_private=allow_private)
        except Exception as error:
            # A receiver that brings this about is told from others by its answer, as any that misbehaves.
            log.exception("a request to %s ended in a way that nobody thought of", url)
            return Answer(None, milliseconds(started), error=named(error), asked=asked)

    async def _directly(
        self, url: str, body: bytes, lines: list[str], asked: str, *, allow_private: bool
    ) -> Answer:
        connections = self._trusting if allow_private else self._guarded
        started, exchange = perf_counter(), None
        try:
            place = place_of(url)
            request = _request(place.target, place.authority, lines, body)
            exchange = await connections.take(place)
            try:
                reply = await exchange.ask(request, self._seconds - (perf_counter() - started))
            except StaleConnectionError:
                # Servers may close a kept connection at any time: that says nothing of the message.
                exchange = await connections.dial(place)
                reply = await exchange.ask(request, self._seconds - (perf_counter() - started))
            connections.give_back(place, exchange)
        except (OSError, ValueError) as error:
            refused = isinstance(error, DialError)
            return Answer(None, milliseconds(started), error=named(error), refused=refused, asked=asked)
        finally:
            if exchange is not None and not exchange.is_free:
                exchange.close()
        return Answer(
            reply.status,
            milliseconds(started),
            bytes(reply.body),
            retry_after=reply.header("retry-after"),
            asked=asked,
            head=reply.head(),
        )


def _request(target: str, authority: str, lines: list[str], body: bytes) -> bytes:
    """The bytes of a request; raises ValueError for a header that would be more than one."""
    head = "\r\n".join(
        [f"POST {target} HTTP/1.1", f"host: {authority}", f"content-length: {len(body)}", *lines, "\r\n"]
    )
    if head.count("\r") != len(lines) + 4 or head.count("\n") != len(lines) + 4:
        message = "a header has more than one line"
        raise ValueError(message)
    return head.encode() + body
