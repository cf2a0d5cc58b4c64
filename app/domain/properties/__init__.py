"""What programs keep at a room, at the people in it and at its parts."""

from app.domain.properties.service import Place, begin, put, put_of_people, remove, remove_of_people

__all__ = ["Place", "begin", "put", "put_of_people", "remove", "remove_of_people"]
