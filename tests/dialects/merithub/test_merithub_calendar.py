"""A user's classes as a calendar at a signed URL."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from icalendar import Calendar
from merithub_program import Program, refused

BASE = "http://homeroom.test"


async def url_of(program: Program, user_id: str) -> str:
    url = (await program.call("GET", f"users/{user_id}/calendar")).json()["url"]
    assert url.startswith(f"{BASE}/v1/{program.client_id}/calendar/{user_id}.ics?signature=")
    return url


async def read(program: Program, user_id: str) -> httpx.Response:
    answer = await program.client.get(await url_of(program, user_id))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return answer


async def events_of(program: Program, user_id: str) -> dict[str, Any]:
    """The events of a user's calendar by title."""
    calendar = Calendar.from_ical((await read(program, user_id)).content)
    return {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}


async def test_a_calendar_has_the_classes_one_owns_and_is_in(program: Program) -> None:
    owner, student, stranger = [await program.user(name) for name in ("Owner", "Student", "Stranger")]
    made = await program.schedule(owner, title="Shared", timeZoneId="Europe/Berlin", duration=90)
    await program.schedule(owner, title="Owned", startTime="2026-03-05T10:00:00Z")
    added = await program.call("POST", f"{made['classId']}/users", {"users": [{"userId": student}]})
    mine = await events_of(program, owner)
    assert list(mine) == ["Shared", "Owned"]
    assert mine["Shared"]["URL"] == f"{BASE}/info/room/{program.client_id}/{made['hostLink']}"
    (seat,) = added.json()
    theirs = await events_of(program, student)
    assert list(theirs) == ["Shared"]
    event = theirs["Shared"]
    assert event["UID"] == f"{made['classId']}@homeroom"
    assert event["URL"] == f"{BASE}/info/room/{program.client_id}/{seat['userLink']}"
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event["DTSTART"].dt.astimezone(UTC) == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert event["DURATION"].dt == timedelta(minutes=90)
    assert await events_of(program, stranger) == {}


async def test_who_is_taken_out_of_a_class_has_it_no_more(program: Program) -> None:
    owner, student = await program.user("Owner"), await program.user("Student")
    made = await program.schedule(owner)
    await program.call("POST", f"{made['classId']}/users", {"users": [{"userId": student}]})
    await program.call("POST", f"{made['classId']}/removeuser", {"users": [student]})
    assert await events_of(program, student) == {}


async def test_an_edit_raises_the_sequence_and_a_cancelled_class_says_so(
    program: Program, clock: Any
) -> None:
    owner = await program.user("Owner")
    class_id = (await program.schedule(owner))["classId"]
    before = (await events_of(program, owner))["Algebra"]
    clock.advance(timedelta(minutes=5))
    await program.call("PUT", class_id, {"title": "Geometry", "startTime": "2026-03-03T10:00:00Z"})
    edited = (await events_of(program, owner))["Geometry"]
    assert (before["SEQUENCE"], edited["SEQUENCE"]) == (0, 1)
    assert (before["UID"], edited["LAST-MODIFIED"].dt) == (edited["UID"], clock.now())
    await program.call("PUT", class_id, {"status": "cl"})
    cancelled = (await events_of(program, owner))["Geometry"]
    assert (cancelled["SEQUENCE"], cancelled["STATUS"]) == (2, "CANCELLED")
    await program.call("DELETE", class_id)
    assert await events_of(program, owner) == {}


async def test_a_series_repeats_and_a_class_without_times_is_left_out(program: Program) -> None:
    owner = await program.user("Owner")
    perma = {"type": "perma", "timeZoneId": "Europe/Berlin"}
    plan = {"startTime": "2026-03-02T09:00:00", "schedule": [3, 0], "totalClasses": 3}
    await program.schedule(owner, title="Series", **perma, **plan)
    await program.schedule(owner, title="Any time", **perma, startTime=None)
    events = await events_of(program, owner)
    assert list(events) == ["Series"]
    assert events["Series"]["DTSTART"].dt.isoformat() == "2026-03-04T09:00:00+01:00"
    rule = events["Series"]["RRULE"].to_ical()
    assert rule == b"FREQ=WEEKLY;UNTIL=20260311T080000Z;BYDAY=WE,SU"


async def test_what_is_over_or_cancelled_stays_for_ninety_days(program: Program, clock: Any) -> None:
    owner = await program.user("Owner")
    await program.schedule(owner, title="Once")
    series = {"type": "perma", "schedule": [1], "timeZoneId": "UTC"}
    await program.schedule(owner, title="Endless", **series)
    await program.schedule(owner, title="Ended", **series, totalClasses=2)
    made = await program.schedule(owner, title="Cancelled", startTime="2027-03-02T10:00:00Z")
    await program.call("PUT", made["classId"], {"status": "cl"})

    async def titles() -> set[str]:
        program.token = (await program.ask_token(program.assertion())).json()["access_token"]
        return set(await events_of(program, owner))

    clock.advance(timedelta(days=90))
    assert await titles() == {"Once", "Endless", "Ended", "Cancelled"}
    clock.advance(timedelta(days=1))
    assert await titles() == {"Endless", "Ended"}
    clock.advance(timedelta(days=7))
    assert await titles() == {"Endless"}


async def test_an_unchanged_calendar_is_not_sent_again(program: Program, clock: Any) -> None:
    owner = await program.user("Owner")
    made = await program.schedule(owner)
    url, tag = await url_of(program, owner), (await read(program, owner)).headers["etag"]
    clock.advance(timedelta(hours=3))
    for shown in (tag, f'"other", W/{tag}', "*"):
        answer = await program.client.get(url, headers={"if-none-match": shown})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    program.token = (await program.ask_token(program.assertion())).json()["access_token"]
    await program.call("PUT", made["classId"], {"title": "Geometry"})
    answer = await program.client.get(url, headers={"if-none-match": tag})
    assert (answer.status_code, "Geometry" in answer.text) == (200, True)


async def test_a_calendar_needs_its_own_signature(program: Program) -> None:
    owner, other = await program.user("Owner"), await program.user("Other")
    url = await url_of(program, owner)
    refused(await program.client.get(url.replace(owner, other)), 401, "unauthorized")
    refused(await program.client.get(url.split("?")[0]), 401, "unauthorized")
    refused(await program.client.get(f"{url}0"), 401, "unauthorized")
    refused(await program.call("GET", "users/nobody/calendar"), 404, "userNotFound")


async def test_a_reset_takes_the_old_url_out_of_use(program: Program) -> None:
    owner = await program.user("Owner")
    before = await url_of(program, owner)
    after = (await program.call("POST", f"users/{owner}/calendar")).json()["url"]
    assert await url_of(program, owner) == after
    refused(await program.client.get(before), 401, "unauthorized")
    assert (await program.client.get(after)).status_code == 200


async def test_the_calendar_of_an_erased_user_is_gone(program: Program) -> None:
    owner = await program.user("Owner")
    url = await url_of(program, owner)
    await program.call("DELETE", f"users/{owner}")
    refused(await program.client.get(url), 404, "userNotFound")
