"""A tenant of its own on a running server, its clock in the test's hands, its pings in the built-in inbox."""

import json
from typing import Any, Protocol

import httpx
from jose import jws
from person import Person

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Running(Protocol):
    """A server that can be called."""

    @property
    def base_url(self) -> str: ...
    @property
    def api(self) -> httpx.Client: ...
    @property
    def admin(self) -> dict[str, str]: ...


class School:
    """What a developer has in hand: the admin API, the vendor's API, people with browsers, the inbox."""

    def __init__(self, server: Running, clock: str, name: str = "journey") -> None:
        self.server, self.inbox = server, f"/_/inbox/{name}"
        tenant = {
            "name": name,
            "test": True,
            "allow_private": True,
            "clock": clock,
            "merithub": {"ping_url": f"{server.base_url}{self.inbox}"},
        }
        made = self._checked(server.api.post("/_/admin/v1/tenants", json=tenant, headers=server.admin))
        self.tenant_id: str = made["tenant_id"]
        self.credentials: dict[str, Any] = made["credentials"]
        self.client_id: str = made["credentials"]["merithub"]["client_id"]
        self._secret: str = made["credentials"]["merithub"]["client_secret"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the vendor's API, with a fresh token: months pass between two calls."""
        assertion = jws.sign({"iss": self.client_id}, self._secret, algorithm="HS256")
        form = {"grant_type": GRANT, "assertion": assertion}
        token = self._checked(self.server.api.post(f"/v1/{self.client_id}/api/token", data=form))
        headers = {"authorization": token["access_token"]}
        answer = self.server.api.request(method, f"/v1/{self.client_id}/{path}", json=body, headers=headers)
        return self._checked(answer)

    def advance(self, **far: Any) -> list[dict[str, Any]]:
        """Let time pass; what happened on the way."""
        url = f"/_/admin/v1/tenants/{self.tenant_id}/clock/advance"
        answer = self.server.api.post(url, json=far, headers=self.server.admin, timeout=120)
        rang: list[dict[str, Any]] = self._checked(answer)["rang"]
        return rang

    def person(self, link: str, tab: str) -> Person:
        """Somebody who is about to open their link."""
        return Person(self.server.base_url, link, tab, self.tenant_id)

    def pings(self) -> list[dict[str, Any]]:
        """All pings so far, in the order in which they arrived."""
        headers = {**self.server.admin, "accept": "application/json"}
        return [json.loads(item["body"]) for item in self.server.api.get(self.inbox, headers=headers).json()]

    @staticmethod
    def _checked(answer: httpx.Response) -> Any:
        assert answer.is_success, answer.text
        return answer.json()
