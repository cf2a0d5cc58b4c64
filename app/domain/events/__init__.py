"""The ledger of what happened, numbered per classroom without gaps, in commit order."""

from app.domain.events.service import erase, forget, record, record_all

__all__ = ["erase", "forget", "record", "record_all"]
