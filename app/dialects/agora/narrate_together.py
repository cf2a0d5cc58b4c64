"""Event 1101: rewards; event 1501: who is on the stage; event 1502: whose hands are up."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.dialects.agora.scene import Narration, Scene
from app.dialects.agora.words import ms
from app.domain.activities import people
from app.domain.classrooms import queries as classrooms
from app.domain.events import kinds
from app.domain.feeds import Item

REWARDS: Final = 1101
STAGE: Final = 1501
HANDS: Final = 1502


async def rewarded(scene: Scene, event: kinds.RewardsChanged) -> list[Item]:
    """Rewards were given. The vendor's table says `total`, its example `totalReward`: both are sent."""
    await scene.meet([change.participant_id for change in event.rewards])
    details = [
        {
            "userUuid": await scene.uuid(change.participant_id),
            "changedReward": change.changed,
            "total": change.total,
            "totalReward": change.total,
        }
        for change in event.rewards
    ]
    return [Item(REWARDS, {"rewardDetails": details, "updateTime": ms(scene.work.now)})]


async def stage_changed(scene: Scene, event: kinds.StageChanged) -> list[Item]:
    """People came on the stage or left it."""
    room = scene.classroom
    # Who changed the stage before holds the ledger until the commit, so this is the list after the change.
    now = await people.stage(scene.work, room.tenant_id, room.classroom_id)
    await scene.meet([*now.on_stage, *event.added, *event.removed])
    data = {
        "acceptedUsers": await _users(scene, now.on_stage),
        "addAcceptedUsers": await _users(scene, event.added),
        "removeAcceptedUsers": await _users(scene, event.removed),
    }
    return [Item(STAGE, data)]


async def hand_raised(scene: Scene, event: kinds.HandRaised) -> list[Item]:
    """Somebody waves."""
    return await _hands(scene, added=[(event.participant_id, event.payload)], removed=[])


async def hand_lowered(scene: Scene, event: kinds.HandLowered) -> list[Item]:
    """Somebody waves no more."""
    return await _hands(scene, added=[], removed=[(event.participant_id, event.payload)])


Waving = Sequence[tuple[str, Mapping[str, Any]]]


async def _hands(scene: Scene, *, added: Waving, removed: Waving) -> list[Item]:
    room = scene.classroom
    lesson = await classrooms.open_lesson(scene.work, room.tenant_id, room.classroom_id)
    now = await people.hands_with_payloads(scene.work, lesson) if lesson else []
    await scene.meet([who for who, _ in [*now, *added, *removed]])
    data = {
        "progressUsers": await _waving(scene, now),
        "addProgressUsers": await _waving(scene, added),
        "removeProgressUsers": await _waving(scene, removed),
    }
    return [Item(HANDS, data)]


async def _users(scene: Scene, seats: Sequence[str]) -> list[dict[str, Any]]:
    return [{"userUuid": await scene.uuid(seat)} for seat in seats]


async def _waving(scene: Scene, waving: Waving) -> list[dict[str, Any]]:
    return [{"userUuid": await scene.uuid(seat), "payload": dict(payload)} for seat, payload in waving]


NARRATED: Final[dict[str, Narration]] = {
    "RewardsChanged": rewarded,
    "StageChanged": stage_changed,
    "HandRaised": hand_raised,
    "HandLowered": hand_lowered,
}
