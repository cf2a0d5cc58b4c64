"""Event 1: the state of a room."""

from typing import Any, Final

from app.dialects.agora.scene import Narration, Scene
from app.dialects.agora.words import ms
from app.domain.classrooms import queries as classrooms
from app.domain.classrooms.tables import Lesson
from app.domain.events import kinds
from app.domain.events.kinds import AnyEvent
from app.domain.feeds import Item
from app.domain.rooms import queries as rooms
from app.kit.rows import recalled
from app.rules.lifecycle import OVER, State

ROOM_STATE: Final = 1


async def started(scene: Scene, event: kinds.LessonStarted) -> list[Item]:
    """State 1."""
    del scene
    return [Item(ROOM_STATE, {"state": 1, "startTime": ms(event.at)})]


async def ended(scene: Scene, event: kinds.LessonEnded) -> list[Item]:
    """State 2, and 3 with it where nobody may stay."""
    key = (scene.classroom.tenant_id, event.lesson_id)
    lesson = recalled(scene.work, Lesson, *key) or await classrooms.lesson(scene.work, *key)
    times = {"startTime": ms(lesson.started_at)} if lesson else {}
    times["endTime"] = ms(event.at)
    items = [Item(ROOM_STATE, {"state": 2, **times})]
    # Where people might have stayed, the closing of the room tells that by itself, also in the same work.
    if not event.stays and State(scene.classroom.state) in OVER:
        items.append(Item(ROOM_STATE, {"state": 3, **times, "closeTime": ms(event.at)}))
    return items


async def skipped(scene: Scene, event: kinds.ClassroomEnded) -> list[Item]:
    """State 2 of a room that was never started."""
    del scene
    return [Item(ROOM_STATE, {"state": 2, "endTime": ms(event.at)})]


async def closed(scene: Scene, _: AnyEvent) -> list[Item]:
    """State 3, where a lesson was before; or nobody came, or it was called off."""
    lesson = await rooms.latest_lesson(scene.work, scene.classroom)
    data: dict[str, Any] = {"state": 3}
    if lesson is not None:
        data["startTime"] = ms(lesson.started_at)
        data["endTime"] = ms(lesson.ended_at or scene.work.now)
    return [Item(ROOM_STATE, data | {"closeTime": ms(scene.work.now)})]


async def over(scene: Scene, event: AnyEvent) -> list[Item]:
    """State 3, unless a lesson was live: then its end told so."""
    lesson = await rooms.latest_lesson(scene.work, scene.classroom)
    told = lesson is not None and lesson.ended_at == scene.work.now
    return [] if told else await closed(scene, event)


NARRATED: Final[dict[str, Narration]] = {
    "LessonStarted": started,
    "LessonEnded": ended,
    "ClassroomEnded": skipped,
    "ClassroomClosed": closed,
    "ClassroomCancelled": over,
    "ClassroomExpired": closed,
    "SeriesEnded": over,
}
