"""What a client may say about polls."""

from typing import Literal

from app.realtime.heard_base import Act, Id, Text, Whole


class StartPoll(Act):
    """Ask the class for its opinion."""

    type: Literal["start_poll"]
    question: Text = ""
    options: list[Text]
    multiple: bool = False


class AnswerPoll(Act):
    """Take part in the running poll, once."""

    type: Literal["answer_poll"]
    poll_id: Id
    choices: list[Whole]


class EndPoll(Act):
    """Take no more answers."""

    type: Literal["end_poll"]
    poll_id: Id
