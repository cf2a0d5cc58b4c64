"""The JWT bearer grant and the Authorization header."""

import math
from datetime import timedelta
from typing import Any

import pytest
from jose import jws
from merithub_program import GRANT, Program, golden, refused, shape


async def test_the_answer_is_the_vendors(program: Program) -> None:
    answer = await program.ask_token(f"Bearer  {program.assertion()}")
    body = answer.json()
    assert shape(body) == shape(golden("get_access_token.response"))
    assert body["access_token"].startswith("Bearer ey")
    assert body["expires_in"] == 3600
    assert body["api_domain"] == f"http://homeroom.test/{program.client_id}/api/token"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "wrong", "aud": "wrong"},
        {"expiry": 1.5},
        {"expiry": 360000},
        {"exp": 4102444800},
        {"exp": "4102444800"},
        {"exp": None},
        {"iat": 4102444800, "nbf": 4102444800},
    ],
)
async def test_only_the_signature_decides(program: Program, claims: dict[str, Any]) -> None:
    answer = await program.ask_token(program.assertion(**claims))
    assert answer.status_code == 200


async def test_a_past_exp_is_refused_by_the_clock_of_the_server(program: Program, clock: Any) -> None:
    expires = int((clock.now() + timedelta(seconds=10)).timestamp())
    assertion = program.assertion(exp=expires)
    assert (await program.ask_token(assertion)).status_code == 200
    clock.advance(timedelta(seconds=10))
    refused(await program.ask_token(assertion), 401, "unauthorized")


@pytest.mark.parametrize(
    "exp", ["soon", "nan", "inf", "", "1e999", "1_0", True, False, [1], {}, math.nan, math.inf, 10**400]
)
async def test_an_exp_that_cannot_be_read_is_refused(program: Program, exp: Any) -> None:
    refused(await program.ask_token(program.assertion(exp=exp)), 401, "unauthorized")


@pytest.mark.parametrize("crit", [["exp"], ["b64"], ["unheard-of"], [], "exp", None])
async def test_an_extension_that_must_be_understood_is_not(program: Program, crit: Any) -> None:
    claims = {"iss": program.client_id}
    signed = jws.sign(claims, program.client_secret, headers={"crit": crit, "b64": True}, algorithm="HS256")
    refused(await program.ask_token(signed), 401, "unauthorized")


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
async def test_another_algorithm_is_refused(program: Program, algorithm: str) -> None:
    refused(await program.ask_token(program.assertion(algorithm=algorithm)), 401, "unauthorized")


@pytest.mark.parametrize("assertion", ["", "Bearer", "x.y.z", "eyJhbGciOiJub25lIn0.e30."])
async def test_no_signature_no_token(program: Program, assertion: str) -> None:
    answer = await program.ask_token(assertion)
    assert answer.status_code in (400, 401)
    assert set(answer.json()) == {"code", "message", "traceId"}


async def test_a_wrong_secret_is_refused(program: Program) -> None:
    refused(await program.ask_token(program.assertion(secret="guess")), 401, "unauthorized")


async def test_json_and_unencoded_forms_are_taken(program: Program) -> None:
    path = f"/v1/{program.client_id}/api/token"
    as_json = {"grant_type": GRANT, "assertion": f"bearer {program.assertion()}"}
    assert (await program.client.post(path, json=as_json)).status_code == 200
    raw = f"grant_type={GRANT}&assertion=Bearer   {program.assertion()}"
    assert (await program.client.post(path, content=raw)).status_code == 200


async def test_another_grant_is_refused(program: Program) -> None:
    answer = await program.ask_token(program.assertion(), grant_type="password")
    refused(answer, 400, "invalidParameter")


@pytest.mark.parametrize("prefix", ["", "Bearer ", "bearer Bearer ", "BEARER   bearer\tBearer "])
async def test_any_number_of_bearers_is_stripped(program: Program, prefix: str) -> None:
    token = program.token.removeprefix("Bearer ")
    headers = {"authorization": prefix + token}
    answer = await program.client.get(f"/v1/{program.client_id}/users", headers=headers)
    assert answer.status_code == 200


async def test_a_token_lives_an_hour(program: Program, clock: Any) -> None:
    clock.advance(timedelta(minutes=59, seconds=59))
    assert (await program.call("GET", "users")).status_code == 200
    clock.advance(timedelta(seconds=1))
    refused(await program.call("GET", "users"), 401, "unauthorized")


async def test_a_token_opens_its_own_client_only(program: Program) -> None:
    headers = {"authorization": program.token}
    answer = await program.client.get("/v1/0123456789abcdefghij/users", headers=headers)
    refused(answer, 401, "unauthorized")


async def test_the_assertion_and_the_user_token_open_nothing(program: Program) -> None:
    user_token = (await program.call("POST", "users", {"name": "Ada"})).json()["userToken"]
    for token in (program.assertion(), user_token):
        program.token = token
        refused(await program.call("GET", "users"), 401, "unauthorized")
