"""A developer asks for pings as they are made; nothing is settled by that."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from owing import enqueue
from standardwebhooks import Webhook

from app.domain import outbox, tenants
from app.domain.outbox import Notice, log, secrets, steering
from app.domain.outbox.tables import Subscription
from app.kit.clock import ManualClock
from app.kit.work import Works


@pytest.fixture
async def subscription(works: Works, tenant: Any) -> Subscription:
    async with works.begin() as work:
        made = await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", "http://127.0.0.1:9/p")
        # Nothing goes out: what is heard is heard all the same.
        await steering.pause(work, tenant.tenant_id, made.subscription_id)
        return made


async def owe(works: Works, subscription: Subscription, classroom: str, *texts: str) -> None:
    async with works.begin() as work:
        notices = [Notice("k", text.encode(), query=f"t={text}") for text in texts]
        await enqueue(work, subscription, classroom, notices)


class Developer:
    """Somebody who listens with the operator's token."""

    def __init__(self, client: httpx.AsyncClient, admin: dict[str, str], tenant_id: str) -> None:
        self.client, self.admin, self.tenant_id = client, admin, tenant_id

    async def hear(self, **wanted: Any) -> Any:
        url = f"/_/admin/v1/tenants/{self.tenant_id}/listen"
        answer = await self.client.post(url, json=wanted, headers=self.admin)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def texts(self, **wanted: Any) -> list[str]:
        return [base64.b64decode(one["body"]).decode() for one in (await self.hear(**wanted))["heard"]]


@pytest.fixture
def developer(client: httpx.AsyncClient, admin: dict[str, str], tenant: Any) -> Developer:
    return Developer(client, admin, tenant.tenant_id)


async def test_what_was_made_since_then_comes_in_the_order_of_each_class_page_by_page(
    developer: Developer, works: Works, subscription: Subscription, clock: ManualClock
) -> None:
    await owe(works, subscription, "b", "too old")
    clock.advance(timedelta(hours=2))
    await owe(works, subscription, "b", "b1", "b2", "b3")
    await owe(works, subscription, "a", "a1", "a2")
    clock.advance(timedelta(hours=1))
    await owe(works, subscription, "b", "b4")
    assert await developer.texts(since="2h") == ["a1", "a2", "b1", "b2", "b3", "b4"]
    first = await developer.hear(since="2h", limit=4)
    seen = [one["delivery_id"] for one in first["heard"]]
    assert (first["since"], first["receivers"], len(seen)) == ("2026-03-02T09:00:00Z", 1, 4)
    assert await developer.texts(since=first["since"], seen=seen) == ["b3", "b4"]
    assert await developer.texts() == ["b4"]
    assert await developer.texts(since="3h", classroom_id="a") == ["a1", "a2"]
    assert await developer.texts(since="3h", receiver_id=subscription.subscription_id, kind="k", limit=1) == [
        "too old"
    ]
    assert await developer.texts(since="3h", kind="other") == []


async def test_bytes_and_signature_are_those_of_a_delivery_now(
    developer: Developer, works: Works, subscription: Subscription, clock: ManualClock
) -> None:
    clock.set(datetime.now(UTC) - timedelta(hours=1))
    old = subscription.secret
    await owe(works, subscription, "a", '"Zoë"')
    clock.advance(timedelta(hours=1))
    async with works.begin() as work:
        new = await secrets.rotate(
            work, subscription.tenant_id, subscription.subscription_id, timedelta(hours=1)
        )
    [one] = (await developer.hear(since="2h"))["heard"]
    for secret in (old, new.secret):
        assert Webhook(secret).verify(base64.b64decode(one["body"]), one["headers"]) == "Zoë"
    assert one["headers"]["webhook-id"] == one["delivery_id"]
    assert (one["headers"]["content-type"], one["query"]) == ("application/json", 't="Zoë"')


async def test_listening_changes_nothing(
    developer: Developer, works: Works, tenant: Any, subscription: Subscription
) -> None:
    await owe(works, subscription, "a", "1", "2")

    async def standing() -> list[tuple[Any, ...]]:
        async with works.begin() as work:
            found = await log.deliveries(work, tenant.tenant_id)
            assert await log.attempts(work, tenant.tenant_id, found[0].delivery_id) == []
            return [(one.delivery_id, one.state, one.seq, one.settled_at) for one in found]

    before = await standing()
    assert await developer.texts(since="1h") == await developer.texts(since="1h") == ["1", "2"]
    assert await standing() == before


async def test_nobody_hears_what_another_tenant_is_told(
    developer: Developer, works: Works, subscription: Subscription
) -> None:
    await owe(works, subscription, "a", "1")
    async with works.begin() as work:
        other = await tenants.create(work, "Other", test=True)
    url = f"/_/admin/v1/tenants/{other.tenant_id}/listen"
    heard = (await developer.client.post(url, json={"since": "1h"}, headers=developer.admin)).json()
    assert (heard["heard"], heard["receivers"]) == ([], 0)
    refused = await developer.client.post(url, json={"since": "1h"})
    assert refused.status_code == 401
