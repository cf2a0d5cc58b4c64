"""What people do in the room."""

from typing import Any, Literal

from app.realtime.protocol.base import Told
from app.realtime.protocol.values import ChatMessage, File, Question, Quiz, Stroke


class Said(Told):
    """A chat message arrived."""

    type: Literal["said"] = "said"
    seq: int
    message: ChatMessage


class HandMoved(Told):
    """A hand went up or down; `payload` is what was said with it."""

    type: Literal["hand"] = "hand"
    seq: int
    participant_id: str
    up: bool
    payload: dict[str, Any] | None = None


class Reacted(Told):
    """Somebody reacted."""

    type: Literal["reacted"] = "reacted"
    seq: int
    participant_id: str
    name: str
    reaction: str


class Asked(Told):
    """A question was asked."""

    type: Literal["asked"] = "asked"
    seq: int
    question: Question


class QuestionClosed(Told):
    """A question was dealt with."""

    type: Literal["question_closed"] = "question_closed"
    seq: int
    question_id: str


class Drawn(Told):
    """A line was drawn."""

    type: Literal["drawn"] = "drawn"
    seq: int
    stroke: Stroke


class BoardCleared(Told):
    """A page of the board was wiped."""

    type: Literal["board_cleared"] = "board_cleared"
    seq: int
    page: int


class PageTurned(Told):
    """The board shows another page."""

    type: Literal["page_turned"] = "page_turned"
    seq: int
    page: int


class QuizStarted(Told):
    """A quiz was put to the class."""

    type: Literal["quiz"] = "quiz"
    seq: int
    quiz: Quiz


class QuizAnswered(Told):
    """So many have answered by now."""

    type: Literal["quiz_answered"] = "quiz_answered"
    seq: int
    quiz_id: str
    answered: int


class QuizEnded(Told):
    """The quiz is over: which options were right, how often each was chosen."""

    type: Literal["quiz_ended"] = "quiz_ended"
    seq: int
    quiz_id: str
    correct: list[int]
    counts: list[int]
    answered: int


class Shared(Told):
    """A file is before the class."""

    type: Literal["shared"] = "shared"
    seq: int
    file: File


class Unshared(Told):
    """A shared file was taken away."""

    type: Literal["unshared"] = "unshared"
    seq: int
    file_id: str


class PropertiesChanged(Told):
    """Properties were put (`changes`, by path) or removed; `by` is a participant or `server`."""

    type: Literal["properties"] = "properties"
    seq: int
    scope: str
    subject: str
    changes: dict[str, Any]
    removed: list[str]
    enabled: bool | None = None
    cause: dict[str, Any]
    by: str
