"""Who is in very many classes is gone at once, and erased class by class: none waits for the others."""

import asyncio
from typing import Any

import pytest
from school import School
from sqlalchemy import insert, select
from test_erasure import IP, delivered

from app.domain import recordings
from app.domain.classrooms import queries as rooms
from app.domain.classrooms.tables import Classroom
from app.domain.participants.erasing import AT_ONCE
from app.domain.participants.tables import Participant
from app.domain.users import queries as users
from app.domain.users.tables import User
from app.kit import ids
from app.kit.clock import ManualClock
from app.rules.refusals import LinkGone, UnknownUser
from app.workers.scheduler import Scheduler

TELLING = ("Ada Lovelace", "ada@example.com", "ext-ada", IP, "My secret")


async def pupil(school: School) -> str:
    return await school.user("Ada Lovelace", email="ada@example.com", external_id="ext-ada")


async def in_many(school: School, user_id: str) -> list[str]:
    """Seats in one class more than are erased at once; the links."""
    owner = await school.user("Ms Teach")
    made = [await school.classroom(owner) for _ in range(AT_ONCE + 1)]
    links = [ids.new_link() for _ in made]
    rows = [
        {
            "tenant_id": school.tenant_id,
            "participant_id": ids.new_id(),
            "classroom_id": one.classroom_id,
            "user_id": user_id,
            "role": "participant",
            "link": link,
            "observer": False,
            "rewards": 0,
        }
        for one, link in zip(made, links, strict=True)
    ]
    async with school.begin() as work:
        await work.db.execute(insert(Participant), rows)
    return links


async def erase(school: School, user_id: str) -> None:
    async with school.begin() as work:
        await recordings.erase_user(work, school.tenant_id, user_id)


async def classes_of(school: School, user_id: str) -> list[str]:
    async with school.begin() as work:
        mine = select(Participant.classroom_id).where(
            Participant.tenant_id == school.tenant_id, Participant.user_id == user_id
        )
        return list(await work.db.scalars(mine))


async def test_the_person_is_gone_at_once(school: School) -> None:
    ada = await pupil(school)
    links = await in_many(school, ada)
    await erase(school, ada)
    for link in links:
        with pytest.raises(LinkGone):
            await school.door(link)
    with pytest.raises(UnknownUser):
        await erase(school, ada)
    async with school.begin() as work:
        assert await users.find(work, school.tenant_id, "Ada") == []
        assert await users.find(work, school.tenant_id, "") != []
        assert await users.names(work, school.tenant_id, [ada]) == {}
        with pytest.raises(UnknownUser):
            await users.read(work, school.tenant_id, ada)
    assert await pupil(school) != ada


async def test_nobody_enrols_a_person_who_is_being_erased(school: School) -> None:
    ada = await pupil(school)
    await in_many(school, ada)
    await erase(school, ada)
    with pytest.raises(UnknownUser):
        await school.enrol(await school.classroom(), ada)


async def test_everything_of_the_person_goes_class_by_class(school: School, clock: ManualClock) -> None:
    ada = await pupil(school)
    held = await school.hold(ada, clock, ip=IP, kind="reserved", reference="room", starts_at=None)
    await delivered(school)
    await in_many(school, ada)
    places = await classes_of(school, ada)
    before = await school.everything()
    assert [text for text in TELLING if text not in before] == []
    await erase(school, ada)
    assert set(await school.tick()) >= {"erase"}
    after = await school.everything()
    # Of whom a feed tells it keeps the id.
    assert [text for text in TELLING if text in after] == ["ext-ada"]
    async with school.begin() as work:
        assert await work.db.get(User, (school.tenant_id, ada)) is None
        told = [await rooms.by_id(work, school.tenant_id, place) for place in places]
    assert await classes_of(school, ada) == []
    removed = [
        [event for event in await school.events(one) if event.kind == "ParticipantRemoved"] for one in told
    ]
    assert [[event.data["user_id"] for event in each] for each in removed] == [[ada]] * len(places)
    assert (await school.report(held))[ada]["seconds"] == 600


async def test_what_a_class_holds_delays_the_erasing_and_no_other_class(busy_school: School) -> None:
    school = busy_school
    ada = await pupil(school)
    await in_many(school, ada)
    places = await classes_of(school, ada)
    await erase(school, ada)
    async with school.begin() as work:
        await rooms.locked(work, school.tenant_id, places[0])
        tick = asyncio.create_task(Scheduler(school.works).tick())
        async with asyncio.timeout(10):
            while not await school.waiting():
                assert not tick.done()
        for place in places[1:]:
            await free(school, place)
    await asyncio.wait_for(tick, 30)
    assert await classes_of(school, ada) == []


async def free(school: School, classroom_id: str) -> None:
    """A classroom that nobody holds now."""
    async with school.begin() as work:
        held: Any = await work.db.scalar(
            select(Classroom.classroom_id)
            .where(Classroom.tenant_id == school.tenant_id, Classroom.classroom_id == classroom_id)
            .with_for_update(nowait=True)
        )
        assert held == classroom_id
