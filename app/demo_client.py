"""The demo's hands: a program of a MeritHub customer, and a browser that sits in a room."""

import asyncio
import html
import json
import re
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import urljoin

import httpx
from jose import jwt
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.bootstrap import INBOX, MERITHUB_ID, MERITHUB_SECRET, TENANT
from app.greeting import GRANT
from app.kit import ids, loops
from app.kit.clock import SystemClock
from app.settings import Settings

BEAT = 5.0
ANSWER = 15.0
SOCKET = re.compile(r'data-socket="([^"]+)"')


class DemoFailed(Exception):  # noqa: N818 - a story's end, told to a person
    """The reason why the demo ends with 1."""


def say(text: str) -> None:
    """Tells the story."""
    print(text, flush=True)


def checked(answer: httpx.Response) -> Any:
    """The JSON of a good answer."""
    if not answer.is_success:
        request = answer.request
        raise DemoFailed(f"{request.method} {request.url} answers {answer.status_code}: {answer.text[:500]}")
    return answer.json()


async def inbox_of(client: "MeritHubClient") -> list[dict[str, Any]]:
    """The bodies of the pings that the built-in inbox has received."""
    headers = {"accept": "application/json", "authorization": f"Bearer {client.admin_token}"}
    items = checked(await client.http.get(INBOX, headers=headers))
    bodies = [json.loads(item["body"]) if isinstance(item["body"], str) else item["body"] for item in items]
    return [body for body in bodies if isinstance(body, dict)]


@dataclass
class MeritHubClient:
    """Calls the API as any program written for the vendor does."""

    http: httpx.AsyncClient
    client_id: str
    token: str
    admin_token: str
    trust: ssl.SSLContext | None = None

    @classmethod
    async def signed_in(
        cls, http: httpx.AsyncClient, settings: Settings, trust: ssl.SSLContext | None = None
    ) -> Self:
        """Exchanges a signed assertion for a token."""
        client_id, secret = await _credentials(http, settings)
        assertion = jwt.encode({"iss": client_id, "expiry": 3600}, secret, algorithm="HS256")
        form = {"grant_type": GRANT, "assertion": f"Bearer {assertion}"}
        token = checked(await http.post(f"/v1/{client_id}/api/token", data=form))
        return cls(http, client_id, token["access_token"], settings.admin_token, trust)

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"Authorization": self.token}
        return checked(await self.http.post(f"/v1/{self.client_id}/{path}", json=body, headers=headers))

    async def add_user(self, name: str, *, role: str, permission: str) -> str:
        """Returns the user's id; the number makes the same person a new one in every run."""
        number = ids.new_id()
        body = {
            "name": name,
            "role": role,
            "permission": permission,
            "clientUserId": number,
            "timeZone": "UTC",
        }
        made = await self._post("users", {**body, "email": f"{number}@demo.example"})
        return str(made["userId"])

    async def schedule(self, teacher: str, title: str) -> Any:
        """One class that starts now."""
        starts = (await self._now()).strftime("%Y-%m-%dT%H:%M:%SZ")
        body = {"title": title, "startTime": starts, "timeZoneId": "UTC", "duration": 30, "type": "oneTime"}
        return await self._post(teacher, body)

    async def _now(self) -> datetime:
        """What the tenant's clock says: somebody may have moved that of the development tenant."""
        if self.client_id != MERITHUB_ID:
            return SystemClock().now()
        headers = {"authorization": f"Bearer {self.admin_token}"}
        clock = checked(await self.http.get(f"/_/admin/v1/tenants/{TENANT}/clock", headers=headers))
        if clock["frozen"]:
            raise DemoFailed("the tenant's clock stands still: `homeroom clock run` lets it go on")
        return datetime.fromisoformat(clock["now"])

    async def add_students(self, class_id: str, students: list[str], link: str) -> list[str]:
        """Their own links, in order."""
        users = [{"userId": user, "userLink": link, "userType": "su"} for user in students]
        return [str(seat["userLink"]) for seat in await self._post(f"{class_id}/users", {"users": users})]


@dataclass
class Seat:
    """One person at a join page, who counts the seconds they were there."""

    name: str
    user_id: str
    page: str
    socket_url: str
    trust: ssl.SSLContext | None = None
    participant_id: str = ""
    seconds: float = 0.0
    _since: float | None = None
    _connection: ClientConnection | None = None
    _heard: "asyncio.Queue[dict[str, Any] | None]" = field(default_factory=asyncio.Queue)
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    @classmethod
    async def taken(cls, client: MeritHubClient, name: str, user_id: str, link: str) -> Self:
        """Opens the join page and enters the room whose socket the page names."""
        page = str(client.http.base_url.join(f"/info/room/{client.client_id}/{link}"))
        answer = await client.http.get(page)
        found = SOCKET.search(answer.text)
        if not answer.is_success or found is None:
            raise DemoFailed(f"the join page {page} answers {answer.status_code} and names no socket.")
        url = urljoin(page, html.unescape(found[1]))
        seat = cls(name, user_id, page, re.sub(r"^http", "ws", url), client.trust)
        await seat.enter()
        return seat

    async def enter(self) -> None:
        """Connects and says hello; the room's welcome says who we are."""
        self._heard = asyncio.Queue()
        self._connection = await connect(self.socket_url, ssl=self.trust)
        self._tasks = [asyncio.create_task(self._listen(self._connection)), asyncio.create_task(self._beat())]
        await self.send("hello", v=1, tab=ids.new_id())
        welcome = await self.expect("welcome")
        self.participant_id = str(welcome["you"]["participant_id"])

    async def send(self, kind: str, **values: Any) -> None:
        if self._connection is None:
            raise DemoFailed(f"{self.name} is not connected.")
        await self._connection.send(json.dumps({"type": kind, **values}))

    async def expect(self, kind: str) -> dict[str, Any]:
        """Reads on until a message of the kind; a refusal or the end of the connection is a failure."""
        while True:
            message = await loops.within(ANSWER, self._heard.get())
            if message is None or message["type"] == "refused":
                raise DemoFailed(
                    f"{self.name} waited for `{kind}` and got {message or 'a closed connection'}."
                )
            if message["type"] == kind:
                return message

    async def until_ended(self) -> None:
        """Reads on until the class is over, whether the room says so or closes the connection first."""
        while (message := await loops.within(ANSWER, self._heard.get())) is not None:
            if message["type"] in {"ended", "closed"}:
                break
        self.stop_counting()

    def begin_counting(self) -> None:
        self._since = time.monotonic()

    def stop_counting(self) -> None:
        if self._since is not None:
            self.seconds += time.monotonic() - self._since
            self._since = None

    async def leave(self) -> None:
        """Takes leave and closes; does nothing when the room has closed the connection already."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with suppress(ConnectionClosed):
            await connection.send(json.dumps({"type": "leave"}))
        await connection.close()
        self.stop_counting()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self, connection: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for frame in connection:
                self._heard.put_nowait(json.loads(frame))
        self._heard.put_nowait(None)

    async def _beat(self) -> None:
        with suppress(ConnectionClosed, DemoFailed):
            while True:
                await loops.pause(BEAT)
                await self.send("beat")


async def _credentials(http: httpx.AsyncClient, settings: Settings) -> tuple[str, str]:
    """The well-known pair, or, on a server with real secrets, that of a tenant made for the demo."""
    if settings.development:
        return MERITHUB_ID, MERITHUB_SECRET
    headers = {"Authorization": f"Bearer {settings.admin_token}"}
    ping_url = str(http.base_url.join(INBOX))
    demo = {"name": "Demo", "test": True, "allow_private": True, "merithub": {"ping_url": ping_url}}
    made = checked(await http.post("/_/admin/v1/tenants", json=demo, headers=headers))
    merithub = made["credentials"]["merithub"]
    return merithub["client_id"], merithub["client_secret"]
