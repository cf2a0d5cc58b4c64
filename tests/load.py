"""Programs of customers at work: lessons in rooms, classes that are moved again and again, a polled feed."""

import contextlib
import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Self

import httpx
from homeroom import ADMIN
from jose import jws
from sink import Sink
from waiting import eventually

from app.bootstrap import AGORA_CERTIFICATE, AGORA_ID, MERITHUB_ID, MERITHUB_SECRET, TENANT
from app.dialects.agora import building
from app.dialects.agora.building import Seal

ROOMS = f"/edu/apps/{AGORA_ID}/v2/rooms"
FEED = f"/edu/polling/apps/{AGORA_ID}/v2/rooms/sequences"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
FIRST = datetime(2040, 1, 1)  # noqa: DTZ001 - wall time of the class
PACE, PATIENCE, MESSAGES = 0.02, 60.0, 3
UNSURE = 503


class Load:
    """What was asked for and acknowledged. Whoever gets no answer, or a 503, asks another server again."""

    def __init__(self, base_urls: Sequence[str], sink: Sink) -> None:
        self.sink = sink
        self.odd: list[str] = []
        """Answers that should not have come."""
        self.unsure = 0
        self.said: dict[str, list[str]] = defaultdict(list)
        """Of each room whose lesson is over what was said in it."""
        self.edits: dict[str, list[str]] = {}
        """Of each class the instants to which it was moved."""
        self.polled: list[tuple[str, int]] = []
        self._urls = itertools.cycle(base_urls)
        self._client = httpx.Client(timeout=15, trust_env=False, limits=httpx.Limits(max_connections=50))
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(16)
        self._running: list[Future[None]] = []
        seal = Seal(AGORA_ID, AGORA_CERTIFICATE, int(time.time()), 3600, 7)
        self._agora = {"x-agora-token": building.rtm_007(seal, "server"), "x-agora-uid": "server"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown()
        self._client.close()

    def start(self, *, teachers: int = 3, editors: int = 3) -> None:
        """Let them begin: the pings go to the sink."""
        change = {"merithub": {"ping_url": self.sink.url}}
        self._insist("PATCH", f"/_/admin/v1/tenants/{TENANT}", ADMIN, change)
        assertion = jws.sign({"iss": MERITHUB_ID, "expiry": 3600}, MERITHUB_SECRET, algorithm="HS256")
        form = {"grant_type": GRANT, "assertion": f"Bearer {assertion}"}
        token = self._client.post(f"{next(self._urls)}/v1/{MERITHUB_ID}/api/token", data=form).json()
        self._merithub = {"authorization": token["access_token"]}
        person = {"name": "Ms Teach", "role": "C", "permission": "CC"}
        self._teacher = self._insist("POST", f"/v1/{MERITHUB_ID}/users", self._merithub, person)["userId"]
        for number in range(teachers):
            self._go(self._teach, f"room-{number}")
        for _ in range(editors):
            self._go(self._edit)
        self._go(self._poll)

    def finish(self) -> None:
        """Let them end what they are at."""
        self._stop.set()
        for running in self._running:
            running.result()

    def _go(self, act: Callable[..., None], *values: Any) -> None:
        self._running.append(self._pool.submit(act, *values))

    def _call(self, method: str, path: str, headers: dict[str, str], body: Any) -> httpx.Response | None:
        """The answer; None where nobody knows whether it happened."""
        try:
            answer = self._client.request(method, next(self._urls) + path, json=body, headers=headers)
        except httpx.TransportError:
            answer = None
        if answer is None or answer.status_code == UNSURE:
            self.unsure += 1
            return None
        return answer

    def _insist(
        self, method: str, path: str, headers: dict[str, str], body: Any = None, *, once: bool = False
    ) -> Any:
        """Ask until it is acknowledged; where it happens `once` only, a later try may find it done."""
        deadline, tries = time.monotonic() + PATIENCE, 0
        while time.monotonic() < deadline:
            answer = self._call(method, path, headers, body)
            if answer is not None:
                if not (answer.is_success or (once and tries and answer.status_code == httpx.codes.CONFLICT)):
                    message = f"{method} {path}: {answer.status_code} {answer.text}"
                    raise AssertionError(message)
                return answer.json()
            tries += 1
            self._stop.wait(PACE)
        message = f"{method} {path} was never acknowledged"
        raise AssertionError(message)

    def _teach(self, name: str) -> None:
        """One room after the other: a lesson begins, things are said, it ends."""
        for number in itertools.count():
            room = f"{ROOMS}/{name}-{number}"
            self._insist("POST", room, self._agora, {"roomName": "R", "roomType": 4}, once=True)
            self._insist("PUT", f"{room}/users/ada", self._agora, {"role": 1})
            self._insist("PUT", f"{room}/states/1", self._agora, once=True)
            for message in range(MESSAGES):
                self._say(f"{name}-{number}", str(message))
            self._insist("PUT", f"{room}/states/2", self._agora, once=True)
            if self._stop.wait(PACE):
                return

    def _say(self, room: str, message: str) -> None:
        for number in itertools.count():
            text = f"{message}, try {number}"
            said = {"message": text, "type": 1}
            answer = self._call("POST", f"{ROOMS}/{room}/from/ada/chat", self._agora, said)
            if answer is not None:
                if answer.is_success:
                    self.said[room].append(text)
                else:
                    self.odd.append(f"chat: {answer.status_code} {answer.text}")
                return

    def _edit(self) -> None:
        """One class, moved a minute further each time."""
        plan = {"title": "Algebra", "startTime": FIRST.isoformat(), "timeZoneId": "UTC"}
        made = self._insist("POST", f"/v1/{MERITHUB_ID}/{self._teacher}", self._merithub, plan)
        moved = self.edits[made["classId"]] = []
        path = f"/v1/{MERITHUB_ID}/{made['classId']}"
        for minute in itertools.count(1):
            instant = (FIRST + timedelta(minutes=minute)).isoformat()
            answer = self._call("PUT", path, self._merithub, {"startTime": instant, "timeZoneId": "UTC"})
            if answer is not None:
                if answer.is_success:
                    moved.append(instant)
                else:
                    self.odd.append(f"edit: {answer.status_code} {answer.text}")
            if self._stop.wait(PACE):
                return

    def _poll(self) -> None:
        while not self._stop.wait(5 * PACE):
            self._take()

    def _take(self) -> int:
        """How many events a poll handed out."""
        answer = self._call("GET", FEED, self._agora, None)
        if answer is None:
            return -1
        if not answer.is_success:
            self.odd.append(f"poll: {answer.status_code} {answer.text}")
            return -1
        events = answer.json()["data"]
        self.polled += [(one["roomUuid"], one["sequence"]) for one in events]
        return len(events)

    # ---- What has to hold afterwards.

    def everything_is_there(self) -> None:
        """Each write that was acknowledged can be read, and no answer was anything but yes or a 503."""
        assert self.odd == []
        for room, texts in self.said.items():
            events = self._insist("GET", f"{ROOMS}/{room}/sequences", self._agora)["data"]["list"]
            heard = [event["data"].get("message") for event in events]
            assert [text for text in heard if text in texts] == texts
        for class_id, moved in self.edits.items():
            shown = self._insist("GET", f"/v1/{MERITHUB_ID}/{class_id}", self._merithub)
            assert shown["startTime"][:19] >= moved[-1]

    def every_ping_arrives_in_order(self, seconds: float) -> None:
        """At least once and each class's in order; those that came twice were the same."""

        with contextlib.suppress(AssertionError):
            eventually(lambda: not self._missing(), "every ping has arrived", seconds)
        missing = self._missing()
        assert missing == [], missing
        self.sink.repeated()
        for class_id, words in self._told().items():
            if class_id in self.edits:
                assert [at for _, at in words] == sorted({at for _, at in words})
            else:
                assert [word for word, _ in words if word in ("lv", "cp")] == ["lv", "cp"]
                assert words[0][0] == "lv"

    def _missing(self) -> list[str]:
        """Of which class what has not arrived."""
        told = self._told()
        begun = {class_id: dict(words) for class_id, words in told.items() if words[0][0] == "lv"}
        moves = [
            f"{class_id} at {at}"
            for class_id, moved in self.edits.items()
            for at in sorted({*moved} - {at for _, at in told.get(class_id, [])})
        ]
        ends = [f"{class_id}: cp" for class_id, words in begun.items() if "cp" not in words]
        return [*moves, *ends, *["lv"] * (len(self.said) - len(begun))]

    def _told(self) -> dict[str, list[tuple[str, str]]]:
        """Of each class what it was told, as (status or kind, start)."""
        return {
            class_id: [
                (one.said.get("status", one.said["requestType"]), one.said.get("startTime", ""))
                for one in mine
            ]
            for class_id, mine in self.sink.first_arrivals("classId").items()
        }

    def the_feed_was_handed_out_once(self) -> None:
        """No event came twice; one that never came was in an answer that was cut off on its way."""
        while self._take():
            continue
        assert len(self.polled) == len(set(self.polled))
        url = f"/_/admin/v1/tenants/{TENANT}/feed/polls?limit=500"
        handed_out = sum(poll["taken"] for poll in self._insist("GET", url, ADMIN)["polls"])
        written = sum(
            self._insist("GET", f"{ROOMS}/{room}/sequences", self._agora)["data"]["total"]
            for room in self.said
        )
        assert handed_out == written
        assert len(self.polled) <= written
