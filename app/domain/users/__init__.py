"""The people that a tenant knows."""

from app.domain.users.service import UserDraft, add, add_guests, edit, remove, reset_calendar

__all__ = ["UserDraft", "add", "add_guests", "edit", "remove", "reset_calendar"]
