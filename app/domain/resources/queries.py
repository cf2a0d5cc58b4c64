"""Reading the links before a class."""

from collections.abc import Sequence

from sqlalchemy import select

from app.domain.resources.tables import Resource
from app.kit.work import Work


async def of_classroom(work: Work, tenant_id: str, classroom_id: str) -> Sequence[Resource]:
    """The links that are before a class, the first put first."""
    found = await work.db.scalars(
        select(Resource)
        .where(Resource.tenant_id == tenant_id, Resource.classroom_id == classroom_id)
        .order_by(Resource.put_at, Resource.resource_id)
    )
    return found.all()
