"""An operator sees what is due and what failed, and has it tried again."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest
from common import START

from app.domain import tenants
from app.domain.alarms.tables import Alarm
from app.domain.tenants.tables import Tenant
from app.kit.work import Works
from app.rules.retries import JOB_TRIES

Headers = Mapping[str, str]
API = "/_/admin/v1"


def row(tenant_id: str, subject: str, **values: Any) -> Alarm:
    whole: dict[str, Any] = {
        "kind": "expire",
        "classroom_id": "room1",
        "due_at": START,
        "retry_at": None,
        "tries": 0,
        "dead_at": None,
        "failure": None,
    }
    return Alarm(tenant_id=tenant_id, subject=subject, **(whole | values))


@pytest.fixture
async def jobs(works: Works, tenant: Tenant) -> str:
    """Of a tenant: one job that waits, one that fails, one that is dead, and what its path is."""
    mine = tenant.tenant_id
    async with works.begin() as work:
        work.db.add_all(
            [
                row(mine, "waits", due_at=START + timedelta(days=1), classroom_id="room2"),
                row(mine, "fails", tries=3, retry_at=START + timedelta(days=2), failure="LookupError: no"),
                row(
                    mine,
                    "room1/ada",
                    kind="forget",
                    tries=JOB_TRIES,
                    due_at=START - timedelta(days=1),
                    dead_at=START,
                    failure="KeyError: x",
                ),
            ]
        )
    return f"{API}/tenants/{mine}/jobs"


async def subjects(client: httpx.AsyncClient, admin: Headers, path: str, **query: Any) -> list[str]:
    answer = await client.get(path, params=query, headers=admin)
    assert answer.status_code == 200, answer.text
    return [job["subject"] for job in answer.json()["jobs"]]


async def test_jobs_are_listed_by_how_they_stand(
    client: httpx.AsyncClient, admin: Headers, jobs: str
) -> None:
    assert await subjects(client, admin, jobs) == ["room1/ada", "fails", "waits"]
    assert await subjects(client, admin, jobs, state="waiting") == ["waits"]
    assert await subjects(client, admin, jobs, state="failing") == ["fails"]
    assert await subjects(client, admin, jobs, state="dead") == ["room1/ada"]
    assert await subjects(client, admin, jobs, kind="forget") == ["room1/ada"]
    assert await subjects(client, admin, jobs, classroom_id="room2") == ["waits"]


async def test_a_job_that_failed_says_why_and_when_it_is_tried_next(
    client: httpx.AsyncClient, admin: Headers, jobs: str, tenant: Tenant
) -> None:
    answer = await client.get(jobs, params={"state": "failing"}, headers=admin)
    assert answer.json() == {
        "jobs": [
            {
                "tenant_id": tenant.tenant_id,
                "kind": "expire",
                "subject": "fails",
                "classroom_id": "room1",
                "state": "failing",
                "due_at": "2026-03-02T08:00:00Z",
                "tries": 3,
                "next_try_at": "2026-03-04T08:00:00Z",
                "dead_at": None,
                "failure": "LookupError: no",
            }
        ],
        "next": None,
    }


async def test_jobs_are_listed_page_by_page(client: httpx.AsyncClient, admin: Headers, jobs: str) -> None:
    found, after = [], None
    for _ in range(4):
        query = {"limit": 1} | ({"after": after} if after else {})
        page = (await client.get(jobs, params=query, headers=admin)).json()
        found += [job["subject"] for job in page["jobs"]]
        after = page["next"]
    assert (found, after) == (["room1/ada", "fails", "waits"], None)


@pytest.mark.parametrize("after", ["x", "a~b~c~d", "a~2026-03-02T08:00:00~c~d"])
async def test_a_place_that_no_page_named_is_refused(
    client: httpx.AsyncClient, admin: Headers, jobs: str, after: str
) -> None:
    answer = await client.get(jobs, params={"after": after}, headers=admin)
    assert (answer.status_code, answer.json()["field"]) == (400, "after")


async def test_what_failed_is_listed_of_all_tenants(
    client: httpx.AsyncClient, admin: Headers, jobs: str, works: Works
) -> None:
    async with works.begin() as work:
        other = await tenants.create(work, "Other school", test=True)
        work.db.add_all([row(other.tenant_id, "hers", tries=1), row(other.tenant_id, "well")])
    assert set(await subjects(client, admin, f"{API}/jobs")) == {"room1/ada", "fails", "hers"}
    assert await subjects(client, admin, f"{API}/jobs", state="dead") == ["room1/ada"]


@pytest.mark.parametrize(
    ("which", "retried", "left"),
    [
        ({}, 2, set()),
        ({"kind": "expire"}, 1, {"room1/ada"}),
        ({"kind": "forget", "subject": "room1/ada"}, 1, {"fails"}),
    ],
)
async def test_what_failed_is_tried_again_when_an_operator_says_so(
    client: httpx.AsyncClient, admin: Headers, jobs: str, which: Any, retried: int, left: set[str]
) -> None:
    answer = await client.post(f"{jobs}/retry", json=which, headers=admin)
    assert (answer.status_code, answer.json()) == (200, {"retried": retried})
    assert set(await subjects(client, admin, f"{API}/jobs")) == left


@pytest.mark.parametrize(
    ("which", "status"),
    [
        ({"kind": "expire", "subject": "waits"}, 404),
        ({"kind": "expire", "subject": "nobody"}, 404),
        ({"subject": "fails"}, 400),
        ({"kinds": "expire"}, 400),
    ],
)
async def test_what_did_not_fail_is_not_tried_again(
    client: httpx.AsyncClient, admin: Headers, jobs: str, which: Any, status: int
) -> None:
    answer = await client.post(f"{jobs}/retry", json=which, headers=admin)
    assert answer.status_code == status
    assert set(await subjects(client, admin, f"{API}/jobs")) == {"fails", "room1/ada"}


async def test_jobs_are_the_operators(client: httpx.AsyncClient, jobs: str) -> None:
    assert (await client.get(jobs)).status_code == 401
    assert (await client.get(f"{API}/jobs")).status_code == 401
    assert (await client.post(f"{jobs}/retry", json={})).status_code == 401


async def test_jobs_that_failed_are_in_the_metrics(client: httpx.AsyncClient, jobs: str) -> None:
    assert jobs
    text = (await client.get("/metrics")).text
    assert "homeroom_jobs_failing 1.0" in text
    assert "homeroom_jobs_dead 1.0" in text
