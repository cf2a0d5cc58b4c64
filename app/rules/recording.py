"""What of a lesson its recording shows: what everybody in the room saw, and not a field more."""

from collections.abc import Mapping
from typing import Any, Final

SHOWN: Final[dict[str, tuple[str, ...]]] = {
    "LessonStarted": (),
    "LessonEnded": (),
    "VisitorJoined": ("participant_id", "name", "role"),
    "VisitorLeft": ("participant_id",),
    "ParticipantRemoved": ("participant_id",),
    "MessageSent": ("message_id", "participant_id", "name", "text"),
    "HandRaised": ("participant_id", "name"),
    "HandLowered": ("participant_id",),
    "Reacted": ("participant_id", "name", "reaction"),
    "QuestionAsked": ("question_id", "participant_id", "name", "text"),
    "QuestionClosed": ("question_id",),
    "StrokeDrawn": ("stroke_id", "participant_id", "page", "color", "width", "points"),
    "BoardCleared": ("page",),
    "PageTurned": ("page",),
    "QuizStarted": ("quiz_id", "question", "options"),
    # Who chose what was never shown to the others, so only that somebody answered is.
    "QuizAnswered": ("quiz_id", "answered"),
    "QuizEnded": ("quiz_id", "correct", "counts", "answered"),
    "PollStarted": ("poll_id", "question", "options"),
    "PollAnswered": ("poll_id", "counts", "answered"),
    "PollEnded": ("poll_id", "counts", "answered"),
    "ContentShared": ("file_id", "title", "content_type"),
    "ContentUnshared": ("file_id",),
}
"""The kinds of events that a recording shows, with the fields that it shows of each."""

NOT_SHOWN: Final = frozenset(
    {
        "ClassroomScheduled",
        "ClassroomEdited",
        "ClassroomCancelled",
        "ClassroomExpired",
        "ClassroomEnded",
        "ClassroomClosed",
        "SeriesEnded",
        "AttendanceReady",
        "ChatsReady",
        "ContentOpened",
        # An address elsewhere may carry its owner's key.
        "ResourcesPut",
        "ResourcesRemoved",
        "RecordingReady",
        "ParticipantAdded",
        "ChatMuted",
        "ChatUnmuted",
        "RewardsChanged",
        "StageInvited",
        "GroupsChanged",
        "StageChanged",
        # That somebody left is shown, and not how.
        "ParticipantPutOut",
        "PropertiesChanged",
        "StartPressed",
        "StartRefused",
        "LessonInterrupted",
        "LessonResumed",
        "TakeStarted",
        "TakeHeld",
        "TakeResumed",
        "TakeStopped",
    }
)
"""The kinds that are nobody's business who has the link, or no part of a lesson."""


def shown(kind: str, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The event as a recording shows it; None where it does not: what was not said to all never is."""
    fields = SHOWN.get(kind)
    if fields is None or data.get("to") is not None or data.get("group_id") is not None:
        return None
    return {name: data[name] for name in fields if name in data}
