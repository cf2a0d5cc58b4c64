"""Alarms whose chore failed: tried again later, dead after many tries, and brought back by an operator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, func, select, tuple_, update

from app.domain.alarms.tables import Alarm
from app.kit.lists import at_most
from app.kit.work import Work
from app.rules import retries
from app.rules.refusals import UnknownThing

MOST_SAID: Final = 500
"""Of the reason why it failed."""
FAILED: Final = Alarm.tries > 0
DEAD: Final = Alarm.dead_at.is_not(None)


async def postpone(  # noqa: PLR0913 - each value is named at the call
    work: Work, tenant_id: str, kind: str, subject: str, *, due_at: datetime, failure: str
) -> Alarm | None:
    """Try an alarm whose chore failed again later, or never by itself; None when it is gone or was moved."""
    alarm = await work.db.scalar(
        select(Alarm)
        .where(
            Alarm.tenant_id == tenant_id,
            Alarm.kind == kind,
            Alarm.subject == subject,
            Alarm.due_at == due_at,
            Alarm.dead_at.is_(None),
        )
        .with_for_update()
    )
    if alarm is None:
        return None
    alarm.tries += 1
    key = "" if work.frozen else f"{tenant_id}/{kind}/{subject}"
    alarm.retry_at = retries.after_failure(alarm.tries, key, work.now)
    alarm.dead_at = work.now if alarm.retry_at is None else None
    alarm.failure = failure[:MOST_SAID].replace("\0", "")
    await work.db.flush()
    return alarm


async def retry(work: Work, tenant_id: str, *, kind: str | None = None, subject: str | None = None) -> int:
    """Try what failed again now, as if it never had: all of a tenant, of a kind, or one; how many."""
    chosen = [Alarm.tenant_id == tenant_id, FAILED]
    if kind is not None:
        chosen.append(Alarm.kind == kind)
    if subject is not None:
        chosen.append(Alarm.subject == subject)
    tried = await work.db.execute(
        update(Alarm)
        .where(*chosen)
        .values(retry_at=None, tries=0, dead_at=None, failure=None)
        .returning(Alarm.subject)
        .execution_options(synchronize_session=False)
    )
    count = len(tried.all())
    if not count and subject is not None:
        what = "job that failed"
        raise UnknownThing(what, f"{kind or '*'} {subject}")
    work.ring("alarms")
    return count


class Place(NamedTuple):
    """Where a page of a list ends."""

    tenant_id: str
    due_at: datetime
    kind: str
    subject: str


PLACE: Final = tuple_(Alarm.tenant_id, Alarm.due_at, Alarm.kind, Alarm.subject)


async def page(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str | None,
    *,
    state: str | None = None,
    kind: str | None = None,
    classroom_id: str | None = None,
    after: Place | None = None,
    limit: int = 100,
) -> Sequence[Alarm]:
    """The alarms of a tenant, the earliest first; of all of them (of any `tenant_id`) those that failed."""
    chosen = [_of(tenant_id)]
    match state:
        case "waiting":
            chosen.append(Alarm.tries == 0)
        case "failing":
            chosen += [FAILED, ~DEAD]
        case "dead":
            chosen += [FAILED, DEAD]
    if kind is not None:
        chosen.append(Alarm.kind == kind)
    if classroom_id is not None:
        chosen.append(Alarm.classroom_id == classroom_id)
    if after is not None:
        chosen.append(tuple_(*after) < PLACE)
    earliest = select(Alarm).where(*chosen).order_by(*PLACE).limit(at_most(limit))
    return (await work.db.scalars(earliest)).all()


def _of(tenant_id: str | None) -> ColumnElement[bool]:
    return FAILED if tenant_id is None else Alarm.tenant_id == tenant_id


@dataclass(frozen=True)
class Failures:
    """How many alarms of all tenants failed and are tried again, and how many are not."""

    failing: int
    dead: int


async def failures(work: Work) -> Failures:
    """Count what failed, of every `tenant_id`; an index has these alone."""
    found = await work.db.execute(select(func.count(), func.count(Alarm.dead_at)).where(FAILED))
    failed, dead = found.one()
    return Failures(failed - dead, dead)
