"""FastAPI's routes worked out once: what their endpoints need, and how to come by it without asking FastAPI.

A route says what its endpoint needs: values of the path and the query, a body, a unit of work, what other
functions find out. Anything that is not as plain as that (another content type, a value that does not fit)
is left to FastAPI, which also phrases what is wrong with it: nothing is declared twice or refused here.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any, Final, get_type_hints

from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import ResponseValidationError
from fastapi.routing import APIRoute, RouteContext
from fastapi.security.base import SecurityBase
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from app.kit.web import open_work

MISSING: Final = object()
JSON: Final = "application/json"


STRANGE_NEEDS: Final = (
    "header_params",
    "cookie_params",
    "websocket_param_name",
    "http_connection_param_name",
    "response_param_name",
    "background_tasks_param_name",
    "security_scopes_param_name",
    "own_oauth_scopes",
    "concurrency",
)
STRANGE_ANSWERS: Final = (
    "status_code",
    "stream_item_field",
    "response_model_include",
    "response_model_exclude",
    "response_model_exclude_unset",
    "response_model_exclude_defaults",
    "response_model_exclude_none",
    "_embed_body_fields",
)


class Walk(Exception):  # noqa: N818 - nothing went wrong
    """The request goes FastAPI's way, which nothing stands in: nothing was done for it so far."""


@dataclass(frozen=True)
class Slot:
    """A value of a request: what the function calls it, what the request does, and how it is checked."""

    name: str
    alias: str
    field: Any
    otherwise: Any

    def read(self, said: Mapping[str, Any]) -> Any:
        """The value that was said, or the one that stands for none."""
        value = said.get(self.alias, MISSING)
        if value is not MISSING:
            return self.checked(value)
        if self.otherwise is MISSING:
            raise Walk
        return deepcopy(self.otherwise)

    def checked(self, value: Any) -> Any:
        """The value as its type has it."""
        found, errors = self.field.validate(value)
        if errors:
            raise Walk
        return found


@dataclass(frozen=True)
class Need:
    """A function, and what it is called with: by slots, by the request, by what further functions find."""

    call: Callable[..., Any]
    path: tuple[Slot, ...]
    query: tuple[Slot, ...]
    body: Slot | None
    request: str | None
    inner: tuple[tuple[str | None, "Need"], ...]

    def all(self) -> "Iterator[Need]":
        """This one and those below it."""
        yield self
        for _, need in self.inner:
            yield from need.all()


class Train:
    """A route that is served the short way."""

    def __init__(self, context: RouteContext, need: Need) -> None:
        self.route = context.original_route
        self.path = str(getattr(self.route, "path", ""))
        self._need = need
        self._answer: Any = context.response_field
        needs = list(need.all())
        # Those with values of their own; a function that is needed twice is asked once.
        self._filled = {id(one): one for one in needs if one.path or one.query or one.body}
        self._has_body = any(one.body for one in needs)
        self._has_query = any(one.query for one in needs)

    async def serve(self, request: Request) -> Response:
        """The answer, rendered after the work's commit; Walk where nothing was done yet."""
        values = await self._values(request)
        async with request.app.state.works.begin() as work:
            found = await _call(self._need, values, request, {open_work: work})
        return self._rendered(found)

    async def _values(self, request: Request) -> dict[int, dict[str, Any]]:
        """What each function is given of the request's own."""
        path = request.path_params
        query = request.query_params if self._has_query else {}
        body = await _json(request) if self._has_body else None
        values = {}
        for key, need in self._filled.items():
            mine = {slot.name: slot.read(path) for slot in need.path}
            for slot in need.query:
                mine[slot.name] = slot.read(query)
            if need.body:
                mine[need.body.name] = need.body.checked(body)
            values[key] = mine
        return values

    def _rendered(self, found: Any) -> Response:
        if isinstance(found, Response):
            return found
        value, errors = self._answer.validate(found)
        if errors:
            raise ResponseValidationError(errors=errors, body=found)
        return Response(self._answer.serialize_json(value), media_type=JSON)


async def _call(
    need: Need, values: dict[int, dict[str, Any]], request: Request, known: dict[Any, Any]
) -> Any:
    given = dict(values.get(id(need), ()))
    for name, inner in need.inner:
        if inner.call not in known:
            known[inner.call] = await _call(inner, values, request, known)
        if name is not None:
            given[name] = known[inner.call]
    if need.request is not None:
        given[need.request] = request
    return await need.call(**given)


async def _json(request: Request) -> Any:
    """The body, which has to say that it is JSON, and to be it."""
    try:
        body = await request.body()
    except ClientDisconnect:
        raise Walk from None
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() != JSON:
        raise Walk
    try:
        # How deep it is was looked at when it came in.
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Walk from None
    if value is None:
        raise Walk
    return value


# ---- What can be served so


def train_of(context: RouteContext) -> Train | None:
    """The route's train; None where it needs or answers what only FastAPI knows about."""
    if not isinstance(context.original_route, APIRoute) or any(
        getattr(context, name) for name in STRANGE_ANSWERS
    ):
        return None
    if context.response_field is None:
        answers = get_type_hints(context.endpoint).get("return")
        if not (isinstance(answers, type) and issubclass(answers, Response)):
            return None
    elif not isinstance(context.response_class, DefaultPlaceholder):
        return None
    need = _need(context.dependant)
    # Without a unit of work there is nothing to be quick about.
    if need is None or not any(one.call is open_work for one in need.all()):
        return None
    return Train(context, need)


def _need(dependant: Dependant) -> Need | None:
    inner = [(one.name, _need(one)) for one in dependant.dependencies if not _only_described(one)]
    known = [(name, need) for name, need in inner if need is not None]
    call, bodies = dependant.call, dependant.body_params
    strange = any(getattr(dependant, name) for name in STRANGE_NEEDS) or not dependant.use_cache
    if call is None or strange or len(known) < len(inner) or len(bodies) > 1:
        return None
    if call is not open_work and not iscoroutinefunction(call):
        return None
    if not all(_plain(field) for field in (*dependant.path_params, *dependant.query_params)):
        return None
    return Need(
        call,
        tuple(map(_slot, dependant.path_params)),
        tuple(map(_slot, dependant.query_params)),
        _slot(bodies[0]) if bodies else None,
        dependant.request_param_name,
        tuple(known),
    )


def _only_described(dependant: Dependant) -> bool:
    """Whether it is there for the documentation alone: it refuses nothing, and nobody takes what it finds."""
    call: Any = dependant.call
    return isinstance(call, SecurityBase) and dependant.name is None and not getattr(call, "auto_error", True)


def _slot(field: Any) -> Slot:
    required = field.field_info.is_required()
    return Slot(field.name, field.alias, field, MISSING if required else field.get_default())


def _plain(field: Any) -> bool:
    """Whether one text is all that is said of it, under one name."""
    kind = field.field_info.annotation
    return kind in (str, int, bool, str | None, int | None) and field.field_info.validation_alias in (
        None,
        field.alias,
    )
