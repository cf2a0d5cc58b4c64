"""An operator sees how receivers are, stops and starts them, tries them, and sends things again."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from common import START
from owing import enqueue
from standardwebhooks import Webhook, WebhookVerificationError

from app.domain import outbox, tenants
from app.domain.outbox import Notice
from app.domain.outbox.tables import Subscription
from app.kit.clock import ManualClock
from app.kit.outbound import Sender
from app.kit.signing import signature_headers
from app.kit.work import Works
from app.workers.dispatcher import Dispatcher


class Desk:
    """The operator's calls about one receiver, and the sender that works meanwhile."""

    def __init__(
        self, client: httpx.AsyncClient, admin: dict[str, str], base: str, dispatcher: Dispatcher
    ) -> None:
        self.client, self.admin, self.base, self.dispatcher = client, admin, base, dispatcher
        self.receiver_id = ""

    async def shown(self) -> Any:
        [found] = (await self.client.get(f"{self.base}/receivers", headers=self.admin)).json()
        self.receiver_id = found["receiver_id"]
        return found

    async def do(self, what: str, **body: Any) -> Any:
        await self.shown()
        url = f"{self.base}/receivers/{self.receiver_id}/{what}"
        answer = await self.client.post(url, json=body or None, headers=self.admin)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def deliveries(self, **filters: Any) -> list[str]:
        answer = await self.client.get(f"{self.base}/deliveries", params=filters, headers=self.admin)
        assert answer.status_code == 200, answer.text
        return [one["state"] for one in answer.json()["deliveries"]]


@pytest.fixture
async def subscription(works: Works, tenant: Any, receiver: Any) -> Subscription:
    async with works.begin() as work:
        return await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", receiver.url, kinds=["k"])


@pytest.fixture
async def desk(
    client: httpx.AsyncClient, admin: dict[str, str], works: Works, subscription: Subscription
) -> AsyncIterator[Desk]:
    async with Sender() as sender:
        base = f"/_/admin/v1/tenants/{subscription.tenant_id}"
        yield Desk(client, admin, base, Dispatcher(works, sender))


async def owe(works: Works, tenant: Any, lane: str, *texts: str) -> None:
    async with works.begin() as work:
        [kept] = await outbox.log.subscriptions(work, tenant.tenant_id)
        await enqueue(work, kept, lane, [Notice("k", text.encode()) for text in texts])


def got(receiver: Any) -> list[str]:
    return [request.body.decode() for request in receiver.requests]


async def test_each_state_of_a_receiver_has_its_reason(
    desk: Desk, works: Works, tenant: Any, receiver: Any, clock: ManualClock
) -> None:
    assert ((await desk.shown())["state"], (await desk.shown())["waiting"]) == ("unproven", 0)
    receiver.answers = [200, 503, 404]
    await owe(works, tenant, "a", "1")
    await desk.dispatcher.tick()
    assert ((await desk.shown())["state"], (await desk.shown())["why"]) == ("well", "")
    clock.advance(timedelta(minutes=1))
    await owe(works, tenant, "a", "2", "3")
    await desk.dispatcher.tick()
    resting = await desk.shown()
    assert (resting["state"], resting["waiting"], "1 times" in resting["why"]) == ("resting", 2, True)
    assert "2026-03-02T08:01:04" <= resting["next_try_at"] <= "2026-03-02T08:01:05Z"
    await desk.do("pause")
    off = await desk.shown()
    assert (off["state"], off["why"], off["next_try_at"]) == ("off", "Paused.", None)
    clock.advance(timedelta(hours=1))
    assert await desk.dispatcher.tick() == 0


async def test_resuming_sends_all_in_order_and_what_died_since_the_first_failure(
    desk: Desk, works: Works, tenant: Any, receiver: Any, clock: ManualClock
) -> None:
    await owe(works, tenant, "a", "a1")
    receiver.answers = [404] * 30
    # The waits of a message that nobody takes, in its lane and then beside it.
    for minutes in (0, 1, 2, 10, 180, 30, 60, 120, 300, *[600] * 7):
        clock.advance(timedelta(minutes=minutes))
        await desk.dispatcher.tick()
    await desk.dispatcher.tick()
    while await desk.deliveries() == ["pending"] and clock.now() < START + timedelta(hours=119):
        clock.advance(timedelta(hours=1))
        await desk.dispatcher.tick()
    assert await desk.deliveries() == ["dead"]
    receiver.answers.clear()
    await desk.do("pause")
    await owe(works, tenant, "b", "b1", "b2")
    seen = len(receiver.requests)
    assert (await desk.do("resume"))["state"] in ("well", "unproven")
    await desk.dispatcher.tick()
    assert sorted(got(receiver)[seen:]) == ["a1", "b1", "b2"]
    assert await desk.deliveries() == ["delivered"] * 3


async def test_replaying_sends_the_same_ids_in_the_order_of_each_class(
    desk: Desk, works: Works, tenant: Any, receiver: Any, clock: ManualClock
) -> None:
    await owe(works, tenant, "a", "old")
    await desk.dispatcher.tick()
    clock.advance(timedelta(hours=1))
    since = clock.now().isoformat()
    await owe(works, tenant, "a", "a1", "a2")
    await owe(works, tenant, "b", "b1", "b2")
    await desk.dispatcher.tick()
    first = {request.headers["webhook-id"] for request in receiver.requests[1:]}
    receiver.requests.clear()
    for _ in range(2):
        assert await desk.do("replay", since=since) == {"again": 4}
        await desk.dispatcher.tick()
        assert {request.headers["webhook-id"] for request in receiver.requests} == first
        for lane in ("a", "b"):
            assert [text for text in got(receiver) if text.startswith(lane)] == [f"{lane}1", f"{lane}2"]
        receiver.requests.clear()
    assert await desk.do("replay-missing", since=since) == {"again": 0}
    assert await desk.deliveries(since=since) == ["delivered"] * 4
    clock.advance(timedelta(minutes=30))
    assert await desk.deliveries(since="30m") == ["delivered"] * 4
    assert await desk.do("replay", since="30m") == {"again": 4}
    await desk.dispatcher.tick()
    assert await desk.deliveries(kind="k", receiver_id=desk.receiver_id) == ["delivered"] * 5
    assert await desk.deliveries(kind="other") == []


async def test_a_test_ping_is_sent_whatever_kinds_are_wanted_and_is_signed(
    desk: Desk, receiver: Any, subscription: Subscription, clock: ManualClock
) -> None:
    tried = await desk.do("test")
    await desk.dispatcher.tick()
    [request] = receiver.requests
    assert request.headers["webhook-id"] == tried["delivery_id"]
    assert json.loads(request.body) == {
        "request": "test",
        "requestType": "test",
        "sentAt": "2026-03-02T08:00:00+00:00",
    }
    signed = signature_headers(tried["delivery_id"], clock.now(), request.body, subscription.secret)
    assert request.headers["webhook-signature"] == signed["webhook-signature"]


async def test_both_secrets_hold_while_a_receiver_changes_over_and_then_the_new_one_alone(
    desk: Desk, works: Works, tenant: Any, receiver: Any, subscription: Subscription, clock: ManualClock
) -> None:
    # The library looks at the world's clock.
    clock.set(datetime.now(UTC))
    old = subscription.secret
    rotated = await desk.do("rotate", overlap="2m")
    new = rotated["secret"]
    assert rotated["former_secret_until"] == (await desk.shown())["former_secret_until"]
    secrets = await desk.client.get(f"{desk.base}/credentials", headers=desk.admin)
    assert secrets.json()["webhooks"] == {"merithub.ping_url": new}
    await owe(works, tenant, "a", '"changing"')
    await desk.dispatcher.tick()
    clock.advance(timedelta(minutes=2))
    assert (await desk.shown())["former_secret_until"] is None
    await owe(works, tenant, "a", '"changed"')
    await desk.dispatcher.tick()

    changing, changed = receiver.requests
    for secret in (old, new):
        assert Webhook(secret).verify(changing.body, changing.headers) == "changing"
    assert Webhook(new).verify(changed.body, changed.headers) == "changed"
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(changed.body, changed.headers)


async def test_a_secret_overlaps_for_a_day_unless_it_is_said_otherwise(
    desk: Desk, subscription: Subscription
) -> None:
    first = await desk.do("rotate")
    assert first["former_secret_until"] == "2026-03-03T08:00:00Z"
    at_once = await desk.do("rotate", overlap="0s")
    assert at_once["former_secret_until"] is None
    assert len({subscription.secret, first["secret"], at_once["secret"]}) == 3
    url = f"{desk.base}/receivers/{desk.receiver_id}/rotate"
    refused = await desk.client.post(url, json={"overlap": "soon"}, headers=desk.admin)
    assert (refused.status_code, refused.json()["field"]) == (400, "overlap")


async def test_the_last_failure_of_what_waits_is_told(
    desk: Desk, works: Works, tenant: Any, receiver: Any, clock: ManualClock
) -> None:
    assert (await desk.shown())["last_failure"] is None
    receiver.answers = [503, 502]
    await owe(works, tenant, "a", "1")
    for _ in range(2):
        await desk.dispatcher.tick()
        clock.advance(timedelta(minutes=1))
    failure = (await desk.shown())["last_failure"]
    assert failure == {
        "delivery_id": receiver.requests[0].headers["webhook-id"],
        "at": "2026-03-02T08:01:00Z",
        "status": 502,
        "error": None,
    }
    await desk.dispatcher.tick()
    assert (await desk.shown())["last_failure"] is None


async def test_a_receiver_of_another_tenant_is_unknown(
    desk: Desk, client: httpx.AsyncClient, admin: dict[str, str], works: Works
) -> None:
    await desk.shown()
    async with works.begin() as work:
        other = await tenants.create(work, "Other", test=True, allow_private=True)
    for what in ("pause", "resume", "test", "replay", "replay-missing", "rotate"):
        url = f"/_/admin/v1/tenants/{other.tenant_id}/receivers/{desk.receiver_id}/{what}"
        answer = await client.post(url, json={}, headers=admin)
        assert answer.status_code == 404, what
