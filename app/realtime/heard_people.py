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


class Invite(Act):
    """Ask somebody on the stage."""

    type: Literal["invite"]
    participant_id: Id


class CallUp(Act):
    """Put somebody on the stage, such as who raised a hand."""

    type: Literal["call_up"]
    participant_id: Id


class TakeDown(Act):
    """Take somebody off the stage, or an invitation back."""

    type: Literal["take_down"]
    participant_id: Id


class Stage(Act):
    """Accept the invitation on the stage, or decline it, or leave the stage."""

    type: Literal["stage"]
    up: bool


class Split(Act):
    """Deal everybody who is there, and does not lead the class, into so many groups."""

    type: Literal["split"]
    groups: Whole


class Assign(Act):
    """Put somebody into a group, or without one with all others."""

    type: Literal["assign"]
    participant_id: Id
    group_id: Id | None = None


class DissolveGroups(Act):
    """Bring all groups back together."""

    type: Literal["dissolve_groups"]
