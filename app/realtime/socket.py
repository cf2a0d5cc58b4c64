"""One socket from hello to goodbye: a coroutine that listens, a task that writes, short works in between."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, MutableMapping
from datetime import timedelta
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from app.domain import presence
from app.domain.activities import Saying
from app.domain.presence import Coming
from app.domain.presence.tables import Visit
from app.kit import loops
from app.kit.sockets import send_texts
from app.kit.work import Works
from app.realtime.acting import act
from app.realtime.entrances import Guest
from app.realtime.exits import Exit
from app.realtime.frames import BadMessage, parsed, refused
from app.realtime.heard import AnyHeard, Beat, Hello, Leave, Say
from app.realtime.heard_base import Act
from app.realtime.hub import Ending, Hub, Push, Seat
from app.realtime.pace import HOLD_UP
from app.realtime.protocol import Ack, CloseCode, Refused, Told, Welcome
from app.rules.presence import SILENCE, TOUCH_EVERY, LeaveReason
from app.rules.refusals import BadValue, Refusal

log = logging.getLogger(__name__)

HELLO_SECONDS = 10.0
# A client that takes no frame for so long is gone; closing is given up sooner.
SEND_SECONDS = 20.0
CLOSE_SECONDS = 5.0
WENT_AWAY = (1000, 1001)
UNANSWERED = 1011
"""What the server says of a line on which its pings were not answered any more."""

OVER = {
    LeaveReason.DISPLACED: CloseCode.DISPLACED,
    LeaveReason.KICKED: CloseCode.PUT_OUT,
    LeaveReason.ENDED: CloseCode.CLASS_ENDED,
    LeaveReason.LEFT: CloseCode.DISPLACED,
}


Gate = Callable[[str, str], Coroutine[Any, Any, None]]
"""Asks the customer whether the lesson of a (tenant, classroom) may start; starts it, or says why not."""


class Connection:
    """A socket, who sits at it and the visit it keeps open."""

    def __init__(  # noqa: PLR0913 - each value is named at the call
        self, websocket: WebSocket, works: Works, hub: Hub, gate: Gate, tenant_id: str, link: str
    ) -> None:
        self._websocket = websocket
        self._works = works
        self._hub = hub
        self._gate = gate
        self._tenant_id = tenant_id
        self._link = link
        self._heard_at = self._touched_at = works.clock.now()
        self._ahead = timedelta(0)
        self._held_up = False

    async def serve(self) -> None:
        """Hold the conversation until one side ends it, and settle the visit."""
        await self._websocket.accept()
        try:
            hello = await self._hello()
            self._tab = hello.tab
            await self._enter(hello)
            seating = self._hub.seat(self._tenant_id, self._classroom_id, self._participant_id, hello.tab)
            async with seating as seat:
                ending = await self._attend(seat)
        except WebSocketDisconnect:
            return
        except TimeoutError:
            ending = Ending(CloseCode.SILENT)
        except BadMessage as error:
            await self._send(Refused(code="badMessage", message=str(error)))
            ending = Ending(error.code)
        except Refusal as refusal:
            await self._send(refused(refusal))
            ending = Ending(CloseCode.BAD_MESSAGE if isinstance(refusal, BadValue) else CloseCode.REFUSED)
        except Exception:
            log.exception("a room socket broke before its visit began")
            ending = Ending(CloseCode.BROKEN)
        await self._close(ending.code)

    async def _hello(self) -> Hello:
        async def first() -> Hello:
            message = parsed(await self._websocket.receive())
            if not isinstance(message, Hello):
                raise BadMessage("The first message has to be hello.")
            return message

        return await loops.within(HELLO_SECONDS, first())

    async def _enter(self, hello: Hello) -> None:
        """Find the seat that the link leads to; a guest is given one, with a link of its own."""
        client = self._websocket.client
        guest = Guest(hello.name or "", client.host if client else "")
        seat = await self._hub.entrances.seat(self._tenant_id, self._link, guest)
        self._classroom_id = seat.classroom_id
        self._participant_id = seat.participant_id
        self._pace = self._hub.paces.of(self._tenant_id, self._participant_id)

    async def _attend(self, seat: Seat) -> Ending:
        entered = await self._hub.entrances.enter(self._tenant_id, self._classroom_id, self._coming())
        self._visit_id = entered.visit_id
        self._touched_at, self._ahead = entered.at, entered.ahead
        writer = asyncio.create_task(self._write(seat, entered.welcome))
        try:
            ending = await self._listen(seat)
        except Exception:
            log.exception("a room socket broke")
            ending = Ending(CloseCode.BROKEN, LeaveReason.DROPPED)
        finally:
            writer.cancel()
        await self._settle(ending)
        return ending

    def _coming(self) -> Coming:
        client = self._websocket.client
        return Coming(
            self._participant_id,
            self._tab,
            client.host if client else "",
            self._websocket.headers.get("user-agent", ""),
        )

    async def _write(self, seat: Seat, welcome: Welcome) -> None:
        """Send the welcome and then whatever is queued, until an end is met or the client takes no more."""
        try:
            await loops.within(SEND_SECONDS, self._websocket.send_text(welcome.text()))
            while True:
                # An event up to the welcome's number is in the welcome already.
                items = [one for one in await seat.waiting() if not 0 < one.seq <= welcome.seq]
                texts = [one.text for one in items if isinstance(one, Push)]
                if texts:
                    await loops.within(SEND_SECONDS, send_texts(self._websocket, texts))
                if items and isinstance(items[-1], Ending):
                    seat.cut(items[-1])
                    return
        except TimeoutError:
            seat.cut(Ending(CloseCode.TOO_SLOW, LeaveReason.DROPPED))
        except (WebSocketDisconnect, RuntimeError):
            # The listener hears of the lost connection too, or already did.
            seat.cut(Ending(CloseCode.BROKEN, LeaveReason.DROPPED))

    async def _listen(self, seat: Seat) -> Ending:
        while not seat.over.done():
            # Only the waiting is ever cancelled: a message that was taken is worked through.
            receiving = asyncio.ensure_future(self._websocket.receive())
            both: set[asyncio.Future[Any]] = {receiving, seat.over}
            either = asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            try:
                await loops.within(SILENCE.total_seconds(), either)
            except TimeoutError:
                return Ending(CloseCode.SILENT, LeaveReason.DROPPED)
            finally:
                receiving.cancel()
            if receiving.done():
                ending = await self._heard(seat, receiving.result())
                if ending is not None:
                    return ending
                if self._held_up:
                    self._held_up = False
                    await asyncio.wait([seat.over], timeout=HOLD_UP)
        return seat.over.result()

    async def _heard(self, seat: Seat, frame: MutableMapping[str, Any]) -> Ending | None:
        try:
            message = parsed(frame)
        except WebSocketDisconnect as gone:
            if gone.code != UNANSWERED:
                # The end of the line was seen: the person was there until now, though nothing was said.
                self._heard_at = self._works.clock.now()
            if gone.code == CloseCode.RESTARTING:
                # The server goes down: the same tab comes back and takes the open visit's place.
                return Ending(gone.code)
            return Ending(gone.code, LeaveReason.LEFT if gone.code in WENT_AWAY else LeaveReason.DROPPED)
        except BadMessage as error:
            await self._send(Refused(code="badMessage", message=str(error)))
            return Ending(error.code, LeaveReason.DROPPED)
        self._heard_at = self._works.clock.now()
        try:
            ending = await self._do(seat, message)
        except Refusal as refusal:
            seat.tell(refused(refusal, message.ref if isinstance(message, Act) else None))
            return None
        return ending or await self._keep_alive()

    async def _do(self, seat: Seat, message: AnyHeard) -> Ending | None:
        match message:
            case Hello():
                self._held_up = True
                seat.tell(Refused(code="badMessage", message="Hello was said already."))
            case Leave():
                return Ending(CloseCode.LEFT, LeaveReason.LEFT)
            case _ if self._pace.too_fast(message, asyncio.get_running_loop().time()):
                self._held_up = True
                ref = message.ref if isinstance(message, Act) else None
                seat.tell(Refused(code="tooFast", message="You are sending messages too fast.", ref=ref))
            case Beat():
                seat.tell(Ack(at=self._heard_at + self._ahead))
            case Say():
                saying = Saying(self._participant_id, message.text, message.to, message.group)
                await self._hub.sayings.say(self._tenant_id, self._classroom_id, saying)
            case _:
                who = (self._tenant_id, self._classroom_id, self._participant_id)
                async with self._works.begin(self._tenant_id) as work:
                    asks = await act(work, who, message)
                if asks:
                    self._hub.send_out(self._gate(self._tenant_id, self._classroom_id))
        return None

    async def _keep_alive(self) -> Ending | None:
        """Write the sign of life down, not too often; learn whether the visit was ended elsewhere."""
        if self._heard_at - self._touched_at < TOUCH_EVERY:
            return None
        noted = await self._hub.signs.touch(self._tenant_id, self._visit_id, self._heard_at)
        if noted is None:
            return None
        if noted.alive:
            self._touched_at, self._ahead = self._heard_at, noted.ahead
            return None
        return await self._come_back()

    async def _come_back(self) -> Ending | None:
        """How the visit was ended elsewhere; None where it was given up as silent and is not: it goes on."""
        async with self._works.begin(self._tenant_id) as work:
            visit = await work.db.get(Visit, (self._tenant_id, self._visit_id))
            if visit is None:
                return Ending(CloseCode.REMOVED)
            reason = LeaveReason(visit.reason or LeaveReason.DROPPED)
            if reason in OVER:
                return Ending(OVER[reason])
            (came,) = await presence.open_visits(work, self._tenant_id, self._classroom_id, [self._coming()])
            if isinstance(came, Refusal):
                # The class is over by now, or full, or the person was put out of it.
                await self._send(refused(came))
                return Ending(CloseCode.REFUSED)
            self._visit_id = came.visit.visit_id
            self._touched_at, self._ahead = work.wall, work.now - work.wall
        return None

    async def _settle(self, ending: Ending) -> None:
        if ending.visit is None:
            return
        gone = Exit(self._visit_id, ending.visit, self._heard_at, ending.at)
        await self._hub.exits.leave(self._tenant_id, self._classroom_id, gone)

    async def _send(self, message: Told) -> None:
        try:
            await loops.within(CLOSE_SECONDS, self._websocket.send_text(message.text()))
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            return

    async def _close(self, code: int) -> None:
        states = (self._websocket.client_state, self._websocket.application_state)
        if states != (WebSocketState.CONNECTED, WebSocketState.CONNECTED):
            return
        try:
            await loops.within(CLOSE_SECONDS, self._websocket.close(code))
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            return
