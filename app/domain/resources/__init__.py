"""Material elsewhere that is put before a class: links with a name."""

from app.domain.resources.service import put, remove

__all__ = ["put", "remove"]
