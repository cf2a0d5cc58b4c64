"""A room at a glance, across the slices: so that whoever comes in asks only for what is there."""

from app.domain.overview.queries import Overview, overview

__all__ = ["Overview", "overview"]
