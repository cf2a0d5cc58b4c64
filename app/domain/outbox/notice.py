"""What a dialect makes of an event: the exact bytes that a subscriber is owed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """One message: `kind` is the dialect's own word, by which subscriptions choose; `body` is sent as is."""

    kind: str
    body: bytes
