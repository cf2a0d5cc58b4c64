"""Messages of the server about what people do with one another."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.realtime.protocol.base import Told


class PutOut(Told):
    """Somebody was put out, barred up to `until` or for good; that person's sockets are closed next."""

    type: Literal["put_out"] = "put_out"
    seq: int
    participant_id: str
    barred: bool
    until: datetime | None = None


class ChatTurned(Told):
    """The chat was muted for all but those who lead the class, or is open again."""

    type: Literal["chat_muted"] = "chat_muted"
    seq: int
    muted: bool


class RewardChange(BaseModel):
    """By how much somebody's rewards changed, and how many they are now."""

    participant_id: str
    changed: int
    total: int


class Rewarded(Told):
    """Rewards were given or taken back."""

    type: Literal["rewarded"] = "rewarded"
    seq: int
    rewards: list[RewardChange]


class Invited(Told):
    """Somebody was asked on the stage."""

    type: Literal["invited"] = "invited"
    seq: int
    participant_id: str


class StageChanged(Told):
    """People came on the stage, or left it."""

    type: Literal["stage"] = "stage"
    seq: int
    added: list[str]
    removed: list[str]


class Group(BaseModel):
    """A group and who is in it; `reference` is the customer's own id of it."""

    model_config = ConfigDict(from_attributes=True)

    group_id: str
    reference: str
    name: str
    members: list[str]


class GroupsChanged(Told):
    """The class is split into these groups now; none: all are together."""

    type: Literal["groups"] = "groups"
    seq: int
    groups: list[Group]
