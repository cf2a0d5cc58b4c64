"""What every route begins with: who calls, for which app, about which room."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from app.dialects.agora.auth import DIALECT, NO_APP, Asked, Caller, admitted
from app.dialects.agora.reading import must_be_id
from app.dialects.agora.rights import RIGHTS, Right, Standing
from app.domain.rooms import doors
from app.domain.rooms.doors import Door, Spot
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
    standing: Standing

    @property
    def caller(self) -> Caller:
        """Whoever the token speaks for."""
        return self.standing.caller

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
    """Whoever shows a token of the app in the path, and has the right that the route takes."""
    asked = Asked.by(request, app_id)
    door = await doors.front(work, DIALECT, app_id, asked.name)
    app = _at(request, work, asked, door)
    app.standing.must_have(_right(request), work.now)
    return app


async def place_of(request: Request, work: WorkDep, app_id: str, room_uuid: str) -> App:
    """The same where the path names a room, which need not be there (yet)."""
    asked = Asked.by(request, app_id, room_uuid)
    door = await doors.door(work, DIALECT, app_id, room_uuid, asked.name)
    app = _at(request, work, asked, door)
    app.standing.must_have(_right(request), work.now)
    must_be_id("roomUuid", room_uuid)
    return app


async def room_of(request: Request, work: WorkDep, app_id: str, room_uuid: str) -> Room:
    """The same where the path names a room that is there; UnknownClassroom otherwise.

    Who calls and the room are read in one statement; what is wrong is said in the order of `place_of`.
    """
    asked = Asked.by(request, app_id, room_uuid)
    door = await doors.door(work, DIALECT, app_id, room_uuid, asked.name)
    app = _at(request, work, asked, door)
    must_be_id("roomUuid", room_uuid)
    assert door is not None  # noqa: S101 - said above
    classroom, seat = await doors.behind(work, door)
    standing = Standing(app.caller, seat, door.leads_somewhere)
    standing.must_have(_right(request), work.now)
    return Room(work, door.tenant, app_id, standing, room_uuid, classroom)


AppDep = Annotated[App, Depends(app_of, scope="function")]
PlaceDep = Annotated[App, Depends(place_of, scope="function")]
RoomDep = Annotated[Room, Depends(room_of, scope="function")]


def _at(request: Request, work: Work, asked: Asked, door: Door | None) -> App:
    """Whoever stands before a door of an app, or BadCredentials."""
    app = standing_at(work, asked, door)
    # Refusals carry the time of the tenant too.
    request.scope.setdefault("state", {})["now"] = work.now
    return app


def standing_at(work: Work, asked: Asked, door: Door | None) -> App:
    """The same for whoever has no route of the API: the page."""
    if door is None:
        raise BadCredentials(NO_APP)
    standing = Standing(admitted(work, asked, door.secret), door.seat, door.leads_somewhere)
    return App(work, door.tenant, asked.app_id, standing)


def _right(request: Request) -> Right:
    """What the route takes, by its name."""
    return RIGHTS[request.scope["route"].name]
