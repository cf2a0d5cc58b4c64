"""The first message: the whole room."""

from datetime import datetime
from typing import Literal

from app.realtime.protocol.base import Told
from app.realtime.protocol.people import Group
from app.realtime.protocol.polls import Poll
from app.realtime.protocol.resources import Resource
from app.realtime.protocol.values import (
    Board,
    ChatMessage,
    File,
    May,
    Person,
    Properties,
    Question,
    Quiz,
    Room,
    You,
)


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
