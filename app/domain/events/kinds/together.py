"""What people do with one another."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ChatMuted:
    """Only who leads the class may still speak in the chat."""

    by: str


@dataclass(frozen=True)
class ChatUnmuted:
    """Everybody may speak in the chat again."""

    by: str


@dataclass(frozen=True)
class RewardChange:
    """By how much somebody's rewards changed, and how many they are now."""

    participant_id: str
    changed: int
    total: int


@dataclass(frozen=True)
class RewardsChanged:
    """Rewards were given or taken back; each person is named once."""

    rewards: tuple[RewardChange, ...]
    by: str


@dataclass(frozen=True)
class StageInvited:
    """Somebody was asked on the stage."""

    participant_id: str
    by: str


@dataclass(frozen=True)
class StageChanged:
    """People came on the stage, or left it."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    by: str


@dataclass(frozen=True)
class GroupOf:
    """A group and who is in it; `reference` is the customer's own id of it."""

    group_id: str
    reference: str
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class GroupsChanged:
    """The class is split into these groups now; none: all are together."""

    groups: tuple[GroupOf, ...]
    by: str
