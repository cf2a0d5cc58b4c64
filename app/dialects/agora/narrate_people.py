"""Event 20, people come and go, and event 3, what they say to everybody."""

from typing import Any, Final

from app.dialects.agora.scene import Narration, Scene
from app.dialects.agora.wire_users import stream_uuid
from app.dialects.agora.words import ms, role_of
from app.domain.events import kinds
from app.domain.feeds import Item
from app.domain.rooms.queries import known_as
from app.rules.presence import LeaveReason

MESSAGE: Final = 3
PRESENCE: Final = 20
TEXT: Final = 1

CAME, CAME_AGAIN = 1, 2
WENT, WAS_PUT_OUT = 1, 2


async def joined(scene: Scene, event: kinds.VisitorJoined) -> list[Item]:
    """Somebody is there."""
    again = await scene.came_before(event.visit_id)
    person = await _person(scene, event.participant_id, CAME_AGAIN if again else CAME, ms(scene.work.now))
    return _moved(await scene.present_with(event), came=person, went=[])


async def left(scene: Scene, event: kinds.VisitorLeft) -> list[Item]:
    """Somebody is not there any more."""
    kicked = event.reason == LeaveReason.KICKED
    person = await _person(scene, event.participant_id, WAS_PUT_OUT if kicked else WENT, ms(event.left_at))
    return _moved(await scene.present(), came=[], went=person)


async def said(scene: Scene, event: kinds.MessageSent) -> list[Item]:
    """Something was said; what is said to one person alone is not told."""
    if event.to is not None or event.group_id is not None:
        return []
    who = await scene.who(event.participant_id)
    return [Item(MESSAGE, {"fromUser": who, "message": event.text, "type": TEXT})]


async def _person(scene: Scene, participant_id: str, kind: int, at: int) -> list[dict[str, Any]]:
    known = await scene.person(participant_id)
    if known is None:
        return []
    seat, user = known
    return [
        {
            "userName": user.name,
            "userUuid": known_as(user),
            "role": role_of(seat.role, observer=seat.observer),
            "userProperties": scene.properties(participant_id),
            "streamUuid": stream_uuid(seat),
            "type": kind,
            "updateTime": at,
        }
    ]


def _moved(total: int, *, came: list[dict[str, Any]], went: list[dict[str, Any]]) -> list[Item]:
    return [Item(PRESENCE, {"total": total, "onlineUsers": came, "offlineUsers": went})]


NARRATED: Final[dict[str, Narration]] = {"VisitorJoined": joined, "VisitorLeft": left, "MessageSent": said}
