"""Putting links before a class and taking them away, at any time until it is over."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import delete

from app.domain.activities.actor import inside
from app.domain.events import kinds
from app.domain.resources import queries
from app.domain.resources.tables import Resource
from app.kit.work import Work
from app.rules.permissions import Deed
from app.rules.refusals import BadValue, UnknownThing
from app.rules.resources import Link, check

MOST: Final = 100


async def put(work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, link: Link) -> None:
    """Put a link before the class, or another one in its place. The same again changes nothing."""
    check(link)
    actor = await inside(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.SHARE_FILE)
    there = {one.resource_id: one for one in await queries.of_classroom(work, tenant_id, classroom_id)}
    before = there.get(link.resource_id)
    if before is None and len(there) >= MOST:
        raise BadValue("resource_id", f"is one too many: a class has at most {MOST} links")
    row = before or Resource(
        tenant_id=tenant_id, classroom_id=classroom_id, resource_id=link.resource_id, put_at=work.now
    )
    if before is not None and _told(before) == _told_link(link):
        return
    row.name, row.url, row.size, row.task = link.name.strip(), link.url, link.size, dict(link.task)
    work.db.add(row)
    await work.db.flush()
    await actor.record(kinds.ResourcesPut((_told(row),), participant_id))


async def remove(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, resource_ids: Collection[str]
) -> None:
    """Take links away, all of them or, where one is not there, none."""
    actor = await inside(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.SHARE_FILE)
    going = [
        one
        for one in await queries.of_classroom(work, tenant_id, classroom_id)
        if one.resource_id in set(resource_ids)
    ]
    missing = set(resource_ids) - {one.resource_id for one in going}
    if missing:
        raise UnknownThing("resource", min(missing))
    if not going:
        return
    told = tuple(_told(one) for one in going)
    await work.db.execute(
        delete(Resource).where(
            Resource.tenant_id == tenant_id,
            Resource.classroom_id == classroom_id,
            Resource.resource_id.in_([one.resource_id for one in going]),
        )
    )
    await actor.record(kinds.ResourcesRemoved(told, participant_id))


def _told(row: Resource) -> kinds.LinkedResource:
    return kinds.LinkedResource(row.resource_id, row.name, row.url, row.size, row.task)


def _told_link(link: Link) -> kinds.LinkedResource:
    return kinds.LinkedResource(link.resource_id, link.name.strip(), link.url, link.size, dict(link.task))
