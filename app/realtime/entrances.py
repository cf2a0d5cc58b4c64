"""Lets people in: those who come into a room at once together, in one work, each let in or refused alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from app.domain import participants, presence
from app.domain.participants import queries as doors
from app.domain.participants.tables import Participant
from app.domain.presence import Came, Coming
from app.kit.allowance import Allowance
from app.kit.work import Works
from app.realtime.gathering import Gathering, Room
from app.realtime.protocol import Welcome
from app.realtime.welcome import welcomes
from app.rules.refusals import RateLimited, Refusal


@dataclass(frozen=True)
class Entered:
    """A visit that began, and what its socket hears first."""

    visit_id: str
    at: datetime
    """By the machine's clock."""
    ahead: timedelta
    """How far the tenant's clock is ahead of it."""
    welcome: Welcome


class Guest(NamedTuple):
    """What somebody says who may be one, and from where."""

    name: str
    address: str


class Entrances:
    """The way into all rooms of a process."""

    def __init__(self, works: Works, guests: Allowance) -> None:
        self._works = works
        self._guests = guests
        self._seats = Gathering(self._find)
        self._rooms = Gathering(self._let_in)

    async def seat(self, tenant_id: str, link: str, guest: Guest) -> Participant:
        """The seat that a link leads to; by a common one a guest of this name comes, and is given one.

        RateLimited where as many guests came from the address within a minute as may.
        """
        return await self._seats.add((tenant_id, link), guest)

    async def enter(self, tenant_id: str, classroom_id: str, coming: Coming) -> Entered:
        """Open a visit; a Refusal where that may not be."""
        return await self._rooms.add((tenant_id, classroom_id), coming)

    async def _find(self, link: Room, guests: Sequence[Guest]) -> list[Participant | Refusal]:
        async with self._works.begin(link[0]) as work:
            door = await doors.door(work, *link)
            if door.participant is not None:
                return [door.participant] * len(guests)
            called = [self._called(guest) for guest in guests]
            known = [name for name in called if isinstance(name, str)]
            seats = iter(await participants.enter_as_guests(work, door, known) if known else ())
            return [next(seats) if isinstance(name, str) else name for name in called]

    async def _let_in(self, room: Room, coming: Sequence[Coming]) -> list[Entered | Refusal]:
        async with self._works.begin(room[0]) as work:
            opened = await presence.open_visits(work, *room, coming)
            came = [one for one in opened if isinstance(one, Came)]
            told = iter(await welcomes(work, *room, [one.held for one in came]) if came else ())
            ahead = work.now - work.wall
            return [
                Entered(one.visit.visit_id, work.wall, ahead, next(told)) if isinstance(one, Came) else one
                for one in opened
            ]

    def _called(self, guest: Guest) -> str | Refusal:
        try:
            name = participants.guest_name(guest.name)
        except Refusal as refusal:
            return refusal
        wait = self._guests.wait(guest.address)
        return RateLimited(wait) if wait else name
