"""A customer's program that speaks Agora's REST API."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.kit.clock import Clock

LIFE = 10 * 86_400
GOLDEN = Path(__file__).parent / "golden"


@dataclass
class Program:
    """Calls one app; each call shows a fresh token of the server's user."""

    client: httpx.AsyncClient
    clock: Clock
    app_id: str
    certificate: str
    region: str = ""
    uid: str = "server_1"
    headers: dict[str, str] = field(default_factory=dict)

    def shown(self) -> dict[str, str]:
        """The headers of a token."""
        seal = Seal(self.app_id, self.certificate, int(self.clock.now().timestamp()), LIFE, 7)
        return {"x-agora-token": building.rtm_007(seal, self.uid), "x-agora-uid": self.uid}

    async def call(
        self, method: str, path: str, body: Any = None, *, polling: bool = False
    ) -> httpx.Response:
        """One call; `path` is what follows the app id."""
        where = "/edu/polling/apps" if polling else "/edu/apps"
        url = f"{self.region}{where}/{self.app_id}/{path}"
        return await self.client.request(method, url, json=body, headers=self.shown() | self.headers)

    async def done(self, method: str, path: str, body: Any = None, *, polling: bool = False) -> Any:
        """The data of a call that has to succeed."""
        answer = await self.call(method, path, body, polling=polling)
        assert answer.status_code == 200, answer.text
        said = answer.json()
        assert (said["code"], said["msg"]) == (0, "Success")
        assert isinstance(said["ts"], int)
        return said.get("data")

    async def refused(self, method: str, path: str, body: Any = None) -> tuple[int, int, str]:
        """HTTP status, code and message of a call that has to be refused."""
        answer = await self.call(method, path, body)
        said = answer.json()
        assert said["code"] != 0, answer.text
        return answer.status_code, said["code"], said["msg"]

    async def room(self, name: str = "algebra", **more: Any) -> str:
        """A small classroom of this id."""
        body = {"roomName": "Algebra", "roomType": 4} | more
        await self.done("POST", f"v2/rooms/{quote(name, safe='')}", body)
        return name

    async def events(self, room: str, **query: Any) -> list[tuple[int, dict[str, Any]]]:
        """The kind and the data of what happened in a room."""
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        page = await self.done("GET", f"v2/rooms/{room}/sequences?{asked}")
        return [(event["cmd"], event["data"]) for event in page["list"]]

    async def polled(self) -> list[tuple[str, int, int]]:
        """Room, kind and number of what was not handed out yet."""
        listed = await self.done("GET", "v2/rooms/sequences", polling=True)
        return [(event["roomUuid"], event["cmd"], event["sequence"]) for event in listed]


def golden(name: str) -> Any:
    """The vendor's own example."""
    return json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))


def same_shape(shown: Any, example: Any) -> None:
    """The keys of the vendor's example, no more and no fewer, with values of the same kind."""
    assert _shape(shown) == _shape(example)


def _shape(value: Any) -> Any:
    match value:
        case dict():
            return {key: _shape(inner) for key, inner in value.items()}
        case list():
            return [_shape(inner) for inner in value]
        case _:
            return type(value).__name__
