"""What belongs to no tenant but to the database as a whole: where its files are, what was done last."""

from app.domain.installation.service import known, name_store, swept

__all__ = ["known", "name_store", "swept"]
