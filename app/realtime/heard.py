"""Every message that a client may send; docs/room-protocol.md is the prose to it.

Lengths and ranges are the domain's to refuse, so that a wrong value costs a refusal and not the socket.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from app.realtime.heard_base import Act, Heard, Id, Text, Whole
from app.realtime.heard_people import (
    Assign,
    Ban,
    CallUp,
    DissolveGroups,
    Invite,
    MuteChat,
    PutOut,
    Reward,
    Split,
    Stage,
    TakeDown,
)
from app.realtime.heard_polls import AnswerPoll, EndPoll, StartPoll
from app.realtime.heard_properties import RemoveProperties, SetProperties
from app.realtime.heard_resources import PutResource, RemoveResource


class Hello(Heard):
    """The first message: which tab this is and, of a guest, the name."""

    type: Literal["hello"]
    v: Literal[1]
    tab: Id
    name: Annotated[Text, StringConstraints(strip_whitespace=True, max_length=100)] | None = None


class Beat(Heard):
    """A sign of life."""

    type: Literal["beat"]


class Say(Act):
    """A chat message to all, to one, or to a group."""

    type: Literal["say"]
    text: Text
    to: Id | None = None
    group: Id | None = None


class Start(Act):
    """Start the class; hosts only."""

    type: Literal["start"]


class End(Act):
    """End the class for everybody; hosts only."""

    type: Literal["end"]


class Hand(Act):
    """One's own hand goes up or down; `payload` is said with one that goes up."""

    type: Literal["hand"]
    up: bool
    payload: dict[str, Any] | None = None


class LowerHand(Act):
    """Take down the hand of another."""

    type: Literal["lower_hand"]
    participant_id: Id


class React(Act):
    """A passing reaction."""

    type: Literal["react"]
    reaction: Text


class Ask(Act):
    """A question to whoever leads the class."""

    type: Literal["ask"]
    text: Text


class CloseQuestion(Act):
    """A question was dealt with."""

    type: Literal["close_question"]
    question_id: Id


class Draw(Act):
    """A line on a page of the board."""

    type: Literal["draw"]
    page: Whole
    color: Text
    width: Whole
    points: list[tuple[Whole, Whole]]


class ClearBoard(Act):
    """Wipe a page of the board."""

    type: Literal["clear_board"]
    page: Whole


class TurnPage(Act):
    """Show a page of the board to everybody."""

    type: Literal["turn_page"]
    page: Whole


class StartQuiz(Act):
    """Put a question with options to the class."""

    type: Literal["start_quiz"]
    question: Text
    options: list[Text]
    correct: list[Whole] = Field(default_factory=list)
    changeable: bool = False


class Answer(Act):
    """Choose in the running quiz, once; where it is changeable, choose anew."""

    type: Literal["answer"]
    quiz_id: Id
    choices: list[Whole]


class EndQuiz(Act):
    """Take no more answers."""

    type: Literal["end_quiz"]
    quiz_id: Id


class Share(Act):
    """Put a file before the class."""

    type: Literal["share"]
    file_id: Id


class Unshare(Act):
    """Take a shared file away again."""

    type: Literal["unshare"]
    file_id: Id


class Open(Act):
    """A shared file is opened."""

    type: Literal["open"]
    file_id: Id


class Leave(Heard):
    """Go away on purpose."""

    type: Literal["leave"]


AnyAct = (
    Say
    | Start
    | End
    | Hand
    | LowerHand
    | React
    | Ask
    | CloseQuestion
    | Draw
    | ClearBoard
    | TurnPage
    | StartQuiz
    | Answer
    | EndQuiz
    | StartPoll
    | AnswerPoll
    | EndPoll
    | Share
    | Unshare
    | Open
    | PutOut
    | Ban
    | PutResource
    | RemoveResource
    | SetProperties
    | RemoveProperties
    | MuteChat
    | Reward
    | Invite
    | CallUp
    | TakeDown
    | Split
    | Assign
    | DissolveGroups
    | Stage
)
AnyHeard = Hello | Beat | Leave | AnyAct
FromClient = Annotated[AnyHeard, Field(discriminator="type")]
from_client: TypeAdapter[AnyHeard] = TypeAdapter(FromClient)
