"""What every route begins with: who calls, for which app, about which room."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from app.dialects.agora.auth import Caller, verified
from app.dialects.agora.reading import must_be_id
from app.domain.classrooms.tables import Classroom
from app.domain.rooms import queries as rooms
from app.domain.tenants.tables import Tenant
from app.kit.web import WorkDep
from app.kit.work import Work


@dataclass(frozen=True)
class App:
    """A verified caller of an app, and the work that answers it."""

    work: Work
    tenant: Tenant
    app_id: str
    caller: Caller

    @property
    def tenant_id(self) -> str:
        """Whose app it is."""
        return self.tenant.tenant_id


@dataclass(frozen=True)
class Room(App):
    """The same, with the room that the path names."""

    room_uuid: str
    classroom: Classroom

    @property
    def classroom_id(self) -> str:
        """The classroom that the room is."""
        return self.classroom.classroom_id


async def app_of(request: Request, work: WorkDep, app_id: str) -> App:
    """Whoever shows a token of the app in the path."""
    return await _app(request, work, app_id, None)


async def place_of(request: Request, work: WorkDep, app_id: str, room_uuid: str) -> App:
    """The same where the path names a room, which need not be there (yet)."""
    app = await _app(request, work, app_id, room_uuid)
    must_be_id("roomUuid", room_uuid)
    return app


AppDep = Annotated[App, Depends(app_of, scope="function")]
PlaceDep = Annotated[App, Depends(place_of, scope="function")]


async def room_of(place: PlaceDep, room_uuid: str) -> Room:
    """The same where the path names a room that is there; UnknownClassroom otherwise."""
    classroom = await rooms.named(place.work, place.tenant, room_uuid)
    return Room(place.work, place.tenant, place.app_id, place.caller, room_uuid, classroom)


RoomDep = Annotated[Room, Depends(room_of, scope="function")]


async def _app(request: Request, work: Work, app_id: str, room_uuid: str | None) -> App:
    tenant, caller = await verified(work, request, app_id, room_uuid)
    # Refusals carry the time of the tenant too.
    request.scope.setdefault("state", {})["now"] = work.now
    return App(work, tenant, app_id, caller)
