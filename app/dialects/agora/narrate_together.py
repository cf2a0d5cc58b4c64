"""Event 1101: rewards."""

from typing import Final

from app.dialects.agora.scene import Narration, Scene
from app.dialects.agora.words import ms
from app.domain.events import kinds
from app.domain.feeds import Item

REWARDS: Final = 1101


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


NARRATED: Final[dict[str, Narration]] = {"RewardsChanged": rewarded}
