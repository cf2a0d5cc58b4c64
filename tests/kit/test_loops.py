"""What a loop logs of ticks that fail: enough to find the fault, and not the same each second."""

import asyncio
import logging

import pytest
from sqlalchemy.exc import DBAPIError

from app.kit import loops


async def logged(caplog: pytest.LogCaptureFixture, *outcomes: Exception | None) -> list[str]:
    """What is said of these ticks, one after the other: which line, and whether with the fault's place."""
    stop, left = asyncio.Event(), list(outcomes)

    async def tick() -> int:
        outcome = left.pop(0)
        if not left:
            stop.set()
        if outcome is not None:
            raise outcome
        return 1

    with caplog.at_level(logging.WARNING, "app.kit.loops"):
        await loops.forever(tick, asyncio.Event(), stop, 0)
    return [f"{one.getMessage()}{' with its place' if one.exc_info else ''}" for one in caplog.records]


def away() -> Exception:
    return DBAPIError("SELECT 1", {}, ConnectionRefusedError(111, "refused"))


async def test_a_database_that_is_away_is_said_once_and_that_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    said = await logged(caplog, None, away(), away(), away(), None, None)
    assert said == [
        "a background tick failed: ConnectionRefusedError: [Errno 111] refused; it goes on after 0 s",
        "a background tick works again; it had failed 3 times",
    ]


async def test_a_fault_of_the_program_shows_its_place_each_fault_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    said = await logged(caplog, ValueError("one"), ValueError("one"), KeyError("other"), ValueError("one"))
    assert [line.removeprefix("a background tick failed: ") for line in said] == [
        "ValueError: one; it goes on after 0 s with its place",
        "KeyError: 'other'; it goes on after 0 s with its place",
        "ValueError: one; it goes on after 0 s with its place",
    ]


async def test_a_fault_that_lasts_is_said_again_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    said = await logged(caplog, *(away() for _ in range(2 * loops.SAID_AGAIN)), None)
    assert [line.split(",")[0] for line in said[1:-1]] == [
        f"a background tick failed {times} times" for times in (loops.SAID_AGAIN, 2 * loops.SAID_AGAIN)
    ]
