"""What is due of tenants: lessons to be ended, reports to be made; and trying again what failed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, TypeAdapter, model_validator

from app.admin import wire
from app.domain import alarms
from app.domain.alarms import failing
from app.domain.alarms.failing import Place
from app.domain.alarms.tables import Alarm
from app.domain.tenants import queries as tenants
from app.kit.web import WorkDep
from app.rules.refusals import BadValue

router = APIRouter(tags=["jobs"])

MARK = "~"
_INSTANT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)
Text = Annotated[str | None, Query(max_length=200)]
After = Annotated[str | None, Query(max_length=1000)]
Limit = Annotated[int, Query(ge=1, le=500)]
JobState = Literal["waiting", "failing", "dead"]


class JobShown(BaseModel):
    """A job: what it does (`kind`) to which row (`subject`), and how its tries went.

    `waiting` until its time comes, `failing` while it is tried again, `dead` when it failed too often.
    """

    tenant_id: str
    kind: str
    subject: str
    classroom_id: str
    state: JobState
    due_at: datetime
    tries: int
    next_try_at: datetime | None
    dead_at: datetime | None
    failure: str | None

    @classmethod
    def of(cls, alarm: Alarm) -> Self:
        """The row in the API's names."""
        dead = alarm.dead_at is not None
        return cls(
            tenant_id=alarm.tenant_id,
            kind=alarm.kind,
            subject=alarm.subject,
            classroom_id=alarm.classroom_id,
            state="dead" if dead else "failing" if alarm.tries else "waiting",
            due_at=alarm.due_at,
            tries=alarm.tries,
            next_try_at=None if dead else alarm.when,
            dead_at=alarm.dead_at,
            failure=alarm.failure,
        )


class Jobs(BaseModel):
    """Some jobs, the earliest first; `next` is null on the last page."""

    jobs: list[JobShown]
    next: str | None


class Retry(wire.Change):
    """Which failed jobs: all of the tenant, those of a `kind`, or the one of this kind and `subject`."""

    kind: Annotated[str, Field(max_length=200), AfterValidator(wire.storable)] | None = None
    subject: Annotated[str, Field(max_length=500), AfterValidator(wire.storable)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.subject is not None and self.kind is None:
            raise ValueError("a subject needs its kind")
        return self


class Retried(BaseModel):
    """How many jobs are tried again."""

    retried: int


@router.get("/jobs")
async def read_failed(
    work: WorkDep,
    state: Literal["failing", "dead"] | None = None,
    after: After = None,
    limit: Limit = 100,
) -> Jobs:
    """The jobs of all tenants that failed, tenant by tenant; `after` is the `next` of the page before."""
    return _page(await failing.page(work, None, state=state, after=_place(after), limit=limit), limit)


@router.get("/tenants/{tenant}/jobs")
async def read(  # noqa: PLR0913 - each is a word of the query
    tenant: str,
    work: WorkDep,
    state: JobState | None = None,
    kind: Text = None,
    classroom_id: Text = None,
    after: After = None,
    limit: Limit = 100,
) -> Jobs:
    """The tenant's jobs, the earliest first; `after` is the `next` of the page before."""
    await tenants.enter(work, tenant)
    found = await failing.page(
        work,
        tenant,
        state=state,
        kind=kind,
        classroom_id=classroom_id,
        after=_place(after),
        limit=limit,
    )
    return _page(found, limit)


@router.post("/tenants/{tenant}/jobs/retry")
async def retry(tenant: str, which: Retry, work: WorkDep) -> Retried:
    """Try failed jobs again at once, dead ones too, each as if it were the first time."""
    await tenants.enter(work, tenant)
    return Retried(retried=await alarms.retry(work, tenant, kind=which.kind, subject=which.subject))


def _page(found: Sequence[Alarm], limit: int) -> Jobs:
    following = None
    if len(found) == limit:
        last = found[-1]
        following = MARK.join((last.tenant_id, last.due_at.isoformat(), last.kind, last.subject))
    return Jobs(jobs=[JobShown.of(one) for one in found], next=following)


def _place(after: str | None) -> Place | None:
    """Where the page before ended."""
    if after is None:
        return None
    try:
        tenant_id, due_at, kind, subject = after.split(MARK, 3)
        at = _INSTANT.validate_python(due_at)
    except ValueError:
        raise BadValue("after", "must be the `next` of a page before") from None
    return Place(tenant_id, at, kind, subject)
