"""Properties over real sockets of a running server."""

from typing import Any

from make import merithub_class
from tabs import joined


async def test_properties_are_told_and_late_joiners_get_them(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link) as teacher, joined(server, made.student_links[0]) as student:
        own = student.welcome["you"]["participant_id"]
        assert student.welcome["properties"] == []
        await teacher.send(type="set_properties", scope="room", values={"a.b": 1, "c": 2}, cause={"d": 3})
        heard = await student.heard("properties")
        assert heard.pop("seq") > student.welcome["seq"]
        assert heard == {
            "type": "properties",
            "scope": "room",
            "subject": "",
            "changes": {"a.b": 1, "c": 2},
            "removed": [],
            "cause": {"d": 3},
            "by": teacher.welcome["you"]["participant_id"],
        }
        await student.send(type="set_properties", scope="person", subject=own, values={"mood": None})
        assert (await student.heard("properties"))["changes"] == {"mood": None}
        await teacher.send(type="set_properties", scope="app", subject="clock", values={}, enabled=True)
        assert (await student.heard("properties"))["enabled"] is True
        await teacher.send(type="remove_properties", scope="room", paths=["c"])
        assert (await student.heard("properties"))["removed"] == ["c"]
        async with joined(server, made.student_links[1]) as late:
            assert late.welcome["properties"] == [
                {"scope": "app", "subject": "clock", "value": {}, "enabled": True},
                {"scope": "person", "subject": own, "value": {"mood": None}},
                {"scope": "room", "subject": "", "value": {"a": {"b": 1}}},
            ]


async def test_refusals_leave_the_socket_open(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.student_links[0]) as student:
        refused = []
        for values in ({"a": 1}, {"a..b": 1}):
            for scope in ("room", "person"):
                subject = student.welcome["you"]["participant_id"] if scope == "person" else ""
                await student.send(
                    type="set_properties",
                    scope=scope,
                    subject=subject,
                    values=values,
                    ref=f"{scope} {values}",
                )
        await student.send(type="remove_properties", scope="room", paths=["a"], ref="away")
        refused = [await student.heard("refused") for _ in range(4)]
        assert [one["code"] for one in refused] == ["notAllowed", "notAllowed", "badValue", "notAllowed"]
        assert refused[2]["message"] == "a..b must be keys with single dots between them"
