"""What people do in a room: start and end the class, chat."""

from app.domain.activities.service import end_class, say, start_class

__all__ = ["end_class", "say", "start_class"]
