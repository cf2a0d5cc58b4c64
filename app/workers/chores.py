"""What each kind of alarm does when it rings."""

from collections.abc import Awaitable, Callable
from typing import Final

from app.domain import attendance, classrooms, feeds, outbox, presence, recordings, rooms
from app.domain.classrooms import queries
from app.kit.work import Work

Chore = Callable[[Work, str, str], Awaitable[None]]
"""Takes the work, the tenant and the alarm's subject."""


async def _end(work: Work, tenant_id: str, lesson_id: str, by: str) -> None:
    lesson = await queries.lesson(work, tenant_id, lesson_id)
    if lesson is not None and lesson.ended_at is None:
        await classrooms.end(work, tenant_id, lesson.classroom_id, by=by)


async def overtime(work: Work, tenant_id: str, lesson_id: str) -> None:
    """A lesson ran past its length and the grace."""
    await _end(work, tenant_id, lesson_id, "overtime")


async def empty(work: Work, tenant_id: str, lesson_id: str) -> None:
    """A lesson's room stayed empty."""
    await _end(work, tenant_id, lesson_id, "empty")


async def crash(work: Work, tenant_id: str, lesson_id: str) -> None:
    """A joint lesson was left alone for a minute."""
    lesson = await queries.lesson(work, tenant_id, lesson_id)
    if lesson is not None and lesson.interrupted_at is not None:
        await _end(work, tenant_id, lesson_id, "crash")


CHORES: Final[dict[str, Chore]] = {
    "expire": classrooms.expire,
    "overtime": overtime,
    "begin": rooms.begin,
    "finish": rooms.finish,
    "close": rooms.close,
    "release": rooms.release,
    "feed": feeds.erase,
    "trim": feeds.trim,
    "empty": empty,
    "crash": crash,
    "series": classrooms.end_series,
    "silent": presence.close_silent,
    "settle": attendance.settle,
    "recording": recordings.make,
    "forget": outbox.forget_rest,
    "erase": recordings.erase_more,
    "take_limit": recordings.reach_limit,
}
