"""Messages by which clients deal with one another."""

from typing import Literal

from app.realtime.heard_base import Act, Id, Whole


class PutOut(Act):
    """Somebody has to go, and may come back."""

    type: Literal["put_out"]
    participant_id: Id


class Ban(Act):
    """Somebody has to go and stays out: for so long, or for good."""

    type: Literal["ban"]
    participant_id: Id
    seconds: Whole | None = None


class MuteChat(Act):
    """Only who leads the class may speak in the chat, or everybody again."""

    type: Literal["mute_chat"]
    muted: bool


class Reward(Act):
    """Somebody gets rewards, or loses some."""

    type: Literal["reward"]
    participant_id: Id
    change: Whole = 1
