"""Tenants: made with all their credentials in one call, read, changed, ended; secrets rotated."""

from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import TypeVar

from fastapi import APIRouter, Depends, Request

from app.admin import wire
from app.admin.subscriptions import apply_urls, secrets_of, urls_of
from app.admin.vetting import vet_change, vet_new
from app.domain import drive, tenants
from app.domain.rooms import queries as rooms
from app.domain.tenants import clock, editing, queries
from app.domain.tenants.tables import Tenant
from app.kit.web import WorkDep
from app.kit.work import Work

K = TypeVar("K", bound=str)
V = TypeVar("V")
router = APIRouter(prefix="/tenants", tags=["tenants"])


@router.post("", status_code=201, dependencies=[Depends(vet_new)])
async def create(new: wire.NewTenant, work: WorkDep, request: Request) -> wire.TenantMade:
    """Make a tenant with its credentials for all three dialects; the answer carries the secrets."""
    stands_at = new.clock and new.clock.astimezone(UTC)
    made = await tenants.create(
        work,
        new.name,
        test=new.test,
        allow_private=new.allow_private,
        development=request.app.state.settings.development,
        stands_at=stands_at,
    )
    clock.enter(work, made)
    await _apply(work, made, new)
    secrets = await _secrets(work, made.tenant_id)
    return wire.TenantMade(**dict(await _shown(work, made)), credentials=secrets)


@router.get("")
async def list_all(work: WorkDep) -> wire.Tenants:
    """All tenants, the oldest first, without secrets."""
    found = await queries.all_tenants(work)
    urls = await urls_of(work, [tenant.tenant_id for tenant in found])
    return wire.Tenants(tenants=[wire.TenantShown.of(tenant, urls[tenant.tenant_id]) for tenant in found])


@router.get("/{tenant}")
async def read(tenant: str, work: WorkDep) -> wire.TenantShown:
    """One tenant, without secrets."""
    return await _shown(work, await queries.by_id(work, tenant))


@router.patch("/{tenant}", dependencies=[Depends(vet_change)])
async def change(tenant: str, changes: wire.TenantChange, work: WorkDep) -> wire.TenantShown:
    """Change what is given (a JSON merge patch): null clears, what is left out stays."""
    locked = await editing.lock(work, tenant)
    clock.enter(work, locked)
    await _apply(work, locked, changes)
    return await _shown(work, locked)


@router.delete("/{tenant}", status_code=204)
async def delete(tenant: str, work: WorkDep) -> None:
    """End a tenant: everything it owns is removed for good."""
    await drive.close_tenant(work, tenant)


@router.get("/{tenant}/credentials")
async def credentials(tenant: str, work: WorkDep) -> wire.Credentials:
    """The tenant's credentials with their secrets, by dialect; `webhooks` has the keys that sign pings."""
    await queries.by_id(work, tenant)
    return await _secrets(work, tenant)


@router.post("/{tenant}/credentials/{dialect}/rotate")
async def rotate(tenant: str, dialect: wire.DialectName, work: WorkDep) -> dict[str, str | None]:
    """Give one dialect's credential a new secret at once; the public id stays.

    Access tokens that were issued for the former one are refused from then on.
    """
    await queries.by_id(work, tenant)
    return wire.credential_shown(await tenants.rotate(work, tenant, dialect))


async def _apply(work: Work, tenant: Tenant, changes: wire.TenantChange) -> None:
    if changes.name is not None:
        await editing.rename(work, tenant, changes.name)
    if changes.gives("limits"):
        await editing.set_limits(work, tenant, _or_cleared(changes.limits, tenant.limits))
    merithub = changes.merithub
    if merithub is not None and merithub.gives("switches"):
        before = tenant.settings.get("switches", {}).get("merithub", {})
        await editing.set_switches(work, tenant, "merithub", _or_cleared(merithub.switches, before))
    if changes.agora is not None and changes.agora.gives("trust_launch_role"):
        trusts = changes.agora.trust_launch_role
        await editing.set_switches(work, tenant, rooms.SWITCH, {rooms.TRUST: trusts})
    if changes.agora is not None and changes.agora.gives("every_class_is_a_room"):
        every = changes.agora.every_class_is_a_room
        await editing.set_switches(work, tenant, rooms.SWITCH, {rooms.EVERY: every})
    if changes.gives("frame_ancestors"):
        await editing.set_framers(work, tenant, changes.frame_ancestors)
    await apply_urls(work, tenant, changes)


def _or_cleared(changes: Mapping[K, V | None] | None, before: Iterable[str]) -> dict[str, V | None]:
    """The changes, or the clearing of every value where the whole was set to null."""
    if changes is None:
        return dict.fromkeys(before)
    return {str(name): value for name, value in changes.items()}


async def _shown(work: Work, tenant: Tenant) -> wire.TenantShown:
    urls = await urls_of(work, [tenant.tenant_id])
    return wire.TenantShown.of(tenant, urls[tenant.tenant_id])


async def _secrets(work: Work, tenant_id: str) -> wire.Credentials:
    credentials = wire.credentials_shown(await queries.credentials_of(work, tenant_id))
    return {**credentials, "webhooks": await secrets_of(work, tenant_id)}
