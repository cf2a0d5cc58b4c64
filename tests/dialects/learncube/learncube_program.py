"""A program that speaks the REST API with a tenant's key pair."""

import base64
import json
from pathlib import Path
from typing import Any

import httpx
from jose import jws

BASE = "/api/virtual-classroom"
GOLDEN = Path(__file__).parent / "golden"


def golden(name: str) -> Any:
    """A golden file."""
    return json.loads((GOLDEN / name).read_text("utf-8"))


def like(shown: Any, wanted: Any) -> Any:
    """The golden file with the uuids of what is shown, which no two runs share."""
    return wanted | {name: shown[name] for name in ("uuid", "event_uuid") if name in wanted}


class Program:
    """Calls in the name of a tenant, by Basic unless told otherwise."""

    def __init__(self, client: httpx.AsyncClient, public_key: str, private_key: str) -> None:
        self.client = client
        self.public_key = public_key
        self.private_key = private_key

    @property
    def basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.public_key}:{self.private_key}".encode()).decode()

    def signed(self, headers: dict[str, str] | None = None, **claims: Any) -> str:
        """A bearer of a token that the program signed itself."""
        return "Bearer " + str(jws.sign(claims, self.private_key, headers=headers, algorithm="HS256"))

    async def token(self) -> str:
        """A bearer of a token of the server's."""
        pair = {"api_public_key": self.public_key, "api_private_key": self.private_key}
        answer = await self.client.post(f"{BASE}/get-api-token/", json=pair)
        assert answer.status_code == 200, answer.text
        return f"Bearer {answer.json()['token']}"

    async def call(
        self, method: str, path: str, authorization: str | None = None, **more: Any
    ) -> httpx.Response:
        headers = {"authorization": self.basic if authorization is None else authorization}
        headers |= more.pop("headers", {})
        return await self.client.request(method, f"{BASE}/{path}", headers=headers, **more)

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.call("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def make(self, name: Any, **body: Any) -> Any:
        answer = await self.call("POST", "classrooms/", json={"room_token": name} | body)
        assert answer.status_code == 201, answer.text
        return answer.json()
