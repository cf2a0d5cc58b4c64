"""Reading subscriptions."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, select

from app.domain.outbox.tables import Subscription
from app.domain.tenants.tables import Credential, Tenant
from app.kit.prepared import Prepared
from app.kit.work import Work


class Listener(NamedTuple):
    """A subscription, with what its dialect has to know of the tenant to write what is owed there."""

    tenant_id: str
    subscription_id: str
    dialect: str
    purpose: str
    kinds: list[str] | None
    enabled: bool
    parked_until: datetime | None
    public_id: str
    signing_secret: str
    settings: dict[str, Any]
    """The tenant's."""


LISTENERS: Final = Prepared(
    select(
        Subscription.tenant_id,
        Subscription.subscription_id,
        Subscription.dialect,
        Subscription.purpose,
        Subscription.kinds,
        Subscription.enabled,
        Subscription.parked_until,
        Credential.public_id,
        Tenant.signing_secret,
        Tenant.settings,
    )
    .join(
        Credential,
        (Credential.tenant_id == Subscription.tenant_id) & (Credential.dialect == Subscription.dialect),
    )
    .join(Tenant, Tenant.tenant_id == Subscription.tenant_id)
    .where(Subscription.tenant_id == bindparam("tenant_id"))
    .order_by(Subscription.dialect, Subscription.purpose),
    into=Listener,
    reads=True,
)


async def listeners(work: Work, tenant_id: str) -> list[Listener]:
    """All subscriptions of a tenant, the disabled ones included."""
    return await LISTENERS.all(work, tenant_id=tenant_id)


async def subscription(work: Work, tenant_id: str, dialect: str, purpose: str) -> Subscription | None:
    """One subscription, or None."""
    return await work.db.scalar(
        select(Subscription)
        .where(
            Subscription.tenant_id == tenant_id,
            Subscription.dialect == dialect,
            Subscription.purpose == purpose,
        )
        .execution_options(populate_existing=True)
    )
