"""The life of reserved classrooms."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from app.domain import alarms, classrooms, participants, presence
from app.domain.classrooms import ClassroomPlan
from app.domain.classrooms import queries as known
from app.domain.classrooms.plan import LONGEST_MINUTES, Controls, Terms
from app.domain.classrooms.tables import Classroom
from app.domain.classrooms.turning import held
from app.domain.participants.tables import Participant
from app.domain.rooms import holding, queries
from app.domain.rooms.tables import Reservation
from app.domain.users import UserDraft
from app.kit.work import Work
from app.rules.booking import (
    LONGEST_SECONDS,
    ONE_PLACE_EACH,
    USUAL_LINGER_SECONDS,
    Form,
    must_be_bookable,
    must_have_a_place,
)
from app.rules.lifecycle import KEPT_AFTER_THE_END, KEPT_AT_MOST, OVER, State
from app.rules.presence import LeaveReason
from app.rules.properties import must_fit
from app.rules.refusals import AlreadyEnded, AlreadyStarted, NameTaken, OtherForm, RoomClosed
from app.rules.seats import SeatRole


@dataclass(frozen=True)
class Booking:
    """What is said of a classroom to be reserved. Without a start it waits for somebody to begin it."""

    title: str
    form: Form
    starts_at: datetime | None = None
    duration_seconds: int | None = None
    linger_seconds: int = USUAL_LINGER_SECONDS
    properties: dict[str, Any] = field(default_factory=dict, hash=False)
    controls: Controls = field(default_factory=Controls)


async def reserve(work: Work, tenant_id: str, reference: str, booking: Booking) -> Classroom:
    """Make a classroom under the customer's name; NameTaken, or OtherForm, where there is one."""
    must_be_bookable(booking.title, booking.duration_seconds, booking.linger_seconds)
    must_fit("properties", booking.properties)
    await known.hold_name(work, tenant_id, f"room/{reference}")
    there = await known.by_reference(work, tenant_id, reference, joint=False)
    if there is not None:
        held = await queries.reservation(work, there)
        if held.form != booking.form:
            raise OtherForm(reference, held.form)
        raise NameTaken(reference)
    classroom = await classrooms.schedule(work, tenant_id, "", _plan(reference, booking))
    work.db.add(
        Reservation(
            tenant_id=tenant_id,
            classroom_id=classroom.classroom_id,
            form=booking.form.value,
            duration_seconds=booking.duration_seconds,
            properties=booking.properties,
        )
    )
    await work.db.flush()
    await _watch(work, classroom, "release", _kept_until(classroom.created_at, booking))
    if booking.starts_at is not None:
        # What is due already happens now, and not when it should have: what ends now ended now.
        await _watch(work, classroom, "begin", max(booking.starts_at, work.now))
        if booking.duration_seconds is not None:
            ends_at = booking.starts_at + timedelta(seconds=booking.duration_seconds)
            await _watch(work, classroom, "finish", max(ends_at, work.now))
    return classroom


def _kept_until(made_at: datetime, booking: Booking) -> datetime:
    """How long a classroom is kept in which nothing happens: one that is far ahead, until it is over."""
    if booking.starts_at is None:
        return made_at + KEPT_AT_MOST
    length = timedelta(seconds=booking.duration_seconds or LONGEST_SECONDS)
    after = max(timedelta(seconds=booking.linger_seconds), KEPT_AFTER_THE_END)
    return max(made_at + KEPT_AT_MOST, booking.starts_at + length + after)


async def set_state(work: Work, tenant_id: str, classroom_id: str, wanted: State) -> None:
    """Bring a classroom to a state: live, ended, or completed (closed). There is no way back."""
    classroom = await held(work, tenant_id, classroom_id)
    state = State(classroom.state)
    match wanted:
        case State.LIVE:
            await classrooms.start(work, tenant_id, classroom_id)
        case State.ENDED:
            await _finish(work, classroom, "server")
        case State.COMPLETED:
            if state is not State.ENDED:
                await _finish(work, classroom, "server")
            if classroom.lingers:
                await shut(work, tenant_id, classroom_id)
        case _ if state is State.LIVE:
            raise AlreadyStarted
        case _ if state is not State.SCHEDULED:
            raise AlreadyEnded(classroom.state)


async def begin(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Its time has come; nothing happens where somebody began it before."""
    classroom = await held(work, tenant_id, classroom_id)
    if classroom.state == State.SCHEDULED:
        await classrooms.start(work, tenant_id, classroom_id)


async def finish(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Its time is over; nothing happens where somebody ended it before."""
    classroom = await held(work, tenant_id, classroom_id)
    if classroom.state in (State.SCHEDULED, State.LIVE):
        await _finish(work, classroom, "schedule")


async def close(work: Work, tenant_id: str, classroom_id: str) -> None:
    """People had their time to linger; nothing happens where somebody closed it before."""
    classroom = await held(work, tenant_id, classroom_id)
    if classroom.state == State.ENDED:
        await shut(work, tenant_id, classroom_id)


async def shut(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Close the doors: everybody is put out, and nobody enters."""
    await classrooms.close(work, tenant_id, classroom_id)
    await presence.close_all(work, tenant_id, classroom_id, reason=LeaveReason.ENDED, at=work.now)


async def release(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Give the name free. What happened in the classroom can be polled for another hour.

    One that is not closed yet is closed first, in a work of its own: its last events have its name.
    """
    classroom = await known.locked(work, tenant_id, classroom_id)
    if classroom.state in (State.SCHEDULED, State.LIVE):
        await _finish(work, classroom, "released")
    if classroom.state == State.ENDED:
        await shut(work, tenant_id, classroom_id)
        await _watch(work, classroom, "release", work.now)
        return
    classroom.reference = None
    await work.db.flush()
    await _watch(work, classroom, "feed", work.now + KEPT_AFTER_THE_END)
    for kind in ("begin", "finish", "close", "release", "trim"):
        await alarms.cancel(work, tenant_id, kind, classroom_id)


async def check_in(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    classroom: Classroom,
    person: UserDraft,
    role: SeatRole,
    *,
    observer: bool,
    untold: Collection[str] = (),
) -> Participant:
    """The seat of somebody whom the customer's programs send; RoomClosed, or RoomFull where it is taken.

    What is `untold` of the person stays as it is known.
    """
    tenant_id, classroom_id = classroom.tenant_id, classroom.classroom_id
    classroom, held = await holding.locked(work, tenant_id, classroom_id)
    if State(classroom.state) in OVER:
        raise RoomClosed(classroom.state)
    if held is not None and Form(held.form) in ONE_PLACE_EACH and not observer:
        must_have_a_place(role, await queries.taken_roles(work, classroom, person.external_id))
    seat = await participants.admit(work, classroom, person, role, untold=untold)
    seat.observer = observer
    await work.db.flush()
    return seat


async def _finish(work: Work, classroom: Classroom, by: str) -> None:
    if classroom.lingers and classroom.state == State.SCHEDULED:
        await classrooms.skip(work, classroom)
    else:
        await classrooms.end(work, classroom.tenant_id, classroom.classroom_id, by=by)


async def _watch(work: Work, classroom: Classroom, kind: str, due_at: datetime) -> None:
    await alarms.set_alarm(
        work,
        classroom.tenant_id,
        kind,
        classroom.classroom_id,
        due_at=due_at,
    )


def _plan(reference: str, booking: Booking) -> ClassroomPlan:
    seconds = booking.duration_seconds
    return ClassroomPlan(
        title=booking.title,
        starts_at=booking.starts_at,
        timezone="UTC",
        duration_minutes=ceil(seconds / 60) if seconds else LONGEST_MINUTES,
        kind="reserved",
        login_required=True,
        reference=reference,
        controls=booking.controls,
        linger_seconds=booking.linger_seconds,
        terms=Terms(length_seconds=seconds if booking.starts_at is None else None),
    )
