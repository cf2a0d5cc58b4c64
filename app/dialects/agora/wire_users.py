"""People in rooms as the vendor writes them."""

from datetime import datetime
from typing import Any, Final
from zlib import crc32

from app.dialects.agora.words import SEATS, WATCHING, ms, role_of
from app.domain.participants.tables import Participant
from app.domain.rooms.queries import Shown, Wanted
from app.rules.refusals import BadValue

ALL: Final = (0, 2)
"""The vendor's client asks for all by 0; 2 is what older programs of ours say."""
MUTED: Final = 1


def user(seated: Shown, since: datetime, properties: dict[str, Any]) -> dict[str, Any]:
    """Somebody with a seat, present (1) or not (0); `since` is told of who never came."""
    return {
        "userName": seated.user_name,
        "userUuid": seated.name,
        "role": role_of(seated.role, observer=seated.observer),
        "userProperties": properties,
        "updateTime": ms(seated.changed_at or since),
        "streamUuid": stream_uuid(seated),
        "state": int(seated.online),
    }


def stream_uuid(seat: Participant | Shown) -> str:
    """The id of somebody's stream: a number of 32 bits as text, the same for as long as the seat is."""
    return str(crc32(f"{seat.classroom_id}/{seat.participant_id}".encode()) or 1)


def wanted(role: int | None, kind: int | None, name: str) -> Wanted:
    """Which people a program asks for."""
    if role is not None and role not in SEATS:
        raise BadValue("role", f"must be one of {', '.join(str(number) for number in SEATS)}")
    if kind not in (None, *ALL, MUTED):
        raise BadValue("type", f"must be {ALL[0]} or {MUTED}")
    seat = None if role is None else SEATS[role]
    return Wanted(seat, observer=role in WATCHING, muted=kind == MUTED, name=name)
