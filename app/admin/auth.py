"""Who may use the admin API: the bearer of the admin token."""

import hmac
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.rules.refusals import BadCredentials
from app.settings import Settings

BEARER = HTTPBearer(auto_error=False, scheme_name="AdminToken", description="`HOMEROOM_ADMIN_TOKEN`")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]


async def require_admin(request: Request, bearer: Bearer) -> None:
    """Let the bearer of the admin token pass, refuse everybody else."""
    settings: Settings = request.app.state.settings
    shown = bearer.credentials if bearer else ""
    # In constant time: how long it takes must not tell how much of a guess was right.
    if not hmac.compare_digest(shown.encode(), settings.admin_token.encode()):
        raise BadCredentials("This needs the header `authorization: Bearer <admin token>`.")


async def require_reader(request: Request, bearer: Bearer) -> None:
    """Let anybody read the inbox in development; else its pings, full of names and links, need the token."""
    settings: Settings = request.app.state.settings
    if not settings.development:
        await require_admin(request, bearer)
