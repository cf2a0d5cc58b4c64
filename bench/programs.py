"""A customer's programs as a benchmark needs them: every request by its name, with rows of its own."""

from dataclasses import dataclass
from typing import Any

import aiohttp
import asking
from jose import jwt

from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.greeting import GRANT
from app.kit.clock import SystemClock

ADMIN = "bench-admin-token-of-this-run-only"
DAY = 86_400
PEOPLE = 30
STORY_ROOM = "bench0-room-of-the-story"
"""The room of the recorded story; each replay has one of its own, the first six characters its number."""


@dataclass(frozen=True)
class Call:
    """A request to Homeroom."""

    method: str
    path: str
    body: Any = None


class Programs:
    """A customer's programs: what they ask Homeroom, by the name of the request and a number."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.classes: dict[int, str] = {}
        self.links: dict[int, str] = {}

    async def begin(self, client: aiohttp.ClientSession) -> set[str]:
        """A fresh tenant with a teacher, students, a class and a room; the ids that stay the same."""
        admin = {"authorization": f"Bearer {ADMIN}"}
        async with client.post(
            f"{self.base}/_/admin/v1/tenants", json={"name": "B"}, headers=admin
        ) as answer:
            made = await answer.json()
        held = made["credentials"]
        self.merit, self.agora = held["merithub"]["client_id"], held["agora"]["app_id"]
        assertion = jwt.encode({"iss": self.merit}, held["merithub"]["client_secret"], algorithm="HS256")
        form = {"grant_type": GRANT, "assertion": assertion}
        async with client.post(f"{self.base}/v1/{self.merit}/api/token", data=form) as answer:
            token = str((await answer.json())["access_token"])
        now = int(SystemClock().now().timestamp())
        seal = Seal(self.agora, held["agora"]["app_certificate"], now, DAY, 7)
        self.headers = {
            "authorization": token,
            "x-agora-token": building.rtm_007(seal, "bench"),
            "x-agora-uid": "bench",
        }
        people = [{"name": "Teacher", "role": "C"}, *({"name": f"Student {n}"} for n in range(PEOPLE))]
        ids = [(await self.said(client, self.merits("POST", "users", one)))["userId"] for one in people]
        self.teacher, self.students = ids[0], ids[1:]
        await self._furnish(client)
        return {made["tenant_id"], self.merit, *ids}

    async def _furnish(self, client: aiohttp.ClientSession) -> None:
        await self.made(client, "schedule", -1)
        for call in (
            self.agoras("POST", "v2/rooms/lasting", {"roomName": "Lasting", "roomType": 4}),
            self.agoras("PUT", "v3/rooms/lasting/users/somebody", {"userName": "Somebody", "role": 2}),
            self.agoras("PUT", "v2/rooms/lasting/states/1"),
            *(
                self.agoras("PUT", "v2/rooms/lasting/properties", {"properties": {"page": number}})
                for number in range(10)
            ),
            self.call("poll", 0),
        ):
            await self.said(client, call)

    def merits(self, method: str, path: str, body: Any = None) -> Call:
        """A call of MeritHub's API."""
        return Call(method, f"/v1/{self.merit}/{path}", body)

    def agoras(self, method: str, path: str, body: Any = None, way: str = "apps") -> Call:
        """A call of Agora's API."""
        return Call(method, f"/edu/{way}/{self.agora}/{path}", body)

    def call(self, name: str, number: int) -> Call:
        """A request by its name."""
        room = f"v2/rooms/bench{number}-room" if number else f"v2/rooms/{STORY_ROOM}"
        start = f"{SystemClock().now().year + 1}-01-15T10:00:00Z"
        calls = {
            "status": lambda: self.merits("GET", f"{self.teacher}/status?classId={self.classes[-1]}"),
            "schedule": lambda: self.merits(
                "POST", self.teacher, {"title": "B", "startTime": start, "duration": 60}
            ),
            "add": lambda: self.merits("POST", f"{self.classes[number]}/users", self._all_students(number)),
            "user": lambda: self.agoras("GET", "v2/rooms/lasting/users/somebody", way="polling/apps"),
            "sequences": lambda: self.agoras("GET", "v2/rooms/lasting/sequences?nextId=1"),
            "poll": lambda: self.agoras("GET", "v2/rooms/sequences", way="polling/apps"),
            "room": lambda: self.agoras("POST", room, {"roomName": "Room", "roomType": 4}),
            "start": lambda: self.agoras("PUT", f"{room}/states/1"),
            "end": lambda: self.agoras("PUT", f"{room}/states/2"),
            "close": lambda: self.agoras("PUT", f"{room}/states/3"),
        }
        return calls[name]()

    def _all_students(self, number: int) -> Any:
        link = self.links[number]
        return {"users": [{"userId": one, "userLink": link, "userType": "su"} for one in self.students]}

    def bytes_of(self, name: str, number: int) -> bytes:
        """The same as it goes over the wire."""
        call = self.call(name, number)
        return asking.request(call.method, call.path, self.headers, call.body)

    async def said(self, client: aiohttp.ClientSession, call: Call) -> Any:
        """What is answered to a call that has to succeed."""
        url = f"{self.base}{call.path}"
        async with client.request(call.method, url, json=call.body, headers=self.headers) as answer:
            if answer.status != 200:  # noqa: PLR2004 - the vendors' only success
                raise SystemExit(f"{call.method} {url} answers {answer.status}: {await answer.text()}")
            return await answer.json()

    async def made(self, client: aiohttp.ClientSession, name: str, number: int) -> Any:
        """Ask, and remember the class that was made."""
        said = await self.said(client, self.call(name, number))
        if name == "schedule":
            self.classes[number] = said["classId"]
            self.links[number] = said["commonLinks"]["commonParticipantLink"]
        return said
