"""One request for each of MeritHub's operations and for what others ask often, for tenants of any size."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp
from filling import EVERY, NUMBERED, ROOM_NAME, SOMEBODY, Model
from jose import jwt

from app.bootstrap import AGORA_ID, LEARNCUBE_PRIVATE, LEARNCUBE_PUBLIC, MERITHUB_ID, MERITHUB_SECRET
from app.dialects.base import Facts
from app.dialects.merithub.bodies import PUBLIC, chat_link
from app.greeting import GRANT
from app.kit.ids import new_id
from app.kit.signing import sign_link


@dataclass(frozen=True)
class Side:
    """A tenant on a server of its own; `number` spreads the rounds of a measurement over it."""

    name: str
    base: str
    size: int
    model: Model
    signing_secret: str
    headers: dict[str, str]
    files: list[str] = field(default_factory=list)
    """The ids of the files that the measurement itself put into the drive."""

    def file(self, round_: int) -> str:
        """A file of the drive, another one in each round."""
        return self.files[round_ % len(self.files)]

    def number(self, round_: int) -> int:
        """A copy of the tenant, another one in each round."""
        return round_ * 7919 % self.size

    def user(self, number: int) -> str:
        """The id of a user."""
        return self.model.copy(self.model.user_id, number % self.size)

    def waiting(self, round_: int) -> str:
        """A class to come, another one in each round of a small tenant's."""
        place = round_ * (self.size // 100)
        own = place // (EVERY - 2) * EVERY + 2 + place % (EVERY - 2)
        return self.model.copy(self.model.waiting_id, own)

    def held(self, round_: int, original: str) -> str:
        """What belongs to a class that was held."""
        number = self.number(round_)
        return self.model.copy(original, number - number % EVERY)

    def room(self, round_: int, name: str = ROOM_NAME) -> str:
        """A room's name, or that of somebody in it."""
        number = self.number(round_)
        return self.model.copy(name, number - number % EVERY + 1)


@dataclass(frozen=True)
class Asked:
    """A request, below the client's path unless it begins with a slash."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    form: dict[str, str] | None = None
    upload: bytes | None = None
    auth: aiohttp.BasicAuth | None = None

    async def of(self, client: aiohttp.ClientSession, side: Side) -> None:
        """Ask, and read the answer to its end."""
        path = self.path if self.path.startswith("/") else f"/v1/{MERITHUB_ID}/{self.path}"
        url = f"{side.base}{path}"
        headers = {} if self.form or self.auth else side.headers
        data = self._multipart() if self.upload else self.form
        async with client.request(
            self.method,
            url,
            json=self.body,
            data=data,
            headers=headers,
            auth=self.auth,
            allow_redirects=False,
        ) as answer:
            text = await answer.read()
            if answer.status != 200:  # noqa: PLR2004 - the vendor's only success
                raise SystemExit(f"{self.method} {url} answers {answer.status}: {text[:300]!r}")
            if self.upload:
                side.files.append(json.loads(text)["fileId"])

    def _multipart(self) -> aiohttp.FormData:
        form = aiohttp.FormData({"title": "Bench", "public": "true"})
        form.add_field("file", self.upload, filename="bench.txt")
        return form


Scenario = Callable[[Side, int], Asked]


def _token(side: Side, round_: int) -> Asked:
    del side, round_
    assertion = jwt.encode({"iss": MERITHUB_ID}, MERITHUB_SECRET, algorithm="HS256")
    return Asked("POST", "api/token", form={"grant_type": GRANT, "assertion": assertion})


def _people(side: Side, round_: int) -> list[str]:
    """Two who are not in the class of this round."""
    own = int(side.waiting(round_)[:NUMBERED]) // 10
    return [side.user(own + more) for more in (31, 37)]


def _add(side: Side, round_: int) -> Asked:
    body = {"users": [{"userId": one} for one in _people(side, round_)]}
    return Asked("POST", f"{side.waiting(round_)}/users", body)


def _chat(side: Side, round_: int) -> Asked:
    facts = Facts(MERITHUB_ID, "", side.signing_secret)
    return Asked("GET", chat_link(facts, side.held(round_, side.model.lesson_id), PUBLIC))


def _calendar(side: Side, round_: int) -> Asked:
    user = side.user(side.number(round_))
    signature = sign_link(side.signing_secret, "calendar", user, "0")
    return Asked("GET", f"calendar/{user}.ics?signature={signature}")


def _find(words: str) -> Scenario:
    def ask(side: Side, round_: int) -> Asked:
        return Asked("GET", f"users?query={quote(words.format(number=side.number(round_)))}")

    return ask


EDU = f"/edu/apps/{AGORA_ID}/v2/rooms"
KEYS = aiohttp.BasicAuth(LEARNCUBE_PUBLIC, LEARNCUBE_PRIVATE)
PLAN = {"title": "Bench", "startTime": "2099-10-05T15:29:00+05:30", "duration": 60}
PERSON = {"name": "Bench", "role": "M", "permission": "CJ"}

# In this order: what is added is taken out again, and what is deleted goes last.
SCENARIOS: dict[str, Scenario] = {
    "POST api/token": _token,
    "POST users": lambda _s, _n: Asked("POST", "users", PERSON | {"clientUserId": new_id()}),
    "GET users (by email)": _find("{number:06}0@bench.example"),
    "GET users (by clientUserId)": _find("{number:06}0-bench"),
    "GET users (by part of the name)": _find("cher {number:06}"),
    "GET users (by a part that hundreds have)": _find("TEACH"),
    "GET users (by a part that nobody has)": _find("nobody at all"),
    "PUT users/{user_id}": lambda s, n: Asked("PUT", f"users/{s.user(s.number(n))}", {"title": f"No. {n}"}),
    "PUT users/{user_id} (with clientUserId)": lambda s, n: Asked(
        "PUT", f"users/{s.user(s.number(n))}", {"clientUserId": f"{s.number(n):06}0-bench"}
    ),
    "GET users/{user_id}/calendar": lambda s, n: Asked("GET", f"users/{s.user(s.number(n))}/calendar"),
    "GET calendar/{user_id}.ics": _calendar,
    "POST {user_id}": lambda s, n: Asked("POST", s.user(s.number(n)), PLAN),
    "GET {class_id}": lambda s, n: Asked("GET", s.waiting(n)),
    "PUT {class_id}": lambda s, n: Asked("PUT", s.waiting(n), {"title": f"No. {n}"}),
    "GET {any_id}/status": lambda s, n: Asked("GET", f"{s.user(0)}/status?classId={s.waiting(n)}"),
    "POST {class_id}/users": _add,
    "GET /info/room/{client_id}/{link}": lambda s, n: Asked(
        "GET", f"/info/room/{MERITHUB_ID}/{s.model.copy(s.model.host_link, 10 * (s.number(n) // 10) + 2)}"
    ),
    "POST {class_id}/removeuser": lambda s, n: Asked(
        "POST", f"{s.waiting(n)}/removeuser", {"users": _people(s, n)}
    ),
    "GET {class_id}/attendance": lambda s, n: Asked("GET", f"{s.held(n, s.model.held_id)}/attendance"),
    "GET {class_id}/recordings": lambda s, n: Asked("GET", f"{s.held(n, s.model.held_id)}/recordings"),
    "GET {class_id}/chats": lambda s, n: Asked("GET", f"{s.held(n, s.model.held_id)}/chats"),
    "GET chats/{sub_class_id}/{thread}": _chat,
    "POST users/{user_id}/calendar": lambda s, n: Asked("POST", f"users/{s.user(s.number(n))}/calendar"),
    "POST drive/files": lambda _s, _n: Asked("POST", "drive/files", upload=b"Good morning, everybody!"),
    "GET drive/files": lambda _s, _n: Asked("GET", "drive/files?public=true"),
    "GET drive/files/{file_id}": lambda s, n: Asked("GET", f"drive/files/{s.file(n)}"),
    "GET drive/files/{file_id}/content": lambda s, n: Asked("GET", f"drive/files/{s.file(n)}/content"),
    "POST {class_id}/files": lambda s, n: Asked("POST", f"{s.waiting(n)}/files", {"fileIds": [s.file(n)]}),
    "GET {class_id}/files": lambda s, n: Asked("GET", f"{s.waiting(n)}/files"),
    "DELETE {class_id}/files/{file_id}": lambda s, n: Asked("DELETE", f"{s.waiting(n)}/files/{s.file(n)}"),
    "DELETE drive/files/{file_id}": lambda s, n: Asked("DELETE", f"drive/files/{s.file(n)}"),
    "Agora: sequences of a room": lambda s, n: Asked("GET", f"{EDU}/{s.room(n)}/sequences?nextId=1"),
    "Agora: a user of a room": lambda s, n: Asked("GET", f"{EDU}/{s.room(n)}/users/{s.room(n, SOMEBODY)}"),
    "Agora: change a room's properties": lambda s, n: Asked(
        "PUT", f"{EDU}/{s.room(n)}/properties", {"properties": {"page": n}}
    ),
    "Agora: poll the app": lambda _s, _n: Asked("GET", f"/edu/polling/apps/{AGORA_ID}/v2/rooms/sequences"),
    "LearnCube: the Class Log": lambda _s, _n: Asked("GET", "/api/virtual-classroom/logs", auth=KEYS),
    "DELETE {class_id}": lambda s, n: Asked("DELETE", s.waiting(n)),
    "DELETE users/{user_id}": lambda s, n: Asked("DELETE", f"users/{s.user(s.size - 1 - n)}"),
}
