"""Files: the libraries of users and of the organization, what is attached to classes, what is to be swept."""

from app.domain.drive.leftovers import Doomed, Upload, abandon, expect, key
from app.domain.drive.links import content_path
from app.domain.drive.queries import stored
from app.domain.drive.service import (
    FileDraft,
    add,
    attach,
    close_tenant,
    detach,
    erase_user,
    remove,
)

__all__ = [
    "Doomed",
    "FileDraft",
    "Upload",
    "abandon",
    "add",
    "attach",
    "close_tenant",
    "content_path",
    "detach",
    "erase_user",
    "expect",
    "key",
    "remove",
    "stored",
]
