"""Lets people in: those who come into a room at once together, in one work, each let in or refused alone."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from app.domain import participants, presence
from app.domain.participants import queries as doors
from app.domain.participants.tables import Participant
from app.domain.presence import Came, Coming
from app.kit.together import Together
from app.kit.work import Works
from app.realtime.protocol import Welcome
from app.realtime.welcome import welcomes
from app.rules.refusals import Refusal

log = logging.getLogger(__name__)

R = TypeVar("R")

MOST: Final = 100
"""So many come in together: those who are there hear of the first ones before the last are written down."""


@dataclass(frozen=True)
class Entered:
    """A visit that began, and what its socket hears first."""

    visit_id: str
    at: datetime
    """By the machine's clock."""
    ahead: timedelta
    """How far the tenant's clock is ahead of it."""
    welcome: Welcome


class Entrances:
    """The way into all rooms of a process."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._seats = Together(self._find, most=MOST)
        self._rooms = Together(self._come, most=MOST)

    async def seat(self, tenant_id: str, link: str, name: str) -> Participant:
        """The seat that a link leads to; by a common one a guest of this name comes, and is given one."""
        return _granted(await self._seats.add((tenant_id, link), name))

    async def enter(self, tenant_id: str, classroom_id: str, coming: Coming) -> Entered:
        """Open a visit; a Refusal where that may not be."""
        return _granted(await self._rooms.add((tenant_id, classroom_id), coming))

    async def _find(self, link: tuple[str, str], names: list[str]) -> Sequence[Participant | Exception]:
        async with self._works.begin(link[0]) as work:
            door = await doors.door(work, *link)
            if door.participant is not None:
                return [door.participant] * len(names)
            called = [_guest(name) for name in names]
            known = [name for name in called if isinstance(name, str)]
            seats = iter(await participants.enter_as_guests(work, door, known) if known else ())
            return [next(seats) if isinstance(name, str) else name for name in called]

    async def _come(self, room: tuple[str, str], coming: list[Coming]) -> Sequence[Entered | Exception]:
        try:
            return await self._let_in(room, coming)
        except Exception as error:
            if isinstance(error, Refusal) or len(coming) == 1:
                raise
            # Nobody stays outside for what went wrong with another.
            log.exception("%s people could not be let in together", len(coming))
        return [await self._alone(room, one) for one in coming]

    async def _alone(self, room: tuple[str, str], coming: Coming) -> Entered | Exception:
        try:
            return (await self._let_in(room, [coming]))[0]
        except Exception as error:  # noqa: BLE001 - raised where the one waits
            return error

    async def _let_in(self, room: tuple[str, str], coming: Sequence[Coming]) -> list[Entered | Exception]:
        async with self._works.begin(room[0]) as work:
            opened = await presence.open_visits(work, *room, coming)
            came = [one for one in opened if isinstance(one, Came)]
            told = iter(await welcomes(work, *room, [one.held for one in came]) if came else ())
            ahead = work.now - work.wall
            return [
                Entered(one.visit.visit_id, work.wall, ahead, next(told)) if isinstance(one, Came) else one
                for one in opened
            ]


def _guest(name: str) -> str | Refusal:
    try:
        return participants.guest_name(name)
    except Refusal as refusal:
        return refusal


def _granted(result: R | Exception) -> R:
    if isinstance(result, Exception):
        raise result
    return result
