"""A year of weekly classes in four zones whose clocks change on other days, and by half an hour in one."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from app.domain import activities, classrooms, participants, presence, users
from app.domain.classrooms.plan import ClassroomPlan
from app.domain.participants import queries as seats
from app.domain.users import UserDraft
from app.kit.work import Works

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
FIRST = datetime(2027, 1, 4, 9, 0)  # noqa: DTZ001 - wall time, a Monday
WEEKS = 52
# Half a year apart, in UTC: what nine o'clock is in winter and in summer, looked up in an almanac.
NINE = {
    "Europe/Berlin": ("08:00", "07:00"),
    "America/New_York": ("14:00", "13:00"),
    "Asia/Kolkata": ("03:30", "03:30"),
    "Australia/Lord_Howe": ("22:00", "22:30"),
}


async def test_nine_oclock_is_nine_oclock_all_year(
    client: httpx.AsyncClient, admin: dict[str, str], works: Works, receiver: Any
) -> None:
    tenant = {
        "name": "Year",
        "test": True,
        "allow_private": True,
        "clock": "2027-01-01T00:00:00Z",
        "merithub": {"ping_url": receiver.url},
    }
    made = (await client.post("/_/admin/v1/tenants", json=tenant, headers=admin)).json()
    tenant_id, client_id = made["tenant_id"], made["credentials"]["merithub"]["client_id"]
    rooms = {zone: await scheduled(works, tenant_id, zone) for zone in ZONES}

    async def advance(to: datetime) -> None:
        url = f"/_/admin/v1/tenants/{tenant_id}/clock/advance"
        answer = await client.post(url, json={"to": to.isoformat()}, headers=admin)
        assert answer.status_code == 200, answer.text

    lessons = sorted(
        ((FIRST + timedelta(weeks=week)).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), zone)
        for week in range(WEEKS)
        for zone in ZONES
    )
    for starts_at, zone in lessons:
        await advance(starts_at)
        await taught(works, tenant_id, rooms[zone])
    await advance(lessons[-1][0] + timedelta(days=8))

    pings = [json.loads(request.body) for request in receiver.requests]
    assert {ping["networkId"] for ping in pings} == {client_id}
    for zone in ZONES:
        mine = [ping for ping in pings if ping["classId"] == rooms[zone]]
        started = [ping["startTime"] for ping in mine if ping.get("status") == "lv"]
        assert started == [(FIRST + timedelta(weeks=week)).isoformat() for week in range(WEEKS)]
        # 45 minutes and the grace of 15: ended by itself each time, and once the whole series.
        told = Counter(ping["requestType"] + ping.get("status", "") for ping in mine)
        assert told == {
            "classStatuslv": WEEKS,
            "classStatuscp": WEEKS + 1,
            "attendance": WEEKS,
            "chats": WEEKS,
        }
        [hours] = {
            row["totalTime"] for ping in mine for row in ping.get("attendance", ()) if row["role"] == "host"
        }
        assert hours == 3600
        utc = {row["startTime"][11:16] for ping in mine for row in ping.get("attendance", ())}
        assert utc == set(NINE[zone])


async def scheduled(works: Works, tenant_id: str, zone: str) -> str:
    """A class every Monday at nine, 52 times, 45 minutes each."""
    plan = ClassroomPlan(
        title=zone,
        starts_at=FIRST.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
        timezone=zone,
        duration_minutes=45,
        kind="standing",
        weekdays=(1,),
        occurrences=WEEKS,
    )
    async with works.begin(tenant_id) as work:
        teacher = await users.add(work, tenant_id, UserDraft(f"Ms {zone}"))
        classroom = await classrooms.schedule(work, tenant_id, teacher.user_id, plan)
        await participants.host_link(work, tenant_id, classroom.classroom_id)
    return classroom.classroom_id


async def taught(works: Works, tenant_id: str, classroom_id: str) -> None:
    """The teacher comes, starts the lesson and stays until it is over."""
    async with works.begin(tenant_id) as work:
        [seat] = await seats.seats(work, tenant_id, classroom_id)
        who = (tenant_id, classroom_id, seat.participant_id)
        await presence.open_visit(work, *who, tab="t", ip="192.0.2.1", user_agent="test")
        await activities.start_class(work, *who)
