"""`homeroom listen`: a tenant's pings on a developer's machine, as they are made."""

import asyncio
import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.admin_command import DEVELOPMENT, PATIENCE, Server, Since, Tenant, of_tenant, told
from app.configuring import fail, read_settings

if TYPE_CHECKING:
    import httpx

LATE = timedelta(seconds=30)
"""So long after others a ping may show that was made before them, as its transaction took longer."""
LOOK_EVERY = 0.5
ANSWER_SECONDS = 15.0
MOST_SEEN = 20_000


@dataclass
class Place:
    """Where a listener is: it has heard all before `since`, and these after that, with their times."""

    since: str
    seen: dict[str, str] = field(default_factory=dict)

    def heard(self, page: list[Any]) -> None:
        """Note pings, and forget those that cannot show again."""
        self.seen |= {one["delivery_id"]: one["created_at"] for one in page}
        times = {name: datetime.fromisoformat(at) for name, at in self.seen.items()}
        since = max(datetime.fromisoformat(self.since), max(times.values()) - LATE)
        self.since = since.isoformat()
        self.seen = {name: self.seen[name] for name, at in times.items() if at >= since}

    @classmethod
    def kept(cls, file: Path | None) -> "Place | None":
        """The place that was kept there, if one was."""
        if file is None or not file.exists():
            return None
        try:
            return cls(**json.loads(file.read_text("utf-8")))
        except (ValueError, TypeError):
            fail(f"{file} is no place that a listener kept.")

    def keep(self, file: Path) -> None:
        """Keep it there, whole or not at all, whatever stops the program."""
        fresh = file.with_name(f"{file.name}.new")
        fresh.write_text(json.dumps({"since": self.since, "seen": self.seen}), "utf-8")
        fresh.replace(file)


def listen(  # noqa: PLR0913 - each value is an option by its name
    forward_to: Annotated[str, typer.Option(help="Where to post them, such as http://localhost:3000/pings.")],
    since: Since = None,
    kind: Annotated[str | None, typer.Option(help="Only these, such as classStatus.")] = None,
    classroom: Annotated[str | None, typer.Option("--class", help="Only those of this class.")] = None,
    receiver: Annotated[str | None, typer.Option(help="Only those to this receiver.")] = None,
    place: Annotated[
        Path | None, typer.Option(help="A file that keeps where it was, for going on from there.")
    ] = None,
    tenant: Tenant = DEVELOPMENT,
    base_url: Server = None,
) -> None:
    """Post a tenant's pings to your own machine as they are made: same bytes, same ids, signed now.

    It counts as no delivery and holds up none. Without --since it begins with what is made from now on; a
    server that restarts is waited for.
    """
    settings = read_settings()
    listener = Listener(
        url=f"{(base_url or settings.base_url).rstrip('/')}/_/admin/v1/{of_tenant(tenant, 'listen')}",
        headers={"authorization": f"Bearer {settings.admin_token}"},
        forward_to=forward_to,
        wanted={"kind": kind, "classroom_id": classroom, "receiver_id": receiver},
        at=Place.kept(place) or Place(since or "0s"),
        file=place,
    )
    try:
        asyncio.run(_listen(listener))
    except KeyboardInterrupt:
        print(f"\nGo on from here with --since {listener.at.since}")


async def _listen(listener: "Listener") -> None:
    import httpx

    from app import tls
    from app.kit import loops

    trust = tls.trust(read_settings()) or True
    async with httpx.AsyncClient(verify=trust, trust_env=False) as client:
        await listener.begin(client)
        while True:
            if not await listener.look(client):
                await loops.pause(LOOK_EVERY)


@dataclass
class Listener:
    """Asks a server for pings, posts them, and remembers where it is."""

    url: str
    headers: dict[str, str]
    forward_to: str
    wanted: dict[str, Any]
    at: Place
    file: Path | None

    async def begin(self, client: "httpx.AsyncClient") -> None:
        """Find out what the beginning is by the tenant's clock; the server has to be there."""
        answer = await self._ask(client, limit=1)
        if answer is None:
            fail(f"{self.url} does not answer. Is the server running?")
        self.at.since = answer["since"]
        print(f"Listening since {self.at.since}, posting to {self.forward_to}", flush=True)
        if not answer["receivers"]:
            print("This tenant has no receiver, so no pings are made: set a ping URL first.", flush=True)

    async def look(self, client: "httpx.AsyncClient") -> bool:
        """Post what there is; false when that was nothing, or the server is away."""
        answer = await self._ask(client)
        if answer is None or not answer["heard"]:
            return False
        for one in answer["heard"]:
            print(f"{_line(one)}  {await self._forward(client, one)}", flush=True)
        self.at.heard(answer["heard"])
        if self.file is not None:
            self.at.keep(self.file)
        return True

    async def _ask(self, client: "httpx.AsyncClient", limit: int = 100) -> Any:
        """What there is to hear; None while the server is away."""
        import httpx

        place = {"since": self.at.since, "seen": list(self.at.seen)[-MOST_SEEN:], "limit": limit}
        try:
            answer = await client.post(
                self.url, json=self.wanted | place, headers=self.headers, timeout=PATIENCE
            )
        except httpx.InvalidURL as error:
            fail(f"{self.url}: {error}")
        except httpx.TransportError:
            return None
        return None if answer.is_server_error else told(answer)

    async def _forward(self, client: "httpx.AsyncClient", one: Any) -> str:
        """Post a ping; what came back, in words."""
        import httpx

        from app.kit.outbound import AGENT, with_query

        url, body = with_query(self.forward_to, one["query"]), base64.b64decode(one["body"])
        headers = {"user-agent": AGENT} | one["headers"]
        try:
            answer = await client.post(url, content=body, headers=headers, timeout=ANSWER_SECONDS)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            return f"no answer: {type(error).__name__} {error}".rstrip()
        return f"{answer.status_code} in {answer.elapsed.total_seconds() * 1000:.0f} ms"


def _line(one: Any) -> str:
    return "  ".join(
        (one["created_at"][11:19], one["kind"], one["classroom_id"] or "-", one["delivery_id"], "->")
    )
