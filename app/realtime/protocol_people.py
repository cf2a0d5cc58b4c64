"""Messages of the server about what people do with one another."""

from datetime import datetime
from typing import Literal

from app.realtime.protocol_base import Told


class PutOut(Told):
    """Somebody was put out, barred up to `until` or for good; that person's sockets are closed next."""

    type: Literal["put_out"] = "put_out"
    seq: int
    participant_id: str
    barred: bool
    until: datetime | None = None


class ChatTurned(Told):
    """The chat was muted for all but those who lead the class, or is open again."""

    type: Literal["chat_muted"] = "chat_muted"
    seq: int
    muted: bool
