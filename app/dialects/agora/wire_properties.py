"""Properties as programs send them."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, field_validator

from app.dialects.agora.reading import Wire
from app.dialects.reading import Id, Number
from app.rules.refusals import BadValue


class Caused(Wire):
    """A change with the caller's own reason for it."""

    cause: dict[str, Any] = Field(default_factory=dict)

    @field_validator("cause", mode="before")
    @classmethod
    def _nothing(cls, value: Any) -> Any:
        return {} if value is None else value


class PutProperties(Caused):
    """Values by path."""

    properties: dict[str, Any]


class RemoveProperties(Caused):
    """Paths."""

    properties: list[str]


class Common(Wire):
    """What every part of a room has: 0 is off, 1 is on."""

    state: Number = None


class PutPart(Caused):
    """Values of a part of the room, and whether it is on."""

    properties: dict[str, Any] = Field(default_factory=dict)
    common: Common = Common()

    @field_validator("properties", "common", mode="before")
    @classmethod
    def _empty(cls, value: Any) -> Any:
        return {} if value is None else value

    @property
    def enabled(self) -> bool | None:
        """Whether the part is to be on; None where nothing is said."""
        if self.common.state not in (None, 0, 1):
            raise BadValue("common.state", "must be 0 or 1")
        return None if self.common.state is None else bool(self.common.state)


class OnePut(Wire):
    """Somebody with the values for them; without values those for all."""

    user_uuid: Id
    properties: dict[str, Any] | None = None


class OneRemoved(Wire):
    """Somebody with the paths; without paths those of all."""

    user_uuid: Id
    properties: list[str] | None = None


class PutMany(Caused):
    """Values for many people: each their own, or the same for all."""

    users: list[OnePut] = Field(min_length=1)
    properties: dict[str, Any] = Field(default_factory=dict)

    def by_user(self) -> Mapping[str, Mapping[str, Any]]:
        """The values of each."""
        return {
            one.user_uuid: self.properties if one.properties is None else one.properties for one in self.users
        }


class RemoveMany(Caused):
    """Paths of many people: each their own, or the same for all."""

    users: list[OneRemoved] = Field(min_length=1)
    properties: list[str] = Field(default_factory=list)

    def by_user(self) -> Mapping[str, list[str]]:
        """The paths of each."""
        return {
            one.user_uuid: self.properties if one.properties is None else one.properties for one in self.users
        }
