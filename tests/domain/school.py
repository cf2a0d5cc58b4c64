"""A tenant in whose name domain tests speak: each verb is a work of its own, as from an edge."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from common import START
from sqlalchemy import func, select, text

from app.domain import activities, classrooms, participants, presence, users
from app.domain.classrooms import queries as rooms
from app.domain.classrooms.plan import ClassroomPlan
from app.domain.classrooms.tables import Classroom
from app.domain.events import queries as ledger
from app.domain.events.tables import Event
from app.domain.metadata import metadata
from app.domain.participants import queries as seats
from app.domain.participants.queries import Door
from app.domain.presence import queries as visits
from app.domain.users import UserDraft
from app.kit.clock import ManualClock
from app.kit.work import Work, Works
from app.rules.presence import LeaveReason
from app.rules.seats import SeatRole
from app.workers.scheduler import Scheduler

IN_AN_HOUR = START + timedelta(hours=1)


@dataclass
class School:
    works: Works
    tenant_id: str

    def begin(self) -> AbstractAsyncContextManager[Work]:
        return self.works.begin()

    async def user(self, name: str = "Ada", **draft: str) -> str:
        async with self.begin() as work:
            return (await users.add(work, self.tenant_id, UserDraft(name, **draft))).user_id

    async def classroom(self, owner: str = "", **plan: Any) -> Classroom:
        """A classroom with its host's seat, an hour of Algebra that begins in an hour."""
        owner = owner or await self.user("Ms Teach")
        values = {"title": "Algebra", "starts_at": IN_AN_HOUR, "timezone": "UTC"} | plan
        async with self.begin() as work:
            made = await classrooms.schedule(work, self.tenant_id, owner, ClassroomPlan(**values))
            await participants.host_link(work, self.tenant_id, made.classroom_id)
            return made

    async def edit(self, classroom: Classroom, **changes: Any) -> None:
        async with self.begin() as work:
            await classrooms.edit(work, self.tenant_id, classroom.classroom_id, changes)

    async def state(self, classroom: Classroom) -> str:
        async with self.begin() as work:
            found = await rooms.locked(work, self.tenant_id, classroom.classroom_id)
            return found.state

    async def common_link(self, classroom: Classroom, role: str = "participant") -> str:
        async with self.begin() as work:
            links = await seats.common_links(work, self.tenant_id, classroom.classroom_id)
            return links[SeatRole(role)]

    async def enrol(self, classroom: Classroom, *user_ids: str, role: str = "participant") -> list[str]:
        """The own links of these users."""
        link = await self.common_link(classroom, role)
        async with self.begin() as work:
            found = await participants.enrol_many(
                work, self.tenant_id, classroom.classroom_id, [(user_id, link) for user_id in user_ids]
            )
            return [own for _, own in found]

    async def seat(self, classroom: Classroom, name: str = "", role: str = "participant") -> str:
        """The seat of a new user of this name; without a name the owner's."""
        user_id = classroom.owner_id
        if name:
            user_id = await self.user(name)
            await self.enrol(classroom, user_id, role=role)
        return await self.seat_of(classroom, user_id)

    async def seat_of(self, classroom: Classroom, user_id: str) -> str:
        async with self.begin() as work:
            seat = await seats.seat_of(work, self.tenant_id, classroom.classroom_id, user_id)
            return seat.participant_id

    async def door(self, link: str) -> Door:
        async with self.begin() as work:
            return await seats.door(work, self.tenant_id, link)

    async def guest(self, link: str, name: str) -> str:
        """The seat of a guest who came by a common link."""
        async with self.begin() as work:
            door = await seats.door(work, self.tenant_id, link)
            return (await participants.enter_as_guests(work, door, [name]))[0].participant_id

    async def start(self, classroom: Classroom) -> str:
        async with self.begin() as work:
            return (await classrooms.start(work, self.tenant_id, classroom.classroom_id)).lesson_id

    async def end(self, classroom: Classroom) -> None:
        async with self.begin() as work:
            await classrooms.end(work, self.tenant_id, classroom.classroom_id, by="host")

    async def cancel(self, classroom: Classroom) -> None:
        async with self.begin() as work:
            await classrooms.cancel(work, self.tenant_id, classroom.classroom_id)

    async def enter(self, classroom: Classroom, seat: str, tab: str = "tab", ip: str = "192.0.2.1") -> str:
        async with self.begin() as work:
            visit = await presence.open_visit(
                work, self.tenant_id, classroom.classroom_id, seat, tab=tab, ip=ip, user_agent="Browser"
            )
            return visit.visit_id

    async def touch(self, visit_id: str) -> bool:
        async with self.begin() as work:
            return await presence.touch(work, self.tenant_id, visit_id, work.now)

    async def leave(self, visit_id: str) -> None:
        async with self.begin() as work:
            await presence.close_visit(work, self.tenant_id, visit_id, reason=LeaveReason.LEFT, at=work.now)

    async def people(self, classroom: Classroom) -> list[str]:
        """The names of those in the room."""
        async with self.begin() as work:
            return [one.name for one in await visits.people(work, self.tenant_id, classroom.classroom_id)]

    async def say(self, classroom: Classroom, seat: str, text: str, to: str | None = None) -> None:
        async with self.begin() as work:
            await activities.say(work, self.tenant_id, classroom.classroom_id, seat, text, to)

    async def hold(self, user_id: str, clock: ManualClock, *, ip: str, **plan: Any) -> Classroom:
        """A lesson of ten minutes in which the user was and spoke, with all that follows from its end."""
        classroom = await self.classroom(**plan)
        await self.enrol(classroom, user_id)
        seat = await self.seat_of(classroom, user_id)
        await self.start(classroom)
        visit = await self.enter(classroom, seat, ip=ip)
        await self.say(classroom, seat, "My secret")
        clock.advance(timedelta(minutes=10))
        await self.leave(visit)
        await self.end(classroom)
        await self.tick()
        return classroom

    async def tick(self) -> list[str]:
        """Ring what is due, until nothing is; the kinds in order."""
        # One after the other: the works of a test that is rolled back have one connection.
        scheduler, rung = Scheduler(self.works, at_once=1), []
        while await scheduler.tick():
            rung += [alarm.kind for alarm in scheduler.rung]
        return rung

    async def rows_read(self, table: str, act: Callable[[Work], Awaitable[Any]]) -> int:
        """How many rows of a table the database fetches for this, in a work of its own."""
        fetched = text(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = :table"
        )
        async with self.begin() as work:
            before = int(await work.db.scalar(fetched, {"table": table}) or 0)
            await act(work)
            return int(await work.db.scalar(fetched, {"table": table}) or 0) - before

    async def waiting(self) -> int:
        """How many transactions on this database wait for another's lock."""
        wanted = text(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE NOT l.granted AND a.datname = current_database()"
        )
        async with self.begin() as work:
            return await work.db.scalar(wanted) or 0

    async def events(self, classroom: Classroom) -> Sequence[Event]:
        async with self.begin() as work:
            return await ledger.after(work, self.tenant_id, classroom.classroom_id, 0)

    async def kinds(self, classroom: Classroom) -> list[str]:
        return [event.kind for event in await self.events(classroom)]

    async def report(self, classroom: Classroom) -> dict[str, dict[str, Any]]:
        """The rows of the latest attendance report by user."""
        reports = [event.data for event in await self.events(classroom) if event.kind == "AttendanceReady"]
        return {row["user_id"]: row for row in reports[-1]["rows"]}

    async def rows(self) -> dict[str, int]:
        """How many rows of this tenant each table has, the empty ones left out."""
        counts = {}
        async with self.begin() as work:
            for table in metadata.sorted_tables:
                if "tenant_id" in table.c:
                    wanted = select(func.count()).where(table.c.tenant_id == self.tenant_id)
                    counts[table.name] = await work.db.scalar(wanted) or 0
        return {name: count for name, count in counts.items() if count}

    async def everything(self) -> str:
        """All rows of this tenant as one text."""
        texts: list[str] = []
        async with self.begin() as work:
            for table in metadata.sorted_tables:
                if "tenant_id" in table.c:
                    found = await work.db.execute(select(table).where(table.c.tenant_id == self.tenant_id))
                    texts += [f"{table.name}: {tuple(row)!r}" for row in found]
        return "\n".join(texts)
