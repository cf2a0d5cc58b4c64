"""A tenant's further endpoints: host names by which people come, each with the server that is asked."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel

from app.admin.vetting import vet
from app.admin.wire import Url
from app.domain.outbox import endpoints
from app.domain.tenants import queries as tenants
from app.kit.web import WorkDep
from app.kit.work import Work
from app.rules.refusals import UnknownThing

router = APIRouter(prefix="/tenants/{tenant}/endpoints", tags=["endpoints"])

DIALECT = "learncube"
HostName = Annotated[str, Path(max_length=253)]


class EndpointSet(BaseModel):
    """Where the questions and commands of this host name go."""

    callback_url: Url


class EndpointShown(EndpointSet):
    """A host name and the URL behind it."""

    host: str


@router.get("")
async def list_endpoints(tenant: str, work: WorkDep) -> list[EndpointShown]:
    """List the host names beside the first endpoint, whose `callback_url` is the tenant's own."""
    await tenants.by_id(work, tenant)
    return await _shown(work, tenant)


@router.get("/{host}")
async def show_endpoint(tenant: str, host: HostName, work: WorkDep) -> EndpointShown:
    """Show one."""
    await tenants.by_id(work, tenant)
    return await _one(work, tenant, host)


async def vet_endpoint(tenant: str, body: EndpointSet, request: Request) -> None:
    """Refuse a URL that leads to a private address, where the tenant may not send there."""
    await vet(tenant, {"callback_url": body.callback_url}, request)


@router.put("/{host}", dependencies=[Depends(vet_endpoint)])
async def set_endpoint(tenant: str, host: HostName, body: EndpointSet, work: WorkDep) -> EndpointShown:
    """Let people come by this host name, or give it another URL. A host name is one tenant's only."""
    await tenants.by_id(work, tenant)
    await endpoints.add(work, tenant, DIALECT, host, body.callback_url)
    return await _one(work, tenant, host)


@router.delete("/{host}", status_code=204)
async def delete_endpoint(tenant: str, host: HostName, work: WorkDep) -> None:
    """Nobody comes by this host name any more; what its server is still owed is dropped."""
    await tenants.by_id(work, tenant)
    await endpoints.remove(work, tenant, DIALECT, (await _one(work, tenant, host)).host)


async def _shown(work: Work, tenant_id: str) -> list[EndpointShown]:
    found = await endpoints.listed(work, tenant_id, DIALECT)
    return [EndpointShown(host=host, callback_url=url) for host, url in found]


async def _one(work: Work, tenant_id: str, host: str) -> EndpointShown:
    for shown in await _shown(work, tenant_id):
        if shown.host == endpoints.plain(host):
            return shown
    what = "endpoint"
    raise UnknownThing(what, host)
