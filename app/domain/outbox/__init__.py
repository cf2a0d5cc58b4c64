"""What subscribers are owed, in order per subscription and classroom, until they have it."""

from app.domain.outbox.claiming import Claimed, claim, claim_of, let_go
from app.domain.outbox.erasing import erase, erase_tenant, forget, forget_rest
from app.domain.outbox.notice import Notice
from app.domain.outbox.owing import Owed, owe
from app.domain.outbox.passing import Taken, Written, mark_well, settle_taken
from app.domain.outbox.service import resend, subscribe, unsubscribe
from app.domain.outbox.settling import Outcome, settle

__all__ = [
    "Claimed",
    "Notice",
    "Outcome",
    "Owed",
    "Taken",
    "Written",
    "claim",
    "claim_of",
    "erase",
    "erase_tenant",
    "forget",
    "forget_rest",
    "let_go",
    "mark_well",
    "owe",
    "resend",
    "settle",
    "settle_taken",
    "subscribe",
    "unsubscribe",
]
