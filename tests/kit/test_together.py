"""What is gathered: together, in order, and after no longer a wait than is allowed."""

import asyncio

import pytest

from app.kit.together import Together

LINGER = 0.05


class Book:
    """Notes what is written, and when by the loop's clock; `gate` holds the writing up."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()
        self.written: list[list[str]] = []
        self.at: list[float] = []

    async def write(self, _: str, many: list[str]) -> list[str]:
        self.at.append(asyncio.get_running_loop().time())
        self.begun.set()
        await self.gate.wait()
        if "broken" in many:
            raise ValueError("broken")
        self.written.append(many)
        return [one.upper() for one in many]


async def test_what_comes_while_one_is_written_goes_together_and_each_hears_of_its_own() -> None:
    book = Book()
    together = Together(book.write)
    book.gate.clear()
    first = asyncio.create_task(together.add("a", "one"))
    await book.begun.wait()
    others = [asyncio.create_task(together.add("a", one)) for one in ("two", "three")]
    await asyncio.sleep(0)
    book.gate.set()
    assert await asyncio.gather(first, *others) == ["ONE", "TWO", "THREE"]
    assert book.written == [["one"], ["two", "three"]]


async def test_so_many_go_together_at_the_most() -> None:
    book = Book()
    together = Together(book.write, most=2)
    assert await asyncio.gather(*(together.add("a", one) for one in "abc")) == ["A", "B", "C"]
    assert book.written == [["a", "b"], ["c"]]


async def test_every_first_one_waits_for_others_also_after_a_batch() -> None:
    book = Book()
    together = Together(book.write, LINGER)
    loop = asyncio.get_running_loop()
    began = loop.time()
    book.gate.clear()
    first = asyncio.create_task(together.add("a", "one"))
    await book.begun.wait()
    second, came = asyncio.create_task(together.add("a", "two")), loop.time()
    await asyncio.sleep(0)
    book.gate.set()
    await asyncio.gather(first, second)
    assert book.at[0] - began >= LINGER * 0.9
    assert book.at[1] - came >= LINGER * 0.9


async def test_a_failure_is_that_of_all_who_were_written_together_and_of_no_other() -> None:
    book = Book()
    together = Together(book.write, most=2)
    found = await asyncio.gather(
        *(together.add("a", one) for one in ("one", "broken", "three")), return_exceptions=True
    )
    assert [type(one) for one in found] == [ValueError, ValueError, str]


async def test_who_is_cancelled_is_written_all_the_same() -> None:
    book = Book()
    together = Together(book.write)
    book.gate.clear()
    tasks = [asyncio.create_task(together.add("a", one)) for one in ("one", "two")]
    await book.begun.wait()
    tasks[0].cancel()
    book.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    assert await tasks[1] == "TWO"
    assert book.written == [["one", "two"]]
