"""The front as a real server has it: what stands on the wire, on the short way and through all layers."""

import gzip
import json
import socket
from typing import Any

from make import merithub_class
from waiting import eventually


def said(server: Any, request: bytes) -> bytes:
    """All that comes back until the server hangs up."""
    host, _, port = server.base_url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(request)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    return answer


def test_a_host_is_named_once_on_every_way(server: Any) -> None:
    made = merithub_class(server)
    token = f"authorization: {made.token}\r\nconnection: close\r\n\r\n".encode()
    path = f"/v1/{made.client_id}/users"
    for hosts, status in (
        (b"host: localhost\r\n", b"200"),
        (b"", b"400"),
        (b"host: localhost\r\nhost: localhost\r\n", b"400"),
    ):
        for target in (path, f"{path}/", f"/{path}", "/livez"):
            answer = said(server, f"GET {target} HTTP/1.1\r\n".encode() + hosts + token)
            assert answer.split(b" ", 2)[1] == status, (target, hosts, answer)
    old = said(server, f"GET {path} HTTP/1.0\r\n".encode() + token)
    assert old.split(b" ", 2)[1] == b"200"


def test_a_head_is_a_head_and_the_connection_goes_on(server: Any) -> None:
    made = merithub_class(server)
    path = f"/v1/{made.client_id}/users"
    shown = f"host: localhost\r\nauthorization: {made.token}\r\n".encode()
    both = f"HEAD {path} HTTP/1.1\r\n".encode() + shown + b"\r\n"
    both += f"GET {path} HTTP/1.1\r\n".encode() + shown + b"connection: close\r\n\r\n"
    head, _, rest = said(server, both).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    got, _, body = rest.partition(b"\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 200")
    assert f"content-length: {len(body)}".encode() in head.lower()
    assert json.loads(body)["users"]


def test_a_packed_body_is_read_on_every_way(server: Any) -> None:
    made = merithub_class(server)
    headers = {"authorization": made.token, "content-encoding": "gzip"}
    for place, kind in enumerate(("application/json", "text/plain", "")):
        user = gzip.compress(json.dumps({"name": f"Packed {place}"}).encode())
        answer = server.api.post(
            f"/v1/{made.client_id}/users", content=user, headers=headers | {"content-type": kind}
        )
        assert answer.status_code == 200, answer.text
    bomb = gzip.compress(b" " * 200_000_000)
    answer = server.api.post(f"/v1/{made.client_id}/users", content=bomb, headers=headers)
    assert answer.status_code == 413
    upload = {"authorization": made.token, "content-encoding": "br"}
    answer = server.api.post(f"/v1/{made.client_id}/drive/files", content=b"x", headers=upload)
    assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "gzip")


def test_a_packed_upload_is_kept_as_what_it_was(server: Any) -> None:
    made = merithub_class(server)
    head = b'--b\r\nContent-Disposition: form-data; name="public"\r\n\r\ntrue\r\n'
    head += b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    form = gzip.compress(head + b"words " * 100_000 + b"\r\n--b--\r\n")
    headers = {
        "authorization": made.token,
        "content-encoding": "gzip",
        "content-type": "multipart/form-data; boundary=b",
    }
    answer = server.api.post(f"/v1/{made.client_id}/drive/files", content=form, headers=headers)
    assert (answer.status_code, answer.json()["size"]) == (200, 600_000), answer.text
    content = f"/v1/{made.client_id}/drive/files/{answer.json()['fileId']}/content"
    shown = {"authorization": made.token}
    assert server.api.get(content, headers=shown).content == b"words " * 100_000
    head_of_it = server.api.head(content, headers=shown)
    assert (head_of_it.headers["content-length"], head_of_it.content) == ("600000", b"")


def test_attacks_leave_the_server_to_others(server: Any) -> None:
    """The upload that stopped every tenant, and bodies made to be gone through for long."""
    made = merithub_class(server)
    shown = {"authorization": made.token}
    for name, content in (("comments", b"<!---->" * 28 + b"x"), ("brackets", b"[" * 900_000)):
        files = {"file": (name, content, "text/html")}
        answer = server.api.post(
            f"/v1/{made.client_id}/drive/files", files=files, data={"public": "true"}, headers=shown
        )
        assert answer.status_code == 200, answer.text
        deep = server.api.post(f"/v1/{made.client_id}/users", content=content, headers=shown)
        assert deep.status_code == 400
    eventually(lambda: server.api.get("/livez", timeout=1).status_code == 200, "it serves others")
