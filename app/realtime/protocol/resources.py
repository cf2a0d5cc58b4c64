"""Messages of the server about links before the class."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.realtime.protocol.base import Told


class Resource(BaseModel):
    """Material elsewhere; `size` is in bytes, 0 where nobody said."""

    model_config = ConfigDict(from_attributes=True)

    resource_id: str
    name: str
    url: str
    size: int


class ResourcesPut(Told):
    """Links were put before the class, or changed."""

    type: Literal["resources_put"] = "resources_put"
    seq: int
    resources: list[Resource]


class ResourcesRemoved(Told):
    """Links were taken away."""

    type: Literal["resources_removed"] = "resources_removed"
    seq: int
    resources: list[Resource]
