"""`/_/inbox/{name}`: takes any POST and shows what arrived, to programs as JSON and to people as a page."""

import asyncio
import html
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel
from starlette.responses import HTMLResponse, JSONResponse

from app.admin.auth import require_reader
from app.domain import inbox
from app.domain.inbox import queries
from app.domain.inbox.tables import InboxItem
from app.kit.outside import parsed
from app.kit.pages import POLICY
from app.kit.web import WorkDep
from app.kit.work import Works
from app.rules.refusals import TooLarge, UnknownThing
from app.settings import Settings


async def require_inbox(request: Request) -> None:
    """Refuse as if there were nothing here where the inbox is switched off."""
    settings: Settings = request.app.state.settings
    if not settings.inbox_on:
        what = "inbox"
        raise UnknownThing(what, request.path_params.get("name", ""))


router = APIRouter(prefix="/_/inbox", tags=["inbox"], dependencies=[Depends(require_inbox)])


class Taken(BaseModel):
    """The answer to a message."""

    ok: Literal[True] = True


class Item(BaseModel):
    """A message as it arrived; `json` is its body parsed, or null where it is no JSON."""

    id: str
    received_at: datetime
    headers: dict[str, str]
    body: str
    json_: Any = None

    @classmethod
    def of(cls, item: InboxItem) -> "Item":
        """The stored message, shown."""
        text = item.body.decode("utf-8", "replace")
        return cls(
            id=str(item.number),
            received_at=item.received_at,
            headers=item.headers,
            body=text,
            json_=_parsed(text),
        )

    def shown(self) -> dict[str, Any]:
        """The message as JSON."""
        shown = self.model_dump(mode="json")
        shown["json"] = shown.pop("json_")
        return shown


@router.post("/{name}")
async def take(request: Request, name: str) -> Taken:
    """Take a message of up to 256 KB, whatever it is."""
    body = await _body(request)
    # A work of its own, opened after the body is in: no transaction waits for a slow sender.
    works: Works = request.app.state.works
    async with works.begin() as work:
        await inbox.put(work, name, headers=_headers(request), body=body)
    return Taken()


@router.get("/{name}", dependencies=[Depends(require_reader)])
async def show(request: Request, name: str, work: WorkDep) -> Response:
    """Everything that arrived, the oldest first: a page for a browser, a JSON list for a program."""
    items = await queries.items(work, name)
    # There may be a hundred megabytes of it, and others wait for this thread.
    return await asyncio.to_thread(
        _shown, name, items, for_a_browser="text/html" in request.headers.get("accept", "")
    )


@router.delete("/{name}", status_code=204, dependencies=[Depends(require_reader)])
async def empty(name: str, work: WorkDep) -> None:
    """Forget everything that arrived under this name."""
    await inbox.empty(work, name)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > inbox.LARGEST_BODY:
            raise TooLarge("body", inbox.LARGEST_BODY)
    return bytes(body)


def _headers(request: Request) -> dict[str, str]:
    """The headers by their lower-case names; repeated ones joined as HTTP allows."""
    return {name: ", ".join(request.headers.getlist(name)) for name in sorted(set(request.headers.keys()))}


def _parsed(text: str) -> Any:
    try:
        value = parsed(text)
        # What can be read can still be nothing to answer: NaN, half of a character.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return None
    return value


def _shown(name: str, items: Sequence[InboxItem], *, for_a_browser: bool) -> Response:
    found = [Item.of(item) for item in items]
    if for_a_browser:
        return _page(name, found)
    return JSONResponse([item.shown() for item in found], headers={"cache-control": "no-store"})


def _page(name: str, items: Sequence[Item]) -> HTMLResponse:
    articles = [_article(item) for item in reversed(items)]
    body = "\n".join(articles) or "<p>Nothing has arrived yet. POST anything to this address.</p>"
    title = html.escape(f"Inbox {name}")
    text = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>\n'
        f"<body><main><h1>{title}</h1>\n<p>{len(items)} messages, the newest first.</p>\n"
        f"{body}\n</main></body></html>\n"
    )
    headers = {
        "content-security-policy": POLICY + "; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
    return HTMLResponse(text, headers=headers)


def _article(item: Item) -> str:
    pretty = item.body if item.json_ is None else json.dumps(item.json_, indent=2, ensure_ascii=False)
    headers = "\n".join(f"{name}: {value}" for name, value in item.headers.items())
    received = html.escape(item.received_at.strftime("%Y-%m-%d %H:%M:%S UTC"))
    return (
        f"<article><h2>{received}</h2>\n<pre>{html.escape(pretty)}</pre>\n"
        f"<details><summary>Headers</summary><pre>{html.escape(headers)}</pre></details></article>"
    )
