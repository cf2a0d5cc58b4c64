"""The class page, and the door behind it: the page changes nothing, its script asks to be let in."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.dialects.learncube import wire
from app.dialects.learncube.ask import Asked, Asker
from app.dialects.reading import clean
from app.domain import joint, participants, presence
from app.domain.classrooms.tables import Classroom
from app.domain.outbox import endpoints
from app.domain.outbox.endpoints import Endpoint
from app.domain.participants.tables import Participant
from app.domain.tenants import queries as tenants
from app.domain.users import UserDraft
from app.kit.pages import room_page
from app.kit.web import WorkDep
from app.kit.work import Work
from app.rules.refusals import RateLimited, UnknownThing
from app.rules.seats import SeatRole

router = APIRouter(include_in_schema=False)

DIALECT = "learncube"
LONGEST_NAME = 100
DOOR = "/classv3/enter"


async def framers_of(request: Request, work: WorkDep) -> list[str] | None:
    """Who may frame the page: as the tenant says whose key or host name is in its address."""
    if key := request.query_params.get("pub_key"):
        return await tenants.framers(work, DIALECT, clean(key))
    try:
        endpoint = await endpoints.at(work, DIALECT, request.headers.get("host", ""))
    except UnknownThing:
        return None
    return (await tenants.by_id(work, endpoint.tenant_id)).framers


Framers = Annotated[list[str] | None, Depends(framers_of, scope="function")]


@router.get("/classv3")
async def class_page(framers: Framers) -> HTMLResponse:
    """The classroom of `token` for `user_id`. Programs fetch it ahead, so it only shows itself."""
    return room_page(DOOR, framers)


@router.get("/class/start")
async def direct_page(framers: Framers) -> HTMLResponse:
    """The same, by `pub_key`, `room_token` and `userid`."""
    return room_page(DOOR, framers)


@router.post(DOOR)
async def enter(request: Request, body: wire.Enter) -> Response:
    """Ask the customer's server about whoever stands at the door, and let them in or say why not."""
    # Each try is a question to the customer's server, and anybody may stand at this door.
    if wait := request.app.state.entries.wait(request.client.host if request.client else ""):
        raise RateLimited(wait)
    asker: Asker = request.app.state.asker
    async with asker.works.begin() as work:
        endpoint = await _endpoint(work, request, body)
        await joint.must_be_open(work, endpoint.tenant_id, body.token, endpoint.purpose)
    asked = await asker.ask(endpoint, "connect_lesson", body.token, body.user_id)
    async with asker.works.begin(endpoint.tenant_id) as work:
        await asked.note(work)
    if not asked.reply.granted:
        return JSONResponse({"message": asked.reply.message}, 403)
    # Apart, so that the log has the question also where there is no room any more.
    async with asker.works.begin(endpoint.tenant_id) as work:
        classroom, seat = await _admit(work, endpoint, asked)
        return JSONResponse(_room(classroom, seat, asked))


async def _endpoint(work: Work, request: Request, body: wire.Enter) -> Endpoint:
    host = request.headers.get("host", "")
    if body.pub_key:
        tenant, _ = await tenants.by_credential(work, DIALECT, body.pub_key)
        purpose = await endpoints.purpose_at(work, tenant.tenant_id, DIALECT, host)
        return await endpoints.of(work, tenant.tenant_id, DIALECT, purpose)
    return await endpoints.at(work, DIALECT, host)


async def _admit(work: Work, endpoint: Endpoint, asked: Asked) -> tuple[Classroom, Participant]:
    reply = asked.reply
    called = (endpoint.tenant_id, asked.reference, endpoint.purpose)
    classroom = await joint.must_be_open(work, *called) or await joint.called(work, *called)
    tutor = reply.flag("is_tutor")
    person = UserDraft(
        name=reply.text("full_name", LONGEST_NAME) or asked.person,
        image=reply.text("avatar"),
        external_id=asked.person,
        endpoint=endpoints.realm(endpoint.purpose),
        role="teacher" if tutor else "student",
    )
    seat = await participants.admit(work, classroom, person, SeatRole.HOST if tutor else SeatRole.PARTICIPANT)
    await presence.must_have_room(work, seat.tenant_id, seat.classroom_id, seat.participant_id)
    if reply.flag("record"):
        classroom.recording = {**classroom.recording, "record": True}
    return classroom, seat


def _room(classroom: Classroom, seat: Participant, asked: Asked) -> dict[str, Any]:
    """What the page needs to open the room."""
    return {
        "socket": f"/_/room/{quote(classroom.tenant_id)}/{quote(seat.link)}/socket",
        "title": classroom.title,
        "name": asked.reply.text("full_name", LONGEST_NAME) or asked.person,
        "return_url": classroom.terms["return_url"],
        "only": "board" if classroom.terms["whiteboard_only"] else "",
    }
