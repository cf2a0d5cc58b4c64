"""How a class is split into groups: who is dealt where, and what may be asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.rules.refusals import BadValue

MOST_GROUPS = 100
LONGEST_NAME = 100


@dataclass(frozen=True)
class Draft:
    """A group to be: the customer's id and a name where there are any, and who is in it."""

    members: tuple[str, ...]
    reference: str | None = None
    name: str | None = None


def deal(seats: Sequence[str], many: int) -> list[Draft]:
    """Deal people into so many groups, as evenly as they go."""
    if not 1 <= many <= MOST_GROUPS:
        raise BadValue("groups", f"must be from 1 to {MOST_GROUPS}")
    return [Draft(tuple(seats[first::many])) for first in range(many)]


def must_hold_together(drafts: Sequence[Draft], standing: int = 0) -> None:
    """Refuse groups that contradict one another, or too many beside those that stand."""
    if not 1 <= len(drafts) + standing <= MOST_GROUPS:
        raise BadValue("groups", f"must be from 1 to {MOST_GROUPS}")
    if any(len(draft.name or "") > LONGEST_NAME for draft in drafts):
        raise BadValue("name", f"must be at most {LONGEST_NAME} characters")
    named = [draft.reference for draft in drafts if draft.reference is not None]
    members = [one for draft in drafts for one in draft.members]
    if len(set(named)) < len(named):
        raise BadValue("groups", "must not name a group twice")
    if len(set(members)) < len(members):
        raise BadValue("groups", "must not name a person twice")
