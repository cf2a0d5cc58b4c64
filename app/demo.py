"""`homeroom demo`: a whole class in seconds, from outside: the public API, the join pages, sockets."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from app import tls
from app.demo_client import DemoFailed, MeritHubClient, Seat, inbox_of, say
from app.kit import loops
from app.settings import Settings

__all__ = ["DemoFailed", "hold_class"]

ABSENCE = 2.0
TOLERANCE = 1.0
PATIENCE = 30.0
STUDENTS = ("Ada", "Ben", "Chen")


async def hold_class(base_url: str, settings: Settings) -> None:
    """Prints the story; raises DemoFailed with the reason when something is not as promised."""
    trust = tls.trust(settings)
    async with httpx.AsyncClient(base_url=base_url, timeout=15, verify=trust or True) as http:
        try:
            await _hold_class(http, settings, trust)
        except httpx.TransportError as error:
            raise DemoFailed(f"{base_url} does not answer ({error}). Is `make serve` running?") from error
        except TimeoutError as error:
            raise DemoFailed("the server let us wait too long.") from error


async def _hold_class(http: httpx.AsyncClient, settings: Settings, trust: ssl.SSLContext | None) -> None:
    client = await MeritHubClient.signed_in(http, settings, trust)
    say("Got a token; making a teacher and three students.")
    teacher = await client.add_user("Ms Teach", role="C", permission="CC")
    students = [await client.add_user(name, role="M", permission="CJ") for name in STUDENTS]
    scheduled = await client.schedule(teacher, "A first class")
    class_id = scheduled["classId"]
    links = await client.add_students(class_id, students, scheduled["commonLinks"]["commonParticipantLink"])
    say(f"Scheduled class {class_id}; everybody opens their join page.")
    seats = [await Seat.taken(client, "Ms Teach", teacher, scheduled["hostLink"])]
    for name, user, link in zip(STUDENTS, students, links, strict=True):
        seats.append(await Seat.taken(client, name, user, link))
    try:
        await _teach(seats)
    finally:
        await asyncio.gather(*(seat.leave() for seat in seats))
    await _check_pings(client, class_id, seats)


async def _teach(seats: list[Seat]) -> None:
    teacher, ada, ben, chen = seats
    await teacher.send("start")
    await asyncio.gather(*(seat.expect("started") for seat in seats))
    for seat in seats:
        seat.begin_counting()
    say("The class is live.")
    await teacher.send("say", text="Good morning, everybody!")
    await asyncio.gather(*(seat.expect("said") for seat in seats))
    await ada.send("say", text="Good morning!")
    await ben.send("say", text="May I ask something?", to=teacher.participant_id)
    await loops.pause(1.0)
    await chen.leave()
    say(f"Chen has lost the connection, and is back in {ABSENCE:.0f} seconds.")
    await loops.pause(ABSENCE)
    await chen.enter()
    chen.begin_counting()
    await loops.pause(1.0)
    await teacher.send("end")
    await asyncio.gather(*(seat.until_ended() for seat in seats))
    say("The teacher has ended the class. Waiting for the pings.")


async def _check_pings(client: MeritHubClient, class_id: str, seats: list[Seat]) -> None:
    wanted: dict[str, Callable[[dict[str, Any]], bool]] = {
        "classStatus lv": lambda ping: ping.get("status") == "lv",
        "classStatus cp": lambda ping: ping.get("status") == "cp",
        "attendance": lambda ping: ping.get("requestType") == "attendance",
        "chats": lambda ping: ping.get("requestType") == "chats",
    }
    pings = await eventually(lambda: _all_of(client, class_id, wanted), f"the pings {', '.join(wanted)}")
    for name, ping in pings.items():
        say(f"Ping: {name}\n{json.dumps(ping, indent=2)}")
    _check_attendance(pings["attendance"]["attendance"], seats)
    await _check_chat(client, pings["chats"]["chats"]["public"])
    say("Everything arrived, and the attendance is right. That is Homeroom.")


async def _all_of(
    client: MeritHubClient, class_id: str, wanted: dict[str, Callable[[dict[str, Any]], bool]]
) -> dict[str, dict[str, Any]] | None:
    bodies = [body for body in await inbox_of(client) if body.get("classId") == class_id]
    found = {name: next(filter(fits, bodies), None) for name, fits in wanted.items()}
    complete = {name: body for name, body in found.items() if body is not None}
    return complete if len(complete) == len(wanted) else None


async def eventually(look: Callable[[], Awaitable[Any]], what: str) -> Any:
    """Looks until there is something to see; what did not come in time is named."""
    for _ in range(int(PATIENCE / 0.25)):
        seen = await look()
        if seen is not None:
            return seen
        await loops.pause(0.25)
    raise DemoFailed(f"{what} did not arrive within {PATIENCE:.0f} seconds.")


def _check_attendance(rows: list[dict[str, Any]], seats: list[Seat]) -> None:
    for seat in seats:
        own = [row for row in rows if row["userId"] == seat.user_id]
        if len(own) != 1:
            raise DemoFailed(f"{seat.name} is in the attendance {len(own)} times, not once.")
        reported = own[0]["totalTime"]
        say(f"  {seat.name:9} was there {seat.seconds:5.2f} s, reported {reported} s")
        if abs(reported - seat.seconds) > TOLERANCE:
            raise DemoFailed(
                f"{seat.name} was present {seat.seconds:.2f} s, the attendance says {reported} s."
            )
    if len(rows) != len(seats):
        raise DemoFailed(f"the attendance has {len(rows)} rows for {len(seats)} people.")


async def _check_chat(client: MeritHubClient, url: str) -> None:
    answer = await client.http.get(url)
    if not answer.is_success:
        raise DemoFailed(f"the chat at {url} answers {answer.status_code}.")
    say(f"The public chat, from {url}\n{json.dumps(answer.json(), indent=2)}")
    if "Good morning, everybody!" not in answer.text or "May I ask" in answer.text:
        raise DemoFailed("the public chat does not hold what was said to everybody, and only that.")
