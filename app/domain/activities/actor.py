"""Whoever acts in a live class: the first step of each verb."""

from dataclasses import dataclass
from typing import Final

from app.domain import events
from app.domain.classrooms import queries as rooms
from app.domain.classrooms.tables import Lesson
from app.domain.events.kinds import AnyEvent
from app.domain.participants import queries as participants
from app.kit.work import Work
from app.rules.permissions import Deed, must
from app.rules.refusals import LinkGone, NotStarted
from app.rules.seats import SeatRole

SERVER: Final = "server"
"""Stands for a seat where the customer's own server acts: it has none, and may do what a host may."""


@dataclass(frozen=True)
class Actor:
    """A seated person, or the customer's server, in a lesson that is live until the work ends."""

    work: Work
    lesson: Lesson
    participant_id: str
    user_id: str
    name: str
    role: SeatRole
    write: bool

    @property
    def tenant_id(self) -> str:
        """Whose class it is."""
        return self.lesson.tenant_id

    def must(self, deed: Deed) -> None:
        """Refuse what the role, or the class's controls, do not cover."""
        must(self.role, deed, write=self.write)

    async def record(self, event: AnyEvent) -> int:
        """Write down what was done in the class's ledger."""
        return await events.record(self.work, self.lesson.tenant_id, self.lesson.classroom_id, event)


async def acting(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> Actor:
    """The person behind a seat of the live class, or the server; LinkGone or NotStarted."""
    # The lock makes the deeds of a class take turns: what is read here stays true until the commit, so
    # counts are exact, a hand is raised once, and nothing is recorded after the lesson's end.
    classroom = await rooms.locked(work, tenant_id, classroom_id)
    lesson = await rooms.open_lesson(work, tenant_id, classroom_id)
    if participant_id == SERVER:
        if lesson is None:
            raise NotStarted
        return Actor(work, lesson, SERVER, "", SERVER, SeatRole.HOST, write=True)
    seat, user = await participants.named(work, tenant_id, participant_id)
    if seat.classroom_id != classroom_id:
        raise LinkGone
    if lesson is None:
        raise NotStarted
    write = bool(classroom.controls.get("write"))
    return Actor(work, lesson, participant_id, user.user_id, user.name, SeatRole(seat.role), write)
