"""What programs say about people in a room."""

from dataclasses import dataclass
from typing import Any, Final

from app.dialects.agora.reading import Wire, read
from app.dialects.reading import Flag, Number, Text
from app.rules.refusals import BadValue

FOR_EVER: Final = -1
MOST_AT_ONCE: Final = 500
TEXT: Final = 1


class Dirty(Wire):
    """Whether somebody who is put out may come back."""

    state: Flag = None
    duration: Number = None


class Exit(Wire):
    """Somebody is put out."""

    dirty: dict[str, Any] | None = None


@dataclass(frozen=True)
class Ban:
    """Somebody stays out for so many seconds; None is for good."""

    seconds: int | None


def ban(said: Exit) -> Ban | None:
    """How long somebody stays out; None where coming back is free.

    Without a duration, or with -1, a dirty user stays out for good; one of no seconds bars nobody.
    """
    dirty = read(Dirty, said.dirty or {})
    is_dirty = dirty.duration is not None if dirty.state is None else dirty.state
    if not is_dirty or dirty.duration == 0:
        return None
    return Ban(None if dirty.duration == FOR_EVER else dirty.duration)


class Chat(Wire):
    """A message in somebody's name; the only type is text."""

    message: Text = None
    type: Number = None


def message(said: Chat) -> str:
    """What is to be said."""
    if said.message is None:
        raise BadValue("message", "is required")
    if said.type not in (None, TEXT):
        raise BadValue("type", f"must be {TEXT}")
    return said.message


class Mute(Wire):
    """Whether the chat is silent."""

    mute_chat: Flag = None


def is_silent(said: Mute) -> bool:
    """Whether the chat is to be silent."""
    if said.mute_chat is None:
        raise BadValue("muteChat", "is required")
    return said.mute_chat


class RewardDetail(Wire):
    """By how much somebody's rewards change."""

    user_uuid: Text = None
    change_reward: Number = None


class Rewards(Wire):
    """Rewards for several people."""

    reward_details: list[RewardDetail] | None = None


def changes(said: Rewards) -> dict[str, int]:
    """By how much each person's rewards change; who is named twice gets both."""
    if not said.reward_details:
        raise BadValue("rewardDetails", "is required")
    if len(said.reward_details) > MOST_AT_ONCE:
        raise BadValue("rewardDetails", f"must be at most {MOST_AT_ONCE}")
    summed: dict[str, int] = {}
    for detail in said.reward_details:
        if detail.user_uuid is None or detail.change_reward is None:
            raise BadValue("rewardDetails", "must each have userUuid and changeReward")
        summed[detail.user_uuid] = summed.get(detail.user_uuid, 0) + detail.change_reward
    return summed


class Process(Wire):
    """A step of the way on the stage; the older programs name the person in one way, the newer in others."""

    user_uuid: Text = None
    from_user_uuid: Text = None
    to_user_uuid: Text = None
    payload: dict[str, Any] | None = None
