"""Requests that leave through the operator's proxy, which dials; by aiohttp, which knows how."""

import errno
import ssl
from collections.abc import Sequence
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from app.kit.forwarded import Network
from app.kit.outbound.addresses import ForbiddenAddressError, check_name, check_url
from app.kit.outbound.answer import BODY_BYTES, Answer, as_text, milliseconds, named
from app.kit.outbound.connections import CONNECT_SECONDS, IDLE_SECONDS
from app.rules.refusals import BadValue

PROXY_REFUSES: Final = 407
"""What a proxy answers that does not let a request out, or wants to know who asks."""


class Proxied:
    """The way through the proxy. It dials, so all that is judged here is the URL and what our own name server
    says: the proxy has to refuse private addresses itself.
    """

    def __init__(self, proxy: str, allowed: Sequence[Network], trust: ssl.SSLContext, seconds: float) -> None:
        self._proxy = proxy
        self._allowed = allowed
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, use_dns_cache=False, keepalive_timeout=IDLE_SECONDS, ssl=trust
            ),
            timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS),
            auto_decompress=False,
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Accept-Encoding",),
        )

    async def close(self) -> None:
        """End its connections."""
        await self._client.close()

    async def post(self, url: str, body: bytes, headers: dict[str, str], asked: str) -> Answer:
        """Post bytes; never raises for what the other side does."""
        started = perf_counter()
        try:
            await self._check(url)
            async with self._client.post(
                url, data=body, headers=headers, allow_redirects=False, proxy=self._proxy
            ) as answer:
                if answer.status == PROXY_REFUSES:
                    raise ForbiddenAddressError(errno.EACCES, "the egress proxy refuses to go there")
                return Answer(
                    answer.status,
                    milliseconds(started),
                    await _bounded(answer),
                    retry_after=answer.headers.get("retry-after"),
                    asked=asked,
                    head=as_text(f"{answer.status} {answer.reason or ''}", answer.headers.items()),
                )
        except (aiohttp.ClientError, OSError, ValueError) as error:
            refused = isinstance(error, aiohttp.ClientConnectorError | ForbiddenAddressError)
            return Answer(None, milliseconds(started), error=named(error), refused=refused, asked=asked)

    async def _check(self, url: str) -> None:
        try:
            check_url(url, allow_private=False, allowed=self._allowed)
            await check_name(url, self._allowed)
        except BadValue as refusal:
            raise ForbiddenAddressError(errno.EACCES, f"{urlsplit(url).hostname} {refusal.why}") from None


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    """The first bytes of the body; a longer one is cut off with its connection."""
    received = bytearray()
    async for chunk in answer.content.iter_any():
        received += chunk
        if len(received) >= BODY_BYTES:
            answer.close()
            break
    return bytes(received[:BODY_BYTES])
