"""Who may show a tenant's rooms in a frame; what pages may connect to."""

from typing import Any

import httpx
import pytest
import recorded

from app.domain import outbox
from app.domain.participants.queries import common_links
from app.domain.recordings import links, queries
from app.domain.tenants import queries as accounts
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.seats import SeatRole
from app.workers.scheduler import Scheduler

SCHOOL = ["https://school.example", "https://*.school.example:8443", "http://localhost:3000"]


@pytest.fixture
async def pages(works: Works, clock: ManualClock, tenant: Any) -> list[str]:
    """A room of each dialect, by every address that leads to one, and the player."""
    tenant_id = tenant.tenant_id
    made = await recorded.a_class(works, tenant_id, kind="standing", starts_at=None)
    await recorded.a_lesson(works, clock, made)
    while await Scheduler(works).tick():
        pass
    async with works.begin() as work:
        await outbox.subscribe(work, tenant_id, "learncube", "callback", "http://127.0.0.1:9/")
        (recording,) = await queries.of_classroom(work, tenant_id, made.classroom_id)
        link = (await common_links(work, tenant_id, made.classroom_id))[SeatRole.PARTICIPANT]
        public = {name: (await accounts.credential(work, tenant_id, name)).public_id for name in VENDORS}
    room = f"{public['merithub']}/{link}"
    return [
        f"/info/room/{room}",
        f"/info/device-test/{room}",
        f"/{public['merithub']}/sessions/view/{made.classroom_id}/{link}",
        f"/agora/{public['agora']}/rooms/algebra",
        "/classv3/?token=ABC",
        f"/classv3/?token=ABC&pub_key={public['learncube']}",
        f"/class/start/?pub_key={public['learncube']}&room_token=ABC&userid=1",
        links.player(tenant.signing_secret, tenant_id, recording.recording_id),
    ]


VENDORS = ("merithub", "learncube", "agora")


async def policies(client: httpx.AsyncClient, pages: list[str]) -> dict[str, dict[str, str]]:
    """The directives of each page's policy."""
    found = {}
    for page in pages:
        answer = await client.get(page)
        assert answer.status_code == 200, (page, answer.text)
        parts = answer.headers["content-security-policy"].split("; ")
        found[page] = dict(part.split(" ", 1) for part in parts)
    return found


async def test_a_tenant_names_who_may_frame_its_rooms(
    client: httpx.AsyncClient, admin: dict[str, str], tenant: Any, pages: list[str]
) -> None:
    url = f"/_/admin/v1/tenants/{tenant.tenant_id}"
    assert (await client.get(url, headers=admin)).json()["frame_ancestors"] is None
    for page, policy in (await policies(client, pages)).items():
        assert "frame-ancestors" not in policy, page

    for named, told in ((SCHOOL, " ".join(SCHOOL)), ([], "'none'")):
        changed = await client.patch(url, headers=admin, json={"frame_ancestors": named})
        assert changed.json()["frame_ancestors"] == named
        for page, policy in (await policies(client, pages)).items():
            assert policy["frame-ancestors"] == told, page

    cleared = await client.patch(url, headers=admin, json={"frame_ancestors": None, "name": "School"})
    assert cleared.json()["frame_ancestors"] is None
    for page, policy in (await policies(client, pages)).items():
        assert "frame-ancestors" not in policy, page


@pytest.mark.parametrize(
    "origin",
    [
        *("school.example", "https://", "https://school.example/", "https://a b", "'self'", "*", "https://*"),
        *("https://school.example;script-src *", "https://school.example, https://b", "javascript://x"),
        *("https://school.example:x", "https://school.example:123456", "https://*.*.example", "https://a\n"),
        *("https://user@school.example", "https://école.example", "https://[::1]", "https://a.example:"),
    ],
)
async def test_what_is_no_origin_is_refused(
    client: httpx.AsyncClient, admin: dict[str, str], tenant: Any, origin: str
) -> None:
    url = f"/_/admin/v1/tenants/{tenant.tenant_id}"
    answer = await client.patch(url, headers=admin, json={"frame_ancestors": [origin]})
    if origin == "https://a\n":
        assert answer.json()["frame_ancestors"] == ["https://a"]
    else:
        assert (answer.status_code, answer.json()["field"]) == (400, "frame_ancestors.0"), answer.text


async def test_pages_connect_to_their_own_origin_alone(client: httpx.AsyncClient, pages: list[str]) -> None:
    for page, policy in (await policies(client, pages)).items():
        assert policy["connect-src"] == "'self'", page
