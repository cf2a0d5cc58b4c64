"""What a client may say about properties."""

from typing import Any, Literal

from pydantic import Field

from app.realtime.heard_base import Act, Text
from app.rules.properties import Scope


class SetProperties(Act):
    """Put values at their paths in the properties of the room, of a person or of a part of the room."""

    type: Literal["set_properties"]
    scope: Scope
    subject: Text = ""
    values: dict[str, Any]
    cause: dict[str, Any] = Field(default_factory=dict)
    enabled: bool | None = None


class RemoveProperties(Act):
    """Remove what is at these paths."""

    type: Literal["remove_properties"]
    scope: Scope
    subject: Text = ""
    paths: list[str]
    cause: dict[str, Any] = Field(default_factory=dict)
