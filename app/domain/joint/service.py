"""Starting and ending a joint lesson: both sides press start, the customer is asked, either side ends it."""

from datetime import timedelta

from sqlalchemy import select, update

from app.domain import classrooms, events
from app.domain.classrooms import company
from app.domain.classrooms import queries as rooms
from app.domain.classrooms.tables import Classroom, Lesson
from app.domain.events import kinds
from app.domain.joint.arranging import plan_of
from app.domain.participants import queries as participants
from app.domain.participants.tables import Participant
from app.domain.presence import queries as presence
from app.domain.tenants import queries as tenants
from app.kit.work import Work
from app.rules import doors
from app.rules.lifecycle import Action, State, advance
from app.rules.recurrence import EARLY_MINUTES
from app.rules.refusals import NotHost
from app.rules.seats import both_sides

ASKING = timedelta(seconds=30)
"""Longer than the customer may take to answer: whoever asked may have died meanwhile."""


async def called(work: Work, tenant_id: str, reference: str, endpoint: str) -> Classroom:
    """The classroom that the customer calls so; the first who comes makes it."""
    await rooms.hold_name(work, tenant_id, f"{endpoint}/{reference}")
    known = await rooms.by_reference(work, tenant_id, reference, joint=True, endpoint=endpoint)
    if known is not None:
        return known
    made = await classrooms.schedule(work, tenant_id, "", plan_of(reference, endpoint))
    return await rooms.by_id(work, tenant_id, made.classroom_id)


async def must_be_open(work: Work, tenant_id: str, reference: str, endpoint: str) -> Classroom | None:
    """The classroom that the customer calls so, if there is one; who comes outside its times is refused."""
    classroom = await rooms.by_reference(work, tenant_id, reference, joint=True, endpoint=endpoint)
    if classroom is None:
        return None
    early = await tenants.limit(work, tenant_id, "early_minutes", EARLY_MINUTES)
    state = State(classroom.state)
    doors.must_be_open(state, classroom.starts_at, classroom.ends_on, work.now, timedelta(minutes=early))
    return classroom


async def holds(work: Work, tenant_id: str, classroom_id: str) -> bool:
    """Whether a classroom is held jointly."""
    return (await rooms.by_id(work, tenant_id, classroom_id)).joint


async def press_start(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> bool:
    """Somebody is ready; true when both sides are, and the caller is the one to ask the customer now."""
    classroom = await rooms.locked(work, tenant_id, classroom_id)
    advance(State(classroom.state), Action.START, reopens=classroom.reopens)
    seat, user = await participants.named(work, tenant_id, participant_id)
    if seat.ready_at is None:
        seat.ready_at = work.now
        await work.db.flush()
        await events.record(work, tenant_id, classroom_id, kinds.StartPressed(participant_id, user.name))
    asked = classroom.asking_until is not None and classroom.asking_until > work.wall
    if asked or not both_sides(await _ready(work, tenant_id, classroom_id)):
        return False
    classroom.asking_until = work.wall + ASKING
    await work.db.flush()
    return True


async def ready(work: Work, classroom: Classroom) -> list[str]:
    """The seats of those who pressed start, in order."""
    found = await work.db.scalars(
        select(Participant.participant_id)
        .where(
            Participant.tenant_id == classroom.tenant_id,
            Participant.classroom_id == classroom.classroom_id,
            Participant.ready_at.is_not(None),
        )
        .order_by(Participant.ready_at, Participant.participant_id)
    )
    return list(found)


async def start_together(work: Work, tenant_id: str, classroom_id: str) -> Lesson:
    """The customer said yes: the lesson and its clock begin."""
    lesson = await classrooms.start(work, tenant_id, classroom_id)
    await _unready(work, tenant_id, classroom_id)
    # Somebody may have gone while the customer thought: to the customer the lesson has started all the same.
    if not both_sides(await presence.roles(work, tenant_id, classroom_id)):
        await company.interrupt(work, lesson, at=work.now)
    return lesson


async def refuse_start(work: Work, tenant_id: str, classroom_id: str, message: str) -> None:
    """The customer said no: everybody hears why, and may press again."""
    await rooms.locked(work, tenant_id, classroom_id)
    await _unready(work, tenant_id, classroom_id)
    await events.record(work, tenant_id, classroom_id, kinds.StartRefused(message))


async def end_jointly(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> Lesson:
    """Either side presses end."""
    seat, _ = await participants.named(work, tenant_id, participant_id)
    if seat.classroom_id != classroom_id:
        raise NotHost
    return await classrooms.end(work, tenant_id, classroom_id, by=participant_id)


async def _ready(work: Work, tenant_id: str, classroom_id: str) -> set[str]:
    found = await work.db.scalars(
        select(Participant.role).where(
            Participant.tenant_id == tenant_id,
            Participant.classroom_id == classroom_id,
            Participant.ready_at.is_not(None),
        )
    )
    return set(found)


async def _unready(work: Work, tenant_id: str, classroom_id: str) -> None:
    classroom = await rooms.locked(work, tenant_id, classroom_id)
    classroom.asking_until = None
    await work.db.flush()
    await work.db.execute(
        update(Participant)
        .where(Participant.tenant_id == tenant_id, Participant.classroom_id == classroom_id)
        .values(ready_at=None)
    )
