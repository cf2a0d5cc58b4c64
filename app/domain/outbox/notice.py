"""What a dialect makes of an event: the exact bytes that a subscriber is owed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """One message; `kind` is the dialect's own word, by which a subscription chooses; `body` is sent as it is."""

    kind: str
    body: bytes
