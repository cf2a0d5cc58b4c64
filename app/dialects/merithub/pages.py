"""The pages of the live host: a link leads into the classroom. Looking at a page changes nothing."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.dialects.merithub.auth import ClientId
from app.dialects.merithub.fields import Id
from app.domain.participants import queries as participants
from app.domain.tenants import queries as tenants
from app.kit.pages import page
from app.kit.web import WorkDep
from app.kit.work import Work
from app.rules.refusals import UnknownLink, UnknownTenant

router = APIRouter(include_in_schema=False)


@router.get("/info/room/{client_id}/{link}")
async def room(request: Request, work: WorkDep, client_id: ClientId, link: Id) -> HTMLResponse:
    """The classroom; any query is welcome, `devicetest` and `iframe` change how the page begins and looks."""
    return await _room(request, work, client_id, link)


@router.get("/info/device-test/{client_id}/{link}")
async def device_test(request: Request, work: WorkDep, client_id: ClientId, link: Id) -> HTMLResponse:
    """The same page, which checks the device first."""
    return await _room(request, work, client_id, link, check=True)


@router.get("/{client_id}/sessions/view/{class_id}/{link}")
async def view(request: Request, work: WorkDep, client_id: ClientId, class_id: Id, link: Id) -> HTMLResponse:
    """The same page, under the path that also names the class."""
    return await _room(request, work, client_id, link, class_id=class_id)


async def _room(  # noqa: PLR0913 - each value is named at the call
    request: Request, work: Work, client_id: str, link: str, *, class_id: str = "", check: bool = False
) -> HTMLResponse:
    try:
        tenant, _ = await tenants.by_credential(work, "merithub", client_id)
    except UnknownTenant:
        # To somebody with a wrong link in a browser this is a page not found, not a missing login.
        raise UnknownLink from None
    door = await participants.door(work, tenant.tenant_id, link)
    if class_id and class_id != door.classroom.classroom_id:
        raise UnknownLink
    return page(
        "room.html",
        framers=tenant.framers,
        door="",
        socket=f"/_/room/{quote(tenant.tenant_id)}/{quote(link)}/socket",
        title=door.classroom.title,
        name=door.user.name if door.user else "",
        needs_name="true" if door.needs_name else "false",
        layout=door.classroom.layout,
        check="true" if check or _asked(request, "devicetest") else "false",
        framed=" framed" if _asked(request, "iframe") else "",
    )


def _asked(request: Request, name: str) -> bool:
    return request.query_params.get(name) == "true"
