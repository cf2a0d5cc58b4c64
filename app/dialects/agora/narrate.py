"""From an event of the ledger to the events that this vendor's pollers read; their bytes are fixed here."""

from collections.abc import Sequence
from typing import Final

from app.dialects.agora import (
    narrate_people,
    narrate_properties,
    narrate_records,
    narrate_resources,
    narrate_rooms,
    narrate_together,
    narrate_widgets,
)
from app.dialects.agora.scene import Narration, Scene
from app.dialects.base import Facts
from app.domain.classrooms.tables import Classroom
from app.domain.feeds import Item
from app.kit.work import Recorded, Work

NARRATED: Final[dict[str, Narration]] = {
    **narrate_rooms.NARRATED,
    **narrate_people.NARRATED,
    **narrate_records.NARRATED,
    **narrate_together.NARRATED,
    **narrate_properties.NARRATED,
    **narrate_widgets.NARRATED,
    **narrate_resources.NARRATED,
}

NOT_NARRATED: Final = frozenset(
    {
        "ClassroomScheduled",
        "ClassroomEdited",
        "StartPressed",
        "StartRefused",
        "LessonInterrupted",
        "LessonResumed",
        "ParticipantAdded",
        "ParticipantRemoved",
        "AttendanceReady",
        "ChatsReady",
        "ChatMuted",
        "ChatUnmuted",
        "RecordingReady",
        "StageInvited",
        # No kind of event that the vendor documents tells of breakout rooms.
        "GroupsChanged",
        "Reacted",
        "QuestionAsked",
        "QuestionClosed",
        "StrokeDrawn",
        "BoardCleared",
        "PageTurned",
        "ContentOpened",
        "ParticipantPutOut",
        "TakeHeld",
        "TakeResumed",
    }
)
"""The kinds of which this vendor tells nothing."""


async def narrate(work: Work, classroom: Classroom, facts: Facts, happened: Sequence[Recorded]) -> list[Item]:
    """The vendor's events of what a work recorded in one room, in order."""
    scene = Scene(work, classroom, facts, happened)
    items: list[Item] = []
    for recorded in happened:
        narration = NARRATED.get(type(recorded.event).__name__)
        if narration is not None:
            items += await narration(scene, recorded.event)
    return items
