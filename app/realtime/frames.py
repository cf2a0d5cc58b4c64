"""From a frame to a message, and from a refusal to a frame."""

from collections.abc import MutableMapping
from typing import Any

from pydantic import ValidationError
from starlette.websockets import WebSocketDisconnect

from app.realtime.heard import AnyHeard, from_client
from app.realtime.protocol import LARGEST_FRAME, CloseCode, Refused
from app.rules.refusals import BadValue, Refusal


class BadMessage(Exception):  # noqa: N818 - an answer to the client, not an error of the program
    """What the client sent is not of this protocol."""

    def __init__(self, why: str, code: int = CloseCode.BAD_MESSAGE) -> None:
        super().__init__(why)
        self.code = code


def parsed(frame: MutableMapping[str, Any]) -> AnyHeard:
    """The client's message; BadMessage where it is none, WebSocketDisconnect where the client is gone."""
    if frame["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(frame.get("code") or 1006, frame.get("reason"))
    text = frame.get("text")
    if text is None:
        raise BadMessage("Messages are JSON text.")
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_FRAME:
        raise BadMessage(f"A message is at most {LARGEST_FRAME} bytes.", CloseCode.TOO_BIG)
    try:
        return from_client.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadMessage(f"{place}: {first['msg']}" if place else first["msg"]) from None


def refused(refusal: Refusal, ref: str | None = None) -> Refused:
    """The refusal as the client hears it: its kind as a code, its sentence as the message."""
    if isinstance(refusal, BadValue) and refusal.name == "name":
        return Refused(code="nameNeeded", message="Please give your name.", ref=ref)
    name = type(refusal).__name__
    return Refused(code=name[0].lower() + name[1:], message=refusal.message, ref=ref)
