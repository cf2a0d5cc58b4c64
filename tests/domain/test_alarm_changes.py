"""What one work does to alarms is written at its end, as if it had been written one after the other."""

from datetime import timedelta

from common import START
from school import School

from app.domain import alarms
from app.domain.alarms.queries import following
from app.domain.alarms.tables import Alarm
from app.kit.work import Work

SOON, LATER = START + timedelta(hours=1), START + timedelta(hours=2)


async def put(work: Work, school: School, **due: object) -> None:
    for subject, at in due.items():
        if at is None:
            await alarms.cancel(work, school.tenant_id, "close", subject)
        else:
            await alarms.set_alarm(
                work,
                school.tenant_id,
                "close",
                subject,
                due_at=at,
                classroom_id="room",  # type: ignore[arg-type]
            )


async def due(school: School, subject: str) -> object:
    async with school.begin() as work:
        found = await work.db.get(Alarm, (school.tenant_id, "close", subject))
        return found.due_at if found else None


async def test_of_one_alarm_the_last_word_counts(school: School) -> None:
    async with school.begin() as work:
        await put(work, school, moved=SOON, gone=SOON)
        await put(work, school, moved=LATER, gone=None)
    assert [await due(school, "moved"), await due(school, "gone")] == [LATER, None]
    async with school.begin() as work:
        await put(work, school, moved=None)
        await put(work, school, moved=SOON)
    assert await due(school, "moved") == SOON


async def test_what_is_hastened_was_set_before_or_is_set_anew(school: School) -> None:
    async with school.begin() as work:
        await put(work, school, before=LATER)
        await alarms.hasten(work, school.tenant_id, "close", "room")
        await put(work, school, after=LATER)
        now = work.now
    assert [await due(school, "before"), await due(school, "after")] == [now, LATER]


async def test_who_reads_alarms_finds_what_the_same_work_set(school: School) -> None:
    async with school.begin() as work:
        await put(work, school, first=SOON)
        found = await following(work, school.tenant_id)
    assert found is not None
    assert (found.kind, found.subject, found.due_at) == ("close", "first", SOON)


async def test_erased_alarms_include_those_of_the_same_work(school: School) -> None:
    async with school.begin() as work:
        await put(work, school, first=SOON)
        await alarms.erase(work, school.tenant_id, "room")
    assert await due(school, "first") is None
