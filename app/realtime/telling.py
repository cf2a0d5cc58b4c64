"""From an event of the ledger to the message that the room's clients hear."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from app.domain.events.tables import Event
from app.realtime.protocol import (
    Asked,
    BoardCleared,
    ChatMessage,
    Closed,
    Drawn,
    Ended,
    HandMoved,
    Joined,
    Left,
    PageTurned,
    Person,
    Question,
    QuestionClosed,
    Quiz,
    QuizAnswered,
    QuizEnded,
    QuizStarted,
    Reacted,
    Removed,
    Said,
    Started,
    Stroke,
    Told,
)

M = TypeVar("M", bound=BaseModel)


def _as(model: type[M], event: Event, **more: Any) -> M:
    """The model from the event's facts of the same names; the number and the time are the event's."""
    facts = {"seq": event.seq, "at": event.at} | event.data | more
    return model(**{name: facts[name] for name in model.model_fields if name in facts})


TOLD: dict[str, Callable[[Event], Told]] = {
    "VisitorJoined": lambda event: Joined(seq=event.seq, person=_as(Person, event)),
    "VisitorLeft": lambda event: _as(Left, event),
    "MessageSent": lambda event: Said(seq=event.seq, message=_as(ChatMessage, event)),
    "LessonStarted": lambda event: _as(Started, event, at=event.at),
    "LessonEnded": lambda event: _as(Ended, event, at=event.at),
    "ParticipantRemoved": lambda event: _as(Removed, event),
    "ClassroomCancelled": lambda _: Closed(reason="cancelled"),
    "SeriesEnded": lambda _: Closed(reason="completed"),
    "ClassroomExpired": lambda _: Closed(reason="expired"),
    "HandRaised": lambda event: _as(HandMoved, event, up=True),
    "HandLowered": lambda event: _as(HandMoved, event, up=False),
    "Reacted": lambda event: _as(Reacted, event),
    "QuestionAsked": lambda event: Asked(seq=event.seq, question=_as(Question, event)),
    "QuestionClosed": lambda event: _as(QuestionClosed, event),
    "StrokeDrawn": lambda event: Drawn(seq=event.seq, stroke=_as(Stroke, event)),
    "BoardCleared": lambda event: _as(BoardCleared, event),
    "PageTurned": lambda event: _as(PageTurned, event),
    "QuizStarted": lambda event: QuizStarted(seq=event.seq, quiz=_as(Quiz, event)),
    "QuizAnswered": lambda event: _as(QuizAnswered, event),
    "QuizEnded": lambda event: _as(QuizEnded, event),
}

UNTOLD = frozenset(
    {
        "ClassroomScheduled",
        "ClassroomEdited",
        "AttendanceReady",
        "ChatsReady",
        "ContentShared",
        "ContentUnshared",
        "ContentOpened",
        "RecordingReady",
    }
)
"""What is not the room's to know."""


def told(event: Event) -> Told | None:
    """The event as the room's clients hear it; None for what is not theirs to know."""
    tell = TOLD.get(event.kind)
    return tell(event) if tell else None


def latest(events: Sequence[Event]) -> list[Event]:
    """The events without the counts of answers that a later one of them overtakes."""
    last = {event.data["quiz_id"]: event.seq for event in events if event.kind == "QuizAnswered"}
    return [
        event for event in events if event.kind != "QuizAnswered" or last[event.data["quiz_id"]] == event.seq
    ]
