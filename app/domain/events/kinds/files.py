"""Files before the class."""

from dataclasses import dataclass
from datetime import datetime


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
