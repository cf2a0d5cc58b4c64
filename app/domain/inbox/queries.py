"""Reading the inbox."""

from collections.abc import Sequence

from sqlalchemy import select

from app.domain.inbox.tables import InboxItem
from app.kit.work import Work


async def items(work: Work, name: str) -> Sequence[InboxItem]:
    """Everything that arrived under a name, the oldest first."""
    found = await work.db.scalars(select(InboxItem).where(InboxItem.name == name).order_by(InboxItem.number))
    return found.all()
