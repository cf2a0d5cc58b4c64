"""Breakout rooms as programs ask for them."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator

from app.dialects.agora.reading import Wire, must_be_id
from app.dialects.reading import Text
from app.rules.groups import Draft
from app.rules.refusals import BadValue


class Named(Wire):
    """Somebody."""

    user_uuid: Text = None


def _named(value: Any) -> Any:
    """Some programs list ids alone."""
    if isinstance(value, list):
        return [{"userUuid": one} if isinstance(one, str) else one for one in value]
    return value


People = Annotated[list[Named] | None, BeforeValidator(_named)]


class GroupBody(Wire):
    """A group to be made."""

    group_uuid: Text = None
    group_name: Text = None
    users: People = None


class Groups(Wire):
    """All groups to be made."""

    groups: list[GroupBody] | None = None


class GroupUsers(Wire):
    """Who comes into a group (`users` or `addUsers`), and who leaves it for the room at large."""

    group_uuid: Text = None
    users: People = None
    add_users: People = None
    remove_users: People = None


class Regrouping(Wire):
    """Changes of groups that are there."""

    groups: list[GroupUsers] | None = None


def uuids(people: Sequence[Named] | None) -> list[str]:
    """The ids of people."""
    named = [person.user_uuid for person in people or []]
    if any(name is None for name in named):
        raise BadValue("userUuid", "is required")
    return [name for name in named if name is not None]


def everybody(said: Groups | Regrouping) -> list[str]:
    """The ids of all who are named anywhere."""
    found: list[str] = []
    for group in said.groups or []:
        found += uuids(group.users)
        if isinstance(group, GroupUsers):
            found += uuids(group.add_users) + uuids(group.remove_users)
    return found


def drafts(said: Groups, seats: dict[str, str]) -> list[Draft]:
    """The groups to be made."""
    if not said.groups:
        raise BadValue("groups", "is required")
    made = []
    for group in said.groups:
        if group.users is None:
            raise BadValue("users", "is required")
        if group.group_uuid:
            must_be_id("groupUuid", group.group_uuid)
        members = tuple(seats[user_uuid] for user_uuid in uuids(group.users))
        made.append(Draft(members, group.group_uuid or None, group.group_name))
    return made


def moves(said: Regrouping, seats: dict[str, str]) -> dict[str, str | None]:
    """The group that each of these seats is to be in; who leaves one is in none."""
    if not said.groups:
        raise BadValue("groups", "is required")
    wanted: dict[str, str | None] = {}
    for group in said.groups:
        if not group.group_uuid:
            raise BadValue("groupUuid", "is required")
        for user_uuid in uuids(group.remove_users):
            wanted.setdefault(seats[user_uuid], None)
        for user_uuid in [*uuids(group.users), *uuids(group.add_users)]:
            wanted[seats[user_uuid]] = group.group_uuid
    return wanted
