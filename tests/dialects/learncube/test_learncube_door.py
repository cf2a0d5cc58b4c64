"""The class page's door: what the customer's server is asked, and what its answers lead to."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from aiohttp import web
from learncube_program import Program
from sqlalchemy import select
from standardwebhooks import Webhook

from app.domain import outbox, presence
from app.domain.activities.actor import SERVER
from app.domain.classrooms import queries as rooms
from app.domain.enquiries.tables import Enquiry
from app.domain.outbox import secrets
from app.domain.outbox.tables import Subscription
from app.domain.participants import queries as seats
from app.kit.allowance import Allowance
from app.kit.work import Works

YES = {
    "status": True,
    "is_tutor": False,
    "id": 111,
    "full_name": "John Smith",
    "avatar": "https://domain.com/images/avatar.png",
    "record": False,
}
NO_SCHOOL = {
    "detail": "Not found.",
    "message": "No school answers at this address: no callback URL is set for it on this server.",
}
AT_THE_DOOR = {"token": "ABC123", "user_id": "111"}


@pytest.fixture
async def subscription(works: Works, tenant: Any, receiver: Any) -> Subscription:
    async with works.begin() as work:
        return await outbox.subscribe(work, tenant.tenant_id, "learncube", "callback", receiver.url)


def answering(body: Any, status: int = 200, **more: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=text, **more)

    return answer


async def enter(client: httpx.AsyncClient, body: Any = AT_THE_DOOR, **headers: str) -> httpx.Response:
    return await client.post("/classv3/enter", json=body, headers=headers)


@pytest.mark.parametrize("path", ["/classv3/", "/classv3", "/class/start/", "/class/start"])
async def test_the_page_asks_nobody_and_changes_nothing(
    client: httpx.AsyncClient, receiver: Any, subscription: Subscription, path: str
) -> None:
    answer = await client.get(f"{path}?token=ABC123&user_id=111")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert receiver.requests == []


async def test_the_question_stands_in_the_query_and_in_the_body_and_is_signed(
    client: httpx.AsyncClient, receiver: Any, subscription: Subscription
) -> None:
    receiver.answers = [answering(YES)]
    assert (await enter(client)).status_code == 200
    [asked] = receiver.requests
    assert asked.json == {"request": "connect_lesson", "token": "ABC123", "user_id": "111"}
    assert list(asked.json) == ["request", "token", "user_id"]
    assert dict(parse_qsl(urlsplit(asked.path).query)) == asked.json
    assert asked.headers["content-type"] == "application/json;charset=UTF-8"
    headers = {name: asked.headers[name] for name in asked.headers if name.startswith("webhook-")}
    assert len(headers) == 3
    key = Webhook(subscription.secret)
    signed = key.sign(headers["webhook-id"], _instant(headers["webhook-timestamp"]), asked.body.decode())
    assert headers["webhook-signature"] == signed


async def test_a_question_is_signed_by_both_secrets_while_the_server_changes_over(
    client: httpx.AsyncClient, works: Works, receiver: Any, subscription: Subscription
) -> None:
    async with works.begin() as work:
        day = timedelta(days=1)
        new = await secrets.rotate(work, subscription.tenant_id, subscription.subscription_id, day)
    receiver.answers = [answering(YES)]
    assert (await enter(client)).status_code == 200
    [asked] = receiver.requests
    headers = asked.headers
    parts = (headers["webhook-id"], _instant(headers["webhook-timestamp"]), asked.body.decode())
    both = [Webhook(secret).sign(*parts) for secret in (new.secret, subscription.secret)]
    assert headers["webhook-signature"].split(" ") == both


def _instant(seconds: str) -> Any:
    return datetime.fromtimestamp(int(seconds), UTC)


async def test_yes_opens_the_room_under_the_name_that_the_customer_gave(
    client: httpx.AsyncClient, tenant: Any, receiver: Any, subscription: Subscription
) -> None:
    receiver.answers = [answering(YES)]
    room = (await enter(client)).json()
    assert room["name"] == "John Smith"
    assert room["socket"].startswith(f"/_/room/{tenant.tenant_id}/")


async def test_coming_again_leads_to_the_same_seat(
    client: httpx.AsyncClient, receiver: Any, subscription: Subscription
) -> None:
    receiver.answers = [answering(YES), answering(YES | {"full_name": "John B. Smith"})]
    first, second = (await enter(client)).json(), (await enter(client)).json()
    assert first["socket"] == second["socket"]
    assert second["name"] == "John B. Smith"


@pytest.mark.parametrize("yes", [True, "true", "True", 1, "1"])
async def test_yes_in_each_of_its_forms(
    client: httpx.AsyncClient, receiver: Any, subscription: Subscription, yes: Any
) -> None:
    receiver.answers = [answering({"status": yes, "is_tutor": yes, "id": "x-1"})]
    answer = await enter(client)
    assert (answer.status_code, answer.json()["name"]) == (200, "111")


UNREADABLE = "The school's server gave an answer that could not be understood. Please tell the school."


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (answering({"status": False, "message": "Class not allowed, student has no credit"}),
         "Class not allowed, student has no credit"),
        (answering({"status": "false"}), "The school's server did not allow it."),
        (answering({"status": 0}), "The school's server did not allow it."),
        (answering({"is_tutor": True}), UNREADABLE),
        (answering(""), UNREADABLE),
        (answering("<html>Login</html>"), UNREADABLE),
        (answering("[true]"), UNREADABLE),
        (answering(YES, status=500), UNREADABLE),
        (answering(YES, status=302, headers={"location": "/login"}), UNREADABLE),
        (answering("CSRF verification failed", status=403), UNREADABLE),
        (answering({"status": False, "message": ["no"]}, status=402), UNREADABLE),
    ],
)  # fmt: skip
async def test_anything_else_is_a_no_with_a_reason(
    client: httpx.AsyncClient, receiver: Any, subscription: Subscription, answer: Any, message: str
) -> None:
    receiver.answers = [answer]
    refused = await enter(client)
    assert (refused.status_code, refused.json()) == (403, {"message": message})
    assert len(receiver.requests) == 1


async def test_a_server_that_is_away_is_tried_twice(
    client: httpx.AsyncClient, works: Works, tenant: Any
) -> None:
    async with works.begin() as work:
        await outbox.subscribe(work, tenant.tenant_id, "learncube", "callback", "http://127.0.0.1:9/")
    refused = await enter(client)
    assert refused.json() == {"message": "The school's server did not answer. Please try again in a moment."}


async def test_a_server_that_thinks_too_long_is_not_waited_for(
    client: httpx.AsyncClient, asgi: Any, receiver: Any, subscription: Subscription
) -> None:
    release = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        await release.wait()
        return web.json_response(YES)

    receiver.answers = [slow]
    asgi.state.asker._seconds = 0.2
    refused = await enter(client)
    release.set()
    assert (refused.status_code, len(receiver.requests)) == (403, 1)


@pytest.mark.parametrize(
    ("body", "field"),
    [({"user_id": "1"}, "token"), ({"token": "", "user_id": "1"}, "token"), ({"token": "a"}, "user_id")],
)
async def test_who_names_no_class_or_no_person_is_told(
    client: httpx.AsyncClient, subscription: Subscription, body: Any, field: str
) -> None:
    refused = await enter(client, body)
    assert (refused.status_code, list(refused.json())) == (400, [field])


async def test_an_unknown_host_leads_nowhere_when_there_are_several(
    client: httpx.AsyncClient, works: Works, tenant: Any, other_tenant: Any, receiver: Any
) -> None:
    async with works.begin() as work:
        for one in (tenant, other_tenant):
            await outbox.subscribe(work, one.tenant_id, "learncube", "callback", receiver.url)
    refused = await enter(client, host="nobody.localhost")
    assert (refused.status_code, refused.json()) == (404, NO_SCHOOL)
    assert receiver.requests == []


async def test_a_server_without_any_callback_says_what_is_missing(client: httpx.AsyncClient) -> None:
    refused = await enter(client)
    assert (refused.status_code, refused.json()) == (404, NO_SCHOOL)


async def test_each_host_name_leads_to_its_own_server(
    client: httpx.AsyncClient, works: Works, tenant: Any, other_tenant: Any, receiver: Any
) -> None:
    async with works.begin() as work:
        await outbox.endpoints.add(work, tenant.tenant_id, "learncube", "One.Example", f"{receiver.url}/1")
        await outbox.endpoints.add(work, tenant.tenant_id, "learncube", "two.example", f"{receiver.url}/2")
        await outbox.endpoints.add(
            work, other_tenant.tenant_id, "learncube", "b.example", f"{receiver.url}/b"
        )
    receiver.answers = [answering(YES)] * 3
    rooms = [
        (await enter(client, host=host)).json()["socket"].split("/")[3]
        for host in ("one.example:8000", "TWO.example", "b.example")
    ]
    assert rooms == [tenant.tenant_id, tenant.tenant_id, other_tenant.tenant_id]
    assert [urlsplit(one.path).path.rsplit("/", 1)[-1] for one in receiver.requests] == ["1", "2", "b"]


async def test_every_question_is_kept_with_its_answer(
    client: httpx.AsyncClient, works: Works, receiver: Any, subscription: Subscription
) -> None:
    receiver.answers = [answering(YES), answering("<html>")]
    await enter(client)
    await enter(client)
    async with works.begin() as work:
        kept = (
            await work.db.scalars(
                select(Enquiry).where(Enquiry.tenant_id == subscription.tenant_id).order_by(Enquiry.granted)
            )
        ).all()
    assert [(one.kind, one.reference, one.person, one.granted, one.status, one.why) for one in kept] == [
        ("connect_lesson", "ABC123", "111", False, 200, "html"),
        ("connect_lesson", "ABC123", "111", True, 200, ""),
    ]


async def test_who_comes_too_early_or_to_a_full_class_is_told_so(
    client: httpx.AsyncClient, receiver: Any, subscription: Subscription, program: Program, works: Works
) -> None:
    await program.make("LATER", start="2026-03-02T09:00:00Z")
    early = await enter(client, {"token": "LATER", "user_id": "111"})
    assert (early.status_code, receiver.requests) == (409, [])
    assert early.json()["message"] == (
        "The class can be started at its time, which is next 2026-03-02 09:00 (UTC)."
    )

    await program.make("SMALL", max_participants=1)
    receiver.answers = [answering(YES), answering(YES | {"id": 112})]
    assert (await enter(client, {"token": "SMALL", "user_id": "111"})).status_code == 200
    async with works.begin() as work:
        room = await rooms.by_reference(
            work, subscription.tenant_id, "SMALL", joint=True, endpoint="callback"
        )
        assert room is not None
        [seat] = await seats.seats(work, room.tenant_id, room.classroom_id)
        where = (room.tenant_id, room.classroom_id, seat.participant_id)
        await presence.open_visit(work, *where, tab="tab", ip="", user_agent="")
    full = await enter(client, {"token": "SMALL", "user_id": "112"})
    assert (full.status_code, full.json()["message"]) == (409, "The class is full: at most 1 may be in it.")
    log = await program.get("logs/", type="room_init", userid="112", status="ok")
    assert log["count"] == 1


async def test_who_was_put_out_for_good_is_told_so(
    client: httpx.AsyncClient, receiver: Any, subscription: Subscription, works: Works
) -> None:
    receiver.answers = [answering(YES), answering(YES)]
    assert (await enter(client)).status_code == 200
    async with works.begin() as work:
        room = await rooms.by_reference(
            work, subscription.tenant_id, "ABC123", joint=True, endpoint="callback"
        )
        assert room is not None
        [seat] = await seats.seats(work, room.tenant_id, room.classroom_id)
        await presence.ban(work, room.tenant_id, room.classroom_id, SERVER, whose=seat.participant_id)
    refused = await enter(client)
    message = "You were put out of this class and cannot come back."
    assert (refused.status_code, refused.json()["message"]) == (403, message)


async def test_an_address_may_ask_to_be_let_in_so_often_in_a_minute(
    asgi: Any, client: httpx.AsyncClient, subscription: Subscription, receiver: Any
) -> None:
    asgi.state.entries = Allowance(3)
    receiver.answer = answering({"status": False, "message": "No."})
    answers = [await enter(client) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 429, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "Too many" in answers[-1].json()["message"]
    # The customer's server is not asked by those who are too many.
    assert len(receiver.requests) == 3
