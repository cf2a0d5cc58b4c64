"""The films of takes: a list of pieces, and the files themselves; a signed link opens each, anywhere."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from app.domain import drive
from app.domain.recordings import links, take_queries
from app.domain.recordings.tables import TakeFile
from app.kit.downloads import send
from app.kit.store import Stored
from app.rules.refusals import UnknownRecording

LIST: Final = "application/vnd.apple.mpegurl"
# The link is the permission. Players in pages of the customer's read the pieces themselves.
ANYWHERE: Final = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "content-length, content-range, accept-ranges",
    "cross-origin-resource-policy": "cross-origin",
}

router = APIRouter(prefix="/_/recording/{tenant_id}/{take_id}", include_in_schema=False)

Id = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
Signature = Annotated[str, Query(max_length=200)]
Files = Sequence[TakeFile]


async def linked(request: Request, tenant_id: Id, take_id: Id, signature: Signature = "") -> Files:
    """The files of the film that the link leads to; no work is open while their bytes are fetched."""
    async with request.app.state.works.begin() as work:
        return await take_queries.by_link(work, tenant_id, take_id, signature)


Linked = Annotated[Files, Depends(linked, scope="function")]


@router.get("/film.m3u8")
async def playlist(files: Linked, signature: Signature = "") -> Response:
    """The list of the pieces; each address in it holds as long as the list's own."""
    headers = ANYWHERE | {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response("\n".join(_lines(files, signature)) + "\n", headers=headers, media_type=LIST)


@router.get("/{file_id}.ts")
async def piece(request: Request, files: Linked, file_id: Id) -> Response:
    """One piece of a film."""
    return await _send(request, files, file_id, "video/mp2t", "ts")


@router.get("/{file_id}.mp4")
async def movie(request: Request, files: Linked, file_id: Id) -> Response:
    """One file of a film of few."""
    return await _send(request, files, file_id, "video/mp4", "mp4")


def _lines(files: Files, signature: str) -> Iterator[str]:
    longest = max(file.milliseconds for file in files)
    yield from ("#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{-(-longest // 1000)}")
    yield from ("#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD")
    part = 0
    for file in files:
        if file.part != part:
            # Each part was filmed for itself, and its clock begins anew.
            yield "#EXT-X-DISCONTINUITY"
            part = file.part
        yield f"#EXTINF:{file.milliseconds / 1000:.3f},"
        yield links.piece(file.file_id, signature)
    yield "#EXT-X-ENDLIST"


async def _send(request: Request, files: Files, file_id: str, content_type: str, ending: str) -> Response:
    for file in files:
        if file.file_id == file_id:
            key = drive.key(file.tenant_id, file_id)
            title = f"recording-{file_id}.{ending}"
            stored = Stored(file_id, key, title, content_type, file.size)
            answer = await send(request, request.app.state.store, stored)
            answer.headers.update(ANYWHERE)
            return answer
    raise UnknownRecording(file_id)
