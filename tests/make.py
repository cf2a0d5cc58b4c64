"""Builders that read as sentences, for tests against a running server."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import httpx
from jose import jws

from app.bootstrap import MERITHUB_ID, MERITHUB_SECRET

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Running(Protocol):
    """A server that can be called."""

    @property
    def base_url(self) -> str: ...

    @property
    def api(self) -> httpx.Client: ...


@dataclass(frozen=True)
class MadeClass:
    """A class in the development tenant, with the links of those in it."""

    client_id: str
    class_id: str
    teacher_id: str
    student_ids: list[str]
    host_link: str
    student_links: list[str]
    common_links: dict[str, str]
    token: str


def merithub_class(server: Running, students: int = 2, **plan: Any) -> MadeClass:
    """Schedule a class through the API, a minute from now, and put students into it."""
    assertion = jws.sign({"iss": MERITHUB_ID, "expiry": 3600}, MERITHUB_SECRET, algorithm="HS256")
    answer = server.api.post(
        f"/v1/{MERITHUB_ID}/api/token", data={"grant_type": GRANT, "assertion": f"Bearer {assertion}"}
    )
    token = _body(answer)["access_token"]

    def post(path: str, body: Any) -> Any:
        return _body(
            server.api.post(f"/v1/{MERITHUB_ID}/{path}", json=body, headers={"authorization": token})
        )

    teacher_id = post("users", {"name": "Ms Teach", "role": "C", "permission": "CC"})["userId"]
    student_ids = [
        post("users", {"name": f"Student {number}", "role": "M", "permission": "CJ"})["userId"]
        for number in range(1, students + 1)
    ]
    starts_at = datetime.now(UTC) + timedelta(minutes=1)
    made = post(
        teacher_id, {"title": "Algebra", "startTime": starts_at.isoformat(), "timeZoneId": "UTC"} | plan
    )
    common = made["commonLinks"]["commonParticipantLink"]
    seats = post(
        f"{made['classId']}/users",
        {"users": [{"userId": one, "userLink": common, "userType": "su"} for one in student_ids]},
    )
    return MadeClass(
        MERITHUB_ID,
        made["classId"],
        teacher_id,
        student_ids,
        made["hostLink"],
        [seat["userLink"] for seat in seats],
        made["commonLinks"],
        token,
    )


def _body(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()
