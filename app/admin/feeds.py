"""Who polled a tenant's feed and took what, and giving it out again."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.admin import wire
from app.domain import feeds
from app.domain.tenants import queries as tenants
from app.kit.web import WorkDep

router = APIRouter(prefix="/tenants/{tenant}/feed/polls", tags=["feed"])


@router.get("")
async def read(tenant: str, work: WorkDep, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> wire.Polls:
    """The polls that took something, the latest first: when, from which address, how many events."""
    await tenants.by_id(work, tenant)
    return wire.Polls(polls=[wire.PollShown.of(poll) for poll in await feeds.polls(work, tenant, limit)])


@router.post("/{poll_id}/rewind")
async def rewind(tenant: str, poll_id: str, work: WorkDep) -> wire.Rewound:
    """Give out again what one poll took, to the next that comes, as far as the feed reaches back."""
    await tenants.enter(work, tenant)
    return wire.Rewound(events=await feeds.rewind(work, tenant, poll_id))
