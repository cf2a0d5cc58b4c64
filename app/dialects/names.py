"""The host names to which a server with development credentials answers.

A page anywhere may let its own name lead to 127.0.0.1 after it was loaded ("DNS rebinding"): the browser
takes this server for a part of that page then, and lets it ask with credentials that everybody knows. The
name in `Host` is what tells.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from app.dialects.base import Dialect
from app.domain.outbox import endpoints
from app.kit.forwarded import address
from app.kit.work import Works

REMEMBERED: Final = 1024


class KnownNames:
    """Loopback's names, the public URL's, the vendors' own, and those of the tenants' endpoints."""

    def __init__(self, dialects: Iterable[Dialect], works: Works, public_url: str | None) -> None:
        self._works = works
        known = tuple(dialects)
        public = endpoints.plain(urlsplit(public_url).netloc) if public_url else None

        @lru_cache(maxsize=REMEMBERED)
        def is_fixed(host: str) -> bool:
            return (
                is_loopback(host)
                or endpoints.plain(host) == public
                or any(dialect.is_named(host) for dialect in known)
            )

        self._is_fixed = is_fixed

    async def __call__(self, host: str) -> bool:
        """Whether this is a name of this server, as a `Host` header has it."""
        if self._is_fixed(host):
            return True
        async with self._works.begin() as work:
            return await endpoints.is_known(work, host)


def is_loopback(host: str) -> bool:
    """Whether a `Host` header names the very machine on which it is said (RFC 6761)."""
    found = address(host)
    if found is not None:
        return found.is_loopback
    name = endpoints.plain(host)
    return name == "localhost" or name.endswith(".localhost")
