"""Joint classrooms arranged ahead, under the customer's own name: made, changed, cancelled, opened again."""

from dataclasses import replace
from typing import Any

from app.domain import classrooms
from app.domain.classrooms import queries as rooms
from app.domain.classrooms import series
from app.domain.classrooms.plan import LONGEST_MINUTES, ClassroomPlan, PlanChanges, Recording, Terms
from app.domain.classrooms.tables import Classroom
from app.kit.work import Work
from app.rules.lifecycle import State
from app.rules.refusals import BadValue, UnknownClassroom


def plan_of(reference: str, endpoint: str) -> ClassroomPlan:
    """What a joint classroom is where nothing more is said of it."""
    return ClassroomPlan(
        title=reference,
        starts_at=None,
        timezone="UTC",
        duration_minutes=LONGEST_MINUTES,
        kind="standing",
        login_required=True,
        joint=True,
        reference=reference,
        endpoint=endpoint,
    )


async def named(work: Work, tenant_id: str, classroom_id: str, endpoint: str) -> Classroom:
    """The joint classroom of this id at an endpoint, or UnknownClassroom."""
    classroom = await rooms.by_id(work, tenant_id, classroom_id)
    if not classroom.joint or classroom.endpoint != endpoint:
        raise UnknownClassroom(classroom_id)
    return classroom


async def arrange(  # noqa: PLR0913 - each value is named at the call
    work: Work, tenant_id: str, reference: str, endpoint: str, changes: PlanChanges, *, cancelled: bool
) -> Classroom:
    """Make the classroom that the customer calls so; BadValue where there is one."""
    await _must_be_free(work, tenant_id, reference, endpoint)
    plan = plan_of(reference, endpoint)
    values = _whole(changes, recording=Recording(), terms=plan.terms)
    made = await classrooms.schedule(work, tenant_id, "", replace(plan, **values))
    if cancelled:
        await classrooms.cancel(work, tenant_id, made.classroom_id)
    return await rooms.by_id(work, tenant_id, made.classroom_id)


async def rearrange(
    work: Work, tenant_id: str, classroom_id: str, changes: PlanChanges, *, cancelled: bool | None
) -> Classroom:
    """Change what is named. `cancelled` false, or a later end, opens again what was over by it."""
    classroom = await rooms.by_id(work, tenant_id, classroom_id)
    await work.db.refresh(classroom, with_for_update=True)
    reference = str(changes.get("reference", classroom.reference))
    if reference != classroom.reference:
        await _must_be_free(work, tenant_id, reference, classroom.endpoint)
        changes = changes | {"title": reference}
    values = _whole(changes, recording=Recording(**classroom.recording), terms=Terms(**classroom.terms))
    if values:
        classroom = await classrooms.edit(work, tenant_id, classroom_id, values)
    if cancelled:
        await classrooms.cancel(work, tenant_id, classroom_id)
    elif cancelled is False or classroom.state == State.COMPLETED:
        await series.reopen(work, classroom)
    return classroom


async def _must_be_free(work: Work, tenant_id: str, reference: str, endpoint: str) -> None:
    await rooms.hold_name(work, tenant_id, f"{endpoint}/{reference}")
    known = await rooms.by_reference(work, tenant_id, reference, joint=True, endpoint=endpoint)
    if known is not None:
        raise BadValue("reference", "is the name of another classroom already")


def _whole(changes: PlanChanges, *, recording: Recording, terms: Terms) -> dict[str, Any]:
    """The changes with the parts that are named in them put into what stays."""
    whole = dict(changes)
    for name, part in (("recording", recording), ("terms", terms)):
        if name in whole:
            whole[name] = replace(part, **whole[name])
    return whole
