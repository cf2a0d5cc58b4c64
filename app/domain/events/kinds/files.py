"""Files before the class."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ContentShared:
    """A file was put before the class; `user_id` is whose file it is, empty for the organization's.

    `again`: it was shared and taken away before in the same lesson.
    """

    file_id: str
    participant_id: str
    user_id: str
    title: str
    content_type: str
    lesson_id: str | None
    at: datetime
    again: bool


@dataclass(frozen=True)
class ContentUnshared:
    """A shared file was taken away again."""

    file_id: str
    by: str


@dataclass(frozen=True)
class ContentOpened:
    """Somebody opened a shared file."""

    file_id: str
    participant_id: str


@dataclass(frozen=True)
class LinkedResource:
    """Material elsewhere, as its owner describes it; `task` is what prepares it for showing."""

    resource_id: str
    name: str
    url: str
    size: int
    task: dict[str, Any]


@dataclass(frozen=True)
class ResourcesPut:
    """Links were put before the class, or changed, by a participant or the customer's server."""

    resources: tuple[LinkedResource, ...]
    participant_id: str


@dataclass(frozen=True)
class ResourcesRemoved:
    """Links were taken away again."""

    resources: tuple[LinkedResource, ...]
    participant_id: str
