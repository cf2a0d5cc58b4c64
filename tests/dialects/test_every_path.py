"""What holds on every path of the server, whoever's it is: each route is asked, none is left out."""

import gzip
import json
import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from app.dialects.registry import DIALECTS

NESTED = [b'{"a":' * levels + b"1" + b"}" * levels for levels in (300, 500, 990)]
GZIP = {"content-encoding": "gzip", "content-type": "application/json"}
OF_ONE_ANSWER = {"x-request-id", "x-trace-id", "date"}


def routes(app: FastAPI) -> list[tuple[str, set[str]]]:
    """Each path with its methods."""
    return [
        (str(context.path), set(context.methods or ()))
        for context in iter_route_contexts(app.router.routes)
        if isinstance(context.original_route, APIRoute)
    ]


def filled(path: str, word: str = "word") -> str:
    return re.sub(r"{[^}]*}", word, path)


def told(answer: httpx.Response) -> Any:
    """An answer without what differs from one to the next."""
    body = re.sub(rb'"(ts|traceId)": ?("[^"]*"|[0-9]+),?', b"", answer.content)
    return answer.status_code, body


async def test_head_works_wherever_get_does(asgi: FastAPI, client: httpx.AsyncClient) -> None:
    asked = 0
    for path, methods in routes(asgi):
        if "GET" not in methods or path in ("/metrics", "/readyz"):
            continue
        got = await client.get(filled(path))
        head = await client.head(filled(path))
        assert (head.status_code, head.content) == (got.status_code, b""), path
        assert head.headers.keys() == got.headers.keys(), path
        assert abs(int(head.headers["content-length"]) - len(got.content)) < 10, path
        asked += 1
    assert asked > 40


async def test_the_head_of_what_answers_well_is_good_too(client: httpx.AsyncClient) -> None:
    for path in ("/livez", "/readyz", "/metrics", "/docs", "/_/static/room.css"):
        got, head = await client.get(path), await client.head(path)
        assert (got.status_code, head.status_code, head.content) == (200, 200, b""), path
        assert head.headers["content-type"] == got.headers["content-type"]


async def test_a_method_that_is_not_there_is_answered_with_all_that_are(
    asgi: FastAPI, client: httpx.AsyncClient
) -> None:
    known = [
        (context.path_regex, set(context.methods or ()))
        for context in iter_route_contexts(asgi.router.routes)
        if isinstance(context.original_route, APIRoute)
    ]
    asked = 0
    for path, _ in routes(asgi):
        place = filled(path)
        there = set().union(*(methods for pattern, methods in known if pattern.match(place)))
        if there:
            answer = await client.request("TRACE", place)
            assert answer.status_code == 405, place
            there |= {"HEAD"} if "GET" in there else set()
            assert answer.headers["allow"] == ", ".join(sorted(there)), place
            asked += 1
    assert asked > 60


async def test_slashes_too_many_inside_a_vendors_path_are_one(
    asgi: FastAPI, client: httpx.AsyncClient
) -> None:
    for path, methods in routes(asgi):
        place = filled(path)
        if not any(dialect.owns(place) for dialect in DIALECTS):
            continue
        method = min(methods)
        plain = await client.request(method, place)
        for other in (f"/{place}", place.replace("/", "//"), place.replace("/", "///"), f"{place}//"):
            answer = await client.request(method, f"http://homeroom.test{other}")
            assert told(answer) == told(plain), other


async def test_a_nul_in_an_address_is_refused_and_breaks_nothing(
    asgi: FastAPI, client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    for path, methods in routes(asgi):
        for method in methods:
            if "{" in path:
                answer = await client.request(method, filled(path, "a%00b"), headers=admin)
                assert answer.status_code == 400, (method, path)
            answer = await client.request(method, f"{filled(path)}?query=%00", headers=admin)
            assert answer.status_code == 400, (method, path)


@pytest.mark.parametrize("body", NESTED, ids=len)
async def test_json_that_is_nested_too_deep_is_refused_and_breaks_nothing(
    asgi: FastAPI, client: httpx.AsyncClient, admin: dict[str, str], body: bytes
) -> None:
    for kind in ("application/json", "text/plain"):
        for path, methods in routes(asgi):
            for method in methods - {"GET"}:
                headers = admin | {"content-type": kind}
                answer = await client.request(method, filled(path), content=body, headers=headers)
                assert 400 <= answer.status_code < 500 or not answer.content, (method, path, answer.text)


async def test_a_body_may_come_packed(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    said = json.dumps({"name": "Packed"}).encode()
    for url in ("/_/admin/v1/tenants", "/v1/nobody/users", "/api/virtual-classroom/get-api-token/"):
        plain = await client.post(url, content=said, headers=admin | {"content-type": "application/json"})
        packed = await client.post(url, content=gzip.compress(said), headers=admin | GZIP)
        assert packed.status_code == plain.status_code, url
        other = admin | GZIP | {"content-encoding": "br"}
        refused = await client.post(url, content=b"x", headers=other)
        assert (refused.status_code, refused.headers["accept-encoding"]) == (415, "gzip"), url
    found = (await client.get("/_/admin/v1/tenants", headers=admin)).json()["tenants"]
    assert [one["name"] for one in found].count("Packed") == 2


async def test_what_a_packed_body_becomes_is_bounded_as_others_are(
    client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    for url in ("/_/admin/v1/tenants", "/v1/nobody/users", "/_/inbox/name"):
        answer = await client.post(url, content=bomb, headers=admin | GZIP)
        assert answer.status_code == 413, url


async def test_what_is_no_gzip_is_refused_in_the_voice_of_its_path(client: httpx.AsyncClient) -> None:
    broken = await client.post("/v1/nobody/users", content=b"no gzip", headers=GZIP)
    assert (broken.status_code, broken.json()["code"]) == (400, "invalidRequest")


TEXTS_OF_OPERATORS = (
    *("name", "callback_url", "since", "overlap", "by", "to", "receiver_id", "classroom_id", "kind", "clock"),
    *("limits", "switches", "ping_url"),
)


@pytest.mark.parametrize("text", ["a\0b", "\0", "\ud800", "\udfff\ud800", "\uffff", "\r\n"], ids=ascii)
async def test_text_that_no_database_keeps_is_refused_or_kept_by_nobody(
    asgi: FastAPI, client: httpx.AsyncClient, admin: dict[str, str], tenant: Any, text: str
) -> None:
    """In the bodies of the operator's own API; what each vendor's programs send, their fuzzers send too."""
    said: list[dict[str, Any]] = [{name: text} for name in TEXTS_OF_OPERATORS]
    said += [{"merithub": one, "learncube": one, "name": "x", "seen": [text]} for one in said[:]]
    said += [{"name": "x"} | one for one in said] + [{text: text}]
    for path, methods in routes(asgi):
        for method in methods - {"GET", "DELETE"}:
            if path.startswith("/_/admin"):
                for body in said:
                    place = filled(path.replace("{tenant}", tenant.tenant_id))
                    content = json.dumps(body)
                    headers = admin | {"content-type": "application/json"}
                    answer = await client.request(method, place, content=content, headers=headers)
                    assert answer.status_code < 500, (method, place, body, answer.text)
