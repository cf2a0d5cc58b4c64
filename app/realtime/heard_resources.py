"""What a client may say about links before the class."""

from typing import Literal

from app.realtime.heard_base import Act, Id, Text, Whole


class PutResource(Act):
    """Put a link before the class; with the id of one that is there, in its place."""

    type: Literal["put_resource"]
    resource_id: Id | None = None
    name: Text
    url: Text
    size: Whole = 0


class RemoveResource(Act):
    """Take a link away again."""

    type: Literal["remove_resource"]
    resource_id: Id
