"""What holds for every route: the envelope, trailing slashes, content types, the order of paths."""

import pytest
from merithub_program import Program, refused


async def test_users_is_never_taken_for_the_id_of_a_user(program: Program) -> None:
    answer = await program.call("POST", "users", {"name": "Ada"})
    assert set(answer.json()) == {"userId", "userToken"}
    assert "users" in (await program.call("GET", "users")).json()


async def test_a_trailing_slash_is_served_without_redirect(program: Program) -> None:
    answer = await program.call("POST", "users/", {"name": "Ada"})
    assert answer.status_code == 200
    assert "userId" in answer.json()


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
async def test_json_is_read_under_any_content_type(program: Program, content_type: str) -> None:
    headers = {"authorization": program.token, "content-type": content_type}
    path = f"/v1/{program.client_id}/users"
    answer = await program.client.post(path, content=b'{"name": "Ada"}', headers=headers)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
@pytest.mark.parametrize("content", [b"{", b"[]", b"null", b"", b"\xff\xfe", b"[" * 5000])
async def test_a_body_that_is_no_object_is_refused(
    program: Program, content: bytes, content_type: str
) -> None:
    headers = {"authorization": program.token, "content-type": content_type}
    path = f"/v1/{program.client_id}/users"
    answer = await program.client.post(path, content=content, headers=headers)
    assert answer.status_code == 400, answer.text
    assert set(answer.json()) == {"code", "message", "traceId"}


async def test_an_unknown_path_is_refused_in_the_envelope(program: Program) -> None:
    refused(await program.client.get("/v1/a/b/c/d/e/f"), 404, "pathNotFound")


async def test_a_wrong_method_is_refused_in_the_envelope(program: Program) -> None:
    answer = await program.call("PATCH", "users")
    refused(answer, 405, "methodNotAllowed")
    assert answer.headers["allow"]


async def test_no_token_is_refused_in_the_envelope(program: Program) -> None:
    refused(await program.client.get(f"/v1/{program.client_id}/users"), 401, "unauthorized")


async def test_a_refused_request_leaves_nothing_behind(program: Program) -> None:
    owner = await program.user("Ada", email="a@example.com")
    other = await program.user("Bob", email="b@example.com")
    answer = await program.call("PUT", f"users/{other}", {"name": "Eve", "email": "a@example.com"})
    refused(answer, 409, "userAlreadyExists")
    found = (await program.call("GET", "users?query=Eve")).json()
    assert found == {"users": []}
    assert owner != other
