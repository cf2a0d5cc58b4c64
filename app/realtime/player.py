"""The player of a recording: a page, what happened as JSON, and the archive; a signed link opens each."""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from pydantic import StringConstraints
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response

from app.domain.recordings import links, queries
from app.domain.recordings.queries import Opened
from app.kit.pages import page
from app.kit.web import WorkDep
from app.realtime.archives import Archives
from app.rules.links import LinkKind, earliest, expiry
from app.rules.refusals import NoDownload

PAGES: Final = re.compile(r"/_/recording/[^/]+/[^/]+(/download)?$")

router = APIRouter(prefix="/_/recording/{tenant_id}/{recording_id}", include_in_schema=False)

Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
Signature = Annotated[str, Query(max_length=200)]
Expires = Annotated[str, Query(max_length=20)]


async def watched(
    work: WorkDep, tenant_id: Id, recording_id: Id, signature: Signature = "", expires: Expires = ""
) -> Opened:
    """The recording that a link to watch leads to."""
    return await queries.by_link(work, links.WATCH, tenant_id, recording_id, signature, expires)


@router.get("")
async def player(
    work: WorkDep, opened: Annotated[Opened, Depends(watched, scope="function")]
) -> HTMLResponse:
    """The page that plays a recording."""
    recording, secret = opened.recording, opened.tenant.signing_secret
    names = (secret, recording.tenant_id, recording.recording_id)
    # No link on the page holds longer than the page's own.
    download = expiry(opened.tenant.limits, LinkKind.DOWNLOAD, work.now)
    return page(
        "player.html",
        framers=opened.tenant.framers,
        title=opened.classroom.title,
        events=links.events(*names, opened.expires),
        download=links.download(*names, earliest(download, opened.expires))
        if opened.classroom.recording_download
        else "",
        started_at=recording.started_at.isoformat(),
        seconds=str(recording.seconds),
    )


@router.get("/events")
async def events(
    work: WorkDep,
    opened: Annotated[Opened, Depends(watched, scope="function")],
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> Response:
    """A page of what happened past an event's number; `next` is where to go on, absent at the end."""
    found = await queries.page(work, opened.recording, after)
    body: dict[str, Any] = {
        "events": [{"seq": one.seq, "at": one.at.isoformat(), "kind": one.kind, **one.data} for one in found]
    }
    if len(found) == queries.PAGE:
        body["next"] = found[-1].seq
    return JSONResponse(body, headers={"cache-control": "no-store", "x-content-type-options": "nosniff"})


@router.get("/download")
async def download(
    request: Request,
    tenant_id: Id,
    recording_id: Id,
    signature: Signature = "",
    expires: Expires = "",
) -> FileResponse:
    """The archive of a recording, as long as the class offers it."""
    # No work is open while it is packed and sent, so there is no dependency that opens one.
    async with request.app.state.works.begin(tenant_id) as work:
        opened = await queries.by_link(work, links.DOWNLOAD, tenant_id, recording_id, signature, expires)
    if not opened.classroom.recording_download:
        raise NoDownload
    archives: Archives = request.app.state.archives
    # The id alone: a title is no safe name of a file everywhere.
    headers = {
        "content-disposition": f'attachment; filename="recording-{opened.recording.recording_id}.zip"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return FileResponse(await archives.of(opened), media_type="application/zip", headers=headers)
