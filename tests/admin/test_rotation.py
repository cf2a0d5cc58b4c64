"""What is rotated opens nothing any more: credentials, and the key that signs a tenant's links and tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from jose import jws

from app.domain import drive, retention
from app.domain.drive import leftovers
from app.domain.drive.links import FOR_PROGRAMS
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works

Headers = Mapping[str, str]
API = "/_/admin/v1/tenants"
LEARNCUBE = "/api/virtual-classroom"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass
class School:
    """A tenant's programs."""

    client: httpx.AsyncClient
    admin: Headers
    tenant_id: str

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self.client.post(f"{API}/{self.tenant_id}/{path}", json=body, headers=self.admin)

    async def credentials(self, dialect: str) -> Any:
        answer = await self.client.get(f"{API}/{self.tenant_id}/credentials", headers=self.admin)
        return answer.json()[dialect]

    async def merithub(self) -> str:
        """A new access token."""
        mine = await self.credentials("merithub")
        assertion = jws.sign({"iss": mine["client_id"]}, mine["client_secret"], algorithm="HS256")
        form = {"grant_type": GRANT, "assertion": assertion}
        answer = await self.client.post(f"/v1/{mine['client_id']}/api/token", data=form)
        return str(answer.json()["access_token"])

    async def ask_merithub(self, token: str, method: str = "GET", path: str = "users", **body: Any) -> Any:
        mine = await self.credentials("merithub")
        url, headers = f"/v1/{mine['client_id']}/{path}", {"authorization": token}
        return await self.client.request(method, url, json=body or None, headers=headers)

    async def learncube(self) -> str:
        mine = await self.credentials("learncube")
        pair = {"api_public_key": mine["public_key"], "api_private_key": mine["private_key"]}
        answer = await self.client.post(f"{LEARNCUBE}/get-api-token/", json=pair)
        return str(answer.json()["token"])

    async def ask_learncube(self, token: str) -> int:
        headers = {"authorization": f"Bearer {token}"}
        return (await self.client.get(f"{LEARNCUBE}/classrooms/", headers=headers)).status_code

    async def calendar(self) -> str:
        """A link of ours that needs no login."""
        token = await self.merithub()
        user = (await self.ask_merithub(token, "POST", "users", name="Ada")).json()
        told = await self.ask_merithub(token, "GET", f"users/{user['userId']}/calendar")
        return str(told.json()["url"])

    async def follow(self, url: str) -> int:
        return (await self.client.get(url)).status_code


@pytest.fixture
def school(client: httpx.AsyncClient, admin: Headers, tenant: Tenant) -> School:
    return School(client, admin, tenant.tenant_id)


async def test_access_tokens_of_a_rotated_credential_are_refused(school: School) -> None:
    before = await school.merithub()
    assert (await school.ask_merithub(before)).status_code == 200
    await school.post("credentials/merithub/rotate")
    assert (await school.ask_merithub(before)).status_code == 401
    assert (await school.ask_merithub(await school.merithub())).status_code == 200


async def test_learncube_tokens_of_a_rotated_key_are_refused(school: School) -> None:
    before = await school.learncube()
    assert await school.ask_learncube(before) == 200
    await school.post("credentials/learncube/rotate")
    assert await school.ask_learncube(before) == 401
    assert await school.ask_learncube(await school.learncube()) == 200


async def test_rotating_one_credential_leaves_the_tokens_of_others(school: School) -> None:
    merithub, learncube = await school.merithub(), await school.learncube()
    await school.post("credentials/agora/rotate")
    assert (await school.ask_merithub(merithub)).status_code == 200
    assert await school.ask_learncube(learncube) == 200


async def test_with_a_new_signing_secret_links_and_tokens_before_are_void(school: School) -> None:
    link, merithub, learncube = await school.calendar(), await school.merithub(), await school.learncube()
    assert await school.follow(link) == 200
    answer = await school.post("signing-secret/rotate")
    assert (answer.status_code, answer.json()) == (200, {"former_secret_until": None})
    assert await school.follow(link) == 401
    assert (await school.ask_merithub(merithub)).status_code == 401
    assert await school.ask_learncube(learncube) == 401
    assert await school.follow(await school.calendar()) == 200


async def test_for_the_stated_time_both_hold(school: School, clock: ManualClock) -> None:
    link, token, learncube = await school.calendar(), await school.merithub(), await school.learncube()
    answer = await school.post("signing-secret/rotate", overlap="4m")
    assert answer.json() == {"former_secret_until": "2026-03-02T08:04:00Z"}
    clock.advance(timedelta(minutes=3, seconds=59))
    assert await school.follow(link) == 200
    assert (await school.ask_merithub(token)).status_code == 200
    assert await school.ask_learncube(learncube) == 200
    clock.advance(timedelta(seconds=1))
    assert await school.follow(link) == 401
    assert (await school.ask_merithub(token)).status_code == 401
    assert await school.ask_learncube(learncube) == 401


async def test_a_second_rotation_voids_what_the_first_let_hold(school: School) -> None:
    link = await school.calendar()
    await school.post("signing-secret/rotate", overlap="1d")
    await school.post("signing-secret/rotate", overlap="1d")
    assert await school.follow(link) == 401


async def test_links_to_files_go_with_the_secret(school: School, works: Works) -> None:
    async with works.begin() as work:
        upload = await leftovers.expect(work, school.tenant_id)
        draft = drive.FileDraft("Notes", "text/plain", 3, None, public=True)
        file = await drive.add(work, school.tenant_id, upload, draft)
        tenant = await work.db.get_one(Tenant, school.tenant_id)
        path = drive.content_path(
            school.tenant_id, file.file_id, tenant.signing_secret, work.now + FOR_PROGRAMS
        )
    before = await school.follow(path)
    await school.post("signing-secret/rotate")
    assert (before, await school.follow(path)) == (404, 401)


@pytest.mark.parametrize("body", [{"overlap": "soon"}, {"overlap": "-1h"}, {"overlaps": "1h"}])
async def test_a_rotation_that_is_none_changes_nothing(school: School, body: Any) -> None:
    link = await school.calendar()
    answer = await school.post("signing-secret/rotate", **body)
    assert answer.status_code == 400
    assert await school.follow(link) == 200


async def test_the_former_secret_is_forgotten_when_it_signs_nothing_any_more(
    school: School, works: Works, clock: ManualClock
) -> None:
    await school.post("signing-secret/rotate", overlap="1h")
    clock.advance(timedelta(hours=1))
    async with works.begin() as work:
        assert await retention.forget_secrets(work) == 1
        tenant = await work.db.get_one(Tenant, school.tenant_id)
        assert (tenant.former_signing_secret, tenant.former_signing_until) == (None, None)
