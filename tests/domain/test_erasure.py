"""Erasing a person: what tells who it was is gone, what was counted stays."""

from datetime import timedelta

import pytest
from school import School

from app.domain import drive, outbox, participants
from app.domain.classrooms.tables import Classroom
from app.domain.outbox import Outcome
from app.domain.outbox.claiming import Room
from app.domain.users import queries as users
from app.kit.clock import ManualClock
from app.rules.refusals import UnknownLink, UnknownUser

IP = "198.51.100.77"


async def held(school: School, clock: ManualClock, user_id: str) -> Classroom:
    """A lesson of ten minutes in which the user was and spoke, with its pings delivered."""
    classroom = await school.hold(user_id, clock, ip=IP)
    await delivered(school)
    return classroom


async def delivered(school: School) -> None:
    """Settle all that is due with a receiver that says back what it got."""
    while True:
        async with school.begin() as work:
            claimed = [
                one for one in await outbox.claim(work, Room.for_all(10)) if one.tenant_id == school.tenant_id
            ]
        if not claimed:
            return
        for one in claimed:
            async with school.begin() as work:
                await outbox.settle(work, one, Outcome(200, 1, response_body=one.body.decode()))


async def erase(school: School, user_id: str) -> None:
    async with school.begin() as work:
        await participants.erase_user(work, school.tenant_id, user_id)


async def test_names_texts_and_addresses_are_gone_from_every_table(
    school: School, clock: ManualClock
) -> None:
    user_id = await school.user("Ada Lovelace", email="ada@example.com", external_id="ext-ada")
    await held(school, clock, user_id)
    telling = ("Ada Lovelace", "ada@example.com", "ext-ada", IP, "My secret")
    before = await school.everything()
    assert all(text in before for text in telling)
    await erase(school, user_id)
    after = await school.everything()
    assert [text for text in telling if text in after] == []


async def test_counts_and_the_id_stay_in_the_report(school: School, clock: ManualClock) -> None:
    user_id = await school.user("Ada Lovelace")
    classroom = await held(school, clock, user_id)
    await erase(school, user_id)
    row = (await school.report(classroom))[user_id]
    assert (row["seconds"], row["messages"], row["ip"], row["user_agent"]) == (600, 1, "", "")


async def test_the_seat_is_gone_and_the_email_is_free(school: School) -> None:
    user_id = await school.user("Ada", email="ada@example.com")
    [link] = await school.enrol(await school.classroom(), user_id)
    await erase(school, user_id)
    with pytest.raises(UnknownLink):
        await school.door(link)
    assert await school.user("Ada", email="ada@example.com") != user_id
    with pytest.raises(UnknownUser):
        await erase(school, user_id)


async def test_other_people_stay_as_they_were(school: School, clock: ManualClock) -> None:
    ada, bob = await school.user("Ada"), await school.user("Bob")
    classroom = await held(school, clock, bob)
    await school.enrol(classroom, ada)
    await erase(school, ada)
    assert (await school.report(classroom))[bob]["ip"] == IP
    assert "My secret" in await school.everything()


async def test_a_tenant_that_goes_leaves_nothing(school: School, clock: ManualClock) -> None:
    await held(school, clock, await school.user("Ada Lovelace"))
    assert (await school.rows())["attempts"] > 0
    async with school.begin() as work:
        await drive.close_tenant(work, school.tenant_id)
    assert set(await school.rows()) == {"leftovers"}


async def test_another_school_erases_nobody_here(school: School, other_school: School) -> None:
    user_id = await school.user("Ada")
    with pytest.raises(UnknownUser):
        await erase(other_school, user_id)
    async with school.begin() as work:
        assert (await users.by_id(work, school.tenant_id, user_id)).name == "Ada"


async def test_what_is_still_owed_goes_out_and_is_removed_within_a_day_after_it(
    school: School, clock: ManualClock
) -> None:
    async with school.begin() as work:
        [receiver] = await outbox.log.subscriptions(work, school.tenant_id)
        await outbox.steering.pause(work, school.tenant_id, receiver.subscription_id)
    ada = await school.user("Ada Lovelace")
    classroom = await held(school, clock, ada)
    owed = (await school.rows())["deliveries"]
    await erase(school, ada)
    assert (await school.rows())["deliveries"] == owed
    clock.advance(timedelta(days=3))
    assert "forget" in await school.tick()
    async with school.begin() as work:
        await outbox.steering.resume(work, school.tenant_id, receiver.subscription_id)
    await delivered(school)
    rows = await school.rows()
    assert rows["deliveries"] == rows["attempts"] == owed
    assert "Ada Lovelace" not in str(await school.report(classroom))
    clock.advance(timedelta(days=1))
    assert await school.tick() == ["forget"]
    assert await school.tick() == []
    clock.advance(timedelta(days=2))
    assert await school.tick() == []
    rows = await school.rows()
    assert 0 < rows["deliveries"] == rows["attempts"] < owed
    told = [line for line in (await school.everything()).splitlines() if line.startswith(("deliv", "attem"))]
    assert [line for line in told if ada in line or "Ada Lovelace" in line] == []
