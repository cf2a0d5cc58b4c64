import pytest
from school import School

from app.domain import participants
from app.domain.participants import queries
from app.rules.refusals import BadValue, LastHost, LinkGone, NoGuests, RoomClosed, UnknownLink, UnknownUser


async def test_enrolling_again_gives_the_same_links_in_the_order_asked(school: School) -> None:
    classroom = await school.classroom()
    ada, bob = await school.user("Ada"), await school.user("Bob")
    first, second = await school.enrol(classroom, ada, bob)
    assert await school.enrol(classroom, bob, ada, bob) == [second, first, second]


async def test_one_unknown_user_refuses_all(school: School) -> None:
    classroom = await school.classroom()
    ada = await school.user("Ada")
    before = await school.everything()
    with pytest.raises(UnknownUser) as refused:
        await school.enrol(classroom, ada, "nobody")
    assert "nobody" in refused.value.message
    assert await school.everything() == before


async def test_a_foreign_link_is_refused(school: School) -> None:
    classroom, other = await school.classroom(), await school.classroom()
    ada = await school.user("Ada")
    link = await school.common_link(other)
    with pytest.raises(BadValue) as refused:
        async with school.begin() as work:
            await participants.enrol_many(work, school.tenant_id, classroom.classroom_id, [(ada, link)])
    assert refused.value.field == "link"


@pytest.mark.parametrize("role", ["host", "moderator", "participant"])
async def test_the_role_follows_the_link(school: School, role: str) -> None:
    classroom = await school.classroom()
    [link] = await school.enrol(classroom, await school.user("Ada"), role=role)
    door = await school.door(link)
    assert (door.role, door.needs_name) == (role, False)


async def remove(school: School, classroom_id: str, *user_ids: str) -> None:
    async with school.begin() as work:
        await participants.remove_many(work, school.tenant_id, classroom_id, user_ids)


async def test_the_last_host_stays_and_so_do_those_named_with_it(school: School) -> None:
    classroom = await school.classroom()
    ada = await school.user("Ada")
    [link] = await school.enrol(classroom, ada)
    with pytest.raises(LastHost):
        await remove(school, classroom.classroom_id, ada, classroom.owner_id)
    assert (await school.door(link)).user is not None


async def test_one_of_two_hosts_may_go(school: School) -> None:
    classroom = await school.classroom()
    await school.enrol(classroom, await school.user("Second"), role="host")
    await remove(school, classroom.classroom_id, classroom.owner_id)


async def test_a_removed_link_is_gone_and_coming_again_takes_a_new_one(school: School) -> None:
    classroom = await school.classroom()
    ada = await school.user("Ada")
    [old] = await school.enrol(classroom, ada)
    await remove(school, classroom.classroom_id, ada, "nobody")
    with pytest.raises(LinkGone):
        await school.door(old)
    [new] = await school.enrol(classroom, ada)
    assert new != old
    assert (await school.door(new)).user is not None
    with pytest.raises(UnknownLink):
        await school.door(old)


async def test_guests_get_seats_of_their_own(school: School) -> None:
    classroom = await school.classroom()
    link = await school.common_link(classroom)
    assert (await school.door(link)).needs_name
    first, second = await school.guest(link, "Guest"), await school.guest(link, " Guest ")
    assert first != second
    async with school.begin() as work:
        people = [(await queries.named(work, school.tenant_id, seat))[1] for seat in (first, second)]
    assert [(one.name, one.guest) for one in people] == [("Guest", True), ("Guest", True)]
    assert people[0].user_id != people[1].user_id


@pytest.mark.parametrize("name", ["", " \n ", "A" * 101])
async def test_a_guest_gives_a_name(school: School, name: str) -> None:
    link = await school.common_link(await school.classroom())
    before = await school.rows()
    with pytest.raises(BadValue) as refused:
        await school.guest(link, name)
    assert refused.value.field == "name"
    assert await school.rows() == before


async def test_a_class_that_asks_for_a_login_has_no_guests(school: School) -> None:
    classroom = await school.classroom(login_required=True)
    with pytest.raises(NoGuests):
        await school.door(await school.common_link(classroom))


async def test_a_class_that_is_over_is_closed(school: School) -> None:
    classroom = await school.classroom()
    [link] = await school.enrol(classroom, await school.user("Ada"))
    await school.cancel(classroom)
    with pytest.raises(RoomClosed):
        await school.door(link)


async def test_another_schools_links_lead_nowhere(school: School, other_school: School) -> None:
    classroom = await school.classroom()
    [own] = await school.enrol(classroom, await school.user("Ada"))
    for link in (own, await school.common_link(classroom)):
        with pytest.raises(UnknownLink):
            await other_school.door(link)


async def test_another_schools_users_are_not_enrolled(school: School, other_school: School) -> None:
    classroom = await school.classroom()
    with pytest.raises(UnknownUser):
        await school.enrol(classroom, await other_school.user("Ada"))
