"""Two real clients in one room of a running server."""

import json
from typing import Any

import asyncpg
import pytest
from make import merithub_class
from tabs import joined, knocking

from app.kit import loops
from app.realtime.protocol import LARGEST_FRAME


async def row(server: Any, query: str, *values: str) -> Any:
    connection = await asyncpg.connect(server.dsn)
    try:
        return await connection.fetchrow(query, *values)
    finally:
        await connection.close()


async def visit(server: Any, tab: str) -> Any:
    """The latest visit of the tab."""
    return await row(server, "SELECT * FROM visits WHERE tab = $1 ORDER BY opened_at DESC LIMIT 1", tab)


async def closed_visit(server: Any, tab: str) -> Any:
    """The tab's visit once it is closed; settling it follows the closing of the socket."""
    for _ in range(100):
        found = await visit(server, tab)
        if found["closed_at"] is not None:
            return found
        await loops.pause(0.05)
    pytest.fail(f"the visit of {tab} stays open")


async def test_the_others_see_who_comes_and_who_leaves(server: Any) -> None:
    made = merithub_class(server, students=2)
    async with (
        joined(server, made.host_link, "teacher") as teacher,
        joined(server, made.student_links[0], "student") as student,
    ):
        came = (await teacher.heard("joined"))["person"]
        assert came["participant_id"] == student.welcome["you"]["participant_id"]
        assert came["role"] == "participant"
        assert [one["role"] for one in student.welcome["people"]] == ["host", "participant"]
        await student.send(type="leave")
        gone = await teacher.heard("left")
        assert (gone["participant_id"], gone["reason"]) == (came["participant_id"], "left")
        assert await student.close_code() == 1000


async def test_what_is_said_reaches_all_and_stays_for_those_who_come_later(server: Any) -> None:
    made = merithub_class(server, students=2)
    async with joined(server, made.host_link) as teacher, joined(server, made.student_links[0]) as student:
        await student.send(type="say", text="  Good morning! ")
        for client in (teacher, student):
            assert (await client.heard("said"))["message"]["text"] == "Good morning!"
        async with joined(server, made.student_links[1]) as late:
            assert [line["text"] for line in late.welcome["chat"]] == ["Good morning!"]


async def test_a_private_message_reaches_its_two_people_only(server: Any) -> None:
    made = merithub_class(server, students=2)
    async with (
        joined(server, made.host_link) as teacher,
        joined(server, made.student_links[0]) as first,
        joined(server, made.student_links[1]) as second,
    ):
        await first.send(type="say", text="secret", to=teacher.welcome["you"]["participant_id"])
        assert (await teacher.heard("said"))["message"]["text"] == "secret"
        assert (await first.heard("said"))["message"]["text"] == "secret"
        await first.send(type="say", text="public")
        assert (await second.heard("said"))["message"]["text"] == "public"


async def test_a_host_starts_and_ends_the_class(server: Any) -> None:
    made = merithub_class(server, students=2)
    async with (
        joined(server, made.host_link, "teacher") as teacher,
        joined(server, made.student_links[0], "student") as student,
    ):
        await teacher.send(type="start")
        started = await student.heard("started")
        async with joined(server, made.student_links[1]) as late:
            assert late.welcome["room"]["state"] == "live"
            assert late.welcome["room"]["lesson_id"] == started["lesson_id"]
            assert late.welcome["room"]["started_at"] == started["at"]
        await teacher.send(type="end")
        ended = await student.heard("ended")
        assert ended["by"] == teacher.welcome["you"]["participant_id"]
        assert await student.close_code() == 4000
        assert await teacher.close_code() == 4000
    assert (await closed_visit(server, "student"))["reason"] == "ended"
    async with knocking(server, made.host_link) as teacher:
        await teacher.send(type="hello", v=1, tab="teacher")
        assert (await teacher.heard("refused"))["code"] == "roomClosed"
        assert await teacher.close_code() == 4003


async def test_a_student_cannot_start_the_class(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.student_links[0]) as student:
        await student.send(type="start")
        assert (await student.heard("refused"))["code"] == "notHost"


async def test_a_guest_gives_a_name_and_comes_back_by_the_link_it_gets(server: Any) -> None:
    made = merithub_class(server)
    query = "SELECT link FROM common_links WHERE classroom_id = $1 AND role = 'participant'"
    common = (await row(server, query, made.class_id))["link"]
    async with knocking(server, common) as nameless:
        await nameless.send(type="hello", v=1, tab="a")
        assert (await nameless.heard("refused"))["code"] == "nameNeeded"
        assert await nameless.close_code() == 4001
    async with joined(server, common, "a", name="Grace") as guest:
        you = guest.welcome["you"]
        assert you["name"] == "Grace"
    async with joined(server, you["link"], "a") as again:
        assert again.welcome["you"] == you


async def test_the_same_tab_opened_again_displaces_the_first(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link, "one") as first, joined(server, made.host_link, "one"):
        assert await first.close_code() == 4009


async def test_two_tabs_of_one_person_are_one_person(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link, "one"), joined(server, made.host_link, "two") as second:
        assert len(second.welcome["people"]) == 1


async def test_a_beat_is_acknowledged_with_the_servers_time(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link) as teacher:
        await teacher.send(type="beat")
        assert (await teacher.heard("ack"))["at"].endswith("Z")


async def test_a_lost_connection_is_a_dropped_visit(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link, "lost") as teacher:
        teacher.socket.transport.abort()
    found = await closed_visit(server, "lost")
    assert found["reason"] == "dropped"


async def test_a_closed_page_is_a_person_who_left(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link, "gone") as teacher:
        await teacher.socket.close(1001)
    assert (await closed_visit(server, "gone"))["reason"] == "left"


async def test_who_talks_too_fast_is_asked_to_slow_down(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link) as teacher:
        for number in range(11):
            await teacher.send(type="say", text=f"message {number}", ref=str(number))
        refused = await teacher.heard("refused")
        assert (refused["code"], refused["ref"]) == ("tooFast", "10")


@pytest.mark.parametrize(
    "frame", ["no json", '{"type":"dance"}', '{"type":"say","text":"a\\u0000b"}', '{"type":"say"}', b"bytes"]
)
async def test_what_is_not_of_the_protocol_ends_the_socket(server: Any, frame: str | bytes) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link) as teacher:
        await teacher.socket.send(frame)
        assert (await teacher.heard("refused"))["code"] == "badMessage"
        assert await teacher.close_code() == 4001


async def test_a_frame_that_is_too_large_ends_the_socket(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link) as teacher:
        await teacher.socket.send(json.dumps({"type": "beat", "pad": "x" * LARGEST_FRAME}))
        assert await teacher.close_code() == 1009


async def test_an_unknown_link_is_refused(server: Any) -> None:
    async with knocking(server, "nowhere") as client:
        await client.send(type="hello", v=1, tab="a")
        assert (await client.heard("refused"))["code"] == "unknownLink"
        assert await client.close_code() == 4003


async def test_hello_comes_first(server: Any) -> None:
    made = merithub_class(server)
    async with knocking(server, made.host_link) as client:
        await client.send(type="beat")
        assert await client.close_code() == 4001
