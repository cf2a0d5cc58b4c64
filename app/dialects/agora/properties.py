"""What programs keep with rooms and people, as the vendor's bodies show it."""

from collections.abc import Sequence
from typing import Any

from app.domain.classrooms.tables import Classroom
from app.kit.work import Work


async def of_people(
    work: Work, classroom: Classroom, participant_ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """The `userProperties` of people in a room, by seat; those who have none are not in it."""
    del work, classroom, participant_ids
    return {}


async def of_room(work: Work, classroom: Classroom) -> dict[str, Any]:
    """The part of `roomProperties` that programs set while the room is there."""
    del work, classroom
    return {}
