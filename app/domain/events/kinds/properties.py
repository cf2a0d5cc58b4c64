"""Properties of the room, of the people in it and of its parts."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PropertiesChanged:
    """Properties were put or removed, by a participant or the customer's server.

    `scope` and `subject` say whose they are: the room's, a participant's, or those of a part of the room,
    which may also have been switched on or off. `changes` has the new values by path, `removed` the paths
    that are gone; the `cause` is the caller's own.
    """

    scope: str
    subject: str
    changes: dict[str, Any]
    removed: tuple[str, ...]
    enabled: bool | None
    cause: dict[str, Any]
    participant_id: str
    name: str
