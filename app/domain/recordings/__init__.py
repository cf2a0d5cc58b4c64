"""Recordings: of a lesson, its stretch of the ledger, kept to be played; on demand, takes made into films."""

from app.domain.recordings.erasing import delete_classroom, erase_more, erase_user
from app.domain.recordings.service import make
from app.domain.recordings.takes import configure_take, reach_limit, start_take, stop_all, stop_take

__all__ = [
    "configure_take",
    "delete_classroom",
    "erase_more",
    "erase_user",
    "make",
    "reach_limit",
    "start_take",
    "stop_all",
    "stop_take",
]
