"""Reading again what the pings told: attendance and chats, and the chat links that need no login."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.dialects.base import Facts
from app.dialects.merithub import bodies, wire, wire_sheet
from app.dialects.merithub.auth import Caller, CallerDep, ClientId
from app.dialects.merithub.fields import Id
from app.domain.activities import queries as activities
from app.domain.attendance import queries as attendance
from app.domain.classrooms import queries as classrooms
from app.domain.tenants import queries as tenants
from app.domain.users import queries as users
from app.kit.signing import link_holds
from app.kit.web import WorkDep, base_url
from app.kit.work import Work
from app.rules.links import is_over
from app.rules.refusals import BadCredentials, ContentLinkOver, UnknownThing

router = APIRouter(prefix="/v1/{client_id}", tags=["merithub"])

SubClass = Annotated[Id, Query(alias="subClassId")]


@router.get("/{class_id}/attendance", response_model=None, responses={200: {"content": {"text/csv": {}}}})
async def get_attendance(  # noqa: PLR0913 - each is a word of the query
    request: Request,
    work: WorkDep,
    caller: CallerDep,
    class_id: Id,
    sub_class_id: SubClass = "",
    format_: Annotated[Id, Query(alias="format")] = "",
) -> dict[str, Any] | Response:
    """Read the attendance of a class or one `subClassId`, as JSON or CSV. Beyond the vendor, in its style."""
    sheet = wire_sheet.wants_sheet(format_, request.headers.get("accept", ""))
    classroom = await classrooms.by_id(work, caller.tenant_id, class_id)
    reports = await attendance.of_classroom(work, caller.tenant_id, class_id, sub_class_id or None)
    if not sheet:
        return wire.of_class(class_id, caller.client_id) | {"attendance": bodies.read_reports(reports)}
    names = await users.names(work, caller.tenant_id, wire_sheet.people(reports))
    return wire_sheet.attendance_sheet(reports, names, class_id=class_id, timezone=classroom.timezone)


@router.get("/{class_id}/chats")
async def get_chats(
    request: Request, work: WorkDep, caller: CallerDep, class_id: Id, sub_class_id: SubClass = ""
) -> dict[str, Any]:
    """Read the chat links of a class or of one `subClassId`. Beyond the vendor, in its style."""
    await classrooms.by_id(work, caller.tenant_id, class_id)
    facts = facts_of(caller, base_url(request), work)
    threads = await activities.private_threads(work, caller.tenant_id, class_id)
    chats = [
        {"subClassId": lesson.lesson_id}
        | bodies.chat_links(facts, lesson.lesson_id, threads.get(lesson.lesson_id, []))
        for lesson in await classrooms.lessons(work, caller.tenant_id, class_id)
        if lesson.ended_at and sub_class_id in ("", lesson.lesson_id)
    ]
    return wire.of_class(class_id, caller.client_id) | {"chats": chats}


@router.get("/chats/{sub_class_id}/{thread}")
async def read_chat(  # noqa: PLR0913 - what an address is made of
    work: WorkDep,
    client_id: ClientId,
    sub_class_id: Id,
    thread: Id,
    signature: Annotated[Id, Query()] = "",
    expires: Annotated[Id, Query()] = "",
) -> list[dict[str, str]]:
    """Read a chat by the signed link that a `chats` ping carried; no login."""
    tenant, _ = await tenants.by_credential(work, "merithub", client_id)
    named = bodies.chat_signed(sub_class_id, thread, expires)
    if not link_holds(tenant.signing_secrets(work.wall), signature, *named):
        raise BadCredentials("The link is not valid.")
    if is_over(expires, work.now):
        raise ContentLinkOver
    lesson = await classrooms.lesson(work, tenant.tenant_id, sub_class_id)
    if lesson is None:
        what = "chat"
        raise UnknownThing(what, sub_class_id)
    said = await activities.transcript(work, tenant.tenant_id, lesson.classroom_id, sub_class_id)
    threads = {bodies.thread_name(pair): lines for pair, lines in said.private.items()}
    return wire.chat(said.public if thread == bodies.PUBLIC else threads.get(thread, []))


def facts_of(caller: Caller, base_url: str, work: Work) -> Facts:
    """What is known of the caller's tenant, for links that this caller can follow."""
    tenant = caller.tenant
    return Facts(caller.client_id, base_url, tenant.signing_secret, tenant.tenant_id, tenant.limits, work.now)
