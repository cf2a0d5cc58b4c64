"""What an operator does with a receiver: pause it, let it go on, try it, send things there again."""

import json
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal, null, select, update
from sqlalchemy.dialects.postgresql import insert

from app.domain.outbox.lanes import RESENT, drop_empty
from app.domain.outbox.notice import Notice
from app.domain.outbox.owing import Owed, owe
from app.domain.outbox.service import wake_lanes
from app.domain.outbox.settling import disable
from app.domain.outbox.tables import Delivery, Lane, Subscription
from app.kit import ids
from app.kit.work import Work
from app.rules.refusals import UnknownThing

PAUSED = "Paused."
TEST = "test"


async def named(work: Work, tenant_id: str, subscription_id: str) -> Subscription:
    """A subscription, held until the work ends; or UnknownThing."""
    found = await work.db.scalar(
        select(Subscription)
        .where(Subscription.tenant_id == tenant_id, Subscription.subscription_id == subscription_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        what = "receiver"
        raise UnknownThing(what, subscription_id)
    return found


async def pause(work: Work, tenant_id: str, subscription_id: str) -> None:
    """Send nothing there until it is resumed; what is owed waits in order."""
    await named(work, tenant_id, subscription_id)
    await disable(work, tenant_id, subscription_id, PAUSED)


async def resume(work: Work, tenant_id: str, subscription_id: str) -> int:
    """Send there again: what waits in order, and what died since the first failure; how many of those."""
    subscription = await named(work, tenant_id, subscription_id)
    since = subscription.failing_since
    subscription.enabled, subscription.disabled_reason = True, None
    subscription.away_tries, subscription.parked_until, subscription.failing_since = 0, None, None
    await work.db.flush()
    await wake_lanes(work, tenant_id, subscription_id)
    if since is None:
        return 0
    died = (Delivery.state == "dead", Delivery.settled_at >= since)
    return await _again(work, tenant_id, subscription_id, *died)


async def replay(work: Work, tenant_id: str, subscription_id: str, since: datetime) -> int:
    """Send everything once more that was owed since then and is settled, in order of each class; how many."""
    await named(work, tenant_id, subscription_id)
    return await _again(work, tenant_id, subscription_id, Delivery.created_at >= since)


async def replay_missing(work: Work, tenant_id: str, subscription_id: str, since: datetime) -> int:
    """The same of what was never taken."""
    await named(work, tenant_id, subscription_id)
    missing = (Delivery.state == "dead", Delivery.created_at >= since)
    return await _again(work, tenant_id, subscription_id, *missing)


async def try_out(work: Work, tenant_id: str, subscription_id: str) -> str:
    """Owe it a message that tells nothing but this; its delivery id."""
    subscription = await named(work, tenant_id, subscription_id)
    said = {"request": TEST, "requestType": TEST, "sentAt": work.now.isoformat()}
    notice = Notice(TEST, json.dumps(said).encode())
    [delivery_id] = await owe(work, tenant_id, [Owed(subscription, "", [notice])])
    return delivery_id


async def _again(work: Work, tenant_id: str, subscription_id: str, *conditions: ColumnElement[bool]) -> int:
    """Give settled deliveries new lanes, one for each class, in their order."""
    run = f"{RESENT}{ids.new_id()}/"
    # Held, and in one statement with all that follows: what is settled meanwhile would change the numbers.
    settled = (
        select(
            Delivery.delivery_id, Delivery.classroom_id, Delivery.created_at, Delivery.lane_key, Delivery.seq
        )
        .where(
            Delivery.tenant_id == tenant_id,
            Delivery.subscription_id == subscription_id,
            Delivery.state != "pending",
            *conditions,
        )
        .with_for_update()
        .cte("settled")
    )
    order = (settled.c.created_at, settled.c.seq)
    place = func.row_number().over(partition_by=settled.c.classroom_id, order_by=order)
    lane_key = (literal(run) + settled.c.classroom_id).label("lane_key")
    chosen = select(
        settled.c.delivery_id, lane_key, place.label("seq"), settled.c.lane_key.label("former")
    ).cte("chosen")
    nothing = (null(), literal(0), literal(0), literal(0), null())
    lanes = select(
        literal(tenant_id),
        literal(subscription_id),
        chosen.c.lane_key,
        func.max(chosen.c.seq),
        literal(0),
        literal(work.now),
        *nothing,
    ).group_by(chosen.c.lane_key)
    columns = ("last_seq", "done_seq", "due_at", "leased_until", "fence", "tries", "refusals", "failed_at")
    made = insert(Lane).from_select(["tenant_id", "subscription_id", "lane_key", *columns], lanes)
    moved = await work.db.execute(
        update(Delivery)
        .add_cte(made.cte("made"))
        .where(Delivery.tenant_id == tenant_id, Delivery.delivery_id == chosen.c.delivery_id)
        .values(lane_key=chosen.c.lane_key, seq=chosen.c.seq, state="pending", settled_at=None)
        .returning(chosen.c.former)
        .execution_options(synchronize_session=False)
    )
    left = moved.scalars().all()
    # A classroom's own lane stays: its numbers and fences go on for whoever still holds an old claim.
    beside = {(subscription_id, key) for key in left if key.startswith(RESENT)}
    await drop_empty(work, tenant_id, beside)
    work.ring("outbox")
    return len(left)
