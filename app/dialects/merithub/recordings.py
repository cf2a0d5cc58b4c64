"""The recordings of a class, as the `recording` ping tells them."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from app.dialects.merithub import bodies, wire
from app.dialects.merithub.auth import CallerDep
from app.dialects.merithub.fields import Id
from app.dialects.merithub.reports import SubClass, facts_of
from app.domain.classrooms import queries as classrooms
from app.domain.recordings import queries as recordings
from app.kit.web import WorkDep, base_url

router = APIRouter(prefix="/v1/{client_id}", tags=["merithub"])


@router.get("/{class_id}/recordings")
async def get_recordings(
    request: Request, work: WorkDep, caller: CallerDep, class_id: Id, sub_class_id: SubClass = ""
) -> dict[str, Any]:
    """Read the recordings of a class or of one `subClassId`. Beyond the vendor, in its style."""
    classroom = await classrooms.by_id(work, caller.tenant_id, class_id)
    facts = facts_of(caller, base_url(request), work)
    found = await recordings.of_classroom(work, caller.tenant_id, class_id, sub_class_id or None)
    rows = [bodies.read_recording(one, classroom, facts) for one in found]
    return wire.of_class(class_id, caller.client_id) | {"recordings": rows}
