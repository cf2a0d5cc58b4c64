"""Taking back what the outbox holds of a classroom or of a person."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from sqlalchemy import ARRAY, LargeBinary, String, delete, literal, select, tuple_

from app.domain import alarms
from app.domain.outbox.tables import Attempt, Delivery, Lane, Subscription
from app.kit.prepared import Prepared, worded
from app.kit.work import Work

AGAIN: Final = timedelta(days=1)
"""How often it is looked after what was owed when a person was erased."""


async def erase(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Remove everything that is or was owed about a classroom."""
    mine = (Delivery.tenant_id == tenant_id, Delivery.classroom_id == classroom_id)
    tried = select(Delivery.delivery_id).where(*mine)
    await work.db.execute(
        delete(Attempt).where(Attempt.tenant_id == tenant_id, Attempt.delivery_id.in_(tried))
    )
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


# What of it was told goes, with its log; the answer is where something is left that is owed.
FORGET: Final = Prepared(
    worded(
        """
WITH naming AS MATERIALIZED (
    SELECT delivery_id, classroom_id, state FROM deliveries
    WHERE tenant_id = :tenant_id AND classroom_id = ANY (:classroom_ids) AND position(:user_id IN body) > 0
), gone AS (
    DELETE FROM deliveries USING naming
    WHERE deliveries.tenant_id = :tenant_id AND deliveries.delivery_id = naming.delivery_id
    AND naming.state <> 'pending' AND deliveries.state <> 'pending'
    RETURNING deliveries.delivery_id
), forgotten AS (
    DELETE FROM attempts USING gone
    WHERE attempts.tenant_id = :tenant_id AND attempts.delivery_id = gone.delivery_id
)
SELECT DISTINCT classroom_id FROM naming WHERE delivery_id NOT IN (SELECT delivery_id FROM gone)
""",
        tenant_id=String(),
        user_id=LargeBinary(),
        classroom_ids=ARRAY(String),
    ),
    into=str,
)


async def forget(work: Work, tenant_id: str, classroom_ids: Collection[str], user_id: str) -> None:
    """Remove what was already told about these classrooms and names this person.

    What is owed still goes out, and is removed within a day after that.
    """
    owing = await FORGET.all(
        work, tenant_id=tenant_id, classroom_ids=list(classroom_ids), user_id=user_id.encode()
    )
    for classroom_id in owing:
        subject, again = f"{classroom_id}/{user_id}", work.now + AGAIN
        await alarms.set_alarm(work, tenant_id, "forget", subject, due_at=again, classroom_id=classroom_id)


async def forget_rest(work: Work, tenant_id: str, subject: str) -> None:
    """Look once more after what was still owed when a person was erased."""
    classroom_id, _, user_id = subject.rpartition("/")
    await forget(work, tenant_id, [classroom_id], user_id)


async def erase_tenant(work: Work, tenant_id: str) -> None:
    """Remove the log of a tenant that goes; all else goes with its row."""
    await work.db.execute(delete(Attempt).where(Attempt.tenant_id == tenant_id))
