"""The REST API's classrooms."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request

from app.dialects.learncube import rest_bodies, uuids, wire_classrooms, wire_lists
from app.dialects.learncube.rest_auth import Caller, CallerDep
from app.dialects.learncube.rest_bodies import described
from app.dialects.learncube.rest_refusals import REFUSALS
from app.dialects.learncube.wire_classrooms import ChangeClassroom, ClassroomFilters, MakeClassroom
from app.domain import joint, recordings
from app.domain.joint import queries
from app.domain.recordings import queries as recorded
from app.domain.recordings.links import player
from app.kit.web import WorkDep, base_url
from app.kit.work import Work
from app.rules.links import LinkKind, expiry
from app.rules.refusals import UnknownClassroom

router = APIRouter(prefix="/classrooms", tags=["learncube"], responses=REFUSALS)


@router.get("")
async def list_classrooms(
    request: Request, work: WorkDep, caller: CallerDep, filters: Annotated[ClassroomFilters, Query()]
) -> dict[str, Any]:
    """List classrooms, the latest made first, a hundred a page."""
    number = wire_lists.number_of(filters.page)
    count, found = await queries.page(work, caller.tenant_id, caller.endpoint, filters.wanted(), number)
    return wire_lists.paged(request, number, count, await _all_shown(request, work, caller, found))


@router.post("", status_code=201, openapi_extra=described(MakeClassroom))
async def create_classroom(request: Request, work: WorkDep, caller: CallerDep) -> dict[str, Any]:
    """Make a classroom for a `room_token` that has none; JSON or a form."""
    body = await rest_bodies.read(request, MakeClassroom)
    made = await joint.arrange(
        work,
        caller.tenant_id,
        body.room_token,
        caller.endpoint,
        body.changes(),
        cancelled=bool(body.cancelled),
    )
    return await _shown(request, work, caller, made.classroom_id)


@router.get("/{uuid}")
async def read_classroom(request: Request, work: WorkDep, caller: CallerDep, uuid: str) -> dict[str, Any]:
    """Read a classroom, with what came of it so far."""
    return await _shown(request, work, caller, _id(uuid))


@router.put("/{uuid}", openapi_extra=described(ChangeClassroom))
async def change_classroom(request: Request, work: WorkDep, caller: CallerDep, uuid: str) -> dict[str, Any]:
    """Change the named fields; `cancelled` closes the room and opens it again."""
    classroom = await joint.named(work, caller.tenant_id, _id(uuid), caller.endpoint)
    body = await rest_bodies.read(request, ChangeClassroom)
    await joint.rearrange(
        work, caller.tenant_id, classroom.classroom_id, body.changes(), cancelled=body.cancelled
    )
    return await _shown(request, work, caller, classroom.classroom_id)


@router.delete("/{uuid}", status_code=204)
async def delete_classroom(work: WorkDep, caller: CallerDep, uuid: str) -> None:
    """Delete a classroom with everything of it."""
    classroom = await joint.named(work, caller.tenant_id, _id(uuid), caller.endpoint)
    await recordings.delete_classroom(work, caller.tenant_id, classroom.classroom_id)


async def _shown(request: Request, work: Work, caller: Caller, classroom_id: str) -> dict[str, Any]:
    found = await queries.one(work, caller.tenant_id, caller.endpoint, classroom_id)
    [shown] = await _all_shown(request, work, caller, [found])
    return shown


async def _all_shown(
    request: Request, work: Work, caller: Caller, found: Sequence[queries.Arranged]
) -> list[dict[str, Any]]:
    base, tenant = base_url(request), caller.tenant
    latest = await recorded.latest(work, tenant.tenant_id, [one.classroom.classroom_id for one in found])
    until = expiry(tenant.limits, LinkKind.PLAYER, work.now)
    players = {
        classroom_id: base + player(tenant.signing_secret, tenant.tenant_id, recording.recording_id, until)
        for classroom_id, recording in latest.items()
    }
    return [wire_classrooms.shown(one, base, players.get(one.classroom.classroom_id)) for one in found]


def _id(uuid: str) -> str:
    found = uuids.read(uuid)
    if found is None or found[1]:
        raise UnknownClassroom(uuid)
    return found[0]
