"""A class on a running server, and people who come into it."""

from typing import Any, Final

import aiohttp
from servers import token
from sockets import Tab

from app.bootstrap import MERITHUB_ID, TENANT
from app.kit import loops
from app.kit.clock import SystemClock

PATIENCE: Final = 120.0


async def scheduled(client: aiohttp.ClientSession, base: str) -> Any:
    """A class to come, as the vendor's API describes it."""
    headers = {"Authorization": await token(client, base)}
    site = f"{base}/v1/{MERITHUB_ID}"
    teacher = {"name": "Bench", "role": "C", "permission": "CC"}
    async with client.post(f"{site}/users", json=teacher, headers=headers) as answer:
        user = (await answer.json())["userId"]
    begins = SystemClock().now().replace(year=SystemClock().now().year + 1, day=1)
    plan = {"title": "Bench", "startTime": begins.isoformat(), "duration": 60}
    async with client.post(f"{site}/{user}", json=plan, headers=headers) as answer:
        return await answer.json()


async def entered(base: str, link: str, name: str) -> Tab:
    """Somebody in the room, welcomed. Nobody is to be sent away, however many come."""
    host, port = base.removeprefix("http://").split(":")
    tab = await Tab.open(host, int(port), f"/_/room/{TENANT}/{link}/socket")
    tab.send("hello", v=1, tab=name, name=f"Person of {name}")
    try:
        await loops.within(PATIENCE, tab.heard("welcome"))
    except ConnectionError:
        raise SystemExit(f"{name} is not let in: {tab.code}.") from None
    return tab
