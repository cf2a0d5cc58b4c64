"""A job that fails holds up no other, of its tenant or of another, and comes to an end that can be seen."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from common import START
from school import School
from sqlalchemy import insert, update

from app.domain import alarms, tenants
from app.domain.alarms import failing, queries
from app.domain.alarms.tables import Alarm
from app.domain.tenants import clock as clocks
from app.kit.clock import ManualClock
from app.kit.work import Work
from app.rules.refusals import UnknownThing
from app.rules.retries import JOB_TRIES
from app.workers.chores import CHORES
from app.workers.scheduler import Scheduler

MANY = queries.LOOK + 50


class Chores:
    """A kind that fails as long as it is told to, and one that never does."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.broken = True

    async def bad(self, work: Work, tenant_id: str, subject: str) -> None:
        del work
        if self.broken:
            raise LookupError(subject)
        self.done.append((tenant_id, subject))

    async def good(self, work: Work, tenant_id: str, subject: str) -> None:
        del work
        self.done.append((tenant_id, subject))

    @property
    def subjects(self) -> list[str]:
        return [subject for _, subject in self.done]


@pytest.fixture
def chores(monkeypatch: pytest.MonkeyPatch) -> Chores:
    chores = Chores()
    monkeypatch.setitem(CHORES, "bad", chores.bad)
    monkeypatch.setitem(CHORES, "good", chores.good)
    return chores


async def due(school: School, kind: str, *subjects: str, at: Any = START, tenant_id: str = "") -> None:
    async with school.begin() as work:
        for subject in subjects:
            await alarms.set_alarm(
                work, tenant_id or school.tenant_id, kind, subject, due_at=at, classroom_id="room"
            )


async def job(school: School, kind: str, subject: str) -> Alarm:
    async with school.begin() as work:
        return await work.db.get_one(Alarm, (school.tenant_id, kind, subject))


async def fail_often(school: School, tries: int) -> None:
    """As if all bad jobs had failed so often already."""
    async with school.begin() as work:
        await work.db.execute(
            update(Alarm)
            .where(Alarm.tenant_id == school.tenant_id, Alarm.kind == "bad")
            .values(tries=tries, retry_at=work.now)
        )


async def another(school: School, name: str) -> str:
    async with school.begin() as work:
        return (await tenants.create(work, name, test=True)).tenant_id


@pytest.mark.parametrize("tries", [1, JOB_TRIES, 1023, 1024, 2**31 - 2])
async def test_a_job_that_failed_however_often_holds_up_no_other(
    school: School, chores: Chores, tries: int
) -> None:
    await due(school, "bad", "a")
    await due(school, "good", "b")
    await fail_often(school, tries)
    assert await school.tick() == ["good"]


async def test_a_job_of_a_kind_that_nobody_knows_holds_up_no_other(school: School, chores: Chores) -> None:
    await due(school, "of a later program", "a")
    await due(school, "good", "b")
    assert await school.tick() == ["good"]
    assert (await job(school, "of a later program", "a")).tries == 1


async def test_a_job_that_failed_too_often_is_not_tried_any_more(
    school: School, clock: ManualClock, chores: Chores
) -> None:
    await due(school, "bad", "a")
    await fail_often(school, JOB_TRIES - 1)
    await school.tick()
    chores.broken = False
    clock.advance(timedelta(days=365))
    assert await school.tick() == []
    dead = await job(school, "bad", "a")
    assert (dead.dead_at, dead.tries, dead.failure) == (START, JOB_TRIES, "LookupError: a")


async def test_a_dead_job_that_is_tried_again_is_done_at_the_instant_it_was_due(
    school: School, clock: ManualClock, chores: Chores
) -> None:
    await due(school, "bad", "a", "b")
    await fail_often(school, JOB_TRIES - 1)
    await school.tick()
    chores.broken = False
    clock.advance(timedelta(days=1))
    async with school.begin() as work:
        assert await alarms.retry(work, school.tenant_id, kind="bad", subject="a") == 1
    assert await school.tick() == ["bad"]
    assert chores.subjects == ["a"]
    async with school.begin() as work:
        assert await alarms.retry(work, school.tenant_id) == 1
    assert await school.tick() == ["bad"]


async def test_only_what_failed_is_tried_again(school: School, chores: Chores) -> None:
    await due(school, "good", "a", at=START + timedelta(days=1))
    async with school.begin() as work:
        assert await alarms.retry(work, school.tenant_id) == 0
        with pytest.raises(UnknownThing):
            await alarms.retry(work, school.tenant_id, kind="good", subject="a")


async def test_a_dead_job_that_is_set_anew_is_as_any_other(
    school: School, clock: ManualClock, chores: Chores
) -> None:
    await due(school, "bad", "a")
    await fail_often(school, JOB_TRIES - 1)
    await school.tick()
    chores.broken = False
    await due(school, "bad", "a", at=START + timedelta(minutes=1))
    clock.advance(timedelta(minutes=1))
    assert await school.tick() == ["bad"]


async def test_what_is_dead_is_not_what_a_test_clock_goes_to_next(school: School, chores: Chores) -> None:
    await due(school, "bad", "a")
    await due(school, "good", "b", at=START + timedelta(hours=1))
    await fail_often(school, JOB_TRIES - 1)
    await school.tick()
    async with school.begin() as work:
        following = await queries.following(work, school.tenant_id)
    assert following is not None
    assert following.subject == "b"


async def test_failed_jobs_of_all_tenants_are_counted(
    school: School, other_school: School, chores: Chores
) -> None:
    await due(school, "bad", "a")
    await due(other_school, "bad", "a")
    await fail_often(school, JOB_TRIES - 1)
    await school.tick()
    async with school.begin() as work:
        assert await failing.failures(work) == failing.Failures(failing=1, dead=1)


async def test_jobs_that_failed_cost_a_look_nothing(school: School, chores: Chores) -> None:
    await due(school, "good", "a")
    rows = [
        {
            "tenant_id": school.tenant_id,
            "kind": "bad",
            "subject": str(number),
            "classroom_id": "room",
            "due_at": START - timedelta(days=1),
            "retry_at": START + timedelta(minutes=5),
            "tries": 7,
            "dead_at": START if number % 2 else None,
        }
        for number in range(2000)
    ]
    async with school.begin() as work:
        await work.db.execute(insert(Alarm), rows)

    async def look(work: Work) -> None:
        found = await queries.due(work, clocks.presents(work.wall))
        assert [alarm.subject for alarm in found.alarms] == ["a"]

    assert await school.rows_read("alarms", look) < 20


async def test_a_tenant_with_much_due_does_not_delay_another(busy_school: School, chores: Chores) -> None:
    other = await another(busy_school, "Other school")
    await due(busy_school, "good", *map(str, range(MANY)))
    await due(busy_school, "good", "its own", at=START, tenant_id=other)
    assert await Scheduler(busy_school.works).tick() == MANY + 1
    assert chores.subjects.index("its own") < queries.LOOK_EACH
    mine = [subject for tenant_id, subject in chores.done if tenant_id == busy_school.tenant_id]
    assert sorted(mine) == sorted(map(str, range(MANY)))


async def test_more_tenants_than_have_a_turn_at_once_all_come_to_theirs(
    busy_school: School, chores: Chores
) -> None:
    others = [await another(busy_school, f"School {number}") for number in range(9)]
    await due(busy_school, "good", *map(str, range(MANY)))
    for other in others:
        await due(busy_school, "good", "its own", tenant_id=other)
    await Scheduler(busy_school.works).tick()
    assert [tenant_id for tenant_id, subject in chores.done if subject == "its own"] != []
    last = max(place for place, (_, subject) in enumerate(chores.done) if subject == "its own")
    assert last < queries.LOOK_EACH + len(others)


async def test_a_job_that_takes_long_holds_up_no_other_tenant(
    busy_school: School, chores: Chores, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = asyncio.Event()

    async def long(work: Work, tenant_id: str, subject: str) -> None:
        del work, tenant_id, subject
        await over.wait()

    async def ending(work: Work, tenant_id: str, subject: str) -> None:
        del work, tenant_id, subject
        over.set()

    monkeypatch.setitem(CHORES, "long", long)
    monkeypatch.setitem(CHORES, "ending", ending)
    other = await another(busy_school, "Other school")
    await due(busy_school, "long", "a")
    await due(busy_school, "ending", "b", at=START, tenant_id=other)
    assert await asyncio.wait_for(Scheduler(busy_school.works).tick(), 10) == 2


async def test_in_a_crowd_tenants_with_a_clock_of_their_own_go_by_that(
    busy_school: School, clock: ManualClock, chores: Chores
) -> None:
    behind = await another(busy_school, "Behind")
    async with busy_school.begin() as work:
        await clocks.freeze(work, behind)
    clock.advance(timedelta(hours=1))
    await due(busy_school, "good", *map(str, range(MANY)))
    await due(busy_school, "good", "due", at=START, tenant_id=behind)
    await due(busy_school, "good", "not yet", at=START + timedelta(seconds=1), tenant_id=behind)
    assert await Scheduler(busy_school.works).tick() == MANY + 1
    assert "due" in chores.subjects
    assert "not yet" not in chores.subjects


async def test_in_a_crowd_a_look_costs_what_there_are_of_tenants(
    school: School, other_school: School, chores: Chores
) -> None:
    await due(school, "good", *map(str, range(3000)))
    await due(other_school, "good", "its own")

    async def look(work: Work) -> None:
        found = await queries.due_by_tenant(work, clocks.everybodys_presents(work.wall), [])
        assert len(found) == queries.LOOK_EACH + 1

    # Of each tenant the first one, and then as many as it may have in its turn.
    assert await school.rows_read("alarms", look) <= queries.LOOK_EACH + 10
