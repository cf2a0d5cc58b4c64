"""Events of changed properties: 4 the room's, 22 a person's, 1110 those of an extApp or widget."""

from typing import Any, Final

from app.dialects.agora.scene import Narration, Scene
from app.dialects.agora.wire_widgets import DELETED, RECORD, SET
from app.domain.events import kinds
from app.domain.feeds import Item
from app.rules.properties import Scope

ROOM: Final = 4
PERSON: Final = 22
"""The vendor's page lists no numbers for these two; they are those of its programs' protocol."""

GONE: Final = "deleted"


async def changed(scene: Scene, event: kinds.PropertiesChanged) -> list[Item]:
    """Properties were set or removed; what changed is keyed by path."""
    changes: dict[str, Any] = dict.fromkeys(event.removed, GONE) | event.changes
    if event.enabled is not None:
        changes["state"] = int(event.enabled)
    body = {
        "action": DELETED if event.removed else SET,
        "changeProperties": changes,
        "cause": event.cause,
        "operator": await scene.who(event.participant_id),
    }
    match Scope(event.scope):
        case Scope.ROOM:
            return [Item(ROOM, body)]
        case Scope.PERSON:
            whose = await scene.who(event.subject)
            return [Item(PERSON, body | {"fromUser": whose}, str(whose["userUuid"]))]
        case Scope.APP | Scope.WIDGET:
            return [Item(RECORD, body | {"widgetUuid": event.subject}, event.subject)]


NARRATED: Final[dict[str, Narration]] = {"PropertiesChanged": changed}
