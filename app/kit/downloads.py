"""Answers with the bytes of a file: in parts where asked for, and never so that what is in it could run."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.kit.sniffing import UNKNOWN
from app.kit.store import Missing, Store, Stored
from app.rules.filenames import disposition
from app.rules.refusals import RangeOutside, UnknownFile

SHOWN: Final = frozenset(
    {
        "application/pdf",
        "text/plain",
        *(f"image/{kind}" for kind in ("png", "jpeg", "gif", "webp", "avif", "bmp")),
        *(f"audio/{kind}" for kind in ("mpeg", "mp4", "wav", "ogg", "flac")),
        *(f"video/{kind}" for kind in ("mp4", "mp2t", "webm", "ogg", "quicktime")),
    }
)
"""What a browser may show in place. SVG is missing on purpose: it is a program in the shape of a picture."""

# A page of ours may load scripts and styles from its own server, which this one is: what could pass for
# one is handed out under no type at all.
HIDDEN: Final = re.compile(r"text/|image/svg|.*(javascript|ecmascript|xml$|html)")
POLICY: Final = (
    "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; "
    "base-uri 'none'"
)
# Browsers do not show a PDF in a sandbox. Their viewers stand apart from the page's origin.
POLICY_PDF: Final = "script-src 'none'; base-uri 'none'; form-action 'none'"
RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*")


async def send(request: Request, store: Store, file: Stored) -> Response:
    """The file, the part of it that was asked for, or 304 where the caller has it."""
    headers = _headers(file)
    shown = request.headers.get("if-none-match", "")
    if any(one.strip().removeprefix("W/") in (_tag(file), "*") for one in shown.split(",")):
        return Response(status_code=304, headers=headers)
    part = _part(request, file)
    start, end = part or (0, file.size)
    try:
        chunks = await store.read(file.key, start, end)
    except Missing:
        raise UnknownFile(file.file_id) from None
    headers["content-length"] = str(end - start)
    if part is not None:
        headers["content-range"] = f"bytes {start}-{end - 1}/{file.size}"
    return StreamingResponse(chunks, 200 if part is None else 206, headers)


def asked_range(header: str, size: int) -> tuple[int, int] | None:
    """The (start, end) that a `Range` asks for; None for the whole, RangeOutside for what is not there.

    Several ranges at once, other units and nonsense mean the whole: the standard allows that.
    """
    found = RANGE.fullmatch(header)
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        start, end = max(size - int(found[2]), 0), size
    else:
        start, end = int(found[1]), size if not found[2] else min(int(found[2]) + 1, size)
        if found[2] and int(found[2]) < start:
            return None
    if start >= size or start >= end:
        raise RangeOutside(size)
    return start, end


def _part(request: Request, file: Stored) -> tuple[int, int] | None:
    condition = request.headers.get("if-range")
    if condition is not None and condition != _tag(file):
        return None
    return asked_range(request.headers.get("range", ""), file.size)


def _tag(file: Stored) -> str:
    return f'"{file.file_id}"'


def _headers(file: Stored) -> dict[str, str]:
    inline = file.content_type in SHOWN
    content_type = file.content_type
    if not inline and HIDDEN.match(content_type):
        content_type = UNKNOWN
    return {
        "content-type": "text/plain; charset=utf-8" if content_type == "text/plain" else content_type,
        "content-disposition": disposition(file.title, file.content_type, inline=inline),
        "content-security-policy": POLICY_PDF if content_type == "application/pdf" else POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "private, no-cache",
        "accept-ranges": "bytes",
        "etag": _tag(file),
    }
