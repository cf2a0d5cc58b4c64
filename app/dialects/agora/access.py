"""What every route begins with: who calls, for which app, about which room."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from app.dialects.agora.auth import DIALECT, NO_APP, Asked, Caller, admitted, verified
from app.dialects.agora.reading import must_be_id
from app.domain.rooms import doors
from app.domain.rooms.doors import Spot
from app.domain.tenants.tables import Tenant
from app.kit.web import WorkDep
from app.kit.work import Work
from app.rules.refusals import BadCredentials


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
    classroom: Spot

    @property
    def classroom_id(self) -> str:
        """The classroom that the room is."""
        return self.classroom.classroom_id


async def app_of(request: Request, work: WorkDep, app_id: str) -> App:
    """Whoever shows a token of the app in the path."""
    return await _app(request, work, Asked.by(request, app_id))


async def place_of(request: Request, work: WorkDep, app_id: str, room_uuid: str) -> App:
    """The same where the path names a room, which need not be there (yet)."""
    app = await _app(request, work, Asked.by(request, app_id, room_uuid))
    must_be_id("roomUuid", room_uuid)
    return app


async def room_of(request: Request, work: WorkDep, app_id: str, room_uuid: str) -> Room:
    """The same where the path names a room that is there; UnknownClassroom otherwise.

    Who calls and the room are read in one statement; what is wrong is said in the order of `place_of`.
    """
    asked = Asked.by(request, app_id, room_uuid)
    door = await doors.door(work, DIALECT, app_id, room_uuid)
    if door is None:
        raise BadCredentials(NO_APP)
    caller = admitted(work, asked, door.secret)
    _at_its_time(request, work)
    must_be_id("roomUuid", room_uuid)
    classroom = await doors.behind(work, door)
    return Room(work, door.tenant, app_id, caller, room_uuid, classroom)


AppDep = Annotated[App, Depends(app_of, scope="function")]
PlaceDep = Annotated[App, Depends(place_of, scope="function")]
RoomDep = Annotated[Room, Depends(room_of, scope="function")]


async def _app(request: Request, work: Work, asked: Asked) -> App:
    tenant, caller = await verified(work, asked)
    _at_its_time(request, work)
    return App(work, tenant, asked.app_id, caller)


def _at_its_time(request: Request, work: Work) -> None:
    """Refusals carry the time of the tenant too."""
    request.scope.setdefault("state", {})["now"] = work.now
