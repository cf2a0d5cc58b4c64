"""Putting messages into the inbox, and emptying it."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.sql.elements import ColumnElement

from app.domain.inbox.tables import InboxItem
from app.kit.work import Work
from app.rules.refusals import BadValue, TooLarge

LARGEST_BODY: Final = 256 * 1024
LONGEST_NAME: Final = 100
MOST_OF_A_NAME: Final = 500
# Anybody may post under any name: without a bound over all names the database would fill up.
MOST_OF_ALL: Final = 5000


async def put(work: Work, name: str, *, headers: Mapping[str, str], body: bytes) -> InboxItem:
    """Keep a message; the oldest ones make room for it."""
    if len(body) > LARGEST_BODY:
        raise TooLarge("body", LARGEST_BODY)
    if len(name) > LONGEST_NAME or "\0" in name:
        raise BadValue("name", f"must be at most {LONGEST_NAME} characters, and text")
    item = InboxItem(name=name, received_at=work.now, headers=dict(headers), body=body)
    work.db.add(item)
    await work.db.flush()
    await _keep_newest(work, MOST_OF_A_NAME, InboxItem.name == name)
    await _keep_newest(work, MOST_OF_ALL)
    return item


async def empty(work: Work, name: str) -> None:
    """Remove everything that arrived under a name."""
    await work.db.execute(delete(InboxItem).where(InboxItem.name == name))


async def _keep_newest(work: Work, most: int, *where: ColumnElement[bool]) -> None:
    # Rows another work is removing already are skipped: two arrivals never wait for one another in a circle.
    surplus = (
        select(InboxItem.number)
        .where(*where)
        .order_by(InboxItem.number.desc())
        .offset(most)
        .with_for_update(skip_locked=True)
    )
    await work.db.execute(
        delete(InboxItem).where(InboxItem.number.in_(surplus)).execution_options(synchronize_session=False)
    )
