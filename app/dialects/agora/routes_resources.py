"""Resources before a class: links that programs put, and the files of the drive that are shared."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.dialects.agora import wire_resources as wire
from app.dialects.agora.access import RoomDep
from app.dialects.agora.actors import acting
from app.dialects.agora.described import body as described
from app.dialects.agora.envelope import answer
from app.dialects.agora.reading import Body, must_be_id, read
from app.domain import resources
from app.domain.activities import state
from app.domain.classrooms import queries as classrooms
from app.domain.drive.links import FOR_PROGRAMS, content_path
from app.domain.resources import queries
from app.kit.web import base_url

router = APIRouter(tags=["agora"])

RESOURCES = "/edu/apps/{app_id}/v1/rooms/{room_uuid}/resources"


@router.put(RESOURCES + "/{resource_uuid}", openapi_extra=described(wire.PutResource))
async def put_a_resource(room: RoomDep, resource_uuid: str, body: Body) -> JSONResponse:
    """Put a resource before the class by its address, or change one."""
    link = read(wire.PutResource, body).link(must_be_id("resourceUuid", resource_uuid))
    await resources.put(room.work, *await acting(room), link=link)
    return answer(room.work)


@router.get(RESOURCES)
async def list_resources(request: Request, room: RoomDep) -> JSONResponse:
    """What is before the class: linked resources first, then shared files under signed links."""
    linked = await queries.of_classroom(room.work, room.tenant_id, room.classroom_id)
    shown = [wire.resource(one.resource_id, one.name, one.url, one.size, one.task) for one in linked]
    lesson = await classrooms.open_lesson(room.work, room.tenant_id, room.classroom_id)
    until, secret = room.work.now + FOR_PROGRAMS, room.tenant.signing_secret
    for file in await state.shared_files(room.work, lesson) if lesson else []:
        url = base_url(request) + content_path(room.tenant_id, file.file_id, secret, until)
        shown.append(wire.resource(file.file_id, file.title, url, file.size, {}))
    return answer(room.work, shown)


@router.delete(RESOURCES, openapi_extra=described(wire.RemoveResources))
async def remove_resources(room: RoomDep, body: Body) -> JSONResponse:
    """Take resources away: all that are named, or none where one is not there."""
    named = read(wire.RemoveResources, body).resource_uuids
    await resources.remove(room.work, *await acting(room), resource_ids=named)
    return answer(room.work)
