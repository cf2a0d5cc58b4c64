"""The people that a tenant knows."""

from app.domain.users.service import UserDraft, add, add_guests, edit, remove, reset_calendar, vanish

__all__ = ["UserDraft", "add", "add_guests", "edit", "remove", "reset_calendar", "vanish"]
