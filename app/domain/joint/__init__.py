"""Lessons that both sides start together, and either side ends."""

from app.domain.joint.arranging import arrange, named, rearrange
from app.domain.joint.service import (
    called,
    end_jointly,
    holds,
    must_be_open,
    press_start,
    ready,
    refuse_start,
    start_together,
)

__all__ = [
    "arrange",
    "called",
    "end_jointly",
    "holds",
    "must_be_open",
    "named",
    "press_start",
    "ready",
    "rearrange",
    "refuse_start",
    "start_together",
]
