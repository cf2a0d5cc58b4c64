"""Does together what many ask for at once: while one work is written, what comes meanwhile gathers."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from app.kit import loops

K = TypeVar("K")
T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[K, T, R]):
    """Gathers by key; `write` answers for each of what was gathered, in that order."""

    def __init__(self, write: Callable[[K, list[T]], Awaitable[Sequence[R]]], linger: float = 0.0) -> None:
        self._write = write
        self._linger = linger
        self._waiting = defaultdict[K, list[tuple[T, asyncio.Future[R]]]](list)
        self._running: dict[K, asyncio.Task[None]] = {}

    async def add(self, key: K, one: T) -> R:
        """Return when it is written; others are written with it."""
        written: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting[key].append((one, written))
        if key not in self._running:
            self._running[key] = asyncio.create_task(self._run(key))
        # Whoever waits may be cancelled; it is written all the same.
        return await asyncio.shield(written)

    async def _run(self, key: K) -> None:
        try:
            while True:
                if self._linger:
                    await loops.pause(self._linger)
                gathered = self._waiting.pop(key, [])
                if not gathered:
                    return
                results = await self._write(key, [one for one, _ in gathered])
                for (_, written), result in zip(gathered, results, strict=True):
                    written.set_result(result)
        finally:
            del self._running[key]
