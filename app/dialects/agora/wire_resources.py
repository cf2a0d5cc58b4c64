"""Resources before a class as the vendor writes them."""

from typing import Any

from pydantic import Field

from app.dialects.agora.reading import Wire
from app.dialects.reading import Number, Text
from app.rules.resources import Link

TASK = ("taskUuid", "taskToken", "taskProgress")


class PutResource(Wire):
    """A resource by its address, with the task that converts it where there is one."""

    resource_name: Text = None
    url: Text = None
    size: Number = None
    task_uuid: Text = None
    task_token: Text = None
    task_progress: dict[str, Any] | None = None

    def link(self, resource_id: str) -> Link:
        """The link that it is."""
        said = (self.task_uuid, self.task_token, self.task_progress)
        task = {name: value for name, value in zip(TASK, said, strict=True) if value is not None}
        return Link(resource_id, self.resource_name or resource_id, self.url or "", self.size or 0, task)


class RemoveResources(Wire):
    """Which resources are to go."""

    resource_uuids: list[str] = Field(min_length=1)


def resource(resource_id: str, name: str, url: str, size: int, task: dict[str, Any]) -> dict[str, Any]:
    """A resource with all fields of the vendor's page."""
    return {
        "resourceUuid": resource_id,
        "resourceName": name,
        "size": size,
        "url": url,
        "taskUuid": task.get("taskUuid", ""),
        "taskToken": task.get("taskToken", ""),
        "taskProgress": task.get("taskProgress", {}),
    }
