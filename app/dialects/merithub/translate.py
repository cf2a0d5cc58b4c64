"""Which of what happened MeritHub tells by a status ping."""

import json
from dataclasses import replace
from typing import Any, assert_never

from app.dialects.base import Facts
from app.dialects.merithub import bodies
from app.domain.events.kinds import (
    AnyEvent,
    AttendanceReady,
    BoardCleared,
    ChatMuted,
    ChatsReady,
    ChatUnmuted,
    ClassroomCancelled,
    ClassroomClosed,
    ClassroomEdited,
    ClassroomEnded,
    ClassroomExpired,
    ClassroomScheduled,
    ContentOpened,
    ContentShared,
    ContentUnshared,
    GroupsChanged,
    HandLowered,
    HandRaised,
    LessonEnded,
    LessonInterrupted,
    LessonResumed,
    LessonStarted,
    MessageSent,
    PageTurned,
    ParticipantAdded,
    ParticipantPutOut,
    ParticipantRemoved,
    PollAnswered,
    PollEnded,
    PollStarted,
    PropertiesChanged,
    QuestionAsked,
    QuestionClosed,
    QuizAnswered,
    QuizEnded,
    QuizStarted,
    Reacted,
    RecordingReady,
    ResourcesPut,
    ResourcesRemoved,
    RewardsChanged,
    SeriesEnded,
    StageChanged,
    StageInvited,
    StartPressed,
    StartRefused,
    StrokeDrawn,
    TakeHeld,
    TakeResumed,
    TakeStarted,
    TakeStopped,
    VisitorJoined,
    VisitorLeft,
)
from app.domain.outbox.notice import Notice


def translate(  # noqa: C901, PLR0911 - one answer for each kind of event
    event: AnyEvent, classroom_id: str, facts: Facts
) -> Notice | None:
    """The ping that tells this event, or nothing where the vendor tells nothing."""
    match event:
        case LessonStarted():
            # The vendor's samples of `lv` and of a recording have one odd second: the actual start.
            return _ping(bodies.class_status(replace(event, starts_at=event.at), classroom_id, facts, "lv"))
        case LessonEnded() | SeriesEnded():
            begun = event.started_at if isinstance(event, LessonEnded) else None
            told = replace(event, starts_at=min(begun or event.starts_at, event.at))
            # The vendor's page has no endTime; running programs read it on `cp`.
            ended = {"endTime": bodies.wall(event.at, event.timezone)}
            return _ping(bodies.class_status(told, classroom_id, facts, "cp") | ended)
        case ClassroomEdited():
            return _ping(bodies.class_status(event, classroom_id, facts, "up"))
        case ClassroomCancelled():
            return _ping(bodies.class_status(event, classroom_id, facts, "cl"))
        case ClassroomExpired() | ClassroomEnded():
            return _ping(bodies.class_status(event, classroom_id, facts, "ex"))
        case AttendanceReady():
            return _ping(bodies.attendance(event, classroom_id, facts))
        case ChatsReady():
            return _ping(bodies.chats(event, classroom_id, facts))
        case ContentShared(again=False):
            return _ping(bodies.class_files(event, classroom_id, facts))
        case RecordingReady():
            return _ping(bodies.recorded(event, classroom_id, facts))
        case (
            ClassroomScheduled()
            | ClassroomClosed()
            | VisitorJoined()
            | VisitorLeft()
            | MessageSent()
            | ParticipantAdded()
            | ParticipantRemoved()
            | ParticipantPutOut()
            | StartPressed()
            | StartRefused()
            | LessonInterrupted()
            | LessonResumed()
            | ChatMuted()
            | ChatUnmuted()
            | RewardsChanged()
            | StageInvited()
            | GroupsChanged()
            | StageChanged()
            | HandRaised()
            | HandLowered()
            | Reacted()
            | QuestionAsked()
            | QuestionClosed()
            | StrokeDrawn()
            | BoardCleared()
            | PageTurned()
            | PropertiesChanged()
            | QuizStarted()
            | QuizAnswered()
            | QuizEnded()
            | PollStarted()
            | PollAnswered()
            | PollEnded()
            | ContentShared()
            | ContentUnshared()
            | ContentOpened()
            | ResourcesPut()
            | ResourcesRemoved()
            | TakeStarted()
            | TakeHeld()
            | TakeResumed()
            | TakeStopped()
        ):
            return None
        case _:
            assert_never(event)


def _ping(body: dict[str, Any]) -> Notice:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Notice(str(body["requestType"]), text.encode())
