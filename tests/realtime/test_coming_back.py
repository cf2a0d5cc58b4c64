"""Who comes while a lesson ends, and who comes back after silence and may not any more."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest
from asgi_tab import tab
from fastapi import FastAPI
from lessons import held
from sqlalchemy import text

from app.domain import presence
from app.domain.events.tables import Event
from app.domain.presence import queries as visits
from app.domain.tenants.tables import Tenant
from app.kit import loops
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.realtime.hub import Ending, Seat, _hand_out
from app.rules.presence import TOUCH_EVERY, LeaveReason

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ENDED = {"lesson_id": "l", "by": "host"}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("LessonEnded", ENDED),
        ("ClassroomClosed", {}),
        ("ClassroomCancelled", {}),
        ("ParticipantRemoved", {"participant_id": "p", "user_id": "u"}),
    ],
)
async def test_what_ended_a_visit_concerns_those_who_were_there_before_it(
    kind: str, data: dict[str, str]
) -> None:
    """A welcome of the same number or a higher one tells of it already, and its reader was let in after."""
    seat = Seat("p", "tab")
    _hand_out(Event(tenant_id="t", classroom_id="c", seq=7, kind=kind, data=data, at=NOON), "", (seat,))
    items = await seat.waiting()
    assert isinstance(items[-1], Ending)
    assert {item.seq for item in items} == {7}


async def test_a_refused_return_after_silence_is_told_as_one(
    asgi: FastAPI, works: Works, clock: ManualClock, tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    live = await held(works, tenant)
    student = live.students[0]
    async with works.begin() as work:
        link = await work.db.scalar(
            text("SELECT link FROM participants WHERE tenant_id = :tenant AND participant_id = :seat"),
            {"tenant": live.tenant_id, "seat": student[2]},
        )
    async with tab(asgi, live.tenant_id, str(link), "tab") as one:
        await one.heard("welcome")
        async with works.begin() as work:
            for visit in await visits.open_visits(work, live.tenant_id, live.classroom_id, student[2]):
                await presence.close_visit(
                    work, live.tenant_id, visit.visit_id, reason=LeaveReason.DROPPED, at=work.now
                )
            await work.db.execute(
                text(
                    "UPDATE participants SET banned_at = :now"
                    " WHERE tenant_id = :tenant AND participant_id = :seat"
                ),
                {"tenant": live.tenant_id, "seat": student[2], "now": work.now},
            )
        clock.advance(TOUCH_EVERY + timedelta(seconds=1))
        one.send(type="beat")
        assert (await one.heard("refused"))["code"] == "banned"
        assert (await closed(one.got)) == 4003
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def closed(got: asyncio.Queue[dict[str, object]]) -> object:
    """With which code the server closes."""

    async def search() -> object:
        while (frame := await got.get())["type"] != "websocket.close":
            pass
        return frame["code"]

    return await loops.within(10, search())
