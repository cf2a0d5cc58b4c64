"""The report of a lesson, made from the visits that happened."""

from app.domain.attendance.service import settle

__all__ = ["settle"]
