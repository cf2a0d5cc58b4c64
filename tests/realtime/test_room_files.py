"""Files in the room, over real sockets: shared, opened, told to the address that wants them."""

import json
from typing import Any

from make import MadeClass, merithub_class
from tabs import joined

from app.bootstrap import TENANT
from app.kit import loops


def uploaded(server: Any, made: MadeClass, **fields: str) -> str:
    answer = server.api.post(
        f"/v1/{made.client_id}/drive/files",
        data=fields,
        files={"file": ("sheet.txt", b"Read this.")},
        headers={"authorization": made.token},
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["fileId"])


async def pings(server: Any, inbox: str, last: str) -> list[str]:
    """The kinds that came to an inbox, once this one was among them."""
    for _ in range(200):
        items = server.api.get(f"/_/inbox/{inbox}", headers=server.admin).json()
        kinds = [json.loads(item["body"])["requestType"] for item in items]
        if last in kinds:
            return kinds
        await loops.pause(0.05)
    return []


async def test_a_shared_file_is_opened_by_everybody_and_late_comers_find_it(server: Any) -> None:
    made = merithub_class(server)
    own, foreign = (
        uploaded(server, made, userId=made.teacher_id),
        uploaded(server, made, userId=made.student_ids[0]),
    )
    async with joined(server, made.host_link) as teacher, joined(server, made.student_links[0]) as student:
        assert [file["file_id"] for file in teacher.welcome["files"]] == [own]
        assert teacher.welcome["shared"] == []
        assert "files" not in student.welcome
        await teacher.send(type="share", file_id=own, ref="1")
        assert (await teacher.heard("refused"))["code"] == "notStarted"
        await teacher.send(type="start")
        await student.heard("started")
        await teacher.send(type="share", file_id=foreign, ref="2")
        refused = await teacher.heard("refused")
        assert (refused["code"], refused["ref"]) == ("unknownFile", "2")
        await student.send(type="share", file_id=own)
        assert (await student.heard("refused"))["code"] == "notAllowed"
        await teacher.send(type="share", file_id=own)
        file = (await student.heard("shared"))["file"]
        assert (file["file_id"], file["title"], file["content_type"]) == (own, "sheet.txt", "text/plain")
        answer = server.api.get(file["url"])
        assert (answer.status_code, answer.text) == (200, "Read this.")
        await student.send(type="open", file_id=own)
        async with joined(server, made.student_links[1]) as late:
            (shared,) = late.welcome["shared"]
            assert shared["file_id"] == own
            await teacher.send(type="unshare", file_id=own)
            assert (await late.heard("unshared"))["file_id"] == own
    assert (await pings(server, "merithub", "classFiles")).count("classFiles") == 1


async def test_class_files_go_to_the_content_address_alone_where_there_is_one(server: Any) -> None:
    urls = {name: f"{server.base_url}/_/inbox/{name}" for name in ("all", "files")}
    answer = server.api.patch(
        f"/_/admin/v1/tenants/{TENANT}",
        json={"merithub": {"ping_url": urls["all"], "content_ping_url": urls["files"]}},
        headers=server.admin,
    )
    assert answer.status_code == 200, answer.text
    made = merithub_class(server)
    file_id = uploaded(server, made, public="true")
    async with joined(server, made.host_link) as teacher:
        await teacher.send(type="start")
        await teacher.heard("started")
        await teacher.send(type="share", file_id=file_id)
        await teacher.heard("shared")
        await teacher.send(type="end")
        await teacher.heard("ended")
    assert await pings(server, "files", "classFiles") == ["classFiles"]
    kinds = await pings(server, "all", "chats")
    assert "classFiles" not in kinds
    assert kinds[:2] == ["classStatus", "classStatus"]


async def test_what_is_shared_after_the_signing_secret_changed_can_be_opened(server: Any) -> None:
    made = merithub_class(server)
    file_id = uploaded(server, made, public="true")
    async with joined(server, made.host_link) as teacher:
        await teacher.send(type="start")
        await teacher.heard("started")
        url = f"/_/admin/v1/tenants/{TENANT}/signing-secret/rotate"
        assert server.api.post(url, headers=server.admin).status_code == 200
        await teacher.send(type="share", file_id=file_id)
        file = (await teacher.heard("shared"))["file"]
        assert server.api.get(file["url"]).status_code == 200
