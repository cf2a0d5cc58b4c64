"""Setting alarms, taking them back, and taking them when they ring."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, String, any_, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.domain.alarms.tables import Alarm
from app.kit.work import Work

LONGEST_RETRY = timedelta(minutes=5)


async def set_alarm(  # noqa: PLR0913 - each value is named at the call
    work: Work, tenant_id: str, kind: str, subject: str, *, due_at: datetime, classroom_id: str = ""
) -> None:
    """Make something due; the same kind and subject set again moves it.

    The classroom is left out where it is the subject itself.
    """
    values = {
        "tenant_id": tenant_id,
        "kind": kind,
        "subject": subject,
        "classroom_id": classroom_id or subject,
        "due_at": due_at,
        "retry_at": None,
        "tries": 0,
    }
    await work.db.execute(
        insert(Alarm)
        .values(values)
        .on_conflict_do_update(
            index_elements=[Alarm.tenant_id, Alarm.kind, Alarm.subject],
            set_={"due_at": due_at, "retry_at": None, "tries": 0},
            where=(Alarm.tenant_id == tenant_id),
        )
    )
    work.ring("alarms")


async def cancel(work: Work, tenant_id: str, kind: str, subject: str) -> None:
    """Take an alarm back; nothing happens where there is none."""
    await work.db.execute(
        delete(Alarm).where(Alarm.tenant_id == tenant_id, Alarm.kind == kind, Alarm.subject == subject)
    )


async def cancel_all(work: Work, tenant_id: str, kind: str, subjects: Collection[str]) -> None:
    """Take the alarms of these subjects back."""
    await work.db.execute(
        delete(Alarm).where(
            Alarm.tenant_id == tenant_id,
            Alarm.kind == kind,
            Alarm.subject == any_(cast(list(subjects), ARRAY(String))),
        )
    )


async def hasten(work: Work, tenant_id: str, kind: str, classroom_id: str) -> None:
    """Make a classroom's alarms of a kind due now; so a lower slice tells a higher one that it is time."""
    await work.db.execute(
        update(Alarm)
        .where(Alarm.tenant_id == tenant_id, Alarm.classroom_id == classroom_id, Alarm.kind == kind)
        .values(due_at=work.now, retry_at=None, tries=0)
    )
    work.ring("alarms")


async def erase(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Take back all alarms of a classroom."""
    await work.db.execute(
        delete(Alarm).where(Alarm.tenant_id == tenant_id, Alarm.classroom_id == classroom_id)
    )


async def take(work: Work, tenant_id: str, kind: str, subject: str, *, due_at: datetime) -> bool:
    """Lock a due alarm for ringing; false when it moved, is gone, or another worker has it."""
    found = await work.db.scalar(
        select(Alarm.kind)
        .where(
            Alarm.tenant_id == tenant_id,
            Alarm.kind == kind,
            Alarm.subject == subject,
            Alarm.due_at == due_at,
        )
        .with_for_update(skip_locked=True)
    )
    return found is not None


async def ring_off(work: Work, tenant_id: str, kind: str, subject: str, *, due_at: datetime) -> None:
    """Remove an alarm that rang, unless its chore has set it anew."""
    await work.db.execute(
        delete(Alarm).where(
            Alarm.tenant_id == tenant_id,
            Alarm.kind == kind,
            Alarm.subject == subject,
            Alarm.due_at == due_at,
        )
    )


async def postpone(work: Work, tenant_id: str, kind: str, subject: str) -> None:
    """Try an alarm whose chore failed again later: 1, 2, 4 … seconds, at most five minutes."""
    seconds = func.least(func.power(2, Alarm.tries), LONGEST_RETRY.total_seconds())
    await work.db.execute(
        update(Alarm)
        .where(Alarm.tenant_id == tenant_id, Alarm.kind == kind, Alarm.subject == subject)
        .values(tries=Alarm.tries + 1, retry_at=work.now + func.make_interval(0, 0, 0, 0, 0, 0, seconds))
    )
