"""What subscribers are owed, in order per subscription and classroom, until they have it."""

from app.domain.outbox.notice import Notice
from app.domain.outbox.service import (
    Claimed,
    Outcome,
    claim,
    enqueue,
    resend,
    settle,
    subscribe,
    unsubscribe,
)

__all__ = [
    "Claimed",
    "Notice",
    "Outcome",
    "claim",
    "enqueue",
    "resend",
    "settle",
    "subscribe",
    "unsubscribe",
]
