"""The drive: files uploaded into libraries, read, removed, and put at hand in classes. Ours, in the style."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.dialects.merithub import auth, wire, wire_drive
from app.dialects.merithub.auth import CallerDep, ClientId
from app.dialects.merithub.fields import Flag, Id
from app.dialects.merithub.reports import facts_of
from app.dialects.receiving import received
from app.domain import drive
from app.domain.classrooms import queries as classrooms
from app.domain.drive import queries
from app.domain.users import queries as users
from app.kit.downloads import send
from app.kit.web import WorkDep, base_url

router = APIRouter(prefix="/v1/{client_id}", tags=["merithub"])

Json = dict[str, Any]


# `drive` stands before every `/{class_id}`: the first path that fits is taken, and it would fit as an id.
@router.post("/drive/files", openapi_extra=wire_drive.UPLOAD)
async def upload_file(request: Request, client_id: ClientId) -> Json:
    """Upload a file into a user's library, or with `public` into the organization's. Ours: undocumented."""
    # No work is open while the bytes come in and go to the store, so there is no dependency that opens one.
    begin = request.app.state.works.begin
    async with begin() as work:
        caller = await auth.caller(request, work, client_id)
    async with received(request, caller.tenant_id) as file, begin(caller.tenant_id) as work:
        added = await drive.add(work, caller.tenant_id, file.upload, wire_drive.draft(file))
        return wire_drive.shown(added, facts_of(caller, base_url(request), work), work)


@router.get("/drive/files")
async def list_files(  # noqa: PLR0913 - each value is named in the query
    request: Request,
    work: WorkDep,
    caller: CallerDep,
    user_id: Annotated[Id | None, Query(alias="userId")] = None,
    public: Annotated[Flag, Query()] = None,
    next_id: Annotated[Id | None, Query(alias="nextId")] = None,
) -> Json:
    """List files of all libraries, of a user's, or of the public one; 100 at once, `nextId` goes on. Ours."""
    if user_id:
        await users.by_id(work, caller.tenant_id, user_id)
    found = await queries.library(
        work,
        caller.tenant_id,
        owner_id=user_id or None,
        public=public,
        after=next_id or None,
        limit=wire_drive.PAGE + 1,
    )
    return wire_drive.page(found, facts_of(caller, base_url(request), work), work)


@router.get("/drive/files/{file_id}")
async def get_file(request: Request, work: WorkDep, caller: CallerDep, file_id: Id) -> Json:
    """Read what is known of a file. Ours."""
    file = await queries.by_id(work, caller.tenant_id, file_id)
    return wire_drive.shown(file, facts_of(caller, base_url(request), work), work)


@router.get("/drive/files/{file_id}/content", response_class=Response, responses=wire_drive.CONTENT)
async def read_file(request: Request, client_id: ClientId, file_id: Id) -> Response:
    """Download a file, or with `Range` a part of it. Ours."""
    async with request.app.state.works.begin() as work:
        caller = await auth.caller(request, work, client_id)
        file = await queries.by_id(work, caller.tenant_id, file_id)
    return await send(request, request.app.state.store, drive.stored(file))


@router.delete("/drive/files/{file_id}")
async def delete_file(work: WorkDep, caller: CallerDep, file_id: Id) -> dict[str, str]:
    """Delete a file for good: out of its library, out of all classes, and its bytes. Ours."""
    await drive.remove(work, caller.tenant_id, file_id)
    return wire.SUCCESS


@router.post("/{class_id}/files")
async def attach_files(
    request: Request, work: WorkDep, caller: CallerDep, class_id: Id, body: wire_drive.AttachFiles
) -> Json:
    """Put files at hand in a class, and answer all files of it. Ours."""
    await drive.attach(work, caller.tenant_id, class_id, body.file_ids)
    return await list_files_of_class(request, work, caller, class_id)


@router.get("/{class_id}/files")
async def list_files_of_class(request: Request, work: WorkDep, caller: CallerDep, class_id: Id) -> Json:
    """List the files that are at hand in a class. Beyond the vendor, in its style."""
    await classrooms.by_id(work, caller.tenant_id, class_id)
    found = await queries.of_classroom(work, caller.tenant_id, class_id)
    files = [wire_drive.shown(file, facts_of(caller, base_url(request), work), work) for file in found]
    return wire.of_class(class_id, caller.client_id) | {"files": files}


@router.delete("/{class_id}/files/{file_id}")
async def detach_file(work: WorkDep, caller: CallerDep, class_id: Id, file_id: Id) -> dict[str, str]:
    """Take a file out of a class; it stays in its library. Ours."""
    await drive.detach(work, caller.tenant_id, class_id, file_id)
    return wire.SUCCESS
