"""Reads the fields of a token request by what the body looks like: programs send wrong content types."""

from collections.abc import AsyncGenerator
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser

from app.dialects.reading import clean
from app.rules.refusals import BadValue

MOST_FIELDS = 100
BOM = b"\xef\xbb\xbf"


async def fields(body: bytes, where: str = "body") -> str | dict[str, str]:
    """JSON as its text, a form (URL-encoded, or multipart as curl and PHP send an array) as its fields.

    `where` is what a form that cannot be read is blamed on.
    """
    body = body.removeprefix(BOM).strip()
    if body.startswith(b"--"):
        return await _multipart(body, where)
    text = body.decode("utf-8", "replace")
    if text.startswith(("{", "[")):
        return text
    try:
        return dict(parse_qsl(text, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise BadValue(where, f"could not be read: the body has more than {MOST_FIELDS} fields") from None


async def _multipart(body: bytes, where: str) -> dict[str, str]:
    # The first line is the boundary with two dashes before it, whatever the header says.
    boundary = body.split(b"\r\n", 1)[0].strip().removeprefix(b"--").decode("latin-1")
    quoted = boundary.replace("\\", "\\\\").replace('"', '\\"')
    headers = Headers({"content-type": f'multipart/form-data; boundary="{quoted}"'})

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body + b"\r\n"

    try:
        form = await MultiPartParser(headers, stream(), max_files=0, max_fields=MOST_FIELDS).parse()
    except (MultiPartException, LookupError, UnicodeError):
        raise BadValue(where, "could not be read: the body is not valid multipart/form-data") from None
    return {name: clean(value) for name, value in form.multi_items() if isinstance(value, str)}
