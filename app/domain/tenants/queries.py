"""Reading customer accounts."""

from collections.abc import Sequence

from sqlalchemy import select

from app.domain.tenants import clock
from app.domain.tenants.tables import Credential, Tenant
from app.kit.work import Work
from app.rules.refusals import UnknownTenant, UnknownThing


async def by_id(work: Work, tenant_id: str) -> Tenant:
    """The tenant, or UnknownThing."""
    tenant = await work.db.get(Tenant, tenant_id)
    if tenant is None:
        what = "tenant"
        raise UnknownThing(what, tenant_id)
    return work.hold(tenant)


async def by_credential(work: Work, dialect: str, public_id: str) -> tuple[Tenant, Credential]:
    """The tenant that a dialect's public id names, with the credential, or UnknownTenant.

    The work goes on at that tenant's instant: every request of a dialect comes through here.
    """
    rows = await work.db.execute(
        select(Tenant, Credential)
        .join(Credential, Credential.tenant_id == Tenant.tenant_id)
        .where(Credential.dialect == dialect, Credential.public_id == public_id)
    )
    found = rows.one_or_none()
    if found is None:
        raise UnknownTenant(public_id)
    tenant, credential = found
    clock.enter(work, work.hold(tenant))
    return tenant, credential


async def all_tenants(work: Work) -> Sequence[Tenant]:
    """Every tenant, the oldest first."""
    return (await work.db.scalars(select(Tenant).order_by(Tenant.created_at, Tenant.tenant_id))).all()


async def credentials_of(work: Work, tenant_id: str) -> Sequence[Credential]:
    """The tenant's credentials, by dialect."""
    found = await work.db.scalars(
        select(Credential).where(Credential.tenant_id == tenant_id).order_by(Credential.dialect)
    )
    return found.all()


async def credential(work: Work, tenant_id: str, dialect: str) -> Credential:
    """The tenant's credential in one dialect, or UnknownThing."""
    found = await work.db.get(Credential, (tenant_id, dialect))
    if found is None:
        what = "credential"
        raise UnknownThing(what, dialect)
    return found


async def limit(work: Work, tenant_id: str, name: str, default: int) -> int:
    """A limit of the tenant's, else the operator's, else the default."""
    tenant = await by_id(work, tenant_id)
    value = tenant.settings.get("limits", {}).get(name, work.limits.get(name, default))
    return int(value)
