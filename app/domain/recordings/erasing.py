"""Removing classes, and people, with everything of theirs: what is filmed too."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ARRAY, CollectionAggregate, String, any_, cast, delete, select, update

from app.domain import alarms, classrooms, drive, participants
from app.domain.classrooms import queries as rooms
from app.domain.drive import leftovers
from app.domain.recordings.tables import Take, TakeFile
from app.domain.users import queries as users
from app.kit.work import Work

ALARM: Final = "erase"


async def delete_classroom(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Remove a classroom with everything of it, the films of its takes too."""
    await rooms.locked(work, tenant_id, classroom_id)
    await _take_away(work, tenant_id, [classroom_id])
    await classrooms.delete(work, tenant_id, classroom_id)


async def erase_user(work: Work, tenant_id: str, user_id: str) -> None:
    """Erase a person for good. Of one with many classes it begins here, and goes on class by class.

    Either way nobody finds the person any more, their links are dead, and what they were called is free.
    """
    work.hold(await users.by_id(work, tenant_id, user_id))
    if await participants.is_in_many(work, tenant_id, user_id):
        await participants.begin_erasing(work, tenant_id, user_id)
        await alarms.set_alarm(work, tenant_id, ALARM, user_id, due_at=work.now)
        return
    places = await participants.hold_places(work, tenant_id, user_id)
    await _retake(work, tenant_id, list(places))
    await drive.erase_user(work, tenant_id, user_id)


async def erase_more(work: Work, tenant_id: str, user_id: str) -> None:
    """Go on erasing a person: in one class, so that none waits for the others; or what is left at last."""
    places = await participants.hold_a_place(work, tenant_id, user_id)
    if not places:
        await drive.erase_user(work, tenant_id, user_id)
        return
    await _retake(work, tenant_id, list(places))
    await participants.erase_places(work, tenant_id, user_id, places)
    await alarms.set_alarm(work, tenant_id, ALARM, user_id, due_at=work.now)


async def _retake(work: Work, tenant_id: str, classroom_ids: Sequence[str]) -> None:
    """Films that may show a name are gone at once, and made again without it."""
    await _take_away(work, tenant_id, classroom_ids)
    await work.db.execute(
        update(Take)
        .where(
            Take.tenant_id == tenant_id,
            Take.classroom_id == _any(classroom_ids),
            Take.ended_at.is_not(None),
        )
        # Also where one is being made right now: that one is thrown away when it is finished.
        .values(film_at=work.wall)
    )
    work.ring("films")


async def _take_away(work: Work, tenant_id: str, classroom_ids: Sequence[str]) -> None:
    takes = select(Take.take_id).where(Take.tenant_id == tenant_id, Take.classroom_id == _any(classroom_ids))
    gone = await work.db.scalars(
        delete(TakeFile)
        .where(TakeFile.tenant_id == tenant_id, TakeFile.take_id.in_(takes))
        .returning(TakeFile.file_id)
    )
    await leftovers.doom(work, tenant_id, gone.all())


def _any(classroom_ids: Sequence[str]) -> "CollectionAggregate[bool]":
    # One array, and not a parameter for each: the statement is the same for any number.
    return any_(cast(classroom_ids, ARRAY(String)))
