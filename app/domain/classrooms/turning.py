"""Classrooms that go from state to state, their lessons with them: in few statements, past the session.

What the session of the same work holds of these rows is told what was written.
"""

from typing import Any, Final

from sqlalchemy import Integer, String, bindparam, select

from app.domain.classrooms.tables import Classroom, Lesson
from app.kit.prepared import Prepared, worded
from app.kit.rows import columns, loose, recalled, remember, told
from app.kit.tables import UTCTimestamp
from app.kit.work import Work
from app.rules.lifecycle import State
from app.rules.refusals import UnknownClassroom

TYPES: Final[dict[str, Any]] = {
    "tenant_id": String(),
    "classroom_id": String(),
    "lesson_id": String(),
    "state": String(),
    "planned_at": UTCTimestamp(),
    "now": UTCTimestamp(),
    "stretch_at": UTCTimestamp(),
    "seq": Integer(),
    "seconds": Integer(),
}
TURNED: Final = """
UPDATE classrooms SET state = :state WHERE tenant_id = :tenant_id AND classroom_id = :classroom_id
"""
BEGUN: Final = """
INSERT INTO lessons (
    tenant_id, lesson_id, classroom_id, planned_at, started_at, first_seq, stretch_at, counted_seconds
) VALUES (:tenant_id, :lesson_id, :classroom_id, :planned_at, :now, :seq, :stretch_at, 0)
"""
OVER: Final = """
UPDATE lessons SET ended_at = :now, counted_seconds = :seconds, last_seq = :seq
WHERE tenant_id = :tenant_id AND lesson_id = :lesson_id
"""


TURN: Final = Prepared(worded(TURNED, **TYPES), into=tuple)
BEGIN: Final = Prepared(worded(f"WITH turned AS ({TURNED}) {BEGUN}", **TYPES), into=tuple)
END: Final = Prepared(worded(f"WITH turned AS ({TURNED}) {OVER}", **TYPES), into=tuple)

# NO KEY UPDATE: rows that refer to the classroom can be inserted meanwhile, so nobody who holds the
# ledger waits for who holds this lock and wants the ledger.
HELD: Final = Prepared(
    select(*columns(Classroom))
    .where(Classroom.tenant_id == bindparam("tenant_id"), Classroom.classroom_id == bindparam("classroom_id"))
    .with_for_update(key_share=True),
    into=loose(Classroom),
)
OPEN: Final = Prepared(
    select(*columns(Lesson))
    .where(
        Lesson.tenant_id == bindparam("tenant_id"),
        Lesson.classroom_id == bindparam("classroom_id"),
        Lesson.ended_at.is_(None),
    )
    .with_for_update(),
    into=loose(Lesson),
)


async def held(work: Work, tenant_id: str, classroom_id: str) -> Classroom:
    """The classroom, to be read only, its row locked until the work ends."""
    key = (held, tenant_id, classroom_id)
    known: Classroom | None = work.kept.get(key)
    if known is not None and known is recalled(work, Classroom, tenant_id, classroom_id):
        return known
    found = await HELD.one(work, tenant_id=tenant_id, classroom_id=classroom_id)
    if found is None:
        raise UnknownClassroom(classroom_id)
    work.kept[key] = remember(work, found, tenant_id, classroom_id)
    return found


async def open_lesson(work: Work, classroom: Classroom) -> Lesson | None:
    """The lesson that is live in a classroom that is held, to be read only, its row locked too."""
    tenant_id = classroom.tenant_id
    found = await OPEN.one(work, tenant_id=tenant_id, classroom_id=classroom.classroom_id)
    return None if found is None else remember(work, found, tenant_id, found.lesson_id)


async def turn(work: Work, classroom: Classroom, state: State) -> None:
    """Bring a classroom that is held to a state."""
    tenant_id, classroom_id = classroom.tenant_id, classroom.classroom_id
    await TURN.run(work, tenant_id=tenant_id, classroom_id=classroom_id, state=state.value)
    _turned(work, classroom, state)


async def begin(work: Work, classroom: Classroom, state: State, lesson: Lesson) -> None:
    """The same with a lesson that begins."""
    await BEGIN.run(
        work,
        tenant_id=lesson.tenant_id,
        classroom_id=lesson.classroom_id,
        state=state.value,
        lesson_id=lesson.lesson_id,
        planned_at=lesson.planned_at,
        now=lesson.started_at,
        seq=lesson.first_seq,
        stretch_at=lesson.stretch_at,
    )
    _turned(work, classroom, state)
    remember(work, lesson, lesson.tenant_id, lesson.lesson_id)


async def end(work: Work, classroom: Classroom, state: State, lesson: Lesson, *, seq: int) -> None:
    """The same with its lesson, which ends; `seq` is the number of that in the ledger."""
    counted = lesson.counted_seconds + (lesson.seconds(work.now) if classroom.joint else 0)
    await END.run(
        work,
        tenant_id=lesson.tenant_id,
        classroom_id=lesson.classroom_id,
        state=state.value,
        lesson_id=lesson.lesson_id,
        now=work.now,
        seconds=counted,
        seq=seq,
    )
    _turned(work, classroom, state)
    values = {"ended_at": work.now, "counted_seconds": counted, "last_seq": seq}
    told(work, lesson, lesson.tenant_id, lesson.lesson_id, **values)


def _turned(work: Work, classroom: Classroom, state: State) -> None:
    told(work, classroom, classroom.tenant_id, classroom.classroom_id, state=state.value)
