"""Resources before a class: links that programs put, files that are shared, and event 1003."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from agora_program import Program, golden, same_shape
from common import START

from app.domain import activities, drive
from app.domain.drive import FileDraft, links
from app.domain.rooms import queries as rooms
from app.domain.tenants.tables import Tenant
from app.kit.work import Works

RESOURCES = "v1/rooms/algebra/resources"
SLIDES = {"resourceName": "Slides", "size": 1024, "url": "http://xxx.com/ooo"}


@pytest.fixture
async def room(program: Program) -> Program:
    await program.room()
    await program.done("PUT", "v3/rooms/algebra/users/jason1", {"userName": "jason", "role": 1})
    await program.done("PUT", "v2/rooms/algebra/states/1")
    return program


async def told(program: Program) -> list[dict[str, Any]]:
    return [data for _, data in await program.events("algebra", cmd=1003)]


async def test_a_link_is_put_listed_and_removed(room: Program) -> None:
    task = {"taskUuid": "t1", "taskToken": "secret", "taskProgress": {"convertedPercentage": 100}}
    await room.done("PUT", f"{RESOURCES}/slides", SLIDES | task)
    [listed] = await room.done("GET", RESOURCES)
    assert listed == {"resourceUuid": "slides"} | SLIDES | task
    await room.done("DELETE", RESOURCES, {"resourceUuids": ["slides"]})
    assert await room.done("GET", RESOURCES) == []
    put, gone = await told(room)
    server = {"userUuid": "server", "userName": "server", "role": "server"}
    assert put == {"resources": [listed], "operator": server, "action": 1}
    assert gone == put | {"action": 2}


async def test_the_event_is_the_vendors(room: Program) -> None:
    await room.done("PUT", f"{RESOURCES}/slides", SLIDES)
    [data] = await told(room)
    same_shape(data, golden("list_resources.event"))


async def test_a_shared_file_is_a_resource_too(room: Program, works: Works, tenant: Tenant) -> None:
    async with works.begin(tenant.tenant_id) as work:
        classroom = await rooms.named(work, tenant, "algebra")
        seated = await rooms.seated(work, classroom, "jason1")
        who = (tenant.tenant_id, classroom.classroom_id, seated.participant.participant_id)
        upload = await drive.expect(work, tenant.tenant_id)
        draft = FileDraft("notes.txt", "text/plain", 5, seated.user.user_id, public=False)
        file = (await drive.add(work, tenant.tenant_id, upload, draft)).file_id
        await activities.share(work, *who, file_id=file)
    await room.done("PUT", f"{RESOURCES}/slides", SLIDES)
    listed = await room.done("GET", RESOURCES)
    assert [(one["resourceName"], one["size"]) for one in listed] == [("Slides", 1024), ("notes.txt", 5)]
    async with works.begin(tenant.tenant_id) as work:
        await activities.unshare(work, *who, file_id=file)
    shared, _, gone = await told(room)
    same_shape(
        shared, golden("list_resources.event") | {"operator": {"role": 1, "userName": "", "userUuid": ""}}
    )
    assert (shared["action"], gone["action"]) == (1, 2)
    assert shared["operator"] == {"userUuid": "jason1", "userName": "jason", "role": 1}
    assert shared["resources"][0]["resourceUuid"] == gone["resources"][0]["resourceUuid"] == file
    for url in (listed[1]["url"], shared["resources"][0]["url"]):
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}" == "http://homeroom.test"
        signed = {name: value for name, [value] in parse_qs(parts.query).items()}
        links.check(tenant, file, **signed, now=START + timedelta(days=6))


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "named"),
    [
        ("PUT", "/slides", {"resourceName": "x"}, 400, "url"),
        ("PUT", "/slides", SLIDES | {"url": "javascript:alert(1)"}, 400, "url"),
        ("PUT", "/slides", SLIDES | {"size": "big"}, 400, "size"),
        ("PUT", "/%C3%A4", SLIDES, 400, "resourceUuid"),
        ("DELETE", "", {"resourceUuids": ["nothing"]}, 404, "nothing"),
        ("DELETE", "", {"resourceUuids": []}, 400, "resourceUuids"),
        ("DELETE", "", None, 400, "resourceUuids"),
    ],
)
async def test_what_is_refused(
    room: Program, method: str, path: str, body: Any, status: int, named: str
) -> None:
    refused = await room.refused(method, RESOURCES + path, body)
    assert refused[:2] == (status, status)
    assert named in refused[2]
    assert await told(room) == []
