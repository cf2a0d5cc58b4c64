"""Properties of rooms, people and extApps: set by path, removed by path."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from app.dialects.agora import wire_properties as wire
from app.dialects.agora.access import Room, RoomDep
from app.dialects.agora.actors import acting, seat_of, seats_of
from app.dialects.agora.described import body as described
from app.dialects.agora.envelope import answer
from app.dialects.agora.reading import Body, must_be_id, read
from app.domain import properties
from app.domain.properties import Place
from app.rules.properties import Scope

router = APIRouter(tags=["agora"], prefix="/edu/apps/{app_id}/v2/rooms/{room_uuid}")

ROOM = Place(Scope.ROOM)


@router.put("/properties", openapi_extra=described(wire.PutProperties))
async def update_custom_classroom_properties(room: RoomDep, body: Body) -> JSONResponse:
    """Set values at dotted paths of a room's `flexProps`; an object replaces all that was at its path."""
    return await _put(room, ROOM, read(wire.PutProperties, body))


@router.delete("/properties", openapi_extra=described(wire.RemoveProperties))
async def delete_custom_classroom_properties(room: RoomDep, body: Body) -> JSONResponse:
    """Remove what is at these paths of a room's `flexProps`."""
    return await _remove(room, ROOM, read(wire.RemoveProperties, body))


@router.put("/users/properties/batch", openapi_extra=described(wire.PutMany))
async def update_properties_of_many_users(room: RoomDep, body: Body) -> JSONResponse:
    """Set properties of many people at once: all of them, or none where one is refused."""
    said = read(wire.PutMany, body)
    seats = await seats_of(room, list(said.by_user()))
    values = {seats[name]: wanted for name, wanted in said.by_user().items()}
    await properties.put_of_people(room.work, *await acting(room), values=values, cause=said.cause)
    return answer(room.work)


@router.delete("/users/properties/batch", openapi_extra=described(wire.RemoveMany))
async def delete_properties_of_many_users(room: RoomDep, body: Body) -> JSONResponse:
    """Remove properties of many people at once."""
    said = read(wire.RemoveMany, body)
    seats = await seats_of(room, list(said.by_user()))
    paths = {seats[name]: gone for name, gone in said.by_user().items()}
    await properties.remove_of_people(room.work, *await acting(room), paths=paths, cause=said.cause)
    return answer(room.work)


@router.put(
    "/users/{user_uuid}/properties",
    openapi_extra=described(wire.PutProperties),
)
async def update_custom_user_properties(room: RoomDep, user_uuid: str, body: Body) -> JSONResponse:
    """Set values at dotted paths of the `flexProps` of somebody with a seat in the room."""
    said = read(wire.PutProperties, body)
    return await _put(room, await _person(room, user_uuid), said)


@router.delete(
    "/users/{user_uuid}/properties",
    openapi_extra=described(wire.RemoveProperties),
)
async def delete_custom_user_properties(room: RoomDep, user_uuid: str, body: Body) -> JSONResponse:
    """Remove what is at these paths of somebody's `flexProps`."""
    said = read(wire.RemoveProperties, body)
    return await _remove(room, await _person(room, user_uuid), said)


@router.put(
    "/extApps/{ext_app_uuid}/properties",
    openapi_extra=described(wire.PutPart),
)
async def set_the_ext_app_properties(room: RoomDep, ext_app_uuid: str, body: Body) -> JSONResponse:
    """Set values at dotted paths of an extApp's properties, and switch it on (1) or off (0)."""
    said = read(wire.PutPart, body)
    place = Place(Scope.APP, must_be_id("extAppUuid", ext_app_uuid))
    await properties.put(
        room.work,
        *await acting(room),
        place=place,
        values=said.properties,
        cause=said.cause,
        enabled=said.enabled,
    )
    return answer(room.work)


@router.delete(
    "/extApps/{ext_app_uuid}/properties",
    openapi_extra=described(wire.RemoveProperties),
)
async def delete_the_ext_app_properties(room: RoomDep, ext_app_uuid: str, body: Body) -> JSONResponse:
    """Remove what is at these key paths of an extApp's properties."""
    place = Place(Scope.APP, must_be_id("extAppUuid", ext_app_uuid))
    return await _remove(room, place, read(wire.RemoveProperties, body))


async def _put(room: Room, place: Place, said: wire.PutProperties) -> JSONResponse:
    who = await acting(room, about=place.subject)
    await properties.put(room.work, *who, place=place, values=said.properties, cause=said.cause)
    return answer(room.work)


async def _remove(room: Room, place: Place, said: wire.RemoveProperties) -> JSONResponse:
    who = await acting(room, about=place.subject)
    await properties.remove(room.work, *who, place=place, paths=said.properties, cause=said.cause)
    return answer(room.work)


async def _person(room: Room, user_uuid: str) -> Place:
    return Place(Scope.PERSON, await seat_of(room, user_uuid))
