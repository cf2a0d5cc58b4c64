"""The clocks of test tenants: read, freeze, run, advance. Time moves forward only."""

from datetime import UTC, datetime
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, Field, StrictBool

from app.admin.wire import Change
from app.domain.alarms import queries as alarms
from app.domain.tenants import clock
from app.domain.tenants import queries as tenants
from app.domain.tenants.tables import Tenant
from app.kit.web import WorkDep
from app.kit.work import Work
from app.rules import durations
from app.rules.refusals import BadValue

router = APIRouter(prefix="/tenants/{tenant}/clock", tags=["clock"])


class Due(BaseModel):
    """An alarm: what it will do, to which row."""

    due_at: datetime
    kind: str
    subject: str
    classroom_id: str


class ClockShown(BaseModel):
    """A tenant's clock; `own` is false where it is simply the world's, `next` is null when nothing is due."""

    tenant_id: str
    now: datetime
    own: bool
    frozen: bool
    next: Due | None


class Advance(Change):
    """How far: one of `by` (such as `2h`, `1d12h`, or seconds), `to` (an instant) and `next` (true)."""

    by: Annotated[str, Field(max_length=50)] | Annotated[int, Field(ge=0)] | None = None
    to: AwareDatetime | None = None
    next: StrictBool = False


class HappenedShown(BaseModel):
    """What happened on the way: an alarm that rang, or a try to deliver a ping with the answer's status."""

    at: datetime
    what: str
    kind: str
    subject: str
    classroom_id: str
    status: int | None


class Advanced(ClockShown):
    """The clock after it was moved, and what happened on the way, in order."""

    rang: list[HappenedShown]


class Passage(Protocol):
    """Lets time pass."""

    async def by(self, tenant_id: str, span: Any) -> list[Any]: ...
    async def to(self, tenant_id: str, to: datetime) -> list[Any]: ...
    async def to_next(self, tenant_id: str) -> list[Any]: ...


@router.get("")
async def read(tenant: str, work: WorkDep) -> ClockShown:
    """What the tenant's clock says, and what is due next."""
    return await _shown(work, await tenants.by_id(work, tenant))


@router.post("/freeze")
async def freeze(tenant: str, work: WorkDep) -> ClockShown:
    """Let the clock of a test tenant stand still."""
    return await _shown(work, await clock.freeze(work, tenant))


@router.post("/run")
async def run(tenant: str, work: WorkDep) -> ClockShown:
    """Let the clock of a test tenant go on from where it is."""
    return await _shown(work, await clock.run(work, tenant))


@router.post("/advance")
async def advance(request: Request, tenant: str, far: Advance) -> Advanced:
    """Move the clock of a test tenant forward; all that falls due happens in order, at its own instant.

    Pings are sent on the way, and retried when their time comes. A clock that ran goes on from there.
    """
    # Each thing on the way is a work of its own, so this request opens none around them.
    rang = await _advance(request.app.state.passage, tenant, far)
    async with request.app.state.works.begin() as work:
        shown = await _shown(work, await tenants.by_id(work, tenant))
    return Advanced(**dict(shown), rang=[HappenedShown(**vars(one)) for one in rang])


async def _advance(passage: Passage, tenant: str, far: Advance) -> list[Any]:
    match far:
        case Advance(by=int(seconds), to=None, next=False):
            return await passage.by(tenant, durations.span(f"{seconds}s", "by"))
        case Advance(by=str(text), to=None, next=False):
            return await passage.by(tenant, durations.span(text, "by"))
        case Advance(by=None, to=datetime() as to, next=False):
            return await passage.to(tenant, to.astimezone(UTC))
        case Advance(by=None, to=None, next=True):
            return await passage.to_next(tenant)
        case _:
            raise BadValue("by", "or to or next: exactly one of them says how far")


async def _shown(work: Work, tenant: Tenant) -> ClockShown:
    alarm = await alarms.following(work, tenant.tenant_id)
    due = alarm and Due(
        due_at=alarm.due_at, kind=alarm.kind, subject=alarm.subject, classroom_id=alarm.classroom_id
    )
    return ClockShown(
        tenant_id=tenant.tenant_id,
        now=tenant.time(work.wall),
        own=tenant.stands_at is not None or tenant.ahead is not None,
        frozen=tenant.stands_at is not None,
        next=due or None,
    )
