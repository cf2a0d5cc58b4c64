"""A tenant that is deleted is over for whoever sits in one of its rooms, at once."""

import httpx
import pytest
from asgi_tab import tab
from fastapi import FastAPI
from lessons import held

from app.domain import tenants
from app.domain.participants.queries import common_links
from app.kit.work import Works
from app.realtime import hub
from app.realtime.protocol import CloseCode
from app.rules.seats import SeatRole


async def test_sockets_of_a_deleted_tenant_end_at_once(
    asgi: FastAPI, client: httpx.AsyncClient, admin: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody who looks by itself from time to time shall find it out.
    monkeypatch.setattr(hub, "LOOK_EVERY", 3600.0)
    works: Works = asgi.state.works
    async with works.begin() as work:
        tenant = await tenants.create(work, "School")
    live = await held(works, tenant)
    async with works.begin() as work:
        common = await common_links(work, tenant.tenant_id, live.classroom_id)
    async with tab(asgi, tenant.tenant_id, common[SeatRole.PARTICIPANT], "a", name="Ada") as one:
        await one.heard("welcome")
        gone = await client.delete(f"/_/admin/v1/tenants/{tenant.tenant_id}", headers=admin)
        assert gone.status_code == 204
        assert (await one.heard("closed"))["reason"] == "deleted"
        ended = await one.got.get()
        assert (ended["type"], ended["code"]) == ("websocket.close", CloseCode.REFUSED)
