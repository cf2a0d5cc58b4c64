"""A token request in every form that programs send it."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from merithub_program import GRANT, Program, refused

URLENCODED = "application/x-www-form-urlencoded"


def multipart(
    assertion: str, boundary: str = "------------------------d74496d66958873e", end: str = "\r\n"
) -> bytes:
    """What PHP's curl sends for an array of fields."""
    fields = {"assertion": assertion, "grant_type": GRANT}
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return ("".join(parts) + f"--{boundary}--{end}").encode()


BODIES: dict[str, Any] = {
    "encoded": lambda token: f"grant_type={quote(GRANT)}&assertion=Bearer%20%20{token}".encode(),
    "raw spaces": lambda token: f"grant_type={GRANT}&assertion=Bearer  {token}".encode(),
    "plus": lambda token: f"grant_type={GRANT}&assertion=Bearer++{token}".encode(),
    "encoded twice": lambda token: f"grant_type={GRANT}&assertion=Bearer%2520{token}".encode(),
    "encoded plus": lambda token: f"grant_type={GRANT}&assertion=Bearer%2B{token}".encode(),
    "no prefix": lambda token: f"assertion={token}&grant_type={GRANT}\r\n".encode(),
    "spaces first": lambda token: f"grant_type={GRANT}&assertion=  Bearer {token}  ".encode(),
    "byte order mark": lambda token: b"\xef\xbb\xbf" + f"grant_type={GRANT}&assertion={token}".encode(),
    "json": lambda token: json.dumps({"grant_type": GRANT, "assertion": f"Bearer {token}"}).encode(),
    "json with a mark": lambda token: (
        b"\xef\xbb\xbf\n" + json.dumps({"grant_type": GRANT, "assertion": f"Bearer+{token}"}).encode()
    ),
    "multipart": lambda token: multipart(f"Bearer  {token}"),
    "multipart with a plus": lambda token: multipart(f"Bearer+{token}"),
    "multipart without a last line end": lambda token: multipart(token, end=""),
    "multipart with a strange boundary": lambda token: multipart(token, boundary="a\"b'()+_,./:=? c"),
}
TYPES = [
    URLENCODED,
    "APPLICATION/X-WWW-FORM-URLENCODED; CHARSET=UTF-8",
    "application/json;charset=utf-8",
    "Multipart/Form-Data; boundary=----------------------------d74496d66958873e",
    "multipart/form-data",
    "text/plain",
    "nonsense",
    "",
]


async def ask(program: Program, content: bytes, content_type: str = URLENCODED) -> Any:
    path = f"/v1/{program.client_id}/api/token"
    return await program.client.post(path, content=content, headers={"content-type": content_type})


@pytest.mark.parametrize("form", BODIES)
async def test_every_form_is_read_under_every_content_type(program: Program, form: str) -> None:
    body = BODIES[form](program.assertion())
    for content_type in TYPES:
        answer = await ask(program, body, content_type)
        assert answer.status_code == 200, (content_type, answer.text)
        assert answer.json()["access_token"].startswith("Bearer ey")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "assertion"),
        (b"\xef\xbb\xbf", "assertion"),
        (b"   \r\n", "assertion"),
        (b"{}", "assertion"),
        (b"[]", "assertion"),
        (b'{"assertion": ', "assertion"),
        (b'{"assertion": {"a": 1}}', "assertion"),
        (b"{" * 90, "assertion"),
        (b"[" * 90, "assertion"),
        (b"--", "assertion"),
        (b"--b\r\n", "assertion"),
        (b"----" * 5000, "assertion"),
        (b"--b\r\nnonsense\r\n--b--", "assertion"),
        (
            b'--b\r\nContent-Disposition: form-data; name="assertion"; filename="a"\r\n\r\nx\r\n--b--\r\n',
            "assertion",
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="assertion"\r\n\r\n\xff\xfe\r\n--b--\r\n',
            "grant_type",
        ),
        (b"\xff\xfe\x00\x01", "assertion"),
        (f"grant_type={GRANT}".encode(), "assertion"),
        (f"grant_type={GRANT}&assertion=".encode(), "assertion"),
        (b"assertion=x", "grant_type"),
        (b"assertion=x&grant_type=client_credentials", "grant_type"),
    ],
)
async def test_what_cannot_be_read_names_the_field(program: Program, body: bytes, named: str) -> None:
    for content_type in (URLENCODED, "application/json", "multipart/form-data; boundary=b"):
        told = refused(await ask(program, body, content_type), 400, "invalidParameter")
        assert told["message"].startswith(named)


@pytest.mark.parametrize("body", [b"{" * 9000, b"[" * 9000, b'{"assertion":' * 101])
async def test_what_is_nested_too_deep_is_read_by_nobody(program: Program, body: bytes) -> None:
    for content_type in (URLENCODED, "application/json", "multipart/form-data; boundary=b"):
        told = refused(await ask(program, body, content_type), 400, "invalidRequest")
        assert told["message"] == "The body is nested deeper than 100 levels."
