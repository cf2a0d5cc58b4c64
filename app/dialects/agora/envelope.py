"""The envelope of every answer: a code, a message, the server's time, and data where there is any."""

import json
from datetime import datetime
from typing import Any, Final

from starlette.responses import JSONResponse

from app.dialects.agora.words import ms
from app.kit.work import Work

OK = 0
SUCCESS = "Success"

WRITER: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")
)


class Json(JSONResponse):
    """JSON as Starlette writes it, by a writer that is made once. No answer goes in a circle."""

    def render(self, content: Any) -> bytes:
        """The bytes."""
        return WRITER.encode(content).encode()


def answer(work: Work, data: Any = None) -> JSONResponse:
    """It was done; `data` as it is, where the method has any."""
    body = head(OK, SUCCESS, work.now)
    return Json(body if data is None else body | {"data": data})


def head(code: int, msg: str, now: datetime) -> dict[str, Any]:
    """What every answer has."""
    return {"code": code, "msg": msg, "ts": ms(now)}
