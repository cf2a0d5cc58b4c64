"""Problem details (RFC 9457) for answers that are no refusals of the domain, such as `not ready yet`."""

from http import HTTPStatus

from starlette.responses import JSONResponse, Response


def problem(status: int, title: str, detail: str, field: str | None = None) -> Response:
    """A problem details answer; `field` names the offending input where there is one."""
    body = {
        "type": "about:blank",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if field is not None:
        body["field"] = field
    return JSONResponse(body, status, media_type="application/problem+json")
