"""Reading the outbox as an operator does: what was owed, how it went, how much waits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, tuple_

from app.domain.outbox.tables import Attempt, Delivery, Lane, Subscription
from app.kit.work import Work
from app.rules.refusals import UnknownThing


async def subscriptions(work: Work, tenant_id: str) -> Sequence[Subscription]:
    """All subscriptions of a tenant, the disabled ones included."""
    found = await work.db.scalars(
        select(Subscription)
        .where(Subscription.tenant_id == tenant_id)
        .order_by(Subscription.dialect, Subscription.purpose)
    )
    return found.all()


async def delivery(work: Work, tenant_id: str, delivery_id: str) -> Delivery:
    """One delivery, or UnknownThing."""
    found = await work.db.scalar(
        select(Delivery).where(Delivery.tenant_id == tenant_id, Delivery.delivery_id == delivery_id)
    )
    if found is None:
        what = "delivery"
        raise UnknownThing(what, delivery_id)
    return found


async def deliveries(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    *,
    state: str | None = None,
    classroom_id: str | None = None,
    subscription_id: str | None = None,
    kind: str | None = None,
    since: datetime | None = None,
    after: str | None = None,
    limit: int = 100,
) -> Sequence[Delivery]:
    """A tenant's deliveries, the latest first, from the one past the delivery `after`."""
    wanted = select(Delivery).where(Delivery.tenant_id == tenant_id)
    if state is not None:
        wanted = wanted.where(Delivery.state == state)
    if classroom_id is not None:
        wanted = wanted.where(Delivery.classroom_id == classroom_id)
    if subscription_id is not None:
        wanted = wanted.where(Delivery.subscription_id == subscription_id)
    if kind is not None:
        wanted = wanted.where(Delivery.kind == kind)
    if since is not None:
        wanted = wanted.where(Delivery.created_at >= since)
    if after is not None:
        last = await delivery(work, tenant_id, after)
        place = tuple_(Delivery.created_at, Delivery.delivery_id)
        wanted = wanted.where(place < (last.created_at, last.delivery_id))
    newest = wanted.order_by(Delivery.created_at.desc(), Delivery.delivery_id.desc()).limit(limit)
    return (await work.db.scalars(newest)).all()


async def attempts(work: Work, tenant_id: str, delivery_id: str) -> Sequence[Attempt]:
    """Every try of a delivery, the first one first."""
    found = await work.db.scalars(
        select(Attempt)
        .where(Attempt.tenant_id == tenant_id, Attempt.delivery_id == delivery_id)
        .order_by(Attempt.logged_at, Attempt.at, Attempt.attempt_id)
    )
    return found.all()


async def waiting(work: Work) -> int:
    """How many deliveries of all tenants wait; the partial index over busy lanes answers it."""
    owed = func.coalesce(func.sum(Lane.last_seq - Lane.done_seq), 0)
    return int(await work.db.scalar(select(owed).where(Lane.due_at.is_not(None))) or 0)


async def waiting_by_subscription(work: Work, tenant_id: str) -> dict[str, int]:
    """How many deliveries wait for each of a tenant's receivers."""
    found = await work.db.execute(
        select(Lane.subscription_id, func.sum(Lane.last_seq - Lane.done_seq))
        .where(Lane.tenant_id == tenant_id, Lane.last_seq > Lane.done_seq)
        .group_by(Lane.subscription_id)
    )
    return {subscription_id: int(count) for subscription_id, count in found}
