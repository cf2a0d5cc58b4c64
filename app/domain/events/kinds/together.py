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
