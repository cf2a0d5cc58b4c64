"""What many ask of a room at once: done in one work, or one by one where that goes wrong."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from app.kit.together import Together
from app.rules.refusals import Refusal

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")

Room = tuple[str, str]
"""A tenant and a classroom of it."""

MOST = 100
"""So many go together: the others hear of the first ones before the last are written down."""


class Gathering(Generic[T, R]):
    """Gathers by room what comes while a work is written; `write` answers for each, or a Refusal for it.

    A Refusal that is raised is for all of them. What else goes wrong in a work with many is nobody's alone:
    then each is tried in a work of its own.
    """

    def __init__(self, write: Callable[[Room, Sequence[T]], Awaitable[Sequence[R | Refusal]]]) -> None:
        self._write = write
        self._together = Together[Room, T, R | Exception](self._written, most=MOST)

    async def add(self, room: Room, one: T) -> R:
        """What became of it; a Refusal where it may not be."""
        found = await self._together.add(room, one)
        if isinstance(found, Exception):
            raise found
        return found

    async def _written(self, room: Room, many: list[T]) -> Sequence[R | Exception]:
        try:
            return await self._write(room, many)
        except Exception as error:
            if isinstance(error, Refusal) or len(many) == 1:
                raise
            log.exception("%s requests could not be met together", len(many))
        return [await self._alone(room, one) for one in many]

    async def _alone(self, room: Room, one: T) -> R | Exception:
        try:
            return (await self._write(room, [one]))[0]
        except Exception as error:  # noqa: BLE001 - raised where the one waits
            return error
