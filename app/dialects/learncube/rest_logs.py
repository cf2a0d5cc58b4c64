"""The Class Log: every callback with its answer, and who came and went."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request

from app.dialects.learncube import uuids, wire_lists, wire_logs
from app.dialects.learncube.rest_auth import DIALECT, Caller, CallerDep
from app.dialects.learncube.rest_refusals import REFUSALS
from app.dialects.learncube.wire_logs import LogFilters
from app.domain.joint import log
from app.kit.web import WorkDep
from app.rules.refusals import UnknownThing

router = APIRouter(prefix="/logs", tags=["learncube"], responses=REFUSALS)


@router.get("")
async def list_logs(
    request: Request, work: WorkDep, caller: CallerDep, filters: Annotated[LogFilters, Query()]
) -> dict[str, Any]:
    """List the Class Log, the latest entry first, a hundred a page."""
    number = wire_lists.number_of(filters.page)
    count, found = await log.page(work, _source(caller), filters.wanted(), number)
    return wire_lists.paged(request, number, count, [wire_logs.shown(one) for one in found])


@router.get("/{uuid}")
async def read_log(work: WorkDep, caller: CallerDep, uuid: str) -> dict[str, Any]:
    """Read an entry of the Class Log."""
    known = uuids.read(uuid)
    if known is None:
        what = "entry"
        raise UnknownThing(what, uuid)
    key, number = known
    found = await log.entry(work, _source(caller), key, number=number, modulus=uuids.NUMBERS)
    return wire_logs.shown(found)


def _source(caller: Caller) -> log.Source:
    return log.Source(caller.tenant_id, DIALECT, caller.endpoint)
