"""A tenant's receivers: how they are and why, pausing and resuming them, trying them out, sending again."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from app.admin import moments
from app.domain.outbox import log, secrets, steering
from app.domain.outbox.tables import Attempt, Subscription
from app.domain.tenants import queries as tenants
from app.kit.web import WorkDep
from app.kit.work import Work
from app.rules import durations

router = APIRouter(prefix="/tenants/{tenant}/receivers", tags=["receivers"])

ReceiverId = Annotated[str, Path(max_length=100)]
State = Literal["well", "unproven", "failing", "resting", "off"]


class FailureShown(BaseModel):
    """How the last try failed: the status, or what kept an answer from coming."""

    delivery_id: str
    at: datetime
    status: int | None
    error: str | None

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """The attempt's row."""
        return cls(delivery_id=attempt.delivery_id, at=attempt.at, status=attempt.status, error=attempt.error)


class ReceiverShown(BaseModel):
    """Where a tenant's notices go, and how that is; `last_failure` while something waits that failed.

    Until `former_secret_until` messages are signed with the secret before the present one too.
    """

    receiver_id: str
    dialect: str
    purpose: str
    url: str
    state: State
    why: str
    failing_since: datetime | None
    next_try_at: datetime | None
    passed_at: datetime | None
    waiting: int
    last_failure: FailureShown | None
    former_secret_until: datetime | None


class Since(BaseModel):
    """From when on: an instant, or how long ago, such as `2h`; everything where it is left out."""

    since: Annotated[str | None, Field(max_length=moments.LONGEST)] = None


class Rotation(BaseModel):
    """How long messages are signed with the present secret too; `0s` puts it out of use at once."""

    overlap: Annotated[str | None, Field(max_length=moments.LONGEST)] = None


class Rotated(BaseModel):
    """The new secret, and until when (by the world's clock) the former one is signed with too."""

    secret: str
    former_secret_until: datetime | None


class Sent(BaseModel):
    """How many deliveries are sent again."""

    again: int


class Tried(BaseModel):
    """The test ping's delivery, whose story is at `/deliveries/{delivery_id}`."""

    delivery_id: str


@router.get("")
async def list_receivers(tenant: str, work: WorkDep) -> list[ReceiverShown]:
    """List the tenant's receivers with their state and the reason for it."""
    await tenants.by_id(work, tenant)
    return await _shown(work, tenant)


@router.post("/{receiver_id}/pause")
async def pause(tenant: str, receiver_id: ReceiverId, work: WorkDep) -> ReceiverShown:
    """Send nothing there until it is resumed; what is owed waits in order."""
    await tenants.enter(work, tenant)
    await steering.pause(work, tenant, receiver_id)
    return await _one(work, tenant, receiver_id)


@router.post("/{receiver_id}/resume")
async def resume(tenant: str, receiver_id: ReceiverId, work: WorkDep) -> ReceiverShown:
    """Send there again, from the first failure on: what waits in order, and what died since then."""
    await tenants.enter(work, tenant)
    await steering.resume(work, tenant, receiver_id)
    return await _one(work, tenant, receiver_id)


@router.post("/{receiver_id}/replay")
async def replay(tenant: str, receiver_id: ReceiverId, body: Since, work: WorkDep) -> Sent:
    """Send all once more that was owed since then and is settled: the same ids, in order of each class."""
    await tenants.enter(work, tenant)
    since = moments.since(work, body.since)
    return Sent(again=await steering.replay(work, tenant, receiver_id, since))


@router.post("/{receiver_id}/replay-missing")
async def replay_missing(tenant: str, receiver_id: ReceiverId, body: Since, work: WorkDep) -> Sent:
    """The same of what was given up."""
    await tenants.enter(work, tenant)
    since = moments.since(work, body.since)
    return Sent(again=await steering.replay_missing(work, tenant, receiver_id, since))


@router.post("/{receiver_id}/rotate")
async def rotate(
    request: Request, tenant: str, receiver_id: ReceiverId, work: WorkDep, body: Rotation | None = None
) -> Rotated:
    """Sign with a new secret, and for a while with the present one too, so that the receiver can change over.

    Without `overlap` that is the server's `HOMEROOM_SECRET_OVERLAP_HOURS`. There are two at most: one that is
    still overlapping goes at once.
    """
    await tenants.enter(work, tenant)
    usual = timedelta(hours=request.app.state.settings.secret_overlap_hours)
    overlap = durations.span(body.overlap, "overlap") if body and body.overlap else usual
    held = await secrets.rotate(work, tenant, receiver_id, overlap)
    return Rotated(secret=held.secret, former_secret_until=held.former_until)


@router.post("/{receiver_id}/test")
async def send_test(tenant: str, receiver_id: ReceiverId, work: WorkDep) -> Tried:
    """Send a test ping, signed like every other: `{"request": "test", "requestType": "test", …}`."""
    await tenants.enter(work, tenant)
    return Tried(delivery_id=await steering.try_out(work, tenant, receiver_id))


async def _shown(work: Work, tenant: str) -> list[ReceiverShown]:
    waiting = await log.waiting_by_subscription(work, tenant)
    failures = await log.last_failures(work, tenant)
    return [
        ReceiverShown(
            receiver_id=one.subscription_id,
            dialect=one.dialect,
            purpose=one.purpose,
            url=one.url,
            state=_state(one),
            why=_why(one),
            failing_since=one.failing_since,
            next_try_at=one.parked_until,
            passed_at=one.passed_at,
            waiting=waiting.get(one.subscription_id, 0),
            last_failure=failure and FailureShown.of(failure),
            former_secret_until=one.former_until if len(secrets.holding(one, work.wall)) > 1 else None,
        )
        for one in await log.subscriptions(work, tenant)
        for failure in (failures.get(one.subscription_id),)
    ]


async def _one(work: Work, tenant: str, receiver_id: str) -> ReceiverShown:
    await work.db.flush()
    work.db.expire_all()
    [found] = [one for one in await _shown(work, tenant) if one.receiver_id == receiver_id]
    return found


def _state(one: Subscription) -> State:
    if not one.enabled:
        return "off"
    if one.parked_until is not None:
        return "resting"
    if one.failing_since is not None:
        return "failing"
    return "well" if one.passed_at is not None else "unproven"


def _why(one: Subscription) -> str:
    match _state(one):
        case "off":
            return one.disabled_reason or ""
        case "resting":
            return f"It was away {one.away_tries} times in a row, and is tried again at its next try."
        case "failing":
            return "It refused what it got, and has taken nothing since."
        case "unproven":
            return "It has taken nothing yet."
        case _:
            return ""
