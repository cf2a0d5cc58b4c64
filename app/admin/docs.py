"""`/docs`: the OpenAPI of each dialect and of the admin API; Swagger UI comes from an installed package."""

import asyncio
import html
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any, Protocol

from fastapi import APIRouter, Depends
from fastapi.openapi.utils import get_openapi
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute

from app.admin.auth import require_reader_of_docs
from app.rules.refusals import UnknownThing

TITLES = {"merithub": "MeritHub", "agora": "Agora", "learncube": "LearnCube", "admin": "Homeroom admin"}
# Swagger UI writes style attributes and carries its icons as data URLs; scripts come from this server alone.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
# A file of its own, as the policy allows no script inside the page. A `validatorUrl` would ask swagger.io.
START = """\
const spec = document.currentScript.dataset.spec;
SwaggerUIBundle({
  url: spec, dom_id: "#ui", deepLinking: true, validatorUrl: null, persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout",
});
"""
PACKAGE = "fastapi_offline"
FILES = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "favicon.png": "image/png",
}


class Speaker(Protocol):
    """As much of a dialect as documentation needs."""

    @property
    def name(self) -> str: ...

    @property
    def router(self) -> APIRouter: ...


def openapi_of(name: str, routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The OpenAPI 3.1 description of some routes."""
    described = get_openapi(title=f"{TITLES.get(name, name)} API", version=_version(), routes=routes)
    # The framework describes a 422 of its own at each route; here bad input is refused in the dialect's way.
    for operation in (one for methods in described["paths"].values() for one in methods.values()):
        operation["responses"].pop("422", None)
    for framework in ("HTTPValidationError", "ValidationError"):
        described.get("components", {}).get("schemas", {}).pop(framework, None)
    return described


def _version() -> str:
    try:
        return version("homeroom")
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "0"


def docs_router(dialects: Iterable[Speaker], admin_router: APIRouter) -> APIRouter:
    """The routes of `/docs`; the descriptions are made when first asked for."""
    routers = {dialect.name: dialect.router for dialect in dialects} | {"admin": admin_router}
    made: dict[str, bytes] = {}
    router = APIRouter(include_in_schema=False, dependencies=[Depends(require_reader_of_docs)])

    @router.get("/docs")
    async def index() -> Response:
        return _index(routers)

    @router.get("/docs/ui/{name}")
    async def asset(name: str) -> Response:
        return _asset(name)

    @router.get("/docs/{name}")
    async def read(name: str) -> Response:
        _known(name, routers)
        return _reader(name)

    @router.get("/docs/{name}/openapi.json")
    async def description(name: str) -> Response:
        return await asyncio.to_thread(describe, name)

    @router.get("/_/admin/v1/openapi.json")
    async def admin_description() -> Response:
        return await asyncio.to_thread(describe, "admin")

    # To describe a hundred operations takes as long as to serve a thousand of them.
    def describe(name: str) -> Response:
        if name not in made:
            made[name] = bytes(JSONResponse(openapi_of(name, _known(name, routers).routes)).body)
        return Response(made[name], media_type="application/json")

    return router


def _known(name: str, routers: Mapping[str, APIRouter]) -> APIRouter:
    if name not in routers:
        what = "documentation of"
        raise UnknownThing(what, name)
    return routers[name]


def _index(names: Iterable[str]) -> HTMLResponse:
    rows = "\n".join(
        f'<li><a href="/docs/{name}">{html.escape(TITLES.get(name, name))}</a> '
        f'(<a href="/docs/{name}/openapi.json">OpenAPI</a>)</li>'
        for name in names
    )
    return _html(
        "Homeroom API documentation", f"<main><h1>Homeroom API documentation</h1>\n<ul>\n{rows}\n</ul></main>"
    )


def _reader(name: str) -> HTMLResponse:
    body = (
        '<div id="ui"></div>\n<script src="/docs/ui/swagger-ui-bundle.js"></script>\n'
        f'<script src="/docs/ui/start.js" data-spec="/docs/{name}/openapi.json"></script>'
    )
    return _html(f"{TITLES.get(name, name)} API", body)


def _html(title: str, body: str) -> HTMLResponse:
    page = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="stylesheet" href="/docs/ui/swagger-ui.css">\n'
        '<link rel="icon" href="/docs/ui/favicon.png"></head>\n'
        f"<body>\n{body}\n</body></html>\n"
    )
    return HTMLResponse(page, headers=HEADERS)


def _asset(name: str) -> Response:
    headers = {"x-content-type-options": "nosniff", "cache-control": "public, max-age=3600"}
    if name == "start.js":
        return Response(START, media_type="text/javascript; charset=utf-8", headers=headers)
    if name not in FILES:
        what = "file"
        raise UnknownThing(what, name)
    return Response((files(PACKAGE) / "static" / name).read_bytes(), media_type=FILES[name], headers=headers)
