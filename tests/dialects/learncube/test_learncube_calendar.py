"""A token's class in the calendars of those who teach in it or have been there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from held import Lesson
from icalendar import Calendar
from learncube_program import Program

from app.domain import outbox, users
from app.domain.tenants import queries as tenants
from app.domain.users import UserDraft
from app.kit.clock import ManualClock
from app.kit.signing import sign_link
from app.kit.work import Works
from app.rules.seats import SeatRole

BASE = "http://homeroom.test"


@pytest.fixture
async def teacher_id(works: Works, tenant: Any) -> str:
    async with works.begin() as work:
        return (await users.add(work, tenant.tenant_id, UserDraft("Ms Teach", external_id="222"))).user_id


class Calendars:
    """The feeds of a tenant's users, read as calendar programs do."""

    def __init__(self, works: Works, client: httpx.AsyncClient, tenant: Any) -> None:
        self.works, self.client, self.tenant = works, client, tenant

    async def of(self, user_id: str) -> dict[str, Any]:
        """The events by title."""
        signature = sign_link(self.tenant.signing_secret, "calendar", user_id, "0")
        async with self.works.begin() as work:
            client_id = (await tenants.credential(work, self.tenant.tenant_id, "merithub")).public_id
        answer = await self.client.get(f"/v1/{client_id}/calendar/{user_id}.ics?signature={signature}")
        assert answer.status_code == 200, answer.text
        return {str(event["SUMMARY"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


@pytest.fixture
def calendars(works: Works, client: httpx.AsyncClient, tenant: Any) -> Calendars:
    return Calendars(works, client, tenant)


NINE = {"start": "2026-03-02T09:00:00Z"}


async def test_whoever_is_to_teach_has_the_class_before_anybody_came(
    program: Program, calendars: Calendars, teacher_id: str
) -> None:
    await program.make("ABC 123", **NINE, end="2026-03-02T09:50:00Z", teacher_id=222, description="Algebra")
    await program.make("OPEN", start="2026-03-03T09:00:00Z", teacher_id=222)
    await program.make("OTHER", **NINE, teacher_id=223)
    await program.make("ANYTIME", teacher_id=222)
    events = await calendars.of(teacher_id)
    assert list(events) == ["ABC 123", "OPEN"]
    event = events["ABC 123"]
    assert (event["DTSTART"].dt, event["DURATION"].dt) == (
        datetime(2026, 3, 2, 9, tzinfo=UTC),
        timedelta(minutes=50),
    )
    assert (event["DESCRIPTION"], event["STATUS"], "RRULE" in event) == ("Algebra", "CONFIRMED", False)
    assert event["URL"] == f"{BASE}/classv3/?token=ABC+123&user_id=222"
    # Nobody knows how long it takes.
    assert "DURATION" not in events["OPEN"]


async def test_who_has_been_there_has_it_once_and_sees_it_change(
    program: Program, calendars: Calendars, works: Works, tenant: Any, clock: ManualClock, teacher_id: str
) -> None:
    made = await program.make(
        "ABC123", start="2026-03-02T08:00:00Z", end="2026-03-02T09:00:00Z", teacher_id="222"
    )
    lesson = Lesson(works, tenant.tenant_id, clock)
    await lesson.come("222", "Ms Teach", SeatRole.HOST)
    seat, _ = await lesson.come("111", "John", SeatRole.PARTICIPANT)
    for user_id, person in ((teacher_id, "222"), (seat.user_id, "111")):
        [event] = (await calendars.of(user_id)).values()
        assert event["URL"] == f"{BASE}/classv3/?token=ABC123&user_id={person}"
    changed = await program.call("PUT", f"classrooms/{made['uuid']}", json={"cancelled": True})
    assert changed.status_code == 200
    event = (await calendars.of(seat.user_id))["ABC123"]
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    clock.advance(timedelta(days=91))
    assert await calendars.of(seat.user_id) == {}


async def test_a_class_at_a_further_endpoint_is_entered_by_its_host_and_taught_by_its_own_people(
    program: Program, works: Works, tenant: Any, calendars: Calendars, teacher_id: str
) -> None:
    theirs = UserDraft("Mr Teach", external_id="222", endpoint="callback:two.example")
    async with works.begin() as work:
        await outbox.endpoints.add(work, tenant.tenant_id, "learncube", "two.example", "http://127.0.0.1:9/")
        their_teacher = (await users.add(work, tenant.tenant_id, theirs)).user_id
    body = {"room_token": "T", "teacher_id": "222", **NINE}
    answer = await program.call("POST", "classrooms", json=body, headers={"host": "two.example"})
    assert answer.json()["room_url"] == "http://two.example/classv3/?token=T"
    [event] = (await calendars.of(their_teacher)).values()
    assert event["URL"] == "http://two.example/classv3/?token=T&user_id=222"
    assert await calendars.of(teacher_id) == {}
