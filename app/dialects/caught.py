"""The layer that answers what nobody expected (pure ASGI), inside of those that count answers and name them.

The framework's own place for this stands outside of them: there an answer has no request id, counts as 500
whatever it says, and the server logs the exception once more.
"""

import logging
from collections.abc import Callable
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.dialects.base import Broken, FilesUnavailable, Unavailable
from app.kit.seldom import Seldom
from app.kit.store import StoreUnavailable
from app.kit.unreachable import in_a_line, is_unreachable
from app.kit.web import route_of
from app.rules.refusals import Refusal

log = logging.getLogger(__name__)

HUNG_UP: Final = 499
"""The status under which a request is counted whose caller did not wait for the answer."""

Speak = Callable[[Request, Refusal], Response]


class Caught:
    """Lets `speak` phrase whatever the app raises.

    A caller who hung up is no error: counted as 499, not logged. A database or a store of files that is
    away is one line a second. Log lines name the route and not the path, in which there may be a secret
    link.
    """

    def __init__(self, app: ASGIApp, speak: Speak) -> None:
        self.app = app
        self._speak = speak
        self._away = {"database": Seldom(1.0), "store of files": Seldom(1.0)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request, and answer it in any case."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except ClientDisconnect:
            if not started:
                await Response(status_code=HUNG_UP)(scope, receive, send)
        except Exception as error:
            self._tell(scope, error)
            if started:
                # An answer that broke off must not look whole: the server closes the connection.
                raise
            await self._speak(Request(scope, receive), _refusal_of(error))(scope, receive, send)

    def _tell(self, scope: Scope, error: Exception) -> None:
        what = scope["method"], route_of(scope), scope.get("state", {}).get("request_id")
        if isinstance(error, StoreUnavailable):
            away, why = "store of files", str(error)
        elif is_unreachable(error):
            away, why = "database", in_a_line(error)
        else:
            # The log ties what happened to the id that the caller sees.
            log.error("%s %s broke, trace %s", *what, exc_info=error)
            return
        passed = self._away[away].turn()
        if passed is not None:
            log.warning(
                "%s %s: the %s is away, trace %s: %s (and %s requests more)",
                *what[:2],
                away,
                what[2],
                why,
                passed,
            )


def _refusal_of(error: Exception) -> Refusal:
    if isinstance(error, StoreUnavailable):
        return FilesUnavailable()
    return Unavailable() if is_unreachable(error) else Broken()
