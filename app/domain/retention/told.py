"""What customers' servers were told and asked."""

from collections.abc import Collection

from sqlalchemy import delete, exists, select, tuple_, update

from app.domain.enquiries.tables import Enquiry
from app.domain.inbox.tables import InboxItem
from app.domain.outbox.tables import Delivery, Lane, Subscription
from app.domain.retention.cutting import Cut, drop, old
from app.kit.work import Work


async def drop_deliveries(work: Work, cut: Cut) -> int:
    """Remove messages that were settled long ago, with the lanes that this leaves empty; none that waits."""
    removed = 0
    lane = (Delivery.tenant_id, Delivery.subscription_id, Delivery.lane_key)
    # Made before it was settled: the index is over that, as it never changes.
    for side in cut.sides(Delivery.tenant_id, Delivery.created_at, Delivery.settled_at):
        rows = old(Delivery, Delivery.created_at, side, Delivery.state != "pending")
        gone = await drop(work, Delivery, rows, lane)
        removed += len(gone)
        await _drop_lanes(work, {tuple(row) for row in gone})
    return removed


async def _drop_lanes(work: Work, keys: Collection[tuple[str, ...]]) -> None:
    """Remove those of these lanes that have nothing and wait for nothing; numbers begin anew after that."""
    if not keys:
        return
    key = (Lane.tenant_id, Lane.subscription_id, Lane.lane_key)
    has_some = exists().where(
        Delivery.tenant_id == Lane.tenant_id,
        Delivery.subscription_id == Lane.subscription_id,
        Delivery.lane_key == Lane.lane_key,
    )
    empty = (
        select(*key)
        .where(
            tuple_(*key).in_(sorted(keys)),
            Lane.due_at.is_(None),
            Lane.last_seq == Lane.done_seq,
            ~has_some,
        )
        .with_for_update(skip_locked=True)
        .cte("empty")
    )
    await work.db.execute(
        delete(Lane)
        .where(
            Lane.tenant_id == empty.c.tenant_id,
            Lane.subscription_id == empty.c.subscription_id,
            Lane.lane_key == empty.c.lane_key,
        )
        .execution_options(synchronize_session=False)
    )


async def drop_enquiries(work: Work, cut: Cut) -> int:
    """Remove questions with their answers."""
    removed = 0
    for side in cut.sides(Enquiry.tenant_id, Enquiry.asked_at):
        removed += len(await drop(work, Enquiry, old(Enquiry, Enquiry.asked_at, side)))
    return removed


async def drop_inbox_items(work: Work, cut: Cut) -> int:
    """Remove what arrived in the inbox, which is no tenant's and goes by the machine's clock."""
    rows = old(InboxItem, InboxItem.received_at, InboxItem.received_at < cut.before)
    return len(await drop(work, InboxItem, rows))


async def forget_secrets(work: Work) -> int:
    """Forget the secrets before the present ones that sign nothing any more."""
    forgotten = await work.db.execute(
        update(Subscription)
        .where(Subscription.former_until <= work.wall)
        .values(former_secret=None, former_until=None)
        .returning(Subscription.tenant_id)
        .execution_options(synchronize_session=False)
    )
    return len(forgotten.all())
