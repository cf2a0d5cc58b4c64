"""Claiming what is due: a lease keeps two senders from one lane, the fence tells a claim from a later one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from app.domain.outbox.tables import Delivery, Lane, Subscription
from app.domain.tenants.tables import Tenant
from app.kit import tables
from app.kit.work import Work

LEASE: Final = timedelta(seconds=30)
"""Longer than one request may take, so that no lane is claimed twice while it is being sent."""


NOBODY: Final[Mapping[str, datetime]] = MappingProxyType({})


@dataclass(frozen=True)
class Claimed:
    """The head of a lane, to be sent by whoever holds this fence until the lease runs out."""

    tenant_id: str
    subscription_id: str
    lane_key: str
    seq: int
    fence: int
    delivery_id: str
    classroom_id: str
    kind: str
    body: bytes
    query: str
    content_type: str
    url: str
    secret: str
    allow_private: bool


async def claim(work: Work, limit: int, own_times: Mapping[str, datetime] = NOBODY) -> list[Claimed]:
    """Take the heads of lanes that are due (of every `tenant_id`), the longest due first.

    `own_times` has the present of each tenant with a clock of its own; for all others it is the machine's.
    """
    claimed = await _claim(work, limit, and_(Lane.due_at <= work.wall, Lane.tenant_id.not_in(own_times)))
    if own_times and len(claimed) < limit:
        claimed += await claim_of(work, limit - len(claimed), own_times)
    return claimed


async def claim_of(work: Work, limit: int, times: Mapping[str, datetime]) -> list[Claimed]:
    """Take the heads of these tenants' lanes that are due at their presents."""
    own = tables.own_times(times)
    theirs = select(own).where(own.c.tenant_id == Lane.tenant_id, own.c.present >= Lane.due_at)
    return await _claim(work, limit, theirs.exists())


async def _claim(work: Work, limit: int, is_due: ColumnElement[bool]) -> list[Claimed]:
    due = (
        select(Lane.tenant_id, Lane.subscription_id, Lane.lane_key)
        .join(
            Subscription,
            and_(
                Subscription.tenant_id == Lane.tenant_id,
                Subscription.subscription_id == Lane.subscription_id,
            ),
        )
        .where(is_due, Subscription.enabled, or_(Lane.leased_until.is_(None), Lane.leased_until <= work.wall))
        .order_by(Lane.due_at)
        .limit(limit)
        .with_for_update(of=Lane, skip_locked=True)
        .cte("due")
    )
    taken = (
        update(Lane)
        .where(
            Lane.tenant_id == due.c.tenant_id,
            Lane.subscription_id == due.c.subscription_id,
            Lane.lane_key == due.c.lane_key,
        )
        .values(leased_until=work.wall + LEASE, fence=Lane.fence + 1)
        .returning(Lane.tenant_id, Lane.subscription_id, Lane.lane_key, Lane.done_seq, Lane.fence)
        .cte("taken")
    )
    heads = (
        select(
            taken.c.tenant_id,
            taken.c.subscription_id,
            taken.c.lane_key,
            Delivery.seq,
            taken.c.fence,
            Delivery.delivery_id,
            Delivery.classroom_id,
            Delivery.kind,
            Delivery.body,
            Delivery.query,
            Delivery.content_type,
            Subscription.url,
            Subscription.secret,
            Tenant.allow_private,
        )
        .join(
            Delivery,
            and_(
                Delivery.tenant_id == taken.c.tenant_id,
                Delivery.subscription_id == taken.c.subscription_id,
                Delivery.lane_key == taken.c.lane_key,
                Delivery.seq == taken.c.done_seq + 1,
            ),
        )
        .join(
            Subscription,
            and_(
                Subscription.tenant_id == taken.c.tenant_id,
                Subscription.subscription_id == taken.c.subscription_id,
            ),
        )
        .join(Tenant, Tenant.tenant_id == taken.c.tenant_id)
    )
    return [Claimed(*row) for row in await work.db.execute(heads)]


async def following(work: Work, tenant_id: str) -> datetime | None:
    """When, by its own clock, a tenant's next try is due."""
    return await work.db.scalar(
        select(func.min(Lane.due_at))
        .join(
            Subscription,
            and_(
                Subscription.tenant_id == Lane.tenant_id,
                Subscription.subscription_id == Lane.subscription_id,
            ),
        )
        .where(Lane.tenant_id == tenant_id, Subscription.enabled)
    )
