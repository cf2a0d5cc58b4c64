"""Whatever is sent, the answer is one that the description promises: a fixed budget of odd requests.

The budget is the same in each run: nothing here is left to chance.
"""

import json
import re
from hashlib import sha256
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi.routing import iter_route_contexts
from hypothesis import strategies as st
from jose import jws
from make import MadeClass, merithub_class
from merithub_program import GRANT, Program
from promises import put_to_the_test
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation

from app.admin.docs import openapi_of
from app.bootstrap import MERITHUB_SECRET
from app.dialects.merithub import MERITHUB

CASES = 30
"""Requests to each operation."""

CODE = re.compile(r"[a-z]+([A-Z][a-z]*)*")
DESCRIBED = openapi_of("merithub", MERITHUB.router.routes)

# What a person or a program would write, between all that which nobody would.
SEASONING = st.sampled_from(
    [
        "2031-01-15T10:00:00Z",
        "2031-01-15T10:00:00",
        "9999-12-31T23:59:59+14:00",
        "0001-01-01T00:00:00Z",
        "Europe/Berlin",
        "Asia/Calcutta",
        "perma",
        "oneTime",
        "cl",
        "C",
        "CC",
        "su",
        "",
        "0",
        "60",
        "1e3",
        "NaN",
        "\ud800",
        "a\x00b",
        "🧑‍🏫" * 200,
        "[[1]]",
        "1,2,3",
        [0, 3, 6],
        [7],
        0,
        -1,
        10**30,
        1e308,
        True,
        None,
        [],
        {},
    ]
)


def complaint(answer: httpx.Response | schemathesis.Response) -> str | None:
    """What is wrong with a refusal; the vendor's envelope and nothing else is right."""
    if answer.status_code < 400:
        return None
    try:
        body = json.loads(answer.content)
    except ValueError:
        return "no JSON"
    keys = body.keys() if isinstance(body, dict) else set()
    if not {"code", "message", "traceId"} <= keys <= {"code", "message", "traceId", "userId"}:
        return "not the envelope"
    if not all(isinstance(value, str) and value for value in body.values()):
        return "an empty word in the envelope"
    return None if CODE.fullmatch(body["code"]) and answer.status_code < 500 else f"code {body['code']}"


def known(made: MadeClass) -> st.SearchStrategy[str]:
    """Ids and links that exist, of the right and of the wrong kind."""
    return st.sampled_from(
        [made.class_id, made.teacher_id, *made.student_ids, made.host_link, *made.common_links.values()]
    )


def fitting(made: MadeClass, name: str) -> st.SearchStrategy[str]:
    """What a program would put into this place of a path."""
    match name:
        case "class_id" | "any_id":
            return st.just(made.class_id)
        case "user_id":
            return st.sampled_from([made.teacher_id, *made.student_ids])
        case _:
            return st.sampled_from(["public", made.class_id])


def sound(made: MadeClass) -> st.SearchStrategy[dict[str, Any]]:
    """A body that every operation takes: what is not an operation's is ignored."""
    (student,) = made.student_ids
    assertion = jws.sign({"iss": made.client_id}, MERITHUB_SECRET, algorithm="HS256")
    plain = {"name": "Ada", "title": "Algebra", "startTime": "2031-01-15T10:00:00Z"}
    plain |= {"grant_type": GRANT, "assertion": assertion}
    return st.sampled_from([{"users": [{"userId": student}]}, {"users": [student]}]).map(plain.__or__)


@st.composite
def requests(draw: st.DrawFn, operation: APIOperation, made: MadeClass) -> Case:
    """A request by the tenant's own program, as described or against it; mostly a sound one with a flaw."""
    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    case = draw(operation.as_strategy(generation_mode=draw(modes)))
    mostly = st.integers(0, 4).map(bool)
    if isinstance(case.path_parameters, dict):
        case.path_parameters["client_id"] = made.client_id
        for name in case.path_parameters.keys() - {"client_id"}:
            if draw(mostly):
                case.path_parameters[name] = draw(fitting(made, name) if draw(mostly) else known(made))
    if isinstance(case.body, dict) and draw(mostly):
        flaws = draw(st.sets(st.sampled_from(sorted(case.body)), max_size=2)) if case.body else set()
        odd = {
            name: draw(SEASONING | known(made)) if draw(st.booleans()) else case.body[name] for name in flaws
        }
        case.body = draw(sound(made)) | odd
    return case


def test_no_request_gets_an_answer_that_is_not_described(server: Any) -> None:
    described = schemathesis.openapi.from_dict(DESCRIBED)
    for found in described.get_all_operations():
        made = merithub_class(server, students=1)
        headers = {"authorization": made.token}
        put_to_the_test(requests(found.ok(), made), CASES, server, headers, complaint)


# ---- By hand: what no generator of valid text or valid JSON comes to


def operations() -> list[tuple[str, str]]:
    """Every method and path of the dialect that is not a page, hidden ones too."""
    return [
        (method, str(route.path))
        for route in iter_route_contexts(MERITHUB.router.routes)
        for method in sorted(route.methods or ())
        if not MERITHUB.shows_page(str(route.path))
    ]


def fields_of(method: str, path: str) -> set[str]:
    """The names in the body of an operation, those of its parts too."""
    names: set[str] = set()

    def look(described: Any) -> None:
        match described:
            case {"$ref": str(where)}:
                look(DESCRIBED["components"]["schemas"][where.rsplit("/", 1)[-1]])
            case dict():
                names.update(described.get("properties", ()))
                for inner in described.values():
                    look(inner)
            case list():
                for inner in described:
                    look(inner)

    look(DESCRIBED["paths"].get(path, {}).get(method.lower(), {}).get("requestBody"))
    return names


DEEP = 50_000
ODD_VALUES = [
    b"null",
    b'""',
    b'" "',
    b"[]",
    b"{}",
    b"[[]]",
    b"[{}]",
    b"[null]",
    b"0",
    b"-1",
    b"-0.0",
    b"1e400",
    b"1e-400",
    b"NaN",
    b"-Infinity",
    b"9" * 5_000,
    b'"' + b"9" * 5_000 + b'"',
    b"true",
    rb'"\u0000"',
    rb'"\ud800"',
    rb'"\udfff\ud800"',
    rb'"\u202e\u0007"',
    b'"\xff"',
    b'"\xed\xa0\x80"',
    b'"' + b"a" * 100_000 + b'"',
    b'"0001-01-01T00:00:00+14:00"',
    b'"9999-12-31T23:59:59-14:00"',
    b'"2031-02-30T10:00:00Z"',
    b'"../../etc/passwd"',
    b'"Europe"',
    b'"[1"',
    b'"[[[[1]]]]"',
    # Long, and not to be made shorter by compressing: an index of the database takes less.
    b'"' + "".join(sha256(bytes([number])).hexdigest() for number in range(200)).encode() + b'"',
]
SOUND = {"name": "Ada", "title": "Algebra", "startTime": "2031-01-15T10:00:00Z", "type": "perma"}
PARTS = {
    "userId": b'"users":[{"userId":VALUE}]',
    "userLink": b'"users":[{"userId":"nobody","userLink":VALUE}]',
    "record": b'"recording":{"record":VALUE}',
    "write": b'"participantControl":{"write":VALUE}',
}
"""Where those names stand that are not at the top."""

ODD_BODIES = [
    b"",
    b"\x00",
    b"{",
    b"null",
    b"7",
    b'"text"',
    b"[]",
    b"{}",
    b"\xff\xfe{\x00}\x00",
    b"\xef\xbb\xbf{}",
    b"[" * DEEP,
    b'{"a":' * DEEP,
    b"[" * DEEP + b"]" * DEEP,
    b'{"users":' + b"[" * DEEP + b"]" * DEEP + b"}",
    b'{"name":"a","name":{"b":1},"name":"c"}',
    b'{"users":[{"userId":"a","userId":"b"}],"users":7}',
    b"grant_type=%ff&assertion=%00",
    b"assertion=" + b"Bearer%20" * 1_000 + b"a.b.c",
    b"a=" + b"b" * 1_100_000,
]
ODD_IDS = [
    "%00",
    "%ff",
    "%ed%a0%80",
    "%2e%2e",
    "%2F",
    "%5c",
    "%0d%0aX-Injected:%201",
    "%F0%9F%92%A9",
    "' OR 1=1 --",
    "{class_id}",
    "users",
    "chats",
    "calendar",
    "a" * 5_000,
    ".",
    "~",
]
ODD_HEADERS = [
    {"content-type": "application/json; charset=nonsense"},
    {"content-type": "multipart/form-data"},
    {"content-type": "multipart/form-data; boundary=" + "b" * 300},
    {"content-type": "application/x-www-form-urlencoded; charset=\xff"},
    {"content-type": ";;;"},
    {"content-length": "7"},
    {"content-encoding": "gzip"},
    {"accept": "text/html,*/*;q=0.1"},
    {"accept-encoding": "\xff"},
    {"if-none-match": '"' * 1_000},
    {"range": "bytes=-1,9999999-,x"},
    {"x-forwarded-for": "\xff, 999.999.999.999"},
    {"x-forwarded-proto": "gopher"},
    {"cookie": "=;=;\xff"},
    {"user-agent": "\xff" * 1_000},
    {"x-http-method-override": "BREW"},
]
ODD_TOKENS = [
    "",
    "Bearer",
    "Bearer " * 2_000,
    "bearer\tBEARER  x",
    "\xff\xfe",
    "a.b.c",
    "e30.e30.e30",
    "..",
    "eyJhbGciOiJub25lIn0.e30.",
    "Basic YTpi",
    "9" * 60_000,
]


PARAMETER = re.compile(r"{(\w+)}")


@pytest.fixture
async def path_of(program: Program) -> Any:
    """Fills a path with ids that exist, as far as there are any of the kind."""
    owner = await program.user("Owner")
    class_id = (await program.schedule(owner))["classId"]
    known = {"client_id": program.client_id, "user_id": owner, "class_id": class_id, "any_id": class_id}

    def fill(path: str, **odd: str) -> str:
        return PARAMETER.sub(lambda found: (known | odd).get(found[1], "nothing"), path)

    return fill


def with_one(name: str, value: bytes) -> bytes:
    """A sound body with one odd value in it."""
    frame = PARTS.get(name, b'"%s":VALUE' % name.encode())
    return json.dumps(SOUND)[:-1].encode() + b"," + frame.replace(b"VALUE", value) + b"}"


def upset(answers: list[tuple[str, httpx.Response]]) -> list[str]:
    """The requests that got an answer they should not."""
    return [
        f"{what[:300]}: {answer.status_code} {why}"
        for what, answer in answers
        if (why := complaint(answer)) is not None
    ]


@pytest.mark.parametrize(("method", "path"), [one for one in operations() if one[0] in ("POST", "PUT")])
async def test_an_odd_body_is_taken_or_refused_properly(
    program: Program, path_of: Any, method: str, path: str
) -> None:
    answers = []
    names = sorted(fields_of(method, path))
    odd = [with_one(name, value) for name in names for value in ODD_VALUES]
    for body in ODD_BODIES + odd:
        headers = {"authorization": program.token, "content-type": "application/json"}
        answer = await program.client.request(method, path_of(path), content=body, headers=headers)
        answers.append((repr(body), answer))
    assert {answer.status_code for _, answer in answers} - {401, 404, 405}, "nothing was read at all"
    assert upset(answers) == []


@pytest.mark.parametrize(("method", "path"), operations())
async def test_odd_ids_queries_headers_and_tokens_are_taken_or_refused_properly(
    program: Program, path_of: Any, method: str, path: str
) -> None:
    token = {"authorization": program.token}
    plain, answers = path_of(path), []
    names = PARAMETER.findall(path)

    async def call(url: str, **headers: str) -> None:
        raw = {name: value.encode("latin-1") for name, value in (token | headers).items()}
        answer = await program.client.request(method, url, content=b"{}", headers=raw)
        answers.append((f"{method} {url} {headers}", answer))

    for odd in ODD_IDS:
        for name in names:
            await call(path_of(path, **{name: odd}))
    for odd in ODD_IDS:
        known = ("query", "subClassId", "format", "classId", "signature", "userId", "public")
        await call(f"{plain}?{'&'.join(f'{name}={odd}' for name in known)}")
    for headers in ODD_HEADERS:
        await call(plain, **headers)
    for odd in ODD_TOKENS:
        await call(plain, authorization=odd)
    assert upset(answers) == []


@pytest.mark.parametrize(
    "method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "BREW"]
)
async def test_a_method_that_a_path_has_not_is_refused_properly(
    program: Program, path_of: Any, method: str
) -> None:
    answers = [
        (f"{method} {path}", await program.client.request(method, path_of(path)))
        for path in sorted({path for _, path in operations()})
        if (method, path) not in operations()
    ]
    if method == "HEAD":  # its answer has no body, by the rules of HTTP
        assert {answer.status_code for _, answer in answers} <= {400, 401, 404, 405}
        return
    assert upset(answers) == []
