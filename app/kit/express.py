"""Takes requests to their endpoints the short way, where a route's declaration allows it.

FastAPI walks all routes and then all needs of an endpoint at each request, and seven layers stand before it;
together they take several times as long as a statement. Here the way is looked up, the needs are worked out
(`kit.trains`), and what the layers would do to an ordinary request is done at once. A request that is out of
the ordinary, or fails, goes through the layers as if nothing had been tried.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from time import perf_counter
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute, APIRouter, RouteContext, iter_route_contexts
from starlette.convertors import CONVERTOR_TYPES
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.front import FAULT, Front, Named
from app.kit.ids import new_hex
from app.kit.trains import Train, Walk, train_of
from app.kit.web import LARGEST_BODY

WAY: Final = "homeroom.way"
"""Where a scope keeps the train that the request goes by."""
FAILED: Final = "homeroom.failed"
"""Where a scope keeps the route at which the request failed, and what was raised."""
BODILESS: Final = frozenset({"GET", "HEAD"})
TEXT: Final = type(CONVERTOR_TYPES["str"])

Plain = Callable[[str], str]
Settled = Callable[[Scope], bool]
Noted = Callable[[str, str, int, float], None]


@dataclass(frozen=True)
class Stop:
    """A route on the map: its paths and methods, and the train, if one goes there."""

    methods: frozenset[str] | None
    """None: all of them."""
    regex: re.Pattern[str]
    convertors: tuple[tuple[str, Any], ...]
    train: Train | None
    first: str | None
    """The first part of its paths; None where that differs."""
    parts: int | None
    """How many parts its paths have; None where that differs."""

    @classmethod
    def of(cls, context: RouteContext) -> "Stop":
        """A route's place on the map."""
        path, whole = context.path or "", isinstance(context.original_route, APIRoute)
        first = path[1:].partition("/")[0]
        plain = [(name, one) for name, one in context.param_convertors.items() if type(one) is not TEXT]
        return cls(
            frozenset(context.methods or ()) if whole else None,
            context.path_regex,
            tuple(plain),
            train_of(context),
            None if "{" in first else first,
            path.count("/") if whole and ":path}" not in path else None,
        )

    def serves(self, method: str, first: str, parts: int) -> bool:
        """Whether some path of this kind may be one of its own."""
        return (
            (self.methods is None or method in self.methods)
            and self.first in (None, first)
            and self.parts in (None, parts)
        )


class Server(FastAPI):
    """An app with the short way in front of all that it does for a request.

    `settled` finds out who asks for what, and says whether that is ordinary: nothing that the app's layers
    would change or refuse. `noted` is told of each answer: method, route, status, seconds. `plain` gives the
    path that is meant by one with slashes too many. `secure`: it speaks TLS itself. `named`: whether it
    answers to a name; None: to any.
    """

    def __init__(
        self,
        *,
        settled: Settled,
        noted: Noted,
        plain: Plain = str,
        secure: bool = False,
        named: Named | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._settled, self._noted = settled, noted
        self._plain, self._secure, self._named = plain, secure, named
        self.router.routes.insert(0, Failure())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve what comes in; what FastAPI would look at before, request by request, is settled with it."""
        stack = self.middleware_stack
        if stack is None or scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
        else:
            scope["app"] = self
            await stack(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """The app's layers, and the way around them."""
        express = Express(super().build_middleware_stack(), self.router, self._settled, self._noted)
        return Front(express, self._plain, secure=self._secure, named=self._named)

    def methods_of(self, path: str) -> list[str]:
        """All methods with which a path can be asked for, whichever routes they belong to."""
        stops = [stop for stop in _stops(Routes(self.router.routes)) if stop.regex.match(path)]
        found = {method for stop in stops for method in stop.methods or ("GET",)}
        return sorted(found | ({"HEAD"} if "GET" in found else set()))


class Failure(BaseRoute):
    """The first of the routes: where a request fails that has a fault, or failed on the short way.

    So what is refused is phrased, counted and logged by the app's layers, however the request came.
    """

    path = ""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the request failed before."""
        if FAULT in scope:
            return Match.FULL, {}
        failed = scope.get(FAILED)
        return (Match.NONE, {}) if failed is None else (Match.FULL, {"route": failed[0]})

    async def handle(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        """Fail."""
        raise scope[FAULT] if FAULT in scope else scope[FAILED][1]


class Express:
    """Serves what can be served the short way, and hands the rest to the app's layers."""

    def __init__(self, app: ASGIApp, router: APIRouter, settled: Settled, noted: Noted) -> None:
        self._app = app
        self._router = router
        self._settled, self._noted = settled, noted
        self._map: dict[tuple[str, str, int], list[Stop]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or pass it on with as much of it as was read."""
        train, params = self._boarded(scope)
        if train is None:
            await self._app(scope, receive, send)
            return
        # The layers shall find the request as it came, but for its state: the instant of a refusal is in it.
        scope.setdefault("state", {})
        own = {**scope, "path_params": params, "route": train.route, WAY: train}
        read: list[Message] = []
        try:
            answer = await self._answer(train, own, read, receive)
        except Walk:
            await self._app(scope, _again(read, receive), send)
        except Exception as error:  # noqa: BLE001 - the layers raise it again
            scope[FAILED] = train.route, error
            await self._app(scope, receive, send)
        else:
            await answer(own, receive, send)

    async def _answer(self, train: Train, scope: Scope, read: list[Message], receive: Receive) -> Response:
        if not self._settled(scope):
            raise Walk
        started = perf_counter()
        scope["state"]["request_id"] = request_id = new_hex()
        if scope["method"] not in BODILESS:
            await _body(read, receive)
        answer = await train.serve(Request(scope, _again(read, receive)))
        answer.raw_headers.append((b"x-request-id", request_id.encode()))
        self._noted(scope["method"], train.path, answer.status_code, perf_counter() - started)
        return answer

    def _boarded(self, scope: Scope) -> tuple[Train | None, dict[str, Any]]:
        """The train of the route that fits first, with the values of the path."""
        if scope["type"] != "http" or scope.get("root_path") or FAULT in scope:
            return None, {}
        if self._map is None:
            self._map = _drawn(Routes(self._router.routes))
        path: str = scope["path"]
        first = path[1 : path.find("/", 1)]
        for stop in self._map.get((scope["method"], first, path.count("/")), ()):
            found = stop.regex.match(path)
            if found is not None:
                params = found.groupdict()
                for name, convertor in stop.convertors:
                    params[name] = convertor.convert(params[name])
                return stop.train, params
        return None, {}


class Routes:
    """Routes in their order; the same as others where each is the very same one."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self.all = [route for route in routes if not isinstance(route, Failure)]
        self._ids = tuple(map(id, self.all))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Routes) and self._ids == other._ids

    def __hash__(self) -> int:
        return hash(self._ids)


@lru_cache(maxsize=4)
def _stops(routes: Routes) -> list[Stop]:
    """The stops in the order of the routes."""
    return [
        Stop.of(context)
        for context in iter_route_contexts(routes.all)
        if isinstance(context.original_route, APIRoute | Mount)
    ]


@lru_cache(maxsize=4)
def _drawn(routes: Routes) -> dict[tuple[str, str, int], list[Stop]]:
    """The stops by method, first part of the path and number of parts, in the order of the routes."""
    stops = _stops(routes)
    kinds = product(
        {method for stop in stops for method in stop.methods or ()},
        {stop.first for stop in stops if stop.first},
        {stop.parts for stop in stops if stop.parts},
    )
    return {kind: [stop for stop in stops if stop.serves(*kind)] for kind in kinds}


async def _body(read: list[Message], receive: Receive) -> None:
    """Read the whole body, unless it breaks off or is too large, which the layers have words for."""
    size, more = 0, True
    while more:
        message = await receive()
        read.append(message)
        size += len(message.get("body", b""))
        more = bool(message.get("more_body"))
        if message["type"] != "http.request" or size > LARGEST_BODY:
            raise Walk


def _again(read: list[Message], receive: Receive) -> Receive:
    """What was read, and then the rest."""
    if not read:
        return receive
    waiting = list(reversed(read))

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
