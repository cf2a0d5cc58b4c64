"""A form is read as it arrives, whatever the pieces."""

from collections.abc import AsyncIterator

import pytest

from app.kit.multipart import LONGEST_FIELD, Form
from app.rules.refusals import BadValue, TooLarge

KIND = "multipart/form-data; boundary=frontier"


def part(head: str, body: bytes) -> bytes:
    return f"--frontier\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body + b"\r\n"


END = b"--frontier--\r\n"
FILE = part('name="file"; filename="a.txt"', b"one\r\n--front two")
WHOLE = part('name="title"', "Grüße".encode()) + FILE + part('name="public"', b"true") + END


async def cut(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]
    yield b""


async def read(body: bytes, size: int = 1000, kind: str = KIND) -> tuple[bytes, Form]:
    form = Form(kind, cut(body, size))
    file = b"".join([chunk async for chunk in form.chunks()])
    await form.finish()
    return file, form


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1000])
async def test_fields_stand_before_and_after_the_file(size: int) -> None:
    file, form = await read(WHOLE, size)
    assert file == b"one\r\n--front two"
    assert form.fields == {"title": "Grüße", "public": "true"}
    assert form.filename == "a.txt"


async def test_a_file_without_a_name_is_a_file() -> None:
    file, form = await read(part('name="file"', b"words") + END)
    assert (file, form.filename) == (b"words", "")


async def test_of_two_files_the_first_counts() -> None:
    file, form = await read(FILE + part('name="file"; filename="b"', b"2") + END)
    assert (file, form.filename, form.fields) == (b"one\r\n--front two", "a.txt", {})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (END, "file"),
        (b"", "file"),
        (part('name="title"', b"x") + END, "file"),
        (FILE[:-8], "file"),
        (FILE, "file"),
        (FILE + part('name="title"', b"x")[:-2], "Content-Type"),
        (b"no form at all", "Content-Type"),
        (b"".join(part('name="x"', b"1") for _ in range(60)) + END, "Content-Type"),
    ],
)
async def test_what_is_no_whole_form_is_refused(body: bytes, field: str) -> None:
    with pytest.raises(BadValue) as refused:
        await read(body)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "application/json",
        "multipart/form-data",
        "multipart/mixed; boundary=frontier",
        f"multipart/form-data; boundary={'x' * 300}",
    ],
)
def test_another_content_type_is_refused(kind: str) -> None:
    with pytest.raises(BadValue):
        Form(kind, cut(WHOLE, 10))


async def test_a_field_is_no_way_around_the_limits() -> None:
    with pytest.raises(TooLarge):
        await read(part('name="title"', b"x" * (LONGEST_FIELD + 1)) + FILE + END)
