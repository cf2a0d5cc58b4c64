"""Silencing the chat. A chat that is muted already stays so and nothing is recorded."""

from app.domain.activities.actor import inside
from app.domain.events import kinds
from app.kit.work import Work
from app.rules.permissions import Deed


async def mute_chat(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> None:
    """Let nobody but those who lead the class speak in the chat."""
    await _turn(work, tenant_id, classroom_id, participant_id, muted=True)


async def unmute_chat(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> None:
    """Let everybody speak in the chat again."""
    await _turn(work, tenant_id, classroom_id, participant_id, muted=False)


async def _turn(work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, muted: bool) -> None:
    actor = await inside(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.MUTE_CHAT)
    controls = actor.classroom.controls
    if bool(controls.get("muted")) == muted:
        return
    actor.classroom.controls = {**controls, "muted": muted}
    await work.db.flush()
    by = actor.participant_id
    await actor.record(kinds.ChatMuted(by) if muted else kinds.ChatUnmuted(by))
