"""Event 1003: links and files before the class."""

from typing import Any, Final

from app.dialects.agora.scene import Narration, Scene
from app.dialects.agora.wire_resources import resource
from app.domain.drive.links import FOR_PROGRAMS, content_path
from app.domain.drive.tables import File
from app.domain.events import kinds
from app.domain.feeds import Item

RESOURCES: Final = 1003
PUT, GONE = 1, 2


async def links_put(scene: Scene, event: kinds.ResourcesPut) -> list[Item]:
    """Links were put before the class, or changed."""
    return await _links(scene, event, PUT)


async def links_removed(scene: Scene, event: kinds.ResourcesRemoved) -> list[Item]:
    """Links were taken away."""
    return await _links(scene, event, GONE)


async def file_shared(scene: Scene, event: kinds.ContentShared) -> list[Item]:
    """A file of the drive was put before the class."""
    return await _file(scene, event.file_id, event.participant_id, PUT)


async def file_unshared(scene: Scene, event: kinds.ContentUnshared) -> list[Item]:
    """A shared file was taken away."""
    return await _file(scene, event.file_id, event.by, GONE)


async def _links(scene: Scene, event: kinds.ResourcesPut | kinds.ResourcesRemoved, action: int) -> list[Item]:
    shown = [resource(one.resource_id, one.name, one.url, one.size, one.task) for one in event.resources]
    return [_item(shown, await scene.who(event.participant_id), action)]


async def _file(scene: Scene, file_id: str, by: str, action: int) -> list[Item]:
    file = await scene.work.db.get(File, (scene.classroom.tenant_id, file_id))
    title, size = (file.title, file.size) if file else ("", 0)
    facts = scene.facts
    path = content_path(facts.tenant_id, file_id, facts.signing_secret, scene.work.now + FOR_PROGRAMS)
    shown = resource(file_id, title, facts.base_url.rstrip("/") + path, size, {})
    return [_item([shown], await scene.who(by), action)]


def _item(resources: list[dict[str, Any]], operator: dict[str, Any], action: int) -> Item:
    return Item(RESOURCES, {"resources": resources, "operator": operator, "action": action})


NARRATED: Final[dict[str, Narration]] = {
    "ResourcesPut": links_put,
    "ResourcesRemoved": links_removed,
    "ContentShared": file_shared,
    "ContentUnshared": file_unshared,
}
