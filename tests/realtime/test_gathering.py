"""What comes at once goes together, and what goes wrong with one is no other's trouble."""

import asyncio
from collections.abc import Sequence

import pytest

from app.realtime.gathering import MOST, Gathering, Room
from app.rules.refusals import Refusal, RoomFull

ROOM = ("tenant", "room")


class Writing:
    """Doubles even numbers, refuses odd ones, breaks of 13 and refuses all with 99."""

    def __init__(self) -> None:
        self.written: list[list[int]] = []

    async def write(self, _room: Room, numbers: Sequence[int]) -> Sequence[int | Refusal]:
        self.written.append(list(numbers))
        if 13 in numbers:
            message = "unlucky"
            raise RuntimeError(message)
        if 99 in numbers:
            raise RoomFull(99)
        return [RoomFull(number) if number % 2 else number * 2 for number in numbers]

    async def of(self, numbers: Sequence[int]) -> list[int | BaseException]:
        gathering = Gathering(self.write)
        return await asyncio.gather(
            *(gathering.add(ROOM, number) for number in numbers), return_exceptions=True
        )


def kinds(found: Sequence[int | BaseException]) -> list[int | type]:
    return [one if isinstance(one, int) else type(one) for one in found]


async def test_each_is_answered_or_refused_for_itself() -> None:
    writing = Writing()
    assert kinds(await writing.of([2, 3, 4])) == [4, RoomFull, 8]
    assert writing.written == [[2, 3, 4]]


async def test_so_many_go_together() -> None:
    writing = Writing()
    found = await writing.of([2] * (MOST + 1))
    assert found == [4] * (MOST + 1)
    assert [len(some) for some in writing.written] == [MOST, 1]


async def test_what_breaks_a_work_breaks_it_for_one_alone() -> None:
    writing = Writing()
    assert kinds(await writing.of([2, 13, 3])) == [4, RuntimeError, RoomFull]
    assert writing.written == [[2, 13, 3], [2], [13], [3]]


async def test_a_refusal_that_is_raised_is_for_all() -> None:
    writing = Writing()
    assert kinds(await writing.of([2, 99])) == [RoomFull, RoomFull]
    assert writing.written == [[2, 99]]


async def test_one_alone_fails_as_it_would_without_others() -> None:
    writing = Writing()
    with pytest.raises(RuntimeError, match="unlucky"):
        await Gathering(writing.write).add(ROOM, 13)
    assert writing.written == [[13]]
