"""Every message of the room socket, both ways. docs/room-protocol.md is the prose to it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

VERSION = 1
LARGEST_FRAME = 16 * 1024
LONGEST_TEXT = 2000


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


def _storable(text: str) -> str:
    # PostgreSQL has no NUL in text.
    if "\0" in text:
        raise ValueError("must not contain NUL characters")
    return text


Text = Annotated[str, AfterValidator(_storable)]
Id = Annotated[Text, StringConstraints(min_length=1, max_length=64)]


class Heard(BaseModel):
    """A message from a client; what it says beyond this is ignored, so that newer clients may say more."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Hello(Heard):
    """The first message: which tab this is and, of a guest, the name."""

    type: Literal["hello"]
    v: Literal[1]
    tab: Id
    name: Annotated[Text, StringConstraints(strip_whitespace=True, max_length=100)] | None = None


class Beat(Heard):
    """A sign of life."""

    type: Literal["beat"]


class Say(Heard):
    """A chat message to all, or to one."""

    type: Literal["say"]
    text: Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)]
    to: Id | None = None
    ref: Id | None = None


class Start(Heard):
    """Start the class; hosts only."""

    type: Literal["start"]


class End(Heard):
    """End the class for everybody; hosts only."""

    type: Literal["end"]


class Leave(Heard):
    """Go away on purpose."""

    type: Literal["leave"]


FromClient = Annotated[Hello | Beat | Say | Start | End | Leave, Field(discriminator="type")]
from_client: TypeAdapter[Hello | Beat | Say | Start | End | Leave] = TypeAdapter(FromClient)


class Told(BaseModel):
    """A message to a client. What is not known is left out, so there is no null on the wire."""

    model_config = ConfigDict(frozen=True)

    def text(self) -> str:
        """The frame."""
        return self.model_dump_json(exclude_none=True)


class Person(BaseModel):
    """Somebody who is present."""

    participant_id: str
    name: str
    role: str


class You(Person):
    """Who the client is; `link` enters again as the same person."""

    link: str


class Room(BaseModel):
    """The classroom as it stands."""

    title: str
    state: str
    starts_at: datetime | None = None
    lesson_id: str | None = None
    started_at: datetime | None = None
    duration_minutes: int | None = None


class ChatMessage(BaseModel):
    """One chat message; `to` is the one other reader of a private one."""

    message_id: str
    participant_id: str
    name: str
    text: str
    at: datetime
    to: str | None = None


class Welcome(Told):
    """The whole room as of event `seq`; what happens later follows as messages with higher numbers."""

    type: Literal["welcome"] = "welcome"
    v: Literal[1] = 1
    seq: int
    now: datetime
    you: You
    room: Room
    people: list[Person]
    chat: list[ChatMessage]


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


class Ended(Told):
    """The class ended; the socket is closed next."""

    type: Literal["ended"] = "ended"
    seq: int
    at: datetime
    by: str


class Removed(Told):
    """Somebody's seat was taken away; the removed person's own socket is closed next."""

    type: Literal["removed"] = "removed"
    seq: int
    participant_id: str


class Closed(Told):
    """The class was called off or expired; the socket is closed next."""

    type: Literal["closed"] = "closed"
    reason: str


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


FromServer = Annotated[
    Welcome | Joined | Left | Said | Started | Ended | Removed | Closed | Ack | Refused,
    Field(discriminator="type"),
]
