"""What happened in a tenant's classrooms, from the ledger of events."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.admin import wire
from app.domain.events import queries as events
from app.domain.tenants import queries as tenants
from app.kit.web import WorkDep

router = APIRouter(prefix="/tenants/{tenant}/events", tags=["events"])

Limit = Annotated[int, Query(ge=1, le=500)]


@router.get("")
async def read(
    tenant: str,
    work: WorkDep,
    classroom_id: Annotated[str | None, Query(max_length=200)] = None,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Limit = 100,
) -> wire.Events:
    """One classroom's events past the number `after`, in order; without a classroom the latest of all."""
    await tenants.by_id(work, tenant)
    found = await events.page(work, tenant, classroom_id, after, limit)
    full = classroom_id is not None and len(found) == limit
    return wire.Events(
        events=[wire.EventShown.of(event) for event in found], next=found[-1].seq if full else None
    )
