"""Event 1001: a recording began, or is over."""

from typing import Final

from app.dialects.agora import wire_records
from app.dialects.agora.scene import Narration, Scene
from app.dialects.agora.words import ms
from app.domain.events import kinds
from app.domain.feeds import Item

RECORDING: Final = 1001


async def began(scene: Scene, event: kinds.TakeStarted) -> list[Item]:
    """State 1, with everything by which the recording is known."""
    del scene
    names = wire_records.names(event.take_id)
    known = {name: names[name] for name in ("recordId", "sid", "resourceId")}
    return [Item(RECORDING, known | {"state": 1, "startTime": ms(event.started_at)})]


async def over(scene: Scene, event: kinds.TakeStopped) -> list[Item]:
    """State 2; the vendor says the names of it in state 1 only."""
    del scene
    return [Item(RECORDING, {"state": 2, "startTime": ms(event.started_at)})]


NARRATED: Final[dict[str, Narration]] = {"TakeStarted": began, "TakeStopped": over}
