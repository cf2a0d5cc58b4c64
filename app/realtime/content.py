"""Where a signed link answers the bytes of a file, with no login: in pings, in rooms, for any dialect."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from app.domain import drive
from app.domain.drive import links, queries
from app.domain.tenants import queries as tenants
from app.kit.downloads import send

# What else could be sent is no id of ours, and PostgreSQL cannot even compare all of it.
Id = Annotated[str, Path(pattern="^[0-9A-Za-z_-]{1,64}$")]

router = APIRouter(include_in_schema=False)


@router.get("/_/content/{tenant_id}/{file_id}")
async def content(
    request: Request, tenant_id: Id, file_id: Id, expires: str = "", signature: str = ""
) -> Response:
    """The file while the link is valid; a part of it where `Range` asks for one."""
    async with request.app.state.works.begin(tenant_id) as work:
        tenant = await tenants.by_id(work, tenant_id)
        links.check(tenant, file_id, expires=expires, signature=signature, now=work.now, wall=work.wall)
        file = await queries.by_id(work, tenant_id, file_id)
    return await send(request, request.app.state.store, drive.stored(file))
