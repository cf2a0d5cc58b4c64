"""What people do in a room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class MessageSent:
    """A chat message; `to` is the one other reader of a private one, `readers` are those of a group's."""

    message_id: str
    participant_id: str
    name: str
    text: str
    to: str | None
    lesson_id: str | None
    group_id: str | None = None
    readers: tuple[str, ...] | None = None


@dataclass(frozen=True)
class HandRaised:
    """Somebody wants to speak; `payload` is what the person's program says with it."""

    participant_id: str
    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class HandLowered:
    """A raised hand went down; `by` is its owner or whoever called on them."""

    participant_id: str
    by: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reacted:
    """A passing reaction: one emoji."""

    participant_id: str
    name: str
    reaction: str


@dataclass(frozen=True)
class QuestionAsked:
    """A question to the teacher, kept in sight until it is closed."""

    question_id: str
    participant_id: str
    name: str
    text: str


@dataclass(frozen=True)
class QuestionClosed:
    """A question was dealt with."""

    question_id: str
    by: str


@dataclass(frozen=True)
class StrokeDrawn:
    """A line on a page of the board; points are whole ten-thousandths of its width and height."""

    stroke_id: str
    participant_id: str
    page: int
    color: str
    width: int
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class BoardCleared:
    """A page of the board was wiped."""

    page: int
    by: str


@dataclass(frozen=True)
class PageTurned:
    """The board shows another page to everybody."""

    page: int
    by: str
