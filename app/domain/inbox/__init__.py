"""The built-in ping inbox: what arrived at `/_/inbox/{name}`, for newcomers and tests. No tenant owns it."""

from app.domain.inbox.service import LARGEST_BODY, empty, put

__all__ = ["LARGEST_BODY", "empty", "put"]
