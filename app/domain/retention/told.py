"""What customers' servers were told and asked."""

from collections import defaultdict

from sqlalchemy import update

from app.domain.enquiries.tables import Enquiry
from app.domain.inbox.tables import InboxItem
from app.domain.outbox.lanes import drop_empty
from app.domain.outbox.tables import Delivery, Subscription
from app.domain.retention.cutting import Cut, drop, drop_old, old
from app.domain.tenants.tables import Tenant
from app.kit.work import Work


async def drop_deliveries(work: Work, cut: Cut) -> int:
    """Remove messages that were settled long ago, with the lanes that this leaves empty; none that waits."""
    removed = 0
    told = (Delivery.tenant_id, Delivery.subscription_id, Delivery.lane_key, Delivery.classroom_id)
    # Made before it was settled: the index is over that, as it never changes.
    for side in cut.sides(Delivery.tenant_id, Delivery.created_at, Delivery.settled_at):
        rows = old(Delivery, Delivery.created_at, side, Delivery.state != "pending")
        gone = await drop(work, Delivery, rows, told)
        removed += len(gone)
        # Their classroom's own lane too, where they were sent again beside it.
        left: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for row in gone:
            left[row.tenant_id] |= {(row.subscription_id, key) for key in (row.lane_key, row.classroom_id)}
        for tenant_id, keys in left.items():
            await drop_empty(work, tenant_id, keys)
    return removed


async def drop_enquiries(work: Work, cut: Cut) -> int:
    """Remove questions with their answers."""
    return await drop_old(work, cut, Enquiry, Enquiry.asked_at)


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
    signing = await work.db.execute(
        update(Tenant)
        .where(Tenant.former_signing_until <= work.wall)
        .values(former_signing_secret=None, former_signing_until=None)
        .returning(Tenant.tenant_id)
        .execution_options(synchronize_session=False)
    )
    return len(forgotten.all()) + len(signing.all())
