"""The REST API's participants: everybody who has a seat in a classroom."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request

from app.dialects.learncube import uuids, wire_lists, wire_participants
from app.dialects.learncube.rest_auth import CallerDep
from app.dialects.learncube.rest_refusals import REFUSALS
from app.dialects.learncube.wire_participants import ParticipantFilters
from app.domain.joint import queries
from app.kit.web import WorkDep
from app.rules.refusals import UnknownThing

router = APIRouter(prefix="/participants", tags=["learncube"], responses=REFUSALS)


@router.get("")
async def list_participants(
    request: Request, work: WorkDep, caller: CallerDep, filters: Annotated[ParticipantFilters, Query()]
) -> dict[str, Any]:
    """List participants with their times, those of the latest classroom first, a hundred a page."""
    number = wire_lists.number_of(filters.page)
    count, found = await queries.page_of_seats(
        work, caller.tenant_id, caller.endpoint, filters.wanted(), number
    )
    return wire_lists.paged(request, number, count, [wire_participants.shown(one) for one in found])


@router.get("/{uuid}")
async def read_participant(work: WorkDep, caller: CallerDep, uuid: str) -> dict[str, Any]:
    """Read a participant."""
    known = uuids.read(uuid)
    if known is None or known[1]:
        what = "participant"
        raise UnknownThing(what, uuid)
    return wire_participants.shown(await queries.seat(work, caller.tenant_id, caller.endpoint, known[0]))
