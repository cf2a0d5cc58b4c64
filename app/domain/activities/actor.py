"""Whoever acts in a classroom: the first step of each verb."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from app.domain import events
from app.domain.classrooms import queries as rooms
from app.domain.classrooms.tables import Classroom, Lesson
from app.domain.events.kinds import AnyEvent
from app.domain.participants import queries as participants
from app.domain.participants.tables import Participant
from app.domain.users.tables import User
from app.kit.work import Work
from app.rules.bans import must_be_clean
from app.rules.lifecycle import OVER, State
from app.rules.permissions import Deed, must
from app.rules.refusals import LessonOver, LinkGone, NotAllowed, NotStarted
from app.rules.seats import SeatRole

SERVER: Final = "server"
"""Stands for a seat where the customer's own server acts: it has none, and may do what a host may."""


@dataclass(frozen=True)
class Insider:
    """A seated person, or the customer's server, in a classroom that stays as it is until the work ends."""

    work: Work
    classroom: Classroom
    participant_id: str
    user_id: str
    name: str
    role: SeatRole
    observer: bool = False
    """Whether the seat is that of somebody who only watches."""

    @property
    def tenant_id(self) -> str:
        """Whose class it is."""
        return self.classroom.tenant_id

    @property
    def is_server(self) -> bool:
        """Whether the customer's server acts, and nobody who sits in the room."""
        return self.participant_id == SERVER

    @property
    def write(self) -> bool:
        """Whether the class lets its participants write on the board."""
        return bool(self.classroom.controls.get("write"))

    def must(self, deed: Deed) -> None:
        """Refuse what the role, or the class's controls, do not cover."""
        if self.observer:
            raise NotAllowed(deed.value)
        must(self.role, deed, write=self.write)

    async def record(self, event: AnyEvent) -> int:
        """Write down what was done in the class's ledger."""
        return await events.record(self.work, self.tenant_id, self.classroom.classroom_id, event)


@dataclass(frozen=True)
class Actor(Insider):
    """The same in a lesson that is live until the work ends."""

    lesson: Lesson = field(kw_only=True)


class Seated(NamedTuple):
    """A seat that was not taken away, and whose it is."""

    seat: Participant
    user: User


async def inside(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> Insider:
    """The person behind a seat, or the server, in a class that is not over; LinkGone, Banned, LessonOver."""
    found = await _seated(work, tenant_id, classroom_id, participant_id)
    must_be_on(found.classroom)
    return found


async def acting(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> Actor:
    """The person behind a seat of the live class, or the server; LinkGone, Banned, NotStarted, LessonOver."""
    found = await _seated(work, tenant_id, classroom_id, participant_id)
    lesson = await rooms.open_lesson(work, tenant_id, classroom_id)
    if lesson is None:
        state = State(found.classroom.state)
        raise NotStarted if state is State.SCHEDULED else LessonOver(state.value)
    return Actor(**vars(found), lesson=lesson)


async def _seated(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> Insider:
    # The lock makes the deeds of a class take turns: what is read here stays true until the commit, so
    # counts are exact, a hand is raised once, and nothing is recorded after the lesson's end.
    classroom = await rooms.locked(work, tenant_id, classroom_id)
    seated = (
        None
        if participant_id == SERVER
        else Seated(*await participants.named(work, tenant_id, participant_id))
    )
    return insider(work, classroom, participant_id, seated)


def insider(work: Work, classroom: Classroom, participant_id: str, seated: Seated | None) -> Insider:
    """Whoever acts in a classroom that is held, by the seat that was found for them; LinkGone, Banned."""
    if participant_id == SERVER:
        return Insider(work, classroom, SERVER, "", SERVER, SeatRole.HOST)
    if seated is None or seated.seat.classroom_id != classroom.classroom_id:
        raise LinkGone
    seat, user = seated
    must_be_clean(seat.banned_at, seat.banned_until, work.now)
    role = SeatRole(seat.role)
    return Insider(work, classroom, participant_id, user.user_id, user.name, role, seat.observer)


def must_be_on(classroom: Classroom) -> None:
    """Refuse what is done in a class that is over."""
    if State(classroom.state) in OVER:
        raise LessonOver(classroom.state)
