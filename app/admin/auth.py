"""Who may use the admin API: the bearer of the admin token."""

import hmac
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials, HTTPBearer

from app.rules.refusals import BadCredentials, PasswordNeeded
from app.settings import Settings

BEARER = HTTPBearer(auto_error=False, scheme_name="AdminToken", description="`HOMEROOM_ADMIN_TOKEN`")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
Password = Annotated[HTTPBasicCredentials | None, Depends(HTTPBasic(auto_error=False))]


async def require_admin(request: Request, bearer: Bearer) -> None:
    """Let the bearer of the admin token pass, refuse everybody else."""
    settings: Settings = request.app.state.settings
    shown = bearer.credentials if bearer else ""
    # In constant time: how long it takes must not tell how much of a guess was right.
    if not hmac.compare_digest(shown.encode(), settings.admin_token.encode()):
        raise BadCredentials("This needs the header `authorization: Bearer <admin token>`.")


async def require_scraper(request: Request, bearer: Bearer) -> None:
    """Let anybody read the figures, or where they have a token its bearer and the operator."""
    settings: Settings = request.app.state.settings
    if settings.metrics_token is not None and not _is_one_of(bearer, settings.metrics_token):
        await require_admin(request, bearer)


async def require_reader_of_docs(request: Request, password: Password, bearer: Bearer) -> None:
    """Let anybody read the documentation, or where it has a password whoever gives that."""
    settings: Settings = request.app.state.settings
    if settings.docs_token is None or _is_one_of(bearer, settings.docs_token, settings.admin_token):
        return
    shown = password.password if password else ""
    if not hmac.compare_digest(shown.encode(), settings.docs_token.encode()):
        raise PasswordNeeded


def _is_one_of(bearer: HTTPAuthorizationCredentials | None, *tokens: str) -> bool:
    shown = bearer.credentials if bearer else ""
    return any(hmac.compare_digest(shown.encode(), token.encode()) for token in tokens)


async def require_reader(request: Request, bearer: Bearer) -> None:
    """Let anybody read the inbox in development; else its pings, full of names and links, need the token."""
    settings: Settings = request.app.state.settings
    if not settings.development:
        await require_admin(request, bearer)
