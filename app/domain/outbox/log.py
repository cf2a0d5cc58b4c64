"""Reading the outbox as an operator does: what was owed, how it went, how much waits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, ColumnElement, String, all_, and_, any_, cast, func, literal, select, tuple_

from app.domain.outbox.tables import Attempt, Delivery, Lane, Subscription
from app.kit.lists import at_most
from app.kit.work import Work
from app.rules.refusals import UnknownThing


async def subscriptions(work: Work, *tenant_ids: str) -> Sequence[Subscription]:
    """All subscriptions of a tenant, or of several; the disabled ones included."""
    found = await work.db.scalars(
        select(Subscription)
        .where(Subscription.tenant_id == any_(literal(tenant_ids, ARRAY(String))))
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
    alike = _alike(subscription_id, classroom_id, kind)
    wanted = select(Delivery).where(Delivery.tenant_id == tenant_id, *alike)
    if state is not None:
        wanted = wanted.where(Delivery.state == state)
    if since is not None:
        wanted = wanted.where(Delivery.created_at >= since)
    if after is not None:
        last = await delivery(work, tenant_id, after)
        place = tuple_(Delivery.created_at, Delivery.delivery_id)
        wanted = wanted.where(place < (last.created_at, last.delivery_id))
    newest = wanted.order_by(Delivery.created_at.desc(), Delivery.delivery_id.desc()).limit(at_most(limit))
    return (await work.db.scalars(newest)).all()


async def made_since(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    since: datetime,
    *,
    seen: Sequence[str],
    subscription_id: str | None,
    classroom_id: str | None,
    kind: str | None,
    limit: int,
) -> Sequence[Delivery]:
    """A tenant's deliveries made since then, the oldest first, each class in its order; not those seen."""
    wanted = select(Delivery).where(
        Delivery.tenant_id == tenant_id,
        Delivery.created_at >= since,
        Delivery.delivery_id != all_(cast(list(seen), ARRAY(String))),
        *_alike(subscription_id, classroom_id, kind),
    )
    oldest = wanted.order_by(Delivery.created_at, Delivery.classroom_id, Delivery.seq).limit(at_most(limit))
    return (await work.db.scalars(oldest)).all()


def _alike(
    subscription_id: str | None, classroom_id: str | None, kind: str | None
) -> Iterator[ColumnElement[bool]]:
    """That a delivery is of these, as far as they are said."""
    for column, value in (
        (Delivery.subscription_id, subscription_id),
        (Delivery.classroom_id, classroom_id),
        (Delivery.kind, kind),
    ):
        if value is not None:
            yield column == value


async def attempts(work: Work, tenant_id: str, delivery_id: str) -> Sequence[Attempt]:
    """Every try of a delivery, the first one first."""
    found = await work.db.scalars(
        select(Attempt)
        .where(Attempt.tenant_id == tenant_id, Attempt.delivery_id == delivery_id)
        .order_by(Attempt.logged_at, Attempt.at, Attempt.attempt_id)
    )
    return found.all()


@dataclass(frozen=True)
class Wait:
    """What a delivery waits for."""

    next_try_at: datetime | None
    """Null too while its receiver is off, and while another one of its class goes first."""
    ahead: int
    """How many of its class go first."""


async def wait_of(work: Work, delivery: Delivery) -> Wait:
    """What a delivery waits for; one that is settled waits for nothing."""
    lane = await work.db.get(Lane, (delivery.tenant_id, delivery.subscription_id, delivery.lane_key))
    if delivery.state != "pending" or lane is None:
        return Wait(None, 0)
    ahead = max(delivery.seq - lane.done_seq - 1, 0)
    return Wait(None if ahead else lane.due_at, ahead)


async def last_failures(work: Work, tenant_id: str) -> dict[str, Attempt]:
    """Of each of a tenant's receivers that fails: how the head that was tried most often fared last."""
    most_first = func.row_number().over(
        partition_by=Lane.subscription_id, order_by=(Lane.tries.desc(), Lane.lane_key)
    )
    failing = (
        select(Lane.subscription_id, Lane.lane_key, Lane.done_seq, most_first.label("place"))
        .where(Lane.tenant_id == tenant_id, Lane.tries > 0, Lane.last_seq > Lane.done_seq)
        .subquery("failing")
    )
    head = and_(
        Delivery.subscription_id == failing.c.subscription_id,
        Delivery.lane_key == failing.c.lane_key,
        Delivery.seq == failing.c.done_seq + 1,
    )
    found = await work.db.execute(
        select(Delivery.subscription_id, Attempt)
        .join(failing, head)
        .join(Attempt, Attempt.delivery_id == Delivery.delivery_id)
        .where(failing.c.place == 1, Delivery.tenant_id == tenant_id, Attempt.tenant_id == tenant_id)
        .order_by(Attempt.logged_at)
    )
    return {row.subscription_id: row.Attempt for row in found}


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
