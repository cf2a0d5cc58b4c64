"""How fast one person may act: counted over all of their tabs, beats and greetings too."""

from typing import Any

from make import merithub_class
from tabs import joined

from app.realtime.heard import Beat, Say
from app.realtime.pace import MOST, MOST_PEOPLE, SECONDS, Paces


def test_all_tabs_of_a_person_share_a_pace() -> None:
    paces = Paces()
    say = Say(type="say", text="Hello")
    assert [paces.of("t", "p").too_fast(say, 0.0) for _ in range(MOST[Say] + 1)] == [False] * 10 + [True]
    assert not paces.of("t", "another").too_fast(say, 0.0)
    assert not paces.of("another", "p").too_fast(say, 0.0)
    assert not paces.of("t", "p").too_fast(say, SECONDS)


def test_signs_of_life_are_paced_too() -> None:
    pace = Paces().of("t", "p")
    beats = [pace.too_fast(Beat(type="beat"), 0.0) for _ in range(MOST[Beat] + 5)]
    assert beats == [False] * MOST[Beat] + [True] * 5


def test_no_more_people_are_remembered_than_fit() -> None:
    paces = Paces()
    for number in range(MOST_PEOPLE + 10):
        paces.of("t", str(number))
    assert len(paces._of) == MOST_PEOPLE


async def test_a_flood_is_answered_seldom_and_holds_up_nobody_else(server: Any) -> None:
    made = merithub_class(server, students=2)
    async with (
        joined(server, made.student_links[0], "one") as first,
        joined(server, made.student_links[0], "two") as second,
        joined(server, made.student_links[1], "other") as other,
    ):
        for number in range(12):
            await (first, second)[number % 2].send(type="say", text=f"Line {number}")
        refused = [await tab.heard("refused") for tab in (first, second)]
        assert {one["code"] for one in refused} == {"tooFast"}
        for _ in range(3):
            await first.send(type="hello", v=1, tab="one")
        assert (await first.heard("refused"))["code"] == "badMessage"
        await other.send(type="say", text="I am heard")
        while (await other.heard("said"))["message"]["text"] != "I am heard":
            pass


async def test_one_person_has_ten_sockets_in_a_room(server: Any) -> None:
    made = merithub_class(server, students=1)
    link = made.student_links[0]
    tabs = [joined(server, link, f"tab {number}") for number in range(11)]
    opened = [await tab.__aenter__() for tab in tabs]
    assert [await tab.close_code() for tab in opened[:10]] == [4009] * 10
    await opened[10].send(type="say", text="Here I am")
    await opened[10].heard("said")
    for tab in tabs:
        await tab.__aexit__(None, None, None)
