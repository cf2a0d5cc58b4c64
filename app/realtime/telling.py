"""From an event of the ledger to the message that the room's clients hear."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from app.domain.drive.links import FOR_ROOMS, content_path
from app.domain.events.tables import Event
from app.realtime.protocol import (
    Asked,
    BoardCleared,
    ChatMessage,
    ChatTurned,
    Closed,
    Drawn,
    Edited,
    Ended,
    File,
    GroupsChanged,
    HandMoved,
    Interrupted,
    Invited,
    Joined,
    Left,
    PageTurned,
    Person,
    Poll,
    PollAnswered,
    PollEnded,
    PollStarted,
    PropertiesChanged,
    PutOut,
    Question,
    QuestionClosed,
    Quiz,
    QuizAnswered,
    QuizEnded,
    QuizStarted,
    Reacted,
    Ready,
    Recording,
    Removed,
    ResourcesPut,
    ResourcesRemoved,
    Resumed,
    Rewarded,
    Said,
    Shared,
    StageChanged,
    Started,
    StartRefused,
    Stroke,
    Told,
    Unshared,
)

M = TypeVar("M", bound=BaseModel)


def _as(model: type[M], event: Event, **more: Any) -> M:
    """The model from the event's facts of the same names; the number and the time are the event's."""
    facts = {"seq": event.seq, "at": event.at} | event.data | more
    return model(**{name: facts[name] for name in model.model_fields if name in facts})


def _shared(event: Event, secret: str) -> Shared:
    url = content_path(event.tenant_id, event.data["file_id"], secret, event.at + FOR_ROOMS)
    return Shared(seq=event.seq, file=_as(File, event, url=url))


TOLD: dict[str, Callable[[Event, str], Told]] = {
    "VisitorJoined": lambda event, _: Joined(seq=event.seq, person=_as(Person, event)),
    "VisitorLeft": lambda event, _: _as(Left, event),
    "MessageSent": lambda event, _: Said(seq=event.seq, message=_as(ChatMessage, event)),
    "LessonStarted": lambda event, _: _as(Started, event, at=event.at),
    "StartPressed": lambda event, _: _as(Ready, event),
    "StartRefused": lambda event, _: _as(StartRefused, event),
    "LessonInterrupted": lambda event, _: _as(Interrupted, event),
    "LessonResumed": lambda event, _: _as(Resumed, event),
    "LessonEnded": lambda event, _: _as(Ended, event, at=event.at),
    "ParticipantRemoved": lambda event, _: _as(Removed, event),
    "ChatMuted": lambda event, _: ChatTurned(seq=event.seq, muted=True),
    "ChatUnmuted": lambda event, _: ChatTurned(seq=event.seq, muted=False),
    "RewardsChanged": lambda event, _: _as(Rewarded, event),
    "GroupsChanged": lambda event, _: _as(GroupsChanged, event),
    "StageInvited": lambda event, _: _as(Invited, event),
    "StageChanged": lambda event, _: _as(StageChanged, event),
    "ParticipantPutOut": lambda event, _: _as(PutOut, event),
    "ClassroomCancelled": lambda *_: Closed(reason="cancelled"),
    "SeriesEnded": lambda *_: Closed(reason="completed"),
    "ClassroomExpired": lambda *_: Closed(reason="expired"),
    "ClassroomEnded": lambda event, _: Ended(seq=event.seq, at=event.at, by="", stays=True),
    "ClassroomClosed": lambda event, _: Ended(seq=event.seq, at=event.at, by=""),
    "HandRaised": lambda event, _: _as(HandMoved, event, up=True),
    "HandLowered": lambda event, _: _as(HandMoved, event, up=False),
    "Reacted": lambda event, _: _as(Reacted, event),
    "QuestionAsked": lambda event, _: Asked(seq=event.seq, question=_as(Question, event)),
    "QuestionClosed": lambda event, _: _as(QuestionClosed, event),
    "StrokeDrawn": lambda event, _: Drawn(seq=event.seq, stroke=_as(Stroke, event)),
    "BoardCleared": lambda event, _: _as(BoardCleared, event),
    "PageTurned": lambda event, _: _as(PageTurned, event),
    "PropertiesChanged": lambda event, _: _as(PropertiesChanged, event, by=event.data["participant_id"]),
    "QuizStarted": lambda event, _: QuizStarted(seq=event.seq, quiz=_as(Quiz, event)),
    "QuizAnswered": lambda event, _: _as(QuizAnswered, event),
    "QuizEnded": lambda event, _: _as(QuizEnded, event),
    "PollStarted": lambda event, _: PollStarted(seq=event.seq, poll=_as(Poll, event)),
    "PollAnswered": lambda event, _: _as(PollAnswered, event),
    "PollEnded": lambda event, _: _as(PollEnded, event),
    "ResourcesPut": lambda event, _: _as(ResourcesPut, event),
    "ResourcesRemoved": lambda event, _: _as(ResourcesRemoved, event),
    "ContentShared": _shared,
    "ContentUnshared": lambda event, _: _as(Unshared, event),
    "ClassroomEdited": lambda event, _: _as(Edited, event),
    "TakeStarted": lambda event, _: Recording(
        seq=event.seq, state="held" if event.data["held"] else "running"
    ),
    "TakeHeld": lambda event, _: Recording(seq=event.seq, state="held"),
    "TakeResumed": lambda event, _: Recording(seq=event.seq, state="running"),
    "TakeStopped": lambda event, _: Recording(seq=event.seq, state="over"),
}

UNTOLD = frozenset(
    {
        "ClassroomScheduled",
        "AttendanceReady",
        "ChatsReady",
        "ContentOpened",
        "RecordingReady",
        "ParticipantAdded",
    }
)
"""What is not the room's to know."""


LINKED = frozenset({"ContentShared"})
"""The kinds that tell a link to a file."""

COUNTED = {"QuizAnswered": "quiz_id", "PollAnswered": "poll_id"}
"""The kinds that tell a count, with the name of what is counted."""


def told(event: Event, secret: str) -> Told | None:
    """The event as the room's clients hear it; None for what is not theirs to know.

    `secret` is the tenant's, for the links to files: the ledger keeps none.
    """
    tell = TOLD.get(event.kind)
    return tell(event, secret) if tell else None


def latest(events: Sequence[Event]) -> list[Event]:
    """The events without the counts of answers that a later one of them overtakes."""
    last = {_counted(event): event.seq for event in events if event.kind in COUNTED}
    return [event for event in events if event.kind not in COUNTED or last[_counted(event)] == event.seq]


def _counted(event: Event) -> tuple[str, str]:
    return event.kind, event.data[COUNTED[event.kind]]
