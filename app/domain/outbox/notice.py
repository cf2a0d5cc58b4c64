"""What a dialect makes of an event: the exact bytes that a subscriber is owed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """One message: `kind` is the dialect's own word, by which subscriptions choose; `body` is sent as is."""

    kind: str
    body: bytes
    query: str = ""
    """Added to the subscriber's URL: some vendors say everything there once more."""
    purpose: str | None = None
    """The one subscription of the dialect that is told; None: every one."""
    content_type: str = "application/json"
