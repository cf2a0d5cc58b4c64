"""Writes down what is said: in a room, all that comes while the last work was written, in one."""

from collections.abc import Sequence

from app.domain import activities
from app.domain.activities import Saying
from app.kit.work import Works
from app.realtime.gathering import Gathering, Room
from app.rules.refusals import Refusal


class Sayings:
    """The chats of all rooms of a process."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._rooms = Gathering(self._say)

    async def say(self, tenant_id: str, classroom_id: str, saying: Saying) -> None:
        """Return when it is written down; a Refusal where it may not be said."""
        await self._rooms.add((tenant_id, classroom_id), saying)

    async def _say(self, room: Room, sayings: Sequence[Saying]) -> Sequence[Refusal | None]:
        async with self._works.begin(room[0]) as work:
            return await activities.say_all(work, *room, sayings)
