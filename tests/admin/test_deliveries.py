"""An operator reads what happened and what became of the deliveries, and sends one again."""

from collections.abc import Mapping
from datetime import timedelta

import httpx
import pytest
from owing import enqueue

from app.domain import events, outbox
from app.domain.events.kinds import ClassroomScheduled
from app.domain.outbox import log
from app.domain.outbox.claiming import Room
from app.domain.outbox.notice import Notice
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works

Headers = Mapping[str, str]
API = "/_/admin/v1/tenants"


async def owe(works: Works, tenant: Tenant, *bodies: bytes, classroom: str = "room1") -> list[str]:
    """Deliveries owed to the tenant's status subscriber; their ids, the latest first."""
    async with works.begin() as work:
        await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", "http://127.0.0.1:9/ping")
        [subscription] = await log.subscriptions(work, tenant.tenant_id)
        await enqueue(work, subscription, classroom, [Notice("classStatus", body) for body in bodies])
    async with works.begin() as work:
        return [
            one.delivery_id for one in await log.deliveries(work, tenant.tenant_id, classroom_id=classroom)
        ]


async def test_events_of_a_classroom_are_paged_in_order(
    client: httpx.AsyncClient, admin: Headers, works: Works, tenant: Tenant, clock: ManualClock
) -> None:
    async with works.begin() as work:
        for classroom in ("room1", "room2", "room1", "room1"):
            event = ClassroomScheduled(starts_at=clock.now(), timezone="UTC")
            await events.record(work, tenant.tenant_id, classroom, event)
    url = f"{API}/{tenant.tenant_id}/events"

    first = await client.get(url, params={"classroom_id": "room1", "limit": 2}, headers=admin)
    second = await client.get(
        url, params={"classroom_id": "room1", "limit": 2, "after": first.json()["next"]}, headers=admin
    )
    of_all = await client.get(url, headers=admin)

    assert [event["seq"] for event in first.json()["events"]] == [1, 2]
    assert [event["seq"] for event in second.json()["events"]] == [3]
    assert second.json()["next"] is None
    assert first.json()["events"][0] == {
        "classroom_id": "room1",
        "seq": 1,
        "kind": "ClassroomScheduled",
        "at": "2026-03-02T08:00:00Z",
        "data": {"starts_at": "2026-03-02T08:00:00Z", "timezone": "UTC"},
    }
    assert len(of_all.json()["events"]) == 4


async def test_deliveries_are_listed_page_by_page(
    client: httpx.AsyncClient, admin: Headers, works: Works, tenant: Tenant, clock: ManualClock
) -> None:
    await owe(works, tenant, b"1", b"2")
    clock.advance(timedelta(seconds=1))
    [latest] = await owe(works, tenant, b"3", classroom="room2")
    url = f"{API}/{tenant.tenant_id}/deliveries"

    first = (await client.get(url, params={"limit": 2}, headers=admin)).json()
    second = (await client.get(url, params={"limit": 2, "after": first["next"]}, headers=admin)).json()

    assert first["deliveries"][0]["delivery_id"] == latest
    shown = [one["delivery_id"] for one in first["deliveries"] + second["deliveries"]]
    assert len(set(shown)) == 3
    assert second["next"] is None


@pytest.mark.parametrize(
    ("wanted", "count"),
    [({"state": "pending"}, 3), ({"state": "dead"}, 0), ({"classroom_id": "room2"}, 1), ({}, 3)],
)
async def test_deliveries_are_found_by_state_and_classroom(
    client: httpx.AsyncClient,
    admin: Headers,
    works: Works,
    tenant: Tenant,
    wanted: dict[str, str],
    count: int,
) -> None:
    await owe(works, tenant, b"1", b"2")
    await owe(works, tenant, b"3", classroom="room2")

    found = await client.get(f"{API}/{tenant.tenant_id}/deliveries", params=wanted, headers=admin)

    assert len(found.json()["deliveries"]) == count


async def test_a_delivery_is_shown_with_its_bytes_and_tries(
    client: httpx.AsyncClient, admin: Headers, works: Works, tenant: Tenant
) -> None:
    [delivery_id] = await owe(works, tenant, b'{"a": 1}')

    one = (await client.get(f"{API}/{tenant.tenant_id}/deliveries/{delivery_id}", headers=admin)).json()

    assert one["body"] == '{"a": 1}'
    assert one["classroom_id"] == "room1"
    assert one["attempts"] == []
    assert (one["next_try_at"], one["ahead"]) == ("2026-03-02T08:00:00Z", 0)


async def test_a_delivery_tells_how_many_of_its_class_go_first(
    client: httpx.AsyncClient, admin: Headers, works: Works, tenant: Tenant
) -> None:
    waits = []
    for delivery_id in await owe(works, tenant, b"1", b"2", b"3"):
        url = f"{API}/{tenant.tenant_id}/deliveries/{delivery_id}"
        one = (await client.get(url, headers=admin)).json()
        waits.append((one["ahead"], one["next_try_at"]))
    assert sorted(waits, key=lambda wait: wait[0]) == [(0, "2026-03-02T08:00:00Z"), (1, None), (2, None)]


@pytest.mark.parametrize("since", ["yesterday", "2031-03-01T08:00:00", "2 hours"])
async def test_a_beginning_that_is_none_is_refused(
    client: httpx.AsyncClient, admin: Headers, tenant: Tenant, since: str
) -> None:
    url = f"{API}/{tenant.tenant_id}/deliveries"
    refused = await client.get(url, params={"since": since}, headers=admin)
    assert (refused.status_code, refused.json()["field"]) == (400, "since")


async def test_what_another_tenant_is_owed_cannot_be_read(
    client: httpx.AsyncClient, admin: Headers, works: Works, tenant: Tenant
) -> None:
    [delivery_id] = await owe(works, tenant, b"1")
    other = (await client.post(API, json={"name": "Other"}, headers=admin)).json()["tenant_id"]

    for path in (f"{other}/deliveries/{delivery_id}", "nobody/deliveries", "nobody/events"):
        assert (await client.get(f"{API}/{path}", headers=admin)).status_code == 404
    refused = await client.post(f"{API}/{other}/deliveries/{delivery_id}/resend", headers=admin)
    assert refused.status_code == 404


async def test_what_waits_is_counted_for_prometheus(
    client: httpx.AsyncClient, works: Works, tenant: Tenant
) -> None:
    await owe(works, tenant, b"1", b"2")

    assert "homeroom_deliveries_waiting 2.0" in (await client.get("/metrics")).text


async def test_a_settled_delivery_is_sent_again_under_its_own_id(
    client: httpx.AsyncClient, admin: Headers, works: Works, tenant: Tenant
) -> None:
    [delivery_id] = await owe(works, tenant, b"1")
    url = f"{API}/{tenant.tenant_id}/deliveries/{delivery_id}"
    assert (await client.post(f"{url}/resend", headers=admin)).status_code == 400
    async with works.begin() as work:
        [claimed] = await outbox.claim(work, Room.for_all(10))
    async with works.begin() as work:
        await outbox.settle(
            work,
            claimed,
            outbox.Outcome(200, 12, request_head="POST", response_head="200 OK", response_body="fine"),
        )
    settled = (await client.get(url, headers=admin)).json()

    resent = await client.post(f"{url}/resend", headers=admin)

    assert (settled["state"], settled["settled_at"]) == ("delivered", "2026-03-02T08:00:00Z")
    assert settled["attempts"] == [
        {
            "at": "2026-03-02T08:00:00Z",
            "status": 200,
            "duration_ms": 12,
            "error": None,
            "request_head": "POST",
            "response_head": "200 OK",
            "response_body": "fine",
        }
    ]
    assert (resent.status_code, resent.json()["state"]) == (200, "pending")
    async with works.begin() as work:
        assert [one.delivery_id for one in await outbox.claim(work, Room.for_all(10))] == [delivery_id]
