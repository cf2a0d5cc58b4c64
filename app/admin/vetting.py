"""Judges URLs before they are saved, while no transaction is open: names are looked up."""

from fastapi import Request

from app.admin import wire
from app.admin.subscriptions import FIELDS
from app.domain.tenants import queries
from app.kit.outbound import check_name, check_url
from app.kit.work import Works
from app.rules.refusals import BadValue


async def vet_new(new: wire.NewTenant, request: Request) -> None:
    """Refuse a new tenant whose URLs are none, or lead to private addresses."""
    await _vet(_urls(new), allow_private=new.allow_private, request=request)


async def vet_change(tenant: str, changes: wire.TenantChange, request: Request) -> None:
    """Refuse a change whose URLs are none, or lead to private addresses where the tenant may not send."""
    await vet(tenant, _urls(changes), request)


async def vet(tenant_id: str, urls: dict[str, str], request: Request) -> None:
    """Refuse URLs, each by its field, that are none, or lead where the tenant may not send."""
    if urls:
        works: Works = request.app.state.works
        async with works.begin() as work:
            allow_private = (await queries.by_id(work, tenant_id)).allow_private
        await _vet(urls, allow_private=allow_private, request=request)


def _urls(changes: wire.TenantChange) -> dict[str, str]:
    """The URLs that are given, by the names of their fields."""
    parts: dict[str, wire.Change | None] = {"merithub": changes.merithub, "learncube": changes.learncube}
    given = {
        f"{dialect}.{field}": getattr(parts[dialect], field, None) for (dialect, _), field in FIELDS.items()
    }
    return {field: url for field, url in given.items() if url is not None}


async def _vet(urls: dict[str, str], *, allow_private: bool, request: Request) -> None:
    allowed = request.app.state.settings.allowed
    for field, url in urls.items():
        try:
            check_url(url, allow_private=allow_private, allowed=allowed)
            if not allow_private:
                await check_name(url, allowed)
        except BadValue as refusal:
            raise BadValue(field, refusal.why) from refusal
