"""What people do with one another, over real sockets of a running server."""

from typing import Any

from make import merithub_class
from tabs import Client, joined


async def test_a_muted_chat_is_told_to_all_and_to_who_comes_late(server: Any) -> None:
    made = merithub_class(server, students=2)
    async with joined(server, made.host_link) as teacher, joined(server, made.student_links[0]) as student:
        assert student.welcome["room"]["muted"] is False
        await teacher.send(type="mute_chat", muted=True)
        assert (await student.heard("chat_muted"))["muted"] is True
        await student.send(type="say", text="Psst", ref="one")
        refused = await student.heard("refused")
        assert (refused["code"], refused["ref"]) == ("roomMuted", "one")
        await teacher.send(type="say", text="Listen")
        assert (await student.heard("said"))["message"]["text"] == "Listen"
        async with joined(server, made.student_links[1]) as late:
            assert late.welcome["room"]["muted"] is True
        await teacher.send(type="mute_chat", muted=False)
        assert (await student.heard("chat_muted"))["muted"] is False
        await student.send(type="say", text="Thanks")
        assert (await teacher.heard("said"))["message"]["text"] == "Listen"
        assert (await teacher.heard("said"))["message"]["text"] == "Thanks"


def me(client: Client) -> str:
    return str(client.welcome["you"]["participant_id"])


async def test_a_star_is_told_to_all_and_to_who_comes_late(server: Any) -> None:
    made = merithub_class(server, students=2)
    async with joined(server, made.host_link) as teacher, joined(server, made.student_links[0]) as student:
        who = me(student)
        await teacher.send(type="reward", participant_id=who)
        await teacher.send(type="reward", participant_id=who, change=2)
        for changed, total in ((1, 1), (2, 3)):
            told = (await student.heard("rewarded"))["rewards"]
            assert told == [{"participant_id": who, "changed": changed, "total": total}]
        async with joined(server, made.student_links[1]) as late:
            stars = {person["participant_id"]: person["rewards"] for person in late.welcome["people"]}
            assert stars == {me(teacher): 0, who: 3, me(late): 0}


async def test_the_way_on_the_stage_is_told_to_all_and_to_who_comes_late(server: Any) -> None:
    made = merithub_class(server, students=2)
    async with joined(server, made.host_link) as teacher, joined(server, made.student_links[0]) as student:
        who = me(student)
        await student.send(type="stage", up=True, ref="uninvited")
        assert (await student.heard("refused"))["code"] == "notInvited"
        await teacher.send(type="invite", participant_id=who)
        assert (await student.heard("invited"))["participant_id"] == who
        await student.send(type="stage", up=True)
        told = await teacher.heard("stage")
        assert (told["added"], told["removed"]) == ([who], [])
        async with joined(server, made.student_links[1]) as late:
            assert (late.welcome["stage"], late.welcome["invited"]) == ([who], [])
            await teacher.send(type="take_down", participant_id=who)
            told = await late.heard("stage")
            assert (told["added"], told["removed"]) == ([], [who])
            await teacher.send(type="start")
            await student.heard("started")
            await student.send(type="hand", up=True, payload={"why": "I know"})
            assert (await late.heard("hand"))["payload"] == {"why": "I know"}
            await teacher.send(type="call_up", participant_id=who)
            assert (await late.heard("hand"))["up"] is False
            assert (await late.heard("stage"))["added"] == [who]
            await student.send(type="leave")
            assert (await late.heard("stage"))["removed"] == [who]


async def test_groups_are_told_to_all_and_their_chat_to_their_own(server: Any) -> None:
    made = merithub_class(server, students=3)
    async with (
        joined(server, made.host_link) as teacher,
        joined(server, made.student_links[0]) as one,
        joined(server, made.student_links[1]) as two,
    ):
        await teacher.send(type="split", groups=2)
        told = (await one.heard("groups"))["groups"]
        assert [group["members"] for group in told] == [[me(one)], [me(two)]]
        first, second = (group["group_id"] for group in told)
        await one.send(type="say", text="Among us", group=first)
        assert (await teacher.heard("said"))["message"]["group_id"] == first
        await one.send(type="say", text="Psst", group=second, ref="other")
        assert (await one.heard("refused"))["code"] == "notAllowed"
        await one.send(type="say", text="To all")
        assert (await two.heard("said"))["message"]["text"] == "To all"
        async with joined(server, made.student_links[2]) as late:
            assert late.welcome["groups"] == told
            assert [line["text"] for line in late.welcome["chat"]] == ["To all"]
            await teacher.send(type="assign", participant_id=me(late), group_id=first)
            told = (await late.heard("groups"))["groups"]
            assert told[0]["members"] == [me(one), me(late)]
            await one.send(type="say", text="Welcome", group=first)
            assert (await late.heard("said"))["message"]["text"] == "Welcome"
        await teacher.send(type="dissolve_groups")
        assert (await one.heard("groups"))["groups"][0]["members"]
        assert (await one.heard("groups"))["groups"] == []
