"""Adding, changing and erasing users."""

from typing import Any

import pytest
from merithub_program import Program, golden, refused, shape

from app.domain import users
from app.domain.users import UserDraft


async def test_adding_answers_as_the_vendor_does(program: Program) -> None:
    answer = await program.call("POST", "users", golden("add_user.request"))
    assert answer.status_code == 200
    assert shape(answer.json()) == shape(golden("add_user.response"))


async def test_updating_answers_the_full_user(program: Program) -> None:
    user_id = await program.user(**golden("add_user.request"))
    answer = await program.call("PUT", f"users/{user_id}", golden("update_user.request"))
    ids = {"userId": user_id, "networkId": program.client_id, "CLIENT_ID": program.client_id}
    expected = golden("update_user.response") | ids
    assert list(answer.json().items()) == list(expected.items())


async def test_only_the_name_is_needed(program: Program) -> None:
    assert await program.user("Ada", email="", nobodyKnows={"this": "key"})
    assert await program.user("Ada", email="")
    refused(await program.call("POST", "users", {"title": "nobody"}), 400, "invalidParameter")


@pytest.mark.parametrize("same", [{"email": "a@example.com"}, {"clientUserId": 42}])
async def test_a_second_user_alike_is_refused_with_the_first_ones_id(
    program: Program, same: dict[str, Any]
) -> None:
    first = await program.user("Ada", email="a@example.com", clientUserId="42")
    body = refused(await program.call("POST", "users", {"name": "B"} | same), 409, "userAlreadyExists")
    assert (body["traceId"], body["userId"]) == (first, first)


async def test_repeating_ones_own_email_is_no_clash(program: Program) -> None:
    user_id = await program.user("Ada", email="a@example.com", clientUserId=7)
    body = {"email": "a@example.com", "clientUserId": "7", "timeZoneId": "Europe/Berlin"}
    answer = await program.call("PUT", f"users/{user_id}", body)
    assert answer.status_code == 200
    assert answer.json()["timeZone"] == "Europe/Berlin"
    assert answer.json()["name"] == "Ada"


async def test_a_deleted_users_email_can_be_used_again(program: Program) -> None:
    user_id = await program.user("Ada", email="a@example.com")
    answer = await program.call("DELETE", f"users/{user_id}")
    assert answer.json() == golden("success.response")
    refused(await program.call("DELETE", f"users/{user_id}"), 404, "userNotFound")
    assert await program.user("Ada", email="a@example.com") != user_id


async def test_users_are_found_by_email_id_and_part_of_the_name(program: Program) -> None:
    user_id = await program.user("Ada Lovelace", email="ada@example.com", clientUserId="x-1")
    await program.user("Somebody")
    for query in ("ada@example.com", "x-1", "love"):
        answer = await program.client.get(
            f"/v1/{program.client_id}/users",
            params={"query": query},
            headers={"authorization": program.token},
        )
        assert [user["userId"] for user in answer.json()["users"]] == [user_id]


async def test_text_the_database_cannot_keep_is_cleaned(program: Program) -> None:
    assert await program.user("A\x00da")
    answer = await program.client.post(
        f"/v1/{program.client_id}/users",
        content=rb'{"name": "A\ud800da"}',
        headers={"authorization": program.token},
    )
    assert answer.status_code == 200
    refused(await program.call("DELETE", "users/%00"), 400, "invalidRequest")


@pytest.mark.parametrize("field", ["email", "clientUserId"])
async def test_what_names_a_user_may_not_be_endless(program: Program, field: str) -> None:
    user_id = await program.user("Ada", **{field: "a" * 500})
    for method, path in (("POST", "users"), ("PUT", f"users/{user_id}")):
        body = refused(
            await program.call(method, path, {"name": "Bob", field: "b" * 501}), 400, "invalidParameter"
        )
        assert body["message"] == f"{field} must be at most 500 characters"


@pytest.mark.parametrize("field", ["name", "title", "desc", "img", "lang", "clientUserId", "email"])
async def test_texts_of_a_person_have_bounds(program: Program, field: str) -> None:
    ada = await program.user("Ada")
    body = {"name": "Eve", "email": "eve@school.example"} | {field: "x" * 20_000}
    for answer in (
        await program.call("POST", "users", body),
        await program.call("PUT", f"users/{ada}", body),
    ):
        told = refused(answer, 400, "invalidParameter")
        assert "characters" in told["message"]
    assert [one["name"] for one in (await program.call("GET", "users")).json()["users"]] == ["Ada"]


@pytest.mark.parametrize("field", ["title", "description", "lang"])
async def test_texts_of_a_class_have_bounds(program: Program, field: str) -> None:
    ada = await program.user("Ada")
    body = {"title": "Algebra", "startTime": "2026-03-02T10:00:00Z"} | {field: "x" * 20_000}
    refused(await program.call("POST", ada, body), 400, "invalidParameter")


async def test_people_who_were_found_are_read_in_pages(program: Program, works: Any, tenant: Any) -> None:
    async with works.begin() as work:
        for number in range(205):
            await users.add(work, tenant.tenant_id, UserDraft(f"Pupil {number:03}"))
    names: list[str] = []
    pages, following = 0, ""
    while pages == 0 or following:
        answer = await program.call("GET", f"users?query=pupil&nextId={following}")
        body = answer.json()
        names += [user["name"] for user in body["users"]]
        following, pages = body.get("nextId", ""), pages + 1
    assert (pages, names) == (3, [f"Pupil {number:03}" for number in range(205)])
    rare = (await program.call("GET", "users?query=Pupil 204")).json()
    assert ([user["name"] for user in rare["users"]], "nextId" in rare) == (["Pupil 204"], False)
    wrong = await program.call("GET", "users?query=pupil&nextId=nobody")
    assert (wrong.status_code, "nextId" in wrong.json()["message"]) == (400, True)


async def test_a_plus_in_an_address_is_a_plus(program: Program) -> None:
    user_id = await program.user("Ada", email="ada+school@example.com")
    for query in ("ada+school@example.com", "ada%2Bschool@example.com"):
        found = (await program.call("GET", f"users?query={query}")).json()["users"]
        assert [user["userId"] for user in found] == [user_id]
