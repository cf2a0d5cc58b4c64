"""How the description under `/docs` tells of answers, and of bodies, which the routes read themselves."""

from http import HTTPStatus
from typing import Any

from fastapi import Security
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, Field

from app.dialects.agora.envelope import OK, SUCCESS
from app.dialects.agora.reading import Wire
from app.dialects.agora.refuse import PHRASES

TOKEN = APIKeyHeader(
    name="x-agora-token",
    scheme_name="AgoraToken",
    description="`homeroom agora token` makes one.",
    auto_error=False,
)
UID = APIKeyHeader(
    name="x-agora-uid", scheme_name="AgoraUid", description="The user of the token.", auto_error=False
)
SHOWN = [Security(TOKEN), Security(UID)]
"""What a call shows, for the description alone: `access` reads the headers, in each of their forms."""


class Envelope(BaseModel):
    """Every answer, a refusal too."""

    code: int = Field(description="0 where all went well.")
    msg: str = Field(examples=[SUCCESS])
    ts: int = Field(description="The server's time in milliseconds.")
    data: Any = Field(default=None, description="Where the operation has any.")


def answers() -> dict[int | str, dict[str, Any]]:
    """Every status with its codes, all in the one envelope."""
    codes: dict[int, list[str]] = {HTTPStatus.OK.value: [f"`{OK}` {SUCCESS}"]}
    for phrase in PHRASES.values():
        codes.setdefault(phrase.status, []).append(f"`{phrase.code}` {phrase.msg}".strip())
    return {
        status: {"model": Envelope, "description": ", ".join(dict.fromkeys(codes[status]))}
        for status in sorted(codes)
    }


def body(model: type[Wire]) -> dict[str, Any]:
    """The description of a route's body, which is JSON whatever its content type says, and may be absent."""
    schema = model.model_json_schema()
    whole = _without_references(schema, schema.pop("$defs", {}))
    return {"requestBody": {"content": {"application/json": {"schema": whole}}}}


def _without_references(schema: Any, models: dict[str, Any]) -> Any:
    """The schema with each model inside where it is named: a description has no other place for them."""
    match schema:
        case {"$ref": str(name)}:
            return _without_references(models[name.rpartition("/")[2]], models)
        case dict():
            return {key: _without_references(inner, models) for key, inner in schema.items()}
        case list():
            return [_without_references(inner, models) for inner in schema]
        case _:
            return schema
