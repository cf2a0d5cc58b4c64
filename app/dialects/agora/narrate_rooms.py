"""Event 1: the state of a room."""

from typing import Any, Final

from app.dialects.agora.scene import Narration, Scene
from app.dialects.agora.words import ms
from app.domain.classrooms import queries as classrooms
from app.domain.events import kinds
from app.domain.feeds import Item
from app.domain.rooms import queries as rooms

ROOM_STATE: Final = 1


async def started(scene: Scene, event: kinds.LessonStarted) -> list[Item]:
    """State 1."""
    del scene
    return [Item(ROOM_STATE, {"state": 1, "startTime": ms(event.at)})]


async def ended(scene: Scene, event: kinds.LessonEnded) -> list[Item]:
    """State 2."""
    lesson = await classrooms.lesson(scene.work, scene.classroom.tenant_id, event.lesson_id)
    began = {"startTime": ms(lesson.started_at)} if lesson else {}
    return [Item(ROOM_STATE, {"state": 2, **began, "endTime": ms(event.at)})]


async def skipped(scene: Scene, event: kinds.ClassroomEnded) -> list[Item]:
    """State 2 of a room that was never started."""
    del scene
    return [Item(ROOM_STATE, {"state": 2, "endTime": ms(event.at)})]


async def closed(scene: Scene, event: kinds.ClassroomClosed) -> list[Item]:
    """State 3."""
    lesson = await rooms.latest_lesson(scene.work, scene.classroom)
    data: dict[str, Any] = {"state": 3}
    if lesson is not None:
        data["startTime"] = ms(lesson.started_at)
        data["endTime"] = ms(lesson.ended_at or event.at)
    return [Item(ROOM_STATE, data | {"closeTime": ms(event.at)})]


NARRATED: Final[dict[str, Narration]] = {
    "LessonStarted": started,
    "LessonEnded": ended,
    "ClassroomEnded": skipped,
    "ClassroomClosed": closed,
}
