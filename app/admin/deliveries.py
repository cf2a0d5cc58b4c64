"""What is owed to a tenant's servers, how the deliveries went, and sending one again."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.admin import moments, wire
from app.domain import outbox
from app.domain.outbox import log
from app.domain.tenants import queries as tenants
from app.kit.web import WorkDep
from app.kit.work import Work

router = APIRouter(prefix="/tenants/{tenant}/deliveries", tags=["deliveries"])

Text = Annotated[str | None, Query(max_length=200)]


@router.get("")
async def read(  # noqa: PLR0913 - each is a word of the query
    tenant: str,
    work: WorkDep,
    state: wire.DeliveryState | None = None,
    classroom_id: Text = None,
    receiver_id: Text = None,
    kind: Text = None,
    since: moments.Since = None,
    after: Text = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> wire.Deliveries:
    """The tenant's deliveries, the latest first; `after` is the `next` of the page before."""
    await tenants.enter(work, tenant)
    found = await log.deliveries(
        work,
        tenant,
        state=state,
        classroom_id=classroom_id,
        subscription_id=receiver_id,
        kind=kind,
        since=moments.since(work, since),
        after=after,
        limit=limit,
    )
    following = found[-1].delivery_id if len(found) == limit else None
    return wire.Deliveries(deliveries=[wire.DeliveryShown.of(one) for one in found], next=following)


@router.get("/{delivery_id}")
async def read_one(tenant: str, delivery_id: str, work: WorkDep) -> wire.DeliveryInFull:
    """One delivery's story: its body, every attempt that is still kept, and what it waits for."""
    return await _in_full(work, tenant, delivery_id)


@router.post("/{delivery_id}/resend")
async def resend(tenant: str, delivery_id: str, work: WorkDep) -> wire.DeliveryInFull:
    """Send the same bytes under the same id again, at once, beside the classroom's order."""
    await tenants.enter(work, tenant)
    await outbox.resend(work, tenant, delivery_id)
    return await _in_full(work, tenant, delivery_id)


async def _in_full(work: Work, tenant: str, delivery_id: str) -> wire.DeliveryInFull:
    delivery = await log.delivery(work, tenant, delivery_id)
    attempts = await log.attempts(work, tenant, delivery_id)
    wait = await log.wait_of(work, delivery)
    return wire.DeliveryInFull(
        **dict(wire.DeliveryShown.of(delivery)),
        body=delivery.body.decode("utf-8", "replace"),
        next_try_at=wait.next_try_at,
        ahead=wait.ahead,
        attempts=[wire.AttemptShown.of(attempt) for attempt in attempts],
    )
