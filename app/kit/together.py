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
    """Gathers by key; `write` answers for each of what was gathered, in that order, or fails for all of it.

    Nobody waits for others for more than `linger` seconds, and the time in which others are written counts;
    `most` go together.
    """

    def __init__(
        self,
        write: Callable[[K, list[T]], Awaitable[Sequence[R]]],
        linger: float = 0.0,
        most: int | None = None,
    ) -> None:
        self._write = write
        self._linger = linger
        self._most = most
        self._waiting = defaultdict[K, list[tuple[T, asyncio.Future[R], float]]](list)
        """With the instant at which each came, by the loop's clock."""
        self._running: dict[K, asyncio.Task[None]] = {}

    async def add(self, key: K, one: T) -> R:
        """Return when it is written; others are written with it."""
        loop = asyncio.get_running_loop()
        written: asyncio.Future[R] = loop.create_future()
        self._waiting[key].append((one, written, loop.time()))
        if key not in self._running:
            self._running[key] = asyncio.create_task(self._run(key))
        # Whoever waits may be cancelled; it is written all the same, by the task.
        return await written

    async def _run(self, key: K) -> None:
        try:
            while key in self._waiting:
                if self._linger and (rest := self._linger - self._waited(key)) > 0:
                    await loops.pause(rest)
                await self._some(key)
        finally:
            del self._running[key]

    def _waited(self, key: K) -> float:
        """How long the first of those who wait has waited."""
        _, _, came = self._waiting[key][0]
        return asyncio.get_running_loop().time() - came

    async def _some(self, key: K) -> None:
        gathered = self._waiting.pop(key)
        if rest := gathered[self._most :] if self._most else []:
            self._waiting[key] = rest
        gathered = gathered[: self._most]
        try:
            results = await self._write(key, [one for one, _, _ in gathered])
        except Exception as error:  # noqa: BLE001 - each of them fails of it, and says so
            for _, written, _ in gathered:
                if not written.done():
                    written.set_exception(error)
        else:
            for (_, written, _), result in zip(gathered, results, strict=True):
                if not written.done():
                    written.set_result(result)
