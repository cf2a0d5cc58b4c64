"""A tenant's pings for a developer's machine: the bytes that are owed, signed now. It settles nothing."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, Field

from app.admin import moments
from app.admin.wire import storable
from app.domain.outbox import log, secrets
from app.domain.outbox.tables import Delivery, Subscription
from app.domain.tenants import queries as tenants
from app.kit.signing import signature_headers
from app.kit.web import WorkDep

router = APIRouter(prefix="/tenants/{tenant}/listen", tags=["deliveries"])

Text = Annotated[str, Field(max_length=200), AfterValidator(storable)]


class Listening(BaseModel):
    """Since when, what was heard already, and which ones; without `since` from now on."""

    since: Annotated[str, Field(max_length=moments.LONGEST)] = "0s"
    seen: Annotated[list[Text], Field(max_length=20_000)] = []
    receiver_id: Text | None = None
    classroom_id: Text | None = None
    kind: Text | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Heard(BaseModel):
    """A ping: its body in base64, the headers that it carries if it is sent now, what it adds to the URL."""

    delivery_id: str
    receiver_id: str
    classroom_id: str
    kind: str
    created_at: datetime
    query: str
    headers: dict[str, str]
    body: str

    @classmethod
    def of(cls, delivery: Delivery, receiver: Subscription, wall: datetime) -> Self:
        """The delivery's row, signed now."""
        signing = secrets.holding(receiver, wall)
        headers = signature_headers(delivery.delivery_id, wall, delivery.body, *signing)
        return cls(
            delivery_id=delivery.delivery_id,
            receiver_id=delivery.subscription_id,
            classroom_id=delivery.classroom_id,
            kind=delivery.kind,
            created_at=delivery.created_at,
            query=delivery.query,
            headers={"content-type": delivery.content_type} | headers,
            body=base64.b64encode(delivery.body).decode(),
        )


class AllHeard(BaseModel):
    """Some pings, the oldest first; `since` as an instant, and how many receivers there are to be told."""

    since: datetime
    receivers: int
    heard: list[Heard]


@router.post("")
async def listen(tenant: str, body: Listening, work: WorkDep) -> AllHeard:
    """The pings made since then, save those that were seen; whether they were delivered changes nothing.

    A ping may show late, when its transaction took long: ask again from somewhat before the last one, with
    the ids that were seen.
    """
    await tenants.enter(work, tenant)
    since = moments.since(work, body.since)
    receivers: Mapping[str, Subscription] = {
        one.subscription_id: one for one in await log.subscriptions(work, tenant)
    }
    found = await log.made_since(
        work,
        tenant,
        since,
        seen=body.seen,
        subscription_id=body.receiver_id,
        classroom_id=body.classroom_id,
        kind=body.kind,
        limit=body.limit,
    )
    heard = [Heard.of(one, receivers[one.subscription_id], work.wall) for one in found]
    return AllHeard(since=since, receivers=len(receivers), heard=heard)
