"""The event recording of a lesson: its stretch of the ledger, kept to be played again."""

from app.domain.recordings.service import make

__all__ = ["make"]
