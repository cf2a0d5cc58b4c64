"""Lessons that both sides start together, and either side ends."""

from app.domain.joint.service import (
    called,
    end_jointly,
    holds,
    press_start,
    ready,
    refuse_start,
    start_together,
)

__all__ = ["called", "end_jointly", "holds", "press_start", "ready", "refuse_start", "start_together"]
