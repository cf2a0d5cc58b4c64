"""The secrets by which messages are signed: one, and while receivers change over the one before it too."""

from datetime import datetime, timedelta

from app.domain.outbox.steering import named
from app.domain.outbox.tables import Subscription
from app.kit.signing import new_signing_secret
from app.kit.work import Work


def holding(subscription: Subscription, wall: datetime) -> tuple[str, ...]:
    """Those to sign with at an instant of the machine's clock, the newest first."""
    former, until = subscription.former_secret, subscription.former_until
    if former is None or until is None or until <= wall:
        return (subscription.secret,)
    return (subscription.secret, former)


async def rotate(work: Work, tenant_id: str, subscription_id: str, overlap: timedelta) -> Subscription:
    """Give it a new secret; the present one is signed with too for so long, one before that no more."""
    subscription = await named(work, tenant_id, subscription_id)
    subscription.former_secret, subscription.former_until = subscription.secret, work.wall + overlap
    if overlap <= timedelta(0):
        subscription.former_secret = subscription.former_until = None
    subscription.secret = new_signing_secret()
    await work.db.flush()
    return subscription
