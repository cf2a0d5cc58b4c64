"""Taking back what the outbox holds of a classroom or of a person."""

from sqlalchemy import Select, delete, func, literal, select, tuple_

from app.domain.outbox.tables import Attempt, Delivery, Lane, Subscription
from app.kit.work import Work


async def erase(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Remove everything that is or was owed about a classroom."""
    mine = (Delivery.tenant_id == tenant_id, Delivery.classroom_id == classroom_id)
    await _erase_attempts(work, tenant_id, select(Delivery.delivery_id).where(*mine))
    # Its own lane in each subscription, and those beside it of what was sent again.
    own = select(Subscription.subscription_id, literal(classroom_id)).where(
        Subscription.tenant_id == tenant_id
    )
    lanes = own.union_all(select(Delivery.subscription_id, Delivery.lane_key).where(*mine))
    await work.db.execute(
        delete(Lane).where(
            Lane.tenant_id == tenant_id, tuple_(Lane.subscription_id, Lane.lane_key).in_(lanes)
        )
    )


async def forget(work: Work, tenant_id: str, classroom_id: str, user_id: str) -> None:
    """Remove what was already told about a classroom and names this person; what is owed still goes out."""
    told = (
        Delivery.tenant_id == tenant_id,
        Delivery.classroom_id == classroom_id,
        Delivery.state != "pending",
        func.position(literal(user_id.encode()).op("IN")(Delivery.body)) > 0,
    )
    await _erase_attempts(work, tenant_id, select(Delivery.delivery_id).where(*told))
    await work.db.execute(delete(Delivery).where(*told))


async def erase_tenant(work: Work, tenant_id: str) -> None:
    """Remove the log of a tenant that goes; all else goes with its row."""
    await work.db.execute(delete(Attempt).where(Attempt.tenant_id == tenant_id))


async def _erase_attempts(work: Work, tenant_id: str, deliveries: Select[str]) -> None:
    await work.db.execute(
        delete(Attempt).where(Attempt.tenant_id == tenant_id, Attempt.delivery_id.in_(deliveries))
    )
