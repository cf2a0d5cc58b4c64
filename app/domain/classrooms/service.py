"""The life of a classroom. Every change of state takes the classroom's row lock first."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete as sql_delete

from app.domain import alarms, events, feeds, outbox
from app.domain.classrooms import making, queries, reserved, series, turning
from app.domain.classrooms.plan import ClassroomPlan, Controls, PlanChanges, Recording, Terms, check
from app.domain.classrooms.tables import Classroom, Lesson
from app.domain.events import kinds
from app.domain.tenants import queries as tenants
from app.domain.users import queries as users
from app.kit import ids
from app.kit.work import Work
from app.rules.lifecycle import OVER, OVERTIME_GRACE_MINUTES, Action, State, advance
from app.rules.refusals import AlreadyEnded

NOT_HELD = (State.EXPIRED, State.CANCELLED)
HELD = (State.ENDED, State.COMPLETED)
PLAN_FIELDS = tuple(field.name for field in fields(ClassroomPlan))


async def schedule(work: Work, tenant_id: str, owner_id: str, plan: ClassroomPlan) -> Classroom:
    """Make a classroom with its three common links; its host's seat is enrolled by `participants`.

    A joint or reserved one may have no owner yet: the first host who comes becomes it. What is answered is
    to be read only; whoever goes on to change the classroom in this work reads it first.
    """
    if owner_id or not (plan.joint or plan.kind == "reserved"):
        await users.read(work, tenant_id, owner_id)
    check(plan, work.now, new_start=True)
    values = {
        "tenant_id": tenant_id,
        "classroom_id": ids.new_id(),
        "owner_id": owner_id,
        "state": State.SCHEDULED.value,
        "created_at": work.now,
        "revision": 0,
        "changed_at": work.now,
        "asking_until": None,
        **_columns(plan),
    }
    classroom = await making.make(work, values)
    await _watch_expiry(work, classroom)
    await series.watch_end(work, classroom)
    await events.record(
        work,
        tenant_id,
        classroom.classroom_id,
        kinds.ClassroomScheduled(_planned(work, classroom), classroom.timezone),
    )
    return classroom


async def edit(work: Work, tenant_id: str, classroom_id: str, changes: PlanChanges) -> Classroom:
    """Change a classroom's plan; without a change nothing happens.

    An expired or cancelled one that gets a new start waits for it again, and so does a standing one that gets
    further lessons. AlreadyEnded where the only lesson of a class was held and it is to be held again.
    """
    classroom = await queries.locked(work, tenant_id, classroom_id)
    changes = {name: value for name, value in changes.items() if name != "kind"}
    if not changes:
        return classroom
    before = _plan_of(classroom)
    plan = replace(before, **changes)
    # Another zone alone moves the instant, and nobody has set a start anew.
    new_start = plan.starts_at != before.starts_at and _wall(plan) != _wall(before)
    if new_start and classroom.kind == "once" and not classroom.joint and classroom.state in HELD:
        raise AlreadyEnded(classroom.state)
    check(plan, work.now, new_start=new_start)
    for name, value in _columns(plan).items():
        setattr(classroom, name, value)
    _revise(work, classroom)
    if classroom.state in NOT_HELD and new_start:
        classroom.state = State.SCHEDULED.value
    await work.db.flush()
    if not classroom.joint:
        await series.reopen(work, classroom)
    await _watch_expiry(work, classroom)
    await series.watch_end(work, classroom)
    lesson = await queries.open_lesson(work, tenant_id, classroom_id)
    if lesson is not None:
        await _watch_overtime(work, classroom, lesson)
    if State(classroom.state) not in OVER:
        # Of one that is still over nobody is told that it is upcoming.
        edited = kinds.ClassroomEdited(_planned(work, classroom), classroom.timezone, classroom.recorded)
        await events.record(work, tenant_id, classroom_id, edited)
    return classroom


async def start(work: Work, tenant_id: str, classroom_id: str) -> Lesson:
    """Go live: a lesson begins."""
    classroom = await turning.held(work, tenant_id, classroom_id)
    state = advance(State(classroom.state), Action.START, reopens=classroom.reopens)
    planned_at = await series.planned_start(work, classroom)
    lesson_id = ids.new_id()
    seq = await events.record(
        work,
        tenant_id,
        classroom_id,
        kinds.LessonStarted(lesson_id, planned_at, classroom.timezone, work.now),
    )
    lesson = Lesson(
        tenant_id=tenant_id,
        lesson_id=lesson_id,
        classroom_id=classroom_id,
        planned_at=planned_at,
        started_at=work.now,
        ended_at=None,
        first_seq=seq,
        last_seq=None,
        stretch_at=work.now if classroom.joint else None,
        interrupted_at=None,
        counted_seconds=0,
    )
    await turning.begin(work, classroom, state, lesson)
    await alarms.cancel(work, tenant_id, "expire", classroom_id)
    await _watch_overtime(work, classroom, lesson)
    # A joint lesson may be interrupted at once: that changes a row of the session.
    return lesson if not classroom.joint else await work.db.get_one(Lesson, (tenant_id, lesson_id))


async def end(work: Work, tenant_id: str, classroom_id: str, *, by: str) -> Lesson:
    """End the lesson; its report is settled by an alarm that is due at once."""
    classroom = await turning.held(work, tenant_id, classroom_id)
    state = advance(State(classroom.state), Action.END, reopens=classroom.reopens, lingers=classroom.lingers)
    lesson = await _close_lesson(work, classroom, state, by)
    if not await series.complete(work, classroom) and State(classroom.state) in OVER:
        await series.stop_recording(work, classroom)
    if classroom.lingers:
        await reserved.watch_closing(work, classroom)
    return lesson


async def expire(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Its time passed and nobody started it."""
    classroom = await queries.locked(work, tenant_id, classroom_id)
    if classroom.state != State.SCHEDULED:
        return
    classroom.state = State.EXPIRED.value
    await series.stop_recording(work, classroom)
    await events.record(
        work, tenant_id, classroom_id, kinds.ClassroomExpired(_planned(work, classroom), classroom.timezone)
    )


async def cancel(work: Work, tenant_id: str, classroom_id: str) -> None:
    """It will not be held; a lesson that is live ends. Cancelling again changes nothing."""
    classroom = await queries.locked(work, tenant_id, classroom_id)
    if classroom.state == State.CANCELLED:
        return
    if classroom.state in (State.ENDED, State.COMPLETED):
        raise AlreadyEnded(classroom.state)
    if classroom.state == State.LIVE:
        await _close_lesson(work, classroom, State.CANCELLED, "cancelled")
    classroom.state = State.CANCELLED.value
    _revise(work, classroom)
    await alarms.cancel(work, tenant_id, "expire", classroom_id)
    await alarms.cancel(work, tenant_id, "series", classroom_id)
    await series.stop_recording(work, classroom)
    await events.record(
        work, tenant_id, classroom_id, kinds.ClassroomCancelled(_planned(work, classroom), classroom.timezone)
    )


async def delete(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Remove a classroom with everything of it: seats, visits, chat, reports, events, alarms, pings."""
    await queries.locked(work, tenant_id, classroom_id)
    await alarms.erase(work, tenant_id, classroom_id)
    await events.erase(work, tenant_id, classroom_id)
    await feeds.erase(work, tenant_id, classroom_id)
    await outbox.erase(work, tenant_id, classroom_id)
    await work.db.execute(
        sql_delete(Classroom).where(Classroom.tenant_id == tenant_id, Classroom.classroom_id == classroom_id)
    )
    work.ring(f"room:{tenant_id}:{classroom_id}")


async def _close_lesson(work: Work, classroom: Classroom, state: State, by: str) -> Lesson:
    """End the lesson of a classroom that is held and goes to this state with it."""
    tenant_id, classroom_id = classroom.tenant_id, classroom.classroom_id
    lesson = await turning.open_lesson(work, classroom)
    if lesson is None:
        message = f"classroom {classroom_id} is live and has no open lesson"
        raise RuntimeError(message)
    seconds = lesson.seconds(work.now) if classroom.joint else None
    for kind in ("overtime", "empty", "crash"):
        await alarms.cancel(work, tenant_id, kind, lesson.lesson_id)
    await alarms.set_alarm(
        work, tenant_id, "settle", lesson.lesson_id, due_at=work.now, classroom_id=classroom_id
    )
    seq = await events.record(
        work,
        tenant_id,
        classroom_id,
        kinds.LessonEnded(
            lesson.lesson_id,
            lesson.planned_at,
            classroom.timezone,
            work.now,
            by,
            seconds,
            classroom.reference or "",
            classroom.endpoint,
            stays=state is State.ENDED,
            started_at=lesson.started_at,
        ),
    )
    await turning.end(work, classroom, state, lesson, seq=seq)
    return lesson


async def _watch_expiry(work: Work, classroom: Classroom) -> None:
    if classroom.kind == "once" and classroom.state == State.SCHEDULED and classroom.starts_at:
        due_at = classroom.starts_at + timedelta(minutes=classroom.duration_minutes)
        await alarms.set_alarm(
            work,
            classroom.tenant_id,
            "expire",
            classroom.classroom_id,
            due_at=due_at,
        )


async def _watch_overtime(work: Work, classroom: Classroom, lesson: Lesson) -> None:
    if classroom.kind == "reserved":
        # Its end is told by its schedule, to the second, by its length, or by somebody.
        length = classroom.terms.get("length_seconds")
        if length is not None:
            await alarms.set_alarm(
                work,
                classroom.tenant_id,
                "finish",
                classroom.classroom_id,
                due_at=lesson.started_at + timedelta(seconds=length),
            )
        return
    grace = await tenants.limit(work, classroom.tenant_id, "grace_minutes", OVERTIME_GRACE_MINUTES)
    begins = max(lesson.planned_at, lesson.started_at)
    due_at = begins + timedelta(minutes=classroom.duration_minutes + grace)
    await alarms.set_alarm(
        work,
        classroom.tenant_id,
        "overtime",
        lesson.lesson_id,
        due_at=due_at,
        classroom_id=classroom.classroom_id,
    )


def _revise(work: Work, classroom: Classroom) -> None:
    classroom.revision += 1
    classroom.changed_at = work.now


def _wall(plan: ClassroomPlan) -> datetime | None:
    """What the clocks of its zone say at its start."""
    return plan.starts_at and plan.starts_at.astimezone(ZoneInfo(plan.timezone)).replace(tzinfo=None)


def _planned(work: Work, classroom: Classroom) -> datetime:
    return classroom.starts_at or work.now


def _columns(plan: ClassroomPlan) -> dict[str, object]:
    values = {name: getattr(plan, name) for name in PLAN_FIELDS}
    return values | {
        "weekdays": list(plan.weekdays),
        "recording": dict(vars(plan.recording)),
        "controls": dict(vars(plan.controls)),
        "terms": dict(vars(plan.terms)),
    }


def _plan_of(classroom: Classroom) -> ClassroomPlan:
    values = {name: getattr(classroom, name) for name in PLAN_FIELDS}
    return ClassroomPlan(
        **values
        | {
            "weekdays": tuple(classroom.weekdays),
            "recording": Recording(**classroom.recording),
            "controls": Controls(**classroom.controls),
            "terms": Terms(**classroom.terms),
        }
    )
