"""The envelope of every answer: a code, a message, the server's time, and data where there is any."""

from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse

from app.dialects.agora.words import ms
from app.kit.work import Work

OK = 0
SUCCESS = "Success"


def answer(work: Work, data: Any = None) -> JSONResponse:
    """It was done; `data` as it is, where the method has any."""
    body = head(OK, SUCCESS, work.now)
    return JSONResponse(body if data is None else body | {"data": data})


def head(code: int, msg: str, now: datetime) -> dict[str, Any]:
    """What every answer has."""
    return {"code": code, "msg": msg, "ts": ms(now)}
