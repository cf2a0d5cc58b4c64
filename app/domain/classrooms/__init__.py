"""Classrooms and their lessons: scheduled, edited, started, ended, deleted."""

from app.domain.classrooms.plan import ClassroomPlan, PlanChanges
from app.domain.classrooms.reserved import close, skip
from app.domain.classrooms.series import end_series
from app.domain.classrooms.service import cancel, delete, edit, end, expire, schedule, start

__all__ = [
    "ClassroomPlan",
    "PlanChanges",
    "cancel",
    "close",
    "delete",
    "edit",
    "end",
    "end_series",
    "expire",
    "schedule",
    "skip",
    "start",
]
