"""A recorded lesson for tests: what people do is written into the ledger as the room's verbs write it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.domain import classrooms, events, participants, users
from app.domain.classrooms.plan import ClassroomPlan, Recording
from app.domain.events import kinds
from app.domain.participants import queries as seats
from app.domain.presence import close_visit, open_visit
from app.domain.users import UserDraft
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.presence import LeaveReason

RED, BLUE = "#ff0000", "#0000ff"


@dataclass(frozen=True)
class Class:
    """A class with its teacher and one student."""

    tenant_id: str
    classroom_id: str
    teacher: str
    student: str
    student_user: str


async def a_class(works: Works, tenant_id: str, recording: Recording | None = None, **plan: Any) -> Class:
    """A class that is recorded unless said otherwise, with seats for a teacher and a student."""
    async with works.begin() as work:
        teacher = await users.add(work, tenant_id, UserDraft("Ms Teach"))
        student = await users.add(work, tenant_id, UserDraft("Ada"))
        values = {"starts_at": work.now + timedelta(minutes=5)} | plan
        recording = recording or Recording(record=True)
        made = await classrooms.schedule(
            work,
            tenant_id,
            teacher.user_id,
            ClassroomPlan(title="Algebra", timezone="Asia/Kolkata", recording=recording, **values),
        )
        await participants.host_link(work, tenant_id, made.classroom_id)
        await participants.enrol_many(work, tenant_id, made.classroom_id, [(student.user_id, "")])
        found = {
            seat.user_id: seat.participant_id
            for seat in await seats.seats(work, tenant_id, made.classroom_id)
        }
    return Class(
        tenant_id, made.classroom_id, found[teacher.user_id], found[student.user_id], student.user_id
    )


async def record(works: Works, made: Class, *happened: kinds.AnyEvent) -> None:
    async with works.begin() as work:
        for event in happened:
            await events.record(work, made.tenant_id, made.classroom_id, event)


async def enter(works: Works, made: Class, participant_id: str) -> str:
    async with works.begin() as work:
        visit = await open_visit(
            work,
            made.tenant_id,
            made.classroom_id,
            participant_id,
            tab=participant_id,
            ip="192.0.2.7",
            user_agent="Browser 1",
        )
    return visit.visit_id


async def leave(works: Works, made: Class, visit_id: str) -> None:
    async with works.begin() as work:
        await close_visit(work, made.tenant_id, visit_id, reason=LeaveReason.LEFT, at=work.now)


async def start(works: Works, made: Class) -> str:
    async with works.begin() as work:
        lesson = await classrooms.start(work, made.tenant_id, made.classroom_id)
    return lesson.lesson_id


async def end(works: Works, made: Class) -> None:
    async with works.begin() as work:
        await classrooms.end(work, made.tenant_id, made.classroom_id, by=made.teacher)


def stroke(made: Class, name: str, page: int = 1, color: str = RED, **more: Any) -> kinds.StrokeDrawn:
    values: dict[str, Any] = {"width": 4, "points": ((0, 0), (5000, 5000), (10000, 0))} | more
    return kinds.StrokeDrawn(name, made.teacher, page, color, **values)


async def a_lesson(works: Works, clock: ManualClock, made: Class) -> str:
    """Two minutes: the teacher waits, all meet, draw, ask, answer; Ada leaves after 80 s."""
    teacher, student = made.teacher, made.student
    await enter(works, made, teacher)
    clock.advance(timedelta(seconds=30))
    lesson_id = await start(works, made)
    begins = clock.now()

    async def at(second: int, happened: Sequence[kinds.AnyEvent]) -> None:
        clock.set(begins + timedelta(seconds=second))
        await record(works, made, *happened)

    await at(10, [])
    visit_id = await enter(works, made, student)
    await at(20, [said(made, teacher, "Ms Teach", "Good morning <b>!")])
    await at(25, [said(made, student, "Ada", "My secret", to=teacher)])
    await at(30, [stroke(made, "s1"), stroke(made, "s2", page=2, color=BLUE)])
    await at(35, [kinds.HandRaised(student, "Ada"), kinds.Reacted(student, "Ada", "👏")])
    await at(40, [kinds.QuestionAsked("q1", student, "Ada", "Why is that?")])
    await at(45, [kinds.HandLowered(student, teacher), kinds.QuestionClosed("q1", teacher)])
    await at(50, [kinds.QuizStarted("z1", teacher, "2 + 2?", ("3", "4"))])
    await at(55, [kinds.QuizAnswered("z1", student, (1,), correct=True, answered=1)])
    await at(60, [kinds.QuizEnded("z1", teacher, (1,), (0, 1), 1)])
    fractions = ("f1", teacher, "u1", "Fractions.pdf", "application/pdf", lesson_id, clock.now())
    await at(65, [kinds.ContentShared(*fractions, again=False)])
    await at(70, [kinds.PageTurned(2, teacher), kinds.ContentOpened("f1", student)])
    await at(75, [kinds.BoardCleared(1, teacher), stroke(made, "s3", points=((5000, 5000),))])
    await at(80, [])
    await leave(works, made, visit_id)
    await at(90, [said(made, teacher, "Ms Teach", "See you\n[0:00:00] Ada: forged")])
    await at(120, [])
    await end(works, made)
    return lesson_id


def said(made: Class, who: str, name: str, text: str, to: str | None = None) -> kinds.MessageSent:
    return kinds.MessageSent(f"m-{text}", who, name, text, to, None)
