"""The drive over HTTP: uploads and their limits, names, types, links, parts; what a cut one leaves."""

import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from bounded import within
from make import merithub_class
from merithub_program import Program, golden, refused, shape
from waiting import eventually

from app.kit.clock import ManualClock
from app.settings import Settings
from app.workers.sweeper import Sweeper

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 60
HTML = b"<!doctype html><script>alert(document.domain)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"upload_mb": 2})


async def upload(
    program: Program, content: Any = b"words", name: str = "notes.txt", kind: str = "", **fields: str
) -> httpx.Response:
    return await program.client.post(
        f"/v1/{program.client_id}/drive/files",
        data=fields or {"public": "true"},
        files={"file": (name, content, kind or "application/octet-stream")},
        headers={"authorization": program.token},
    )


async def added(
    program: Program, content: Any = b"words", name: str = "notes.txt", **more: str
) -> dict[str, Any]:
    answer = await upload(program, content, name, **more)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def content(program: Program, file_id: str, **headers: str) -> httpx.Response:
    headers = {"authorization": program.token} | headers
    return await program.client.get(f"/v1/{program.client_id}/drive/files/{file_id}/content", headers=headers)


def stored(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_dir / "files").rglob("*") if path.is_file()]


async def test_a_file_is_uploaded_read_and_deleted(program: Program, settings: Settings, asgi: Any) -> None:
    ada = await program.user("Ada", permission="CJ", role="M")
    file = await added(program, PNG, "C:\\pictures\\sun.png", userId=ada, title="")
    assert shape(file) == shape(golden("drive_file.response"))
    assert (file["title"], file["type"], file["size"]) == ("sun.png", "image/png", len(PNG))
    assert (file["userId"], file["networkId"], file["public"]) == (ada, program.client_id, False)
    path = f"drive/files/{file['fileId']}"
    assert (await program.call("GET", path)).json() == file
    assert (await content(program, file["fileId"])).content == PNG
    assert (await program.call("DELETE", path)).json() == {"message": "success"}
    refused(await program.call("GET", path), 404, "fileNotFound")
    refused(await program.call("DELETE", path), 404, "fileNotFound")
    assert (await program.client.get(file["url"])).status_code == 404
    assert len(stored(settings)) == 1
    await Sweeper(asgi.state.works, asgi.state.store).tick()
    assert stored(settings) == []


async def test_no_name_of_a_person_is_in_the_store(program: Program, settings: Settings) -> None:
    file = await added(program, b"x", "../../../secret plans.txt")
    (path,) = stored(settings)
    assert path.relative_to(settings.data_dir / "files").parts[1:] == (file["fileId"],)


async def test_libraries_are_listed_by_user_and_kind(program: Program) -> None:
    ada, bob = await program.user("Ada", permission="PL"), await program.user("Bob", permission="CJ")
    one, two = await added(program, userId=ada, public="true"), await added(program, userId=bob)
    three = await added(program, public="1")

    async def listed(query: str = "") -> list[str]:
        answer = await program.call("GET", f"drive/files{query}")
        assert answer.status_code == 200, answer.text
        return sorted(file["fileId"] for file in answer.json()["files"])

    of = {"one": one["fileId"], "two": two["fileId"], "three": three["fileId"]}
    assert await listed() == sorted(of.values())
    assert await listed(f"?userId={ada}") == [of["one"]]
    assert await listed("?public=true") == sorted([of["one"], of["three"]])
    assert await listed(f"?userId={bob}&public=true") == []
    assert await listed("/?public=0") == [of["two"]]
    refused(await program.call("GET", "drive/files?userId=nobody"), 404, "userNotFound")
    refused(await program.call("GET", "drive/files?public=perhaps"), 400, "invalidRequest")


async def test_long_lists_come_in_pages(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.dialects.merithub.wire_drive.PAGE", 2)
    made = sorted([(await added(program))["fileId"] for _ in range(3)])
    first = (await program.call("GET", "drive/files")).json()
    assert [file["fileId"] for file in first["files"]] == made[:2]
    rest = (await program.call("GET", f"drive/files?nextId={first['nextId']}")).json()
    assert [file["fileId"] for file in rest["files"]] == made[2:]
    assert "nextId" not in rest


async def test_the_public_library_takes_a_permission(program: Program) -> None:
    student = await program.user("Bob", role="M", permission="CJ")
    refused(await upload(program, public="true", userId=student), 403, "forbidden")
    body = refused(await upload(program, title="x"), 400, "invalidParameter")
    assert "userId" in body["message"]
    refused(await upload(program, userId="nobody"), 404, "userNotFound")
    refused(await upload(program, public="perhaps"), 400, "invalidParameter")


@pytest.mark.parametrize(
    ("sent", "name", "kind", "shown", "served", "how"),
    [
        (HTML, "photo.png", "image/png", "text/html", "application/octet-stream", "attachment"),
        (SVG, "photo.png", "image/png", "image/svg+xml", "application/octet-stream", "attachment"),
        (b"alert(1)", "a.js", "text/javascript", "text/plain", "text/plain; charset=utf-8", "inline"),
        (PNG, "page.html", "text/html", "image/png", "image/png", "inline"),
        (b"MZ\x90\0" + PNG, "a.pdf", "application/pdf", "application/x-executable", "", "attachment"),
        (b"%PDF-1.7\n%\xff\n", "a", "text/html", "application/pdf", "application/pdf", "inline"),
    ],
)
async def test_a_file_is_what_its_bytes_say_and_never_runs(
    program: Program, sent: bytes, name: str, kind: str, shown: str, served: str, how: str
) -> None:
    file = (await upload(program, sent, name, kind)).json()
    assert file["type"] == shown
    answer = await content(program, file["fileId"])
    assert answer.headers["content-type"] == served or shown
    assert answer.headers["content-disposition"].startswith(f"{how}; ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert "script-src 'none'" in policy if shown == "application/pdf" else policy.startswith("sandbox; ")


async def test_a_file_made_to_keep_its_reader_busy_is_read_like_any_other(program: Program) -> None:
    with within(2):
        file = (await upload(program, b"<!---->" * 28 + b"x", "a.html")).json()
    assert file["type"] == "text/xml"


async def test_names_are_safe_in_headers(program: Program) -> None:
    file = await added(program, b"words", public="yes", title='Übung "1"/2\r\nx-evil: 1')
    assert file["title"] == 'Übung "1"/2 x-evil: 1'
    answer = await content(program, file["fileId"])
    assert "x-evil" not in answer.headers
    assert answer.headers["content-disposition"] == (
        "inline; filename=\"U_bung _1__2 x-evil_ 1\"; filename*=UTF-8''%C3%9Cbung%20_1__2%20x-evil_%201"
    )


async def test_parts_are_sent_as_asked(program: Program) -> None:
    file_id = (await added(program, b"0123456789"))["fileId"]
    part = await content(program, file_id, range="bytes=2-4")
    assert (part.status_code, part.content) == (206, b"234")
    assert part.headers["content-range"] == "bytes 2-4/10"
    outside = await content(program, file_id, range="bytes=10-")
    refused(outside, 416, "rangeNotSatisfiable")
    assert outside.headers["content-range"] == "bytes */10"
    whole = await content(program, file_id, range="bytes=0-1", **{"if-range": '"other"'})
    assert (whole.status_code, whole.content) == (200, b"0123456789")
    same = await content(program, file_id, **{"if-none-match": whole.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")


async def test_a_link_needs_no_login_until_it_expires(program: Program, clock: ManualClock) -> None:
    file = await added(program, b"words")
    answer = await program.client.get(file["url"])
    assert (answer.status_code, answer.content) == (200, b"words")
    url = urlsplit(file["url"])
    assert (await program.client.get(url.path)).status_code == 401
    assert (await program.client.get(f"{url.path}x?{url.query}")).status_code == 401
    assert (await program.client.get(f"/_/content/nobody/x?{url.query}")).status_code == 404
    assert (await program.client.get(f"/_/content/%00/x?{url.query}")).status_code == 400
    clock.advance(timedelta(days=7))
    assert (await program.client.get(file["url"])).status_code == 410


@pytest.mark.parametrize("size", [2_000_001, 2_300_000, 6_000_000])
async def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(
    program: Program, settings: Settings, size: int
) -> None:
    refused(await upload(program, b"x" * size), 413, "tooLarge")
    assert stored(settings) == []
    assert (await program.call("GET", "drive/files")).json() == {"files": []}


async def test_a_file_of_the_limit_is_taken_and_other_routes_keep_theirs(program: Program) -> None:
    assert (await added(program, b"x" * 2_000_000))["size"] == 2_000_000
    answer = await program.call("POST", "users", {"name": "x" * 1_100_000})
    refused(answer, 413, "tooLarge")


async def test_an_endless_upload_is_cut_off(program: Program, settings: Settings) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
        while sent < 200:
            sent += 1
            yield b"x" * 65536

    headers = {"authorization": program.token, "content-type": "multipart/form-data; boundary=b"}
    path = f"/v1/{program.client_id}/drive/files"
    refused(await program.client.post(path, content=endless(), headers=headers), 413, "tooLarge")
    assert sent < 200
    assert stored(settings) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("", b""),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"--b--\r\n"),
        ("multipart/form-data; boundary=b", b"garbage"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nwords, and then noth',
        ),
    ],
)
async def test_what_is_no_form_with_a_file_is_refused(
    program: Program, settings: Settings, kind: str, body: bytes
) -> None:
    headers = {"authorization": program.token, "content-type": kind}
    path = f"/v1/{program.client_id}/drive/files"
    refused(await program.client.post(path, content=body, headers=headers), 400, "invalidParameter")
    assert stored(settings) == []


async def test_an_empty_file_is_refused(program: Program, settings: Settings) -> None:
    refused(await upload(program, b""), 400, "invalidParameter")
    assert stored(settings) == []


async def test_no_token_no_upload(program: Program, settings: Settings) -> None:
    program.token = ""
    refused(await upload(program), 401, "unauthorized")
    assert stored(settings) == []


async def test_files_are_put_at_hand_in_a_class(program: Program) -> None:
    class_id = (await program.schedule(await program.user("Host")))["classId"]
    one, two = await added(program), await added(program)
    path = f"{class_id}/files"
    ids = [one["fileId"], two["fileId"]]
    answer = (await program.call("POST", path, {"fileIds": ids})).json()
    assert sorted(file["fileId"] for file in answer["files"]) == sorted(ids)
    assert (await program.call("GET", path)).json() == answer
    refused(await program.call("POST", path, {"fileIds": ["nothing"]}), 404, "fileNotFound")
    refused(await program.call("POST", path, {}), 400, "invalidRequest")
    assert (await program.call("DELETE", f"{path}/{ids[0]}")).json() == {"message": "success"}
    (left,) = (await program.call("GET", path)).json()["files"]
    assert left["fileId"] == ids[1]
    await program.call("DELETE", class_id)
    refused(await program.call("GET", path), 404, "classNotFound")
    assert (await program.call("GET", f"drive/files/{ids[1]}")).status_code == 200


async def test_drive_is_never_taken_for_the_id_of_a_class(program: Program) -> None:
    assert set((await program.call("GET", "drive/files")).json()) == {"files"}
    refused(await program.call("POST", "drive/files", {"fileIds": []}), 400, "invalidParameter")
    refused(await program.call("GET", "drive/files/nothing"), 404, "fileNotFound")
    refused(await program.call("DELETE", "drive/files/nothing"), 404, "fileNotFound")


async def test_an_erased_users_files_are_gone(program: Program) -> None:
    ada = await program.user("Ada", permission="CC")
    own, public = await added(program, userId=ada), await added(program, userId=ada, public="true")
    assert (await program.call("DELETE", f"users/{ada}")).status_code == 200
    refused(await program.call("GET", f"drive/files/{own['fileId']}"), 404, "fileNotFound")
    assert (await program.client.get(own["url"])).status_code == 404
    assert (await program.call("GET", f"drive/files/{public['fileId']}")).json()["userId"] == ""


async def test_another_tenant_reaches_no_file(
    program: Program, client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    file = await added(program)
    class_id = (await program.schedule(await program.user("Host")))["classId"]
    made = (await client.post("/_/admin/v1/tenants", json={"name": "Other"}, headers=admin)).json()
    credential = made["credentials"]["merithub"]
    other = Program(client, credential["client_id"], credential["client_secret"])
    other.token = (await other.ask_token(other.assertion())).json()["access_token"]
    for method, path in (
        ("GET", f"drive/files/{file['fileId']}"),
        ("GET", f"drive/files/{file['fileId']}/content"),
        ("DELETE", f"drive/files/{file['fileId']}"),
    ):
        refused(await other.call(method, path), 404, "fileNotFound")
    refused(await other.call("POST", f"{class_id}/files", {"fileIds": []}), 404, "classNotFound")
    assert (await other.call("GET", "drive/files")).json() == {"files": []}
    url = urlsplit(file["url"])
    foreign = url.path.replace(url.path.split("/")[3], made["tenant_id"])
    assert (await client.get(f"{foreign}?{url.query}")).status_code == 401


async def test_the_bytes_of_a_deleted_tenant_are_removed(
    program: Program, asgi: Any, admin: dict[str, str], settings: Settings, tenant: Any
) -> None:
    await added(program)
    answer = await program.client.delete(f"/_/admin/v1/tenants/{tenant.tenant_id}", headers=admin)
    assert answer.status_code == 204
    await Sweeper(asgi.state.works, asgi.state.store).tick()
    assert stored(settings) == []


def test_an_upload_whose_line_is_cut_leaves_nothing(server: Any, tmp_path: Path) -> None:
    made = merithub_class(server, students=0)
    host, port = urlsplit(server.base_url).netloc.split(":")
    head = (
        f"POST /v1/{made.client_id}/drive/files HTTP/1.1\r\nhost: {host}\r\nauthorization: {made.token}\r\n"
        "content-type: multipart/form-data; boundary=b\r\ncontent-length: 9000000\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
    )
    files = tmp_path / "files"
    with socket.create_connection((host, int(port))) as line:
        line.sendall(head.encode() + b"x" * 7_000_000)
        eventually(lambda: list(files.rglob("*#*")), "the bytes come in")
    eventually(lambda: not [path for path in files.rglob("*") if path.is_file()], "nothing is left")
    answer = server.api.get(f"/v1/{made.client_id}/drive/files", headers={"authorization": made.token})
    assert answer.json() == {"files": []}


async def test_a_store_that_cannot_serve_is_503_and_loses_no_file(program: Program, asgi: Any) -> None:
    file = await added(program)
    # As a process would meet it whose bucket is another one.
    asgi.state.store.expect("another store")
    for answer in (await content(program, file["fileId"]), await upload(program)):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert "store of files" in answer.json()["message"]
