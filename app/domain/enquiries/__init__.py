"""What a customer's server was asked while somebody waited at the door, and what it answered."""

from app.domain.enquiries.service import forget, note

__all__ = ["forget", "note"]
