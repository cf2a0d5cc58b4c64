"""A class that asks for recordings in the vendor's words, and where they are read."""

import html
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from merithub_program import Program, refused

from app.domain import classrooms, outbox
from app.domain.outbox import log
from app.workers.scheduler import Scheduler


@pytest.fixture
async def owner(program: Program) -> str:
    return await program.user("Host")


async def held(program: Program, works: Any, clock: Any, tenant: Any, owner: str, **plan: Any) -> str:
    """The id of a class after a lesson of 59 minutes."""
    class_id: str = (await program.schedule(owner, timeZoneId="Asia/Kolkata", **plan))["classId"]
    async with works.begin() as work:
        await classrooms.start(work, tenant.tenant_id, class_id)
    clock.advance(timedelta(minutes=59))
    async with works.begin() as work:
        await classrooms.end(work, tenant.tenant_id, class_id, by=owner)
    scheduler = Scheduler(works)
    while await scheduler.tick():
        pass
    return class_id


async def test_a_recording_is_listed_with_its_player(
    program: Program, works: Any, clock: Any, tenant: Any, owner: str
) -> None:
    class_id = await held(program, works, clock, tenant, owner, recording={"record": True})
    body = (await program.call("GET", f"{class_id}/recordings")).json()
    assert (body["classId"], body["networkId"]) == (class_id, program.client_id)
    (row,) = body["recordings"]
    assert list(row) == ["recordingId", "classId", "subClassId", "status", "startTime", "duration", "url"]
    # 08:00 UTC is half past one in Kolkata.
    assert (row["classId"], row["status"], row["startTime"], row["duration"]) == (
        class_id,
        "recorded",
        "2026-03-02T13:30:00",
        "0:59",
    )
    page = await program.client.get(row["url"])
    assert page.status_code == 200
    assert "<h1>Algebra</h1>" in page.text
    path = f"{class_id}/recordings?subClassId="
    assert (await program.call("GET", path + row["subClassId"])).json() == body
    assert (await program.call("GET", path + "other")).json()["recordings"] == []


async def test_a_download_is_offered_where_the_class_allows_it(
    program: Program, works: Any, clock: Any, tenant: Any, owner: str
) -> None:
    plan = {"recording": {"autoRecord": "true"}, "recordingDownload": True}
    class_id = await held(program, works, clock, tenant, owner, **plan)
    (row,) = (await program.call("GET", f"{class_id}/recordings")).json()["recordings"]
    answer = await program.client.get(row["downloadUrl"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"


async def test_a_class_that_was_not_recorded_has_none(
    program: Program, works: Any, clock: Any, tenant: Any, owner: str
) -> None:
    class_id = await held(program, works, clock, tenant, owner)
    assert (await program.call("GET", f"{class_id}/recordings")).json()["recordings"] == []


LIVES = {"player_link_days": 7, "download_link_days": 2, "chat_link_days": 1}


async def limited(program: Program, admin: Any, tenant: Any, **limits: int) -> None:
    url = f"/_/admin/v1/tenants/{tenant.tenant_id}"
    answer = await program.client.patch(url, json={"limits": limits}, headers=admin)
    assert answer.status_code == 200, answer.text


async def links_of(program: Program, class_id: str) -> dict[str, str]:
    """The links that need no login, of a class with one lesson."""
    (row,) = (await program.call("GET", f"{class_id}/recordings")).json()["recordings"]
    (chat,) = (await program.call("GET", f"{class_id}/chats")).json()["chats"]
    return {"player": row["url"], "download": row["downloadUrl"], "chat": chat["public"]}


async def answers(program: Program, links: dict[str, str]) -> dict[str, int]:
    return {name: (await program.client.get(url)).status_code for name, url in links.items()}


async def test_links_hold_as_long_as_the_tenant_says(
    program: Program, works: Any, clock: Any, tenant: Any, owner: str, admin: Any
) -> None:
    plan = {"recording": {"record": True}, "recordingDownload": True}
    class_id = await held(program, works, clock, tenant, owner, **plan)
    for_ever = await links_of(program, class_id)
    await limited(program, admin, tenant, **LIVES)
    links = await links_of(program, class_id)
    assert await answers(program, links) == {"player": 200, "download": 200, "chat": 200}
    for name, days in (("chat", 1), ("download", 1), ("player", 5)):
        clock.advance(timedelta(days=days, seconds=-1))
        assert (await answers(program, links))[name] == 200
        clock.advance(timedelta(seconds=1))
        assert (await answers(program, links))[name] == 410
    # What was made before had no end.
    assert await answers(program, for_ever) == {"player": 200, "download": 200, "chat": 200}


async def test_no_link_holds_for_longer_than_it_was_signed_for(
    program: Program, works: Any, clock: Any, tenant: Any, owner: str, admin: Any
) -> None:
    plan = {"recording": {"record": True}, "recordingDownload": True}
    class_id = await held(program, works, clock, tenant, owner, **plan)
    await limited(program, admin, tenant, **LIVES)
    for url in (await links_of(program, class_id)).values():
        expires = re.search(r"expires=(\d+)&", url)
        assert expires is not None
        for other in ("", f"expires={int(expires[1]) + 1}&", "expires=&", "expires=x&"):
            answer = await program.client.get(url.replace(expires[0], other))
            assert answer.status_code in (401, 403)


async def test_the_links_on_a_player_page_hold_no_longer_than_the_page(
    program: Program, works: Any, clock: Any, tenant: Any, owner: str, admin: Any
) -> None:
    plan = {"recording": {"record": True}, "recordingDownload": True}
    class_id = await held(program, works, clock, tenant, owner, **plan)
    await limited(program, admin, tenant, player_link_days=1)
    player = (await links_of(program, class_id))["player"]
    page = html.unescape((await program.client.get(player)).text)
    found = {path: path for path in re.findall(r"/_/recording/[^\s\"']+signature=\w+", page)}
    assert len(found) == 2
    assert set((await answers(program, found)).values()) == {200}
    clock.advance(timedelta(days=1))
    assert set((await answers(program, found)).values()) == {410}


async def test_links_go_with_the_secret_that_signed_them(
    program: Program, works: Any, clock: Any, tenant: Any, owner: str, admin: Any
) -> None:
    plan = {"recording": {"record": True}, "recordingDownload": True}
    class_id = await held(program, works, clock, tenant, owner, **plan)
    links = await links_of(program, class_id)
    url = f"/_/admin/v1/tenants/{tenant.tenant_id}/signing-secret/rotate"
    assert (await program.client.post(url, json={"overlap": "1h"}, headers=admin)).status_code == 200
    assert set((await answers(program, links)).values()) == {200}
    clock.advance(timedelta(hours=1))
    assert await answers(program, links) == {"player": 403, "download": 403, "chat": 401}


async def test_the_pings_carry_links_that_end(
    program: Program, works: Any, clock: Any, tenant: Any, owner: str, admin: Any
) -> None:
    await limited(program, admin, tenant, **LIVES)
    async with works.begin() as work:
        await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", "http://127.0.0.1:9/")
    await held(program, works, clock, tenant, owner, recording={"record": True})
    async with works.begin() as work:
        told = [json.loads(one.body) for one in await log.deliveries(work, tenant.tenant_id)]
    of_kind = {one["requestType"]: one for one in told}
    assert "expires=" in of_kind["recording"]["url"]
    assert "expires=" in of_kind["chats"]["chats"]["public"]


async def test_an_unknown_class_has_no_list(program: Program) -> None:
    refused(await program.call("GET", "nowhere/recordings"), 404, "classNotFound")
