"""Takes in an upload for any dialect: streamed into the store with no transaction open, then made a file."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request

from app.domain import drive
from app.domain.drive import Upload
from app.kit.multipart import Form
from app.kit.sniffing import HEAD, sniff
from app.kit.web import allow_body
from app.rules.filenames import own_name
from app.rules.refusals import BadValue, TooLarge

FORM_OVERHEAD = 256 * 1024
"""What a form may be larger than the file in it."""


@dataclass(frozen=True)
class Received:
    """Bytes that are in the store, whole, and what came with them."""

    upload: Upload
    fields: dict[str, str]
    name: str
    content_type: str
    size: int


@contextlib.asynccontextmanager
async def received(request: Request, tenant_id: str) -> AsyncIterator[Received]:
    """The file of the request. Unless the block makes a file of the upload, its bytes are removed."""
    works, limit = request.app.state.works, request.app.state.largest_file
    allow_body(request, limit + FORM_OVERHEAD)
    if int(request.headers.get("content-length", "0")) > limit + FORM_OVERHEAD:
        raise TooLarge("file", limit)
    form = Form(request.headers.get("content-type", ""), request.stream())
    async with works.begin(tenant_id) as work:
        upload = await drive.expect(work, tenant_id)
    try:
        yield await _store(request, form, upload, limit)
    except ClientDisconnect:
        await _abandon(request, upload)
        raise BadValue("file", "was cut off") from None
    except BaseException:
        await _abandon(request, upload)
        raise


async def _store(request: Request, form: Form, upload: Upload, limit: int) -> Received:
    size, chunks = 0, form.chunks()
    head = b""
    async for chunk in chunks:
        head += chunk
        if len(head) >= HEAD:
            break
    if not head:
        raise BadValue("file", "must not be empty")

    async def counted() -> AsyncIterator[bytes]:
        nonlocal size
        size = len(head)
        yield _within(head, size, limit)
        async for chunk in chunks:
            size += len(chunk)
            yield _within(chunk, size, limit)

    await request.app.state.store.put(upload.key, counted())
    await form.finish()
    return Received(upload, form.fields, own_name(form.filename), sniff(head[:HEAD]), size)


def _within(chunk: bytes, size: int, limit: int) -> bytes:
    if size > limit:
        raise TooLarge("file", limit)
    return chunk


async def _abandon(request: Request, upload: Upload) -> None:
    async with request.app.state.works.begin(upload.tenant_id) as work:
        await drive.abandon(work, upload)
