"""A class with people in it, made through the domain."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from app.domain import classrooms, participants, presence, users
from app.domain.classrooms.plan import ClassroomPlan, Controls
from app.domain.classrooms.tables import Lesson
from app.domain.events import queries as ledger
from app.domain.participants import queries as seats
from app.domain.tenants.tables import Tenant
from app.domain.users import UserDraft
from app.kit.work import Works
from app.rules.seats import SeatRole


@dataclass(frozen=True)
class Held:
    """A live class; `host` and `students` are seats, as the verbs of a room take them."""

    works: Works
    tenant_id: str
    classroom_id: str
    user_ids: tuple[str, ...]
    host: tuple[str, str, str]
    moderator: tuple[str, str, str]
    students: tuple[tuple[str, str, str], ...]
    lesson: Lesson

    async def do(self, verb: Any, who: tuple[str, str, str], **values: Any) -> Any:
        """Let somebody do something, in a work of its own."""
        async with self.works.begin() as work:
            return await verb(work, *who, **values)

    async def kinds(self) -> list[str]:
        """What happened since the lesson's start."""
        return [event.kind for event in await self.events()]

    async def events(self, *kinds: str) -> list[Any]:
        """What happened since the lesson's start, of these kinds or of all."""
        async with self.works.begin() as work:
            found = await ledger.after(
                work, self.tenant_id, self.classroom_id, self.lesson.first_seq, limit=1000
            )
        return [event for event in found if not kinds or event.kind in kinds]

    async def end(self) -> None:
        async with self.works.begin() as work:
            await classrooms.end(work, self.tenant_id, self.classroom_id, by=self.host[2])

    async def again(self) -> "Held":
        """The next lesson of the same class."""
        async with self.works.begin() as work:
            return replace(self, lesson=await classrooms.start(work, self.tenant_id, self.classroom_id))

    async def arrive(self, who: tuple[str, str, str], tab: str = "tab") -> str:
        """Somebody opens a tab; its visit."""
        async with self.works.begin() as work:
            return (await presence.open_visit(work, *who, tab=tab, ip="", user_agent="")).visit_id


async def held(works: Works, tenant: Tenant, students: int = 2, *, write: bool = False) -> Held:
    """A class that may be held again, live, with a host, a moderator and students."""
    tenant_id = tenant.tenant_id
    async with works.begin() as work:
        people = [
            await users.add(work, tenant_id, UserDraft(name))
            for name in ["Ms Teach", "Mo", *(f"Student {n}" for n in range(1, students + 1))]
        ]
        user_ids = [user.user_id for user in people]
        plan = ClassroomPlan(
            title="Algebra",
            timezone="UTC",
            kind="standing",
            starts_at=work.now + timedelta(hours=1),
            controls=Controls(write=write),
        )
        classroom = await classrooms.schedule(work, tenant_id, user_ids[0], plan)
        classroom_id = classroom.classroom_id
        await participants.host_link(work, tenant_id, classroom_id)
        links = await seats.common_links(work, tenant_id, classroom_id)
        roles = [SeatRole.MODERATOR] + [SeatRole.PARTICIPANT] * students
        await participants.enrol_many(
            work,
            tenant_id,
            classroom_id,
            [(user_id, links[role]) for user_id, role in zip(user_ids[1:], roles, strict=True)],
        )
        by_user = {
            seat.user_id: seat.participant_id for seat in await seats.seats(work, tenant_id, classroom_id)
        }
        lesson = await classrooms.start(work, tenant_id, classroom_id)
    host, moderator, *rest = [(tenant_id, classroom_id, by_user[user_id]) for user_id in user_ids]
    return Held(works, tenant_id, classroom_id, tuple(user_ids), host, moderator, tuple(rest), lesson)
