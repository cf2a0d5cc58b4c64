"""Renders the few HTML pages: plain templates, escaped values, a strict content security policy."""

import html
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from string import Template

from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

POLICY = (
    "default-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'"
)

NOBODY = "'none'"


@cache
def _template(name: str) -> Template:
    return Template((files("app") / "templates" / name).read_text("utf-8"))


def page(
    template: str, *, status: int = 200, framers: Sequence[str] | None = None, **values: str
) -> HTMLResponse:
    """A page from `app/templates`, each value HTML-escaped.

    `framers` are the origins whose pages may show it in a frame; None: any.
    """
    body = _template(template).substitute({name: html.escape(value) for name, value in values.items()})
    policy = POLICY if framers is None else f"{POLICY}; frame-ancestors {' '.join(framers) or NOBODY}"
    headers = {
        "content-security-policy": policy,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
    return HTMLResponse(body, status_code=status, headers=headers)


def room_page(door: str, framers: Sequence[str] | None) -> HTMLResponse:
    """The room of whoever the door lets in: the path to which the page posts what its address says."""
    return page(
        "room.html",
        framers=framers,
        door=door,
        socket="",
        title="Class",
        name="",
        needs_name="false",
        layout="classroom",
        check="false",
        framed="",
    )


class Assets(StaticFiles):
    """Scripts and styles. Browsers ask each time for changes: after an update old and new never mix."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or that it is as it was."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response
