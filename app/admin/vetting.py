"""Looks up the names in URLs before they are saved, while no transaction is open."""

from fastapi import Request

from app.admin import wire
from app.admin.subscriptions import FIELDS
from app.domain.tenants import queries
from app.kit.outbound import check_name
from app.kit.work import Works
from app.rules.refusals import BadValue


async def vet_new(new: wire.NewTenant) -> None:
    """Refuse a new tenant whose URLs lead to private addresses."""
    if not new.allow_private:
        await _vet(_urls(new))


async def vet_change(tenant: str, changes: wire.TenantChange, request: Request) -> None:
    """Refuse a change whose URLs lead to private addresses, where the tenant may not send there."""
    await vet(request.app.state.works, tenant, _urls(changes))


async def vet(works: Works, tenant_id: str, urls: dict[str, str]) -> None:
    """Refuse URLs, each by its field, that lead to private addresses, unless the tenant may send there."""
    if urls:
        async with works.begin() as work:
            allowed = (await queries.by_id(work, tenant_id)).allow_private
        if not allowed:
            await _vet(urls)


def _urls(changes: wire.TenantChange) -> dict[str, str]:
    """The URLs that are given, by the names of their fields."""
    parts: dict[str, wire.Change | None] = {"merithub": changes.merithub, "learncube": changes.learncube}
    given = {
        f"{dialect}.{field}": getattr(parts[dialect], field, None) for (dialect, _), field in FIELDS.items()
    }
    return {field: url for field, url in given.items() if url is not None}


async def _vet(urls: dict[str, str]) -> None:
    for field, url in urls.items():
        try:
            await check_name(url)
        except BadValue as refusal:
            raise BadValue(field, refusal.why) from refusal
