"""What narrations ask of the room in which something happened."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Protocol

from sqlalchemy import func, select

from app.dialects.agora.properties import shown
from app.dialects.agora.words import role_of, role_word
from app.dialects.base import Facts
from app.domain.classrooms.tables import Classroom
from app.domain.events import kinds
from app.domain.feeds import Item
from app.domain.participants.tables import Participant
from app.domain.presence import queries as presence
from app.domain.presence.tables import Visit
from app.domain.rooms.movers import movers
from app.domain.rooms.queries import known_as
from app.domain.users.tables import User
from app.kit.work import Recorded, Work

Narration = Callable[["Scene", Any], Awaitable[list[Item]]]
"""From one event to what the vendor's pollers read of it."""


class RoleTold(Protocol):
    """How the role of a seat is told: by its number or by its word."""

    def __call__(self, role: str, *, observer: bool) -> int | str: ...


SERVER: dict[str, Any] = {"userName": "server", "userUuid": "server", "role": "server"}
"""How the vendor names whatever acts for the customer's own programs."""


@dataclass
class Scene:
    """A room at the end of a work, with the people who were asked after."""

    work: Work
    classroom: Classroom
    facts: Facts
    happened: Sequence[Recorded] = ()
    """What is told, all of it: what must be known for one event is asked for all at once."""
    total: int | None = None
    looked: bool = False
    """Whether those who came and went were read."""
    again: set[str] = field(default_factory=set)
    trees: dict[str, dict[str, Any]] = field(default_factory=dict)
    seats: dict[str, tuple[Participant, User]] = field(default_factory=dict)

    async def person(self, participant_id: str) -> tuple[Participant, User] | None:
        """A seat, taken away or not, and whose it is; None where the person was erased."""
        if participant_id not in self.seats:
            if participant_id in self._visitors():
                await self._look()
            else:
                await self.meet([participant_id, *(one for one in self._speakers() if one not in self.seats)])
        return self.seats.get(participant_id)

    async def meet(self, participant_ids: list[str]) -> None:
        """Read many at once."""
        found = await self.work.db.execute(
            select(Participant, User)
            .join(User, (User.tenant_id == Participant.tenant_id) & (User.user_id == Participant.user_id))
            .where(
                Participant.tenant_id == self.classroom.tenant_id,
                Participant.participant_id.in_(participant_ids),
            )
        )
        self.seats |= {seat.participant_id: (seat, user) for seat, user in found}

    async def uuid(self, participant_id: str) -> str:
        """What the customer's programs call somebody."""
        known = await self.person(participant_id)
        return known_as(known[1]) if known else participant_id

    async def who(self, participant_id: str) -> dict[str, Any]:
        """Somebody as `fromUser` and `operator` are written; the server where it is no seat."""
        return await self._named(participant_id, role_of)

    async def operator(self, participant_id: str) -> dict[str, Any]:
        """Somebody as the records of widgets name them, with a word for the role."""
        return await self._named(participant_id, role_word)

    async def _named(self, participant_id: str, told: RoleTold) -> dict[str, Any]:
        known = await self.person(participant_id) if participant_id else None
        if known is None:
            return SERVER
        seat, user = known
        role = told(seat.role, observer=seat.observer)
        return {"userUuid": known_as(user), "userName": user.name, "role": role}

    def properties(self, participant_id: str) -> dict[str, Any]:
        """What programs keep with somebody who came or went."""
        return shown(self.trees.get(participant_id, {}))

    async def present(self) -> int:
        """How many people are in the room."""
        if self.total is None:
            self.total = await self.work.db.scalar(
                select(func.count(Visit.participant_id.distinct())).where(
                    Visit.tenant_id == self.classroom.tenant_id,
                    Visit.classroom_id == self.classroom.classroom_id,
                    Visit.closed_at.is_(None),
                )
            )
        return self.total or 0

    async def present_with(self, came: kinds.VisitorJoined) -> int:
        """How many people were there when somebody had come."""
        later = [type(one.event) for one in takewhile(lambda one: one.event != came, reversed(self.happened))]
        return await self.present() - later.count(kinds.VisitorJoined) + later.count(kinds.VisitorLeft)

    async def came_before(self, visit_id: str) -> bool:
        """Whether somebody who came with this visit was in the room before it."""
        await self._look()
        return visit_id in self.again

    async def _look(self) -> None:
        """Read all who came or went at once, and how many are there with them."""
        if self.looked:
            return
        self.looked = True
        came = [
            (one.event.participant_id, one.event.visit_id)
            for one in self.happened
            if isinstance(one.event, kinds.VisitorJoined)
        ]
        besides = presence.opened_with(self.work, came)
        found = await movers(self.work, self.classroom, self._visitors(), besides)
        self.seats |= {seat: (one.seat, one.user) for seat, one in found.items()}
        self.trees |= {seat: one.properties for seat, one in found.items()}
        self.again = presence.returning(self.work, came, [seat for seat, one in found.items() if one.earlier])
        self.total = next((one.present for one in found.values()), None)

    def _visitors(self) -> list[str]:
        moved = (kinds.VisitorJoined, kinds.VisitorLeft)
        return list({one.event.participant_id for one in self.happened if isinstance(one.event, moved)})

    def _speakers(self) -> list[str]:
        spoke = kinds.MessageSent
        return list({one.event.participant_id for one in self.happened if isinstance(one.event, spoke)})
