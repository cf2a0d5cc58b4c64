"""A lesson as the rooms hold it, told through the domain's verbs."""

from datetime import timedelta

from app.domain import enquiries, joint, outbox, participants, presence
from app.domain.classrooms.tables import Classroom
from app.domain.outbox import Outcome
from app.domain.outbox.claiming import Room, claim
from app.domain.participants.tables import Participant
from app.domain.users import UserDraft
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.presence import LeaveReason
from app.rules.seats import SeatRole

TOKEN = "ABC123"


class Lesson:
    """A lesson at the token ABC123 as the rooms hold it, told through the domain's verbs."""

    def __init__(self, works: Works, tenant_id: str, clock: ManualClock, token: str = TOKEN) -> None:
        self.works, self.tenant_id, self.clock, self.token = works, tenant_id, clock, token
        self.seats: dict[str, Participant] = {}
        self.visits: dict[str, str] = {}

    async def come(self, person: str, name: str, role: SeatRole) -> tuple[Participant, str]:
        async with self.works.begin() as work:
            await enquiries.note(
                work,
                self.tenant_id,
                "connect_lesson",
                endpoint="callback",
                reference=self.token,
                person=person,
                granted=True,
                status=200,
                duration_ms=5,
                why="",
                response='{"status":true}',
            )
            await joint.must_be_open(work, self.tenant_id, self.token, "callback")
            room = await joint.called(work, self.tenant_id, self.token, "callback")
            seat = await participants.admit(work, room, UserDraft(name, external_id=person), role)
            await presence.must_have_room(work, self.tenant_id, room.classroom_id, seat.participant_id)
            visit = await presence.open_visit(
                work,
                self.tenant_id,
                room.classroom_id,
                seat.participant_id,
                tab=person,
                ip="192.0.2.1",
                user_agent="Browser",
            )
            self.room: Classroom = room
            return seat, visit.visit_id

    async def go(self, visit_id: str) -> None:
        async with self.works.begin() as work:
            await presence.close_visit(work, self.tenant_id, visit_id, reason=LeaveReason.LEFT, at=work.now)

    async def held(self) -> None:
        """Ten minutes between a tutor and a student, ended by the tutor."""
        tutor, at_desk = await self.come("222", "Ms Ada Teach", SeatRole.HOST)
        _, in_chair = await self.come("111", "John Smith", SeatRole.PARTICIPANT)
        async with self.works.begin() as work:
            await joint.start_together(work, self.tenant_id, self.room.classroom_id)
        self.clock.advance(timedelta(minutes=10))
        async with self.works.begin() as work:
            await joint.end_jointly(work, self.tenant_id, self.room.classroom_id, tutor.participant_id)
        await self.go(in_chair)
        await self.go(at_desk)

    async def tried(self, *statuses: int | None) -> None:
        """What is owed is tried, with these answers."""
        for status in statuses:
            self.clock.advance(timedelta(hours=1))
            async with self.works.begin() as work:
                [claimed] = await claim(work, Room.for_all(10))
                error = None if status else "refused"
                text = "" if status is None else "oh no" if status == 500 else ""
                await outbox.settle(work, claimed, Outcome(status, 7, error, response_body=text))
