"""A person's classes as a calendar to subscribe to: a link that needs no login."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.dialects.doors import class_page
from app.dialects.merithub.auth import Caller, CallerDep, ClientId
from app.dialects.merithub.fields import Id
from app.domain import participants, users
from app.domain.classrooms.tables import Classroom
from app.domain.tenants import queries as tenants
from app.domain.users import queries as people
from app.domain.users.tables import User
from app.kit import ical
from app.kit.signing import link_holds, sign_link
from app.kit.web import WorkDep, base_url, tagged
from app.rules.refusals import BadCredentials

router = APIRouter(prefix="/v1/{client_id}", tags=["merithub"])

ICS = "text/calendar; charset=utf-8"
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/calendar": {}}},
    304: {"description": "The caller has this very calendar: `If-None-Match` names its `ETag`."},
}


@router.get("/users/{user_id}/calendar")
async def get_calendar(request: Request, work: WorkDep, caller: CallerDep, user_id: Id) -> dict[str, str]:
    """Read the URL at which calendar programs subscribe to a user's classes. Beyond the vendor."""
    user = await people.by_id(work, caller.tenant_id, user_id)
    return {"url": _link(caller, user, base_url(request))}


@router.post("/users/{user_id}/calendar")
async def reset_calendar(request: Request, work: WorkDep, caller: CallerDep, user_id: Id) -> dict[str, str]:
    """Give a user's calendar a new URL; the ones before answer 401. Beyond the vendor."""
    user = await users.reset_calendar(work, caller.tenant_id, user_id)
    return {"url": _link(caller, user, base_url(request))}


@router.get("/calendar/{user_id}.ics", response_class=Response, responses=ANSWERS)
async def read_calendar(
    request: Request, work: WorkDep, client_id: ClientId, user_id: Id, signature: Annotated[Id, Query()] = ""
) -> Response:
    """Read a user's classes as iCalendar by the signed URL; no login."""
    tenant, _ = await tenants.by_credential(work, "merithub", client_id)
    user = await people.by_id(work, tenant.tenant_id, user_id)
    if not link_holds(tenant.signing_secrets(work.wall), signature, *_signed(user)):
        raise BadCredentials("The link is not valid.")
    base = base_url(request)

    def address(classroom: Classroom, link: str) -> str:
        if classroom.joint:
            # Its customer is asked who may come, so the way in is that customer's page for everybody.
            return class_page(base, classroom, user.external_id)
        return f"{base}/info/room/{quote(client_id)}/{link}"

    entries = await participants.timetable(work, user, address=address)
    return tagged(request, ical.render(user.name, entries, work.now), ICS)


def _signed(user: User) -> tuple[str, ...]:
    return ("calendar", user.user_id, str(user.calendar_key))


def _link(caller: Caller, user: User, base: str) -> str:
    signature = sign_link(caller.tenant.signing_secret, *_signed(user))
    return f"{base}/v1/{quote(caller.client_id)}/calendar/{user.user_id}.ics?signature={signature}"
