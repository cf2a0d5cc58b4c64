"""What messages are made of: people, the room, what is said, drawn, asked and shared."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Person(BaseModel):
    """Somebody who is present."""

    participant_id: str
    name: str
    role: str
    rewards: int = 0


class You(BaseModel):
    """Who the client is; `link` enters again as the same person."""

    participant_id: str
    name: str
    role: str
    link: str


class Joint(BaseModel):
    """Of a class that both sides start: who pressed start, and the clock that everybody sees.

    The clock says `seconds`, and since `running_since` it runs; without that it stands. A live class stands
    since `interrupted_at`, when one side went, and has a minute from there.
    """

    ready: list[str]
    seconds: int
    running_since: datetime | None = None
    interrupted_at: datetime | None = None


class Room(BaseModel):
    """The classroom as it stands."""

    title: str
    state: str
    starts_at: datetime | None = None
    lesson_id: str | None = None
    started_at: datetime | None = None
    duration_minutes: int | None = None
    muted: bool
    stage_places: int | None = None
    joint: Joint | None = None
    recorded: bool = False
    """Whether all its lessons are recorded."""
    recording: Literal["running", "held"] | None = None
    """Whether it is being recorded on demand."""


class ChatMessage(BaseModel):
    """One chat message; `to` is the one other reader of a private one, `group_id` that of a group's."""

    message_id: str
    participant_id: str
    name: str
    text: str
    at: datetime
    to: str | None = None
    group_id: str | None = None


class Question(BaseModel):
    """A question that waits for whoever leads the class."""

    model_config = ConfigDict(from_attributes=True)

    question_id: str
    participant_id: str
    name: str
    text: str
    at: datetime


class Stroke(BaseModel):
    """A line on the board, as it was drawn."""

    stroke_id: str
    participant_id: str
    page: int
    color: str
    width: int
    points: list[tuple[int, int]]


class Board(BaseModel):
    """The page that is shown, and what is drawn on all of them."""

    page: int
    strokes: list[Stroke]


class Quiz(BaseModel):
    """A question with options; in the welcome also how many answered and what the reader chose."""

    model_config = ConfigDict(from_attributes=True)

    quiz_id: str
    participant_id: str
    question: str
    options: list[str]
    changeable: bool = False
    answered: int | None = None
    mine: list[int] | None = None


class File(BaseModel):
    """A file; `url` is on this server, needs no login and holds for some hours."""

    file_id: str
    title: str
    content_type: str
    url: str


class Properties(BaseModel):
    """What is kept at the room (without a subject), at a person or at a part of the room."""

    model_config = ConfigDict(from_attributes=True)

    scope: str
    subject: str
    value: dict[str, Any]
    enabled: bool | None = None


class May(BaseModel):
    """What the client's person may do beyond what everybody may."""

    draw: bool
    moderate: bool
