"""Reading classrooms and lessons."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, func, select

from app.domain.classrooms.tables import Classroom, Lesson
from app.domain.tenants.tables import Tenant
from app.kit.lists import among, listed
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose, remember
from app.kit.turns import take_turn
from app.kit.work import Work
from app.rules.refusals import UnknownClassroom


async def by_id(work: Work, tenant_id: str, classroom_id: str) -> Classroom:
    """The classroom, or UnknownClassroom."""
    classroom = await work.db.get(Classroom, (tenant_id, classroom_id))
    if classroom is None:
        raise UnknownClassroom(classroom_id)
    return classroom


class Standing(NamedTuple):
    """Where a classroom is in its life."""

    classroom_id: str
    state: str
    title: str
    starts_at: datetime | None
    timezone: str


STANDING: Final = Prepared(
    select(
        Classroom.classroom_id, Classroom.state, Classroom.title, Classroom.starts_at, Classroom.timezone
    ).where(
        Classroom.tenant_id == bindparam("tenant_id"), Classroom.classroom_id == bindparam("classroom_id")
    ),
    into=Standing,
    reads=True,
)


async def standing(work: Work, tenant_id: str, classroom_id: str) -> Standing:
    """Where a classroom is in its life, or UnknownClassroom."""
    found = await STANDING.one(work, tenant_id=tenant_id, classroom_id=classroom_id)
    if found is None:
        raise UnknownClassroom(classroom_id)
    return found


async def by_reference(
    work: Work, tenant_id: str, reference: str, *, joint: bool, endpoint: str = ""
) -> Classroom | None:
    """The classroom that the customer calls so, if there is one; joint ones have names at their endpoint."""
    return await work.db.scalar(
        select(Classroom).where(
            Classroom.tenant_id == tenant_id,
            Classroom.joint.is_(joint),
            Classroom.endpoint == endpoint,
            Classroom.reference == reference,
        )
    )


async def hold_name(work: Work, tenant_id: str, reference: str) -> None:
    """Make those wait who want the same name at once: one makes the classroom, the other finds it."""
    await take_turn(work, f"{tenant_id}/{reference}")


async def locked(work: Work, tenant_id: str, classroom_id: str) -> Classroom:
    """The classroom with its row locked until the work ends, read afresh."""
    # NO KEY UPDATE: rows that refer to the classroom can be inserted meanwhile, so nobody who holds the
    # ledger waits for who holds this lock and wants the ledger.
    classroom = await work.db.get(
        Classroom, (tenant_id, classroom_id), with_for_update={"key_share": True}, populate_existing=True
    )
    if classroom is None:
        raise UnknownClassroom(classroom_id)
    return work.hold(classroom)


CLASSROOM, TENANT = columns(Classroom), columns(Tenant)
CLASSROOM_OF, TENANT_OF = loose(Classroom), loose(Tenant)


def _both(*values: Any) -> tuple[Classroom, Tenant]:
    return CLASSROOM_OF(*values[: len(CLASSROOM)]), TENANT_OF(*values[len(CLASSROOM) :])


HOLD: Final = Prepared(
    select(*CLASSROOM, *TENANT)
    .join(Tenant, Tenant.tenant_id == Classroom.tenant_id)
    .where(Classroom.tenant_id == bindparam("tenant_id"), Classroom.classroom_id == bindparam("classroom_id"))
    .with_for_update(of=Classroom, key_share=True),
    into=_both,
)


async def held(work: Work, tenant_id: str, classroom_id: str) -> Classroom:
    """The same, to be read only; whose it is is read with it, for what is told of the work at its end."""
    found = await HOLD.one(work, tenant_id=tenant_id, classroom_id=classroom_id)
    if found is None:
        raise UnknownClassroom(classroom_id)
    remember(work, found[1], tenant_id)
    return remember(work, found[0], tenant_id, classroom_id)


HOLD_ALL: Final = Prepared(
    select(*CLASSROOM, *TENANT)
    .join(Tenant, Tenant.tenant_id == Classroom.tenant_id)
    .where(
        Classroom.tenant_id == bindparam("tenant_id"),
        among(Classroom.classroom_id, listed("classroom_ids")),
    )
    # In an order that is the same for all who hold several.
    .order_by(Classroom.classroom_id)
    .with_for_update(of=Classroom, key_share=True),
    into=_both,
)


async def held_all(work: Work, tenant_id: str, classroom_ids: Collection[str]) -> list[str]:
    """The same of many; the ids of those that there are."""
    found = await HOLD_ALL.all(work, tenant_id=tenant_id, classroom_ids=list(classroom_ids))
    for classroom, tenant in found:
        remember(work, tenant, tenant_id)
        remember(work, classroom, tenant_id, classroom.classroom_id)
    return [classroom.classroom_id for classroom, _ in found]


async def open_lesson(work: Work, tenant_id: str, classroom_id: str) -> Lesson | None:
    """The lesson that is live now."""
    return await work.db.scalar(
        select(Lesson).where(
            Lesson.tenant_id == tenant_id, Lesson.classroom_id == classroom_id, Lesson.ended_at.is_(None)
        )
    )


async def lesson(work: Work, tenant_id: str, lesson_id: str) -> Lesson | None:
    """A lesson by its id."""
    return await work.db.get(Lesson, (tenant_id, lesson_id))


async def lessons(work: Work, tenant_id: str, classroom_id: str) -> Sequence[Lesson]:
    """All lessons of a classroom, the first first."""
    found = await work.db.scalars(
        select(Lesson)
        .where(Lesson.tenant_id == tenant_id, Lesson.classroom_id == classroom_id)
        .order_by(Lesson.started_at, Lesson.lesson_id)
    )
    return found.all()


async def lessons_ended(work: Work, tenant_id: str, classroom_id: str) -> int:
    """How many lessons of a classroom are over."""
    found = await work.db.scalar(
        select(func.count())
        .select_from(Lesson)
        .where(
            Lesson.tenant_id == tenant_id,
            Lesson.classroom_id == classroom_id,
            Lesson.ended_at.is_not(None),
        )
    )
    return found or 0
