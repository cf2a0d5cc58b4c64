"""What programs keep with rooms and people, as the vendor's bodies show it."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.activities.actor import SERVER
from app.domain.classrooms.tables import Classroom
from app.domain.properties import Place, begin, put, queries
from app.domain.rooms.queries import Placed
from app.kit.work import Work
from app.rules.properties import Scope

FLEX = "flexProps"
"""Where in the bodies the properties are that programs set; beside them the vendor keeps its own."""

PARTS = {Scope.APP.value: ("extApps", "extAppsCommon"), Scope.WIDGET.value: ("widgets", "widgetsCommon")}


async def of_people(
    work: Work, classroom: Placed, participant_ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """The `userProperties` of people in a room, by seat; those who have none are not in it."""
    found = await queries.of_people(work, classroom.tenant_id, classroom.classroom_id, participant_ids)
    return {participant_id: shown(value) for participant_id, value in found.items() if value}


def shown(value: dict[str, Any]) -> dict[str, Any]:
    """The `userProperties` of somebody; empty where nobody put any."""
    return {FLEX: value} if value else {}


async def of_room(work: Work, classroom: Placed) -> dict[str, Any]:
    """The part of `roomProperties` that programs set while the room is there."""
    told: dict[str, Any] = {}
    for one in await queries.standing(work, classroom.tenant_id, classroom.classroom_id):
        if one.scope == Scope.ROOM.value:
            told[FLEX] = one.value
        elif one.scope in PARTS:
            values, common = PARTS[one.scope]
            told.setdefault(values, {})[one.subject] = one.value
            if one.enabled is not None:
                told.setdefault(common, {})[one.subject] = {"state": int(one.enabled)}
    return told


async def found(work: Work, classroom: Classroom, said: Mapping[str, Any]) -> None:
    """Keep the flexible part of the properties with which a room is made."""
    values = said.get(FLEX)
    if isinstance(values, Mapping):
        await begin(work, classroom.tenant_id, classroom.classroom_id, place=Place(Scope.ROOM), values=values)


async def bring(
    work: Work, classroom: Classroom, participant_id: str, said: Mapping[str, Any] | None
) -> None:
    """Keep what a program says of somebody who comes: the flexible part, or all where there is none."""
    values = said.get(FLEX, said) if said else None
    if not isinstance(values, Mapping):
        return
    room, place = (classroom.tenant_id, classroom.classroom_id), Place(Scope.PERSON, participant_id)
    # Who comes with them has them from the start; who comes again with others changes them.
    if not await begin(work, *room, place=place, values=values):
        await put(work, *room, SERVER, place=place, values=values, cause={})
