"""Who may call the REST API: its own tokens, tokens signed by the caller, the key pair; nobody else."""

import base64
import json
import math
from datetime import timedelta
from typing import Any

import httpx
import pytest
from common import START
from jose import jws
from learncube_program import BASE, Program

from app.domain import outbox
from app.kit.clock import ManualClock
from app.kit.work import Works

LATER = int((START + timedelta(hours=1)).timestamp())
EARLIER = int((START - timedelta(seconds=1)).timestamp())
PERSON = {"username": "ada", "user_id": 7, "email": "ada@school.example"}


async def knock(program: Program, authorization: str, **headers: str) -> int:
    return (await program.call("GET", "classrooms/", authorization, headers=headers)).status_code


async def test_a_token_is_good_for_five_minutes(program: Program, clock: ManualClock) -> None:
    token = await program.token()
    assert await knock(program, token) == 200
    clock.advance(timedelta(minutes=4, seconds=59))
    assert await knock(program, token) == 200
    clock.advance(timedelta(seconds=1))
    assert await knock(program, token) == 401


@pytest.mark.parametrize("slash", ["", "/"])
async def test_the_token_operations_take_json_and_forms(program: Program, slash: str) -> None:
    pair = {"api_public_key": program.public_key, "api_private_key": program.private_key}
    for body in ({"json": pair}, {"data": pair}):
        answer = await program.client.post(f"{BASE}/get-api-token{slash}", **body)
        assert (answer.status_code, list(answer.json())) == (200, ["token"])
    shown = {"token": answer.json()["token"]}
    for body in ({"json": shown}, {"data": shown}):
        assert (await program.client.post(f"{BASE}/verify-api-token{slash}", **body)).status_code == 200


@pytest.mark.parametrize("token", [None, "", "a.b.c", "nothing", 7, "e30.e30.e30"])
async def test_a_token_that_is_none_is_401(program: Program, token: Any) -> None:
    answer = await program.client.post(f"{BASE}/verify-api-token/", json={"token": token})
    assert (answer.status_code, list(answer.json())) == (401, ["detail"])


async def test_a_token_that_has_expired_is_401(program: Program, clock: ManualClock) -> None:
    token = (await program.token()).removeprefix("Bearer ")
    clock.advance(timedelta(minutes=5))
    answer = await program.client.post(f"{BASE}/verify-api-token/", json={"token": token})
    assert answer.status_code == 401


async def test_every_missing_key_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{BASE}/get-api-token/", json={})
    required = ["This field is required."]
    assert (answer.status_code, answer.json()) == (
        400,
        {"api_public_key": required, "api_private_key": required},
    )


@pytest.mark.parametrize("wrong", ["api_public_key", "api_private_key"])
@pytest.mark.parametrize("value", ["nobody", "nul\x00", "\ud800", 7])
async def test_a_wrong_key_is_401(program: Program, wrong: str, value: Any) -> None:
    pair = {"api_public_key": program.public_key, "api_private_key": program.private_key}
    answer = await program.client.post(f"{BASE}/get-api-token/", content=json.dumps(pair | {wrong: value}))
    assert (answer.status_code, list(answer.json())) == (401, ["detail"])


async def test_the_key_pair_opens_by_basic(program: Program, other_program: Program) -> None:
    def basic(text: str) -> str:
        return "Basic " + base64.b64encode(text.encode()).decode()

    assert await knock(program, program.basic) == 200
    crossed = basic(f"{program.public_key}:{other_program.private_key}")
    for wrong in (
        crossed,
        basic(program.public_key),
        basic(f"{program.public_key}:"),
        "Basic ?",
        "Basic",
        "",
    ):
        assert await knock(program, wrong) == 401


@pytest.mark.parametrize("place", ["kid", "iss", "username", "user_id"])
async def test_a_token_of_the_callers_own_names_its_tenant(
    program: Program, other_program: Program, place: str
) -> None:
    headers = {"kid": program.public_key} if place == "kid" else None
    claims = PERSON | ({} if headers else {place: program.public_key}) | {"exp": LATER}
    assert await knock(program, program.signed(headers, **claims)) == 200
    assert await knock(program, other_program.signed(headers, **claims)) == 401


async def test_a_token_that_names_nobody_is_the_hosts_or_the_only_tenants(
    program: Program, other_program: Program, works: Works, tenant: Any, other_tenant: Any
) -> None:
    token = program.signed(**PERSON, exp=LATER)
    assert await knock(program, token) == 401
    async with works.begin() as work:
        await outbox.subscribe(work, tenant.tenant_id, "learncube", "callback", "http://127.0.0.1:9/")
    assert await knock(program, token) == 200
    async with works.begin() as work:
        await outbox.endpoints.add(
            work, other_tenant.tenant_id, "learncube", "other.example", "http://127.0.0.1:9/"
        )
    assert await knock(program, token) == 401
    assert await knock(program, token, host="other.example") == 401
    assert (
        await knock(other_program, other_program.signed(**PERSON, exp=LATER), host="other.example:8000")
        == 200
    )


@pytest.mark.parametrize("exp", [EARLIER, None, "soon", True, "", [], [LATER], "nan", "inf", math.inf])
async def test_a_token_of_the_callers_own_expires(program: Program, exp: Any) -> None:
    claims = {"iss": program.public_key} | ({} if exp is None else {"exp": exp})
    assert await knock(program, program.signed(**claims)) == 401


async def test_a_key_signs_for_its_own_use_only(program: Program, tenant: Any) -> None:
    claims = {"iss": program.public_key, "exp": LATER}
    ours_by_private = jws.sign(claims | {"use": "classrooms"}, program.private_key, algorithm="HS256")
    theirs_by_ours = jws.sign(claims, tenant.signing_secret, algorithm="HS256")
    other_use = jws.sign(claims | {"use": "api"}, tenant.signing_secret, algorithm="HS256")
    other_way = jws.sign(claims, program.private_key, algorithm="HS512")
    unsigned = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "none"}, claims)
    )
    for token in (ours_by_private, theirs_by_ours, other_use, other_way, f"{unsigned}."):
        assert await knock(program, f"Bearer {token}") == 401


@pytest.mark.parametrize("path", ["classrooms", "participants", "logs"])
async def test_nothing_is_read_without_credentials(client: httpx.AsyncClient, path: str) -> None:
    for where in (f"{path}/", f"{path}/7d0b5c1e-1f0a-4c53-8a4f-8d43a1c7b2d1/"):
        answer = await client.get(f"{BASE}/{where}")
        assert (answer.status_code, answer.json()) == (
            401,
            {"detail": "Authentication credentials were not provided."},
        )
