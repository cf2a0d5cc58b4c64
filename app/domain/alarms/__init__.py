"""The ledger of what is due. Everything driven by time is a row here: a restart forgets nothing."""

from app.domain.alarms.failing import postpone, retry
from app.domain.alarms.service import cancel, cancel_all, erase, hasten, ring_off, set_alarm, take

__all__ = ["cancel", "cancel_all", "erase", "hasten", "postpone", "retry", "ring_off", "set_alarm", "take"]
