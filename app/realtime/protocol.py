"""Every message that the server sends; docs/room-protocol.md is the prose to it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from app.realtime.protocol_base import Told
from app.realtime.protocol_people import Group
from app.realtime.protocol_polls import Poll
from app.realtime.protocol_resources import Resource

VERSION = 1
# A chat message of 2000 emoji written as escapes fits, and so does a stroke of 500 points.
LARGEST_FRAME = 32 * 1024


class CloseCode:
    """Why the server closes a socket; 4000 and up are this protocol's own."""

    LEFT = 1000
    BROKEN = 1011
    RESTARTING = 1012
    TOO_SLOW = 1013
    TOO_BIG = 1009
    CLASS_ENDED = 4000
    BAD_MESSAGE = 4001
    REFUSED = 4003
    SILENT = 4008
    DISPLACED = 4009
    REMOVED = 4010
    PUT_OUT = 4011


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


class Welcome(Told):
    """The whole room as of event `seq`; what happens later follows as messages with higher numbers."""

    type: Literal["welcome"] = "welcome"
    v: Literal[1] = 1
    seq: int
    now: datetime
    you: You
    room: Room
    may: May
    people: list[Person]
    chat: list[ChatMessage]
    hands: list[str]
    stage: list[str]
    invited: list[str]
    groups: list[Group]
    questions: list[Question]
    board: Board
    quiz: Quiz | None = None
    poll: Poll | None = None
    shared: list[File]
    files: list[File] | None = None
    resources: list[Resource]
    properties: list[Properties]


class Joined(Told):
    """Somebody came."""

    type: Literal["joined"] = "joined"
    seq: int
    person: Person


class Left(Told):
    """Somebody's last tab went."""

    type: Literal["left"] = "left"
    seq: int
    participant_id: str
    reason: str


class Said(Told):
    """A chat message arrived."""

    type: Literal["said"] = "said"
    seq: int
    message: ChatMessage


class Started(Told):
    """The class went live."""

    type: Literal["started"] = "started"
    seq: int
    lesson_id: str
    at: datetime


class Ready(Told):
    """Somebody pressed start in a class that both sides start."""

    type: Literal["ready"] = "ready"
    seq: int
    participant_id: str


class StartRefused(Told):
    """The class may not start; `message` is for people. Nobody is ready any more."""

    type: Literal["start_refused"] = "start_refused"
    seq: int
    message: str


class Interrupted(Told):
    """A side of the class is gone: its clock, which ran for so many seconds since it last began, stands."""

    type: Literal["interrupted"] = "interrupted"
    seq: int
    at: datetime
    seconds: int


class Resumed(Told):
    """Both sides are there again, and the clock runs."""

    type: Literal["resumed"] = "resumed"
    seq: int
    at: datetime


class Ended(Told):
    """The class ended; the socket is closed next, unless people may stay until the class closes."""

    type: Literal["ended"] = "ended"
    seq: int
    at: datetime
    by: str
    stays: bool = False


class Removed(Told):
    """Somebody's seat was taken away; the removed person's own socket is closed next."""

    type: Literal["removed"] = "removed"
    seq: int
    participant_id: str


class Closed(Told):
    """The class was called off or expired; the socket is closed next."""

    type: Literal["closed"] = "closed"
    reason: str


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


class Edited(Told):
    """The class was changed: whether its lessons are recorded from now on."""

    type: Literal["edited"] = "edited"
    seq: int
    recorded: bool = False


class Recording(Told):
    """The class is being recorded, the recording pauses, or it is over."""

    type: Literal["recording"] = "recording"
    seq: int
    state: Literal["running", "held", "over"]


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


class Ack(Told):
    """The answer to a beat, with the server's time."""

    type: Literal["ack"] = "ack"
    at: datetime


class Refused(Told):
    """The server will not do it; `ref` is the refused message's own."""

    type: Literal["refused"] = "refused"
    code: str
    message: str
    ref: str | None = None
