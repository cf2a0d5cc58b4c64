"""Where a signed link answers the bytes of a file, with no login: in pings, in rooms, for any dialect."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.domain import drive
from app.domain.drive import links, queries
from app.domain.tenants import queries as tenants
from app.kit.downloads import send

router = APIRouter(include_in_schema=False)


@router.get("/_/content/{tenant_id}/{file_id}")
async def content(
    request: Request, tenant_id: str, file_id: str, expires: str = "", signature: str = ""
) -> Response:
    """The file while the link is valid; a part of it where `Range` asks for one."""
    async with request.app.state.works.begin(tenant_id) as work:
        tenant = await tenants.by_id(work, tenant_id)
        links.check(tenant, file_id, expires=expires, signature=signature, now=work.now)
        file = await queries.by_id(work, tenant_id, file_id)
    return await send(request, request.app.state.store, drive.stored(file))
