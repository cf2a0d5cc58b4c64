"""Numbers and dates at the ends of what can be written: taken or refused, at once, and harmless after."""

from itertools import product
from typing import Any

import pytest
from bounded import within
from merithub_program import Program

NUMBERS = [0, -1, 1, 10**14, "999999999999999", 1e14, -(10**14), 0.5, "", None, 2**31, 2**63, 10**400]
DATES = [
    "1900-01-01",
    "8999-12-31",
    "9000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "0001-01-01",
    "2026-12-31",
]
FIELDS = ["duration", "totalClasses", "endDate", "startTime", "schedule", "timeZoneId"]
ZONES = ["Pacific/Apia", "America/St_Johns"]


@pytest.mark.parametrize("kind", ["oneTime", "perma"])
@pytest.mark.parametrize("zone", ZONES)
async def test_a_class_of_extremes_is_taken_or_refused(program: Program, kind: str, zone: str) -> None:
    ada = await program.user("Ada")
    said: list[dict[str, Any]] = [{name: value} for name in FIELDS for value in [*NUMBERS, *DATES]]
    for days, count, end in product(([], [1], [1, 2, 3, 4, 5, 6, 7]), NUMBERS, ["", *DATES]):
        said.append({"schedule": days, "totalClasses": count, "endDate": end})
    taken = 0
    for one in said:
        body = {"title": "A", "startTime": "2026-03-02T15:00:00Z", "type": kind, "timeZoneId": zone} | one
        with within(0.5):
            made = await program.call("POST", ada, body)
        assert made.status_code in (200, 400), (one, made.text)
        if made.status_code == 200:
            class_id = made.json()["classId"]
            with within(0.5):
                read = await program.call("GET", class_id)
                edited = await program.call("PUT", class_id, {"timeZoneId": "UTC", "duration": 60})
                link = made.json()["commonLinks"]["commonParticipantLink"]
                page = await program.client.get(f"/info/room/{program.client_id}/{link}")
            assert read.status_code == 200, one
            assert max(edited.status_code, page.status_code) < 500, one
            taken += 1
    assert taken > 10
    with within(5):
        calendar = await program.call("GET", f"users/{ada}/calendar")
        feed = await program.client.get(calendar.json()["url"])
    assert feed.status_code == 200
