"""Setting alarms, taking them back, and taking them when they ring."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select

from app.domain.alarms import changes
from app.domain.alarms.changes import Changes, Due
from app.domain.alarms.tables import Alarm
from app.kit.work import Work


async def set_alarm(  # noqa: PLR0913 - each value is named at the call
    work: Work, tenant_id: str, kind: str, subject: str, *, due_at: datetime, classroom_id: str = ""
) -> None:
    """Make something due; the same kind and subject set again moves it.

    The classroom is left out where it is the subject itself.
    """
    mine = await _before_setting(work, tenant_id, kind)
    mine.wanted[kind, subject] = Due(due_at, classroom_id or subject)
    if due_at <= max(work.now, work.wall):
        # What is due later is found by whoever looks each second: nobody has to be woken for it now.
        work.ring("alarms")


async def cancel(work: Work, tenant_id: str, kind: str, subject: str) -> None:
    """Take an alarm back; nothing happens where there is none."""
    mine = await _before_setting(work, tenant_id, kind)
    mine.wanted[kind, subject] = None


async def cancel_all(work: Work, tenant_id: str, kind: str, subjects: Collection[str]) -> None:
    """Take the alarms of these subjects back."""
    mine = await _before_setting(work, tenant_id, kind)
    mine.wanted |= dict.fromkeys(((kind, subject) for subject in subjects), None)


async def hasten(work: Work, tenant_id: str, kind: str, classroom_id: str) -> None:
    """Make a classroom's alarms of a kind due now; so a lower slice tells a higher one that it is time."""
    mine = changes.of(work, tenant_id)
    if any(wanted == kind for wanted, _ in mine.wanted):
        await changes.write(work)
        mine = changes.of(work, tenant_id)
    mine.hastened[kind, classroom_id] = None
    work.ring("alarms")


async def _before_setting(work: Work, tenant_id: str, kind: str) -> Changes:
    """The changes of the work, none of which makes alarms of this kind due at once: that came before."""
    mine = changes.of(work, tenant_id)
    if not any(hastened == kind for hastened, _ in mine.hastened):
        return mine
    await changes.write(work)
    return changes.of(work, tenant_id)


async def erase(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Take back all alarms of a classroom."""
    await changes.write(work)
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
            Alarm.dead_at.is_(None),
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
