"""Reading customer accounts."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, select

from app.domain.tenants import clock
from app.domain.tenants.tables import Credential, Tenant
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose, recalled, remember
from app.kit.work import Work
from app.rules.refusals import UnknownTenant, UnknownThing

TENANT = columns(Tenant)
CREDENTIAL = columns(Credential)


def both(*values: Any) -> tuple[Tenant, Credential]:
    """A tenant and a credential of the values of their columns."""
    return TENANT_OF(*values[: len(TENANT)]), CREDENTIAL_OF(*values[len(TENANT) :])


TENANT_OF, CREDENTIAL_OF = loose(Tenant), loose(Credential)

BY_CREDENTIAL = Prepared(
    select(*TENANT, *CREDENTIAL)
    .join(Credential, Credential.tenant_id == Tenant.tenant_id)
    .where(Credential.dialect == bindparam("dialect"), Credential.public_id == bindparam("public_id")),
    into=both,
    reads=True,
)


async def by_id(work: Work, tenant_id: str) -> Tenant:
    """The tenant, or UnknownThing."""
    tenant = recalled(work, Tenant, tenant_id) or await work.db.get(Tenant, tenant_id)
    if tenant is None:
        what = "tenant"
        raise UnknownThing(what, tenant_id)
    return work.hold(tenant)


SECRET: Final = Prepared(
    select(Tenant.signing_secret).where(Tenant.tenant_id == bindparam("tenant_id")), into=str, reads=True
)


async def signing_secret(work: Work, tenant_id: str) -> str:
    """The key of the tenant's links, or UnknownThing."""
    secret = await SECRET.one(work, tenant_id=tenant_id)
    if secret is None:
        what = "tenant"
        raise UnknownThing(what, tenant_id)
    return secret


async def framers(work: Work, dialect: str, public_id: str) -> list[str] | None:
    """Who may frame the rooms of whoever has this credential; None: anybody, and where nobody has it."""
    settings = await work.db.scalar(
        select(Tenant.settings)
        .join(Credential, Credential.tenant_id == Tenant.tenant_id)
        .where(Credential.dialect == dialect, Credential.public_id == public_id)
    )
    return (settings or {}).get("framers")


async def by_credential(work: Work, dialect: str, public_id: str) -> tuple[Tenant, Credential]:
    """The tenant that a dialect's public id names, with the credential, or UnknownTenant.

    The work goes on at that tenant's instant: every request of a dialect comes through here.
    """
    found = await BY_CREDENTIAL.one(work, dialect=dialect, public_id=public_id)
    if found is None:
        raise UnknownTenant(public_id)
    entered(work, found[0])
    return found


def entered(work: Work, tenant: Tenant) -> None:
    """Let the work go on at the instant of a tenant that was read in it."""
    clock.enter(work, remember(work, tenant, tenant.tenant_id))


async def enter(work: Work, tenant_id: str) -> Tenant:
    """The tenant, or UnknownThing; the work goes on at its instant."""
    tenant = await by_id(work, tenant_id)
    clock.enter(work, tenant)
    return tenant


async def all_tenants(work: Work) -> Sequence[Tenant]:
    """Every tenant, the oldest first."""
    return (await work.db.scalars(select(Tenant).order_by(Tenant.created_at, Tenant.tenant_id))).all()


async def open_in_development(work: Work) -> Sequence[Tenant]:
    """The tenants that were made under development credentials and may reach private addresses, by name."""
    found = await work.db.scalars(
        select(Tenant).where(Tenant.development, Tenant.allow_private).order_by(Tenant.name, Tenant.tenant_id)
    )
    return found.all()


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
    value = tenant.limits.get(name, work.limits.get(name, default))
    return int(value)
