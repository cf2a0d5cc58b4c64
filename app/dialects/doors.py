"""The way into a joint classroom, for every dialect that tells of one."""

from urllib.parse import urlencode, urlsplit

from app.domain.classrooms.tables import Classroom
from app.domain.outbox import endpoints


def class_page(base: str, classroom: Classroom, person: str = "") -> str:
    """The page of a joint classroom, for the person of this id of the customer's where one is named.

    A further endpoint is entered by its own host name, since that says which server is asked.
    """
    host = endpoints.host_of(classroom.endpoint)
    if host is not None:
        parts = urlsplit(base)
        base = parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host).geturl()
    said = {"token": classroom.reference or ""} | ({"user_id": person} if person else {})
    return f"{base}/classv3/?{urlencode(said)}"
