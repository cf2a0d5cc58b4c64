"""A program that speaks MeritHub: a token in hand, users and classes made through the API."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from jose import jws

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GOLDEN = Path(__file__).parent / "golden"


def golden(name: str) -> Any:
    """The vendor's own example."""
    return json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))


def shape(value: Any) -> Any:
    """Keys in their order and kinds of values, without the values."""
    match value:
        case dict():
            return [(key, shape(inner)) for key, inner in value.items()]
        case list():
            return [shape(inner) for inner in value]
        case _:
            return type(value).__name__


@dataclass
class Program:
    """A customer's program."""

    client: httpx.AsyncClient
    client_id: str
    client_secret: str
    token: str = ""

    def assertion(self, secret: str | None = None, algorithm: str = "HS256", **claims: Any) -> str:
        return jws.sign(
            {"iss": self.client_id, "expiry": 3600} | claims,
            secret or self.client_secret,
            algorithm=algorithm,
        )

    async def ask_token(self, assertion: str, **form: str) -> httpx.Response:
        data = {"grant_type": GRANT, "assertion": assertion} | form
        return await self.client.post(f"/v1/{self.client_id}/api/token", data=data)

    async def call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.client.request(
            method, f"/v1/{self.client_id}/{path}", json=body, headers={"authorization": self.token}
        )

    async def user(self, name: str = "Ada", **more: Any) -> str:
        answer = await self.call("POST", "users", {"name": name} | more)
        assert answer.status_code == 200, answer.text
        return answer.json()["userId"]

    async def schedule(self, owner: str, **more: Any) -> dict[str, Any]:
        body = {"title": "Algebra", "startTime": "2026-03-02T10:00:00Z"} | more
        answer = await self.call("POST", owner, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def shown(self, class_id: str) -> dict[str, Any]:
        return (await self.call("GET", class_id)).json()


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal, which always is the vendor's envelope."""
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), answer.text
    assert body["message"]
    assert body["traceId"]
    return body
