"""Reading how a room stands, and which kinds of things there are in it."""

from itertools import islice
from typing import Any, Final, NamedTuple

from sqlalchemy import ARRAY, ColumnElement, String, any_, bindparam, exists, func, select

from app.domain.activities.state import DRAWN
from app.domain.activities.tables import Hand, Poll, Question, Quiz, Share
from app.domain.activities.tables_people import Group, StagePlace
from app.domain.classrooms.tables import Classroom, Lesson
from app.domain.events.tables import Event, Ledger
from app.domain.properties.tables import Properties
from app.domain.recordings.tables import Take
from app.domain.resources.tables import Resource
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose
from app.kit.work import Work
from app.rules.refusals import UnknownClassroom


class Overview(NamedTuple):
    """A classroom with its live lesson and running take, as of the event of this number; to be read only."""

    seq: int
    classroom: Classroom
    lesson: Lesson | None
    take: Take | None
    there: frozenset[str]
    """Which kinds of things there are: by the names below."""


CLASSROOM, LESSON, TAKE = columns(Classroom), columns(Lesson), columns(Take)
CLASSROOM_OF, LESSON_OF, TAKE_OF = loose(Classroom), loose(Lesson), loose(Take)
TENANT_ID: Final[ColumnElement[str]] = bindparam("tenant_id")
CLASSROOM_ID: Final[ColumnElement[str]] = bindparam("classroom_id")


def _in_room(kind: Any) -> ColumnElement[bool]:
    return exists().where(kind.tenant_id == TENANT_ID, kind.classroom_id == CLASSROOM_ID)


def _in_lesson(kind: Any, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(kind.tenant_id == TENANT_ID, kind.lesson_id == Lesson.lesson_id, *which)


KINDS_OF_THINGS: Final = {
    "stage": _in_room(StagePlace),
    "groups": _in_room(Group),
    "resources": _in_room(Resource),
    "properties": _in_room(Properties),
    "hands": _in_lesson(Hand),
    "questions": _in_lesson(Question, Question.closed_at.is_(None)),
    "quiz": _in_lesson(Quiz, Quiz.ended_at.is_(None)),
    "poll": _in_lesson(Poll, Poll.ended_at.is_(None)),
    "shared": _in_lesson(Share, Share.unshared_at.is_(None)),
    "board": exists().where(
        Event.tenant_id == TENANT_ID,
        Event.classroom_id == CLASSROOM_ID,
        Event.seq > Lesson.first_seq,
        Event.kind == any_(bindparam("drawn", value=list(DRAWN), type_=ARRAY(String))),
    ),
}


def _overview(seq: int, *values: Any) -> Overview:
    rest = iter(values)
    classroom, lesson, take = (tuple(islice(rest, len(one))) for one in (CLASSROOM, LESSON, TAKE))
    return Overview(
        seq,
        CLASSROOM_OF(*classroom),
        LESSON_OF(*lesson) if lesson[0] is not None else None,
        TAKE_OF(*take) if take[0] is not None else None,
        frozenset(name for name, there in zip(KINDS_OF_THINGS, rest, strict=True) if there),
    )


OVERVIEW: Final = Prepared(
    select(func.coalesce(Ledger.last_seq, 0), *CLASSROOM, *LESSON, *TAKE, *KINDS_OF_THINGS.values())
    .select_from(Classroom)
    .outerjoin(Ledger, (Ledger.tenant_id == TENANT_ID) & (Ledger.classroom_id == CLASSROOM_ID))
    .outerjoin(
        Lesson,
        (Lesson.tenant_id == TENANT_ID) & (Lesson.classroom_id == CLASSROOM_ID) & Lesson.ended_at.is_(None),
    )
    .outerjoin(
        Take, (Take.tenant_id == TENANT_ID) & (Take.classroom_id == CLASSROOM_ID) & Take.ended_at.is_(None)
    )
    .where(Classroom.tenant_id == TENANT_ID, Classroom.classroom_id == CLASSROOM_ID),
    into=_overview,
    reads=True,
)


async def overview(work: Work, tenant_id: str, classroom_id: str) -> Overview:
    """How a classroom stands, or UnknownClassroom."""
    found = await OVERVIEW.one(work, tenant_id=tenant_id, classroom_id=classroom_id)
    if found is None:
        raise UnknownClassroom(classroom_id)
    return found
