import pytest
from school import School

from app.domain import users
from app.domain.users import queries
from app.rules.refusals import BadValue, UnknownUser, UserExists


@pytest.mark.parametrize("name", ["", "   "])
async def test_a_person_without_a_name_is_refused_and_nothing_is_written(school: School, name: str) -> None:
    before = await school.rows()
    with pytest.raises(BadValue) as refused:
        await school.user(name)
    assert refused.value.field == "name"
    assert await school.rows() == before


@pytest.mark.parametrize(
    ("draft", "field"), [({"email": "ADA@example.com "}, "email"), ({"external_id": "7"}, "external_id")]
)
async def test_who_is_there_already_is_named(school: School, draft: dict[str, str], field: str) -> None:
    first = await school.user("Ada", email="ada@example.com", external_id="7")
    with pytest.raises(UserExists) as refused:
        await school.user("Another", **draft)
    assert (refused.value.user_id, refused.value.field) == (first, field)


async def test_nobody_clashes_over_an_empty_email_or_id(school: School) -> None:
    assert await school.user("Ada") != await school.user("Ada")


async def test_an_edit_changes_what_it_names(school: School) -> None:
    user_id = await school.user("Ada", email="ada@example.com", title="Countess")
    async with school.begin() as work:
        await users.edit(work, school.tenant_id, user_id, {"name": "Ada L", "email": "ada@example.com"})
    async with school.begin() as work:
        user = await queries.by_id(work, school.tenant_id, user_id)
    assert (user.name, user.title, user.email) == ("Ada L", "Countess", "ada@example.com")


async def test_an_edit_takes_nobody_elses_email(school: School) -> None:
    first = await school.user("Ada", email="ada@example.com")
    second = await school.user("Bob", email="bob@example.com")
    with pytest.raises(UserExists) as refused:
        async with school.begin() as work:
            await users.edit(work, school.tenant_id, second, {"name": "Eve", "email": "Ada@example.com"})
    assert refused.value.user_id == first
    async with school.begin() as work:
        assert (await queries.by_id(work, school.tenant_id, second)).name == "Bob"


async def find(school: School, text: str) -> list[str]:
    async with school.begin() as work:
        return [user.name for user in await queries.find(work, school.tenant_id, text)]


async def test_people_are_found_by_part_of_the_name_and_guests_are_not(school: School) -> None:
    await school.user("Grace Hopper")
    await school.user("Ada Lovelace", email="countess@example.com", external_id="x-1")
    classroom = await school.classroom(await school.user("Ms Teach"))
    await school.guest(await school.common_link(classroom), "Lovelace the guest")
    for text in ("LOVE", "a l", "countess@example.com", "x-1"):
        assert await find(school, text) == ["Ada Lovelace"]
    assert await find(school, "%") == []
    assert await find(school, "") == ["Ada Lovelace", "Grace Hopper", "Ms Teach"]


@pytest.mark.parametrize(
    ("name", "text"), [("Élodie", "éLO"), ("Jürgen Groß", "GROSS"), ("50% Bob_", "% bob_"), ("A\\B", "a\\b")]
)
async def test_a_name_is_found_in_any_case_and_with_any_sign(school: School, name: str, text: str) -> None:
    await school.user(name)
    await school.user("500 Bobby")
    assert await find(school, text) == [name]


async def test_the_longest_name_is_found_and_a_longer_one_is_refused(school: School) -> None:
    longest = "".join(chr(0x4E00 + number) for number in range(500))
    await school.user(longest)
    assert await find(school, longest[:10]) == [longest]
    with pytest.raises(BadValue) as refused:
        await school.user(longest + "x")
    assert refused.value.field == "name"


async def test_a_new_name_is_found_and_the_old_one_is_not(school: School) -> None:
    user_id = await school.user("Ada Byron")
    async with school.begin() as work:
        await users.edit(work, school.tenant_id, user_id, {"name": "Ada Lovelace"})
    assert (await find(school, "byron"), await find(school, "lovelace")) == ([], ["Ada Lovelace"])


async def test_another_school_finds_nothing_of_it(school: School, other_school: School) -> None:
    user_id = await school.user("Ada", email="ada@example.com")
    async with other_school.begin() as work:
        for verb in (
            queries.by_id(work, other_school.tenant_id, user_id),
            users.edit(work, other_school.tenant_id, user_id, {"name": "Eve"}),
            users.remove(work, other_school.tenant_id, user_id),
        ):
            with pytest.raises(UnknownUser):
                await verb
    assert await find(other_school, "Ada") == []
    await other_school.user("Ada", email="ada@example.com")
