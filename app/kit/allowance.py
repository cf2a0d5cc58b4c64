"""How much each caller may do in a minute, counted in this process alone."""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from time import monotonic
from typing import Final

MINUTE: Final = 60.0
MOST_CALLERS: Final = 10_000
"""So many are remembered, those that called last; whoever is forgotten begins anew."""
NETWORK_BITS: Final = 64
"""Whoever has an IPv6 address has as many as fit into its network."""


class Allowance:
    """Lets each caller do something so often in a minute, at once or bit by bit; 0 lets everything pass."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._most = a_minute
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, address: str) -> int:
        """Whole seconds until the caller of this address may do it; 0: it may now, and has."""
        if not self._most:
            return 0
        key, now = caller_of(address), self._clock()
        left, since = self._left.pop(key, (float(self._most), now))
        left = min(self._most, left + (now - since) * self._most / MINUTE)
        passes = left >= 1
        self._left[key] = (left - 1 if passes else left), now
        if len(self._left) > MOST_CALLERS:
            self._left.popitem(last=False)
        return 0 if passes else ceil((1 - left) * MINUTE / self._most)


def caller_of(address: str) -> str:
    """Who is taken for one caller: an IPv4 address, or the network of an IPv6 address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if found.version == 4:  # noqa: PLR2004 - IPv4
        return str(found)
    inner = found.ipv4_mapped
    return str(inner or ipaddress.ip_network((int(found) >> NETWORK_BITS << NETWORK_BITS, NETWORK_BITS)))
