"""Tokens of the REST API: given for the key pair, good for five minutes."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request

from app.dialects.learncube import rest_auth, rest_bodies
from app.dialects.learncube.rest_bodies import Body, described
from app.dialects.learncube.rest_refusals import REFUSALS
from app.dialects.reading import Id, Text
from app.kit.web import WorkDep

router = APIRouter(tags=["learncube"], responses=REFUSALS)

Key = Annotated[Id, Field(max_length=500)]


class KeyPair(Body):
    """The tenant's key pair."""

    api_public_key: Key
    api_private_key: Key


class Shown(Body):
    """A token to be looked at; null too, which some programs send."""

    token: Text = None


@router.post("/get-api-token", openapi_extra=described(KeyPair))
async def get_api_token(request: Request, work: WorkDep) -> dict[str, str]:
    """Exchange the key pair for a token of five minutes."""
    pair = await rest_bodies.read(request, KeyPair)
    caller = await rest_auth.by_keys(work, pair.api_public_key, pair.api_private_key)
    return {"token": rest_auth.issue(caller, work)}


@router.post("/verify-api-token", openapi_extra=described(Shown))
async def verify_api_token(request: Request, work: WorkDep) -> dict[str, str]:
    """Say 200 of a token that is good now, 401 of every other."""
    shown = await rest_bodies.read(request, Shown)
    await rest_auth.by_token(work, shown.token or "", request.headers.get("host", ""))
    return {}
