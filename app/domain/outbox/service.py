"""Subscribing, owing, sending again."""

from sqlalchemy import case, delete, null, or_, update
from sqlalchemy.dialects.postgresql import insert

from app.domain.outbox import log, queries
from app.domain.outbox.lanes import RESENT, beside
from app.domain.outbox.tables import Lane, Subscription
from app.kit import ids
from app.kit.signing import new_signing_secret
from app.kit.work import Work
from app.rules.refusals import BadValue


async def subscribe(  # noqa: PLR0913 - each value is named at the call
    work: Work, tenant_id: str, dialect: str, purpose: str, url: str, *, kinds: list[str] | None = None
) -> Subscription:
    """Send a dialect's notices (of these kinds; None: all) to this address from now on."""
    values = {
        "tenant_id": tenant_id,
        "subscription_id": ids.new_id(),
        "dialect": dialect,
        "purpose": purpose,
        "url": url,
        "secret": new_signing_secret(),
        "kinds": kinds,
        "enabled": True,
        "disabled_reason": None,
        "failing_since": None,
        "passed_at": None,
        "away_tries": 0,
        "parked_until": None,
        "created_at": work.now,
    }
    await work.db.execute(
        insert(Subscription)
        .values(values)
        .on_conflict_do_update(
            index_elements=[Subscription.tenant_id, Subscription.dialect, Subscription.purpose],
            set_={
                "url": url,
                "kinds": kinds,
                "enabled": True,
                "disabled_reason": None,
                "away_tries": 0,
                "parked_until": None,
                # A new address has to prove itself.
                "passed_at": case((Subscription.url == url, Subscription.passed_at), else_=null()),
                "failing_since": None,
            },
            where=(Subscription.tenant_id == tenant_id),
        )
    )
    subscription = await queries.subscription(work, tenant_id, dialect, purpose)
    if subscription is None:
        message = "a subscription that was just written is missing"
        raise RuntimeError(message)
    await wake_lanes(work, tenant_id, subscription.subscription_id)
    return subscription


async def unsubscribe(work: Work, tenant_id: str, dialect: str, purpose: str) -> None:
    """Send nothing there any more; what was still owed there is dropped with the subscription."""
    await work.db.execute(
        delete(Subscription).where(
            Subscription.tenant_id == tenant_id,
            Subscription.dialect == dialect,
            Subscription.purpose == purpose,
        )
    )


async def resend(work: Work, tenant_id: str, delivery_id: str) -> None:
    """Send a delivery that is settled or was put aside, under its own id, beside its classroom's order."""
    delivery = await log.delivery(work, tenant_id, delivery_id)
    if delivery.state == "pending" and delivery.lane_key != RESENT + delivery_id:
        raise BadValue("delivery", "is still waiting to be delivered")
    await beside(work, tenant_id, delivery.subscription_id, delivery_id, work.now)
    work.ring("outbox")


async def wake_lanes(work: Work, tenant_id: str, subscription_id: str) -> None:
    """Let the lanes go on that wait, or fell idle while the subscription was disabled."""
    await work.db.execute(
        update(Lane)
        .where(
            Lane.tenant_id == tenant_id,
            Lane.subscription_id == subscription_id,
            or_(Lane.due_at.is_(None), Lane.due_at > work.now),
            Lane.last_seq > Lane.done_seq,
        )
        .values(due_at=work.now, tries=0, refusals=0, failed_at=None)
    )
    work.ring("outbox")
