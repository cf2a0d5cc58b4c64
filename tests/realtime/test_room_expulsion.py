"""Putting people out, over real sockets of a running server."""

from typing import Any

from make import merithub_class
from tabs import Client, joined, knocking


def me(client: Client) -> str:
    return str(client.welcome["you"]["participant_id"])


async def test_who_is_put_out_hears_it_and_may_come_back(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link) as teacher:
        async with joined(server, made.student_links[0]) as student:
            who = me(student)
            await teacher.send(type="put_out", participant_id=who)
            told = await student.heard("put_out")
            assert (told["participant_id"], told["barred"]) == (who, False)
            assert await student.close_code() == 4011
        left = await teacher.heard("left")
        assert (left["participant_id"], left["reason"]) == (who, "kicked")
        async with joined(server, made.student_links[0]) as again:
            assert me(again) == who
            assert (await teacher.heard("joined"))["person"]["participant_id"] == who


async def test_who_is_banned_finds_the_door_shut(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link) as teacher, joined(server, made.student_links[0]) as student:
        await teacher.send(type="ban", participant_id=me(student), seconds=600)
        told = await student.heard("put_out")
        assert told["barred"] is True
        assert told["until"].endswith("Z")
        assert await student.close_code() == 4011
        async with knocking(server, made.student_links[0]) as again:
            await again.send(type="hello", v=1, tab="tab")
            assert (await again.heard("refused"))["code"] == "banned"
            assert await again.close_code() == 4003
        page = server.api.get(f"/info/room/{made.client_id}/{made.student_links[0]}")
        assert page.status_code == 403
        assert "You were put out of this class" in page.text


async def test_a_student_puts_nobody_out(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link) as teacher, joined(server, made.student_links[0]) as student:
        for verb in ("put_out", "ban"):
            await student.send(type=verb, participant_id=me(teacher), ref=verb)
            refused = await student.heard("refused")
            assert (refused["code"], refused["ref"]) == ("notAllowed", verb)
