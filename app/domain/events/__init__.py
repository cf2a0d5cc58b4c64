"""The ledger of what happened, numbered per classroom without gaps, in commit order."""

from app.domain.events.erasing import erase, forget
from app.domain.events.service import record, record_all, record_each

__all__ = ["erase", "forget", "record", "record_all", "record_each"]
