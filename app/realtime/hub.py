"""Carries what happened in a room to the sockets in it: one reader of the ledger per room and process."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.events import queries as ledger
from app.domain.events.tables import Event
from app.domain.tenants import queries as tenants
from app.kit import loops
from app.kit.allowance import Allowance
from app.kit.bell import Bell
from app.kit.sockets import Text
from app.kit.work import Works
from app.realtime.entrances import Entrances
from app.realtime.exits import Exits
from app.realtime.pace import Paces
from app.realtime.protocol import CloseCode, Closed, Ended, PutOut, Removed, Said, Told
from app.realtime.sayings import Sayings
from app.realtime.signs import Signs
from app.realtime.telling import LINKED, latest, told
from app.rules.presence import LeaveReason

QUEUE = 1024
AT_ONCE = 32 * 1024
MOST_TABS = 10
"""Sockets of one person in a room and process; who opens more begins anew with one."""
ENDS = (Ended, Closed, Removed, PutOut)
# A ring may be lost with a database connection, so every room also looks by itself.
LOOK_EVERY = 15.0


@dataclass(frozen=True)
class Ending:
    """How a socket ends: its close code and, where its visit ends with it, why and when."""

    code: int
    visit: LeaveReason | None = None
    at: datetime | None = None
    seq: int = 0
    """The event that ends it, where that concerns only who was there before it; else 0."""


@dataclass(frozen=True)
class Push:
    """A frame on its way to a socket; `seq` is 0 where it is no event."""

    seq: int
    text: Text


@dataclass(eq=False)
class Seat:
    """A socket's place in a room: what waits to be sent, and how it ended."""

    participant_id: str
    tab: str
    queue: asyncio.Queue[Push | Ending] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    over: asyncio.Future[Ending] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def push(self, item: Push | Ending) -> None:
        """Queue a frame, or the end after all frames before it; a socket that does not keep up is dropped."""
        try:
            self.queue.put_nowait(item)
        except asyncio.QueueFull:
            self.cut(Ending(CloseCode.TOO_SLOW, LeaveReason.DROPPED))

    async def waiting(self) -> list[Push | Ending]:
        """All that is queued, at least one thing; no more than fits into some packets, up to an end."""
        items = [await self.queue.get()]
        size = 0
        while isinstance(item := items[-1], Push) and not self.queue.empty():
            size += len(item.text.text)
            if size > AT_ONCE:
                break
            items.append(self.queue.get_nowait())
        return items

    def tell(self, message: Told) -> None:
        """Queue an answer that is no event."""
        self.push(Push(0, Text(message.text())))

    def cut(self, ending: Ending) -> None:
        """End the socket now, whatever is queued."""
        if not self.over.done():
            self.over.set_result(ending)


@dataclass(eq=False)
class Room:
    """The sockets of one classroom in this process, and how far its ledger was read."""

    tenant_id: str
    classroom_id: str
    secret: str = ""
    """The tenant's, for links to files."""
    seats: set[Seat] = field(default_factory=set)
    expected: int = 0
    seq: int = 0
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    reader: asyncio.Task[None] | None = None


class Hub:
    """All rooms that have a socket in this process; those of other processes are reached by the ledger."""

    def __init__(self, works: Works, bell: Bell, guests_per_minute: int = 0) -> None:
        self._works = works
        self._bell = bell
        self.entrances, self.exits = Entrances(works, Allowance(guests_per_minute)), Exits(works)
        self.sayings, self.signs = Sayings(works), Signs(works)
        self.paces = Paces()
        self._rooms: dict[tuple[str, str], Room] = {}
        self._stopping = False
        self._errands: set[asyncio.Task[None]] = set()

    def send_out(self, errand: Coroutine[Any, Any, None]) -> None:
        """Do something that takes a while, whatever becomes of the socket that wanted it."""
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def start(self) -> None:
        """Take sockets."""
        self._stopping = False

    async def stop(self) -> None:
        """Send all sockets away to come back; their visits stay open for the same tabs to continue."""
        self._stopping = True
        for errand in self._errands:
            errand.cancel()
        rooms = list(self._rooms.values())
        for room in rooms:
            for seat in room.seats:
                seat.cut(Ending(CloseCode.RESTARTING))
            room.stop.set()
        await asyncio.gather(*(room.reader for room in rooms if room.reader is not None))

    @property
    def sockets(self) -> int:
        """How many sockets are seated."""
        return sum(len(room.seats) for room in self._rooms.values())

    @asynccontextmanager
    async def seat(
        self, tenant_id: str, classroom_id: str, participant_id: str, tab: str
    ) -> AsyncIterator[Seat]:
        """A place in the room. Take it before reading the room's state: what happens meanwhile queues up."""
        key = (tenant_id, classroom_id)
        room = self._rooms.setdefault(key, Room(tenant_id, classroom_id))
        room.expected += 1
        seat = Seat(participant_id, tab)
        try:
            async with room.opening:
                if room.reader is None:
                    await self._open(room)
            mine = [other for other in room.seats if other.participant_id == participant_id]
            for other in mine:
                if other.tab == tab or len(mine) >= MOST_TABS:
                    other.cut(Ending(CloseCode.DISPLACED))
            room.seats.add(seat)
            if self._stopping:
                seat.cut(Ending(CloseCode.RESTARTING))
            yield seat
        finally:
            room.seats.discard(seat)
            room.expected -= 1
            if not room.expected:
                self._rooms.pop(key, None)
                room.stop.set()

    async def _open(self, room: Room) -> None:
        async with self._works.begin() as work:
            room.seq = await ledger.last_seq(work, room.tenant_id, room.classroom_id)
            room.secret = await tenants.signing_secret(work, room.tenant_id)
        room.reader = asyncio.create_task(self._read(room))

    async def _read(self, room: Room) -> None:
        async def tick() -> int:
            return await self._carry(room)

        topics = f"room:{room.tenant_id}:{room.classroom_id}", f"tenant:{room.tenant_id}"
        with self._bell.listening(*topics) as wake:
            await loops.forever(tick, wake, room.stop, LOOK_EVERY)

    async def _carry(self, room: Room) -> int:
        async with self._works.begin() as work:
            news = await ledger.news(work, room.tenant_id, room.classroom_id, room.seq)
            if any(event.kind in LINKED for event in news.events):
                # It may have been changed since the room was opened.
                room.secret = await tenants.signing_secret(work, room.tenant_id)
        if news.last_seq < room.seq:
            # Numbers never fall: the classroom was deleted, and its ledger with it.
            for seat in tuple(room.seats):
                seat.tell(Closed(reason="deleted"))
                seat.push(Ending(CloseCode.REFUSED))
        for event in latest(news.events):
            room.seq = event.seq
            _hand_out(event, room.secret, tuple(room.seats))
        return len(news.events)


def _hand_out(event: Event, secret: str, seats: tuple[Seat, ...]) -> None:
    message = told(event, secret)
    if message is None:
        return
    push = Push(event.seq, Text(message.text()))
    readers = _readers(event) if isinstance(message, Said) else None
    for seat in seats:
        if readers is None or seat.participant_id in readers:
            seat.push(push)
            ending = _ending(message, seat, event) if isinstance(message, ENDS) else None
            if ending is not None:
                seat.push(ending)


def _readers(event: Event) -> set[str] | None:
    """Who hears what was said; None is everybody."""
    said = event.data
    if said.get("readers") is not None:
        return set(said["readers"])
    return {said["to"], said["participant_id"]} if said.get("to") is not None else None


def _ending(message: Told, seat: Seat, event: Event) -> Ending | None:
    at = event.at
    match message:
        case Ended(stays=False):
            # Who was let in after that came into a class that stays open.
            return Ending(CloseCode.CLASS_ENDED, LeaveReason.ENDED, at, event.seq)
        case Closed():
            return Ending(CloseCode.REFUSED, LeaveReason.ENDED, at, event.seq)
        case Removed(participant_id=seat.participant_id):
            return Ending(CloseCode.REMOVED, LeaveReason.KICKED, at, event.seq)
        case PutOut(participant_id=seat.participant_id):
            # The visit is closed already, and whoever may come back may be back by now.
            return Ending(CloseCode.PUT_OUT, seq=event.seq)
        case _:
            return None
