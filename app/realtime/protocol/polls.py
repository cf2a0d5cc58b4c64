"""Messages of the server about polls."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.realtime.protocol.base import Told


class Poll(BaseModel):
    """A question of opinion; in the welcome also its counts so far and what the reader chose."""

    model_config = ConfigDict(from_attributes=True)

    poll_id: str
    participant_id: str
    question: str
    options: list[str]
    multiple: bool
    counts: list[int] | None = None
    answered: int | None = None
    mine: list[int] | None = None


class PollStarted(Told):
    """The class is asked for its opinion."""

    type: Literal["poll"] = "poll"
    seq: int
    poll: Poll


class PollAnswered(Told):
    """How often each option was chosen by now, by so many."""

    type: Literal["poll_answered"] = "poll_answered"
    seq: int
    poll_id: str
    counts: list[int]
    answered: int


class PollEnded(Told):
    """The poll is over; the counts are final."""

    type: Literal["poll_ended"] = "poll_ended"
    seq: int
    poll_id: str
    counts: list[int]
    answered: int
