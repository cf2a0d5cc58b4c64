"""What an integrator hears about a callback before the first class."""

import json
from typing import Any

import pytest
from aiohttp import web

from app.dialects.learncube.check import check
from app.kit.outbound import Sender

YES = {"status": True, "is_tutor": False, "id": 1, "full_name": "John Smith", "avatar": None, "record": False}


async def told(receiver: Any, *answers: Any) -> list[Any]:
    async def answer(body: Any, status: int) -> web.Response:
        return web.Response(status=status, text=body if isinstance(body, str) else json.dumps(body))

    def bound(body: Any, status: int = 200) -> Any:
        return lambda _: answer(body, status)

    receiver.answers = [bound(*one) if isinstance(one, tuple) else bound(one) for one in answers]
    async with Sender() as sender:
        return await check(sender, receiver.url, token="ABC123", user_id="1", seconds=5)


async def test_a_good_callback_is_called_the_four_ways(receiver: Any) -> None:
    findings = await told(receiver, YES, {"status": True}, "", "")
    assert [(one.good, one.remarks) for one in findings] == [(True, ())] * 4
    assert [request.json for request in receiver.requests] == [
        {"request": "connect_lesson", "token": "ABC123", "user_id": "1"},
        {"request": "start_lesson", "token": "ABC123"},
        {"request": "crash_lesson", "token": "ABC123", "time": 0},
        {"request": "end_lesson", "token": "ABC123", "time": 0},
    ]


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ("", "empty"),
        ("<!doctype html><title>Login</title>", "HTML"),
        ("Warning: Undefined index {", "not a JSON object"),
        ({"is_tutor": True}, "`status`"),
        (("CSRF verification failed. Request aborted.", 403), "csrf_exempt"),
        (("", 302), "redirects"),
        (("oops", 500), "HTTP 500"),
    ],
)
async def test_each_fault_is_explained(receiver: Any, answer: Any, word: str) -> None:
    connect = (await told(receiver, answer))[0]
    assert not connect.good
    assert word in connect.told


async def test_a_no_is_understood(receiver: Any) -> None:
    connect = (await told(receiver, {"status": False, "message": "No such class"}))[0]
    assert (connect.good, connect.told) == (True, "It says no: No such class")


async def test_what_is_odd_but_taken_is_remarked(receiver: Any) -> None:
    connect = (await told(receiver, {"status": "true", "id": 7}))[0]
    assert connect.good
    assert [remark.split("`")[1] for remark in connect.remarks] == ["status", "full_name", "is_tutor", "id"]


async def test_a_server_that_is_not_there_is_said_so() -> None:
    async with Sender() as sender:
        connect = (await check(sender, "http://127.0.0.1:9/", token="a", user_id="1", seconds=5))[0]
    assert not connect.good
    assert "does not answer" in connect.told


async def test_a_certificate_that_does_not_hold_is_named(tls_receiver: str) -> None:
    async with Sender() as sender:
        connect = (await check(sender, tls_receiver, token="a", user_id="1", seconds=5))[0]
    assert not connect.good
    assert "certificate" in connect.told
