"""Owing messages to receivers, with the numbers that keep their order: all that a work tells at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy import ARRAY, Integer, LargeBinary, String

from app.domain.outbox.notice import Notice
from app.kit import ids
from app.kit.prepared import Prepared, worded
from app.kit.tables import UTCTimestamp
from app.kit.work import Work


class Receiver(Protocol):
    """A subscription, as far as owing goes."""

    @property
    def tenant_id(self) -> str: ...
    @property
    def subscription_id(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def kinds(self) -> list[str] | None: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def parked_until(self) -> datetime | None: ...


@dataclass(frozen=True)
class Owed:
    """What one receiver is owed of one classroom, after what the classroom owes there already."""

    receiver: Receiver
    classroom_id: str
    notices: Sequence[Notice]

    def wanted(self) -> "Owed":
        """The same without the notices that the receiver does not want."""
        to = self.receiver
        wanted = [
            notice
            for notice in self.notices
            if notice.purpose in (None, to.purpose) and (to.kinds is None or notice.kind in to.kinds)
        ]
        return Owed(to, self.classroom_id, wanted)

    def due_at(self, now: datetime) -> datetime | None:
        """When the first is sent, if nothing was owed yet.

        What a disabled subscription is owed waits in an idle lane, and that of one at rest until it is tried.
        """
        return max(now, self.receiver.parked_until or now) if self.receiver.enabled else None


# Each lane's row stays locked until commit, so numbers rise in commit order.
OWE: Final = Prepared(
    worded(
        """
WITH numbered AS (
    INSERT INTO lanes (
        tenant_id, subscription_id, lane_key, last_seq, done_seq, due_at, leased_until, fence, tries, refusals
    )
    SELECT :tenant_id, receiver, room, count, 0, due_at, NULL, 0, 0, 0
    FROM unnest(:receivers, :rooms, :counts, :times) AS one (receiver, room, count, due_at)
    ON CONFLICT (tenant_id, subscription_id, lane_key) DO UPDATE SET
        last_seq = lanes.last_seq + excluded.last_seq,
        due_at = CASE WHEN excluded.due_at IS NOT NULL THEN coalesce(lanes.due_at, excluded.due_at) END
    WHERE lanes.tenant_id = :tenant_id
    RETURNING subscription_id, lane_key, last_seq
)
INSERT INTO deliveries (
    tenant_id, subscription_id, lane_key, seq, delivery_id, classroom_id, kind, body, query, content_type,
    state, created_at
)
SELECT :tenant_id, subscription_id, lane_key, last_seq - after, delivery_id, lane_key, kind, body, query,
    content_type, 'pending', :now
FROM unnest(:owed_to, :owed_of, :after, :delivery_ids, :kinds, :bodies, :queries, :content_types)
    AS one (receiver, room, after, delivery_id, kind, body, query, content_type)
JOIN numbered ON subscription_id = receiver AND lane_key = room
""",
        tenant_id=String(),
        now=UTCTimestamp(),
        receivers=ARRAY(String),
        rooms=ARRAY(String),
        counts=ARRAY(Integer),
        times=ARRAY(UTCTimestamp()),
        owed_to=ARRAY(String),
        owed_of=ARRAY(String),
        after=ARRAY(Integer),
        delivery_ids=ARRAY(String),
        kinds=ARRAY(String),
        bodies=ARRAY(LargeBinary),
        queries=ARRAY(String),
        content_types=ARRAY(String),
    ),
    into=tuple,
)


async def owe(work: Work, tenant_id: str, owed: Sequence[Owed]) -> list[str]:
    """Owe all of this, once for each receiver and classroom; the ids of the deliveries, in that order."""
    # In one order by all works, so that no two wait for each other's lanes.
    lanes = sorted(
        (one for one in owed if one.notices), key=lambda one: (one.receiver.subscription_id, one.classroom_id)
    )
    if not lanes:
        return []
    messages = [
        (one, len(one.notices) - place, notice)
        for one in lanes
        for place, notice in enumerate(one.notices, start=1)
    ]
    delivery_ids = [f"msg_{ids.new_id()}" for _ in messages]
    await OWE.run(
        work,
        tenant_id=tenant_id,
        now=work.now,
        receivers=[one.receiver.subscription_id for one in lanes],
        rooms=[one.classroom_id for one in lanes],
        counts=[len(one.notices) for one in lanes],
        times=[one.due_at(work.now) for one in lanes],
        owed_to=[one.receiver.subscription_id for one, _, _ in messages],
        owed_of=[one.classroom_id for one, _, _ in messages],
        after=[after for _, after, _ in messages],
        delivery_ids=delivery_ids,
        kinds=[notice.kind for _, _, notice in messages],
        bodies=[notice.body for _, _, notice in messages],
        queries=[notice.query for _, _, notice in messages],
        content_types=[notice.content_type for _, _, notice in messages],
    )
    work.ring("outbox")
    return delivery_ids
