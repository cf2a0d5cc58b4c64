"""One request to a server that misbehaves: cut in time, bounded in size, no exception, nothing elsewhere."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import hostile
import pytest
from hostile import Speak, opened

from app.kit import outbound
from app.kit.outbound import Answer, Sender

SECONDS = 0.3
MEGABYTE = 1024 * 1024


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with Sender(seconds=SECONDS) as sender:
        yield sender


async def post(sender: Sender, url: str) -> Answer:
    return await sender.post(url, b'{"a": 1}', {}, allow_private=True)


def test_a_whole_request_has_fifteen_seconds() -> None:
    assert outbound.TOTAL_SECONDS == 15
    assert Sender()._seconds == 15


@pytest.mark.parametrize(
    "speak",
    [
        hostile.half_open,
        hostile.slow_head,
        hostile.slow_head_lines,
        hostile.slow_body,
        hostile.endless_prologue,
    ],
)
async def test_what_never_ends_is_cut_when_its_time_is_up(sender: Sender, speak: Speak) -> None:
    async with opened(speak) as server:
        answer = await post(sender, server.url)
    assert answer.status is None
    assert "Timeout" in (answer.error or "")
    assert SECONDS * 1_000 <= answer.duration_ms < 2_000


@pytest.mark.parametrize(
    "speak",
    [
        hostile.reset_at_once,
        hostile.reset_in_head,
        hostile.reset_in_body,
        hostile.hung_up_in_body,
        hostile.no_http,
        hostile.endless_head,
        hostile.endless_head_line,
    ],
)
async def test_what_breaks_off_or_is_no_answer_is_none(sender: Sender, speak: Speak) -> None:
    async with opened(speak) as server:
        answer = await post(sender, server.url)
        assert server.requests == 1
    assert answer.status is None
    assert answer.error
    assert not answer.refused


async def test_an_endless_body_is_cut_with_its_connection_and_memory_stays_flat() -> None:
    async with opened(hostile.endless_body) as server, Sender() as sender:
        tracemalloc.start()
        try:
            for _ in range(3):
                answers = await asyncio.gather(*(post(sender, server.url) for _ in range(16)))
                assert {(one.status, len(one.body)) for one in answers} == {(500, 65_536)}
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        # Of each a body, and what both sides have in hand.
        assert peak < 16 * MEGABYTE
        async with asyncio.timeout(5):
            await server.deserted()


@pytest.mark.parametrize("speak", [hostile.endless_head, hostile.endless_head_line])
async def test_nor_does_an_endless_head_fill_the_memory(speak: Speak) -> None:
    async with opened(speak) as server, Sender() as sender:
        tracemalloc.start()
        try:
            await asyncio.gather(*(post(sender, server.url) for _ in range(16)))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    # The parser gives up after some hundred lines of some kilobytes.
    assert peak < 32 * MEGABYTE


async def test_a_body_that_claims_to_be_packed_is_not_unpacked(sender: Sender) -> None:
    async with opened(hostile.packed) as server:
        answer = await post(sender, server.url)
    assert (answer.status, answer.body) == (200, hostile.PACKED)


async def test_where_a_redirect_leads_nobody_goes(sender: Sender, receiver: Any) -> None:
    for code in (301, 302, 303, 307, 308):
        async with opened(hostile.redirect(code, receiver.url)) as server:
            answer = await post(sender, server.url)
        assert answer.status == code
    assert receiver.requests == []
