"""Reading subscriptions."""

from sqlalchemy import select

from app.domain.outbox.tables import Subscription
from app.kit.work import Work


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
