"""Taking back what the outbox holds of a classroom or of a person."""

from datetime import timedelta
from typing import Final

from sqlalchemy import Select, delete, exists, func, literal, select, tuple_

from app.domain import alarms
from app.domain.outbox.tables import Attempt, Delivery, Lane, Subscription
from app.kit.work import Work

AGAIN: Final = timedelta(days=1)
"""How often it is looked after what was owed when a person was erased."""


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
    """Remove what was already told about a classroom and names this person.

    What is owed still goes out, and is removed within a day after that.
    """
    naming = (
        Delivery.tenant_id == tenant_id,
        Delivery.classroom_id == classroom_id,
        func.position(literal(user_id.encode()).op("IN")(Delivery.body)) > 0,
    )
    told = (*naming, Delivery.state != "pending")
    await _erase_attempts(work, tenant_id, select(Delivery.delivery_id).where(*told))
    await work.db.execute(delete(Delivery).where(*told))
    if await work.db.scalar(select(exists().where(*naming, Delivery.state == "pending"))):
        subject, again = f"{classroom_id}/{user_id}", work.now + AGAIN
        await alarms.set_alarm(work, tenant_id, "forget", subject, due_at=again, classroom_id=classroom_id)


async def forget_rest(work: Work, tenant_id: str, subject: str) -> None:
    """Look once more after what was still owed when a person was erased."""
    classroom_id, _, user_id = subject.rpartition("/")
    await forget(work, tenant_id, classroom_id, user_id)


async def erase_tenant(work: Work, tenant_id: str) -> None:
    """Remove the log of a tenant that goes; all else goes with its row."""
    await work.db.execute(delete(Attempt).where(Attempt.tenant_id == tenant_id))


async def _erase_attempts(work: Work, tenant_id: str, deliveries: Select[str]) -> None:
    await work.db.execute(
        delete(Attempt).where(Attempt.tenant_id == tenant_id, Attempt.delivery_id.in_(deliveries))
    )
